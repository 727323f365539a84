/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ECDSA of the libcrypto device on every curve: keys and signatures of RFC 6979 A.2 for
 * the curves that are there, and signatures by the same rule for the others (secp256k1:
 * key 1; brainpool: the first keys of RFC 7027 A). All of them verify; where libcrypto
 * has deterministic nonces they are made again, bit by bit, and elsewhere they are
 * refused.
 */
#include "fixture.h"

#include <string.h>

#include <openssl/crypto.h>

#define P224_SECRET "f220266e1105bfe3083e03ec7a3a654651f45e37167e88600bf257c1"
#define P224_POINT                                                                       \
    "0400cf08da5ad719e42707fa431292dea11244d64fc51610d94b130d6ceeab6f"                   \
    "3debe455e3dbf85416f7030cbd94f34f2d6f232c69f3c1385a"
#define P256_SECRET "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define P256_POINT                                                                       \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29f"                   \
    "b67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d44622"                   \
    "99"
#define P384_SECRET                                                                      \
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"                   \
    "96d5724e4c70a825f872c9ea60d2edf5"
#define P384_POINT                                                                       \
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c"                   \
    "64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621"                   \
    "896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"                   \
    "20"
#define P521_SECRET                                                                      \
    "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"                   \
    "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"                   \
    "3538"
#define P521_POINT                                                                       \
    "0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5b"                   \
    "cd371123d46e45db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f"                   \
    "5023a400493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d663"                   \
    "0f746a28a0db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfe"                   \
    "aa2bfdfcf5"
#define K256_SECRET "0000000000000000000000000000000000000000000000000000000000000001"
#define K256_POINT                                                                       \
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f817"                   \
    "98483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4"                   \
    "b8"
#define B256_SECRET "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d"
#define B256_POINT                                                                       \
    "0444106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100b"                   \
    "e58ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089b"                   \
    "dc"
#define B384_SECRET                                                                      \
    "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6"                   \
    "f15eb5d1ee1610df870795143627d042"
#define B384_POINT                                                                       \
    "0468b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f8"                   \
    "85ab698c852d4a6e77a252d6380fcaf06855bc91a39c9ec01dee36017b7d673a"                   \
    "931236d2f1f5c83942d049e3fa20607493e0d038ff2fd30c2ab67d15c85f7faa"                   \
    "59"
#define B512_SECRET                                                                      \
    "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59"                   \
    "b09e80279609ff333eb9d4c061231fb26f92eeb04982a5f1d1764cad57665422"
#define B512_POINT                                                                       \
    "040a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149"                   \
    "999397e91e029e06457db2d3e640668b392c2a7e737a7f0bf04436d11640fd09"                   \
    "fd72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0f"                   \
    "cef3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147fd"                   \
    "e7"

typedef struct curve_vector {
    uint32_t type;
    uint16_t hash;
    const char *secret;
    const char *point;
    const char *message;
    const char *signature; /* r || s */
} curve_vector;

