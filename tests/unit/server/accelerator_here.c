/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The harness's accelerator, compiled into these tests: the harness as a library brings a
 * server and clients of its own.
 */
#include "harness/accelerator.c"
