/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The rules for using a key: what its flags allow, and what an algorithm's row asks for.
 * Tried with each row of MACs and encryption, one-shot and as a stream, so a new row is
 * tried with them as well.
 */
#include "crypto_case.h"

#include <string.h>

#include "server/request.h"

#define BOTH (HF_USAGE_SIGN | HF_USAGE_VERIFY | HF_USAGE_ENCRYPT | HF_USAGE_DECRYPT)

/* ---- every row ---- */

typedef void (*row_check)(fixture *f, peer *p, case_op *op);

/* The usages that a key of this type can have for MACs and encryption. */
static uint32_t usages_of(uint32_t type)
{
    return hf_key_type_find(type)->usages & BOTH;
}

static bool has_stream(const hf_algorithm *row, bool is_backward)
{
    return (row->traits & (is_backward ? HF_TRAIT_STREAM_BACKWARD : HF_TRAIT_STREAM)) !=
           0;
}

static bool is_there(const hf_algorithm *row, bool is_backward)
{
    return is_backward || (row->traits & (HF_TRAIT_LEGACY | HF_TRAIT_BACKWARD_ONLY)) == 0;
}

/* All rows of MACs and encryption whose keys fit the fixture, in all their ways. */
static void for_each_way(fixture *f, row_check check)
{
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    const hf_algorithm *row;
    size_t count = 0;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        bool is_class = row->class == HF_CLASS_MAC || row->class == HF_CLASS_AEAD ||
                        row->class == HF_CLASS_CIPHER;
        if (!is_class) {
            continue;
        }
        for (unsigned way = 0; way < 4; way++) {
            case_op op = { .algorithm = row->id,
                           .is_backward = way % 2 != 0,
                           .is_stream = way >= 2 };
            if (is_there(row, op.is_backward) &&
                (!op.is_stream || has_stream(row, op.is_backward))) {
                check(f, p, &op);
                count++;
            }
        }
    }
    assert_true(count >= 70); /* 15 MACs, 11 ciphers */
}

/* A key that may do all, and a nonce where one must be given. */
static const hf_algorithm *prepare(peer *p, case_op *op, uint32_t flags)
{
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    uint32_t type = case_type_of(row);
    case_key_make(p, type, usages_of(type) | flags);
    bool must_give = op->is_backward || (row->traits & HF_TRAIT_CALLER_NONCE) != 0;
    op->nonce = must_give ? case_nonce(row) : case_nonce_of(0);
    return row;
}

/* ---- policy ---- */

static void check_policy(fixture *f, peer *p, case_op *op)
{
    (void)f;
    const hf_algorithm *row = prepare(p, op, HF_POLICY_MASK & ~HF_FLAG_HARDWARE);
    assert_status(case_passed(op), case_operate(p, op));
    prepare(p, op, (HF_POLICY_MASK & ~HF_FLAG_HARDWARE) & ~row->policy);
    assert_status(row->policy != 0 ? HF_ERR_ACCESS : case_passed(op),
                  case_operate(p, op));
    prepare(p, op, row->policy);
    assert_status(case_passed(op), case_operate(p, op));
}

static void test_use_without_the_policy_flag_of_the_row_is_refused(void **state)
{
    for_each_way(*state, check_policy);
}

/* ---- nonces ---- */

static void check_given_nonce(fixture *f, peer *p, case_op *op)
{
    (void)f;
    const hf_algorithm *row = prepare(p, op, HF_FLAG_ALLOW_ECB);
    bool must_give = op->nonce.len != 0;
    bool has_nonce = row->nonce_len != 0;
    op->nonce = has_nonce ? case_nonce(row) : case_nonce_of(12);
    assert_status(!has_nonce  ? HF_ERR_RANGE
                  : must_give ? case_passed(op)
                              : HF_ERR_ACCESS,
                  case_operate(p, op));
    prepare(p, op, HF_FLAG_ALLOW_ECB | HF_FLAG_ALLOW_NONCE);
    op->nonce = case_nonce(row);
    assert_status(case_passed(op), case_operate(p, op));
    if (row->nonce_len_min > 1) {
        op->nonce = case_nonce_of(row->nonce_len_min - 1u);
        assert_status(HF_ERR_RANGE, case_operate(p, op));
    }
    if (has_nonce && row->nonce_len_max < HF_NONCE_LEN_MAX) {
        op->nonce = case_nonce_of(row->nonce_len_max + 1u);
        assert_status(HF_ERR_RANGE, case_operate(p, op));
    }
    op->nonce = case_nonce_of(0);
    assert_status(must_give && has_nonce ? HF_ERR_RANGE : case_passed(op),
                  case_operate(p, op));
}

