/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * The state machine of the lock, over operations that record their calls.
 */
#include "holdfast/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* What the fake operations return next, and how often each was called. */
typedef struct fake {
    int rc;
    bool held;
    const void *config;
    unsigned init_count;
    unsigned cleanup_count;
    unsigned acquire_count;
    unsigned release_count;
} fake;

static int fake_init(void *context, const void *config)
{
    fake *self = (fake *)context;
    self->init_count++;
    self->config = config;
    return self->rc;
}

static int fake_cleanup(void *context)
{
    fake *self = (fake *)context;
    self->cleanup_count++;
    return self->rc;
}

static int fake_acquire(void *context)
{
    fake *self = (fake *)context;
    self->acquire_count++;
    return self->rc;
}

static int fake_release(void *context)
{
    fake *self = (fake *)context;
    self->release_count++;
    return self->rc;
}

static bool fake_is_held(void *context)
{
    return ((fake *)context)->held;
}

static const hf_lock_ops fake_ops = { .init = fake_init,
                                      .cleanup = fake_cleanup,
                                      .acquire = fake_acquire,
                                      .release = fake_release,
                                      .is_held = fake_is_held };

static void assert_zeroed(const hf_lock *lock)
{
    assert_null(lock->ops);
    assert_null(lock->context);
    assert_false(lock->initialized);
}

/* The results are compared, not branched on, so the analysis cannot follow. */
static int acquire(hf_lock *lock) HF_NO_TSA
{
    return hf_lock_acquire(lock);
}

static int release(hf_lock *lock) HF_NO_TSA
{
    return hf_lock_release(lock);
}

static void init_fake(hf_lock *lock, fake *self)
{
    memset(lock, 0xFF, sizeof(*lock)); /* init must not read what was there */
    const hf_lock_config config = { .ops = &fake_ops, .context = self };
    assert_int_equal(hf_lock_init(lock, &config), HF_OK);
}

static void test_lock_null_is_arg(void **state)
{
    (void)state;
    assert_int_equal(hf_lock_init(NULL, NULL), HF_ERR_ARG);
    assert_int_equal(hf_lock_cleanup(NULL), HF_ERR_ARG);
    assert_int_equal(acquire(NULL), HF_ERR_ARG);
    assert_int_equal(release(NULL), HF_ERR_ARG);
    assert_false(hf_lock_is_held(NULL));
}

static void test_lock_uninitialised_is_arg(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    /* Operations alone do not make a lock usable. */
    hf_lock lock = { .ops = &fake_ops, .context = &self, .initialized = false };
    assert_int_equal(acquire(&lock), HF_ERR_ARG);
    assert_int_equal(release(&lock), HF_ERR_ARG);
    assert_false(hf_lock_is_held(&lock));
    assert_int_equal(self.acquire_count + self.release_count, 0);
    assert_int_equal(hf_lock_cleanup(&lock), HF_OK);
    assert_int_equal(self.cleanup_count, 0);
    assert_zeroed(&lock);
}

static void check_does_nothing(const hf_lock_config *config)
{
    hf_lock lock;
    memset(&lock, 0xFF, sizeof(lock));
    assert_int_equal(hf_lock_init(&lock, config), HF_OK);
    assert_true(lock.initialized);
    assert_int_equal(acquire(&lock), HF_OK);
    assert_true(hf_lock_is_held(&lock));
    assert_int_equal(release(&lock), HF_OK);
    assert_int_equal(hf_lock_cleanup(&lock), HF_OK);
    assert_zeroed(&lock);
    assert_int_equal(acquire(&lock), HF_ERR_ARG);
}

static void test_lock_null_config_does_nothing(void **state)
{
    (void)state;
    check_does_nothing(NULL);
}

static void test_lock_null_ops_does_nothing(void **state)
{
    (void)state;
    int unused = 0;
    const hf_lock_config config = { .ops = NULL, .context = &unused };
    check_does_nothing(&config);
}

static void test_lock_missing_operation_is_arg_and_zeroed(void **state)
{
    (void)state;
    for (int missing = 0; missing < 4; missing++) {
        fake self = { .rc = HF_OK };
        hf_lock_ops ops = fake_ops;
        ops.init = missing == 0 ? NULL : ops.init;
        ops.cleanup = missing == 1 ? NULL : ops.cleanup;
        ops.acquire = missing == 2 ? NULL : ops.acquire;
        ops.release = missing == 3 ? NULL : ops.release;
        const hf_lock_config config = { .ops = &ops, .context = &self };
        hf_lock lock;
        memset(&lock, 0xFF, sizeof(lock));
        assert_int_equal(hf_lock_init(&lock, &config), HF_ERR_ARG);
        assert_int_equal(self.init_count, 0);
        assert_zeroed(&lock);
    }
}

static void test_lock_init_passes_context_and_config(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    int options = 0;
    const hf_lock_config config = { .ops = &fake_ops,
                                    .context = &self,
                                    .config = &options };
    hf_lock lock;
    assert_int_equal(hf_lock_init(&lock, &config), HF_OK);
    assert_int_equal(self.init_count, 1);
    assert_ptr_equal(self.config, &options);
    assert_true(lock.initialized);
}

