/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The message catalogue: every request and response of the protocol, once. Structs
 * (proto.h), the codec, names in logs and statistics, the client's calls, the fuzzing
 * dictionary and docs/protocol.md are made from these lists.
 *
 * HF_CATALOGUE(M): M(kind, GROUP, name, doc) for each request; kind = group << 8 |
 * action,
 *     with group < HF_GROUP_COUNT_MAX and action < HF_ACTION_COUNT_MAX.
 * HF_FIELDS_<name>_request(F, S) and HF_FIELDS_<name>_response(F, S): the fields in wire
 *     order, F(S, type, name, min, max, doc). S is passed on to each F: the user's own
 *     word, usually the struct. Numbers are little-endian; type is one of
 *     U8 U16 U32 U64  a number, min <= value <= max
 *     BITS16 BITS32   flag bits: max is the mask of the defined ones, others are an error
 *     HANDLE          u32; reserved bits are an error; min 1: the number must not be 0
 *     LABEL           HF_LABEL_SIZE bytes
 *     BYTES           u32 length, min <= length <= max, then the bytes
 *     NONE            no field (an empty message)
 * Kinds and field orders are wire values: never renumbered, only appended.
 *
 *     #define PRINT_KIND(kind, group, name, doc) puts(#name ": " doc);
 *     HF_CATALOGUE(PRINT_KIND)
 */
#ifndef HOLDFAST_CATALOGUE_H
#define HOLDFAST_CATALOGUE_H

#define HF_BODY_SIZE_MIN 1280u /* bytes of the smallest negotiated maximum body */
#define HF_BODY_SIZE_MAX (1024u * 1024u) /* bytes of the largest */
#define HF_BODY_SIZE_INIT 256u           /* bytes of a body before INIT */
#define HF_GROUP_COUNT_MAX 16u           /* group numbers are below this, */
#define HF_ACTION_COUNT_MAX 32u          /* actions below this: bounds of lookup tables */

/* Tables, read as columns. */
// clang-format off

/* X(GROUP, number, name, doc) */
#define HF_GROUPS(X)                                                                     \
    X(COMM, 0x01, "comm", "the connection itself")                                       \
    X(NVM, 0x02, "nvm", "data objects")                                                  \
    X(KEY, 0x03, "key", "keys")                                                          \
    X(CRYPTO, 0x04, "crypto", "cryptographic operations")                                \
    X(COUNTER, 0x05, "counter", "monotonic counters")                                    \
    X(ADMIN, 0x0B, "admin", "statistics and maintenance")

#define HF_CATALOGUE(M)                                                                  \
    M(0x0101, COMM, comm_init,                                                           \
      "Negotiate version, body size and window; the first request")                      \
    M(0x0102, COMM, comm_info, "Describe the server")                                    \
    M(0x0103, COMM, comm_echo, "Send the data back")                                     \
    M(0x0104, COMM, comm_close, "End the session after this answer")                     \
    M(0x0105, COMM, comm_cancel, "Drop the session's queued requests, end its streams")  \
    M(0x0201, NVM, nvm_put, "Store or replace a data object")                            \
    M(0x0202, NVM, nvm_read, "Read a range of a data object together with its metadata") \
    M(0x0203, NVM, nvm_info, "Metadata of a data object")                                \
    M(0x0204, NVM, nvm_list, "One page of the list of data objects")                     \
    M(0x0205, NVM, nvm_destroy, "Destroy a data object")                                 \
    M(0x0206, NVM, nvm_space, "Free-space figures of the store")                         \
    M(0x0301, KEY, key_import, "Put a key into the cache, or also into the store")       \
    M(0x0302, KEY, key_generate, "Generate a key that never leaves the server")          \
    M(0x0303, KEY, key_export, "Export a key's material where its flags allow it")       \
    M(0x0304, KEY, key_export_public, "Export the public part of a key")                 \
    M(0x0305, KEY, key_info, "Metadata of a key")                                        \
    M(0x0306, KEY, key_list, "One page of the list of keys")                             \
    M(0x0307, KEY, key_commit, "Store a cached key")                                     \
    M(0x0308, KEY, key_evict, "Take a key out of the cache")                             \
    M(0x0309, KEY, key_erase, "Destroy a key in cache and store")                        \
    M(0x030A, KEY, key_revoke, "Clear all usage of a key for good")                      \
    M(0x030B, KEY, key_wrap, "Export a key encrypted under another key")                 \
    M(0x030C, KEY, key_unwrap, "Put a wrapped key into the cache, or also the store")    \
    M(0x030D, KEY, key_wrap_data, "Encrypt data under a key that may only wrap")         \
    M(0x030E, KEY, key_unwrap_data, "Decrypt what key_wrap_data made")                   \
    M(0x030F, KEY, key_derive, "Derive a new key, or a secret, from a key")              \
    M(0x0310, KEY, key_agree, "Agree on a new key, or a secret, with a public key")      \
    M(0x0311, KEY, key_encapsulate,                                                      \
      "Make a new key, or a secret, and its encapsulation for a public key")             \
    M(0x0312, KEY, key_decapsulate, "The key, or the secret, of an encapsulation")       \
    M(0x0313, KEY, key_signatures_left, "How many signatures a stateful key has left")   \
    M(0x0401, CRYPTO, random, "Random bytes")                                            \
    M(0x0402, CRYPTO, hash, "Digest of data")                                            \
    M(0x0403, CRYPTO, hash_start, "Open a hash stream in the session")                   \
    M(0x0404, CRYPTO, stream_update, "Add data to a stream; what a cipher gives")        \
    M(0x0405, CRYPTO, stream_finish, "Digest, MAC or rest of a stream, which ends")      \
    M(0x0406, CRYPTO, mac_generate, "MAC of data")                                       \
    M(0x0407, CRYPTO, mac_verify, "Verify a MAC")                                        \
    M(0x0408, CRYPTO, encrypt, "Encrypt; the nonce is made by the server")               \
    M(0x0409, CRYPTO, decrypt, "Decrypt")                                                \
    M(0x040A, CRYPTO, sign, "Sign a message or a digest")                                \
    M(0x040B, CRYPTO, verify, "Verify a signature")                                      \
    M(0x040C, CRYPTO, capabilities,                                                      \
      "Which algorithms and key types the server supports")                              \
    M(0x040D, CRYPTO, mac_start, "Open a MAC stream in the session")                     \
    M(0x040E, CRYPTO, cipher_start, "Open a stream of encryption or decryption")         \
    M(0x0501, COUNTER, counter_create, "Create a counter")                               \
    M(0x0502, COUNTER, counter_increment, "Add to a counter and tell the new value")     \
    M(0x0503, COUNTER, counter_read, "Value and metadata of a counter")                  \
    M(0x0504, COUNTER, counter_list, "One page of the list of counters")                 \
    M(0x0505, COUNTER, counter_destroy, "Retire a counter")                              \
    M(0x0506, COUNTER, counter_purge, "Remove a retired counter for good")               \
    M(0x0B01, ADMIN, admin_statistics, "Statistics of one group, or of all")             \
    M(0x0B02, ADMIN, admin_status, "State of store, key cache, lock and queues")         \
    M(0x0B03, ADMIN, admin_compact, "Run cleaning until no destroyed secret is left")    \
    M(0x0B04, ADMIN, admin_log_level, "Set the level of the server's log")

