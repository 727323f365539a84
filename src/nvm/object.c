/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Objects: what a step can do with them. Everything here runs under the store lock. What
 * is written goes to the log buffer and the index at once, and counts when the step
 * commits.
 */
#include <string.h>

#include "holdfast/crc32c.h"
#include "nvm/index.h"
#include "nvm/log_buffer.h"
#include "nvm/record.h"
#include "nvm/space.h"
#include "nvm/txn.h"

#define COUNTER_LEN 8u

static int ask_again(hf_nvm *nvm, int cause) HF_REQUIRES(hf_tsa_nvm)
{
    nvm->txn.again = cause;
    return HF_ERR_AGAIN;
}

/* May a record of `size` bytes be appended now? */
static int admit(hf_nvm *nvm, uint64_t size, uint32_t level) HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t used = nvm->log.end - nvm->txn.start;
    uint64_t max = nvm->txn_max;
    if (size > max || used > max - size) {
        return HF_ERR_SIZE;
    }
    if (!hf_nvm_space_admits(nvm, size, level)) {
        nvm->cleaning.need = used + size;
        nvm->cleaning.need_level = level;
        return ask_again(nvm, HF_NVM_AGAIN_CLEAN);
    }
    /* Room for an anchor and the filling before and behind it stays. */
    if (size + HF_RECORD_ANCHOR_SIZE + 2u * nvm->pad_size > hf_nvm_log_room(nvm)) {
        nvm->log.is_wanted = true; /* copies that nobody waits for may fill it */
        return ask_again(nvm, HF_NVM_AGAIN_SYNC);
    }
    if (used + size >= nvm->cleaning.need && level <= nvm->cleaning.need_level) {
        nvm->cleaning.need = 0; /* the one who asked gets on */
        nvm->cleaning.tries_count = 0;
    }
    return HF_OK;
}

/* The head of a record; the payload follows. Its address. */
static hf_nvm_address append_head(hf_nvm *nvm, hf_record *record) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_address at = { nvm->log.active, hf_nvm_log_offset(nvm) };
    uint8_t head[HF_RECORD_HEAD_SIZE_MAX];
    record->seq = ++nvm->txn.seq;
    record->epoch = (uint32_t)nvm->epoch;
    record->lag = HF_RECORD_LAG_NONE;
    hf_record_encode(record, head);
    nvm->txn.last = nvm->log.end;
    hf_nvm_log_append(nvm, head, hf_record_head_size(record->type));
    return at;
}

/* Would the object fit if all dead records were cleaned away? What the step replaces or
 * destroys is live until it commits, so both versions must fit. */
static int check_capacity(const hf_nvm *nvm, bool is_new, uint64_t size)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t used = nvm->txn.live_size + (nvm->log.end - nvm->txn.start);
    if (is_new && nvm->index.object_count >= hf_nvm_index_object_max(&nvm->index)) {
        return HF_ERR_NOSPACE;
    }
    bool fits = used <= nvm->capacity && size <= nvm->capacity - used;
    return fits ? HF_OK : HF_ERR_NOSPACE;
}

static int put(hf_nvm *nvm, const hf_metadata *meta, hf_bytes data, uint32_t refused)
    HF_REQUIRES(hf_tsa_nvm)
{
    int rc = hf_nvm_txn_check(nvm);
    if (!hf_id_is_valid(meta->id) || (data.data == NULL && data.len != 0)) {
        return HF_ERR_ARG;
    }
    uint32_t number = hf_nvm_index_find(&nvm->index, meta->id);
    const hf_nvm_entry *old = number != 0 ? hf_nvm_index_at(&nvm->index, number) : NULL;
    if (old != NULL) {
        hf_nvm_txn_observe_entry(nvm, old);
    } else {
        hf_nvm_txn_observe_absence(nvm);
    }
    if (old != NULL && (old->flags & refused) != 0) {
        return HF_ERR_ACCESS;
    }
    if (rc != HF_OK) {
        return rc;
    }
    if (data.len > nvm->txn_max) {
        return HF_ERR_SIZE;
    }
    hf_record record = { .type = HF_RECORD_PUT,
                         .id = meta->id,
                         .len = (uint32_t)data.len,
                         .payload_crc = hf_crc32c(0, data.data, data.len),
                         .flags = meta->flags,
                         .key_type = meta->type,
                         .access = meta->access };
    memcpy(record.label, meta->label, HF_LABEL_SIZE);
    uint64_t size = hf_record_size(&record);
    rc = size > nvm->txn_max ? HF_ERR_SIZE : check_capacity(nvm, old == NULL, size);
    if (rc == HF_OK) {
        rc = admit(nvm, size, HF_NVM_LEVEL_PUT);
    }
    if (rc != HF_OK) {
        return rc;
    }
    hf_nvm_address at = append_head(nvm, &record);
    hf_nvm_log_append(nvm, data.data, data.len);
    hf_nvm_log_append(nvm, NULL, (size_t)(size - HF_RECORD_PUT_SIZE - data.len));
    uint64_t value = data.len == COUNTER_LEN ? hf_get_u64(data.data) : 0;
    return hf_nvm_txn_put(nvm, &record, at, value);
}

