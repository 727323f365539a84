/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Annotations for clang's thread-safety analysis, and the tokens of the lock classes.
 * With another compiler, or with HF_CFG_THREADSAFE 0, they are empty.
 *
 * A token (hf_tsa_nvm, ...) stands for "some lock of this class". It is declared, never
 * defined: no code refers to it. Functions below the dispatcher say
 * HF_REQUIRES(hf_tsa_nvm). The analysis does not follow calls through function pointers;
 * what is called that way carries HF_REQUIRES and begins with hf_nvm_assert_held().
 */
#ifndef HOLDFAST_TSA_H
#define HOLDFAST_TSA_H

#include "holdfast/config.h"

#if defined(__clang__) && HF_CFG_THREADSAFE && !defined(HF_TSA_OFF)
#define HF_TSA_(x) __attribute__((x))
#else
#define HF_TSA_(x)
#endif

#define HF_CAPABILITY(name) HF_TSA_(capability(name))
#define HF_GUARDED_BY(x) HF_TSA_(guarded_by(x))
#define HF_PT_GUARDED_BY(x) HF_TSA_(pt_guarded_by(x))
#define HF_ACQUIRED_BEFORE(...) HF_TSA_(acquired_before(__VA_ARGS__))
#define HF_REQUIRES(...) HF_TSA_(requires_capability(__VA_ARGS__))
#define HF_ACQUIRE(...) HF_TSA_(acquire_capability(__VA_ARGS__))
#define HF_TRY_ACQUIRE(...) HF_TSA_(try_acquire_capability(__VA_ARGS__))
#define HF_RELEASE(...) HF_TSA_(release_capability(__VA_ARGS__))
#define HF_EXCLUDES(...) HF_TSA_(locks_excluded(__VA_ARGS__))
#define HF_ASSERT_HELD(x) HF_TSA_(assert_capability(x))
#define HF_NO_TSA HF_TSA_(no_thread_safety_analysis)

struct HF_CAPABILITY("lock class") hf_tsa_class {
    char unused;
};

/* The lock order, outermost first. The device class is taken with no other lock held. */
extern struct hf_tsa_class hf_tsa_nvm; /* the store lock of a server */
extern struct hf_tsa_class hf_tsa_auth HF_ACQUIRED_BEFORE(hf_tsa_nvm); /* auth tables */
extern struct hf_tsa_class hf_tsa_sync HF_ACQUIRED_BEFORE(hf_tsa_nvm); /* one syncer */
extern struct hf_tsa_class hf_tsa_device; /* an exclusive crypto device */

#endif
