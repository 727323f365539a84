/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * A thread per actor.
 */
#include "harness/crowd_threads.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void crowd_check(int error, const char *call)
{
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", call, strerror(error));
        abort();
    }
}

typedef struct crowd_member {
    suite_actor *actor;
    pthread_barrier_t *start;
    pthread_t thread;
} crowd_member;

static void *member_main(void *context)
{
    crowd_member *member = context;
    (void)pthread_barrier_wait(member->start);
    while (suite_actor_step(member->actor)) {
    }
    return NULL;
}

void crowd_run(void *context, suite_actor **actors, size_t count)
{
    (void)context;
    crowd_member *members = calloc(count, sizeof *members);
    pthread_barrier_t start;
    crowd_check(members == NULL, "calloc");
    crowd_check(pthread_barrier_init(&start, NULL, (unsigned)count),
                "pthread_barrier_init");
    for (size_t i = 0; i < count; i++) {
        members[i].actor = actors[i];
        members[i].start = &start;
        crowd_check(pthread_create(&members[i].thread, NULL, member_main, &members[i]),
                    "pthread_create");
    }
    for (size_t i = 0; i < count; i++) {
        crowd_check(pthread_join(members[i].thread, NULL), "pthread_join");
    }
    crowd_check(pthread_barrier_destroy(&start), "pthread_barrier_destroy");
    free(members);
}
