/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A file of vectors: a server and a client for it, its groups and vectors one by one, and
 * the summary.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/opensslv.h>

#include "vectors/vectors.h"

static const struct {
    const char *type;
    vectors_driver driver;
} drivers[] = {
    { "AeadTest", drive_aead },
    { "IndCpaTest", drive_cipher },
    { "KeywrapTest", drive_key_wrap },
    { "MacTest", drive_mac },
    { "MacWithIvTest", drive_gmac },
    { "EcdhTest", drive_ecdh },
    { "EcdhEcpointTest", drive_ecdh },
    { "XdhComp", drive_xdh },
    { "EcdsaVerify", drive_ecdsa },
    { "EcdsaP1363Verify", drive_ecdsa },
    { "EddsaVerify", drive_eddsa },
    { "RsassaPkcs1Verify", drive_rsa_verify },
    { "RsassaPssVerify", drive_rsa_verify },
    { "RsassaPkcs1Generate", drive_rsa_sign },
    { "RsaesOaepDecrypt", drive_rsa_decrypt },
    { "RsaesPkcs1Decrypt", drive_rsa_decrypt },
    { "HkdfTest", drive_hkdf },
    { "PbkdfTest", drive_pbkdf2 },
    { "MLKEMKeyGen", drive_ml_kem_key },
    { "MLKEMEncapsTest", drive_ml_kem_encaps },
    { "MLKEMTest", drive_ml_kem },
    { "MlDsaSign", drive_ml_dsa_sign },
    { "MlDsaVerify", drive_ml_dsa_verify },
    { "PrimalityTest", drive_primality },
};

vectors_driver vectors_driver_find(const char *type)
{
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
        if (strcmp(drivers[i].type, type) == 0) {
            return drivers[i].driver;
        }
    }
    return NULL;
}

/* ---- the server ---- */

static bool has_number(hf_bytes list, uint32_t number, size_t width)
{
    for (size_t at = 0; at + width <= list.len; at += width) {
        if ((width == 2 ? hf_get_u16(list.data + at) : hf_get_u32(list.data + at)) ==
            number) {
            return true;
        }
    }
    return false;
}

bool vectors_has(vectors_case *c, const vectors_need *need)
{
    const vectors_run *run = c->run;
    if (has_number(hf_bytes_of(run->algorithms, run->algorithms_len), need->algorithm,
                   2) &&
        has_number(hf_bytes_of(run->key_types, run->key_types_len), need->key_type, 4)) {
        return true;
    }
    if (OPENSSL_VERSION_NUMBER >= need->since) {
        vectors_fail(c, "the capabilities lack what this libcrypto has");
    } else {
        vectors_skip(c, need->reason);
    }
    return false;
}

static int read_capabilities(vectors_run *run)
{
    hf_capabilities_response answer;
    int rc =
        hf_client_capabilities(run->client, &(hf_capabilities_request){ 0 }, &answer);
    if (rc != HF_OK) {
        return rc;
    }
    if (answer.algorithms.len > sizeof run->algorithms ||
        answer.key_types.len > sizeof run->key_types) {
        return HF_ERR_SIZE;
    }
    memcpy(run->algorithms, answer.algorithms.data, answer.algorithms.len);
    memcpy(run->key_types, answer.key_types.data, answer.key_types.len);
    run->algorithms_len = answer.algorithms.len;
    run->key_types_len = answer.key_types.len;
    return HF_OK;
}

static int server_start(vectors_run *run)
{
    int rc = harness_memory_single.start(&run->env);
    if (rc == HF_OK) {
        rc = suite_client_open(&run->connection, &run->env, SUITE_WRITER);
    }
    if (rc == HF_OK) {
        run->client = &run->connection.client;
        rc = read_capabilities(run);
    }
    return rc;
}

/* Also checks that all memory came back and no lock is held. */
static int server_stop(vectors_run *run)
{
    suite_client_close(&run->connection);
    return harness_memory_single.stop(&run->env);
}

/* ---- one vector ---- */

static void count_reason(vectors_reason *reasons, const char *text)
{
    for (size_t i = 0; i < VECTORS_REASONS_MAX; i++) {
        if (reasons[i].text == NULL || strcmp(reasons[i].text, text) == 0) {
            reasons[i].text = text;
            reasons[i].count++;
            return;
        }
    }
}

static vectors_verdict judge(vectors_case *c)
{
    if (!c->has_failed && c->skip != NULL) {
        return VECTORS_SKIPPED;
    }
    if (!c->has_failed && c->step_count == 0) {
        vectors_fail(c, "nothing was driven");
    }
    return c->has_failed ? VECTORS_FAILED : VECTORS_PASSED;
}

static const char *const verdict_names[] = { "passed", "failed", "skipped" };

