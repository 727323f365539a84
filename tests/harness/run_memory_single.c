/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The whole suite in one thread.
 */
#include "harness/harness.h"

static const harness_share shares[] = {
    { &harness_memory_single, 100 },
    { NULL, 0 },
};

static const suite_cases *const all_cases[] = {
    &suite_comm_cases,       &suite_nvm_cases,        &suite_key_cases,
    &suite_crypto_cases,     &suite_cipher_cases,     &suite_sign_cases,
    &suite_wrap_cases,       &suite_derive_cases,     &suite_matrix_cases,
    &suite_counter_cases,    &suite_admin_cases,      &suite_bad_frame_cases,
    &suite_bad_field_cases,  &suite_bad_use_cases,    &suite_full_cases,
    &suite_peer_cases,       &suite_hot_key_cases,    &suite_hot_use_cases,
    &suite_hot_stream_cases, &suite_hot_unique_cases, &suite_hot_object_cases,
    &suite_hot_list_cases,   &suite_hot_space_cases,  &suite_hot_counter_cases,
    &suite_hot_lms_cases,    &suite_hot_wrap_cases,   NULL,
};

int main(int argc, char **argv)
{
    return harness_main(
        argc, argv,
        &(harness_plan){
            .shares = shares, .cases = all_cases, .client_count = 8, .storm_count = 2 });
}
