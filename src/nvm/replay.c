/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Replay. The rules are in docs/storage.md: the log is followed record by record; where
 * it breaks, it ends, unless anything valid on the medium tells that it was durable
 * further.
 */
#include "nvm/replay.h"

#include "nvm/index.h"
#include "nvm/space.h"
#include "nvm/txn.h"

/* What a record means for the walk; above 0, so that no error looks like it. */
#define WALK_END 1

static void raise_to(uint64_t *value, uint64_t to)
{
    *value = to > *value ? to : *value;
}

static int corrupt(hf_nvm *nvm, hf_nvm_address at)
{
    nvm->corrupt_at = at;
    return HF_ERR_CORRUPT;
}

int hf_nvm_replay_find_regions(hf_nvm *nvm, hf_nvm_replay *replay, uint32_t *newest)
{
    int rejected = HF_OK;
    *newest = nvm->geometry.region_count;
    hf_nvm_reader_init(&replay->reader, nvm);
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        hf_anchor anchor;
        hf_nvm_address at = { i, 0 };
        int rc = hf_nvm_reader_get_anchor(&replay->reader, at, &anchor);
        if (rc == HF_ERR_IO) {
            return rc;
        }
        bool is_open = rc == HF_OK && anchor.kind == HF_ANCHOR_OPEN;
        replay->opened[i] = is_open ? anchor.epoch : 0;
        rejected = rc == HF_ERR_ARG || rc == HF_ERR_VERSION ? rc : rejected;
        if (is_open && (*newest == nvm->geometry.region_count ||
                        anchor.epoch > replay->opened[*newest])) {
            *newest = i;
        }
    }
    return *newest == nvm->geometry.region_count ? rejected : HF_OK;
}

/* Look at a region from an offset on, for what it tells about all of the store. */
static int survey(hf_nvm_replay *replay, hf_nvm_address at, uint64_t epoch,
                  hf_nvm_survey *found)
{
    *found = (hf_nvm_survey){ .epoch = epoch };
    int rc = hf_nvm_survey_run(&replay->reader, at, found);
    raise_to(&replay->durable, found->durable);
    raise_to(&replay->epoch_max, found->epoch);
    return rc;
}

/* Find where the region goes on after a cut. */
static int find_resume(hf_nvm *nvm, hf_nvm_replay *replay) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_survey found;
    hf_nvm_address at = { replay->end.region, replay->offset };
    int rc = survey(replay, at, nvm->epoch, &found);
    replay->has_resume = found.has_resume;
    replay->resume_at = found.resume_at;
    replay->resume_from = found.resume.prev_end;
    replay->garbage_end = found.end;
    raise_to(&replay->durable_end, found.durable_end);
    return rc;
}

static bool has_pending(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    return nvm->txn.seq != nvm->head;
}

static void follow_anchor(hf_nvm *nvm, hf_nvm_replay *replay, const hf_anchor *anchor)
    HF_REQUIRES(hf_tsa_nvm)
{
    nvm->epoch = anchor->epoch;
    replay->erased_mask = anchor->erased_mask;
    raise_to(&replay->told, anchor->durable);
    replay->last_anchor = anchor->kind;
}

static int walk_anchor(hf_nvm *nvm, hf_nvm_replay *replay) HF_REQUIRES(hf_tsa_nvm)
{
    hf_anchor anchor;
    hf_nvm_address at = { replay->end.region, replay->offset };
    int rc = hf_nvm_reader_get_anchor(&replay->reader, at, &anchor);
    if (rc == HF_ERR_IO) {
        return rc;
    }
    bool is_next = rc == HF_OK && anchor.epoch == nvm->epoch + 1u &&
                   anchor.seq == nvm->head && !has_pending(nvm) &&
                   (anchor.kind == HF_ANCHOR_RETIRE || anchor.kind == HF_ANCHOR_CLOSE);
    if (!is_next) {
        return WALK_END;
    }
    follow_anchor(nvm, replay, &anchor);
    replay->offset += HF_RECORD_ANCHOR_SIZE;
    return HF_OK;
}

