/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * COMM: the connection itself. These requests touch their own session alone, so they
 * are work without a step; only info asks the server for a number that the lock guards.
 */
#include <string.h>

#include "holdfast/frame.h"
#include "server/handlers/handlers.h"
#include "server/request.h"
#include "server/server_private.h"

/* Only what the protocol defines may be told. */
#define PERMISSIONS                                                                      \
    (HF_PERMISSION_IDENTITY | HF_PERMISSION_USE_GLOBAL | HF_PERMISSION_WRITE_GLOBAL |    \
     HF_PERMISSION_ADMIN)

static int init_work(hf_request *rq)
{
    const hf_comm_init_request *in = &rq->in.comm_init;
    const hf_server_config *config = &rq->server->config;
    hf_session *session = rq->session;
    if (session->phase != HF_SESSION_NEW) {
        return HF_ERR_STATE;
    }
    if (in->version != HF_PROTO_VERSION) {
        return HF_ERR_VERSION;
    }
    session->body_size =
        in->body_size < config->body_size_max ? in->body_size : config->body_size_max;
    session->window = in->window < config->window_max ? in->window : config->window_max;
    session->phase = HF_SESSION_READY;
    rq->out.comm_init = (hf_comm_init_response){
        .version = HF_PROTO_VERSION,
        .body_size = session->body_size,
        .window = session->window,
        .owner = session->identity.owner,
        .permissions = session->identity.permissions & PERMISSIONS,
    };
    return HF_OK;
}

static int info_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    static const char version[] = HF_VERSION_TEXT;
    const hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    const char *name = rq->server->config.name;
    const hf_identity *identity = &rq->session->identity;
    rq->out.comm_info = (hf_comm_info_response){
        .version = hf_bytes_of(version, sizeof(version) - 1),
        .name = hf_bytes_of(name, name == NULL ? 0 : strlen(name)),
        .owner = identity->owner,
        .permissions = identity->permissions & PERMISSIONS,
        .session_count = hf_server_session_count(rq->server),
    };
    return HF_OK;
}

static int echo_work(hf_request *rq)
{
    rq->out.comm_echo.data = rq->in.comm_echo.data;
    return HF_OK;
}

static int close_work(hf_request *rq)
{
    rq->session->phase = HF_SESSION_CLOSING;
    return HF_OK;
}

/* The session has dropped the requests that were queued before; here its streams end. */
static int cancel_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    uint16_t count = 0;
    for (uint32_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        hf_crypto_stream *stream = &rq->session->streams[i].crypto;
        if (stream->stream != NULL) {
            hf_crypto_stream_close(&rq->server->crypto, stream);
            count++;
        }
    }
    rq->out.comm_cancel.stream_count = count;
    return HF_OK;
}

const hf_handler hf_handlers_comm[] = {
    { .kind = HF_REQ_comm_init, .name = "comm_init", .work = init_work },
    { .kind = HF_REQ_comm_info, .name = "comm_info", .prepare = info_prepare },
    { .kind = HF_REQ_comm_echo, .name = "comm_echo", .work = echo_work },
    { .kind = HF_REQ_comm_close, .name = "comm_close", .work = close_work },
    { .kind = HF_REQ_comm_cancel, .name = "comm_cancel", .work = cancel_work },
};
const size_t hf_handlers_comm_count =
    sizeof(hf_handlers_comm) / sizeof(hf_handlers_comm[0]);
