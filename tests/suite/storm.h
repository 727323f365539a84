/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Storms: clients that connect, begin this or that on the hot ids, and leave again, in
 * good order or in the middle of a request. They change nothing, so they may run beside
 * any case.
 */
#ifndef SUITE_STORM_H
#define SUITE_STORM_H

#include "suite/suite.h"

/* An actor that storms as long as there are workers, at most some number of times. NULL:
 * no memory. The caller frees it. */
suite_actor *storm_actor_make(suite_env *env, unsigned index);

#endif