/* Check a payload. A bad one ends the log, unless the log is known to be durable beyond
 * it: then it was scrubbed, which shows when its object is gone at the end, or is
 * damaged. */
static int check_payload(hf_nvm *nvm, hf_nvm_replay *replay, const hf_record *record,
                         hf_nvm_payload *payload, uint8_t *marks) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_address at = { replay->end.region, replay->offset + HF_RECORD_PUT_SIZE };
    int rc = hf_nvm_reader_check(&replay->reader, at, record->len, payload);
    *marks = 0;
    if (rc != HF_OK || payload->crc == record->payload_crc) {
        return rc;
    }
    if (replay->durable <= nvm->head) {
        return WALK_END;
    }
    *marks = HF_NVM_ENTRY_BAD;
    if (payload->is_uniform) {
        *marks |= HF_NVM_ENTRY_SCRUBBED;
    }
    replay->bad_count++;
    return HF_OK;
}

static int walk_put(hf_nvm *nvm, hf_nvm_replay *replay, const hf_record *record)
    HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_payload payload;
    uint8_t marks;
    bool is_copy = record->type == HF_RECORD_COPY;
    hf_nvm_address at = { replay->end.region, replay->offset };
    if (!hf_id_is_valid(record->id) ||
        (is_copy ? has_pending(nvm) || record->seq > nvm->head
                 : record->seq != nvm->txn.seq + 1u)) {
        return WALK_END;
    }
    int rc = check_payload(nvm, replay, record, &payload, &marks);
    if (rc != HF_OK) {
        return rc;
    }
    if (hf_record_size(record) > nvm->txn_max) {
        return HF_ERR_SIZE; /* it could not be copied through this log buffer */
    }
    if (!is_copy && nvm->txn.op_count == HF_CFG_NVM_TXN_OPS_MAX) {
        return HF_ERR_LIMIT;
    }
    rc = is_copy ? hf_nvm_txn_move(nvm, record, at, payload.value)
                 : hf_nvm_txn_put(nvm, record, at, payload.value);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t number = hf_nvm_index_find(&nvm->index, record->id);
    hf_nvm_index_at(&nvm->index, number)->marks |= marks;
    nvm->txn.seq = is_copy ? nvm->txn.seq : record->seq;
    return HF_OK;
}

/* DESTROY and COUNTER. Their object may be unknown: then its record was in a region that
 * has been cleaned, and a copy, or a destroy, follows. */
static int walk_change(hf_nvm *nvm, const hf_record *record) HF_REQUIRES(hf_tsa_nvm)
{
    if (record->seq != nvm->txn.seq + 1u) {
        return WALK_END;
    }
    uint32_t number = hf_nvm_index_find(&nvm->index, record->id);
    if (number != 0 && nvm->txn.op_count == HF_CFG_NVM_TXN_OPS_MAX) {
        return HF_ERR_LIMIT;
    }
    if (number != 0 && record->type == HF_RECORD_DESTROY) {
        hf_nvm_txn_destroy(nvm, number);
    } else if (number != 0) {
        hf_nvm_txn_set_counter(nvm, number, record->seq, record->value);
    }
    nvm->txn.seq = record->seq;
    return HF_OK;
}

/* The next record: HF_OK and replay->offset is behind it, WALK_END, or an error. */
static int walk_record(hf_nvm *nvm, hf_nvm_replay *replay) HF_REQUIRES(hf_tsa_nvm)
{
    hf_bytes bytes;
    hf_record record;
    hf_nvm_address at = { replay->end.region, replay->offset };
    int rc = hf_nvm_reader_get(&replay->reader, at, HF_RECORD_HEAD_SIZE_MAX, &bytes);
    if (rc != HF_OK) {
        return rc;
    }
    if (hf_record_decode(&record, bytes.data, bytes.len) != HF_OK ||
        hf_record_size(&record) > nvm->geometry.region_size - replay->offset) {
        return WALK_END;
    }
    if (record.type == HF_RECORD_ANCHOR) {
        return walk_anchor(nvm, replay);
    }
    if (record.epoch != (uint32_t)nvm->epoch) {
        return WALK_END;
    }
    if (record.type == HF_RECORD_PUT || record.type == HF_RECORD_COPY) {
        rc = walk_put(nvm, replay, &record);
    } else if (record.type == HF_RECORD_PAD || record.type == HF_RECORD_MARK) {
        rc = has_pending(nvm) ? WALK_END : HF_OK;
    } else {
        rc = walk_change(nvm, &record);
    }
    if (rc != HF_OK) {
        return rc;
    }
    raise_to(&replay->told, hf_record_claim(&record));
    replay->offset += hf_record_size(&record);
    replay->last_anchor = record.type == HF_RECORD_PAD ? replay->last_anchor : 0;
    if (record.is_commit && has_pending(nvm)) {
        hf_nvm_txn_apply(nvm);
    }
    return HF_OK;
}

