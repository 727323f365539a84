/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Vectors of ML-KEM and ML-DSA from Project Wycheproof (Apache-2.0), with the file and
 * the number of each test. What is long and only compared is given as its SHA-256.
 */
#ifndef TEST_OPENSSL_PQ_VECTORS_H
#define TEST_OPENSSL_PQ_VECTORS_H

/* mlkem_768_keygen_seed_test, test 1: d || z */
#define ML_KEM_SEED                                                                      \
    "7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d8626ed79d4511408"   \
    "00e03b59b956f8210e556067407d13dc90fa9e8b872bfb8f"

/* the encapsulation key */
#define ML_KEM_PUBLIC_SHA256                                                             \
    "86adbca81f4fee893e2fb58fb98aa2fe188f501fed268d7f4056f8c05c4e53c4"

/* the decapsulation key */
#define ML_KEM_EXPANDED_SHA256                                                           \
    "8757e8aee5e441aee07a43af40467d32f80aee5c51aae4ebd2bdb844c038aac7"

/* mlkem_768_test, test 1 */
#define ML_KEM_DECAPS_SEED                                                               \
    "cbfc4405d1b2a3a386c94c25e0f2d5f5ee92cb0388ff4d6aa04223086d51c3fd24752da14c9fc3b8"   \
    "ae0d9e4a8b1016b8d8fc69e229c03ea2ef08a4ae0cffc37f"

/* the ciphertext */
#define ML_KEM_DECAPS_CIPHERTEXT                                                         \
    "00e96c44eb5f5380d80b4cb05d608971a28fbe838b912b558bf9676c6c67c9692ed6ea063fc47b70"   \
    "d5d6004825c269b9cb8e68b5728d67f44844d97686a11154e3cbd4a6f9e47524d93d851bdce480d7"   \
    "762ded09be53d17cce3ee28dc5a06911c062b99b218355dd5822108c55e2c67f7ea0b74b6189b33b"   \
    "4589d8ff9d0c867d13edaaf1c5f724675320beda3e6acc673c048fa04a1b30f899227d5a555e08a4"   \
    "12a47b7db75eb118a8844a71b186880426f6bb6e77186d18e753cbcce93c9fb76c729875b4d473ee"   \
    "ca8dab9941969faef04df9ce3178e7341eab416d28bb7aee12bfb8f4c3df814eff45a0187329079a"   \
    "cfc41a8e8dba7b08d111f02e37a1d2b69e57eef808fcc6ae23385534a420a93dfb6a95c73e2f1016"   \
    "177c4fe9d3ced769e277293aaceded6d07efc7890eaa885bd1e73f9e5da2b9cfda0d44cbc9090705"   \
    "ac2ce3e7bcd7775b593c706e45ddc97d3a65d9b7e73673f9473df5bfec689671f73e7f6ee77c730a"   \
    "8ebda1f0b2c112a71904d6f28a51d8d479f8323fb485e722f5c4d5857e95989a9cbaf273efd04fc3"   \
    "cbde98baa9969e095e88accecfbd12ef2155497a5b15fe91a70d1106b91a568363bfc2d6736cc813"   \
    "8cbc41ddf1e54fd40511e27d89e2c26c027b63c156e2bbb998faaed3d72186f0cc626dad39a782dc"   \
    "da2087fd13a9498e10b41b685646a227ea1166a5632c195983f4aba2b718b4074030d57126d34c38"   \
    "349892007acbea9e393b967dc3146b270f080a1f0bee90d65a095a6352a7718ed1717a8025a2bd38"   \
    "c66d120baf4247676a1fe044a57ce268c078f8ff46cc26fe4f9c7a03d6467adacb8418d26273662b"   \
    "ce1f7bc00b906e0088e95dc0fb419e2232e85aac77b9e7cd563e604de5e1d3e9693dcd3b19865cf4"   \
    "250773691e7e0af9c2755cd31f49d1f96708f3ba2f0b98184525abb869e12d5cea0ac1740181a875"   \
    "035300b05a54b8d42ee3b4ae92b06e43cd807e2b096c977f23c61ef8c989c52ed83754076dea1323"   \
    "f639250bef61bdf903bf7961cec89ba6942d9d0647ac9c8195d93ed8abcedf25754644035719a5a0"   \
    "a1c8c0798912726a9a8258e4c10ae7485322ed9ba331f6f090c4b492a4fcf53d753cd34f28ec0443"   \
    "fce0724f43c89a3942169d5099a8f7430f38691ebce2e3fe4f600d82c7ccedf60673f8e5d4c1a9f8"   \
    "4b8b5b23f5ed63defb6a7205e0a8b105bdc6ff4568fc78cb4456b02fedb7f4c48f6fd6b69216a331"   \
    "9821039db40e19a31a0b0c9d471d5a7a73865d26f8be3595525b1ec4a8579efd07ea98e2602e2bff"   \
    "dfd8febc5c7b4c736d326b5030ccc6faf9420a9c156a8f4516b9fff675459dfdcd4ef85d7adbdffd"   \
    "60f4a39628e399cc752c2e99ab2f431dc765e7c9d206bfe32649fbef4ef48b1d7936fc74766d7243"   \
    "50ee2245a8d5f23fbc6c7ed8b57168ce1e864e49d7f8c475dcda140bd42473825b3c72eb8c547801"   \
    "88813011e1962a503f9b516e13226de6375b204733b0192183c8f55e870e61cf8947c3191790bc0b"   \
    "657bc43aebc9d86c"