/* clang-format off */
static const curve_vector vectors[] = {
    { HF_KEY_P224, HF_ALG_SHA224, P224_SECRET, P224_POINT, "sample",
      "1cdfe6662dde1e4a1ec4cdedf6a1f5a2fb7fbd9145c12113e6abfd3ea6694fd7"
      "718a21053f225d3f46197ca699d45006c06f871808f43ebc" },
    { HF_KEY_P224, HF_ALG_SHA224, P224_SECRET, P224_POINT, "test",
      "c441ce8e261ded634e4cf84910e4c5d1d22c5cf3b732bb204dbef019902f4284"
      "7a63bdc5f6046ada114953120f99442d76510150f372a3f4" },
    { HF_KEY_P224, HF_ALG_SHA256, P224_SECRET, P224_POINT, "sample",
      "61aa3da010e8e8406c656bc477a7a7189895e7e840cdfe8ff42307babc814050"
      "dab5d23770879494f9e0a680dc1af7161991bde692b10101" },
    { HF_KEY_P224, HF_ALG_SHA256, P224_SECRET, P224_POINT, "test",
      "ad04dde87b84747a243a631ea47a1ba6d1faa059149ad2440de6fba6178d49b1"
      "ae90e3d8b629be3db5683915f4e8c99fdf6e666cf37adcfd" },
    { HF_KEY_P224, HF_ALG_SHA512, P224_SECRET, P224_POINT, "sample",
      "074bd1d979d5f32bf958ddc61e4fb4872adcafeb2256497cdac30397a4ceca19"
      "6c3d5a1ff31027b33185dc8ee43f288b21ab342e5d8eb084" },
    { HF_KEY_P224, HF_ALG_SHA512, P224_SECRET, P224_POINT, "test",
      "049f050477c5add858cac56208394b5a55baebbe887fdf765047c17c077eb13e"
      "7005929cefa3cd0403c7cdcc077adf4e44f3c41b2f60ecff" },
    { HF_KEY_P256, HF_ALG_SHA256, P256_SECRET, P256_POINT, "sample",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
    { HF_KEY_P256, HF_ALG_SHA384, P256_SECRET, P256_POINT, "test",
      "83910e8b48bb0c74244ebdf7f07a1c5413d61472bd941ef3920e623fbccebeb6"
      "8ddbec54cf8cd5874883841d712142a56a8d0f218f5003cb0296b6b509619f2c" },
    { HF_KEY_P384, HF_ALG_SHA384, P384_SECRET, P384_POINT, "sample",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
      "81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f"
      "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8" },
    { HF_KEY_P384, HF_ALG_SHA512, P384_SECRET, P384_POINT, "test",
      "a0d5d090c9980faf3c2ce57b7ae951d31977dd11c775d314af55f76c676447d0"
      "6fb6495cd21b4b6e340fc236584fb277976984e59b4c77b0e8e4460dca3d9f20"
      "e07b9bb1f63beefaf576f6b2e8b224634a2092cd3792e0159ad9cee37659c736" },
    { HF_KEY_P521, HF_ALG_SHA256, P521_SECRET, P521_POINT, "sample",
      "01511bb4d675114fe266fc4372b87682baecc01d3cc62cf2303c92b352601265"
      "9d16876e25c7c1e57648f23b73564d67f61c6f14d527d54972810421e7d87589"
      "e1a7004a171143a83163d6df460aaf61522695f207a58b95c0644d87e52aa1a3"
      "47916e4f7a72930b1bc06dbe22ce3f58264afd23704cbb63b29b931f7de6c9d9"
      "49a7ecfc" },
    { HF_KEY_P521, HF_ALG_SHA256, P521_SECRET, P521_POINT, "test",
      "000e871c4a14f993c6c7369501900c4bc1e9c7b0b4ba44e04868b30b41d80710"
      "42eb28c4c250411d0ce08cd197e4188ea4876f279f90b3d8d74a3c76e6f1e465"
      "6aa800cd52dbaa33b063c3a6cd8058a1fb0a46a4754b034fcc644766ca14da8c"
      "a5ca9fde00e88c1ad60ccba759025299079d7a427ec3cc5b619bfbc828e7769b"
      "cd694e86" },
    { HF_KEY_P521, HF_ALG_SHA512, P521_SECRET, P521_POINT, "sample",
      "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f"
      "174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3"
      "77fa00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b"
      "68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e4"
      "4da4a67a" },
    { HF_KEY_P521, HF_ALG_SHA512, P521_SECRET, P521_POINT, "test",
      "013e99020abf5cee7525d16b69b229652ab6bdf2affcaef38773b4b7d08725f1"
      "0cdb93482fdcc54edcee91eca4166b2a7c6265ef0ce2bd7051b7cef945babd47"
      "ee6d01fbd0013c674aa79cb39849527916ce301c66ea7ce8b80682786ad60f98"
      "f7e78a19ca69eff5c57400e3b3a0ad66ce0978214d13baf4e9ac60752f7b155e"
      "2de4dce3" },
    { HF_KEY_SECP256K1, HF_ALG_SHA256, K256_SECRET, K256_POINT, "Satoshi Nakamoto",
      "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
      "dbbd3162d46e9f9bef7feb87c16dc13b4f6568a87f4e83f728e2443ba586675c" },
    { HF_KEY_BRAINPOOL_P256, HF_ALG_SHA256, B256_SECRET, B256_POINT, "sample",
      "8a6b3a1a10a8ce1459cdeed0cb1884597642e6bc47b9c552ea6114a0d03c40dd"
      "466c80b901174c93369e5736a6993c081087040f5c7039f314e02a2853d6f87f" },
    { HF_KEY_BRAINPOOL_P384, HF_ALG_SHA384, B384_SECRET, B384_POINT, "sample",
      "2a0b927997ff034d1d5081be0f3f8c6eecac3dc9bb194774e69d5363cd924741"
      "e1802c3c0caea91ec144c869c993cfd622bc8dbdc26500cc666a7128a19aae17"
      "e79ec1853d8703dc0b6e703052e39cd4f3f3819bfef8094335ede131acfe3071" },
    { HF_KEY_BRAINPOOL_P512, HF_ALG_SHA512, B512_SECRET, B512_POINT, "sample",
      "5a62cd28cd5aa4cd20a8aa2973e593006eca66d956354ab09ab1da0efbb72e00"
      "35586a4174a17fb01b50003ebc64b6719f7695e14777dbc630c8b72f67fe1532"
      "a5a80b85ad0a792960106c1fe420c57e6ef456a80493c51d3ce7768fe2717ea6"
      "32202f160bc714dfd3fe1823d77b40bf21d16b2ac9288f8728e05503d40f8ab5" },
};
/* clang-format on */
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

/* RFC 6979 A.2.5, SHA-1, "sample" */
#define P256_SHA1_SAMPLE                                                                 \
    "61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32"                   \
    "6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb"

/* Since libcrypto 3.2. */
static bool is_deterministic_there(void)
{
    return OpenSSL_version_num() >= 0x30200000UL;
}

static hf_crypto_op op_of(const hf_crypto_key *key, uint16_t hash, const char *message)
{
    return (hf_crypto_op){ .algorithm = HF_ALG_ECDSA,
                           .format = HF_SIGNATURE_RAW,
                           .hash = hash,
                           .key = key,
                           .input = hf_bytes_of(message, strlen(message)) };
}

/* ---- verify ---- */

/* Message, digest with its hash, digest of any hash. */
static void check_verify(const hf_crypto_key *key, const void *context)
{
    const curve_vector *v = context;
    blob digest = digest_of(v->hash, v->message);
    blob signature = unhex(v->signature);
    for (int form = 0; form < 3; form++) {
        hf_crypto_op op = op_of(key, form == 2 ? 0 : v->hash, v->message);
        op.signature = blob_bytes(&signature);
        op.is_digest = form == 1;
        if (form != 0) {
            op.input = blob_bytes(&digest);
        }
        assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
        for (size_t i = 0; i < signature.len; i += 31) {
            signature.data[i] ^= 1;
            assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
            signature.data[i] ^= 1;
        }
    }
    hf_crypto_op op = op_of(key, v->hash, "another");
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

static void test_verify_every_curve_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const curve_vector *v = &vectors[i];
        with_key(v->type, v->secret, check_verify, v);
        with_key(hf_key_type_public(v->type), v->point, check_verify, v);
    }
}

