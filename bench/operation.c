/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The table of operations: see operation.h.
 */
#include "operation.h"

const bench_operation bench_operations[] = {
    { "echo", bench_run_echo, NULL },
    { "comm info", bench_run_info, NULL },
    { "nvm put, own object", bench_run_nvm_put, NULL },
    { "nvm put, same object", bench_run_nvm_put_same, NULL },
    { "nvm read", bench_run_nvm_read, NULL },
    { "nvm info", bench_run_nvm_info, NULL },
    { "nvm list, page of 16", bench_run_nvm_list, NULL },
    { "nvm space", bench_run_nvm_space, NULL },
    { "nvm create + destroy", bench_run_nvm_create, NULL },
    { "counter increment, same counter", bench_run_counter_increment, NULL },
    { "counter read", bench_run_counter_read, NULL },
    { "counter list", bench_run_counter_list, NULL },
    { "counter create + destroy + purge", bench_run_counter_create, NULL },
    { "key info", bench_run_key_info, NULL },
    { "key list", bench_run_key_list, NULL },
    { "key export public", bench_run_key_export, NULL },
    { "key generate P-256 + erase, cached", bench_run_key_generate, NULL },
    { "key generate P-256 + erase, stored", bench_run_key_generate_stored, NULL },
    { "key import + erase, cached", bench_run_key_import, NULL },
    { "key import + commit + evict + erase", bench_run_key_commit, NULL },
    { "capabilities", bench_run_capabilities, NULL },
    { "random 32 bytes", bench_run_random, NULL },
    { "SHA-256 of 1 KiB", bench_run_hash, NULL },
    { "SHA-256 stream of 1 KiB", bench_run_hash_stream, NULL },
    { "HMAC-SHA-256 of 1 KiB", bench_run_mac, NULL },
    { "HMAC-SHA-256 verify", bench_run_mac_verify, NULL },
    { "AES-256-GCM encrypt 1 KiB", bench_run_encrypt, NULL },
    { "AES-256-GCM decrypt 1 KiB", bench_run_decrypt, NULL },
    { "RSA-2048 sign", bench_run_sign_rsa2048, NULL },
    { "ECDSA P-256 sign", bench_run_sign_p256, NULL },
    { "ECDSA P-256 verify", bench_run_verify_p256, NULL },
    { "Ed25519 sign", bench_run_sign_ed25519, NULL },
    { "Ed25519 verify", bench_run_verify_ed25519, NULL },
    { "admin status", bench_run_status, NULL },
    { "admin statistics", bench_run_statistics, NULL },
};
const size_t bench_operation_count = sizeof bench_operations / sizeof bench_operations[0];

const bench_operation bench_sign_p256 = { "ECDSA P-256 sign", bench_run_sign_p256, NULL };
const bench_operation bench_sign_ed25519 = { "Ed25519 sign", bench_run_sign_ed25519,
                                             NULL };
const bench_operation bench_sign_p256_window = { "ECDSA P-256 sign, window 4",
                                                 bench_run_sign_p256_window,
                                                 bench_drain_sign };
const bench_operation bench_sign_ed25519_window = { "Ed25519 sign, window 4",
                                                    bench_run_sign_ed25519_window,
                                                    bench_drain_sign };
const bench_operation bench_sign_rsa2048 = { "RSA-2048 sign", bench_run_sign_rsa2048,
                                             NULL };
const bench_operation bench_encrypt_block = { "AES-256-GCM encrypt 64 KiB",
                                              bench_run_encrypt_block, NULL };
const bench_operation bench_decrypt_block = { "AES-256-GCM decrypt 64 KiB",
                                              bench_run_decrypt_block, NULL };
const bench_operation bench_increment = { "durable counter increment",
                                          bench_run_counter_increment, NULL };
