/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LMS keys in the store: the hash tree that stands beside a private LMS key, and what a
 * signature needs of it. The algorithm is lms.h's, the key and its indexes are the
 * keystore's; this joins them.
 *
 * The tree object has kind TREE and the key's owner and number. It holds the caches of
 * all levels, one behind the other, from the first (lms.h says what a cache is). It is
 * public and can be computed again from the key, so nothing is believed of it, and
 * whatever is wrong with it costs time, never a signature. hf_keystore_erase destroys it
 * with the key.
 *
 * A signature has three parts: hf_lms_read in the step that reserves the index; once that
 * step is durable, hf_lms_sign without any lock; and, if a tree was used up and the next
 * one had to be built, hf_lms_keep in a step behind it. An index whose signature fails is
 * lost, which is what indexes are for.
 *
 *     rc = hf_keystore_reserve_index(ks, &lease, count, &job.index);      // a step
 *     rc = hf_lms_read(nvm, id, &job, &room);
 *     rc = hf_lms_sign(&engine, material, &job, message, &signature);     // durable
 *     rc = hf_lms_keep(nvm, &job);                                        // a step
 *
 * Steps: inside a step of the store. The rest: any thread, no lock held.
 */
#ifndef HOLDFAST_LMS_SERVICE_H
#define HOLDFAST_LMS_SERVICE_H

#include "holdfast/lms.h"
#include "holdfast/nvm.h"

/* The parameters of a private LMS type (HF_KEY_LMS). HF_OK, or HF_ERR_TYPE: it is none.
 * Any thread, any lock. */
int hf_lms_type_params(uint32_t key_type, hf_hss_params *params) HF_MUST_CHECK;

/* Bytes of the tree object. Any thread, any lock. */
size_t hf_lms_tree_len(const hf_hss_params *params);

/*
 * Make a key with the trees that its first signature needs.
 *
 * entropy  hf_hss_entropy_len secret random bytes.
 * private_key, tree  appended: hf_hss_private_len and hf_lms_tree_len bytes.
 *
 * Returns what hf_hss_generate and hf_hss_build return; after an error both buffers are
 * as before. Blocking: 2^height leaves for each level.
 */
int hf_lms_generate(const hf_lms_engine *engine, const hf_hss_params *params,
                    hf_bytes entropy, hf_buffer *private_key, hf_buffer *tree)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Store the tree of a key, in the step that stores the key. What hf_nvm_put_unchecked
 * returns. */
int hf_lms_put_tree(hf_nvm *nvm, hf_id key, hf_bytes tree)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/* One signature in the making. */
typedef struct hf_lms_job {
    hf_hss_params params; /* in: of the key's type */
    uint64_t index;       /* in: reserved for this signature */
    /* The rest is private. */
    hf_id tree;          /* the object */
    uint64_t generation; /* of the object as it was read; 0: there was none */
    hf_hss_place place;  /* of the lowest level that fits the index */
    uint8_t *place_room; /* where its bytes are */
    uint32_t fit_count;  /* levels that fit the index, from the first */
    hf_buffer caches;    /* room for the whole object, for levels that must be built */
    uint32_t kept_count; /* levels that were not built, from the first */
} hf_lms_job;

/* Bytes of room that a job needs. */
size_t hf_lms_job_room(const hf_hss_params *params);

/* The most that a job needs, and the longest signature, of any key. */
#define HF_LMS_JOB_ROOM_MAX (240u * 1024u)
#define HF_LMS_SIGNATURE_LEN_MAX 27128u /* of 3 levels of height 15, W1 */

/*
 * Read what the signature of job->index needs of the key's tree. A tree that is missing,
 * damaged or of another index is no error: hf_lms_sign builds it.
 *
 * room  hf_lms_job_room bytes for the job, used until the job is over; not kept in any
 *       other way.
 *
 * HF_OK, HF_ERR_SIZE (too little room), HF_ERR_IO.
 */
int hf_lms_read(hf_nvm *nvm, hf_id key, hf_lms_job *job, hf_buffer room)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm) HF_MUST_CHECK;

/*
 * Sign. The step that reserved the index must be durable.
 *
 * private_key  the key's material.
 * signature    appended: hf_hss_signature_len bytes.
 *
 * Returns what hf_hss_sign and hf_hss_build return, but never HF_ERR_STATE;
 * HF_ERR_CORRUPT: the key itself is damaged. Blocking; for long when trees are built.
 */
int hf_lms_sign(const hf_lms_engine *engine, hf_bytes private_key, hf_lms_job *job,
                hf_bytes message, hf_buffer *signature)
    HF_EXCLUDES(hf_tsa_nvm, hf_tsa_device) HF_MUST_CHECK;

/* Whether hf_lms_sign has built something that hf_lms_keep should store. */
static inline bool hf_lms_has_built(const hf_lms_job *job)
{
    return job->kept_count < job->params.level_count;
}

/*
 * Store what was built, unless somebody else has changed the tree since it was read (also
 * by erasing the key). Without room in the store the tree stays as it is: the next
 * signature builds it again.
 *
 * HF_OK, HF_ERR_AGAIN (as hf_nvm_put_unchecked), HF_ERR_IO.
 */
int hf_lms_keep(hf_nvm *nvm, hf_lms_job *job) HF_REQUIRES(nvm->lock, hf_tsa_nvm)
    HF_MUST_CHECK;

#endif
