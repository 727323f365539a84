/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Gates: where requests wait for a place (an exclusive crypto device, a thread for slow
 * work, a key slot) without occupying a thread. Waiting sessions are served round-robin
 * by owner, so that a client with many sessions does not starve the others.
 *
 * A session waits in one gate at a time. Its place in the queue is hf_session.link. All
 * under the store lock; nothing here belongs to a transaction: it takes effect at once.
 */
#ifndef HF_SERVER_QUEUE_H
#define HF_SERVER_QUEUE_H

#include "holdfast/server.h"

/* Sessions to be woken by the caller after it has released the lock. */
#define HF_WAKES_MAX 10u
typedef struct hf_wakes {
    hf_session *sessions[HF_WAKES_MAX];
    uint32_t count;
} hf_wakes;

void hf_gate_init(hf_gate *gate, uint32_t capacity);

/* Go inside, or join the queue. True: inside. False: the session waits. */
bool hf_gate_enter(hf_gate *gate, hf_session *session) HF_REQUIRES(hf_tsa_nvm);

/* Join the queue of a gate without capacity. */
void hf_gate_wait(hf_gate *gate, hf_session *session) HF_REQUIRES(hf_tsa_nvm);

/* Come out: the place goes to the next that waits. */
void hf_gate_leave(hf_gate *gate, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm);

/* News for a gate without capacity: tell the next `count` that they may try. */
void hf_gate_tell(hf_gate *gate, uint32_t count, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm);

/* Who was told did not use it: tell the next, but nobody who has tried since the news, so
 * that sessions that find nothing do not tell each other for ever. */
void hf_gate_pass(hf_gate *gate, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm);

/* If the session's turn has come: the gate, in which it no longer waits (it is inside,
 * where the gate has a capacity). NULL: it still waits, or does not wait at all. */
hf_gate *hf_gate_take(hf_session *session) HF_REQUIRES(hf_tsa_nvm);

/* Take a session out of the queue that it is in; harmless when it is in none. If it had
 * been let in already, the place goes on to the next. */
void hf_gate_abandon(hf_session *session, hf_wakes *wakes) HF_REQUIRES(hf_tsa_nvm);

#endif