/* ---- COMM ---- */
#define HF_FIELDS_comm_init_request(F, S)                                                \
    F(S, U8, version, 0, 255, "protocol version that the client speaks")                 \
    F(S, U32, body_size, HF_BODY_SIZE_MIN, HF_BODY_SIZE_MAX,                             \
      "largest body it wants, bytes")                                                    \
    F(S, U16, window, 1, 64, "requests it wants in flight")                              \
    F(S, BYTES, name, 0, 64, "what the client calls itself; for logs only")
#define HF_FIELDS_comm_init_response(F, S)                                               \
    F(S, U8, version, 0, 255, "protocol version of this session")                        \
    F(S, U32, body_size, HF_BODY_SIZE_MIN, HF_BODY_SIZE_MAX,                             \
      "largest body granted, bytes")                                                     \
    F(S, U16, window, 1, 64, "requests in flight granted")                               \
    F(S, U16, owner, 0, 65535, "the identity's owner number")                            \
    F(S, BITS32, permissions, 0, 0x0000000F, "HF_PERMISSION_* of the identity")
#define HF_FIELDS_comm_info_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_comm_info_response(F, S)                                               \
    F(S, BYTES, version, 0, 64, "version text of the server software")                   \
    F(S, BYTES, name, 0, 64, "name of the server")                                       \
    F(S, U16, owner, 0, 65535, "the identity's owner number")                            \
    F(S, BITS32, permissions, 0, 0x0000000F, "HF_PERMISSION_* of the identity")          \
    F(S, U32, session_count, 0, 0xFFFFFFFF, "open sessions")
#define HF_FIELDS_comm_echo_request(F, S)                                                \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "any bytes")
#define HF_FIELDS_comm_echo_response(F, S)                                               \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "the same bytes")
#define HF_FIELDS_comm_close_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_comm_close_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_comm_cancel_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_comm_cancel_response(F, S)                                             \
    F(S, U16, stream_count, 0, 65535, "streams that were ended")

/* ---- NVM ---- */
#define HF_FIELDS_nvm_put_request(F, S)                                                  \
    F(S, HANDLE, handle, 0, 0, "the object; number 0: the server assigns one")           \
    F(S, BITS32, flags, 0, 0x0000000F,                                                   \
      "HF_FLAG_*: NONMODIFIABLE, NONDESTROYABLE, NONEXPORTABLE, SENSITIVE")              \
    F(S, BITS16, access, 0, 0x0003, "HF_ACCESS_*")                                       \
    F(S, LABEL, label, 0, 0, "label")                                                    \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "payload")
