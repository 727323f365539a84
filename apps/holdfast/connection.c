/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A connection to the server: see connection.h.
 */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holdfast/frame.h"
#include "holdfast/posix_clock.h"

static bool tcp_set(hfc_target *target, const char *text)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon[1] == '\0' || strlen(colon + 1) >= sizeof target->port) {
        return false;
    }
    size_t len = (size_t)(colon - text);
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof target->path) {
        return false;
    }
    memcpy(target->path, text, len);
    target->path[len] = '\0';
    memcpy(target->port, colon + 1, strlen(colon + 1) + 1);
    target->is_tcp = true;
    return true;
}

bool hfc_target_set(hfc_target *target, const char *path, const char *tcp)
{
    if (tcp != NULL) {
        return tcp_set(target, tcp);
    }
    if (path == NULL) {
        path = getenv("HOLDFAST_SOCKET");
    }
    if (path == NULL || *path == '\0') {
        path = HFC_SOCKET_DEFAULT;
    }
    size_t len = strlen(path);
    if (len > HF_POSIX_SOCKET_PATH_LEN_MAX) {
        return false;
    }
    memcpy(target->path, path, len + 1);
    target->is_tcp = false;
    return true;
}

static uint64_t clock_ms(void)
{
    return hf_posix_clock_us() / 1000;
}

static int socket_open(hfc_connection *connection, const hfc_target *target)
{
    uint32_t timeout_ms =
        target->timeout_ms != 0 ? target->timeout_ms : HF_CLIENT_TIMEOUT_MS;
    if (target->is_tcp) {
        return hf_posix_socket_connect_tcp(&connection->socket, target->path,
                                           target->port, timeout_ms);
    }
    return hf_posix_socket_connect_unix(&connection->socket, target->path, timeout_ms);
}

/* Why there is no socket, and what to do. */
static void socket_explain(const hfc_connection *connection, const hfc_target *target,
                           int status, hf_buffer *why)
{
    const char *text = hf_status_text(status);
    const char *hint = "";
    switch (status) {
    case HF_ERR_NOTFOUND:
        text = target->is_tcp ? "no such host or port" : "no such socket";
        hint = target->is_tcp ? "" : "; is holdfastd running?";
        break;
    case HF_ERR_CLOSED:
        text = "connection refused";
        hint = "; is holdfastd running?";
        break;
    case HF_ERR_ACCESS:
        text = "permission denied";
        hint = "; your user must be allowed to write to the socket";
        break;
    case HF_ERR_TIMEOUT:
        text = "the server takes no connection";
        break;
    case HF_ERR_SYSTEM:
        text = strerror(hf_posix_socket_errno(&connection->socket));
        break;
    default:
        break;
    }
    (void)snprintf((char *)why->data, why->size, "cannot connect to %s%s%s: %s%s",
                   target->path, target->is_tcp ? ":" : "",
                   target->is_tcp ? target->port : "", text, hint);
}

static int client_open(hfc_connection *connection, const hfc_target *target)
{
    size_t half = connection->memory_size / 2;
    int rc = hf_client_init(
        &connection->client,
        &(hf_client_config){ .transport = hf_posix_socket_transport(&connection->socket),
                             .receive_buffer = hf_buffer_of(connection->memory, half),
                             .send_buffer = hf_buffer_of(connection->memory + half, half),
                             .timeout_ms = target->timeout_ms,
                             .clock_ms = clock_ms });
    if (rc != HF_OK) {
        hf_transport transport = hf_posix_socket_transport(&connection->socket);
        transport.ops->close(transport.context);
        return rc;
    }
    return hf_client_connect(&connection->client, "holdfast", target->window);
}

int hfc_connection_open(hfc_connection *connection, const hfc_target *target, char *why,
                        size_t why_size)
{
    *connection = (hfc_connection){ .memory = NULL };
    hf_buffer text = hf_buffer_of(why, why_size);
    int rc = socket_open(connection, target);
    if (rc != HF_OK) {
        socket_explain(connection, target, rc, &text);
        return rc;
    }
    size_t half = HF_FRAME_HEADER_SIZE + (size_t)target->body_size;
    connection->memory_size = 2 * half;
    connection->memory = malloc(connection->memory_size);
    if (connection->memory == NULL) {
        hf_transport transport = hf_posix_socket_transport(&connection->socket);
        transport.ops->close(transport.context);
        (void)snprintf(why, why_size, "out of memory");
        return HF_ERR_NOMEM;
    }
    rc = client_open(connection, target);
    if (rc != HF_OK) {
        const char *hint =
            rc == HF_ERR_ACCESS ? "; the server knows no identity for you" : "";
        (void)snprintf(why, why_size, "cannot talk to the server at %s: %s (%s)%s",
                       target->path, hf_status_text(rc), hf_status_name(rc), hint);
        hfc_connection_close(connection);
    }
    return rc;
}

void hfc_connection_close(hfc_connection *connection)
{
    if (connection->memory == NULL) {
        return;
    }
    hf_client_cleanup(&connection->client);
    hf_wipe(connection->memory, connection->memory_size);
    free(connection->memory);
    *connection = (hfc_connection){ .memory = NULL };
}
