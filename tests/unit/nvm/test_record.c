/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Records as bytes: what is encoded is decoded, and nothing else is.
 */
#include "store.h"

#include "nvm/record.h"

static hf_record sample(uint8_t type)
{
    hf_record record = { .type = type,
                         .is_commit = true,
                         .lag = 5,
                         .epoch = 77,
                         .seq = 0x1122334455667788u,
                         .id = 0x0200000700000009u };
    if (type == HF_RECORD_PUT || type == HF_RECORD_COPY) {
        record.len = 100;
        record.payload_crc = 0xCAFEBABE;
        record.flags = HF_FLAG_SENSITIVE;
        record.key_type = 3;
        record.access = 2;
        record.commit_lag = 4;
        memcpy(record.label, "a label", 7);
    } else if (type == HF_RECORD_COUNTER || type == HF_RECORD_MARK) {
        record.value = 99;
    }
    return record;
}

static const uint8_t types[] = { HF_RECORD_PUT, HF_RECORD_COPY, HF_RECORD_DESTROY,
                                 HF_RECORD_COUNTER, HF_RECORD_MARK };

static void test_record_decodes_what_was_encoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof types; i++) {
        uint8_t bytes[HF_RECORD_HEAD_SIZE_MAX];
        hf_record record = sample(types[i]);
        hf_record got;
        size_t size = hf_record_head_size(types[i]);
        hf_record_encode(&record, bytes);
        assert_int_equal(hf_record_decode(&got, bytes, size), HF_OK);
        assert_int_equal(got.type, record.type);
        assert_true(got.is_commit);
        assert_int_equal(got.epoch, 77);
        assert_int_equal(got.lag, 5);
        assert_true(got.seq == record.seq && got.id == record.id);
        assert_int_equal(got.len, record.len);
        assert_int_equal(got.payload_crc, record.payload_crc);
        assert_int_equal(got.value, record.value);
        assert_int_equal(got.commit_lag, record.commit_lag);
        assert_memory_equal(got.label, record.label, sizeof got.label);
        assert_int_equal(hf_record_decode(&got, bytes, size - 1), HF_ERR_SIZE);
    }
}

static void test_record_any_flipped_bit_shows_another_epoch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof types; i++) {
        size_t size = hf_record_head_size(types[i]);
        for (size_t bit = 0; bit < size * 8; bit++) {
            uint8_t bytes[HF_RECORD_HEAD_SIZE_MAX] = { 0 };
            hf_record record = sample(types[i]);
            hf_record got;
            hf_record_encode(&record, bytes);
            bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            int rc = hf_record_decode(&got, bytes, sizeof bytes);
            assert_true(rc != HF_OK || got.type == HF_RECORD_ANCHOR || got.epoch != 77);
        }
    }
}

static void test_record_seal_marks_the_commit(void **state)
{
    uint8_t bytes[HF_RECORD_HEAD_SIZE_MAX];
    hf_record record = sample(HF_RECORD_PUT);
    hf_record got;
    (void)state;
    record.is_commit = false;
    record.lag = HF_RECORD_LAG_NONE;
    hf_record_encode(&record, bytes);
    assert_int_equal(hf_record_decode(&got, bytes, sizeof bytes), HF_OK);
    assert_false(got.is_commit);
    assert_int_equal(hf_record_claim(&got), 0);
    hf_record_seal(bytes, 8, 77);
    assert_int_equal(hf_record_decode(&got, bytes, sizeof bytes), HF_OK);
    assert_true(got.is_commit);
    assert_int_equal(got.epoch, 77);
    assert_true(hf_record_claim(&got) == record.seq - 8);
}

static void test_anchor_decodes_what_was_encoded(void **state)
{
    uint8_t bytes[HF_RECORD_ANCHOR_SIZE];
    hf_anchor got;
    hf_anchor anchor = { .kind = HF_ANCHOR_RETIRE,
                         .epoch = 9,
                         .seq = 8,
                         .durable = 7,
                         .tail_epoch = 6,
                         .prev_epoch = 5,
                         .prev_end = 4096,
                         .durable_end = 2048,
                         .erased_mask = 0xF0,
                         .is_resumed = true,
                         .geometry = { 4, 256, 1u << 20, 0xFF } };
    (void)state;
    hf_anchor_encode(&anchor, bytes);
    assert_int_equal(hf_anchor_decode(&got, bytes), HF_OK);
    assert_int_equal(got.kind, anchor.kind);
    assert_true(got.epoch == 9 && got.seq == 8 && got.durable == 7 &&
                got.tail_epoch == 6);
    assert_true(got.prev_epoch == 5 && got.prev_end == 4096 && got.durable_end == 2048);
    assert_true(got.erased_mask == 0xF0 && got.is_resumed);
    assert_int_equal(got.geometry.granule_size, 256);
    assert_int_equal(got.geometry.region_count, 4);
    assert_true(got.geometry.region_size == 1u << 20 && got.geometry.erased == 0xFF);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_equal(hf_anchor_decode(&got, bytes), HF_ERR_CORRUPT);
        bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_decodes_what_was_encoded),
        cmocka_unit_test(test_record_any_flipped_bit_shows_another_epoch),
        cmocka_unit_test(test_record_seal_marks_the_commit),
        cmocka_unit_test(test_anchor_decodes_what_was_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