#define HF_FIELDS_nvm_put_response(F, S) F(S, HANDLE, handle, 1, 0, "the object")
#define HF_FIELDS_nvm_read_request(F, S)                                                 \
    F(S, HANDLE, handle, 1, 0, "the object")                                             \
    F(S, U32, offset, 0, 0xFFFFFFFF, "first byte wanted")                                \
    F(S, U32, len, 0, 0xFFFFFFFF, "bytes wanted at most")
#define HF_FIELDS_nvm_read_response(F, S)                                                \
    F(S, U32, total_len, 0, 0xFFFFFFFF, "bytes of the whole payload")                    \
    F(S, U64, generation, 0, 0xFFFFFFFFFFFFFFFF, "differs after every replacement")      \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*")                                      \
    F(S, LABEL, label, 0, 0, "label")                                                    \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "the bytes")
#define HF_FIELDS_nvm_info_request(F, S) F(S, HANDLE, handle, 1, 0, "the object")
#define HF_FIELDS_nvm_info_response(F, S)                                                \
    F(S, U32, len, 0, 0xFFFFFFFF, "bytes of the payload")                                \
    F(S, U64, generation, 0, 0xFFFFFFFFFFFFFFFF, "differs after every replacement")      \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*")                                      \
    F(S, BITS16, access, 0, 0xFFFF, "HF_ACCESS_*")                                       \
    F(S, LABEL, label, 0, 0, "label")
/* Lists: cursor 0 begins; a page's cursor continues; next cursor 0 ends. */
#define HF_FIELDS_nvm_list_request(F, S)                                                 \
    F(S, U32, cursor, 0, 0xFFFFFFFF, "0, or what the last page told")                    \
    F(S, U16, count_max, 0, 65535, "entries wanted at most; 0: as many as fit")
#define HF_FIELDS_nvm_list_response(F, S)                                                \
    F(S, U32, cursor, 0, 0xFFFFFFFF, "where to go on; 0: this was the last page")        \
    F(S, U64, generation, 0, 0xFFFFFFFFFFFFFFFF, "the store's generation at this page")  \
    F(S, BYTES, entries, 0, HF_BODY_SIZE_MAX, "repeated object_entry")
#define HF_FIELDS_nvm_destroy_request(F, S) F(S, HANDLE, handle, 1, 0, "the object")
#define HF_FIELDS_nvm_destroy_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_nvm_space_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_nvm_space_response(F, S)                                               \
    F(S, U64, total_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes that live records can occupy")   \
    F(S, U64, used_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes of live records")                 \
    F(S, U64, free_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes that are free for records")       \
    F(S, U64, reclaimable_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes that cleaning would free") \
    F(S, U32, object_count, 0, 0xFFFFFFFF, "live objects")                               \
    F(S, U32, object_count_max, 0, 0xFFFFFFFF, "room in the index")

/* ---- KEY ---- */
#define HF_FIELDS_key_import_request(F, S)                                               \
    F(S, HANDLE, handle, 0, 0, "the key; number 0: the server assigns one")              \
    F(S, U32, type, 1, 0xFFFFFFFF, "HF_KEY_TYPE")                                        \
    F(S, BITS32, flags, 0, 0x7F7F3E1F, "HF_FLAG_*, HF_USAGE_*")                          \
    F(S, BITS16, access, 0, 0x0003, "HF_ACCESS_*")                                       \
    F(S, LABEL, label, 0, 0, "label")                                                    \
    F(S, U8, store, 0, 1, "1: into the store too, in the same transaction")              \
    F(S, U16, format, 0, 3, "enum hf_key_format of the material")                        \
    F(S, BYTES, password, 0, 1024, "of an ENCRYPTED format; secret")                     \
    F(S, BYTES, material, 1, HF_BODY_SIZE_MAX, "the key; secret")
#define HF_FIELDS_key_import_response(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_generate_request(F, S)                                             \
    F(S, HANDLE, handle, 0, 0, "the key; number 0: the server assigns one")              \
    F(S, U32, type, 1, 0xFFFFFFFF, "HF_KEY_TYPE of a secret or private key")             \
    F(S, BITS32, flags, 0, 0x7F7F3E1F, "HF_FLAG_*, HF_USAGE_*")                          \
    F(S, BITS16, access, 0, 0x0003, "HF_ACCESS_*")                                       \
    F(S, LABEL, label, 0, 0, "label")                                                    \
    F(S, U8, store, 0, 1, "1: into the store too, in the same transaction")
#define HF_FIELDS_key_generate_response(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_export_request(F, S)                                               \
    F(S, HANDLE, handle, 1, 0, "the key")                                                \
    F(S, U16, format, 0, 1, "enum hf_key_format")
#define HF_FIELDS_key_export_response(F, S)                                              \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE")                                        \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*, HF_USAGE_*")                          \
    F(S, LABEL, label, 0, 0, "label")                                                    \
    F(S, BYTES, material, 0, HF_BODY_SIZE_MAX, "the key; secret")
