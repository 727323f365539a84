/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Gates: who is let in, in which order, and what becomes of a place that is given up.
 * There is no server and one thread: the tests stand for a step that holds the lock
 * (cmocka calls them through pointers, which the analysis does not follow).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/queue.h"

#define SESSIONS_MAX 12u

typedef struct rig {
    hf_gate gate;
    hf_session sessions[SESSIONS_MAX];
    hf_wakes wakes; /* of the last operation */
} rig;

/* Owners of the sessions 0, 1, 2, ... as letters. */
static void rig_open(rig *r, uint32_t capacity, const char *owners)
{
    memset(r, 0, sizeof *r);
    hf_gate_init(&r->gate, capacity);
    for (size_t i = 0; owners[i] != '\0'; i++) {
        r->sessions[i].identity.owner = (uint16_t)owners[i];
    }
}

static size_t index_of(const rig *r, const hf_session *session)
{
    return (size_t)(session - r->sessions);
}

static void expect_woken(rig *r, const char *indexes)
{
    assert_int_equal(strlen(indexes), r->wakes.count);
    for (uint32_t i = 0; i < r->wakes.count; i++) {
        assert_int_equal(indexes[i] - '0', index_of(r, r->wakes.sessions[i]));
    }
    r->wakes.count = 0;
}

static void leave(rig *r, const char *woken) HF_REQUIRES(hf_tsa_nvm)
{
    hf_gate_leave(&r->gate, &r->wakes);
    expect_woken(r, woken);
}

static void abandon(rig *r, size_t i, const char *woken) HF_REQUIRES(hf_tsa_nvm)
{
    hf_gate_abandon(&r->sessions[i], &r->wakes);
    expect_woken(r, woken);
    assert_null(r->sessions[i].link.gate);
}

static void take(rig *r, size_t i) HF_REQUIRES(hf_tsa_nvm)
{
    assert_ptr_equal(&r->gate, hf_gate_take(&r->sessions[i]));
    assert_null(r->sessions[i].link.gate);
}

/* ---- gates with a capacity ---- */

static void test_gate_lets_in_up_to_its_capacity(void **state) HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    rig r;
    rig_open(&r, 2, "aaa");
    assert_true(hf_gate_enter(&r.gate, &r.sessions[0]));
    assert_true(hf_gate_enter(&r.gate, &r.sessions[1]));
    assert_false(hf_gate_enter(&r.gate, &r.sessions[2]));
    assert_int_equal(2, r.gate.inside_count);
    assert_int_equal(1, r.gate.waiting_count);
    assert_null(hf_gate_take(&r.sessions[2]));
    leave(&r, "2");
    /* Its place is kept for it until it comes. */
    assert_int_equal(2, r.gate.inside_count);
    assert_int_equal(0, r.gate.waiting_count);
    take(&r, 2);
    assert_null(hf_gate_take(&r.sessions[2]));
    leave(&r, "");
    leave(&r, "");
    assert_int_equal(0, r.gate.inside_count);
}

static void test_gate_serves_owners_in_turn(void **state) HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    rig r;
    /*                012345678 */
    rig_open(&r, 1, "xaaaabbca");
    assert_true(hf_gate_enter(&r.gate, &r.sessions[0]));
    for (size_t i = 1; i < 9; i++) {
        assert_false(hf_gate_enter(&r.gate, &r.sessions[i]));
    }
    static const char order[] = "15726348";
    for (size_t i = 0; order[i] != '\0'; i++) {
        const char woken[2] = { order[i], '\0' };
        leave(&r, woken);
        take(&r, (size_t)(order[i] - '0'));
    }
    leave(&r, "");
    assert_null(r.gate.first);
    assert_null(r.gate.last);
}

/* Sessions a1 a2 a3 b1 c1 c2 wait; one of them gives up; the others come in turn. */
static void test_gate_abandoned_at_each_position_keeps_the_order(void **state)
    HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    for (size_t gone = 1; gone <= 6; gone++) {
        rig r;
        rig_open(&r, 1, "xaaabcc");
        assert_true(hf_gate_enter(&r.gate, &r.sessions[0]));
        for (size_t i = 1; i <= 6; i++) {
            assert_false(hf_gate_enter(&r.gate, &r.sessions[i]));
        }
        abandon(&r, gone, "");
        assert_int_equal(5, r.gate.waiting_count);
        bool seen[7] = { false };
        size_t last_of[256] = { 0 };
        for (size_t i = 0; i < 5; i++) {
            hf_gate_leave(&r.gate, &r.wakes);
            assert_int_equal(1, r.wakes.count);
            size_t at = index_of(&r, r.wakes.sessions[0]);
            uint16_t owner = r.sessions[at].identity.owner;
            r.wakes.count = 0;
            take(&r, at);
            assert_int_not_equal(gone, at);
            assert_false(seen[at]);
            assert_true(at > last_of[owner]); /* of one owner: first come, first served */
            last_of[owner] = at;
            seen[at] = true;
        }
        leave(&r, "");
    }
}