/* Go on where the log was resumed. */
static int walk_resume(hf_nvm *nvm, hf_nvm_replay *replay) HF_REQUIRES(hf_tsa_nvm)
{
    hf_anchor anchor;
    hf_nvm_address at = { replay->end.region, replay->resume_at };
    int rc = hf_nvm_reader_get_anchor(&replay->reader, at, &anchor);
    if (rc != HF_OK || anchor.seq != nvm->head || has_pending(nvm)) {
        return rc == HF_ERR_IO ? rc : WALK_END;
    }
    follow_anchor(nvm, replay, &anchor);
    replay->offset = replay->resume_at + HF_RECORD_ANCHOR_SIZE;
    replay->end.offset = replay->offset;
    replay->is_resumed = true;
    return find_resume(nvm, replay);
}

/* True when the log goes on in another region from here. */
static bool leads_to(const hf_nvm *nvm, const hf_nvm_replay *replay,
                     const hf_anchor *next) HF_REQUIRES(hf_tsa_nvm)
{
    return next != NULL && next->prev_end == replay->offset && next->seq == nvm->head &&
           next->epoch > nvm->epoch && !has_pending(nvm) &&
           next->prev_epoch == nvm->regions[replay->end.region].epoch;
}

/* Walk through one region, whose opening anchor is valid. HF_OK: on to the next. */
static int walk_region(hf_nvm *nvm, hf_nvm_replay *replay, uint32_t region,
                       const hf_anchor *next) HF_REQUIRES(hf_tsa_nvm)
{
    hf_anchor anchor;
    hf_nvm_address at = { region, 0 };
    int rc = hf_nvm_reader_get_anchor(&replay->reader, at, &anchor);
    if (rc != HF_OK) {
        return HF_ERR_IO; /* it could be read a moment ago */
    }
    follow_anchor(nvm, replay, &anchor);
    nvm->regions[region].epoch = nvm->epoch;
    replay->end = (hf_nvm_address){ region, HF_RECORD_ANCHOR_SIZE };
    replay->offset = HF_RECORD_ANCHOR_SIZE;
    replay->durable_end = 0;
    replay->is_resumed = false;
    replay->has_resume = false;
    rc = next == NULL || next->is_resumed ? find_resume(nvm, replay) : HF_OK;
    while (rc == HF_OK) {
        if (replay->has_resume && replay->offset == replay->resume_from) {
            rc = walk_resume(nvm, replay);
            continue;
        }
        if (leads_to(nvm, replay, next)) {
            break;
        }
        rc = walk_record(nvm, replay);
        if (rc == HF_OK && !has_pending(nvm)) {
            replay->end.offset = replay->offset;
            hf_nvm_txn_begin(nvm);
        }
    }
    nvm->regions[region].end8 = (uint32_t)(replay->end.offset / 8u);
    return rc;
}

/* The region of the lowest opening epoch above `epoch`; region_count: there is none. */
static uint32_t find_region(const hf_nvm *nvm, const hf_nvm_replay *replay,
                            uint64_t epoch) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t best = nvm->geometry.region_count;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        uint64_t opened = replay->opened[i];
        if (opened > epoch &&
            (best == nvm->geometry.region_count || opened < replay->opened[best])) {
            best = i;
        }
    }
    return best;
}

