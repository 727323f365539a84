/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The memory that the libcrypto device can give to libcrypto. That it is wiped shows
 * tests/app/daemon_secrets.py, from outside of the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "holdfast/openssl.h"

/* What a process is told that has used libcrypto before; with exit codes as results. */
static int status_when_late(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        void *bytes = OPENSSL_malloc(1);
        int rc = hf_openssl_wipe_freed();
        OPENSSL_free(bytes);
        _exit(rc == HF_ERR_STATE ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void test_wipe_freed_behind_the_first_use_is_refused(void **state)
{
    (void)state;
    assert_int_equal(status_when_late(), 0);
}

static void test_wipe_freed_serves_the_memory_of_libcrypto(void **state)
{
    (void)state;
    assert_int_equal(hf_openssl_wipe_freed(), HF_OK);
    assert_int_equal(hf_openssl_wipe_freed(), HF_OK);
    char *bytes = OPENSSL_malloc(6);
    assert_non_null(bytes);
    assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
    memcpy(bytes, "secret", 6);
    bytes = OPENSSL_realloc(bytes, 100000);
    assert_non_null(bytes);
    assert_memory_equal(bytes, "secret", 6);
    memset(bytes + 6, 1, 100000 - 6);
    bytes = OPENSSL_realloc(bytes, 3);
    assert_non_null(bytes);
    assert_memory_equal(bytes, "sec", 3);
    assert_null(OPENSSL_realloc(bytes, 0)); /* as free */
    bytes = OPENSSL_realloc(NULL, 1);
    assert_non_null(bytes);
    OPENSSL_free(bytes);
    OPENSSL_free(NULL);
    assert_null(OPENSSL_malloc(SIZE_MAX));
    hf_openssl *openssl = NULL;
    assert_int_equal(hf_openssl_open(&openssl), HF_OK);
    hf_openssl_close(openssl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wipe_freed_behind_the_first_use_is_refused),
        cmocka_unit_test(test_wipe_freed_serves_the_memory_of_libcrypto),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