#define HF_FIELDS_key_export_public_request(F, S)                                        \
    F(S, HANDLE, handle, 1, 0, "the key: private or public")                             \
    F(S, U16, format, 0, 1, "enum hf_key_format")
#define HF_FIELDS_key_export_public_response(F, S)                                       \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE of the public key")                      \
    F(S, BYTES, material, 0, HF_BODY_SIZE_MAX, "the public key")
#define HF_FIELDS_key_info_request(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_info_response(F, S)                                                \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE")                                        \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*, HF_USAGE_*")                          \
    F(S, BITS16, access, 0, 0xFFFF, "HF_ACCESS_*")                                       \
    F(S, U64, generation, 0, 0xFFFFFFFFFFFFFFFF, "0: not stored")                        \
    F(S, U8, is_stored, 0, 1, "1: in the store; 0: only in the cache")                   \
    F(S, LABEL, label, 0, 0, "label")
#define HF_FIELDS_key_list_request(F, S) HF_FIELDS_nvm_list_request(F, S)
#define HF_FIELDS_key_list_response(F, S) HF_FIELDS_nvm_list_response(F, S)
#define HF_FIELDS_key_commit_request(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_commit_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_key_evict_request(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_evict_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_key_erase_request(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_erase_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_key_revoke_request(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_revoke_response(F, S) F(S, NONE, none, 0, 0, "")

/* What a request says of a key that it makes. */
#define HF_FIELDS_new_key(F, S)                                                          \
    F(S, HANDLE, handle, 0, 0, "the new key; number 0: the server assigns one")          \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE of the new key")                         \
    F(S, BITS32, flags, 0, 0x7F7F3E1F, "HF_FLAG_*, HF_USAGE_*")                          \
    F(S, BITS16, access, 0, 0x0003, "HF_ACCESS_*")                                       \
    F(S, LABEL, label, 0, 0, "label")                                                    \
    F(S, U8, store, 0, 1, "1: into the store too, in the same transaction")
/* What is made of a secret that was derived: a key, or the secret itself. */
#define HF_FIELDS_new_secret(F, S)                                                       \
    HF_FIELDS_new_key(F, S)                                                              \
    F(S, U8, is_exported, 0, 1,                                                          \
      "1: the secret is answered and no key is made; needs ALLOW_SECRET")                \
    F(S, U32, len, 0, 16384, "bytes of the secret; 0: as the type has, or all")
/* A derivation (enum hf_algorithm_id of class KDF). */
#define HF_FIELDS_derivation(F, S)                                                       \
    F(S, U16, kdf, 0, 65535, "enum hf_algorithm_id of a KDF; 0: none")                   \
    F(S, U16, hash, 0, 65535, "enum hf_algorithm_id of its hash, where it takes one")    \
    F(S, U32, iterations, 0, 0x7FFFFFFF, "PBKDF2")                                       \
    F(S, BYTES, salt, 0, 4096, "salt; TLS 1.2 PRF: seed")                                \
    F(S, BYTES, kdf_label, 0, 4096, "KBKDF, TWO_STEP, TLS 1.2 PRF: label")               \
    F(S, BYTES, info, 0, 4096, "info, FixedInfo, context or SharedInfo")
#define HF_FIELDS_wrapping(F, S)                                                         \
    F(S, HANDLE, kek, 1, 0, "the key that wraps")                                        \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of class WRAP")                 \
    F(S, U16, hash, 0, 65535, "RSA: hash of OAEP; 0: SHA-256")                           \
    F(S, U16, mgf_hash, 0, 65535, "RSA: hash of MGF1; 0: as `hash`")                     \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")
#define HF_FIELDS_key_wrap_request(F, S)                                                 \
    F(S, HANDLE, handle, 1, 0, "the key to be wrapped")                                  \
    HF_FIELDS_wrapping(F, S)
#define HF_FIELDS_key_wrap_response(F, S)                                                \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE of the wrapped key")                     \
    F(S, BYTES, wrapped, 0, HF_BODY_SIZE_MAX, "the wrapped key")
#define HF_FIELDS_key_unwrap_request(F, S)                                               \
    HF_FIELDS_new_key(F, S)                                                              \
    HF_FIELDS_wrapping(F, S)                                                             \
    F(S, BYTES, wrapped, 1, HF_BODY_SIZE_MAX, "what key_wrap, or another system, made")
#define HF_FIELDS_key_unwrap_response(F, S)                                              \
    F(S, HANDLE, handle, 1, 0, "the new key")                                            \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE")                                        \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*, HF_USAGE_*")
#define HF_FIELDS_key_wrap_data_request(F, S)                                            \
    F(S, HANDLE, kek, 1, 0, "an AES key that may WRAP")                                  \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "the data")
#define HF_FIELDS_key_wrap_data_response(F, S)                                           \
    F(S, BYTES, wrapped, 0, HF_BODY_SIZE_MAX, "the wrapped data")
