/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The operations that a load can repeat, each on the fixture of the load.
 */
#ifndef BENCH_OPERATION_H
#define BENCH_OPERATION_H

#include <stddef.h>

#include "load.h"

/* Every kind of request that has an effect or an answer of its own. */
extern const bench_operation bench_operations[];
extern const size_t bench_operation_count;

/* Those that are measured alone. */
extern const bench_operation bench_sign_p256, bench_sign_ed25519;
extern const bench_operation bench_sign_p256_window, bench_sign_ed25519_window;
extern const bench_operation bench_sign_rsa2048;
extern const bench_operation bench_encrypt_block, bench_decrypt_block;
extern const bench_operation bench_increment;

/* The parts of the table. */
int bench_run_echo(bench_worker *worker);
int bench_run_info(bench_worker *worker);
int bench_run_nvm_put(bench_worker *worker);
int bench_run_nvm_put_same(bench_worker *worker);
int bench_run_nvm_read(bench_worker *worker);
int bench_run_nvm_info(bench_worker *worker);
int bench_run_nvm_list(bench_worker *worker);
int bench_run_nvm_space(bench_worker *worker);
int bench_run_nvm_create(bench_worker *worker);
int bench_run_counter_increment(bench_worker *worker);
int bench_run_counter_read(bench_worker *worker);
int bench_run_counter_list(bench_worker *worker);
int bench_run_counter_create(bench_worker *worker);
int bench_run_status(bench_worker *worker);
int bench_run_statistics(bench_worker *worker);
int bench_run_key_info(bench_worker *worker);
int bench_run_key_list(bench_worker *worker);
int bench_run_key_export(bench_worker *worker);
int bench_run_key_generate(bench_worker *worker);
int bench_run_key_generate_stored(bench_worker *worker);
int bench_run_key_import(bench_worker *worker);
int bench_run_key_commit(bench_worker *worker);
int bench_run_capabilities(bench_worker *worker);
int bench_run_random(bench_worker *worker);
int bench_run_hash(bench_worker *worker);
int bench_run_hash_stream(bench_worker *worker);
int bench_run_mac(bench_worker *worker);
int bench_run_mac_verify(bench_worker *worker);
int bench_run_encrypt(bench_worker *worker);
int bench_run_decrypt(bench_worker *worker);
int bench_run_encrypt_block(bench_worker *worker);
int bench_run_decrypt_block(bench_worker *worker);
int bench_run_sign_p256(bench_worker *worker);
int bench_run_sign_rsa2048(bench_worker *worker);
int bench_run_verify_p256(bench_worker *worker);
int bench_run_sign_ed25519(bench_worker *worker);
int bench_run_verify_ed25519(bench_worker *worker);
int bench_run_sign_p256_window(bench_worker *worker);
int bench_run_sign_ed25519_window(bench_worker *worker);
int bench_drain_sign(bench_worker *worker);

#endif
