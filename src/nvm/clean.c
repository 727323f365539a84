/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Cleaning: what lives in the oldest region is copied to the end of the log, an anchor
 * retires the region, and it is erased. Each step takes holds of its own. The region that
 * is being cleaned does not change any more, so most of it is read without the lock.
 * Records keep their sequence numbers, and each copy counts by itself.
 *
 * Whatever is cut short is harmless: until the anchor is durable the old region is part
 * of the log, and copies only say again what it says; after that it is erased on open.
 */
#include "nvm/clean.h"

#include <string.h>

#include "holdfast/crc32c.h"
#include "nvm/index.h"
#include "nvm/log_buffer.h"
#include "nvm/record.h"
#include "nvm/space.h"
#include "nvm/sync.h"
#include "nvm/txn.h"

#define CHUNK_SIZE 512u /* bytes on the stack, read ahead of the copies */
#define CHUNKS_PER_STEP 16u
#define COUNTER_LEN 8u
#define BUFFER_FULL 1 /* the copies go on after a sync */

enum phase {
    PHASE_IDLE = 0,
    PHASE_COPY,   /* of what is live in the victim */
    PHASE_RETIRE, /* all copied, not all durable */
    PHASE_ERASE   /* the anchor is appended */
};

enum action {
    ACTION_NONE,
    ACTION_SWITCH, /* go on in a blank region */
    ACTION_BEGIN,  /* clean the tail */
    ACTION_GO_ON
};

typedef struct chunk {
    uint8_t bytes[CHUNK_SIZE];
    hf_nvm_address at;
    size_t len;
} chunk;

void hf_nvm_clean_resume(hf_nvm *nvm)
{
    if (hf_nvm_space_blank_count(nvm) == 0) {
        nvm->cleaning.phase = PHASE_COPY;
        nvm->cleaning.victim = hf_nvm_space_tail(nvm);
        nvm->cleaning.offset = 0;
    }
}

/* ---- what to do ---- */

static bool is_need_met(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    return nvm->cleaning.need == 0 ||
           hf_nvm_space_admits(nvm, nvm->cleaning.need, nvm->cleaning.need_level);
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Without being asked: secrets that only an erase removes, or a region that is nearly
 * full while much could be given back. */
static enum action choose_idle(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    if (nvm->residue_count > nvm->index.scrub_count) {
        return ACTION_BEGIN;
    }
    uint64_t ahead = min_u64(nvm->txn_max, nvm->geometry.region_size / 16u);
    if (hf_nvm_space_admits(nvm, ahead, HF_NVM_LEVEL_PUT)) {
        return ACTION_NONE;
    }
    if (hf_nvm_space_blank_count(nvm) > 1u) {
        return ACTION_SWITCH;
    }
    return hf_nvm_space_reclaimable(nvm) > nvm->capacity / 8u ? ACTION_BEGIN
                                                              : ACTION_NONE;
}

static int choose(hf_nvm *nvm, bool wanted, enum action *action) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm_cleaning *cleaning = &nvm->cleaning;
    *action = ACTION_NONE;
    if (cleaning->phase != PHASE_IDLE) {
        *action = ACTION_GO_ON;
        return HF_OK;
    }
    bool was_needed = cleaning->need != 0;
    if (is_need_met(nvm)) {
        cleaning->need = 0;
        cleaning->tries_count = 0;
    }
    if (!wanted) {
        *action = choose_idle(nvm);
        return HF_OK;
    }
    if (cleaning->need != 0 && hf_nvm_space_blank_count(nvm) > 1u) {
        *action = ACTION_SWITCH;
        return HF_OK;
    }
    /* Every region has had its turn. */
    bool is_hopeless = cleaning->tries_count > nvm->geometry.region_count + 1u;
    bool is_useless = cleaning->need == 0 && nvm->residue_count == 0 &&
                      hf_nvm_space_reclaimable(nvm) == 0;
    if (was_needed && cleaning->need == 0) {
        return HF_OK;
    }
    if (is_hopeless || is_useless) {
        cleaning->need = 0;
        cleaning->tries_count = 0;
        return HF_ERR_NOSPACE;
    }
    *action = ACTION_BEGIN;
    return HF_OK;
}

/* Is there room in the buffer for an anchor and the filling around it? */
static bool has_anchor_room(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    return hf_nvm_log_room(nvm) >= HF_RECORD_ANCHOR_SIZE + 2u * nvm->pad_size;
}

