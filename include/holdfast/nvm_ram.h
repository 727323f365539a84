/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A storage device in RAM, for tests and for media that a port maps into memory.
 *
 * Life: hf_nvm_ram_init over the caller's memory -> use hf_nvm_ram.device. The content
 * survives as long as the memory does, so a store can be closed and opened again on it.
 *
 *     static uint8_t memory[2 * 2048];
 *     hf_nvm_ram ram;
 *     int rc = hf_nvm_ram_init(&ram, memory, &(hf_nvm_geometry){ .region_count = 2,
 *                              .granule_size = 8, .region_size = 2048, .erased = 0xFF });
 */
#ifndef HOLDFAST_NVM_RAM_H
#define HOLDFAST_NVM_RAM_H

#include "holdfast/nvm_device.h"

typedef struct hf_nvm_ram {
    hf_nvm_device device; /* give this to hf_nvm_config.device */
    hf_nvm_geometry geometry;
    uint8_t *memory; /* region_count * region_size bytes, the caller's */
} hf_nvm_ram;

/*
 * Describe a device over `memory` (region_count * region_size bytes). The content is
 * left as it is; to begin blank, fill it with geometry->erased. HF_OK or HF_ERR_ARG (bad
 * geometry).
 */
int hf_nvm_ram_init(hf_nvm_ram *ram, uint8_t *memory, const hf_nvm_geometry *geometry)
    HF_MUST_CHECK;

/* Like flash: false takes the scrub operation away; true (as after init) gives it back.
 * Before a store is opened on the device. */
void hf_nvm_ram_set_scrub(hf_nvm_ram *ram, bool can_scrub);

#endif
