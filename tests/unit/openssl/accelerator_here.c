/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The harness's accelerator, compiled into these tests: the harness as a library needs
 * the whole server, and these tests are to run with nothing above the device.
 */
#include "harness/accelerator.c"