#define HF_FIELDS_key_unwrap_data_request(F, S)                                          \
    F(S, HANDLE, kek, 1, 0, "an AES key that may UNWRAP")                                \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, BYTES, wrapped, 0, HF_BODY_SIZE_MAX, "what key_wrap_data made")
#define HF_FIELDS_key_unwrap_data_response(F, S)                                         \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "the data")
#define HF_FIELDS_key_derive_request(F, S)                                               \
    F(S, HANDLE, base, 1, 0, "a key that may DERIVE")                                    \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    HF_FIELDS_derivation(F, S)                                                           \
    HF_FIELDS_new_secret(F, S)
#define HF_FIELDS_secret_response(F, S)                                                  \
    F(S, HANDLE, handle, 0, 0, "the new key; 0: the secret is in this answer")           \
    F(S, BYTES, secret, 0, 16384, "the secret, if it was asked for; secret")
#define HF_FIELDS_key_derive_response(F, S) HF_FIELDS_secret_response(F, S)
#define HF_FIELDS_key_agree_request(F, S)                                                \
    F(S, HANDLE, base, 1, 0, "a private key that may DERIVE")                            \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of class AGREE")                \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, U16, peer_format, 0, 1, "enum hf_key_format of the peer's public key")          \
    F(S, BYTES, peer, 1, 1024, "public key of the other side, of the same curve")        \
    HF_FIELDS_derivation(F, S)                                                           \
    HF_FIELDS_new_secret(F, S)
#define HF_FIELDS_key_agree_response(F, S) HF_FIELDS_secret_response(F, S)
#define HF_FIELDS_key_encapsulate_request(F, S)                                          \
    F(S, HANDLE, base, 1, 0, "a public or private key that may DERIVE")                  \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of class KEM")                  \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    HF_FIELDS_derivation(F, S)                                                           \
    HF_FIELDS_new_secret(F, S)
#define HF_FIELDS_key_encapsulate_response(F, S)                                         \
    HF_FIELDS_secret_response(F, S)                                                      \
    F(S, BYTES, ciphertext, 0, 4096, "the encapsulation")
#define HF_FIELDS_key_decapsulate_request(F, S)                                          \
    F(S, HANDLE, base, 1, 0, "a private key that may DERIVE")                            \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of class KEM")                  \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, BYTES, ciphertext, 0, 4096, "the encapsulation")                                \
    HF_FIELDS_derivation(F, S)                                                           \
    HF_FIELDS_new_secret(F, S)
#define HF_FIELDS_key_decapsulate_response(F, S) HF_FIELDS_secret_response(F, S)
#define HF_FIELDS_key_signatures_left_request(F, S) F(S, HANDLE, handle, 1, 0, "the key")
#define HF_FIELDS_key_signatures_left_response(F, S)                                     \
    F(S, U64, count, 0, 0xFFFFFFFFFFFFFFFF, "signatures that it can still make")         \
    F(S, U64, count_max, 0, 0xFFFFFFFFFFFFFFFF, "signatures of its whole life")

/* ---- CRYPTO ---- */
#define HF_FIELDS_random_request(F, S)                                                   \
    F(S, U32, len, 0, HF_BODY_SIZE_MAX,                                                  \
      "bytes wanted; they must fit the session's body size")
#define HF_FIELDS_random_response(F, S)                                                  \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "random bytes")
#define HF_FIELDS_hash_request(F, S)                                                     \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of a hash")                     \
    F(S, U32, output_len, 0, 65536, "bytes wanted of a XOF; else 0")                     \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "what to hash")
#define HF_FIELDS_hash_response(F, S) F(S, BYTES, digest, 0, 65536, "digest")
#define HF_FIELDS_hash_start_request(F, S)                                               \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of a hash")                     \
    F(S, U32, output_len, 0, 65536, "bytes wanted of a XOF; else 0")
#define HF_FIELDS_hash_start_response(F, S)                                              \
    F(S, U16, stream, 1, 65535, "names the stream in this session")
/* A stream with a key needs, at each call, that the key still exists and may be used so;
 * when not, that error is the answer and the stream has ended. */
#define HF_FIELDS_stream_update_request(F, S)                                            \
    F(S, U16, stream, 1, 65535, "the stream")                                            \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "what to add")
#define HF_FIELDS_stream_update_response(F, S)                                           \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "output of a cipher; else empty")
#define HF_FIELDS_stream_finish_request(F, S)                                            \
    F(S, U16, stream, 1, 65535, "the stream; it ends in any case")                       \
    F(S, BYTES, mac, 0, 64, "the MAC to be verified, if that was asked; else empty")
#define HF_FIELDS_stream_finish_response(F, S)                                           \
    F(S, BYTES, data, 0, 65536, "digest, MAC, or the rest of a cipher's output")         \
    F(S, BYTES, tag, 0, 32, "tag of an AEAD; else empty")
/* Nonces: empty: made by the server. Given ones need HF_FLAG_ALLOW_NONCE, but to verify,
 * to decrypt, and where the caller always gives one (XTS). */