/* the shared secret */
#define ML_KEM_DECAPS_SECRET                                                             \
    "76c10bb1d86d96d7eb18e298363e51f7728e113f455df7d15017940ed3541451"

/* mldsa_65_sign_seed_test, the first group */
#define ML_DSA_SEED "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a"

/* the public key */
#define ML_DSA_PUBLIC_SHA256                                                             \
    "b7acce2ddb11f8cc1aa46e2bafac6eacfa2b732ef192bd636ad8d3a56d649c66"

/* of "Hello world", test 1, deterministic */
#define ML_DSA_SIGNATURE_SHA256                                                          \
    "39fbbb0d97a52c79844213b325af823a7f16a174e00a5b3daeb3e6e6d1c89681"

/* the same under "Context", test 3 */
#define ML_DSA_CONTEXT_SIGNATURE_SHA256                                                  \
    "c32dd9c1fdb53c049ebb75d98604d27593e32f5da2b1201c9289692de6ebea2e"

/*
 * Of every parameter set, computed with another implementation, written from the texts of
 * FIPS 203 to 205: the key whose raw form is 00 01 02 and so on (of SLH-DSA, up to the
 * root, which is given here), the SHA-256 of its public key, and the SHA-256 of its
 * deterministic signature of "Message" under the context "context".
 */
typedef struct pq_vector {
    uint32_t type;
    const char *public;    /* SHA-256; of SLH-DSA the root */
    const char *signature; /* SHA-256; NULL = none, or one that takes long */
} pq_vector;

/* clang-format off */
static const pq_vector pq_vectors[] = {
    { HF_KEY_ML_KEM_512,
      "3ae268dccc5456ac0d0f9b39257dc48fe081383b97c400512d712b739762daee",
      NULL },
    { HF_KEY_ML_KEM_768,
      "0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9",
      NULL },
    { HF_KEY_ML_KEM_1024,
      "c7b8fa0aa471d5ae18922d6ccad5b31e1d84f92ae723abfd13747018740a8530",
      NULL },
    { HF_KEY_ML_DSA_44,
      "9f107644c1084526af3bc8098680b05499a2325a644e388fb4f970e058d19d46",
      "30770919449645eb34f62659d197378e9f7a7001349c0a4f77fcb110027c40cb" },
    { HF_KEY_ML_DSA_65,
      "d666806e11cee19a7c989f7445f90dd419cf4d2d51db8c0fdb4c0f0a542238c9",
      "52e05331ecea9d84ade2aaeae0327afecb819ef6e0ad8116d334641cf90a4811" },
    { HF_KEY_ML_DSA_87,
      "91dc389cfaa01470b7f66eee45a4ae9026d154817c754dfe22298b3fa241ffcd",
      "256662c52ac5d045cc9b04bbfec371a3f686fe39a9a1af52bdf00d51a68970cc" },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_128S),
      "990ce6298792b128846a8e4a3a68954c",
      NULL },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_128F),
      "3b56e816847f000386aeec2e2bb9e1b5",
      "96d4636a9c58fbafcb966ef5c05a6c6c1d47888c0f8b9dff723cda9df4f6aeae" },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_192S),
      "b6f282ce116ff59bce2d9fc4a67c6031dabdce326c34f541",
      NULL },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_192F),
      "9236ccebbb3a90ac2452dd89de49dab1340ec02419a2870e",
      "dccc6d70ff948c0fff6481f6ed1e1e80ba0171fa6b93d4753b4c9acf948f33aa" },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_256S),
      "da7163e601352515bc0f06f9f4f44be71a5a65ee9dca5575cf4a7b6d4a87d6e2",
      NULL },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHA2_256F),
      "42cffe64ddbd6731063752684df77c8b58c225dc6b491208916b654ea1393176",
      "3467a2c619796b693106b98ced6b4a1d2c0479094d1023ce1407b3844ab59702" },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_128S),
      "89fd81fdbb5b94129b14761bdc6bf682",
      NULL },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_128F),
      "a90e4715b9a925c332801767fd786371",
      "c8de16399f4b63e6e4d7379ca924e49d1bf22adfbfa259a651059fd318c3bc61" },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_192S),
      "eb247f955d8eca24a5860536c56b2c4d1e8d8e835eb27d2d",
      NULL },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_192F),
      "3f01b06bebed020a459696868d115fe8507ded8dc08e825d",
      "467ffcf3cfb4e7f9c1e9b7f5ff9847ae1bd189331ce4ac957cf8b98cbadd3895" },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_256S),
      "27ea444dbc8ca9c169fd484b9e977eb77a4f233550757e025cf180ede7e8839f",
      NULL },
    { HF_KEY_SLH_DSA(HF_SLH_DSA_SHAKE_256F),
      "818d7e76beef979b5bbf9161fdefa21bd0fe0bfe19157a5711a8de8a8f6878e6",
      "44c2c6e2b19cef0c8922b2d29fdcfad908146b7337cf762cb592e71a28e8fe68" },
};
/* clang-format on */

#endif
