/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * ECDH of the libcrypto device: the vectors of RFC 5903 8 and RFC 7027 A; for the two
 * curves that those do not have, secrets computed by another implementation. And peers
 * that are none.
 */
#include "fixture.h"

#include <string.h>

typedef struct ecdh_vector {
    uint32_t type;
    const char *secrets[2];
    const char *points[2];
    const char *shared;
} ecdh_vector;

/* clang-format off */
static const ecdh_vector vectors[] = {
    /* RFC 5903 8.1 */
    { HF_KEY_P256,
      { "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
        "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53" },
      { "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811"
        "805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990b"
        "b3",
        "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf"
        "6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872"
        "ab" },
      "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
    /* RFC 5903 8.2 */
    { HF_KEY_P384,
      { "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655"
        "e35b538041e649ee3faef896783ab194",
        "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942"
        "e0308312916b8ed2960e4bd55a7448fc" },
      { "04667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55e"
        "e6de3ac808acb4bdb4c88732aee95f41aa9482ed1fc0eeb9cafc4984625ccfc2"
        "3f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a8"
        "1c",
        "04e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc50"
        "9d0d1ac43a0336def96fda41d0774a3571dcfbec7aacf3196472169e83843036"
        "7f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e638"
        "6c" },
      "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4"
      "d603135569b9e9d09cf5d4a270f59746" },
    /* RFC 5903 8.3 */
    { HF_KEY_P521,
      { "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
        "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d"
        "4a52",
        "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e"
        "9c677d600b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb15168"
        "5eb9" },
      { "040015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ec"
        "bee1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d17"
        "6ced3e017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7c"
        "b4a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6c"
        "a3926f9582",
        "0400d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a"
        "219b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012"
        "d9460f015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852"
        "077b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fc"
        "d17f0fc56a" },
      "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
      "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3"
      "ddea" },
    /* RFC 7027 A.1 */
    { HF_KEY_BRAINPOOL_P256,
      { "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
        "55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3" },
      { "0444106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100b"
        "e58ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089b"
        "dc",
        "048d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f"
        "7b990c57520812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec"
        "6a" },
      "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b" },
    /* RFC 7027 A.2 */
    { HF_KEY_BRAINPOOL_P384,
      { "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6"
        "f15eb5d1ee1610df870795143627d042",
        "032640bc6003c59260f7250c3db58ce647f98e1260acce4acda3dd869f74e01f"
        "8ba5e0324309db6a9831497abac96670" },
      { "0468b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f8"
        "85ab698c852d4a6e77a252d6380fcaf06855bc91a39c9ec01dee36017b7d673a"
        "931236d2f1f5c83942d049e3fa20607493e0d038ff2fd30c2ab67d15c85f7faa"
        "59",
        "044d44326f269a597a5b58bba565da5556ed7fd9a8a9eb76c25f46db69d19dc8"
        "ce6ad18e404b15738b2086df37e71d1eb462d692136de56cbe93bf5fa3188ef5"
        "8bc8a3a0ec6c1e151a21038a42e9185329b5b275903d192f8d4e1f32fe9cc78c"
        "48" },
      "0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bb"
      "adf6403715c35d4fb2a5444f575d4f42" },
    /* RFC 7027 A.3 */
    { HF_KEY_BRAINPOOL_P512,
      { "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59"
        "b09e80279609ff333eb9d4c061231fb26f92eeb04982a5f1d1764cad57665422",
        "230e18e1bcc88a362fa54e4ea3902009292f7f8033624fd471b5d8ace49d12cf"
        "abbc19963dab8e2f1eba00bffb29e4d72d13f2224562f405cb80503666b25429" },
      { "040a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149"
        "999397e91e029e06457db2d3e640668b392c2a7e737a7f0bf04436d11640fd09"
        "fd72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0f"
        "cef3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147fd"
        "e7",
        "049d45f66de5d67e2e6db6e93a59ce0bb48106097ff78a081de781cdb31fce8c"
        "cbaaea8dd4320c4119f1e9cd437a2eab3731fa9668ab268d871deda55a547319"
        "9f2fdc313095bcdd5fb3a91636f07a959c8e86b5636a1e930e8396049cb48196"
        "1d365cc11453a06c719835475b12cb52fc3c383bce35e27ef194512b71876285"
        "fa" },
      "a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76"
      "d36403c024d7bbf0aa0803eaff405d3d24f11a9b5c0bef679fe1454b21c4cd1f" },
    /* numbers of RFC 6979 A.2.4 */
    { HF_KEY_P224,
      { "f220266e1105bfe3083e03ec7a3a654651f45e37167e88600bf257c1",
        "00cf08da5ad719e42707fa431292dea11244d64fc51610d94b130d6c" },
      { "0400cf08da5ad719e42707fa431292dea11244d64fc51610d94b130d6ceeab6f"
        "3debe455e3dbf85416f7030cbd94f34f2d6f232c69f3c1385a",
        "047e424f27fbc3dd1b603d18e209e425eb4be07be526d40c8e32d98cfe2eefb0"
        "3c13efc258b000c25a090d2920bdca39e659a79e282b4e1161" },
      "1d00cb3f9383d0722b3a7ad7718d1c2f4b46dbd9225bfeb69f46445f" },
    /* numbers of the vectors above */
    { HF_KEY_SECP256K1,
      { "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
        "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d" },
      { "04888382bf0faa2bdd49e64bdfdf460bb4276cb99f8ed67bfa51942e6b0d60a9"
        "13e407acc53b22d61d6157ed4e0f08fdc8851e8ae91ffeba63cb05f02615978f"
        "2f",
        "04d1db31bead9d6db32c8b7ae3c920d5631da4aceb62d9da03789ccb9488de1c"
        "567eb4d4a7952ece9bd64737b5a95305ab0ac1bae0cc5892ef30c2a2ea89a5d1"
        "7b" },
      "14d72027aa828582affbe7db4f81fe8f4c0fd7a606dbb5965158029a70e5f6e8" },
};
/* clang-format on */
#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static int agree(const hf_crypto_key *key, const hf_crypto_key *peer, hf_buffer *out)
{
    const hf_crypto_op op = { .algorithm = HF_ALG_ECDH, .key = key, .peer = peer };
    return hf_crypto_agree(&fixture_crypto, 0, &op, out);
}

/* The other side's point, in the clear and parsed. */
typedef struct peer_vector {
    const char *point;
    const char *shared;
} peer_vector;

static void check_shared(const hf_crypto_key *key, const void *context)
{
    const peer_vector *v = context;
    blob point = unhex(v->point);
    hf_crypto_key peer = key_of(hf_key_type_public(key->type), &point);
    for (int is_parsed = 0; is_parsed < 2; is_parsed++) {
        blob shared;
        hf_buffer out = blob_buffer(&shared);
        if (is_parsed == 1) {
            assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &peer), HF_OK);
        }
        assert_int_equal(agree(key, &peer, &out), HF_OK);
        assert_bytes(hf_bytes_of(out.data, out.len), v->shared);
        assert_int_equal(out.len, hf_crypto_output_len_max(HF_ALG_ECDH, key->type, 0));
    }
    hf_crypto_parsed_destroy(&fixture_crypto, 0, peer.parsed);
}

