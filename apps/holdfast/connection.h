/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A connection to the server: socket, buffers and client in one. It must not move
 * while it is open. One thread at a time.
 */
#ifndef HFC_CONNECTION_H
#define HFC_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/client.h"
#include "holdfast/posix_socket.h"

#define HFC_SOCKET_DEFAULT "/run/holdfast/socket"
#define HFC_ADDRESS_SIZE 256u

typedef struct hfc_target {
    bool is_tcp;
    char path[HFC_ADDRESS_SIZE]; /* of the unix socket, or the TCP host */
    char port[16];
    uint32_t timeout_ms; /* 0 = HF_CLIENT_TIMEOUT_MS */
    uint32_t body_size;  /* largest body to ask for, bytes */
    uint16_t window;     /* requests in flight to ask for */
} hfc_target;

typedef struct hfc_connection {
    hf_posix_socket socket;
    hf_client client;
    uint8_t *memory; /* both buffers; NULL: not open */
    size_t memory_size;
} hfc_connection;

/* Set the address: `tcp` as HOST:PORT or [HOST]:PORT, else `path`, else $HOLDFAST_SOCKET,
 * else the default. False: `tcp` or the path cannot be one. */
bool hfc_target_set(hfc_target *target, const char *path, const char *tcp) HF_MUST_CHECK;

/* Connect and negotiate. HF_OK, or a status; *why then gets what to tell the user, in
 * `why_size` characters. After an error the connection is closed. */
int hfc_connection_open(hfc_connection *connection, const hfc_target *target, char *why,
                        size_t why_size) HF_MUST_CHECK;

/* Close and wipe. Harmless on a closed one, and on one that is all zeros. */
void hfc_connection_close(hfc_connection *connection);

#endif