#define HF_FIELDS_mac_parameters(F, S)                                                   \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of a MAC")                      \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, U16, mac_len, 0, 64, "bytes of the MAC; 0: whole")                              \
    F(S, BYTES, nonce, 0, 128, "GMAC: nonce")
#define HF_FIELDS_mac_generate_request(F, S)                                             \
    F(S, HANDLE, handle, 1, 0, "a key that may SIGN")                                    \
    HF_FIELDS_mac_parameters(F, S)                                                       \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "what to authenticate")
#define HF_FIELDS_mac_generate_response(F, S)                                            \
    F(S, BYTES, mac, 0, 64, "MAC")                                                       \
    F(S, BYTES, nonce, 0, 128, "GMAC: the nonce; else empty")
#define HF_FIELDS_mac_verify_request(F, S)                                               \
    F(S, HANDLE, handle, 1, 0, "a key that may VERIFY")                                  \
    HF_FIELDS_mac_parameters(F, S)                                                       \
    F(S, BYTES, mac, 0, 64, "the MAC, of mac_len bytes")                                 \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "what was authenticated")
#define HF_FIELDS_mac_verify_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_mac_start_request(F, S)                                                \
    F(S, HANDLE, handle, 1, 0, "a key that may SIGN, or VERIFY")                         \
    HF_FIELDS_mac_parameters(F, S)                                                       \
    F(S, U8, is_verify, 0, 1, "1: the stream's finish verifies a MAC")
#define HF_FIELDS_mac_start_response(F, S)                                               \
    F(S, U16, stream, 1, 65535, "names the stream in this session")                      \
    F(S, BYTES, nonce, 0, 128, "GMAC: the nonce; else empty")
#define HF_FIELDS_cipher_parameters(F, S)                                                \
    F(S, U16, algorithm, 1, 65535,                                                       \
      "enum hf_algorithm_id of class AEAD, CIPHER or ASYMMETRIC")                        \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, U16, hash, 0, 65535, "OAEP: hash")                                              \
    F(S, U16, mgf_hash, 0, 65535, "OAEP: hash of MGF1; 0: as `hash`")                    \
    F(S, U16, tag_len, 0, 32, "AEAD: bytes of the tag; 0: whole")                        \
    F(S, BYTES, nonce, 0, 128, "nonce, IV or tweak")                                     \
    F(S, BYTES, aad, 0, HF_BODY_SIZE_MAX,                                                \
      "AEAD: additional authenticated data; OAEP: label")
#define HF_FIELDS_encrypt_request(F, S)                                                  \
    F(S, HANDLE, handle, 1, 0, "a key that may ENCRYPT")                                 \
    HF_FIELDS_cipher_parameters(F, S)                                                    \
    F(S, BYTES, plaintext, 0, HF_BODY_SIZE_MAX, "plaintext")
#define HF_FIELDS_encrypt_response(F, S)                                                 \
    F(S, BYTES, nonce, 0, 128, "the nonce, IV or tweak; empty where there is none")      \
    F(S, BYTES, tag, 0, 32, "tag of an AEAD; else empty")                                \
    F(S, BYTES, ciphertext, 0, HF_BODY_SIZE_MAX, "ciphertext")
#define HF_FIELDS_decrypt_request(F, S)                                                  \
    F(S, HANDLE, handle, 1, 0, "a key that may DECRYPT")                                 \
    HF_FIELDS_cipher_parameters(F, S)                                                    \
    F(S, BYTES, tag, 0, 32, "tag of an AEAD, of tag_len bytes")                          \
    F(S, BYTES, ciphertext, 0, HF_BODY_SIZE_MAX, "ciphertext")
#define HF_FIELDS_decrypt_response(F, S)                                                 \
    F(S, BYTES, plaintext, 0, HF_BODY_SIZE_MAX, "plaintext")
#define HF_FIELDS_cipher_start_request(F, S)                                             \
    F(S, HANDLE, handle, 1, 0, "a key that may ENCRYPT, or DECRYPT")                     \
    HF_FIELDS_cipher_parameters(F, S)                                                    \
    F(S, U8, is_decrypt, 0, 1, "1: decrypt; not with an AEAD")
#define HF_FIELDS_cipher_start_response(F, S)                                            \
    F(S, U16, stream, 1, 65535, "names the stream in this session")                      \
    F(S, BYTES, nonce, 0, 128, "the nonce, IV or tweak; empty where there is none")