static void test_use_nonce_of_the_client_needs_the_flag_and_the_right_length(void **state)
{
    for_each_way(*state, check_given_nonce);
}

static void test_use_answers_the_nonce_that_was_used(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    uint8_t given[16];
    memset(given, 0x5A, sizeof given);
    case_key_make(p, HF_KEY_AES_256, BOTH | HF_FLAG_ALLOW_NONCE);
    hf_encrypt_response sealed;
    assert_status(HF_OK,
                  CALL(p, encrypt, &sealed, .handle = CASE_KEY,
                       .algorithm = HF_ALG_AES_CBC_PAD, .nonce = hf_bytes_of(given, 16)));
    assert_int_equal(16, sealed.nonce.len);
    assert_memory_equal(given, sealed.nonce.data, 16);
    assert_int_equal(0, sealed.tag.len);
    assert_int_equal(16, sealed.ciphertext.len);
    assert_status(HF_OK, CALL(p, encrypt, &sealed, .handle = CASE_KEY,
                              .algorithm = HF_ALG_AES_CBC_PAD));
    assert_int_equal(16, sealed.nonce.len);
    assert_memory_not_equal(given, sealed.nonce.data, 16);
    hf_mac_generate_response mac;
    assert_status(HF_OK,
                  CALL(p, mac_generate, &mac, .handle = CASE_KEY,
                       .algorithm = HF_ALG_AES_GMAC, .nonce = hf_bytes_of(given, 7)));
    assert_int_equal(7, mac.nonce.len);
    assert_memory_equal(given, mac.nonce.data, 7);
    assert_status(HF_OK, CALL(p, mac_generate, &mac, .handle = CASE_KEY,
                              .algorithm = HF_ALG_AES_GMAC));
    assert_int_equal(12, mac.nonce.len);
    assert_status(HF_OK, CALL(p, mac_generate, &mac, .handle = CASE_KEY,
                              .algorithm = HF_ALG_AES_CMAC));
    assert_int_equal(0, mac.nonce.len);
}

/* ---- lengths of MACs and tags ---- */

static void check_mac_len(fixture *f, peer *p, case_op *op)
{
    (void)f;
    const hf_algorithm *row = prepare(p, op, 0);
    if (row->output_len == 0) {
        return;
    }
    op->mac_len = row->output_len;
    assert_status(case_passed(op), case_operate(p, op));
    if (row->output_len < HF_MAC_LEN_MAX) {
        op->mac_len = (uint16_t)(row->output_len + 1u);
        assert_status(HF_ERR_RANGE, case_operate(p, op));
    }
    op->mac_len = 12;
    assert_status(HF_ERR_ACCESS, case_operate(p, op));
    prepare(p, op, HF_FLAG_MAC_LEN(12));
    assert_status(row->output_len_min == 0 ? HF_ERR_RANGE : case_passed(op),
                  case_operate(p, op));
    op->mac_len = 10;
    assert_status(HF_ERR_ACCESS, case_operate(p, op));
    prepare(p, op, HF_FLAG_MAC_LEN(1));
    op->mac_len = 3; /* the key would allow it, the algorithm does not */
    assert_status(HF_ERR_RANGE, case_operate(p, op));
    op->mac_len = 4;
    assert_status(row->output_len_min == 0 ? HF_ERR_RANGE : case_passed(op),
                  case_operate(p, op));
}

static void test_use_short_mac_needs_the_key_to_allow_it(void **state)
{
    for_each_way(*state, check_mac_len);
}

