/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The log: leveled messages to a sink callback. No secret is ever passed to it: ids,
 * owners, statuses and names only.
 *
 * Life: hf_log_init fills a caller's hf_log; there is nothing to clean up. The structure
 * is read-only afterwards except `level`, which hf_log_set_level may change at any time.
 * The sink may be called from any thread at the same time and must cope (port/posix sinks
 * do). It is never called while the store lock is held.
 *
 *     hf_log log;
 *     hf_log_init(&log, HF_LOG_INFO, hf_posix_log_stderr, NULL);
 *     HF_LOG(&log, HF_LOG_INFO, "session", "open", 7, HF_OK);
 */
#ifndef HOLDFAST_LOG_H
#define HOLDFAST_LOG_H

#include <stdint.h>

#include "holdfast/atomic.h"
#include "holdfast/config.h"

enum hf_log_level {
    HF_LOG_ERROR = 0,
    HF_LOG_WARNING = 1,
    HF_LOG_NOTICE = 2,
    HF_LOG_INFO = 3,
    HF_LOG_DEBUG = 4
};

/* One event: fixed words and numbers, so that the core needs no formatting. */
typedef struct hf_log_event {
    int level;          /* enum hf_log_level */
    const char *module; /* "nvm", "session", ...; static text */
    const char *text;   /* what happened; static text */
    uint64_t value;     /* an id, an offset, a count: what the text says; 0 = none */
    int status;         /* HF_OK or an error */
} hf_log_event;

typedef void (*hf_log_sink)(void *context, const hf_log_event *event);

typedef struct hf_log {
    hf_log_sink sink; /* NULL: nothing is logged */
    void *context;
    hf_atomic_u32 level; /* events above it are dropped; see hf_log_set_level */
} hf_log;

/* Fill a log. A level out of range becomes the nearest one. sink NULL = silent.
 * Single-threaded. */
void hf_log_init(hf_log *log, int level, hf_log_sink sink, void *context);

/* Change the level; out of range becomes the nearest one. Any thread. */
void hf_log_set_level(hf_log *log, int level);

/* Pass an event to the sink if its level is wanted. log may be NULL. Any thread. */
void hf_log_write(const hf_log *log, const hf_log_event *event);

/* Log an event; compiled away when `lvl` is above HF_CFG_LOG_LEVEL_MAX. */
#define HF_LOG(log, lvl, mod, txt, val, st)                                              \
    ((lvl) <= HF_CFG_LOG_LEVEL_MAX                                                       \
         ? hf_log_write((log), &(hf_log_event){ .level = (lvl),                          \
                                                .module = (mod),                         \
                                                .text = (txt),                           \
                                                .value = (val),                          \
                                                .status = (st) })                        \
         : (void)0)

#endif