/* ---- beginning ---- */

static void begin(hf_nvm *nvm, enum action action) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t tail = hf_nvm_space_tail(nvm);
    bool is_cleaning = action == ACTION_BEGIN;
    bool stays = is_cleaning && tail != nvm->log.active && hf_nvm_space_takes(nvm, tail);
    uint32_t region = hf_nvm_space_find_blank(nvm);
    if (!stays && (hf_nvm_log_is_switching(nvm) || !has_anchor_room(nvm) ||
                   region == nvm->geometry.region_count)) {
        return; /* commits came between; the next step tries again */
    }
    if (!stays) {
        hf_nvm_space_open_region(nvm, region);
    }
    if (is_cleaning) {
        nvm->cleaning.phase = PHASE_COPY;
        nvm->cleaning.victim = tail;
        nvm->cleaning.offset = 0;
    }
}

static int begin_step(hf_nvm *nvm, enum action action) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_sync_all(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    begin(nvm, action);
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

/* ---- copying ---- */

/* The live entry of a record at an address, or NULL. */
static const hf_nvm_entry *find_live(const hf_nvm *nvm, const hf_record *record,
                                     hf_nvm_address at) HF_REQUIRES(hf_tsa_nvm)
{
    if (record->type != HF_RECORD_PUT && record->type != HF_RECORD_COPY) {
        return NULL;
    }
    uint32_t number = hf_nvm_index_find(&nvm->index, record->id);
    if (number == 0) {
        return NULL;
    }
    const hf_nvm_entry *entry = hf_nvm_index_at(&nvm->index, number);
    hf_nvm_address place = hf_nvm_entry_address(entry);
    bool is_live = place.region == at.region && place.offset == at.offset;
    return is_live ? entry : NULL;
}

static int append_payload(hf_nvm *nvm, const hf_record *record, hf_nvm_address at,
                          const uint8_t *payload) HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t size = hf_record_size(record) - HF_RECORD_PUT_SIZE;
    if (payload != NULL) {
        hf_nvm_log_append(nvm, payload, record->len);
        hf_nvm_log_append(nvm, NULL, (size_t)(size - record->len));
        return HF_OK;
    }
    at.offset += HF_RECORD_PUT_SIZE;
    return hf_nvm_log_append_from(nvm, at, (size_t)size);
}

/* A cut may make what is not durable unusable, and all of it must be copied again. So
 * only a little is copied between two syncs; when a cut has used up the room that is kept
 * for that, a record at a time, if that costs no filling. */
static bool must_sync_first(const hf_nvm *nvm, uint64_t size, uint64_t left)
    HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t pending = nvm->log.end - nvm->log.start;
    uint64_t wanted = hf_nvm_space_debt(nvm) + 2u * HF_RECORD_ANCHOR_SIZE + nvm->cut_loss;
    bool is_tight = nvm->pad_size == 0 && left < wanted;
    return pending > 0 && (is_tight || pending + size > nvm->cut_loss);
}

/* Copy one live record to the end of the log. `payload` NULL: read it from the medium. */
static int copy_record(hf_nvm *nvm, const hf_nvm_entry *entry, const hf_record *old,
                       const uint8_t *payload) HF_REQUIRES(hf_tsa_nvm)
{
    uint64_t size = hf_record_size(old);
    uint64_t spare = HF_RECORD_ANCHOR_SIZE + 2u * nvm->pad_size;
    uint64_t left = nvm->geometry.region_size - hf_nvm_log_offset(nvm);
    if (size + spare > left) {
        return HF_ERR_NOSPACE;
    }
    if (must_sync_first(nvm, size, left) || size + spare > hf_nvm_log_room(nvm)) {
        return BUFFER_FULL;
    }
    uint8_t head[HF_RECORD_HEAD_SIZE_MAX];
    uint8_t value[COUNTER_LEN];
    uint64_t position = nvm->log.end;
    hf_nvm_address from = hf_nvm_entry_address(entry);
    hf_nvm_address to = { nvm->log.active, hf_nvm_log_offset(nvm) };
    hf_record copy = *old;
    copy.type = HF_RECORD_COPY;
    copy.is_commit = true;
    copy.lag = HF_RECORD_LAG_NONE;
    copy.seq = entry->seq;
    copy.commit_lag = entry->commit_lag;
    copy.epoch = (uint32_t)nvm->epoch;
    if (hf_nvm_entry_is_counter(entry)) {
        hf_put_u64(value, entry->value);
        payload = value;
        copy.payload_crc = hf_crc32c(0, value, sizeof value);
    }
    hf_record_encode(&copy, head);
    hf_nvm_log_append(nvm, head, HF_RECORD_PUT_SIZE);
    int rc = append_payload(nvm, &copy, from, payload);
    if (rc == HF_OK) {
        rc = hf_nvm_txn_move(nvm, &copy, to, entry->value);
    }
    if (rc != HF_OK) {
        hf_nvm_log_truncate(nvm, position);
    }
    nvm->log.is_dirty = true;
    return rc;
}