/* Has anything been written to a region without a valid opening? Its beginning tells:
 * what a cut left behind began there, and a cut tears no more than a buffer's length. */
static int looks_used(hf_nvm_replay *replay, uint32_t region, bool *is_used)
{
    hf_nvm_address at = { region, 0 };
    hf_bytes bytes;
    int rc = hf_nvm_reader_get_more(&replay->reader, at, &bytes);
    *is_used = rc == HF_OK && !hf_nvm_is_erased(bytes, replay->reader.geometry.erased);
    if (*is_used) {
        replay->used_mask |= (uint64_t)1 << region;
    }
    return rc;
}

/* The log broke at replay->end. Does anything valid behind it say that it was durable
 * there? */
static int check_break(hf_nvm *nvm, hf_nvm_replay *replay) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_survey found;
    uint32_t last = replay->end.region;
    replay->garbage_end = 0;
    for (uint32_t i = 0; i < nvm->geometry.region_count; i++) {
        uint64_t opened = replay->opened[i];
        hf_nvm_address at = { i, i == last ? replay->end.offset : 0 };
        bool is_needed = i == last || opened > nvm->regions[last].epoch;
        int rc = opened == 0 ? looks_used(replay, i, &is_needed) : HF_OK;
        if (rc == HF_OK && is_needed) {
            rc = survey(replay, at, nvm->epoch, &found);
        }
        if (rc != HF_OK) {
            return rc;
        }
        if (!is_needed) {
            continue;
        }
        if (i == last) {
            replay->garbage_end = found.end;
            raise_to(&replay->durable_end, found.durable_end);
        } else if (found.durable_end > 0 && opened > nvm->epoch) {
            return corrupt(nvm, replay->end);
        }
    }
    bool is_lost =
        replay->durable > nvm->head || replay->durable_end > replay->end.offset;
    return is_lost ? corrupt(nvm, replay->end) : HF_OK;
}

/* A bad payload that is still the live one was not scrubbed, but damaged. */
static int check_bad_payloads(hf_nvm *nvm, const hf_nvm_replay *replay)
    HF_REQUIRES(hf_tsa_nvm)
{
    if (replay->bad_count == 0) {
        return HF_OK;
    }
    uint32_t number = hf_nvm_index_next(&nvm->index, 0);
    while (number != 0) {
        const hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
        if ((entry->marks & HF_NVM_ENTRY_BAD) != 0) {
            return corrupt(nvm, hf_nvm_entry_address(entry));
        }
        number = hf_nvm_index_next(&nvm->index, entry->id);
    }
    return HF_OK;
}

int hf_nvm_replay_run(hf_nvm *nvm, hf_nvm_replay *replay, uint32_t newest)
{
    hf_nvm_survey found;
    uint32_t count = nvm->geometry.region_count;
    hf_nvm_address at = { newest, 0 };
    int rc = survey(replay, at, replay->opened[newest], &found);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t region = find_region(nvm, replay, found.tail_epoch - 1u);
    if (region == count || replay->opened[region] != found.tail_epoch) {
        return corrupt(nvm, at);
    }
    hf_anchor first;
    at.region = region;
    rc = hf_nvm_reader_get_anchor(&replay->reader, at, &first);
    if (rc != HF_OK) {
        return HF_ERR_IO; /* it could be read a moment ago */
    }
    nvm->head = first.seq;
    hf_nvm_txn_begin(nvm);
    for (;;) {
        hf_anchor next;
        at.region = find_region(nvm, replay, replay->opened[region]);
        bool is_last = at.region == count;
        rc = is_last ? HF_OK : hf_nvm_reader_get_anchor(&replay->reader, at, &next);
        if (rc == HF_OK) {
            rc = walk_region(nvm, replay, region, is_last ? NULL : &next);
        }
        if (rc != HF_OK) {
            break;
        }
        region = at.region;
    }
    if (rc != WALK_END) {
        return rc;
    }
    hf_nvm_txn_revert(nvm);
    rc = check_break(nvm, replay);
    return rc == HF_OK ? check_bad_payloads(nvm, replay) : rc;
}
