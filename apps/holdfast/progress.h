/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A bar on standard error for work that takes long: only when that is a terminal, and
 * only after half a second.
 */
#ifndef HFC_PROGRESS_H
#define HFC_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hfc_progress {
    const char *what;
    uint64_t total; /* 0: not known, then only the amount is shown */
    uint64_t start_us, shown_us;
    bool is_on;
    bool is_shown;
} hfc_progress;

void hfc_progress_init(hfc_progress *progress, const char *what, uint64_t total);

/* `done` bytes of the total are done. */
void hfc_progress_set(hfc_progress *progress, uint64_t done);

/* Remove the bar. */
void hfc_progress_end(hfc_progress *progress);

#endif