/* Does a record's checksum fit an epoch that a region can have? */
static bool is_record(const hf_nvm *nvm, const hf_record *record, const uint8_t *bytes,
                      uint32_t region) HF_REQUIRES(hf_tsa_nvm)
{
    if (record->type == HF_RECORD_ANCHOR) {
        hf_anchor anchor;
        return hf_anchor_decode(&anchor, bytes) == HF_OK;
    }
    uint32_t opened = (uint32_t)nvm->regions[region].epoch;
    return record->epoch - opened <= (uint32_t)nvm->epoch - opened;
}

/* Copy what is live among the records of a chunk, and move the offset behind them. What
 * is no record was left by a cut: the next one begins at some multiple of 8 behind it. */
static int copy_chunk(hf_nvm *nvm, const chunk *in) HF_REQUIRES(hf_tsa_nvm)
{
    size_t pos = 0;
    while (pos < in->len) {
        hf_record record;
        hf_nvm_address at = { in->at.region, in->at.offset + pos };
        const uint8_t *bytes = in->bytes + pos;
        int rc = hf_record_decode(&record, bytes, in->len - pos);
        if (rc == HF_ERR_SIZE && in->len == CHUNK_SIZE && pos > 0) {
            break; /* the next chunk begins with it */
        }
        uint64_t size = 8;
        if (rc == HF_OK && is_record(nvm, &record, bytes, at.region)) {
            size = hf_record_size(&record);
            const hf_nvm_entry *entry = find_live(nvm, &record, at);
            bool is_whole = size <= in->len - pos;
            const uint8_t *payload = is_whole ? bytes + HF_RECORD_PUT_SIZE : NULL;
            rc = entry != NULL ? copy_record(nvm, entry, &record, payload) : HF_OK;
            if (rc != HF_OK) {
                return rc;
            }
        }
        nvm->cleaning.offset = at.offset + size;
        if (size >= in->len - pos) {
            break;
        }
        pos += (size_t)size;
    }
    return HF_OK;
}

/* Where the next chunk begins; *len = 0: the victim's end is reached. */
static int next_chunk(hf_nvm *nvm, chunk *next) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t victim = nvm->cleaning.victim;
    uint64_t end = (uint64_t)nvm->regions[victim].end8 * 8u;
    uint64_t offset = nvm->cleaning.offset;
    uint64_t left = offset < end ? end - offset : 0;
    next->at = (hf_nvm_address){ victim, offset };
    next->len = (size_t)min_u64(left, CHUNK_SIZE);
    if (next->len == 0 || nvm->regions[victim].live_size == 0) {
        next->len = 0;
        if (nvm->regions[victim].live_size == 0) {
            nvm->cleaning.phase = PHASE_RETIRE;
        } else {
            rc = HF_ERR_CORRUPT; /* a damaged record is all that is left of its object */
        }
    }
    return hf_nvm_unlock(nvm, rc, NULL);
}

static int copy_chunk_locked(hf_nvm *nvm, const chunk *in)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    int copied = copy_chunk(nvm, in);
    hf_nvm_txn_begin(nvm); /* what was copied stays, whatever came of the rest */
    rc = hf_nvm_unlock(nvm, HF_OK, NULL);
    return rc != HF_OK ? rc : copied;
}

static int copy_step(hf_nvm *nvm, bool is_first) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    chunk next;
    /* Everything in the victim must be on the medium before it is read from there. */
    int rc = is_first ? hf_nvm_sync_all(nvm) : HF_OK;
    for (uint32_t i = 0; i < CHUNKS_PER_STEP && rc == HF_OK; i++) {
        rc = next_chunk(nvm, &next);
        if (rc != HF_OK || next.len == 0) {
            break;
        }
        if (nvm->device->ops->read(nvm->device->context, next.at, next.bytes, next.len) !=
            HF_OK) {
            rc = HF_ERR_IO;
            break;
        }
        rc = copy_chunk_locked(nvm, &next);
        if (rc == BUFFER_FULL) {
            rc = hf_nvm_sync_all(nvm);
        }
    }
    hf_wipe(&next, sizeof next);
    return rc;
}