static void test_use_mac_is_as_long_as_was_asked(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    case_key_make(p, HF_KEY_AES_128, BOTH | HF_FLAG_MAC_LEN(8));
    for (uint16_t len = 8; len <= 16; len++) {
        uint8_t copy[16];
        hf_mac_generate_response out;
        assert_status(HF_OK, CALL(p, mac_generate, &out, .handle = CASE_KEY,
                                  .algorithm = HF_ALG_AES_CMAC, .mac_len = len,
                                  .data = text_bytes("text")));
        assert_int_equal(len, out.mac.len);
        memcpy(copy, out.mac.data, len);
        for (uint16_t asked = 8; asked <= 16; asked++) {
            /* The client says how long it is; a shorter one is no MAC of that length. */
            assert_status(asked == len ? HF_OK : HF_ERR_VERIFY,
                          CALL(p, mac_verify, NULL, .handle = CASE_KEY,
                               .algorithm = HF_ALG_AES_CMAC, .mac_len = asked,
                               .mac = hf_bytes_of(copy, len),
                               .data = text_bytes("text")));
        }
        assert_status(len == 16 ? HF_OK : HF_ERR_VERIFY,
                      CALL(p, mac_verify, NULL, .handle = CASE_KEY,
                           .algorithm = HF_ALG_AES_CMAC, .mac = hf_bytes_of(copy, len),
                           .data = text_bytes("text")));
        hf_encrypt_response sealed;
        int rc = CALL(p, encrypt, &sealed, .handle = CASE_KEY,
                      .algorithm = HF_ALG_AES_GCM, .tag_len = len);
        assert_status(len == 8 || len >= 12 ? HF_OK : HF_ERR_RANGE, rc);
        assert_true(rc != HF_OK || sealed.tag.len == len);
    }
}

/* ---- legacy ---- */

/* HMAC-SHA-1 test case 1 of RFC 2202. */
static const uint8_t legacy_mac[20] = { 0xB6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72,
                                        0x64, 0xE2, 0x8B, 0xC0, 0xB6, 0xFB, 0x37,
                                        0x8C, 0x8E, 0xF1, 0x46, 0xBE, 0x00 };

static void test_use_legacy_mac_is_verified_but_not_made(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    uint8_t key[20];
    hf_mac_start_response started;
    memset(key, 0x0B, sizeof key);
    assert_status(HF_OK,
                  CALL(p, key_import, NULL, .handle = CASE_KEY, .type = HF_KEY_HMAC,
                       .flags = HF_USAGE_SIGN | HF_USAGE_VERIFY, .store = 1,
                       .material = hf_bytes_of(key, sizeof key)));
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, mac_generate, NULL, .handle = CASE_KEY,
                       .algorithm = HF_ALG_HMAC_SHA1, .data = text_bytes("Hi There")));
    assert_status(HF_ERR_NOTSUPPORTED, CALL(p, mac_start, NULL, .handle = CASE_KEY,
                                            .algorithm = HF_ALG_HMAC_SHA1));
    assert_status(HF_OK,
                  CALL(p, mac_verify, NULL, .handle = CASE_KEY,
                       .algorithm = HF_ALG_HMAC_SHA1, .mac = hf_bytes_of(legacy_mac, 20),
                       .data = text_bytes("Hi There")));
    assert_status(HF_OK, CALL(p, mac_start, &started, .handle = CASE_KEY,
                              .algorithm = HF_ALG_HMAC_SHA1, .is_verify = 1));
    assert_status(HF_OK, CALL(p, stream_update, NULL, .stream = started.stream,
                              .data = text_bytes("Hi There")));
    assert_status(HF_OK, CALL(p, stream_finish, NULL, .stream = started.stream,
                              .mac = hf_bytes_of(legacy_mac, 20)));
}

static void test_use_legacy_hash_is_plain_but_signs_nothing(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    hf_hash_response out;
    assert_status(HF_OK, CALL(p, hash, &out, .algorithm = HF_ALG_SHA1));
    assert_int_equal(20, out.digest.len);
    case_key_make(p, HF_KEY_P256, HF_USAGE_SIGN | HF_USAGE_VERIFY);
    assert_status(HF_ERR_RANGE, CALL(p, sign, NULL, .handle = CASE_KEY,
                                     .algorithm = HF_ALG_ECDSA, .hash = HF_ALG_SHA1));
    assert_status(HF_ERR_VERIFY, CALL(p, verify, NULL, .handle = CASE_KEY,
                                      .algorithm = HF_ALG_ECDSA, .hash = HF_ALG_SHA1));
}