static void test_gate_place_of_one_that_was_let_in_and_gave_up_goes_on(void **state)
    HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    rig r;
    rig_open(&r, 1, "abc");
    assert_true(hf_gate_enter(&r.gate, &r.sessions[0]));
    assert_false(hf_gate_enter(&r.gate, &r.sessions[1]));
    assert_false(hf_gate_enter(&r.gate, &r.sessions[2]));
    leave(&r, "1");
    abandon(&r, 1, "2");
    assert_int_equal(1, r.gate.inside_count);
    abandon(&r, 2, "");
    assert_int_equal(0, r.gate.inside_count);
    abandon(&r, 2, ""); /* harmless when it waits nowhere */
    assert_int_equal(0, r.gate.inside_count);
}

/* ---- gates without: news that a few are told of ---- */

static void test_news_reach_some_and_are_passed_on(void **state) HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    rig r;
    rig_open(&r, 0, "aabc");
    for (size_t i = 0; i < 4; i++) {
        assert_false(hf_gate_enter(&r.gate, &r.sessions[i]));
    }
    hf_gate_tell(&r.gate, 2, &r.wakes);
    expect_woken(&r, "02");
    take(&r, 0);
    hf_gate_pass(&r.gate, &r.wakes); /* it did not use it */
    expect_woken(&r, "3");
    abandon(&r, 2, "1"); /* nor did this one, which did not even look */
    take(&r, 3);
    take(&r, 1);
    assert_int_equal(0, r.gate.inside_count);
    hf_gate_tell(&r.gate, 2, &r.wakes);
    expect_woken(&r, "");
}

static void test_news_do_not_go_round_among_those_who_have_tried(void **state)
    HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    rig r;
    rig_open(&r, 0, "abbb");
    for (size_t i = 0; i < 4; i++) {
        hf_gate_wait(&r.gate, &r.sessions[i]);
    }
    hf_gate_tell(&r.gate, 2, &r.wakes);
    expect_woken(&r, "01");
    uint32_t told_count = 2;
    size_t told[8] = { 0, 1 };
    /* Each finds nothing, waits again, and passes it on. */
    for (uint32_t i = 0; i < told_count; i++) {
        take(&r, told[i]);
        hf_gate_wait(&r.gate, &r.sessions[told[i]]);
        hf_gate_pass(&r.gate, &r.wakes);
        if (r.wakes.count == 1) {
            assert_true(told_count < 8);
            told[told_count++] = index_of(&r, r.wakes.sessions[0]);
            r.wakes.count = 0;
        }
    }
    assert_int_equal(4, told_count); /* everybody, once */
    assert_int_equal(4, r.gate.waiting_count);
    hf_gate_tell(&r.gate, 1, &r.wakes); /* newer news are for all again */
    assert_int_equal(1, r.wakes.count);
}

/* ---- against a model ---- */

enum place { AWAY, WAITING, ADMITTED, INSIDE };

typedef struct model {
    enum place places[SESSIONS_MAX];
    size_t order[SESSIONS_MAX]; /* those that wait, by arrival */
    size_t waiting_count, inside_count;
    uint16_t turns[SESSIONS_MAX]; /* owners that wait, by turn */
    size_t turn_count;
} model;

static void turn_remove(model *m, size_t at)
{
    m->turn_count--;
    memmove(&m->turns[at], &m->turns[at + 1], (m->turn_count - at) * sizeof m->turns[0]);
}

static bool has_waiting(const rig *r, const model *m, uint16_t owner)
{
    for (size_t i = 0; i < m->waiting_count; i++) {
        if (r->sessions[m->order[i]].identity.owner == owner) {
            return true;
        }
    }
    return false;
}

