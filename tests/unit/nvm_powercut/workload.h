/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A random user of a store: transactions, reads, lists, syncs, cleaning and reopening,
 * each compared with the model at once. It works on until it is told to stop, the device
 * fails, or the store does something that it must not: a defect, described in words.
 *
 * Life: workload_init -> workload_open -> workload_run, workload_check, workload_close,
 * and after a stop workload_open again. All memory is in the structure; with the same
 * seed and device it does the same.
 */
#ifndef TESTS_NVM_POWERCUT_WORKLOAD_H
#define TESTS_NVM_POWERCUT_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault_device.h"
#include "holdfast/nvm.h"
#include "model.h"
#include "random.h"

#define WORKLOAD_INDEX_COUNT 64u
#define WORKLOAD_LOG_SIZE_MAX 16384u
#define WORKLOAD_DEFECT_SIZE 256u
#define WORKLOAD_SECRET_COUNT 1024u

enum workload_result {
    WORKLOAD_OK,
    WORKLOAD_STOPPED, /* the device is off or has failed, as it was told */
    WORKLOAD_DEFECT   /* see workload.defect */
};

/* How often what happened, to prove that a test tested something. */
typedef struct workload_counts {
    uint64_t commit;
    uint64_t rollback;
    uint64_t again_sync;
    uint64_t again_clean;
    uint64_t no_space;
    uint64_t open;
    uint64_t lost;    /* commits that a power cut took back */
    uint64_t stuck;   /* full stores that could not destroy any more */
    uint64_t corrupt; /* objects that were found damaged */
} workload_counts;

/* How much of everything. */
typedef struct workload_config {
    uint32_t log_size; /* bytes of the store's log buffer, <= WORKLOAD_LOG_SIZE_MAX */
    uint32_t
        index_count; /* objects that its index has room for, <= WORKLOAD_INDEX_COUNT */
    uint32_t payload_max; /* bytes of a usual object; <= MODEL_PAYLOAD_MAX */
} workload_config;

/* A key's payload that was given to the store. */
typedef struct workload_secret {
    uint32_t index;
    uint32_t version;
    uint32_t len;
} workload_secret;

typedef struct workload {
    hf_nvm nvm;
    fault_device *device;
    random_state random;
    workload_config config;
    size_t safe_index; /* the state that must be found again, or a newer one */
    hf_ticket durable; /* the store's durable position when last looked at */
    bool may_be_stuck; /* several cuts have hit one cleaning: room may be missing */
    bool is_open;
    bool is_locked;      /* the store lock is held */
    bool may_be_corrupt; /* bits were flipped: HF_ERR_CORRUPT is a right answer */
    bool is_corrupt[MODEL_OBJECT_COUNT]; /* it was the answer for this object */
    uint32_t settled_count; /* calls of a staged change in the present step */
    bool settled_committed; /* what the last of them was told */
    uint32_t secret_count;
    workload_counts counts;
    char defect[WORKLOAD_DEFECT_SIZE]; /* empty: none */
    uint64_t index_memory[HF_NVM_INDEX_SIZE(WORKLOAD_INDEX_COUNT) / sizeof(uint64_t)];
    uint8_t log_buffer[WORKLOAD_LOG_SIZE_MAX];
    workload_secret secrets[WORKLOAD_SECRET_COUNT];
    model model;
} workload;

/* An empty model beside a blank device. */
void workload_init(workload *w, fault_device *device, const workload_config *config,
                   uint64_t seed);

/* Copy what outlives a power cut: the model and what of it is safe. */
void workload_copy(workload *to, const workload *from, fault_device *device,
                   uint64_t seed);

/* Open (or format) the store and compare what it holds with the states it may hold. */
enum workload_result workload_open(workload *w);

/* Do `step_count` random steps. */
enum workload_result workload_run(workload *w, uint32_t step_count);

/* Everything must be as the newest state says. */
enum workload_result workload_check(workload *w);

/* Sync: everything is durable then. */
enum workload_result workload_sync(workload *w);

/* One step of cleaning. *more: work is left. *is_in_vain: nothing would be gained. */
enum workload_result workload_clean(workload *w, bool wanted, bool *more,
                                    bool *is_in_vain);

/* Close cleanly: everything is durable then. */
enum workload_result workload_close(workload *w);

/* The device has failed, but is not off: what is durable can still be read, what is not
 * ends with HF_ERR_IO, and nothing can be written. */
enum workload_result workload_check_failed(workload *w);

/* The destroyed keys leave no byte on the medium once cleaning says that it is done. */
enum workload_result workload_compact(workload *w);

/* Take the store's durable position into account. */
void workload_note_durable(workload *w);

/* ---- for the parts of the workload ---- */

/* Describe a defect (the first one is kept). Returns WORKLOAD_DEFECT. */
enum workload_result workload_defect(workload *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What an unexpected status of the store means: stopped, or a defect in `what`. */
enum workload_result workload_failed(workload *w, const char *what, int rc);

/* One random transaction. */
enum workload_result workload_transact(workload *w);

/* Read all objects of the workload into *seen, and check each for itself. Returns HF_OK
 * or what the store answered; a defect is noted. */
int workload_observe(workload *w, model_state *seen) HF_REQUIRES(w->nvm.lock, hf_tsa_nvm);

/* Read one object into *seen and check it for itself. */
int workload_observe_object(workload *w, uint32_t index, model_object *seen)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm);

/* Walk the list; it must name exactly the objects of `state`. */
int workload_observe_list(workload *w, const model_state *state)
    HF_REQUIRES(w->nvm.lock, hf_tsa_nvm);

#endif