/* What has no forward is refused before any key is looked at. */
static void test_use_of_what_only_decrypts_is_refused_forward(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    assert_status(HF_ERR_NOTSUPPORTED, CALL(p, encrypt, NULL, .handle = CASE_KEY,
                                            .algorithm = HF_ALG_RSA_PKCS1_DECRYPT));
    assert_status(HF_ERR_NOTFOUND, CALL(p, decrypt, NULL, .handle = CASE_KEY,
                                        .algorithm = HF_ALG_RSA_PKCS1_DECRYPT));
    case_op op = { .algorithm = HF_ALG_HMAC_SHA1 };
    assert_status(HF_ERR_NOTSUPPORTED, case_operate(p, &op));
    op.is_backward = true;
    assert_status(HF_ERR_NOTFOUND, case_operate(p, &op));
    op = (case_op){ .algorithm = HF_ALG_AES_CCM, .is_stream = true };
    assert_status(HF_ERR_NOTSUPPORTED, case_operate(p, &op));
}

/* ---- invocations ---- */

#define LAST_USE ((UINT64_C(1) << 32) - 1)

/* With one use left: what counts can be done once, what does not count any number of
 * times. */
static void check_invocations(fixture *f, peer *p, case_op *op)
{
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    bool counts = row->invocation_count_max != 0 && !op->is_backward;
    for (unsigned round = 0; round < 2; round++) {
        prepare(p, op, HF_FLAG_ALLOW_ECB | HF_FLAG_ALLOW_NONCE);
        assert_status(HF_OK, CALL(p, key_evict, NULL, .handle = CASE_KEY));
        (void)case_uses(f, LAST_USE);
        if (round == 1 && row->nonce_len != 0) {
            op->nonce = case_nonce(row); /* the client's nonces count as well */
        }
        assert_status(case_passed(op), case_operate(p, op));
        assert_status(counts ? HF_ERR_LIMIT : case_passed(op), case_operate(p, op));
        assert_status(HF_OK, CALL(p, key_erase, NULL, .handle = CASE_KEY));
    }
}

static void test_use_is_counted_where_the_row_has_a_limit(void **state)
{
    for_each_way(*state, check_invocations);
}

static void test_use_that_is_refused_does_not_count(void **state)
{
    fixture *f = *state;
    peer *p = peer_connect(f, CASE_OWNER, FIXTURE_USER);
    static const uint8_t text[FIXTURE_BODY_SIZE];
    hf_hash_start_response out;
    case_key_make(p, HF_KEY_AES_256, BOTH | HF_FLAG_ALLOW_NONCE);
    case_op op = { .algorithm = HF_ALG_AES_CCM, .nonce = case_nonce_of(6) };
    assert_status(HF_ERR_RANGE, case_operate(p, &op));
    op.nonce = case_nonce_of(14);
    assert_status(HF_ERR_RANGE, case_operate(p, &op));
    case_key_make(p, HF_KEY_AES_256, BOTH);
    op = (case_op){ .algorithm = HF_ALG_AES_GCM, .nonce = case_nonce_of(12) };
    assert_status(HF_ERR_ACCESS, case_operate(p, &op));
    op = (case_op){ .algorithm = HF_ALG_AES_GCM, .mac_len = 8 };
    assert_status(HF_ERR_ACCESS, case_operate(p, &op));
    op = (case_op){ .algorithm = HF_ALG_AES_GCM, .affinity = HF_AFFINITY_HARDWARE };
    assert_status(HF_ERR_NOTSUPPORTED, case_operate(p, &op));
    op = (case_op){ .algorithm = HF_ALG_AES_GCM, .is_backward = true, .is_stream = true };
    assert_status(HF_ERR_NOTSUPPORTED, case_operate(p, &op));
    assert_status(HF_ERR_SIZE,
                  CALL(p, encrypt, NULL, .handle = CASE_KEY, .algorithm = HF_ALG_AES_GCM,
                       .plaintext = hf_bytes_of(text, 4060)));
    for (uint32_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        assert_status(HF_OK, CALL(p, hash_start, &out, .algorithm = HF_ALG_SHA256));
    }
    op = (case_op){ .algorithm = HF_ALG_AES_GCM, .is_stream = true };
    assert_status(HF_ERR_LIMIT, case_operate(p, &op));
    op.algorithm = HF_ALG_AES_GMAC;
    assert_status(HF_ERR_LIMIT, case_operate(p, &op));
    assert_int_equal(0, case_uses(f, 0));
    op.is_stream = false;
    assert_status(HF_OK, case_operate(p, &op));
    assert_int_not_equal(0, case_uses(f, 0));
}

/* ---- devices ---- */

static uint32_t mac_counts[2];

