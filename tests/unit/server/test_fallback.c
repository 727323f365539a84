/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A crypto device that fails: an error, counted, and another device only when the
 * server's policy allows it. An exclusive accelerator stands first, software behind it.
 */
#include "fixture.h"

#define NUMBER 9u
#define SIGN_VERIFY (HF_USAGE_SIGN | HF_USAGE_VERIFY)

static const uint8_t digest[32] = { 1, 2, 3 };
static int accelerator_status; /* of the accelerator's sign */
static unsigned accelerator_count, software_count;
static int (*real_sign)(void *context, const hf_crypto_op *op, hf_buffer *out);

static int accelerator_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    accelerator_count++;
    if (accelerator_status != HF_OK) {
        out->data[out->len] = 0x5A; /* a rest that must not be seen */
        return accelerator_status;
    }
    return real_sign(context, op, out);
}

static int software_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    software_count++;
    return real_sign(context, op, out);
}

static fixture *start(void **state, bool allow_fallback)
{
    fixture *f = fixture_make();
    hf_crypto_device_config software = hf_openssl_device(f->openssl);
    for (uint32_t i = 0; i < 2; i++) {
        f->ops[i] = *software.ops;
        f->devices[i] = software;
        f->devices[i].ops = &f->ops[i];
    }
    real_sign = software.ops->sign;
    f->ops[0].sign = accelerator_sign;
    f->ops[1].sign = software_sign;
    f->devices[0].is_hardware = true;
    f->devices[0].is_exclusive = true;
    f->config.device_count = 2;
    f->config.allow_fallback = allow_fallback;
    accelerator_status = HF_ERR_CRYPTO;
    accelerator_count = 0;
    software_count = 0;
    fixture_start(f);
    *state = f;
    return f;
}

static int sign(peer *p, uint16_t affinity)
{
    return CALL(p, sign, NULL, .handle = NUMBER, .algorithm = HF_ALG_ECDSA,
                .affinity = affinity, .data = hf_bytes_of(digest, sizeof digest));
}

static peer *connect_with_key(fixture *f, uint32_t flags)
{
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = NUMBER,
                              .type = HF_KEY_P256, .flags = SIGN_VERIFY | flags));
    return p;
}

static void assert_counts(peer *p, uint64_t errors, uint64_t fallbacks)
{
    hf_admin_status_response status;
    assert_status(HF_OK, CALL(p, admin_status, &status, .none = 0));
    assert_int_equal(errors, status.device_error_count);
    assert_int_equal(fallbacks, status.device_fallback_count);
    assert_int_equal(0, status.lease_count);
}

static void test_a_failure_is_the_answer(void **state)
{
    peer *p = connect_with_key(start(state, false), 0);
    assert_status(HF_ERR_CRYPTO, sign(p, HF_AFFINITY_ANY));
    assert_int_equal(0, software_count);
    assert_counts(p, 1, 0);
    accelerator_status = HF_OK;
    assert_status(HF_OK, sign(p, HF_AFFINITY_ANY));
    assert_counts(p, 1, 0);
}

static void test_the_policy_allows_the_next_device(void **state)
{
    peer *p = connect_with_key(start(state, true), 0);
    assert_status(HF_OK, sign(p, HF_AFFINITY_ANY));
    assert_int_equal(1, accelerator_count);
    assert_int_equal(1, software_count);
    assert_counts(p, 1, 1);
    /* The next request begins with the first device again. */
    accelerator_status = HF_OK;
    assert_status(HF_OK, sign(p, HF_AFFINITY_ANY));
    assert_int_equal(2, accelerator_count);
    assert_int_equal(1, software_count);
}

/* Who wants hardware gets no software instead: the failure remains the answer. */
static void test_hardware_is_not_replaced(void **state)
{
    peer *p = connect_with_key(start(state, true), 0);
    assert_status(HF_ERR_CRYPTO, sign(p, HF_AFFINITY_HARDWARE));
    assert_status(HF_OK,
                  CALL(p, key_generate, NULL, .handle = NUMBER, .type = HF_KEY_P256,
                       .flags = SIGN_VERIFY | HF_FLAG_HARDWARE));
    assert_status(HF_ERR_CRYPTO, sign(p, HF_AFFINITY_ANY));
    assert_int_equal(0, software_count);
    assert_counts(p, 2, 0);
}

/* Only a failed device: what the client did wrong would be wrong on any. */
static void test_other_errors_do_not_fall_back(void **state)
{
    static const int statuses[] = { HF_ERR_KEY, HF_ERR_NOMEM, HF_ERR_NOTSUPPORTED };
    peer *p = connect_with_key(start(state, true), 0);
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        accelerator_status = statuses[i];
        assert_status(statuses[i], sign(p, HF_AFFINITY_ANY));
    }
    assert_int_equal(0, software_count);
    assert_counts(p, 0, 0);
}

/* Both fail: each is tried once. */
static void test_it_ends_with_the_last_device(void **state)
{
    fixture *f = start(state, true);
    peer *p = connect_with_key(f, 0);
    f->ops[1].sign = accelerator_sign;
    assert_status(HF_ERR_CRYPTO, sign(p, HF_AFFINITY_ANY));
    assert_int_equal(2, accelerator_count);
    assert_counts(p, 2, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_failure_is_the_answer, fixture_close),
        cmocka_unit_test_teardown(test_the_policy_allows_the_next_device, fixture_close),
        cmocka_unit_test_teardown(test_hardware_is_not_replaced, fixture_close),
        cmocka_unit_test_teardown(test_other_errors_do_not_fall_back, fixture_close),
        cmocka_unit_test_teardown(test_it_ends_with_the_last_device, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
