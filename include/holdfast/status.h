/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Status codes: what every function that can fail returns, and what an answer carries on
 * the wire. A status is an int: HF_OK (0) or one of the negative HF_ERR_* values. The
 * numbers are wire values and are never renumbered. HF_PENDING is the one positive value;
 * only the functions that say so return it.
 *
 *     int rc = hf_nvm_destroy_checked(nvm, id);
 *     if (rc != HF_OK) { log_it(hf_status_name(rc), hf_status_text(rc)); }
 */
#ifndef HOLDFAST_STATUS_H
#define HOLDFAST_STATUS_H

#if defined(__GNUC__)
#define HF_MUST_CHECK __attribute__((warn_unused_result))
#else
#define HF_MUST_CHECK
#endif

#define HF_OK 0
#define HF_PENDING 1 /* not an error: the session is parked, see hf_session_serve() */

/* X(name, number, text): the one list of errors. */
#define HF_STATUS_LIST(X)                                                                \
    X(ARG, -1, "an argument is out of its documented range")                             \
    X(SIZE, -2, "a buffer or value has the wrong size")                                  \
    X(ABORTED, -3, "a lock could not be acquired")                                       \
    X(LOCKED, -4, "the lock is held by another thread")                                  \
    X(AGAIN, -5, "the step must be run again")                                           \
    X(NOSPACE, -6, "the store is full")                                                  \
    X(IO, -7, "the storage device failed; the store must be reopened")                   \
    X(CORRUPT, -8, "the store is damaged")                                               \
    X(NOTFOUND, -9, "no such object")                                                    \
    X(EXISTS, -10, "the object exists already")                                          \
    X(ACCESS, -11, "the object's flags or the session's permissions forbid this")        \
    X(USAGE, -12, "the key's usage flags forbid this")                                   \
    X(TYPE, -13, "the key has the wrong type for this")                                  \
    X(NOTSUPPORTED, -14, "no crypto device supports this")                               \
    X(QUOTA, -15, "the owner's quota is used up")                                        \
    X(CACHE_FULL, -16, "every key slot is in use or holds an uncommitted key")           \
    X(BUSY, -17, "in use by another request")                                            \
    X(TIMEOUT, -18, "no answer within the time given")                                   \
    X(CLOSED, -19, "the connection is closed")                                           \
    X(FRAME, -20, "the frame cannot be parsed")                                          \
    X(DECODE, -21, "the body does not match the message's definition")                   \
    X(RANGE, -22, "a field is outside its range")                                        \
    X(UNKNOWN, -23, "unknown request")                                                   \
    X(STATE, -24, "not allowed in the session's present state")                          \
    X(VERIFY, -25, "the signature, tag or MAC is wrong")                                 \
    X(OVERFLOW, -26, "the counter is at its maximum")                                    \
    X(CRYPTO, -27, "the crypto device failed")                                           \
    X(RANDOM, -28, "the random generator failed")                                        \
    X(VERSION, -29, "the protocol or format version is not supported")                   \
    X(CANCELLED, -30, "the request was cancelled")                                       \
    X(KEY, -31, "the key material is malformed")                                         \
    X(LIMIT, -32, "a configured limit is reached")                                       \
    X(NOMEM, -33, "out of memory")                                                       \
    X(SYSTEM, -34, "the operating system refused a call")                                \
    X(INUSE, -35, "another process has the store open")                                  \
    X(CONFIG, -36, "the configuration is wrong")                                         \
    X(BLANK, -37, "the device holds no store")

enum hf_status {
#define HF_STATUS_ENUM_(name, number, text) HF_ERR_##name = (number),
    HF_STATUS_LIST(HF_STATUS_ENUM_)
#undef HF_STATUS_ENUM_
        HF_STATUS_END_ = -1000
};

/* The sentence for a status; never NULL, also for unknown numbers. Static text. Any
 * thread. */
const char *hf_status_text(int status);

/* The name of a status, as "HF_ERR_NOTFOUND"; "HF_ERR_?" for an unknown number. Static
 * text. Any thread. */
const char *hf_status_name(int status);

/* Marks a result that is discarded on purpose; say why in a comment beside it. */
static inline void hf_ignore(int status)
{
    (void)status;
}

#endif