static int count_mac(void *context, const hf_crypto_op *op, hf_buffer *out,
                     uint32_t device)
{
    static const uint8_t mac[HF_MAC_LEN_MAX];
    (void)context;
    mac_counts[device]++;
    return hf_buffer_append(out, hf_bytes_of(mac, op->output_len));
}

static int count_mac_0(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    return count_mac(context, op, out, 0);
}

static int count_mac_1(void *context, const hf_crypto_op *op, hf_buffer *out)
{
    return count_mac(context, op, out, 1);
}

/* Software first, the same as hardware behind it; the server has this policy. */
static peer *start_with_hardware(void **state, uint16_t policy)
{
    fixture *f = fixture_make();
    *state = f;
    hf_crypto_device_config software = hf_openssl_device(f->openssl);
    for (uint32_t i = 0; i < 2; i++) {
        f->ops[i] = *software.ops;
        f->devices[i] = software;
        f->devices[i].ops = &f->ops[i];
        mac_counts[i] = 0;
    }
    f->ops[0].mac = count_mac_0;
    f->ops[1].mac = count_mac_1;
    f->devices[1].is_hardware = true;
    f->devices[1].is_exclusive = true;
    f->config.device_count = 2;
    f->config.affinity = policy;
    fixture_start(f);
    return peer_connect(f, CASE_OWNER, FIXTURE_USER);
}

/* Who serves: 0 software, 1 hardware; or what is refused. */
static int served_by(peer *p, uint16_t affinity)
{
    uint32_t before = mac_counts[1];
    const case_op op = { .algorithm = HF_ALG_AES_CMAC, .affinity = affinity };
    int rc = case_operate(p, &op);
    return rc != HF_OK ? rc : mac_counts[1] != before ? 1 : 0;
}

static void test_use_of_hardware_key_is_left_to_hardware(void **state)
{
    peer *p = start_with_hardware(state, HF_AFFINITY_ANY);
    case_key_make(p, HF_KEY_AES_128, BOTH);
    assert_int_equal(0, served_by(p, HF_AFFINITY_ANY));
    assert_int_equal(0, served_by(p, HF_AFFINITY_SOFTWARE));
    assert_int_equal(1, served_by(p, HF_AFFINITY_HARDWARE));
    case_key_make(p, HF_KEY_AES_128, BOTH | HF_FLAG_HARDWARE);
    assert_int_equal(1, served_by(p, HF_AFFINITY_ANY));
    assert_int_equal(HF_ERR_NOTSUPPORTED, served_by(p, HF_AFFINITY_SOFTWARE));
    assert_int_equal(1, served_by(p, HF_AFFINITY_HARDWARE));
}

static void test_use_follows_the_policy_of_the_server_first(void **state)
{
    static const uint16_t policies[] = { HF_AFFINITY_SOFTWARE, HF_AFFINITY_HARDWARE };
    for (int device = 0; device < 2; device++) {
        peer *p = start_with_hardware(state, policies[device]);
        for (int i = 0; i < 2; i++) {
            case_key_make(p, HF_KEY_AES_128, BOTH | (i == 1 ? HF_FLAG_HARDWARE : 0u));
            assert_int_equal(device, served_by(p, HF_AFFINITY_ANY));
            assert_int_equal(device, served_by(p, HF_AFFINITY_SOFTWARE));
            assert_int_equal(device, served_by(p, HF_AFFINITY_HARDWARE));
        }
        if (device == 0) {
            assert_int_equal(0, fixture_close(state));
        }
    }
}

static bool has_no_key(void *context, uint16_t algorithm, uint32_t key_type)
{
    (void)context;
    return key_type == 0 && algorithm == HF_ALG_SHA256;
}

/* What the policy keeps from being used is not among what can be done. */
static void test_use_that_the_policy_forbids_is_no_capability(void **state)
{
    hf_capabilities_response out;
    peer *p = start_with_hardware(state, HF_AFFINITY_SOFTWARE);
    fixture *f = *state;
    f->ops[0].is_supported = has_no_key;
    assert_status(HF_OK, CALL(p, capabilities, &out, .none = 0));
    hf_reader algorithms = hf_reader_of(out.algorithms);
    uint32_t keyed = 0;
    for (size_t i = 0; i < out.algorithms.len / 2; i++) {
        const hf_algorithm *row = hf_algorithm_find(hf_reader_u16(&algorithms));
        assert_non_null(row);
        /* LMS keys are the server's own, over a hash. */
        keyed += row->family != 0 && row->id != HF_ALG_LMS;
    }
    assert_int_equal(0, keyed);
    assert_true(out.algorithms.len > 2); /* hashes of the hardware, too */
    case_key_make(p, HF_KEY_AES_128, BOTH);
    assert_int_equal(HF_ERR_NOTSUPPORTED, served_by(p, HF_AFFINITY_ANY));
}

