/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Every class of operation on an exclusive accelerator whose n-th operation fails, for
 * every n: an error that is counted, or with the server's leave another device, and never
 * anything that is still held. And who decides which device it is: the client, the key,
 * the server.
 */
#include "fixture.h"

#include <string.h>

#include "harness/accelerator.h"

#define ECDSA_KEY 1u
#define ECDH_KEY 2u
#define AES_KEY 3u
#define HMAC_KEY 4u
#define SECRET_KEY 5u
#define NEW_KEY 6u
#define FAULTS_MAX 40u

static accelerator acc;
static const uint8_t digest[32] = { 1, 2, 3 };

/* What a request makes and another one needs. */
static struct {
    uint8_t signature[80], mac[32], nonce[16], tag[16], ciphertext[32], peer[80];
    size_t signature_len, nonce_len, tag_len, ciphertext_len, peer_len;
} made;

static fixture *start(void **state, bool allow_fallback)
{
    fixture *f = fixture_make();
    hf_crypto_device_config software = f->devices[0];
    accelerator_init(&acc, &(accelerator_config){ .inner = software });
    f->devices[0] = accelerator_device(&acc);
    f->devices[1] = software;
    f->config.device_count = 2;
    f->config.allow_fallback = allow_fallback;
    fixture_start(f);
    *state = f;
    return f;
}

static hf_bytes data_bytes(void)
{
    return hf_bytes_of(digest, sizeof digest);
}

static size_t keep(uint8_t *to, size_t size, hf_bytes bytes)
{
    assert_true(bytes.len <= size);
    memcpy(to, bytes.data, bytes.len);
    return bytes.len;
}

/* ---- operations, of each class ---- */

static int run_generate(peer *p)
{
    return CALL(p, key_generate, NULL, .handle = NEW_KEY, .type = HF_KEY_P256,
                .flags = HF_USAGE_SIGN);
}

static int run_import(peer *p)
{
    return CALL(p, key_import, NULL, .handle = NEW_KEY, .type = HF_KEY_P256_PUBLIC,
                .flags = HF_USAGE_VERIFY,
                .material = hf_bytes_of(made.peer, made.peer_len));
}

static int run_export_public(peer *p)
{
    hf_key_export_public_response out;
    int rc = CALL(p, key_export_public, &out, .handle = ECDH_KEY);
    if (rc == HF_OK) {
        made.peer_len = keep(made.peer, sizeof made.peer, out.material);
    }
    return rc;
}

static int run_sign(peer *p)
{
    hf_sign_response out;
    int rc = CALL(p, sign, &out, .handle = ECDSA_KEY, .algorithm = HF_ALG_ECDSA,
                  .data = data_bytes());
    if (rc == HF_OK) {
        made.signature_len = keep(made.signature, sizeof made.signature, out.signature);
    }
    return rc;
}

static int run_verify(peer *p)
{
    return CALL(p, verify, NULL, .handle = ECDSA_KEY, .algorithm = HF_ALG_ECDSA,
                .signature = hf_bytes_of(made.signature, made.signature_len),
                .data = data_bytes());
}

static int run_encrypt(peer *p)
{
    hf_encrypt_response out;
    int rc = CALL(p, encrypt, &out, .handle = AES_KEY, .algorithm = HF_ALG_AES_GCM,
                  .plaintext = data_bytes());
    if (rc == HF_OK) {
        made.nonce_len = keep(made.nonce, sizeof made.nonce, out.nonce);
        made.tag_len = keep(made.tag, sizeof made.tag, out.tag);
        made.ciphertext_len =
            keep(made.ciphertext, sizeof made.ciphertext, out.ciphertext);
    }
    return rc;
}

static int run_decrypt(peer *p)
{
    return CALL(p, decrypt, NULL, .handle = AES_KEY, .algorithm = HF_ALG_AES_GCM,
                .nonce = hf_bytes_of(made.nonce, made.nonce_len),
                .tag = hf_bytes_of(made.tag, made.tag_len),
                .ciphertext = hf_bytes_of(made.ciphertext, made.ciphertext_len));
}

static int run_mac(peer *p)
{
    hf_mac_generate_response out;
    int rc = CALL(p, mac_generate, &out, .handle = HMAC_KEY,
                  .algorithm = HF_ALG_HMAC_SHA256, .data = data_bytes());
    if (rc == HF_OK) {
        assert_int_equal(sizeof made.mac, keep(made.mac, sizeof made.mac, out.mac));
    }
    return rc;
}

static int run_mac_verify(peer *p)
{
    return CALL(p, mac_verify, NULL, .handle = HMAC_KEY, .algorithm = HF_ALG_HMAC_SHA256,
                .mac = hf_bytes_of(made.mac, sizeof made.mac), .data = data_bytes());
}

