/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * From seeds to runs, and from defects to sentences.
 */
#include "runner.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define RECORD_HEAD_SIZE 80u
#define KIND_COUNT 4u /* of granules, with regions to match */
#define TEAR_COUNT_MAX 16u

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 0) : otherwise;
}

runner runner_of(uint64_t run_count)
{
    return (runner){
        .first_seed = from_environment("HF_POWERCUT_SEED", 0),
        .run_count = from_environment("HF_POWERCUT_RUNS", run_count),
        .cut = from_environment("HF_POWERCUT_CUT", 0),
    };
}

/* Consecutive seeds walk through all combinations of granule, regions, scrubbing, and of
 * stores that are rather empty, full of bytes, or full of objects. */
void runner_begin(workload *w, fault_device *device, uint64_t seed)
{
    static const struct {
        uint32_t granule_size;
        uint32_t region_size;
        uint32_t log_size;
    } kinds[KIND_COUNT] = {
        { 1, 4096, 1536 }, { 8, 4096, 4096 }, { 64, 8192, 4096 }, { 256, 16384, 8192 }
    };
    uint32_t kind = (uint32_t)(seed % KIND_COUNT);
    uint32_t region_count = 2 + (uint32_t)(seed / KIND_COUNT % 3);
    bool can_scrub = seed / (KIND_COUNT * 3u) % 2 == 0;
    uint32_t fill = (uint32_t)(seed / (KIND_COUNT * 6u) % 3);
    hf_nvm_geometry geometry = {
        .region_count = region_count,
        .granule_size = kinds[kind].granule_size,
        .region_size = kinds[kind].region_size,
        .erased = kinds[kind].granule_size == 1 ? 0x00 : 0xFF,
    };
    uint32_t room = kinds[kind].region_size * (region_count - 1u);
    workload_config config = {
        .log_size = kinds[kind].log_size,
        .index_count = fill == 2 ? 14u : WORKLOAD_INDEX_COUNT,
        .payload_max = fill == 1 ? room / 8u : room / 16u,
    };
    /* With larger objects, a full store may be stuck after a cut of its cleaning. */
    uint32_t limit = kinds[kind].region_size / 8u - RECORD_HEAD_SIZE;
    limit = limit < config.log_size / 4u ? limit : config.log_size / 4u;
    limit = limit < MODEL_PAYLOAD_MAX ? limit : MODEL_PAYLOAD_MAX;
    config.payload_max = config.payload_max < limit ? config.payload_max : limit;
    fault_device_init(device, &geometry, can_scrub, seed + 1);
    workload_init(w, device, &config, seed + 2);
}

bool runner_ending(const fault_device *device, uint32_t index, fault_ending *ending,
                   random_state *random)
{
    uint32_t count = fault_device_cut_count(device);
    uint32_t some = random_below(random, (uint64_t)count + 1u);
    const fault_ending usual[] = {
        { .loss = FAULT_LOSS_NONE, .done_count = 0 },
        { .loss = FAULT_LOSS_NONE, .done_count = UINT32_MAX },
        { .loss = FAULT_LOSS_ALL, .done_count = UINT32_MAX },
        { .loss = FAULT_LOSS_SUBSET, .done_count = UINT32_MAX },
        { .loss = FAULT_LOSS_SUBSET, .done_count = some, .is_ragged = true },
        { .loss = FAULT_LOSS_NONE, .done_count = some, .is_ragged = true },
    };
    const uint32_t usual_count = sizeof usual / sizeof usual[0];
    if (index < usual_count) {
        *ending = usual[index];
        return true;
    }
    uint32_t tear = index - usual_count + 1; /* every granule, or so many of them */
    uint32_t tear_count = count < TEAR_COUNT_MAX ? count : TEAR_COUNT_MAX;
    *ending = (fault_ending){ .loss = FAULT_LOSS_NONE,
                              .done_count = tear_count == count ? tear : some };
    return tear < tear_count;
}

void runner_expect(const workload *w, enum workload_result result,
                   const runner_place *place)
{
    if (result == WORKLOAD_OK) {
        return;
    }
    const hf_nvm_geometry *geometry = &w->device->geometry;
    print_error("%s: %s\n", place->test,
                result == WORKLOAD_STOPPED ? "stopped without a fault" : w->defect);
    print_error("device: %u regions of %u bytes, granule %u, scrub: %s\n",
                geometry->region_count, (unsigned)geometry->region_size,
                geometry->granule_size,
                w->device->device.ops->scrub != NULL ? "yes" : "no");
    print_error("repeat: HF_POWERCUT_SEED=%llu HF_POWERCUT_RUNS=1 HF_POWERCUT_CUT=%llu "
                "%s\n",
                (unsigned long long)place->seed, (unsigned long long)place->cut,
                program_invocation_name);
    fail();
}

void runner_allow(const workload *w, enum workload_result result,
                  const runner_place *place)
{
    if (result != WORKLOAD_STOPPED) {
        runner_expect(w, result, place);
    }
}

void runner_add(workload_counts *sum, const workload *w)
{
    sum->commit += w->counts.commit;
    sum->rollback += w->counts.rollback;
    sum->again_sync += w->counts.again_sync;
    sum->again_clean += w->counts.again_clean;
    sum->no_space += w->counts.no_space;
    sum->open += w->counts.open;
    sum->lost += w->counts.lost;
    sum->stuck += w->counts.stuck;
    sum->corrupt += w->counts.corrupt;
}

void runner_print(const char *title, const workload_counts *sum)
{
    print_message("%s: %llu commits, %llu rolled back, %llu waits for a sync, %llu for "
                  "cleaning, %llu without room, %llu stuck, %llu opens, "
                  "%llu commits lost, %llu damaged objects\n",
                  title, (unsigned long long)sum->commit,
                  (unsigned long long)sum->rollback, (unsigned long long)sum->again_sync,
                  (unsigned long long)sum->again_clean, (unsigned long long)sum->no_space,
                  (unsigned long long)sum->stuck, (unsigned long long)sum->open,
                  (unsigned long long)sum->lost, (unsigned long long)sum->corrupt);
}
