/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 * The POSIX mutex behind hf_lock: the error mapping of posix_lock.h, is_held, and mutual
 * exclusion among many threads.
 */
#include "holdfast/posix_lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#define THREAD_COUNT 8
#define ROUND_COUNT 5000

typedef struct fixture {
    hf_posix_mutex mutex;
    hf_lock lock;
    int rc;        /* what the other thread got */
    bool is_held;  /* what the other thread saw */
    uint64_t low;  /* guarded by lock: two halves of one counter */
    uint64_t high; /* guarded by lock */
} fixture;

/* The results are compared, not branched on, so the analysis cannot follow. */
static int acquire(hf_lock *lock) HF_NO_TSA
{
    return hf_lock_acquire(lock);
}

static int release(hf_lock *lock) HF_NO_TSA
{
    return hf_lock_release(lock);
}

static void setup(fixture *f)
{
    memset(f, 0xFF, sizeof(*f)); /* init must not read what was there */
    f->low = 0;
    f->high = 0;
    const hf_lock_config config = { .ops = &hf_posix_mutex_ops, .context = &f->mutex };
    assert_int_equal(hf_lock_init(&f->lock, &config), HF_OK);
}

static void teardown(fixture *f)
{
    assert_int_equal(hf_lock_cleanup(&f->lock), HF_OK);
}

/* Run `body` in another thread to its end. */
static void run_elsewhere(void *(*body)(void *), fixture *f)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, body, f), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void *release_body(void *context)
{
    fixture *f = (fixture *)context;
    f->rc = release(&f->lock);
    return NULL;
}

static void *look_body(void *context)
{
    fixture *f = (fixture *)context;
    f->is_held = hf_lock_is_held(&f->lock);
    return NULL;
}

static void *acquire_and_end_body(void *context)
{
    fixture *f = (fixture *)context;
    f->rc = acquire(&f->lock);
    return NULL;
}

static void test_mutex_without_context_is_arg(void **state)
{
    (void)state;
    hf_lock lock;
    const hf_lock_config config = { .ops = &hf_posix_mutex_ops, .context = NULL };
    assert_int_equal(hf_lock_init(&lock, &config), HF_ERR_ARG);
    assert_false(lock.initialized);
}

static void test_mutex_acquired_twice_is_aborted(void **state)
{
    (void)state;
    fixture f;
    setup(&f);
    assert_int_equal(acquire(&f.lock), HF_OK);
    assert_int_equal(acquire(&f.lock), HF_ERR_ABORTED);
    assert_true(hf_lock_is_held(&f.lock));
    assert_int_equal(release(&f.lock), HF_OK);
    assert_int_equal(acquire(&f.lock), HF_OK);
    assert_int_equal(release(&f.lock), HF_OK);
    teardown(&f);
}

static void test_mutex_release_by_another_thread_is_locked(void **state)
{
    (void)state;
    fixture f;
    setup(&f);
    assert_int_equal(acquire(&f.lock), HF_OK);
    run_elsewhere(release_body, &f);
    assert_int_equal(f.rc, HF_ERR_LOCKED);
    assert_true(hf_lock_is_held(&f.lock));
    assert_int_equal(release(&f.lock), HF_OK);
    teardown(&f);
}

static void test_mutex_release_when_free_is_locked(void **state)
{
    (void)state;
    fixture f;
    setup(&f);
    assert_int_equal(release(&f.lock), HF_ERR_LOCKED);
    assert_int_equal(acquire(&f.lock), HF_OK);
    assert_int_equal(release(&f.lock), HF_OK);
    assert_int_equal(release(&f.lock), HF_ERR_LOCKED);
    teardown(&f);
}

static void test_mutex_is_held_only_by_the_owner(void **state)
{
    (void)state;
    fixture f;
    setup(&f);
    assert_false(hf_lock_is_held(&f.lock));
    assert_int_equal(acquire(&f.lock), HF_OK);
    assert_true(hf_lock_is_held(&f.lock));
    run_elsewhere(look_body, &f);
    assert_false(f.is_held);
    assert_int_equal(release(&f.lock), HF_OK);
    assert_false(hf_lock_is_held(&f.lock));
    teardown(&f);
}

/* A thread that starts after the owner ended may get its pthread_t, but not its lock. The
 * mutex stays locked for good, so it is only looked at and never cleaned up. */
static void test_mutex_is_held_not_inherited_from_an_ended_thread(void **state)
{
    (void)state;
    static fixture f;
    setup(&f);
    run_elsewhere(acquire_and_end_body, &f);
    assert_int_equal(f.rc, HF_OK);
    for (int i = 0; i < 4; i++) {
        run_elsewhere(look_body, &f);
        assert_false(f.is_held);
    }
}

static void *count_body(void *context)
{
    fixture *f = (fixture *)context;
    intptr_t failures = 0;
    for (int i = 0; i < ROUND_COUNT; i++) {
        failures += hf_lock_is_held(&f->lock) ? 1 : 0;
        failures += acquire(&f->lock) == HF_OK ? 0 : 1;
        failures += hf_lock_is_held(&f->lock) ? 0 : 1;
        failures += f->low == f->high ? 0 : 1;
        f->low++;
        f->high++;
        failures += release(&f->lock) == HF_OK ? 0 : 1;
    }
    return (void *)failures;
}

static void test_mutex_many_threads_count_exactly(void **state)
{
    (void)state;
    fixture f;
    setup(&f);
    pthread_t threads[THREAD_COUNT];
    for (int i = 0; i < THREAD_COUNT; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_body, &f), 0);
    }
    for (int i = 0; i < THREAD_COUNT; i++) {
        void *failures = NULL;
        assert_int_equal(pthread_join(threads[i], &failures), 0);
        assert_null(failures);
    }
    assert_int_equal(f.low, THREAD_COUNT * ROUND_COUNT);
    assert_int_equal(f.high, THREAD_COUNT * ROUND_COUNT);
    teardown(&f);
}

static void test_mutex_cleanup_while_owned_is_locked(void **state)
{
    (void)state;
    fixture f;
    setup(&f);
    assert_int_equal(acquire(&f.lock), HF_OK);
    assert_int_equal(hf_lock_cleanup(&f.lock), HF_ERR_LOCKED);
    assert_false(f.lock.initialized);
    assert_int_equal(hf_posix_mutex_ops.release(&f.mutex), HF_OK);
    assert_int_equal(hf_posix_mutex_ops.cleanup(&f.mutex), HF_OK);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#endif

/* glibc marks a destroyed mutex with an invalid kind and answers EINVAL. ThreadSanitizer
 * rightly ends a program that does this. */
static void test_mutex_destroyed_is_arg(void **state)
{
    (void)state;
#if defined(UNDER_TSAN)
    skip();
#else
    fixture f;
    setup(&f);
    teardown(&f);
    assert_int_equal(hf_posix_mutex_ops.acquire(&f.mutex), HF_ERR_ARG);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutex_without_context_is_arg),
        cmocka_unit_test(test_mutex_acquired_twice_is_aborted),
        cmocka_unit_test(test_mutex_release_by_another_thread_is_locked),
        cmocka_unit_test(test_mutex_release_when_free_is_locked),
        cmocka_unit_test(test_mutex_is_held_only_by_the_owner),
        cmocka_unit_test(test_mutex_is_held_not_inherited_from_an_ended_thread),
        cmocka_unit_test(test_mutex_many_threads_count_exactly),
        cmocka_unit_test(test_mutex_cleanup_while_owned_is_locked),
        cmocka_unit_test(test_mutex_destroyed_is_arg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
