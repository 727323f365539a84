/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The structures of server, session and statistics: complete so that the caller can give
 * their memory. Every field is private to src/server. Included by server.h.
 */
#ifndef HOLDFAST_SERVER_STATE_H
#define HOLDFAST_SERVER_STATE_H

/* ---- statistics: relaxed atomics, several shards, summed on read ---- */

#define HF_STATS_GROUP_COUNT 16u /* by group number; 0 is not used */

/* Times in buckets: 8 for each power of two, 2^4 .. 2^27 ns. */
#define HF_STATS_BUCKET_SHIFT 3u
#define HF_STATS_EXPONENT_MIN 4u
#define HF_STATS_EXPONENT_MAX 27u
#define HF_STATS_BUCKET_COUNT                                                            \
    ((HF_STATS_EXPONENT_MAX - HF_STATS_EXPONENT_MIN) << HF_STATS_BUCKET_SHIFT)

typedef struct hf_stats_group {
    hf_atomic_u64 request_count, error_count, again_count, parked_count, queued_count;
    hf_atomic_u64 lock_count, hold_ns, hold_ns_max, wait_ns, wait_ns_max;
    hf_atomic_u32 holds[HF_STATS_BUCKET_COUNT];
} hf_stats_group;

typedef struct hf_stats {
    hf_stats_group groups[HF_STATS_GROUP_COUNT];
} hf_stats;

/* ---- queues: sessions whose request waits for a place; guarded by the store lock
   ---- */

/* A place to wait in: `capacity` requests are inside at once, the others wait, served
 * round-robin by owner. */
typedef struct hf_gate {
    uint32_t capacity; /* 0: nobody is inside; all wait to be told (the slot gate) */
    uint32_t inside_count;
    uint32_t waiting_count;
    uint32_t round;    /* counts the news that those who wait are told of */
    hf_session *first; /* list of the oldest waiting session of each owner */
    hf_session *last;
} hf_gate;

/* A session's place in a gate's queue. */
typedef struct hf_gate_link {
    hf_gate *gate;          /* where it waits, or was let in; NULL: nowhere */
    hf_session *owner_next; /* next owner's first session; of an owner's first only */
    hf_session *next;       /* next session of the same owner */
    hf_session *tail;       /* last session of the same owner; of an owner's first only */
    uint32_t round;         /* the newest news when it joined: it has tried since then */
    bool is_admitted;       /* its turn has come */
} hf_gate_link;

/* ---- the server ---- */

struct hf_server {
    hf_nvm nvm;
    hf_keystore keystore; /* guarded by nvm.lock */
    hf_crypto crypto;
    hf_lock sync_lock; /* one caller of hf_nvm_sync or hf_nvm_clean_step at a time */
    uint64_t clean_count HF_GUARDED_BY(hf_tsa_sync); /* steps of cleaning that were asked
                                                        for and done */
    hf_server_config config;                         /* immutable after init */
    hf_gate device_gates[HF_CFG_CRYPTO_DEVICES_MAX] HF_GUARDED_BY(hf_tsa_nvm);
    hf_gate slow_gate HF_GUARDED_BY(hf_tsa_nvm);
    hf_gate long_gate HF_GUARDED_BY(hf_tsa_nvm); /* outside of the slow one */
    hf_gate slot_gate HF_GUARDED_BY(hf_tsa_nvm);
    uint32_t session_count HF_GUARDED_BY(hf_tsa_nvm);
    uint64_t device_error_count HF_GUARDED_BY(hf_tsa_nvm);
    uint64_t device_fallback_count HF_GUARDED_BY(hf_tsa_nvm); /* of these, tried again */
    uint32_t stats_next HF_GUARDED_BY(hf_tsa_nvm); /* shard of the next session */
};

/* ---- sessions ---- */

enum hf_session_phase {
    HF_SESSION_NEW = 0, /* only INIT is allowed */
    HF_SESSION_READY = 1,
    HF_SESSION_CLOSING = 2 /* CLOSE was answered: nothing more is taken */
};

/* A stream of a session. Used by the thread that serves the session. */
typedef struct hf_session_stream {
    hf_crypto_stream crypto; /* .stream NULL: free */
    hf_id key;               /* that it works with; 0: none (a hash) */
    uint64_t generation;     /* and serial (hf_lease): of the key when it was last seen */
    uint64_t serial;
    uint32_t usage; /* that the key must have at each call */
    bool is_verify; /* finish compares a MAC */
} hf_session_stream;

struct hf_session {
    hf_server *server;
    void *context;                /* the port's */
    hf_identity identity;         /* immutable after open */
    hf_channel channel;           /* its buffers are in the work area */
    struct hf_session_work *work; /* NULL: idle */
    hf_stats *stats;              /* its shard; NULL: none are kept */
    hf_session_stream streams[HF_CFG_SESSION_STREAMS_MAX];
    uint32_t body_size; /* negotiated */
    uint16_t window;    /* negotiated */
    uint8_t phase;      /* enum hf_session_phase */
    bool is_open;
    bool is_cancelling; /* a CANCEL is behind requests that were not begun */
    hf_gate_link link HF_GUARDED_BY(hf_tsa_nvm);
};

#endif