static void test_agree_both_sides_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        for (size_t side = 0; side < 2; side++) {
            const peer_vector v = { vectors[i].points[1 - side], vectors[i].shared };
            with_key(vectors[i].type, vectors[i].secrets[side], check_shared, &v);
        }
    }
}

/* A shared secret of zeros is one like any other here: x = 0 is on this curve. */
static void test_agree_secret_of_zeros_has_its_full_length(void **state)
{
    (void)state;
    const peer_vector v = {
        "045c643c6c9480c532131f4d7c53632306a4752f7bd905b8c8230f4338f716d0"
        "30d77e8150dd72a1d385571cb60728562d50c0ae176aebf28c13c0a3c61f92bc"
        "7b",
        "0000000000000000000000000000000000000000000000000000000000000000",
    };
    with_key(HF_KEY_P256, vectors[0].secrets[0], check_shared, &v);
}

static void test_agree_output_too_small_is_size_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob secret = unhex(vectors[i].secrets[0]);
        blob point = unhex(vectors[i].points[1]);
        const hf_crypto_key key = key_of(vectors[i].type, &secret);
        const hf_crypto_key peer = key_of(hf_key_type_public(vectors[i].type), &point);
        uint8_t memory[80] = { 0 };
        hf_buffer out = hf_buffer_of(memory, secret.len - 1);
        assert_int_equal(agree(&key, &peer, &out), HF_ERR_SIZE);
        assert_int_equal(out.len, 0);
        assert_int_equal(memory[0], 0);
        out.size++;
        assert_int_equal(agree(&key, &peer, &out), HF_OK);
    }
}