static void model_wait(const rig *r, model *m, size_t i)
{
    uint16_t owner = r->sessions[i].identity.owner;
    if (!has_waiting(r, m, owner)) {
        m->turns[m->turn_count++] = owner;
    }
    m->order[m->waiting_count++] = i;
    m->places[i] = WAITING;
}

static void model_unwait(const rig *r, model *m, size_t i, bool was_served)
{
    uint16_t owner = r->sessions[i].identity.owner;
    size_t at = 0;
    while (m->order[at] != i) {
        at++;
    }
    m->waiting_count--;
    memmove(&m->order[at], &m->order[at + 1],
            (m->waiting_count - at) * sizeof m->order[0]);
    size_t turn = 0;
    while (m->turns[turn] != owner) {
        turn++;
    }
    bool is_last = !has_waiting(r, m, owner);
    if (was_served || is_last) {
        turn_remove(m, turn);
    }
    if (was_served && !is_last) {
        m->turns[m->turn_count++] = owner;
    }
}

/* A place is free: the first session of the owner whose turn it is gets it. */
static void model_admit(rig *r, model *m)
{
    if (m->turn_count == 0) {
        assert_int_equal(0, r->wakes.count);
        m->inside_count--;
        return;
    }
    size_t i = 0;
    while (r->sessions[m->order[i]].identity.owner != m->turns[0]) {
        i++;
    }
    size_t chosen = m->order[i];
    assert_int_equal(1, r->wakes.count);
    assert_int_equal(chosen, index_of(r, r->wakes.sessions[0]));
    model_unwait(r, m, chosen, true);
    m->places[chosen] = ADMITTED;
    r->wakes.count = 0;
}

static void act(rig *r, model *m, size_t i, bool gives_up) HF_REQUIRES(hf_tsa_nvm)
{
    hf_session *session = &r->sessions[i];
    switch (m->places[i]) {
    case AWAY:
        if (hf_gate_enter(&r->gate, session)) {
            m->inside_count++;
            m->places[i] = INSIDE;
        } else {
            model_wait(r, m, i);
        }
        break;
    case WAITING:
        assert_null(hf_gate_take(session));
        if (gives_up) {
            hf_gate_abandon(session, &r->wakes);
            model_unwait(r, m, i, false);
            m->places[i] = AWAY;
        }
        break;
    case ADMITTED:
        if (gives_up) {
            hf_gate_abandon(session, &r->wakes);
            m->places[i] = AWAY;
            model_admit(r, m);
        } else {
            take(r, i);
            m->places[i] = INSIDE;
        }
        break;
    case INSIDE:
        hf_gate_leave(&r->gate, &r->wakes);
        m->places[i] = AWAY;
        model_admit(r, m);
        break;
    }
    assert_int_equal(0, r->wakes.count);
    assert_int_equal(m->waiting_count, r->gate.waiting_count);
    assert_int_equal(m->inside_count, r->gate.inside_count);
}

static void test_gate_random_does_as_a_model(void **state) HF_REQUIRES(hf_tsa_nvm)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        rig r;
        model m = { .turn_count = 0 };
        uint32_t random = seed;
        rig_open(&r, 1 + seed % 3, "aaaabbbcccde");
        for (uint32_t step = 0; step < 400; step++) {
            random = random * 1664525u + 1013904223u;
            act(&r, &m, (random >> 8) % SESSIONS_MAX, (random >> 20) % 3 == 0);
        }
        /* Nobody is lost: all come out. */
        for (uint32_t step = 0; step < 100; step++) {
            for (size_t i = 0; i < SESSIONS_MAX; i++) {
                if (m.places[i] != AWAY) {
                    act(&r, &m, i, false);
                }
            }
        }
        assert_int_equal(0, r.gate.waiting_count);
        assert_int_equal(0, r.gate.inside_count);
        assert_null(r.gate.first);
        assert_null(r.gate.last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate_lets_in_up_to_its_capacity),
        cmocka_unit_test(test_gate_serves_owners_in_turn),
        cmocka_unit_test(test_gate_abandoned_at_each_position_keeps_the_order),
        cmocka_unit_test(test_gate_place_of_one_that_was_let_in_and_gave_up_goes_on),
        cmocka_unit_test(test_news_reach_some_and_are_passed_on),
        cmocka_unit_test(test_news_do_not_go_round_among_those_who_have_tried),
        cmocka_unit_test(test_gate_random_does_as_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