/* ---- retiring ---- */

static int retire(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    if (!hf_nvm_space_admits(nvm, HF_RECORD_ANCHOR_SIZE, HF_NVM_LEVEL_BARE)) {
        return HF_ERR_NOSPACE; /* cuts, or a damage, have used up what is kept for it */
    }
    if (!has_anchor_room(nvm)) {
        return HF_OK; /* commits came between; the next step tries again */
    }
    nvm->regions[nvm->cleaning.victim].epoch = 0;
    hf_nvm_space_append_anchor(nvm, &(hf_anchor){ .kind = HF_ANCHOR_RETIRE });
    nvm->cleaning.phase = PHASE_ERASE;
    return HF_OK;
}

static int retire_step(hf_nvm *nvm) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    /* The anchor says that the copies are durable. */
    int rc = hf_nvm_sync_all(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = retire(nvm);
    return hf_nvm_unlock(nvm, rc, NULL);
}

static void forget_region(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm)
{
    uint32_t victim = nvm->cleaning.victim;
    nvm->residue_count -= nvm->regions[victim].residue_count;
    nvm->regions[victim] = (hf_nvm_region){ .epoch = 0 };
    hf_nvm_index_forget_scrubs(&nvm->index, victim);
    nvm->erased_mask |= (uint64_t)1 << victim;
    nvm->cleaning.phase = PHASE_IDLE;
    nvm->cleaning.tries_count++;
}

static int erase_step(hf_nvm *nvm, uint32_t victim) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_sync_all(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    if (nvm->device->ops->erase(nvm->device->context, victim) != HF_OK) {
        hf_nvm_fail(nvm);
        return HF_ERR_IO;
    }
    rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    forget_region(nvm);
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

/* ---- the step ---- */

static int choose_locked(hf_nvm *nvm, bool wanted, enum action *action,
                         hf_nvm_cleaning *state) HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = choose(nvm, wanted, action);
    *state = nvm->cleaning;
    return hf_nvm_unlock(nvm, rc, NULL);
}

static int look_for_more(hf_nvm *nvm, bool wanted, bool *more)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    bool is_needed = wanted ? !is_need_met(nvm) : choose_idle(nvm) != ACTION_NONE;
    if (nvm->cleaning.phase == PHASE_IDLE && is_need_met(nvm)) {
        nvm->cleaning.tries_count = 0; /* the next need begins to count anew */
    }
    *more = nvm->cleaning.phase != PHASE_IDLE || is_needed || nvm->residue_count > 0;
    return hf_nvm_unlock(nvm, HF_OK, NULL);
}

static int go_on(hf_nvm *nvm, const hf_nvm_cleaning *state)
    HF_EXCLUDES(nvm->lock, hf_tsa_nvm)
{
    switch ((enum phase)state->phase) {
    case PHASE_COPY:
        return copy_step(nvm, state->offset == 0);
    case PHASE_RETIRE:
        return retire_step(nvm);
    case PHASE_ERASE:
        return erase_step(nvm, state->victim);
    case PHASE_IDLE:
        break;
    }
    return HF_OK;
}

int hf_nvm_clean_step(hf_nvm *nvm, bool wanted, bool *more)
{
    enum action action = ACTION_NONE;
    hf_nvm_cleaning state;
    *more = false;
    if (hf_nvm_is_failed(nvm)) {
        return HF_ERR_IO;
    }
    int rc = hf_nvm_scrub_step(nvm, more);
    if (rc == HF_OK) {
        rc = choose_locked(nvm, wanted, &action, &state);
    }
    if (rc == HF_OK && action == ACTION_GO_ON) {
        rc = go_on(nvm, &state);
    } else if (rc == HF_OK && action != ACTION_NONE) {
        rc = begin_step(nvm, action);
    }
    if (rc == HF_ERR_NOSPACE && !wanted) {
        *more = false; /* nobody asked, so nobody needs to know */
        return HF_OK;
    }
    return rc == HF_OK ? look_for_more(nvm, wanted, more) : rc;
}
