/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What libcrypto leaves on the stack. It clears the objects that it frees, but not all
 * of its local variables: the nonce of an ECDSA signature with P-256 stays there, for
 * one, and who has that has the key. So the stack that an operation may have used is
 * cleared behind each of them.
 */
#include "openssl_device.h"

/* Bytes. SLH-DSA goes deepest, 16 KiB; RSA-2048 with AVX-512 uses 13, most others less
 * than 5. */
#define DEAD_STACK_SIZE (24u * 1024u)

/* The same of a hash: less than 2. */
#define DEAD_STACK_SIZE_HASH (4u * 1024u)

/* Called by its address, so not inlined: its frame lies where the operation's were.
 * Stacks grow down: what went less deep has used the end of the array. */
void hf_openssl_wipe(void *context, bool is_hash)
{
    uint8_t dead[DEAD_STACK_SIZE];
    size_t len = is_hash ? DEAD_STACK_SIZE_HASH : DEAD_STACK_SIZE;
    (void)context;
    hf_wipe(dead + (sizeof(dead) - len), len);
}