static void test_verify_sha1_is_possible_and_sign_is_not(void **state)
{
    (void)state;
    blob material = unhex(P256_SECRET);
    blob signature = unhex(P256_SHA1_SAMPLE);
    blob room;
    hf_buffer out = blob_buffer(&room);
    const hf_crypto_key key = key_of(HF_KEY_P256, &material);
    hf_crypto_op op = op_of(&key, HF_ALG_SHA1, "sample");
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
    signature.data[5] ^= 1;
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

/* ---- sign ---- */

static void check_sign(const hf_crypto_key *key, const void *context)
{
    const curve_vector *v = context;
    for (uint16_t format = HF_SIGNATURE_DER; format <= HF_SIGNATURE_RAW; format++) {
        blob signatures[2];
        for (size_t i = 0; i < 2; i++) {
            hf_buffer out = blob_buffer(&signatures[i]);
            hf_crypto_op op = op_of(key, v->hash, v->message);
            op.format = format;
            assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
            size_t most = hf_crypto_output_len_max(HF_ALG_ECDSA, key->type, format);
            assert_true(out.len <= most);
            op.signature = hf_bytes_of(out.data, out.len);
            assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
        }
        /* Equal r would mean equal nonces: none is made from the message alone. */
        assert_memory_not_equal(signatures[0].data + 8, signatures[1].data + 8, 16);
    }
}

static void test_sign_every_curve_then_verify_succeeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        with_key(vectors[i].type, vectors[i].secret, check_sign, &vectors[i]);
    }
}

static void check_deterministic(const hf_crypto_key *key, const void *context)
{
    const curve_vector *v = context;
    blob digest = digest_of(v->hash, v->message);
    for (int is_digest = 0; is_digest < 2; is_digest++) {
        blob signature;
        hf_buffer out = blob_buffer(&signature);
        hf_crypto_op op = op_of(key, v->hash, v->message);
        op.algorithm = HF_ALG_ECDSA_DETERMINISTIC;
        op.is_digest = is_digest == 1;
        if (op.is_digest) {
            op.input = blob_bytes(&digest);
        }
        int rc = hf_crypto_sign(&fixture_crypto, 0, &op, &out);
        if (is_deterministic_there()) {
            assert_int_equal(rc, HF_OK);
            assert_bytes(hf_bytes_of(out.data, out.len), v->signature);
        } else {
            assert_int_equal(rc, HF_ERR_NOTSUPPORTED);
            assert_int_equal(out.len, 0);
        }
    }
}