static bool has_nothing(void *context, uint16_t algorithm, uint32_t key_type)
{
    (void)context;
    (void)algorithm;
    (void)key_type;
    return false;
}

/* The server's own keys need a hash of a device that the policy allows. */
static void test_lms_without_its_hash_is_no_capability(void **state)
{
    hf_capabilities_response out;
    peer *p = start_with_hardware(state, HF_AFFINITY_HARDWARE);
    fixture *f = *state;
    f->ops[1].is_supported = has_nothing;
    assert_status(HF_OK, CALL(p, capabilities, &out, .none = 0));
    hf_reader algorithms = hf_reader_of(out.algorithms);
    hf_reader types = hf_reader_of(out.key_types);
    for (size_t i = 0; i < out.algorithms.len / 2; i++) {
        assert_int_not_equal(HF_ALG_LMS, hf_reader_u16(&algorithms));
    }
    for (size_t i = 0; i < out.key_types.len / 4; i++) {
        assert_int_not_equal(HF_FAMILY_LMS, HF_KEY_FAMILY(hf_reader_u32(&types)));
    }
    assert_status(HF_ERR_NOTSUPPORTED,
                  CALL(p, key_generate, NULL, .handle = 1, .type = HF_KEY_LMS(1, 5, 8),
                       .flags = HF_USAGE_SIGN, .store = 1));
}

static void check_hardware_is_missing(fixture *f, peer *p, case_op *op)
{
    (void)f;
    prepare(p, op, HF_FLAG_ALLOW_ECB);
    op->affinity = HF_AFFINITY_SOFTWARE;
    assert_status(case_passed(op), case_operate(p, op));
    op->affinity = HF_AFFINITY_HARDWARE;
    assert_status(HF_ERR_NOTSUPPORTED, case_operate(p, op));
}

static void test_use_without_such_a_device_is_refused(void **state)
{
    for_each_way(*state, check_hardware_is_missing);
}

/* ---- size and cost ---- */

static void test_use_with_an_answer_that_does_not_fit_is_refused(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    hf_hash_response out;
    assert_status(HF_OK, CALL(p, hash, &out, .algorithm = HF_ALG_SHAKE128,
                              .output_len = FIXTURE_BODY_SIZE - 4));
    assert_int_equal(FIXTURE_BODY_SIZE - 4, out.digest.len);
    assert_status(HF_ERR_SIZE, CALL(p, hash, NULL, .algorithm = HF_ALG_SHAKE128,
                                    .output_len = FIXTURE_BODY_SIZE - 3));
    assert_status(HF_ERR_RANGE, CALL(p, hash, NULL, .algorithm = HF_ALG_SHAKE128));
    assert_status(HF_ERR_RANGE,
                  CALL(p, hash, NULL, .algorithm = HF_ALG_SHA256, .output_len = 31));
    assert_status(HF_ERR_SIZE, CALL(p, hash_start, NULL, .algorithm = HF_ALG_SHAKE256,
                                    .output_len = FIXTURE_BODY_SIZE));
}

/* An index is not used up for a signature that cannot be sent. */
static void test_use_of_stateful_key_with_too_large_an_answer_is_refused(void **state)
{
    peer *p = peer_connect(*state, CASE_OWNER, FIXTURE_USER);
    hf_key_signatures_left_response left;
    case_key_make(p, HF_KEY_LMS(1, 5, 1), HF_USAGE_SIGN | HF_USAGE_VERIFY);
    assert_status(HF_ERR_SIZE,
                  CALL(p, sign, NULL, .handle = CASE_KEY, .algorithm = HF_ALG_LMS));
    assert_status(HF_OK, CALL(p, key_signatures_left, &left, .handle = CASE_KEY));
    assert_int_equal(32, left.count);
}

static void test_use_of_too_much_to_be_staged_is_refused(void **state)
{
    (void)state;
    assert_status(HF_OK, hf_request_check_stage(0));
    assert_status(HF_OK, hf_request_check_stage(HF_CFG_STAGE_SIZE_MAX));
    assert_status(HF_ERR_SIZE, hf_request_check_stage(HF_CFG_STAGE_SIZE_MAX + 1u));
    assert_status(HF_ERR_SIZE, hf_request_check_stage(SIZE_MAX));
}

