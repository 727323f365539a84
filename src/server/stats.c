/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Statistics: see stats.h. The numbers of one request are not read together as one: a
 * sum may contain its hold and not yet its count.
 */
#include "stats.h"

#include <string.h>

#include "base/atomic.h"

void hf_stats_init(hf_stats *stats)
{
    memset(stats, 0, sizeof *stats); /* not shared yet */
}

static hf_stats_group *group_of(hf_stats *stats, uint8_t group)
{
    uint8_t index = group < HF_STATS_GROUP_COUNT ? group : 0; /* 0: not a group's */
    return stats == NULL ? NULL : &stats->groups[index];
}

static void count_one(hf_atomic_u64 *cell)
{
    (void)hf_atomic_u64_fetch_add_relaxed(cell, 1); /* a number, pairs with nothing */
}

void hf_stats_request(hf_stats *stats, uint8_t group, int status)
{
    hf_stats_group *g = group_of(stats, group);
    if (g == NULL) {
        return;
    }
    count_one(&g->request_count);
    if (status != HF_OK) {
        count_one(&g->error_count);
    }
}

void hf_stats_again(hf_stats *stats, uint8_t group)
{
    hf_stats_group *g = group_of(stats, group);
    if (g != NULL) {
        count_one(&g->again_count);
    }
}

void hf_stats_parked(hf_stats *stats, uint8_t group)
{
    hf_stats_group *g = group_of(stats, group);
    if (g != NULL) {
        count_one(&g->parked_count);
    }
}

void hf_stats_queued(hf_stats *stats, uint8_t group)
{
    hf_stats_group *g = group_of(stats, group);
    if (g != NULL) {
        count_one(&g->queued_count);
    }
}

/* Buckets: 8 linear parts of each power of two. */
static uint32_t bucket_of(uint64_t ns)
{
    uint32_t exponent = HF_STATS_EXPONENT_MIN;
    while (exponent < HF_STATS_EXPONENT_MAX && (ns >> (exponent + 1)) != 0) {
        exponent++;
    }
    if (exponent == HF_STATS_EXPONENT_MAX) {
        return HF_STATS_BUCKET_COUNT - 1;
    }
    uint64_t part = ns < ((uint64_t)1 << exponent)
                        ? 0 /* below the first bucket */
                        : (ns >> (exponent - HF_STATS_BUCKET_SHIFT)) &
                              ((1u << HF_STATS_BUCKET_SHIFT) - 1u);
    return ((exponent - HF_STATS_EXPONENT_MIN) << HF_STATS_BUCKET_SHIFT) + (uint32_t)part;
}

/* Where a bucket ends, ns. */
static uint64_t bucket_end(uint32_t bucket)
{
    uint32_t exponent = HF_STATS_EXPONENT_MIN + (bucket >> HF_STATS_BUCKET_SHIFT);
    uint64_t part = bucket & ((1u << HF_STATS_BUCKET_SHIFT) - 1u);
    return ((uint64_t)1 << exponent) + ((part + 1) << (exponent - HF_STATS_BUCKET_SHIFT));
}

void hf_stats_hold(hf_stats *stats, uint8_t group, uint64_t wait_ns, uint64_t hold_ns)
{
    hf_stats_group *g = group_of(stats, group);
    if (g == NULL) {
        return;
    }
    count_one(&g->lock_count);
    (void)hf_atomic_u64_fetch_add_relaxed(&g->wait_ns, wait_ns);
    (void)hf_atomic_u64_fetch_add_relaxed(&g->hold_ns, hold_ns);
    hf_atomic_u64_raise_relaxed(&g->wait_ns_max, wait_ns);
    hf_atomic_u64_raise_relaxed(&g->hold_ns_max, hold_ns);
    (void)hf_atomic_u32_fetch_add_relaxed(&g->holds[bucket_of(hold_ns)], 1);
}

static uint64_t load(const hf_atomic_u64 *cell)
{
    return hf_atomic_u64_load_relaxed(cell);
}

static void group_add(const hf_stats_group *g, hf_statistics *sum)
{
    sum->request_count += load(&g->request_count);
    sum->error_count += load(&g->error_count);
    sum->again_count += load(&g->again_count);
    sum->parked_count += load(&g->parked_count);
    sum->queued_count += load(&g->queued_count);
    sum->lock_count += load(&g->lock_count);
    sum->hold_ns += load(&g->hold_ns);
    sum->wait_ns += load(&g->wait_ns);
    uint64_t hold_ns_max = load(&g->hold_ns_max);
    uint64_t wait_ns_max = load(&g->wait_ns_max);
    sum->hold_ns_max = sum->hold_ns_max > hold_ns_max ? sum->hold_ns_max : hold_ns_max;
    sum->wait_ns_max = sum->wait_ns_max > wait_ns_max ? sum->wait_ns_max : wait_ns_max;
}

static bool is_summed(uint32_t index, uint8_t group)
{
    return group == 0 || index == group;
}

static uint64_t bucket_sum(const hf_stats *shards, uint32_t count, uint8_t group,
                           uint32_t bucket)
{
    uint64_t sum = 0;
    for (uint32_t s = 0; s < count; s++) {
        for (uint32_t g = 0; g < HF_STATS_GROUP_COUNT; g++) {
            if (is_summed(g, group)) {
                sum += hf_atomic_u32_load_relaxed(&shards[s].groups[g].holds[bucket]);
            }
        }
    }
    return sum;
}

/* End of the bucket below which 99 % of the holds lie; 0 when there was none. */
static uint64_t hold_p99(const hf_stats *shards, uint32_t count, uint8_t group)
{
    uint64_t total = 0;
    for (uint32_t b = 0; b < HF_STATS_BUCKET_COUNT; b++) {
        total += bucket_sum(shards, count, group, b);
    }
    uint64_t above = total / 100;
    uint64_t seen = 0;
    for (uint32_t b = HF_STATS_BUCKET_COUNT; b > 0; b--) {
        seen += bucket_sum(shards, count, group, b - 1);
        if (seen > above) {
            return bucket_end(b - 1);
        }
    }
    return 0;
}

void hf_stats_sum(const hf_stats *shards, uint32_t count, uint8_t group,
                  hf_statistics *sum)
{
    memset(sum, 0, sizeof *sum);
    for (uint32_t s = 0; s < count; s++) {
        for (uint32_t g = 0; g < HF_STATS_GROUP_COUNT; g++) {
            if (is_summed(g, group)) {
                group_add(&shards[s].groups[g], sum);
            }
        }
    }
    sum->hold_ns_p99 = hold_p99(shards, count, group);
}