/* Never a random nonce in its place. */
static void test_sign_deterministic_matches_or_is_not_supported(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        with_key(vectors[i].type, vectors[i].secret, check_deterministic, &vectors[i]);
    }
}

/* libcrypto is told the hash by its name, so with each of them. */
static void test_sign_deterministic_with_every_hash_verifies(void **state)
{
    (void)state;
    blob material = unhex(P256_SECRET);
    const hf_crypto_key key = key_of(HF_KEY_P256, &material);
    for (uint16_t hash = HF_ALG_SHA224; hash <= HF_ALG_SHA3_512; hash++) {
        blob signatures[2];
        hf_crypto_op op = op_of(&key, hash, "sample");
        op.algorithm = HF_ALG_ECDSA_DETERMINISTIC;
        for (size_t i = 0; i < 2 && is_deterministic_there(); i++) {
            hf_buffer out = blob_buffer(&signatures[i]);
            assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_OK);
            op.signature = hf_bytes_of(out.data, out.len);
            assert_int_equal(out.len, 64);
            assert_memory_equal(signatures[i].data, signatures[0].data, 64);
            assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
            op.algorithm = HF_ALG_ECDSA; /* nobody sees how a nonce was made */
            assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_OK);
            op.algorithm = HF_ALG_ECDSA_DETERMINISTIC;
        }
    }
}

/* ---- what is refused ---- */

static void test_digest_that_is_not_of_the_hash_is_range_error(void **state)
{
    (void)state;
    blob material = unhex(P256_SECRET);
    blob room;
    hf_buffer out = blob_buffer(&room);
    const hf_crypto_key key = key_of(HF_KEY_P256, &material);
    hf_crypto_op op = op_of(&key, HF_ALG_SHA256, "31 bytes, where a digest has 32");
    op.is_digest = true;
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_RANGE);
    op.hash = HF_ALG_SHAKE128;
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out), HF_ERR_RANGE);
    op = op_of(&key, 0, "a digest of 28 bytes, which is fine");
    op.input.len = 28;
    op.algorithm = HF_ALG_ECDSA_DETERMINISTIC; /* RFC 6979 needs the hash */
    assert_int_equal(hf_crypto_sign(&fixture_crypto, 0, &op, &out),
                     is_deterministic_there() ? HF_ERR_RANGE : HF_ERR_NOTSUPPORTED);
}

static void test_verify_with_key_of_another_curve_is_refused(void **state)
{
    (void)state;
    blob material = unhex(B256_POINT);
    blob signature = unhex(vectors[6].signature); /* of P-256 */
    const hf_crypto_key key = key_of(HF_KEY_BRAINPOOL_P256_PUBLIC, &material);
    hf_crypto_op op = op_of(&key, HF_ALG_SHA256, "sample");
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

/* FIPS 186-5 6.4.2 step 5: digest = -r * secret makes u1 * G + u2 * Q infinity, with any
 * s. */
static void test_verify_leading_to_infinity_is_refused(void **state)
{
    (void)state;
    blob material = unhex(P256_POINT);
    blob digest =
        unhex("08ee301548cd9aa52ec3f69fd87f9c57bdf20e9f20419649d0e1b6c700f22e78");
    blob signature =
        unhex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
              "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    const hf_crypto_key key = key_of(HF_KEY_P256_PUBLIC, &material);
    hf_crypto_op op = op_of(&key, 0, "");
    op.input = blob_bytes(&digest);
    op.signature = blob_bytes(&signature);
    assert_int_equal(hf_crypto_verify(&fixture_crypto, 0, &op), HF_ERR_VERIFY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify_every_curve_matches),
        cmocka_unit_test(test_verify_sha1_is_possible_and_sign_is_not),
        cmocka_unit_test(test_sign_every_curve_then_verify_succeeds),
        cmocka_unit_test(test_sign_deterministic_matches_or_is_not_supported),
        cmocka_unit_test(test_sign_deterministic_with_every_hash_verifies),
        cmocka_unit_test(test_digest_that_is_not_of_the_hash_is_range_error),
        cmocka_unit_test(test_verify_with_key_of_another_curve_is_refused),
        cmocka_unit_test(test_verify_leading_to_infinity_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