static int run_derive(peer *p)
{
    return CALL(p, key_derive, NULL, .base = SECRET_KEY, .kdf = HF_ALG_HKDF,
                .hash = HF_ALG_SHA256, .handle = NEW_KEY, .type = HF_KEY_AES_128);
}

static int run_agree(peer *p)
{
    return CALL(p, key_agree, NULL, .base = ECDH_KEY, .algorithm = HF_ALG_ECDH,
                .peer = hf_bytes_of(made.peer, made.peer_len), .kdf = HF_ALG_HKDF,
                .hash = HF_ALG_SHA256, .handle = NEW_KEY, .type = HF_KEY_AES_128);
}

/* The stream ends in any case: a failed update is followed by finish, too. */
static int stream_end(peer *p, uint16_t stream)
{
    int updated = CALL(p, stream_update, NULL, .stream = stream, .data = data_bytes());
    int finished = CALL(p, stream_finish, NULL, .stream = stream);
    assert_status(HF_ERR_NOTFOUND, CALL(p, stream_finish, NULL, .stream = stream));
    return updated != HF_OK ? updated : finished;
}

static int run_mac_stream(peer *p)
{
    hf_mac_start_response out;
    int rc =
        CALL(p, mac_start, &out, .handle = HMAC_KEY, .algorithm = HF_ALG_HMAC_SHA256);
    return rc == HF_OK ? stream_end(p, out.stream) : rc;
}

static int run_cipher_stream(peer *p)
{
    hf_cipher_start_response out;
    int rc = CALL(p, cipher_start, &out, .handle = AES_KEY, .algorithm = HF_ALG_AES_CTR);
    return rc == HF_OK ? stream_end(p, out.stream) : rc;
}

typedef struct operation {
    const char *name;
    int (*run)(peer *p);
    bool has_state; /* a stream: what began on a device cannot go on elsewhere */
} operation;

static const operation operations[] = {
    { "generate", run_generate, false },
    { "export public", run_export_public, false },
    { "import", run_import, false },
    { "sign", run_sign, false },
    { "verify", run_verify, false },
    { "encrypt", run_encrypt, false },
    { "decrypt", run_decrypt, false },
    { "MAC", run_mac, false },
    { "MAC verify", run_mac_verify, false },
    { "derive", run_derive, false },
    { "agree", run_agree, false },
    { "MAC stream", run_mac_stream, true },
    { "cipher stream", run_cipher_stream, true },
};
#define OPERATION_COUNT (sizeof operations / sizeof operations[0])

static peer *connect_with_keys(fixture *f)
{
    static const struct {
        uint32_t handle, type, flags;
    } keys[] = {
        { ECDSA_KEY, HF_KEY_P256, HF_USAGE_SIGN | HF_USAGE_VERIFY },
        { ECDH_KEY, HF_KEY_P256, HF_USAGE_DERIVE },
        { AES_KEY, HF_KEY_AES_256, HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT },
        { HMAC_KEY, HF_KEY_HMAC, HF_USAGE_SIGN | HF_USAGE_VERIFY },
    };
    peer *p = peer_connect(f, 7, FIXTURE_ADMIN);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_status(HF_OK,
                      CALL(p, key_generate, NULL, .handle = keys[i].handle,
                           .type = keys[i].type, .flags = keys[i].flags, .store = 1));
    }
    assert_status(HF_OK,
                  CALL(p, key_import, NULL, .handle = SECRET_KEY, .type = HF_KEY_SECRET,
                       .flags = HF_USAGE_DERIVE, .store = 1, .material = data_bytes()));
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        assert_status(HF_OK, operations[i].run(p));
    }
    return p;
}

/* ---- faults ---- */

static uint64_t errors_counted(peer *p)
{
    hf_admin_status_response status;
    assert_status(HF_OK, CALL(p, admin_status, &status, .none = 0));
    assert_int_equal(0, status.lease_count);
    assert_false(accelerator_is_inside(&acc));
    return status.device_error_count;
}

/* The n-th operation of the accelerator fails. Is there one? */
static bool fault_run(peer *p, const operation *op, uint64_t n, bool allow_fallback)
{
    uint64_t faults = accelerator_faults(&acc);
    uint64_t counted = errors_counted(p);
    uint64_t begun = accelerator_operations(&acc);
    accelerator_fail(&acc, n, HF_ERR_CRYPTO);
    int rc = op->run(p);
    bool has_reached = accelerator_operations(&acc) >= begun + n;
    bool has_failed = accelerator_faults(&acc) != faults;
    accelerator_fail(&acc, 0, HF_ERR_CRYPTO); /* which is over: no fault is due */
    int expected = has_failed && !allow_fallback ? HF_ERR_CRYPTO : HF_OK;
    /* What has begun on the accelerator cannot go on elsewhere; its start can. */
    bool may_fail = has_failed && op->has_state && rc == HF_ERR_CRYPTO;
    if (rc != expected && !may_fail) {
        fail_msg("%s, fault %u: %s", op->name, (unsigned)n, hf_status_name(rc));
    }
    if (errors_counted(p) != counted + (has_failed ? 1 : 0)) {
        fail_msg("%s, fault %u is not counted", op->name, (unsigned)n);
    }
    return has_reached;
}

