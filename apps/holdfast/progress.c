/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The progress bar: see progress.h.
 */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "holdfast/posix_clock.h"

#define SHOW_AFTER_US 500000u
#define SHOW_EVERY_US 100000u
#define BAR_COLUMNS 30

void hfc_progress_init(hfc_progress *progress, const char *what, uint64_t total)
{
    *progress = (hfc_progress){ .what = what,
                                .total = total,
                                .start_us = hf_posix_clock_us(),
                                .is_on = isatty(STDERR_FILENO) != 0 };
}

void hfc_progress_set(hfc_progress *progress, uint64_t done)
{
    uint64_t now_us = hf_posix_clock_us();
    if (!progress->is_on || now_us - progress->start_us < SHOW_AFTER_US ||
        now_us - progress->shown_us < SHOW_EVERY_US) {
        return;
    }
    progress->shown_us = now_us;
    progress->is_shown = true;
    double mib = (double)done / (1024.0 * 1024.0);
    if (progress->total == 0) {
        fprintf(stderr, "\r%s %.1f MiB ", progress->what, mib);
        return;
    }
    double share = (double)done / (double)progress->total;
    share = share > 1.0 ? 1.0 : share;
    int filled = (int)(share * BAR_COLUMNS);
    fprintf(stderr, "\r%s [%.*s%*s] %3.0f %%  %.1f MiB ", progress->what, filled,
            "##############################", BAR_COLUMNS - filled, "", share * 100.0,
            mib);
}

void hfc_progress_end(hfc_progress *progress)
{
    if (progress->is_shown) {
        fprintf(stderr, "\r\033[K");
        progress->is_shown = false;
    }
}
