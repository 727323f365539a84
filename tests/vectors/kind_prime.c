/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Primality. No request tests a number, but importing an RSA key tests its primes.
 */
#include "vectors/vectors.h"

void drive_primality(vectors_case *c)
{
    vectors_skip(c, "no request tests a number of this size");
}
