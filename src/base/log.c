/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The level filter in front of a log sink. The level may change while others log, so it
 * is an atomic number; all else is fixed by init.
 */
#include "holdfast/log.h"

#include <stddef.h>

#include "base/atomic.h"

static uint32_t clamp_level(int level)
{
    if (level < HF_LOG_ERROR) {
        return HF_LOG_ERROR;
    }
    return level > HF_LOG_DEBUG ? (uint32_t)HF_LOG_DEBUG : (uint32_t)level;
}

void hf_log_init(hf_log *log, int level, hf_log_sink sink, void *context)
{
    log->sink = sink;
    log->context = context;
    hf_atomic_u32_init(&log->level, clamp_level(level));
}

void hf_log_set_level(hf_log *log, int level)
{
    /* Relaxed: nobody concludes anything from having seen the new level. */
    hf_atomic_u32_store_relaxed(&log->level, clamp_level(level));
}

void hf_log_write(const hf_log *log, const hf_log_event *event)
{
    if (log == NULL || log->sink == NULL) {
        return;
    }
    if (event->level > (int)hf_atomic_u32_load_relaxed(&log->level)) {
        return;
    }
    log->sink(log->context, event);
}
