/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * HF_ASSERT: states what cannot be otherwise unless the program itself is wrong. Never
 * for what a caller passes in (HF_ERR_ARG) or a peer sends (refused).
 *
 * Checked when HF_CFG_DEBUG is 1. A failure executes a trap instruction: the core has no
 * libc to print with, and a debugger, core dump or sanitizer then shows the very line.
 * Otherwise the condition is compiled but not evaluated, so it must have no side effect.
 */
#ifndef HF_BASE_ASSERT_H
#define HF_BASE_ASSERT_H

#include "holdfast/config.h"

#if HF_CFG_DEBUG
#define HF_ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())
#else
#define HF_ASSERT(condition) ((void)sizeof((condition) ? 1 : 0))
#endif

#endif