#define HF_FIELDS_signature_parameters(F, S)                                             \
    F(S, U16, algorithm, 1, 65535, "enum hf_algorithm_id of a signature")                \
    F(S, U16, affinity, 0, 2, "enum hf_affinity")                                        \
    F(S, U16, format, 0, 1, "enum hf_signature_format (ECDSA)")                          \
    F(S, U16, hash, 0, 65535,                                                            \
      "enum hf_algorithm_id of a hash; ECDSA 0: `data` is a digest of any hash")         \
    F(S, U16, mgf_hash, 0, 65535, "PSS: hash of MGF1; 0: as `hash`")                     \
    F(S, U16, salt_len, 0, 65535, "PSS: bytes of the salt; 65535: as the hash has")      \
    F(S, U8, is_digest, 0, 1, "1: `data` is the digest by `hash`, not the message")      \
    F(S, U8, is_deterministic, 0, 1,                                                     \
      "ML-DSA, SLH-DSA, 1: without randomness (FIPS 204, FIPS 205)")                     \
    F(S, BYTES, context, 0, 255, "EdDSA, ML-DSA, SLH-DSA: context")
#define HF_FIELDS_sign_request(F, S)                                                     \
    F(S, HANDLE, handle, 1, 0, "a private key that may SIGN")                            \
    HF_FIELDS_signature_parameters(F, S)                                                 \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "message or digest")
#define HF_FIELDS_sign_response(F, S) F(S, BYTES, signature, 0, 65535, "signature")
#define HF_FIELDS_verify_request(F, S)                                                   \
    F(S, HANDLE, handle, 1, 0, "a private or public key that may VERIFY")                \
    HF_FIELDS_signature_parameters(F, S)                                                 \
    F(S, BYTES, signature, 0, 65535, "signature")                                        \
    F(S, BYTES, data, 0, HF_BODY_SIZE_MAX, "message or digest")
#define HF_FIELDS_verify_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_capabilities_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_capabilities_response(F, S)                                            \
    F(S, BYTES, algorithms, 0, HF_BODY_SIZE_MAX, "repeated u16: enum hf_algorithm_id")   \
    F(S, BYTES, key_types, 0, HF_BODY_SIZE_MAX, "repeated u32: HF_KEY_TYPE")

/* ---- COUNTER ---- */
#define HF_FIELDS_counter_create_request(F, S)                                           \
    F(S, HANDLE, handle, 0, 0, "the counter; number 0: the server assigns one")          \
    F(S, U64, value, 0, 0xFFFFFFFFFFFFFFFF, "first value wanted")                        \
    F(S, BITS32, flags, 0, 0x00000002, "HF_FLAG_NONDESTROYABLE or 0")                    \
    F(S, BITS16, access, 0, 0x0003, "HF_ACCESS_*")                                       \
    F(S, LABEL, label, 0, 0, "label")
#define HF_FIELDS_counter_create_response(F, S)                                          \
    F(S, HANDLE, handle, 1, 0, "the counter")                                            \
    F(S, U64, value, 0, 0xFFFFFFFFFFFFFFFF, "its first value")
#define HF_FIELDS_counter_increment_request(F, S)                                        \
    F(S, HANDLE, handle, 1, 0, "the counter")                                            \
    F(S, U64, by, 1, 0xFFFFFFFFFFFFFFFF, "how much to add")
#define HF_FIELDS_counter_increment_response(F, S)                                       \
    F(S, U64, value, 0, 0xFFFFFFFFFFFFFFFF, "new value")
#define HF_FIELDS_counter_read_request(F, S) F(S, HANDLE, handle, 1, 0, "the counter")
#define HF_FIELDS_counter_read_response(F, S)                                            \
    F(S, U64, value, 0, 0xFFFFFFFFFFFFFFFF, "value")                                     \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*")                                      \
    F(S, LABEL, label, 0, 0, "label")
#define HF_FIELDS_counter_list_request(F, S) HF_FIELDS_nvm_list_request(F, S)
#define HF_FIELDS_counter_list_response(F, S) HF_FIELDS_nvm_list_response(F, S)
#define HF_FIELDS_counter_destroy_request(F, S) F(S, HANDLE, handle, 1, 0, "the counter")
#define HF_FIELDS_counter_destroy_response(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_counter_purge_request(F, S)                                            \
    F(S, HANDLE, handle, 1, 0, "the retired counter")
#define HF_FIELDS_counter_purge_response(F, S) F(S, NONE, none, 0, 0, "")

/* ---- ADMIN ---- */
#define HF_FIELDS_admin_statistics_request(F, S)                                         \
    F(S, U8, group, 0, 255, "group number; 0: the sum of all")
#define HF_FIELDS_admin_statistics_response(F, S)                                        \
    F(S, U64, request_count, 0, 0xFFFFFFFFFFFFFFFF, "requests answered")                 \
    F(S, U64, error_count, 0, 0xFFFFFFFFFFFFFFFF, "of these, answered with an error")    \
    F(S, U64, again_count, 0, 0xFFFFFFFFFFFFFFFF, "steps that were run again")           \
    F(S, U64, lock_count, 0, 0xFFFFFFFFFFFFFFFF, "holds of the store lock")              \
    F(S, U64, hold_ns, 0, 0xFFFFFFFFFFFFFFFF, "sum of the times the lock was held, ns")  \
    F(S, U64, hold_ns_max, 0, 0xFFFFFFFFFFFFFFFF, "longest hold, ns")                    \
    F(S, U64, hold_ns_p99, 0, 0xFFFFFFFFFFFFFFFF,                                        \
      "99th percentile of holds, ns; upper end of its bucket")                           \
    F(S, U64, wait_ns, 0, 0xFFFFFFFFFFFFFFFF,                                            \
      "sum of the times waited for the lock, ns")                                        \
    F(S, U64, wait_ns_max, 0, 0xFFFFFFFFFFFFFFFF, "longest wait, ns")                    \
    F(S, U64, parked_count, 0, 0xFFFFFFFFFFFFFFFF, "answers that waited for durability") \
    F(S, U64, queued_count, 0, 0xFFFFFFFFFFFFFFFF, "requests that waited in a queue")
