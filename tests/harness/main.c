/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Running cases over harnesses, as cmocka tests.
 */
#include "harness/harness.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"

#define SEED_DEFAULT 20290307u
#define NAME_SIZE 128u

/* One case over one harness. */
typedef struct bound_case {
    const harness *kind;
    const suite_case *tested;
    const harness_plan *plan;
    const char *command;
    uint64_t seed;
    uint32_t scale, asked_scale; /* per cent */
    suite_env env;
    char name[NAME_SIZE];
} bound_case;

const suite_cases *const harness_functional[] = {
    &suite_comm_cases,
    &suite_nvm_cases,
    &suite_key_cases,
    &suite_crypto_cases,
    &suite_cipher_cases,
    &suite_sign_cases,
    &suite_wrap_cases,
    &suite_derive_cases,
    &suite_matrix_cases,
    &suite_counter_cases,
    &suite_admin_cases,
    &suite_bad_frame_cases,
    &suite_bad_field_cases,
    &suite_bad_use_cases,
    &suite_full_cases,
    &suite_peer_cases,
    NULL,
};

const suite_cases *const harness_contended[] = {
    &suite_hot_key_cases,
    &suite_hot_use_cases,
    &suite_hot_unique_cases,
    &suite_hot_object_cases,
    &suite_hot_list_cases,
    &suite_hot_space_cases,
    &suite_hot_counter_cases,
    &suite_hot_lms_cases,
    &suite_hot_wrap_cases,
    &suite_hot_stream_cases,
    NULL,
};

static int case_setup(void **state)
{
    bound_case *bound = *state;
    suite_env *env = &bound->env;
    *env = (suite_env){
        .command = bound->command,
        .case_name = bound->name,
        .seed = bound->seed,
        .scale = bound->scale,
        .asked_scale = bound->asked_scale,
        .client_count = bound->plan->client_count,
        .storm_count = bound->plan->storm_count,
        .has_tiny_cache = (bound->tested->needs & SUITE_NEEDS_TINY_CACHE) != 0,
    };
    int rc = bound->kind->start(env);
    if (rc != HF_OK) {
        suite_fail_status(env, SUITE_PLACE("start of the harness"), rc, HF_OK);
        return -1;
    }
    return 0;
}

static bool case_is_possible(const bound_case *bound)
{
    uint32_t needs = bound->tested->needs;
    return ((needs & SUITE_NEEDS_NOBODY) == 0 || bound->env.has_nobody) &&
           ((needs & SUITE_NEEDS_SMALL_STORE) == 0 || bound->env.store_size != 0);
}

static void case_run(void **state)
{
    bound_case *bound = *state;
    suite_env *env = &bound->env;
    if (!case_is_possible(bound)) {
        skip();
    }
    bound->tested->run(env, bound->tested->argument);
    suite_check_idle(env);
    suite_check_restart(env);
    assert_false(suite_has_failed(env));
}

static int case_teardown(void **state)
{
    bound_case *bound = *state;
    int rc = bound->kind->stop(&bound->env);
    if (rc != HF_OK) {
        suite_fail_status(&bound->env, SUITE_PLACE("stop of the harness"), rc, HF_OK);
        return -1;
    }
    return 0;
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

static size_t cases_count(const harness_plan *plan)
{
    size_t count = 0;
    for (const suite_cases *const *table = plan->cases; *table != NULL; table++) {
        count += (*table)->count;
    }
    return count;
}

/* All cases over one harness. Returns how many failed. */
static int harness_run(const harness_share *share, const char *command,
                       const harness_plan *plan)
{
    const harness *kind = share->kind;
    size_t count = cases_count(plan);
    bound_case *bounds = calloc(count, sizeof *bounds);
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    if (bounds == NULL || tests == NULL) {
        return 1;
    }
    size_t n = 0;
    for (const suite_cases *const *table = plan->cases; *table != NULL; table++) {
        for (size_t i = 0; i < (*table)->count; i++, n++) {
            bound_case *bound = &bounds[n];
            bound->kind = kind;
            bound->tested = &(*table)->cases[i];
            bound->plan = plan;
            bound->command = command;
            bound->seed = number_of("HF_STRESS_SEED", SEED_DEFAULT);
            bound->asked_scale = (uint32_t)number_of("HF_STRESS_SCALE", 100);
            bound->scale = bound->asked_scale * share->scale / 100u;
            snprintf(bound->name, sizeof bound->name, "%s: %s", kind->name,
                     bound->tested->name);
            tests[n] = (struct CMUnitTest){ .name = bound->name,
                                            .test_func = case_run,
                                            .setup_func = case_setup,
                                            .teardown_func = case_teardown,
                                            .initial_state = bound };
        }
    }
    int failed = _cmocka_run_group_tests(kind->name, tests, count, NULL, NULL);
    free(bounds);
    free(tests);
    return failed;
}

int harness_main(int argc, char **argv, const harness_plan *plan)
{
    int failed = 0;
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    for (const harness_share *share = plan->shares; share->kind != NULL; share++) {
        failed += harness_run(share, argv[0], plan);
    }
    return failed == 0 ? 0 : 1;
}