int hf_nvm_put_unchecked(hf_nvm *nvm, const hf_metadata *meta, hf_bytes data)
{
    return put(nvm, meta, data, 0);
}

int hf_nvm_put_checked(hf_nvm *nvm, const hf_metadata *meta, hf_bytes data)
{
    return put(nvm, meta, data, HF_FLAG_NONMODIFIABLE);
}

/* The entry of an id, or 0; the ticket covers either. */
static uint32_t look_up(hf_nvm *nvm, hf_id id) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t number = hf_nvm_index_find(&nvm->index, id);
    if (number == 0) {
        hf_nvm_txn_observe_absence(nvm);
    } else {
        hf_nvm_txn_observe_entry(nvm, hf_nvm_index_at(&nvm->index, number));
    }
    return number;
}

static int destroy(hf_nvm *nvm, hf_id id, uint32_t refused) HF_REQUIRES(hf_tsa_nvm)
{
    int rc = hf_nvm_txn_check(nvm);
    uint32_t number = look_up(nvm, id);
    if (number == 0) {
        return HF_ERR_NOTFOUND;
    }
    if ((hf_nvm_index_at(&nvm->index, number)->flags & refused) != 0) {
        return HF_ERR_ACCESS;
    }
    if (rc == HF_OK) {
        rc = admit(nvm, HF_RECORD_DESTROY_SIZE, HF_NVM_LEVEL_DESTROY);
    }
    if (rc != HF_OK) {
        return rc;
    }
    append_head(nvm, &(hf_record){ .type = HF_RECORD_DESTROY, .id = id });
    hf_nvm_txn_destroy(nvm, number);
    return HF_OK;
}

int hf_nvm_destroy_unchecked(hf_nvm *nvm, hf_id id)
{
    return destroy(nvm, id, 0);
}

int hf_nvm_destroy_checked(hf_nvm *nvm, hf_id id)
{
    return destroy(nvm, id, HF_FLAG_NONDESTROYABLE);
}

bool hf_nvm_has(hf_nvm *nvm, hf_id id)
{
    return look_up(nvm, id) != 0;
}

/* The head of an entry's record, which must be just that. */
static int read_head(hf_nvm *nvm, const hf_nvm_entry *entry, hf_record *record)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint8_t head[HF_RECORD_PUT_SIZE];
    int rc = hf_nvm_log_read(nvm, hf_nvm_entry_address(entry), head, sizeof head);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_record_decode(record, head, sizeof head);
    bool is_put = record->type == HF_RECORD_PUT || record->type == HF_RECORD_COPY;
    uint32_t opened = (uint32_t)nvm->regions[entry->region].epoch;
    uint32_t age = (uint32_t)nvm->epoch - opened;
    if (rc != HF_OK || !is_put || record->id != entry->id || record->len != entry->len ||
        record->flags != entry->flags || record->epoch - opened > age) {
        return HF_ERR_CORRUPT;
    }
    return HF_OK;
}

static int get_metadata(hf_nvm *nvm, uint32_t number, hf_metadata *meta)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_record record;
    const hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    int rc = read_head(nvm, entry, &record);
    if (rc != HF_OK) {
        return rc;
    }
    *meta = (hf_metadata){ .id = entry->id,
                           .len = entry->len,
                           .flags = entry->flags,
                           .type = record.key_type,
                           .access = record.access,
                           .generation = hf_nvm_entry_position(entry) };
    memcpy(meta->label, record.label, HF_LABEL_SIZE);
    return HF_OK;
}

int hf_nvm_get_metadata(hf_nvm *nvm, hf_id id, hf_metadata *meta)
{
    uint32_t number = look_up(nvm, id);
    return number == 0 ? HF_ERR_NOTFOUND : get_metadata(nvm, number, meta);
}

int hf_nvm_next(hf_nvm *nvm, hf_id after, hf_id last, hf_metadata *meta)
{
    uint32_t number = hf_nvm_index_next(&nvm->index, after);
    hf_nvm_txn_observe_absence(nvm);
    if (number == 0 || hf_nvm_index_at(&nvm->index, number)->id > last) {
        return HF_ERR_NOTFOUND;
    }
    hf_nvm_txn_observe_entry(nvm, hf_nvm_index_at(&nvm->index, number));
    return get_metadata(nvm, number, meta);
}