#define HF_FIELDS_admin_status_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_admin_status_response(F, S)                                            \
    F(S, U32, session_count, 0, 0xFFFFFFFF, "open sessions")                             \
    F(S, U64, head, 0, 0xFFFFFFFFFFFFFFFF, "newest commit of the store")                 \
    F(S, U64, durable, 0, 0xFFFFFFFFFFFFFFFF, "durable position of the store")           \
    F(S, U8, is_failed, 0, 1, "1: the store's device has failed; read-only")             \
    F(S, U32, object_count, 0, 0xFFFFFFFF, "live objects")                               \
    F(S, U32, object_count_max, 0, 0xFFFFFFFF, "room in the index")                      \
    F(S, U64, total_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes that live records can occupy")   \
    F(S, U64, used_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes of live records")                 \
    F(S, U64, free_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes that are free for records")       \
    F(S, U64, reclaimable_size, 0, 0xFFFFFFFFFFFFFFFF, "bytes that cleaning would free") \
    F(S, U32, secret_residue_count, 0, 0xFFFFFFFF,                                       \
      "destroyed secrets still on the medium")                                           \
    F(S, U32, small_count, 0, 0xFFFFFFFF, "small key slots")                             \
    F(S, U32, small_used_count, 0, 0xFFFFFFFF, "of these, in use")                       \
    F(S, U32, large_count, 0, 0xFFFFFFFF, "large key slots")                             \
    F(S, U32, large_used_count, 0, 0xFFFFFFFF, "of these, in use")                       \
    F(S, U32, lease_count, 0, 0xFFFFFFFF, "key leases that are out")                     \
    F(S, U32, doomed_count, 0, 0xFFFFFFFF, "slots that wait for their last lease")       \
    F(S, U64, hit_count, 0, 0xFFFFFFFFFFFFFFFF, "leases served from the cache")          \
    F(S, U64, miss_count, 0, 0xFFFFFFFFFFFFFFFF, "leases that loaded the key")           \
    F(S, U64, eviction_count, 0, 0xFFFFFFFFFFFFFFFF, "keys evicted to make room")        \
    F(S, U32, slow_running_count, 0, 0xFFFFFFFF, "slow requests running")                \
    F(S, U32, slow_queued_count, 0, 0xFFFFFFFF, "slow requests queued")                  \
    F(S, U32, device_queued_count, 0, 0xFFFFFFFF,                                        \
      "requests queued for exclusive devices")                                           \
    F(S, U32, slot_queued_count, 0, 0xFFFFFFFF, "requests queued for a key slot")        \
    F(S, U64, device_error_count, 0, 0xFFFFFFFFFFFFFFFF,                                 \
      "operations that a crypto device failed to do")                                    \
    F(S, U64, device_fallback_count, 0, 0xFFFFFFFFFFFFFFFF,                              \
      "of these, given to the next device, as the server's policy allows")
#define HF_FIELDS_admin_compact_request(F, S) F(S, NONE, none, 0, 0, "")
#define HF_FIELDS_admin_compact_response(F, S)                                           \
    F(S, U32, secret_residue_count, 0, 0xFFFFFFFF,                                       \
      "destroyed secrets still on the medium")
#define HF_FIELDS_admin_log_level_request(F, S) F(S, U8, level, 0, 4, "enum hf_log_level")
#define HF_FIELDS_admin_log_level_response(F, S) F(S, NONE, none, 0, 0, "")

/* ---- records inside of lists: HF_RECORDS(R): R(name, doc) ---- */
#define HF_RECORDS(R) R(object_entry, "one entry of a list of objects, keys or counters")
#define HF_FIELDS_object_entry(F, S)                                                     \
    F(S, HANDLE, handle, 1, 0, "the object")                                             \
    F(S, U32, type, 0, 0xFFFFFFFF, "HF_KEY_TYPE of a key; 0 for others")                 \
    F(S, U32, len, 0, 0xFFFFFFFF, "bytes of the payload")                                \
    F(S, BITS32, flags, 0, 0xFFFFFFFF, "HF_FLAG_*, HF_USAGE_*")                          \
    F(S, U64, value, 0, 0xFFFFFFFFFFFFFFFF, "value of a counter; 0 for others")          \
    F(S, LABEL, label, 0, 0, "label")

// clang-format on

#endif
