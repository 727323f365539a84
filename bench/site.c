/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A server with its clients: see measure.h.
 */
#include "measure.h"

#include <unistd.h>

#include "placement.h"

int bench_site_open(bench_site *site, const bench *b, unsigned client_count,
                    unsigned sync_delay_us)
{
    *site = (bench_site){ .server = { .pid = 0 } };
    /* The server inherits the placement. */
    int rc = bench_placement_set(BENCH_ANY_CPU, getpid());
    if (rc == HF_OK) {
        rc = bench_server_start(&site->server, &b->place, sync_delay_us);
    }
    if (rc == HF_OK) {
        rc = bench_load_start(&site->load, site->server.socket_path, client_count,
                              &site->fixture);
    }
    if (rc == HF_OK) {
        rc = bench_fixture_make_keys(&site->fixture, &site->load.workers[0].client);
    }
    if (rc != HF_OK) {
        bench_site_close(site);
    }
    return rc;
}

void bench_site_close(bench_site *site)
{
    bench_load_stop(&site->load);
    bench_server_stop(&site->server);
}