/* Part of an entry's payload; all of it is checked by its checksum. */
static int read_payload(hf_nvm *nvm, const hf_nvm_entry *entry, uint32_t offset,
                        hf_bytes part) HF_REQUIRES(hf_tsa_nvm)
{
    uint8_t *out = (uint8_t *)(uintptr_t)part.data;
    if (hf_nvm_entry_is_counter(entry)) {
        uint8_t value[COUNTER_LEN];
        hf_put_u64(value, entry->value);
        memcpy(out, value + offset, part.len);
        return HF_OK;
    }
    hf_nvm_address at = hf_nvm_entry_address(entry);
    at.offset += HF_RECORD_PUT_SIZE + offset;
    int rc = hf_nvm_log_read(nvm, at, out, part.len);
    if (rc != HF_OK || part.len != entry->len) {
        return rc;
    }
    hf_record record;
    rc = read_head(nvm, entry, &record);
    if (rc == HF_OK && record.payload_crc != hf_crc32c(0, out, part.len)) {
        rc = HF_ERR_CORRUPT;
    }
    return rc;
}

static int read_range(hf_nvm *nvm, hf_id id, uint32_t offset, hf_buffer *out,
                      uint32_t refused) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t number = look_up(nvm, id);
    if (number == 0) {
        return HF_ERR_NOTFOUND;
    }
    const hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    if ((entry->flags & refused) != 0) {
        return HF_ERR_ACCESS;
    }
    if (offset > entry->len || out->len > out->size) {
        return HF_ERR_ARG;
    }
    size_t len = entry->len - offset;
    if (len > out->size - out->len) {
        len = out->size - out->len;
    }
    if (len == 0) {
        return HF_OK;
    }
    int rc = read_payload(nvm, entry, offset, hf_bytes_of(out->data + out->len, len));
    if (rc == HF_OK) {
        out->len += len;
    }
    return rc;
}

int hf_nvm_read_unchecked(hf_nvm *nvm, hf_id id, uint32_t offset, hf_buffer *out)
{
    return read_range(nvm, id, offset, out, 0);
}

int hf_nvm_read_checked(hf_nvm *nvm, hf_id id, uint32_t offset, hf_buffer *out)
{
    return read_range(nvm, id, offset, out, HF_FLAG_SENSITIVE | HF_FLAG_NONEXPORTABLE);
}

/* The entry of a counter. */
static int look_up_counter(hf_nvm *nvm, hf_id id, uint32_t *number)
    HF_REQUIRES(hf_tsa_nvm)
{
    *number = look_up(nvm, id);
    if (*number == 0) {
        return HF_ERR_NOTFOUND;
    }
    const hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, *number);
    return hf_nvm_entry_is_counter(entry) ? HF_OK : HF_ERR_TYPE;
}

int hf_nvm_get_counter(hf_nvm *nvm, hf_id id, uint64_t *value)
{
    uint32_t number;
    int rc = look_up_counter(nvm, id, &number);
    if (rc == HF_OK) {
        *value = hf_nvm_index_at(&nvm->index, number)->value;
    }
    return rc;
}

int hf_nvm_set_counter(hf_nvm *nvm, hf_id id, uint64_t value)
{
    uint32_t number;
    int rc = look_up_counter(nvm, id, &number);
    if (rc == HF_OK) {
        rc = hf_nvm_txn_check(nvm);
    }
    if (rc == HF_OK) {
        rc = admit(nvm, HF_RECORD_COUNTER_SIZE, HF_NVM_LEVEL_COUNTER);
    }
    if (rc != HF_OK) {
        return rc;
    }
    hf_record record = { .type = HF_RECORD_COUNTER, .id = id, .value = value };
    append_head(nvm, &record);
    hf_nvm_txn_set_counter(nvm, number, record.seq, value);
    return HF_OK;
}

int hf_nvm_find_free(hf_nvm *nvm, hf_id from, hf_id to, uint32_t looks, uint32_t *number)
{
    hf_nvm_txn_observe_absence(nvm);
    nvm->txn.again = HF_NVM_AGAIN_NONE;
    for (hf_id id = from; id <= to; id++) {
        if (looks == 0) {
            *number = hf_id_number(id);
            return HF_ERR_AGAIN;
        }
        looks--;
        uint32_t found = hf_nvm_index_next(&nvm->index, id - 1u);
        if (found == 0 || hf_nvm_index_at(&nvm->index, found)->id != id) {
            *number = hf_id_number(id);
            return HF_OK;
        }
        hf_nvm_txn_observe_entry(nvm, hf_nvm_index_at(&nvm->index, found));
    }
    return HF_ERR_NOTFOUND;
}

int hf_nvm_stage(hf_nvm *nvm, const hf_nvm_staged *change)
{
    if (nvm->txn.staged_count == HF_CFG_NVM_TXN_OPS_MAX) {
        return HF_ERR_LIMIT;
    }
    nvm->txn.staged[nvm->txn.staged_count++] = *change;
    return HF_OK;
}

int hf_nvm_again_cause(const hf_nvm *nvm)
{
    return nvm->txn.again;
}

void hf_nvm_observe_head(hf_nvm *nvm)
{
    hf_nvm_observe(nvm, nvm->head);
}

hf_ticket hf_nvm_head(const hf_nvm *nvm)
{
    return nvm->head;
}
