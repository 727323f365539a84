/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Sessions that open and close all the time, during everything else.
 */
#include "stress/stress.h"

int main(int argc, char **argv)
{
    return stress_storm_main(argc, argv);
}
