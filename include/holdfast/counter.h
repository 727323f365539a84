/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counters: 64-bit, monotonic for good. A counter is never re-initialised or lowered. A
 * destroyed one stays as a retired counter (unlisted, counted against the owner's
 * objects) so that a re-created one continues above its last value.
 *
 * Life: create -> increment, read -> destroy (retires it) -> create again, or purge. The
 * functions keep no state of their own: a counter is an object of the store of kind
 * COUNTER.
 *
 * Lock-free code that runs inside a step of the store. Every id is a counter's; any other
 * id is HF_ERR_NOTFOUND, in create HF_ERR_ARG. Nothing is changed on an error. All pass
 * on HF_ERR_IO and HF_ERR_CORRUPT of the store.
 *
 *     rc = hf_nvm_lock(nvm);
 *     if (rc != HF_OK) { return rc; }
 *     rc = hf_counter_increment(nvm, id, 1, &value);
 *     rc = hf_nvm_unlock(nvm, rc, &ticket);
 */
#ifndef HOLDFAST_COUNTER_H
#define HOLDFAST_COUNTER_H

#include "holdfast/nvm.h"

/*
 * Create a counter.
 *
 * meta   id, flags (HF_FLAG_NONDESTROYABLE only), access, label.
 * value  in: the wanted first value. out: the first value: the wanted one, or the last
 *        value of a retired counter of this id plus 1 if that is larger.
 *
 * HF_OK, HF_ERR_EXISTS, HF_ERR_OVERFLOW (the retired one is at the maximum), HF_ERR_ARG
 * (id or flags), and what hf_nvm_put_unchecked returns.
 */
int hf_counter_create(hf_nvm *nvm, const hf_metadata *meta, uint64_t *value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* Add `by` (1 ..). HF_OK and the new value; HF_ERR_OVERFLOW (it would pass 2^64-1),
 * HF_ERR_NOTFOUND, HF_ERR_ARG (by is 0), and what hf_nvm_set_counter returns. */
int hf_counter_increment(hf_nvm *nvm, hf_id id, uint64_t by, uint64_t *value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* The value. HF_OK or HF_ERR_NOTFOUND (also for a retired one). */
int hf_counter_read(hf_nvm *nvm, hf_id id, uint64_t *value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* Retire: the value stays, label and access are cleared. HF_OK, HF_ERR_NOTFOUND,
 * HF_ERR_ACCESS (NONDESTROYABLE), and what hf_nvm_put_unchecked returns. */
int hf_counter_destroy(hf_nvm *nvm, hf_id id) HF_REQUIRES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

/* Remove a retired counter for good (ADMIN). HF_OK, HF_ERR_NOTFOUND (none, or not
 * retired), and what hf_nvm_destroy_unchecked returns. */
int hf_counter_purge(hf_nvm *nvm, hf_id id) HF_REQUIRES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

/* Metadata of a live (not retired) counter. HF_OK or HF_ERR_NOTFOUND (*meta stays). */
int hf_counter_get_metadata(hf_nvm *nvm, hf_id id, hf_metadata *meta)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* The first live counter with after < id <= last. HF_OK, HF_ERR_NOTFOUND, or HF_ERR_AGAIN
 * with meta->id set: too many retired ones in a row, go on behind that id (in another
 * step). */
int hf_counter_next(hf_nvm *nvm, hf_id after, hf_id last, hf_metadata *meta)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

#endif
