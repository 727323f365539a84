/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Statistics: counts and times per group of requests, in shards of relaxed atomics that
 * are summed when they are read. Any thread, no lock. A NULL shard counts nothing.
 */
#ifndef HF_SERVER_STATS_H
#define HF_SERVER_STATS_H

#include "holdfast/server.h"

void hf_stats_init(hf_stats *stats);

/* A request was answered with `status`. */
void hf_stats_request(hf_stats *stats, uint8_t group, int status);

/* A step was run again; an answer waited for its ticket; a request waited in a queue. */
void hf_stats_again(hf_stats *stats, uint8_t group);
void hf_stats_parked(hf_stats *stats, uint8_t group);
void hf_stats_queued(hf_stats *stats, uint8_t group);

/* A hold of the store lock: the time waited for it and the time it was held. */
void hf_stats_hold(hf_stats *stats, uint8_t group, uint64_t wait_ns, uint64_t hold_ns);

/* Sum over shards of one group, or of all (0). */
void hf_stats_sum(const hf_stats *shards, uint32_t count, uint8_t group,
                  hf_statistics *sum);

#endif
