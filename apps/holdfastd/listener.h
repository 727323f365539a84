/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Listeners: sockets that accept connections and say who their clients are.
 */
#ifndef HFD_LISTENER_H
#define HFD_LISTENER_H

#include "connection.h"
#include "settings.h"

typedef struct hfd_listener {
    hfd_source source; /* first */
    hfd_daemon *daemon;
    const hfd_listen *listen;
    int fd;                /* -1: not open */
    pthread_mutex_t mutex; /* guards spare_fd: epoll lets in one worker at a time, but
                              that hands over no memory */
    int spare_fd; /* given up to refuse a connection when there are no descriptors */
} hfd_listener;

/* Open all that the settings name; prints what is wrong. HF_OK or HF_ERR_CONFIG. */
int hfd_listeners_open(hfd_daemon *daemon) HF_MUST_CHECK;

/* Let epoll tell about new connections. HF_OK or HF_ERR_SYSTEM. */
int hfd_listeners_watch(hfd_daemon *daemon) HF_MUST_CHECK;

/* Stop listening and remove the socket files; workers may still be accepting. */
void hfd_listeners_stop(hfd_daemon *daemon);

/* Close the descriptors; after the workers have ended. */
void hfd_listeners_close(hfd_daemon *daemon);

/* Accept what is there. By a worker that epoll told. */
void hfd_listener_accept(hfd_listener *listener);

#endif
