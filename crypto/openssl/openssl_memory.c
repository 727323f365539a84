/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Memory for libcrypto that is wiped when it is freed. libcrypto itself clears what it
 * knows to be secret, but not everything that betrays a secret: its check of an RSA key
 * frees the exponents that it has computed as they are. With this, none of it is left,
 * whatever the algorithm and the version.
 */
#include "holdfast/openssl.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

/* Before the bytes of each block; its size keeps them aligned as malloc does. */
typedef union block_head {
    size_t len; /* of the bytes */
    max_align_t aligned;
} block_head;

static void *block_take(size_t len, const char *file, int line)
{
    (void)file;
    (void)line;
    if (len > SIZE_MAX - sizeof(block_head)) {
        return NULL;
    }
    block_head *head = malloc(sizeof(*head) + len);
    if (head == NULL) {
        return NULL;
    }
    head->len = len;
    return head + 1;
}

static void block_give(void *bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    if (bytes != NULL) {
        block_head *head = (block_head *)bytes - 1;
        hf_wipe(bytes, head->len);
        free(head);
    }
}

/* As realloc, but what moves is wiped where it was. */
static void *block_resize(void *bytes, size_t len, const char *file, int line)
{
    if (bytes == NULL) {
        return block_take(len, file, line);
    }
    if (len == 0) {
        block_give(bytes, file, line);
        return NULL;
    }
    void *moved = block_take(len, file, line);
    if (moved != NULL) {
        size_t old_len = ((const block_head *)bytes - 1)->len;
        memcpy(moved, bytes, len < old_len ? len : old_len);
        block_give(bytes, file, line);
    }
    return moved;
}

int hf_openssl_wipe_freed(void)
{
    CRYPTO_free_fn used = NULL;
    CRYPTO_get_mem_functions(NULL, NULL, &used);
    if (used == block_give) {
        return HF_OK;
    }
    return CRYPTO_set_mem_functions(block_take, block_resize, block_give) == 1
               ? HF_OK
               : HF_ERR_STATE;
}
