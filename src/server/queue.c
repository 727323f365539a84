/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Gates: see queue.h. The queue is a list of owners, each with a list of its waiting
 * sessions; the links are in the sessions. Letting one in is O(1); joining is O(owners
 * that wait).
 */
#include "queue.h"

#include "base/assert.h"

void hf_gate_init(hf_gate *gate, uint32_t capacity)
{
    *gate = (hf_gate){ .capacity = capacity };
}

static hf_session *owner_find(const hf_gate *gate, uint16_t owner) HF_REQUIRES(hf_tsa_nvm)
{
    for (hf_session *s = gate->first; s != NULL; s = s->link.owner_next) {
        if (s->identity.owner == owner) {
            return s;
        }
    }
    return NULL;
}

static void owner_append(hf_gate *gate, hf_session *session) HF_REQUIRES(hf_tsa_nvm)
{
    session->link.owner_next = NULL;
    if (gate->last == NULL) {
        gate->first = session;
    } else {
        gate->last->link.owner_next = session;
    }
    gate->last = session;
}

void hf_gate_wait(hf_gate *gate, hf_session *session)
{
    HF_ASSERT(session->link.gate == NULL);
    session->link = (hf_gate_link){ .gate = gate, .tail = session, .round = gate->round };
    hf_session *head = owner_find(gate, session->identity.owner);
    if (head == NULL) {
        owner_append(gate, session);
    } else {
        head->link.tail->link.next = session;
        head->link.tail = session;
    }
    gate->waiting_count++;
}

bool hf_gate_enter(hf_gate *gate, hf_session *session)
{
    if (gate->inside_count < gate->capacity) {
        gate->inside_count++;
        return true;
    }
    hf_gate_wait(gate, session);
    return false;
}

/* Put `replacement` (or nobody) where an owner's first session is in the list of
   owners. */
static void owner_replace(hf_gate *gate, hf_session *head, hf_session *replacement)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_session *before = NULL;
    for (hf_session *s = gate->first; s != head; s = s->link.owner_next) {
        before = s;
    }
    hf_session *after = head->link.owner_next;
    hf_session *follower = replacement != NULL ? replacement : after;
    if (replacement != NULL) {
        replacement->link.owner_next = after;
    }
    if (before == NULL) {
        gate->first = follower;
    } else {
        before->link.owner_next = follower;
    }
    if (gate->last == head) {
        gate->last = replacement != NULL ? replacement : before;
    }
}

/* Let an owner's first session in: the owner goes to the end of the queue. */
static void admit(hf_gate *gate, hf_session *session, hf_wakes *wakes)
    HF_REQUIRES(hf_tsa_nvm)
{
    HF_ASSERT(wakes->count < HF_WAKES_MAX);
    owner_replace(gate, session, NULL);
    hf_session *second = session->link.next;
    if (second != NULL) {
        second->link.tail = session->link.tail;
        owner_append(gate, second);
    }
    gate->waiting_count--;
    if (gate->capacity > 0) {
        gate->inside_count++;
    }
    session->link.is_admitted = true;
    wakes->sessions[wakes->count++] = session;
}

void hf_gate_leave(hf_gate *gate, hf_wakes *wakes)
{
    HF_ASSERT(gate->inside_count > 0);
    gate->inside_count--;
    if (gate->first != NULL) {
        admit(gate, gate->first, wakes);
    }
}

void hf_gate_tell(hf_gate *gate, uint32_t count, hf_wakes *wakes)
{
    gate->round++;
    for (uint32_t i = 0; i < count && gate->first != NULL; i++) {
        admit(gate, gate->first, wakes);
    }
}

void hf_gate_pass(hf_gate *gate, hf_wakes *wakes)
{
    /* Of an owner's sessions the first has joined before the others. */
    for (hf_session *s = gate->first; s != NULL; s = s->link.owner_next) {
        if (s->link.round != gate->round) {
            admit(gate, s, wakes);
            return;
        }
    }
}

hf_gate *hf_gate_take(hf_session *session)
{
    hf_gate *gate = session->link.is_admitted ? session->link.gate : NULL;
    if (gate != NULL) {
        session->link = (hf_gate_link){ .gate = NULL };
    }
    return gate;
}

static void queue_remove(hf_gate *gate, hf_session *session) HF_REQUIRES(hf_tsa_nvm)
{
    hf_session *head = owner_find(gate, session->identity.owner);
    gate->waiting_count--;
    if (head == session) {
        hf_session *second = session->link.next;
        if (second != NULL) {
            second->link.tail = session->link.tail;
        }
        owner_replace(gate, session, second);
        return;
    }
    hf_session *before = head;
    while (before->link.next != session) {
        before = before->link.next;
    }
    before->link.next = session->link.next;
    if (head->link.tail == session) {
        head->link.tail = before;
    }
}

void hf_gate_abandon(hf_session *session, hf_wakes *wakes)
{
    hf_gate *gate = session->link.gate;
    if (gate == NULL) {
        return;
    }
    if (!session->link.is_admitted) {
        queue_remove(gate, session);
    } else if (gate->capacity > 0) {
        hf_gate_leave(gate, wakes);
    } else {
        hf_gate_pass(gate, wakes); /* it was told of a free slot and does not need it */
    }
    session->link = (hf_gate_link){ .gate = NULL };
}