static void test_use_costs_what_row_and_key_type_say(void **state)
{
    static const struct {
        uint32_t type;
        uint16_t algorithm;
        bool is_slow_forward, is_slow_backward;
    } costs[] = {
        { HF_KEY_HMAC, HF_ALG_HMAC_SHA256, false, false },
        { HF_KEY_AES_256, HF_ALG_AES_GCM, false, false },
        { HF_KEY_P256, HF_ALG_ECDSA, false, false },
        { HF_KEY_P384, HF_ALG_ECDSA, true, true },
        { HF_KEY_P384_PUBLIC, HF_ALG_ECDSA, true, true },
        { HF_KEY_ED25519, HF_ALG_ED25519, false, false },
        { HF_KEY_ED448, HF_ALG_ED448, true, true },
        { HF_KEY_RSA_2048, HF_ALG_RSA_PSS, true, false },
        { HF_KEY_RSA_4096_PUBLIC, HF_ALG_RSA_PSS, false, false },
        { HF_KEY_RSA_2048, HF_ALG_RSA_OAEP, false, true },
        { HF_KEY_ML_DSA_65, HF_ALG_ML_DSA, true, false },
        { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_128S), HF_ALG_SLH_DSA, true, true },
        { HF_KEY_LMS(1, 5, 8), HF_ALG_LMS, true, true },
        { HF_KEY_P521, HF_ALG_ECDH, true, true },
        { HF_KEY_X25519, HF_ALG_XDH, false, false },
        { HF_KEY_SECRET, HF_ALG_HKDF, false, false },
        { HF_KEY_SECRET, HF_ALG_PBKDF2, true, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++) {
        for (int back = 0; back < 2; back++) {
            bool is_slow = back ? costs[i].is_slow_backward : costs[i].is_slow_forward;
            assert_int_equal(
                is_slow ? HF_COST_SLOW : HF_COST_QUICK,
                hf_request_use_cost(costs[i].algorithm, costs[i].type, back != 0, 100));
            assert_int_equal(HF_COST_SLOW,
                             hf_request_use_cost(costs[i].algorithm, costs[i].type,
                                                 back != 0, 1000000));
        }
    }
    assert_int_equal(HF_COST_SLOW, hf_request_cost(HF_KEY_RSA_2048, 0));
    assert_int_equal(HF_COST_SLOW, hf_request_cost(HF_KEY_RSA_4096_PUBLIC, 0));
    assert_int_equal(HF_COST_QUICK, hf_request_cost(HF_KEY_P256, 0));
    assert_int_equal(HF_COST_QUICK, hf_request_cost(0, 1000));
    assert_int_equal(HF_COST_SLOW, hf_request_cost(0, 1000000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define TEST_STARTED(name) cmocka_unit_test_teardown(name, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_use_without_the_policy_flag_of_the_row_is_refused),
        TEST(test_use_nonce_of_the_client_needs_the_flag_and_the_right_length),
        TEST(test_use_answers_the_nonce_that_was_used),
        TEST(test_use_short_mac_needs_the_key_to_allow_it),
        TEST(test_use_mac_is_as_long_as_was_asked),
        TEST(test_use_legacy_mac_is_verified_but_not_made),
        TEST(test_use_legacy_hash_is_plain_but_signs_nothing),
        TEST(test_use_of_what_only_decrypts_is_refused_forward),
        TEST(test_use_is_counted_where_the_row_has_a_limit),
        TEST(test_use_that_is_refused_does_not_count),
        TEST_STARTED(test_use_of_hardware_key_is_left_to_hardware),
        TEST_STARTED(test_use_follows_the_policy_of_the_server_first),
        TEST_STARTED(test_use_that_the_policy_forbids_is_no_capability),
        TEST_STARTED(test_lms_without_its_hash_is_no_capability),
        TEST(test_use_without_such_a_device_is_refused),
        TEST(test_use_with_an_answer_that_does_not_fit_is_refused),
        TEST(test_use_of_stateful_key_with_too_large_an_answer_is_refused),
        cmocka_unit_test(test_use_of_too_much_to_be_staged_is_refused),
        cmocka_unit_test(test_use_costs_what_row_and_key_type_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
