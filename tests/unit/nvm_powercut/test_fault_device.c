/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The testers tested: the failing device does what it is told, and the power-cut test
 * finds the fault of a device that lies about its syncs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner.h"

#define GRANULE 8u
#define REGION_SIZE 512u

static fault_device device;
static fault_device copy;
static workload worker;

static int setup(void **state)
{
    const hf_nvm_geometry geometry = { .region_count = 2,
                                       .granule_size = GRANULE,
                                       .region_size = REGION_SIZE,
                                       .erased = 0xFF };
    (void)state;
    fault_device_init(&device, &geometry, true, 1);
    return 0;
}

static int program(uint32_t region, uint64_t offset, uint8_t value, size_t len)
{
    uint8_t data[64];
    hf_nvm_address at = { .region = region, .offset = offset };
    memset(data, value, sizeof data);
    return device.device.ops->program(&device, at, data, len);
}

static int scrub(uint32_t region, uint64_t offset, size_t len)
{
    hf_nvm_address at = { .region = region, .offset = offset };
    return device.device.ops->scrub(&device, at, len);
}

/* How many of `len` bytes from an offset of region 0 have a value. */
static size_t count_of(uint64_t offset, size_t len, uint8_t value)
{
    uint8_t data[64];
    size_t count = 0;
    hf_nvm_address at = { .offset = offset };
    assert_int_equal(device.device.ops->read(&device, at, data, len), HF_OK);
    for (size_t i = 0; i < len; i++) {
        count += data[i] == value ? 1 : 0;
    }
    return count;
}

static void power_on(enum fault_loss loss, uint32_t done_count)
{
    const fault_ending ending = { .loss = loss, .done_count = done_count };
    fault_device_power_on(&device, &ending);
}

static void test_cut_without_sync_loses_or_keeps(void **state)
{
    (void)state;
    assert_int_equal(program(0, 0, 1, 32), HF_OK);
    assert_int_equal(device.device.ops->sync(&device), HF_OK);
    assert_int_equal(program(0, 32, 2, 32), HF_OK);
    fault_device_copy(&copy, &device);
    power_on(FAULT_LOSS_ALL, 0);
    assert_int_equal(count_of(0, 32, 1), 32);
    assert_int_equal(count_of(32, 32, 0xFF), 32);
    fault_device_copy(&device, &copy);
    power_on(FAULT_LOSS_NONE, 0);
    assert_int_equal(count_of(32, 32, 2), 32);
}

static void test_cut_subset_keeps_whole_granules(void **state)
{
    (void)state;
    size_t kept_sum = 0;
    for (uint32_t i = 0; i < 64; i++) {
        (void)setup(NULL);
        device.random = random_of(i);
        assert_int_equal(program(0, 0, 2, 64), HF_OK);
        power_on(FAULT_LOSS_SUBSET, 0);
        size_t kept = count_of(0, 64, 2);
        assert_int_equal(kept % GRANULE, 0);
        assert_int_equal(count_of(0, 64, 0xFF), 64 - kept);
        kept_sum += kept;
    }
    assert_true(kept_sum > 64 * 16 && kept_sum < 64 * 48);
}

static void test_cut_program_is_torn_at_the_granule(void **state)
{
    (void)state;
    fault_device_arm(&device, 2, 0, 0);
    assert_int_equal(program(0, 0, 1, 8), HF_OK);
    assert_int_equal(program(0, 8, 2, 40), HF_ERR_IO);
    assert_int_equal(program(0, 48, 3, 8), HF_ERR_IO); /* off: nothing more is noted */
    assert_int_equal(device.device.ops->sync(&device), HF_ERR_IO);
    assert_int_equal(fault_device_cut_count(&device), 5);
    power_on(FAULT_LOSS_NONE, 3);
    assert_int_equal(count_of(0, 8, 1), 8);
    assert_int_equal(count_of(8, 24, 2), 24);
    assert_int_equal(count_of(32, 32, 0xFF), 32);
    assert_int_equal(fault_device_cut_count(&device), 0);
}

static void test_cut_sync_makes_nothing_durable(void **state)
{
    (void)state;
    fault_device_arm(&device, 2, 0, 0);
    assert_int_equal(program(0, 0, 1, 8), HF_OK);
    assert_int_equal(device.device.ops->sync(&device), HF_ERR_IO);
    power_on(FAULT_LOSS_ALL, UINT32_MAX);
    assert_int_equal(count_of(0, 8, 0xFF), 8);
}

static void test_cut_erase_takes_place_in_part(void **state)
{
    (void)state;
    assert_int_equal(program(0, 0, 1, 64), HF_OK);
    assert_int_equal(device.device.ops->sync(&device), HF_OK);
    fault_device_arm(&device, 1, 0, 0);
    assert_int_equal(device.device.ops->erase(&device, 0), HF_ERR_IO);
    fault_device_copy(&copy, &device);
    power_on(FAULT_LOSS_ALL, 0);
    assert_int_equal(count_of(0, 64, 1), 64);
    fault_device_copy(&device, &copy);
    power_on(FAULT_LOSS_ALL, UINT32_MAX);
    assert_int_equal(count_of(0, 64, 0xFF), 64);
    fault_device_copy(&device, &copy);
    power_on(FAULT_LOSS_ALL, REGION_SIZE / GRANULE / 2);
    size_t left = count_of(0, 64, 1);
    assert_true(left > 0 && left < 64);
}