static void test_lock_failing_init_passes_the_error_and_zeroes(void **state)
{
    (void)state;
    fake self = { .rc = HF_ERR_NOMEM };
    const hf_lock_config config = { .ops = &fake_ops, .context = &self };
    hf_lock lock;
    memset(&lock, 0xFF, sizeof(lock));
    assert_int_equal(hf_lock_init(&lock, &config), HF_ERR_NOMEM);
    assert_zeroed(&lock);
    assert_int_equal(acquire(&lock), HF_ERR_ARG);
    assert_int_equal(hf_lock_cleanup(&lock), HF_OK);
    assert_int_equal(self.cleanup_count, 0);
}

static void test_lock_second_cleanup_is_harmless(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    hf_lock lock;
    init_fake(&lock, &self);
    assert_int_equal(hf_lock_cleanup(&lock), HF_OK);
    assert_zeroed(&lock);
    assert_int_equal(hf_lock_cleanup(&lock), HF_OK);
    assert_int_equal(self.cleanup_count, 1);
    assert_int_equal(acquire(&lock), HF_ERR_ARG);
    assert_int_equal(release(&lock), HF_ERR_ARG);
    assert_int_equal(self.acquire_count + self.release_count, 0);
}

static void test_lock_failing_cleanup_passes_the_error_and_zeroes(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    hf_lock lock;
    init_fake(&lock, &self);
    self.rc = HF_ERR_LOCKED;
    assert_int_equal(hf_lock_cleanup(&lock), HF_ERR_LOCKED);
    assert_zeroed(&lock);
}

static void test_lock_after_cleanup_can_be_initialised_again(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    hf_lock lock;
    init_fake(&lock, &self);
    assert_int_equal(hf_lock_cleanup(&lock), HF_OK);
    init_fake(&lock, &self);
    assert_int_equal(acquire(&lock), HF_OK);
    assert_int_equal(release(&lock), HF_OK);
    assert_int_equal(self.init_count, 2);
}

static void test_lock_acquire_maps_every_failure_to_aborted(void **state)
{
    (void)state;
    static const struct {
        int from;
        int to;
    } cases[] = {
        { HF_OK, HF_OK },
        { HF_ERR_ARG, HF_ERR_ARG },
        { HF_ERR_ABORTED, HF_ERR_ABORTED },
        { HF_ERR_LOCKED, HF_ERR_ABORTED },
        { HF_ERR_SYSTEM, HF_ERR_ABORTED },
        { HF_PENDING, HF_ERR_ABORTED },
        { -12345, HF_ERR_ABORTED },
    };
    fake self = { .rc = HF_OK };
    hf_lock lock;
    init_fake(&lock, &self);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        self.rc = cases[i].from;
        assert_int_equal(acquire(&lock), cases[i].to);
    }
    assert_int_equal(self.acquire_count, sizeof(cases) / sizeof(cases[0]));
    assert_true(lock.initialized);
}

static void test_lock_release_passes_the_status(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    hf_lock lock;
    init_fake(&lock, &self);
    self.rc = HF_ERR_LOCKED;
    assert_int_equal(release(&lock), HF_ERR_LOCKED);
    self.rc = HF_ERR_ARG;
    assert_int_equal(release(&lock), HF_ERR_ARG);
    self.rc = HF_OK;
    assert_int_equal(release(&lock), HF_OK);
    assert_int_equal(self.release_count, 3);
}

static void test_lock_is_held_asks_the_port(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    hf_lock lock;
    init_fake(&lock, &self);
    assert_false(hf_lock_is_held(&lock));
    self.held = true;
    assert_true(hf_lock_is_held(&lock));
}

static void test_lock_is_held_unknown_is_true(void **state)
{
    (void)state;
    fake self = { .rc = HF_OK };
    hf_lock_ops ops = fake_ops;
    ops.is_held = NULL;
    const hf_lock_config config = { .ops = &ops, .context = &self };
    hf_lock lock;
    assert_int_equal(hf_lock_init(&lock, &config), HF_OK);
    assert_true(hf_lock_is_held(&lock));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lock_null_is_arg),
        cmocka_unit_test(test_lock_uninitialised_is_arg),
        cmocka_unit_test(test_lock_null_config_does_nothing),
        cmocka_unit_test(test_lock_null_ops_does_nothing),
        cmocka_unit_test(test_lock_missing_operation_is_arg_and_zeroed),
        cmocka_unit_test(test_lock_init_passes_context_and_config),
        cmocka_unit_test(test_lock_failing_init_passes_the_error_and_zeroes),
        cmocka_unit_test(test_lock_second_cleanup_is_harmless),
        cmocka_unit_test(test_lock_failing_cleanup_passes_the_error_and_zeroes),
        cmocka_unit_test(test_lock_after_cleanup_can_be_initialised_again),
        cmocka_unit_test(test_lock_acquire_maps_every_failure_to_aborted),
        cmocka_unit_test(test_lock_release_passes_the_status),
        cmocka_unit_test(test_lock_is_held_asks_the_port),
        cmocka_unit_test(test_lock_is_held_unknown_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