static void assert_faults(void **state, bool allow_fallback)
{
    peer *p = connect_with_keys(start(state, allow_fallback));
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const operation *op = &operations[i];
        uint64_t faults = accelerator_faults(&acc);
        uint64_t n = 1;
        while (fault_run(p, op, n, allow_fallback)) {
            assert_true(n < FAULTS_MAX);
            n++;
        }
        if (accelerator_faults(&acc) == faults) {
            fail_msg("%s: nothing of it was done by the accelerator", op->name);
        }
        assert_status(HF_OK, op->run(p));
    }
}

static void test_every_fault_is_an_error_and_counted(void **state)
{
    assert_faults(state, false);
}

static void test_every_fault_falls_back_if_the_policy_says_so(void **state)
{
    assert_faults(state, true);
}

/* ---- who decides which device it is ---- */

/* HW: the accelerator did it; SW: software did; NO: refused. Software stands first. */
enum { NO, SW, HW };

static const struct {
    uint16_t policy;
    bool is_hardware_key;
    int by[3]; /* for a client that says any, hardware, software */
} choices[] = {
    { HF_AFFINITY_ANY, false, { SW, HW, SW } },
    { HF_AFFINITY_ANY, true, { HW, HW, NO } },
    { HF_AFFINITY_HARDWARE, false, { HW, HW, HW } },
    { HF_AFFINITY_HARDWARE, true, { HW, HW, HW } },
    { HF_AFFINITY_SOFTWARE, false, { SW, SW, SW } },
    { HF_AFFINITY_SOFTWARE, true, { SW, SW, SW } },
};

static unsigned signed_by[2]; /* software, accelerator */
static hf_crypto_device_ops counted[2];

static int software_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    (void)context;
    signed_by[0]++;
    return acc.config.inner.ops->sign(acc.config.inner.context, op, out);
}

static int accelerator_sign(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    (void)context;
    signed_by[1]++;
    return acc.config.inner.ops->sign(acc.config.inner.context, op, out);
}

static fixture *start_with_policy(uint16_t policy)
{
    fixture *f = fixture_make();
    accelerator_init(&acc, &(accelerator_config){ .inner = f->devices[0] });
    f->devices[1] = accelerator_device(&acc);
    for (size_t i = 0; i < 2; i++) {
        counted[i] = *f->devices[i].ops;
        f->devices[i].ops = &counted[i];
    }
    counted[0].sign = software_sign;
    counted[1].sign = accelerator_sign;
    f->config.device_count = 2;
    f->config.affinity = policy;
    fixture_start(f);
    return f;
}

static int device_used(peer *p, uint16_t affinity)
{
    memset(signed_by, 0, sizeof signed_by);
    int rc = CALL(p, sign, NULL, .handle = ECDSA_KEY, .algorithm = HF_ALG_ECDSA,
                  .affinity = affinity, .data = data_bytes());
    assert_int_equal(rc == HF_OK ? 1 : 0, signed_by[0] + signed_by[1]);
    if (rc != HF_OK) {
        assert_status(HF_ERR_NOTSUPPORTED, rc);
        return NO;
    }
    return signed_by[1] != 0 ? HW : SW;
}

static void test_policy_then_key_then_client_choose(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        void *own = start_with_policy(choices[i].policy);
        peer *p = peer_connect(own, 7, FIXTURE_USER);
        uint32_t flags = choices[i].is_hardware_key ? HF_FLAG_HARDWARE : 0;
        assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = ECDSA_KEY,
                                  .type = HF_KEY_P256, .flags = HF_USAGE_SIGN | flags));
        for (uint16_t asked = HF_AFFINITY_ANY; asked <= HF_AFFINITY_SOFTWARE; asked++) {
            if (device_used(p, asked) != choices[i].by[asked]) {
                fail_msg("policy %u, hardware key %d, asked %u", choices[i].policy,
                         choices[i].is_hardware_key, asked);
            }
        }
        assert_int_equal(0, fixture_close(&own));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_fault_is_an_error_and_counted,
                                  fixture_close),
        cmocka_unit_test_teardown(test_every_fault_falls_back_if_the_policy_says_so,
                                  fixture_close),
        cmocka_unit_test(test_policy_then_key_then_client_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