static void print_case(const vectors_case *c, vectors_verdict verdict)
{
    const char *why = verdict == VECTORS_FAILED                      ? c->detail
                      : verdict == VECTORS_SKIPPED                   ? c->skip
                      : c->part != NULL && verdict == VECTORS_PASSED ? c->part
                                                                     : "";
    printf("%s %u (%s) %s%s%s  [%s]\n", c->run->name, vectors_number(c->test, "tcId"),
           vectors_text(c->test, "result"), verdict_names[verdict],
           why[0] != 0 ? ": " : "", why, vectors_text(c->test, "comment"));
}

/* The runner's own vectors say which verdict (and which detail) is the right one. */
static void judge_runner(vectors_case *c, vectors_verdict *verdict)
{
    const char *right = vectors_text(c->test, "verdict");
    const char *why = vectors_text(c->test, "why");
    const char *told = *verdict == VECTORS_FAILED    ? c->detail
                       : *verdict == VECTORS_SKIPPED ? c->skip
                                                     : "";
    if (strcmp(verdict_names[*verdict], right) == 0 && strstr(told, why) != NULL) {
        *verdict = VECTORS_PASSED;
        return;
    }
    printf("vector %u: the runner says \"%s: %s\", right is \"%s: %s\"\n",
           vectors_number(c->test, "tcId"), verdict_names[*verdict], told, right, why);
    *verdict = VECTORS_FAILED;
}

static void run_case(vectors_run *run, const json_t *file, const json_t *group,
                     const json_t *test)
{
    bool has_own = json_object_get(group, "algorithm") != NULL;
    vectors_case c = { .run = run,
                       .group = group,
                       .test = test,
                       .algorithm = vectors_text(has_own ? group : file, "algorithm") };
    vectors_driver driver = vectors_driver_find(vectors_text(group, "type"));
    run->arena_len = 0;
    run->sequence = run->client->sequence;
    if (driver == NULL) {
        vectors_fail(&c, "no driver for this type of group");
    } else if (!vectors_decide(&c)) {
        vectors_fail(&c, "no decision about these flags");
    } else {
        driver(&c);
    }
    vectors_verdict verdict = judge(&c);
    if (run->is_self) {
        judge_runner(&c, &verdict);
    } else if (run->is_verbose || verdict == VECTORS_FAILED) {
        print_case(&c, verdict);
    }
    run->passed += verdict == VECTORS_PASSED ? 1 : 0;
    run->failed += verdict == VECTORS_FAILED ? 1 : 0;
    run->skipped += verdict == VECTORS_SKIPPED ? 1 : 0;
    if (verdict == VECTORS_SKIPPED) {
        count_reason(run->skips, c.skip);
    } else if (verdict == VECTORS_PASSED && c.part != NULL) {
        count_reason(run->parts, c.part);
    }
}

/* ---- the file ---- */

static void print_reasons(const vectors_reason *reasons, const char *what)
{
    for (size_t i = 0; i < VECTORS_REASONS_MAX && reasons[i].text != NULL; i++) {
        printf("    %s %u: %s\n", what, reasons[i].count, reasons[i].text);
    }
}

static void print_summary(const vectors_run *run)
{
    printf("%s: %u passed, %u failed, %u skipped\n", run->name, run->passed, run->failed,
           run->skipped);
    print_reasons(run->parts, "passed in part");
    print_reasons(run->skips, "skipped");
    for (int i = 0; i < (int)VECTORS_STATUS_COUNT; i++) {
        if (run->refusals[i] != 0) {
            printf("    refused %u: %s\n", run->refusals[i], hf_status_name(-i));
        }
    }
    if (run->others != 0) {
        printf("    invalid, answered with other bytes %u\n", run->others);
    }
    if (run->unsent != 0) {
        printf(
            "    of these, refused by the client, for the protocol cannot say it: %u\n",
            run->unsent);
    }
}

static int run_groups(vectors_run *run, const json_t *file)
{
    size_t group_index;
    json_t *group;
    json_array_foreach(json_object_get(file, "testGroups"), group_index, group)
    {
        size_t test_index;
        json_t *test;
        json_array_foreach(json_object_get(group, "tests"), test_index, test)
        {
            run_case(run, file, group, test);
        }
    }
    unsigned count = run->passed + run->failed + run->skipped;
    if (count == 0 || count != vectors_number(file, "numberOfTests")) {
        printf("%s: has %u vectors, was driven with %u\n", run->name,
               vectors_number(file, "numberOfTests"), count);
        return -1;
    }
    return (int)run->failed;
}

int vectors_run_file(vectors_run *run, const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (file == NULL) {
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
        return -1;
    }
    const char *slash = strrchr(path, '/');
    run->name = slash == NULL ? path : slash + 1;
    int rc = server_start(run);
    int failed = rc == HF_OK ? run_groups(run, file) : -1;
    if (rc != HF_OK) {
        fprintf(stderr, "vectors: no server: %s\n", hf_status_text(rc));
    } else {
        print_summary(run);
    }
    rc = server_stop(run);
    if (rc != HF_OK) {
        fprintf(stderr, "vectors: the server stopped: %s\n", hf_status_text(rc));
    }
    json_decref(file);
    return rc != HF_OK ? -1 : failed;
}
