/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The RAM device: plain memory copies. It has no state of its own beyond the memory, so
 * the device contract is all the locking it needs.
 */
#include "holdfast/nvm_ram.h"

#include <string.h>

#include "holdfast/bytes.h"
#include "holdfast/config.h"

static bool is_inside(const hf_nvm_ram *ram, hf_nvm_address at, size_t len)
{
    return at.region < ram->geometry.region_count &&
           at.offset <= ram->geometry.region_size &&
           len <= ram->geometry.region_size - at.offset;
}

static uint8_t *place(const hf_nvm_ram *ram, hf_nvm_address at)
{
    return ram->memory + at.region * ram->geometry.region_size + at.offset;
}

static void ram_geometry(void *context, hf_nvm_geometry *geometry)
{
    const hf_nvm_ram *ram = (const hf_nvm_ram *)context;
    *geometry = ram->geometry;
}

static int ram_read(void *context, hf_nvm_address at, uint8_t *data, size_t len)
{
    const hf_nvm_ram *ram = (const hf_nvm_ram *)context;
    if (!is_inside(ram, at, len)) {
        return HF_ERR_ARG;
    }
    memcpy(data, place(ram, at), len);
    return HF_OK;
}

static int ram_program(void *context, hf_nvm_address at, const uint8_t *data, size_t len)
{
    hf_nvm_ram *ram = (hf_nvm_ram *)context;
    if (!is_inside(ram, at, len) || at.offset % ram->geometry.granule_size != 0 ||
        len % ram->geometry.granule_size != 0) {
        return HF_ERR_ARG;
    }
    memcpy(place(ram, at), data, len);
    return HF_OK;
}

static int ram_erase(void *context, uint32_t region)
{
    hf_nvm_ram *ram = (hf_nvm_ram *)context;
    hf_nvm_address at = { region, 0 };
    if (!is_inside(ram, at, 0)) {
        return HF_ERR_ARG;
    }
    memset(place(ram, at), ram->geometry.erased, (size_t)ram->geometry.region_size);
    return HF_OK;
}

static int ram_sync(void *context)
{
    (void)context;
    return HF_OK;
}

static int ram_scrub(void *context, hf_nvm_address at, size_t len)
{
    hf_nvm_ram *ram = (hf_nvm_ram *)context;
    if (!is_inside(ram, at, len)) {
        return HF_ERR_ARG;
    }
    hf_wipe(place(ram, at), len);
    return HF_OK;
}

static const hf_nvm_device_ops ops_with_scrub = {
    .geometry = ram_geometry,
    .read = ram_read,
    .program = ram_program,
    .erase = ram_erase,
    .sync = ram_sync,
    .scrub = ram_scrub,
};

static const hf_nvm_device_ops ops_without_scrub = {
    .geometry = ram_geometry,
    .read = ram_read,
    .program = ram_program,
    .erase = ram_erase,
    .sync = ram_sync,
};

int hf_nvm_ram_init(hf_nvm_ram *ram, uint8_t *memory, const hf_nvm_geometry *geometry)
{
    if (ram == NULL || memory == NULL || geometry == NULL ||
        geometry->region_count < 2u || geometry->region_count > HF_CFG_NVM_REGIONS_MAX ||
        geometry->granule_size == 0 || geometry->granule_size > 256u ||
        (geometry->granule_size & (geometry->granule_size - 1u)) != 0 ||
        geometry->region_size < 512u ||
        geometry->region_size % geometry->granule_size != 0) {
        return HF_ERR_ARG;
    }
    *ram = (hf_nvm_ram){ .geometry = *geometry, .memory = memory };
    ram->device.context = ram;
    hf_nvm_ram_set_scrub(ram, true);
    return HF_OK;
}

void hf_nvm_ram_set_scrub(hf_nvm_ram *ram, bool can_scrub)
{
    ram->device.ops = can_scrub ? &ops_with_scrub : &ops_without_scrub;
}