static void test_lost_scrub_brings_old_bytes_back(void **state)
{
    (void)state;
    assert_int_equal(program(0, 0, 1, 16), HF_OK);
    assert_int_equal(device.device.ops->sync(&device), HF_OK);
    assert_int_equal(scrub(0, 4, 8), HF_OK);
    assert_int_equal(count_of(0, 16, 0), 8);
    fault_device_copy(&copy, &device);
    power_on(FAULT_LOSS_ALL, 0);
    assert_int_equal(count_of(0, 16, 1), 16);
    fault_device_copy(&device, &copy);
    assert_int_equal(device.device.ops->sync(&device), HF_OK);
    power_on(FAULT_LOSS_ALL, 0);
    assert_int_equal(count_of(0, 16, 0), 8);
}

static void test_failing_operations_fail_once(void **state)
{
    (void)state;
    uint8_t byte;
    hf_nvm_address at = { .region = 0 };
    fault_device_arm(&device, 0, 2, 2);
    assert_int_equal(program(0, 0, 1, 8), HF_OK);
    assert_false(device.has_failed);
    assert_int_equal(device.device.ops->sync(&device), HF_ERR_IO);
    assert_true(device.has_failed);
    assert_int_equal(device.device.ops->sync(&device), HF_OK);
    assert_int_equal(device.device.ops->read(&device, at, &byte, 1), HF_OK);
    assert_int_equal(device.device.ops->read(&device, at, &byte, 1), HF_ERR_IO);
    assert_int_equal(device.device.ops->read(&device, at, &byte, 1), HF_OK);
}

static void test_misuse_is_noticed(void **state)
{
    (void)state;
    bool is_locked = true;
    assert_int_equal(program(0, 4, 1, 8), HF_ERR_ARG);
    assert_non_null(device.violation);
    (void)setup(NULL);
    assert_int_equal(program(0, 0, 1, 12), HF_ERR_ARG);
    assert_non_null(device.violation);
    (void)setup(NULL);
    assert_int_equal(program(0, 0, 1, 8), HF_OK);
    assert_null(device.violation);
    assert_int_equal(program(0, 0, 1, 8), HF_OK);
    assert_non_null(device.violation);
    (void)setup(NULL);
    assert_int_equal(program(0, REGION_SIZE - 8, 1, 16), HF_ERR_ARG);
    assert_non_null(device.violation);
    (void)setup(NULL);
    device.is_locked = &is_locked;
    assert_int_equal(device.device.ops->sync(&device), HF_OK);
    assert_non_null(device.violation);
}

static void test_flip_changes_one_bit(void **state)
{
    (void)state;
    const uint8_t flipped[] = { 0xFF, 0xF7, 0xFF };
    assert_false(fault_device_contains(&device, flipped, sizeof flipped));
    fault_device_flip(&device, 10, 3);
    assert_true(fault_device_contains(&device, flipped, sizeof flipped));
    assert_int_equal(count_of(0, 64, 0xFF), 63);
    assert_int_equal(count_of(10, 1, 0xF7), 1);
}

/* Run until the power is cut, with syncs that do nothing; true when that is found. */
static bool finds_lie(uint64_t seed, uint64_t cut)
{
    runner_begin(&worker, &device, seed);
    enum workload_result result = workload_open(&worker);
    device.is_lying = true;
    fault_device_arm(&device, cut, 0, 0);
    if (result == WORKLOAD_OK) {
        result = workload_run(&worker, 60);
    }
    power_on(FAULT_LOSS_ALL, UINT32_MAX);
    return workload_open(&worker) == WORKLOAD_DEFECT;
}

static void test_lying_device_is_found_by_power_cuts(void **state)
{
    (void)state;
    uint32_t found_count = 0;
    for (uint64_t seed = 0; seed < 24; seed++) {
        found_count += finds_lie(seed, 40) ? 1 : 0;
    }
    assert_true(found_count >= 20);
}

#define TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cut_without_sync_loses_or_keeps),
        TEST(test_cut_subset_keeps_whole_granules),
        TEST(test_cut_program_is_torn_at_the_granule),
        TEST(test_cut_sync_makes_nothing_durable),
        TEST(test_cut_erase_takes_place_in_part),
        TEST(test_lost_scrub_brings_old_bytes_back),
        TEST(test_failing_operations_fail_once),
        TEST(test_misuse_is_noticed),
        TEST(test_flip_changes_one_bit),
        TEST(test_lying_device_is_found_by_power_cuts),
    };
    return cmocka_run_group_tests_name("fault_device", tests, NULL, NULL);
}