/* ---- peers that are none ---- */

static void test_agree_every_changed_peer_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        blob secret = unhex(vectors[i].secrets[0]);
        blob point = unhex(vectors[i].points[1]);
        hf_crypto_key key = key_of(vectors[i].type, &secret);
        const hf_crypto_key peer = key_of(hf_key_type_public(vectors[i].type), &point);
        assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &key), HF_OK);
        for (size_t bit = 0; bit < 8 * point.len; bit += 5) {
            blob shared;
            hf_buffer out = blob_buffer(&shared);
            point.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(agree(&key, &peer, &out), HF_ERR_KEY);
            assert_int_equal(out.len, 0);
            point.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        hf_crypto_parsed_destroy(&fixture_crypto, 0, key.parsed);
    }
}

/* The point is checked at use, also when the device has it parsed. */
static void test_agree_checks_a_parsed_peer_again(void **state)
{
    (void)state;
    blob secret = unhex(vectors[0].secrets[0]);
    blob point = unhex(vectors[0].points[1]);
    blob shared;
    hf_buffer out = blob_buffer(&shared);
    const hf_crypto_key key = key_of(HF_KEY_P256, &secret);
    hf_crypto_key peer = key_of(HF_KEY_P256_PUBLIC, &point);
    assert_int_equal(hf_crypto_parse(&fixture_crypto, 0, &peer), HF_OK);
    point.data[40] ^= 1;
    assert_int_equal(agree(&key, &peer, &out), HF_ERR_KEY);
    hf_crypto_parsed_destroy(&fixture_crypto, 0, peer.parsed);
}

static void test_agree_key_or_peer_of_wrong_type_is_refused(void **state)
{
    (void)state;
    blob secret = unhex(vectors[0].secrets[0]);
    blob points[] = { unhex(vectors[0].points[1]), unhex(vectors[1].points[1]) };
    blob infinity = { .len = 1 };
    blob shared;
    hf_buffer out = blob_buffer(&shared);
    const hf_crypto_key key = key_of(HF_KEY_P256, &secret);
    const hf_crypto_key public_key = key_of(HF_KEY_P256_PUBLIC, &points[0]);
    const hf_crypto_key other = key_of(HF_KEY_P384_PUBLIC, &points[1]);
    const hf_crypto_key neutral = key_of(HF_KEY_P256_PUBLIC, &infinity);
    assert_int_equal(agree(&key, NULL, &out), HF_ERR_ARG);
    assert_int_equal(agree(&key, &key, &out), HF_ERR_TYPE);
    assert_int_equal(agree(&key, &other, &out), HF_ERR_TYPE);
    assert_int_equal(agree(&public_key, &public_key, &out), HF_ERR_TYPE);
    assert_int_equal(agree(&key, &neutral, &out), HF_ERR_KEY);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agree_both_sides_match),
        cmocka_unit_test(test_agree_secret_of_zeros_has_its_full_length),
        cmocka_unit_test(test_agree_output_too_small_is_size_error),
        cmocka_unit_test(test_agree_every_changed_peer_is_refused),
        cmocka_unit_test(test_agree_checks_a_parsed_peer_again),
        cmocka_unit_test(test_agree_key_or_peer_of_wrong_type_is_refused),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
