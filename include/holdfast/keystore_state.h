/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * struct hf_keystore and its memory: complete so that the caller can give it. Every field
 * is private to src/keystore. Included by keystore.h.
 *
 * Everything but what is marked immutable is guarded by the store lock.
 */
#ifndef HOLDFAST_KEYSTORE_STATE_H
#define HOLDFAST_KEYSTORE_STATE_H

#define HF_KEYSTORE_NONE UINT32_MAX /* no slot, no owner: end of lists and chains */

/* Changes of slots that one step may make; an import takes two, any other change one. */
#define HF_KEYSTORE_CHANGES_MAX (2u * HF_CFG_NVM_TXN_OPS_MAX)

enum hf_slot_class { HF_SLOT_SMALL = 0, HF_SLOT_LARGE = 1, HF_SLOT_CLASS_COUNT = 2 };

/* A slot: one key in RAM. */
typedef struct hf_keystore_slot {
    hf_metadata meta;   /* len and type describe the material; all 0 when free */
    uint8_t *material;  /* immutable after init: the slot's bytes */
    void *parsed;       /* the form of device `parsed_device`; NULL = none */
    hf_ticket position; /* commit that the key's data belong to; 0 = not stored, or old */
    hf_ticket use_position; /* commit of the last reservation of uses */
    uint64_t use_count;     /* uses counted; 0 after a load: the store knows more */
    uint64_t use_reserved;  /* uses up to this count are covered by the store */
    uint64_t serial;        /* of what fills it: never given twice */
    uint64_t pinned_step;   /* hf_keystore.step in which the role became "pinned" */
    uint32_t parsed_device;
    uint32_t reader_count; /* leases out */
    uint8_t size_class;    /* immutable after init: enum hf_slot_class */
    uint8_t state;         /* enum hf_slot_state */
    uint8_t role;          /* enum hf_slot_role: the list or count that it is in */
    uint8_t pending_count; /* changes of the running step that refer to it */
    bool is_stored;        /* the store holds exactly this key */
    bool is_storing;       /* the running step stores it */
} hf_keystore_slot;

/* Number hints: where the search for a free number goes on. */
typedef struct hf_keystore_hints {
    uint32_t last[HF_KIND_MAX]; /* by kind - 1: the last number given; 0 = none */
    uint32_t taken_count;       /* numbers found taken in a row, for `taken_kind` */
    uint32_t taken_kind;
} hf_keystore_hints;

/* What is remembered of an owner. */
typedef struct hf_keystore_owner {
    hf_keystore_hints hints;
    uint32_t uncommitted_count; /* > 0: the entry cannot be replaced */
    struct hf_keystore_list {
        uint32_t first, last; /* HF_KEYSTORE_NONE when empty */
    } uncommitted;            /* its slots */
    uint16_t owner;
    bool is_used; /* false: the entry is free */
} hf_keystore_owner;

typedef struct hf_keystore_list hf_keystore_list;

typedef struct hf_keystore_link {
    uint32_t prev, next;
} hf_keystore_link;

/* A hash table of indexes with chains; who looks up compares the keys. */
typedef struct hf_keystore_table {
    uint32_t *buckets; /* first index of each chain */
    uint32_t *chains;  /* by index: the next one */
    uint32_t bucket_count;
} hf_keystore_table;

/* A change of the running step, with what undoes it. */
typedef struct hf_keystore_change {
    hf_id id;
    uint64_t old_use_count;
    uint64_t old_use_reserved;
    uint32_t slot; /* HF_KEYSTORE_NONE: the key is not cached */
    uint32_t old_flags;
    uint8_t old_state;
    uint8_t action; /* enum hf_change_action */
} hf_keystore_change;

struct hf_keystore {
    /* Immutable after init: */
    hf_nvm *nvm;
    hf_keystore_slot *slots HF_PT_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_owner *owners HF_PT_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_link *slot_links HF_PT_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_link *owner_links HF_PT_GUARDED_BY(hf_tsa_nvm);
    uint8_t *scratch
        HF_PT_GUARDED_BY(hf_tsa_nvm); /* key_size_max bytes, zero between calls */
    uint32_t slot_count;
    uint32_t owner_count;
    uint32_t class_counts[HF_SLOT_CLASS_COUNT];
    uint32_t class_sizes[HF_SLOT_CLASS_COUNT]; /* bytes of material */
    uint32_t key_size_max;                     /* of the largest slot there is */
    uint32_t uncommitted_max;                  /* of one owner */

    /* Slots: */
    hf_keystore_table slot_table HF_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_list free_slots[HF_SLOT_CLASS_COUNT] HF_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_list lru_slots[HF_SLOT_CLASS_COUNT] HF_GUARDED_BY(
        hf_tsa_nvm); /* newest first */
    hf_keystore_list limbo_slots HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t free_counts[HF_SLOT_CLASS_COUNT] HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t pinned_counts[HF_SLOT_CLASS_COUNT] HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t step_pinned_counts[HF_SLOT_CLASS_COUNT] HF_GUARDED_BY(hf_tsa_nvm);

    uint64_t serial HF_GUARDED_BY(hf_tsa_nvm); /* the last that was given to a slot */

    /* Owners: */
    hf_keystore_table owner_table HF_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_list lru_owners HF_GUARDED_BY(hf_tsa_nvm); /* without uncommitted keys */
    hf_keystore_hints floor HF_GUARDED_BY(hf_tsa_nvm); /* above all replaced owners' */

    /* The running step: */
    hf_drops *drops HF_GUARDED_BY(hf_tsa_nvm);
    uint64_t step HF_GUARDED_BY(hf_tsa_nvm);
    hf_keystore_change changes[HF_KEYSTORE_CHANGES_MAX] HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t change_count HF_GUARDED_BY(hf_tsa_nvm);
    bool is_staged HF_GUARDED_BY(hf_tsa_nvm); /* the store will settle the changes */

    bool is_released HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t lease_count HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t doomed_count HF_GUARDED_BY(hf_tsa_nvm);
    uint64_t hit_count HF_GUARDED_BY(hf_tsa_nvm);
    uint64_t miss_count HF_GUARDED_BY(hf_tsa_nvm);
    uint64_t eviction_count HF_GUARDED_BY(hf_tsa_nvm);
};

/* Bytes for `small` and `large` slots and `owners` owners. One key of the largest class
 * more, to rewrite a stored key without a slot. */
#define HF_KEYSTORE_SIZE(small, large, owners)                                           \
    (((size_t)(small) + (size_t)(large)) *                                               \
         (sizeof(hf_keystore_slot) + sizeof(hf_keystore_link) + 2u * sizeof(uint32_t)) + \
     (size_t)(owners) * (sizeof(hf_keystore_owner) + sizeof(hf_keystore_link) +          \
                         2u * sizeof(uint32_t)) +                                        \
     (size_t)(small)*HF_CFG_KEY_SMALL_SIZE + (size_t)(large)*HF_CFG_KEY_SIZE_MAX +       \
     ((large) > 0 ? HF_CFG_KEY_SIZE_MAX : HF_CFG_KEY_SMALL_SIZE))

#endif
