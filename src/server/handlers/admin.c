/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ADMIN: statistics and maintenance. Statistics are atomics and the log level is one;
 * status is read in one step, so its figures belong to one moment; compaction runs
 * beside other requests.
 */
#include "server/handlers/handlers.h"
#include "server/server_private.h"

#define PERMISSION (HF_PERMISSION_IDENTITY | HF_PERMISSION_ADMIN)

static int statistics_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    return hf_server_get_statistics(rq->server, rq->in.admin_statistics.group,
                                    &rq->out.admin_statistics);
}

static void set_store(hf_nvm *nvm, hf_admin_status_response *out)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm)
{
    hf_nvm_space space;
    hf_nvm_get_status(nvm, &space); /* must answer when the store has failed */
    out->head = hf_nvm_head(nvm);
    out->durable = hf_nvm_durable(nvm);
    out->is_failed = space.is_failed ? 1 : 0;
    out->object_count = space.object_count;
    out->object_count_max = space.object_count_max;
    out->total_size = space.total_size;
    out->used_size = space.used_size;
    out->free_size = space.free_size;
    out->reclaimable_size = space.reclaimable_size;
    out->secret_residue_count = space.secret_residue_count;
}

static void set_keystore(const hf_keystore *ks, hf_admin_status_response *out)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_keystore_usage usage;
    hf_keystore_get_usage(ks, &usage);
    out->small_count = usage.small_count;
    out->small_used_count = usage.small_used_count;
    out->large_count = usage.large_count;
    out->large_used_count = usage.large_used_count;
    out->lease_count = usage.lease_count;
    out->doomed_count = usage.doomed_count;
    out->hit_count = usage.hit_count;
    out->miss_count = usage.miss_count;
    out->eviction_count = usage.eviction_count;
}

static int status_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_admin_status_response *out = &rq->out.admin_status;
    *out = (hf_admin_status_response){ .session_count =
                                           hf_server_session_count(rq->server) };
    set_store(nvm, out);
    set_keystore(&rq->server->keystore, out);
    hf_server_get_queues(rq->server, out);
    return HF_OK;
}

static hf_cost compact_cost(const hf_request *rq)
{
    (void)rq;
    return HF_COST_SLOW;
}

/* One cleaning from end to end. `meta.len` of the request notes that the next would give
 * nothing back. */
static int compact_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm, hf_tsa_sync)
{
    int rc = hf_server_make_room(rq->server);
    rq->meta.len = rc == HF_ERR_NOSPACE ? 1 : 0;
    return rc == HF_ERR_NOSPACE ? HF_OK : rc;
}

/* Destroyed secrets may be in any region: clean again until none is left, or nothing
 * helps. */
static int compact_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_nvm_space space;
    hf_nvm_get_space(nvm, &space);
    rq->out.admin_compact.secret_residue_count = space.secret_residue_count;
    bool is_done = space.secret_residue_count == 0 || rq->meta.len != 0 ||
                   rq->again_count > HF_CFG_NVM_REGIONS_MAX;
    rq->restart = !is_done;
    return is_done ? HF_OK : HF_ERR_AGAIN;
}

static int log_level_work(hf_request *rq)
{
    if (rq->server->config.log != NULL) {
        hf_log_set_level(rq->server->config.log, rq->in.admin_log_level.level);
    }
    return HF_OK;
}

const hf_handler hf_handlers_admin[] = {
    { .kind = HF_REQ_admin_statistics,
      .name = "admin_statistics",
      .permission = PERMISSION,
      .work = statistics_work },
    { .kind = HF_REQ_admin_status,
      .name = "admin_status",
      .permission = PERMISSION,
      .prepare = status_prepare },
    { .kind = HF_REQ_admin_compact,
      .name = "admin_compact",
      .permission = PERMISSION,
      .cost = compact_cost,
      .work = compact_work,
      .finish = compact_finish },
    { .kind = HF_REQ_admin_log_level,
      .name = "admin_log_level",
      .permission = PERMISSION,
      .work = log_level_work },
};
const size_t hf_handlers_admin_count =
    sizeof(hf_handlers_admin) / sizeof(hf_handlers_admin[0]);
