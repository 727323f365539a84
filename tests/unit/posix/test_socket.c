/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Socket transports and listeners: the transport's contract at both ends of a unix and of
 * a TCP connection, and every documented error of connecting and listening.
 */
#include "holdfast/posix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 5000u /* so long only when something is wrong */
#define SHORT_MS 20u  /* to be over soon, where nothing can come */
#define PORT_SIZE 8u
#define FILL_COUNT 16u

typedef struct fixture {
    char folder[64];
    char path[108];
    int listener; /* -1: closed */
    hf_posix_socket client;
    hf_posix_socket server;
    hf_transport client_end;
    hf_transport server_end;
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return -1;
    }
    f->listener = -1;
    f->client.fd = -1;
    f->server.fd = -1;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/hf-socket-XXXXXX");
    if (mkdtemp(f->folder) == NULL) {
        free(f);
        return -1;
    }
    (void)snprintf(f->path, sizeof f->path, "%s/sock", f->folder);
    *state = f;
    return 0;
}

/* Close the listener. */
static void stop_listening(fixture *f)
{
    if (f->listener >= 0) {
        (void)close(f->listener);
    }
    f->listener = -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    hf_transport client = hf_posix_socket_transport(&f->client);
    hf_transport server = hf_posix_socket_transport(&f->server);
    client.ops->close(client.context);
    server.ops->close(server.context);
    stop_listening(f);
    (void)unlink(f->path);
    int rc = rmdir(f->folder);
    free(f);
    return rc;
}

/* Wait for the connection that a client has made, and take it. */
static void accept_one(fixture *f)
{
    int fd = -1;
    hf_posix_socket waiting = { .fd = f->listener };
    hf_transport end = hf_posix_socket_transport(&waiting);
    assert_int_equal(end.ops->wait(end.context, HF_TRANSPORT_INPUT, WAIT_MS), HF_OK);
    assert_int_equal(hf_posix_accept(f->listener, &fd), HF_OK);
    hf_posix_socket_init(&f->server, fd);
    f->client_end = hf_posix_socket_transport(&f->client);
    f->server_end = hf_posix_socket_transport(&f->server);
}

static const char *port_of(const fixture *f)
{
    static char port[PORT_SIZE];
    (void)snprintf(port, sizeof port, "%u", hf_posix_listen_port(f->listener));
    return port;
}

static void connect_unix(fixture *f)
{
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_OK);
    assert_int_equal(hf_posix_socket_connect_unix(&f->client, f->path, WAIT_MS), HF_OK);
    accept_one(f);
}

static void connect_tcp(fixture *f)
{
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", "0", &f->listener), HF_OK);
    assert_int_not_equal(hf_posix_listen_port(f->listener), 0);
    assert_int_equal(
        hf_posix_socket_connect_tcp(&f->client, "127.0.0.1", port_of(f), WAIT_MS), HF_OK);
    accept_one(f);
}

static int end_send(const hf_transport *end, const void *data, size_t len, size_t *sent)
{
    return end->ops->send(end->context, data, len, sent);
}

static int end_recv(const hf_transport *end, void *data, size_t size, size_t *received)
{
    return end->ops->recv(end->context, data, size, received);
}

static int end_wait(const hf_transport *end, unsigned what, uint32_t timeout_ms)
{
    return end->ops->wait(end->context, what, timeout_ms);
}

static int end_recv_wait(const hf_transport *end, void *data, size_t size,
                         uint32_t timeout_ms, size_t *received)
{
    return end->ops->recv_wait(end->context, data, size, timeout_ms, received);
}

/* Bytes there and back, in both ways of receiving. */
static void exchange(const fixture *f)
{
    char data[8] = { 0 };
    size_t count = 99;
    assert_int_equal(end_recv(&f->server_end, data, sizeof data, &count), HF_OK);
    assert_int_equal(count, 0);
    assert_int_equal(end_wait(&f->server_end, HF_TRANSPORT_INPUT, 0), HF_ERR_TIMEOUT);
    assert_int_equal(end_wait(&f->client_end, HF_TRANSPORT_OUTPUT, WAIT_MS), HF_OK);
    assert_int_equal(end_send(&f->client_end, "hello", 5, &count), HF_OK);
    assert_int_equal(count, 5);
    assert_int_equal(end_wait(&f->server_end, HF_TRANSPORT_INPUT, WAIT_MS), HF_OK);
    assert_int_equal(end_recv(&f->server_end, data, 3, &count), HF_OK);
    assert_int_equal(count, 3);
    assert_int_equal(end_recv(&f->server_end, data + 3, 5, &count), HF_OK);
    assert_int_equal(count, 2);
    assert_string_equal(data, "hello");
    assert_int_equal(end_send(&f->server_end, "answer", 7, &count), HF_OK);
    assert_int_equal(end_recv_wait(&f->client_end, data, sizeof data, WAIT_MS, &count),
                     HF_OK);
    assert_int_equal(count, 7);
    assert_string_equal(data, "answer");
}

static void test_unix_connection_moves_bytes(void **state)
{
    fixture *f = *state;
    connect_unix(f);
    exchange(f);
}

static void test_tcp_connection_moves_bytes_without_delay(void **state)
{
    fixture *f = *state;
    int on = 0;
    socklen_t size = sizeof on;
    connect_tcp(f);
    exchange(f);
    int fd = hf_posix_socket_fd(&f->client);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_int_not_equal(on, 0);
    on = 0;
    fd = hf_posix_socket_fd(&f->server);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_int_not_equal(on, 0);
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, &size), 0);
    assert_int_not_equal(on, 0);
}

static void test_empty_transfers_move_nothing(void **state)
{
    fixture *f = *state;
    size_t count = 99;
    uint8_t byte;
    connect_unix(f);
    assert_int_equal(end_send(&f->client_end, "", 0, &count), HF_OK);
    assert_int_equal(count, 0);
    assert_int_equal(end_recv(&f->server_end, &byte, 0, &count), HF_OK);
    assert_int_equal(end_recv_wait(&f->server_end, &byte, 1, 0, &count), HF_OK);
    assert_int_equal(count, 0);
}

static void test_send_full_takes_a_part_then_nothing(void **state)
{
    fixture *f = *state;
    static uint8_t block[65536];
    size_t count = 1;
    size_t sent = 0;
    size_t received = 0;
    connect_unix(f);
    while (count > 0) {
        assert_int_equal(end_send(&f->client_end, block, sizeof block, &count), HF_OK);
        sent += count;
    }
    assert_true(sent > 0);
    assert_int_equal(end_wait(&f->client_end, HF_TRANSPORT_OUTPUT, 0), HF_ERR_TIMEOUT);
    do {
        assert_int_equal(end_recv(&f->server_end, block, sizeof block, &count), HF_OK);
        received += count;
    } while (count > 0);
    assert_int_equal(received, sent);
    assert_int_equal(end_wait(&f->client_end, HF_TRANSPORT_OUTPUT, WAIT_MS), HF_OK);
}

static void test_recv_wait_without_input_times_out(void **state)
{
    fixture *f = *state;
    size_t count = 99;
    uint8_t byte;
    connect_unix(f);
    assert_int_equal(end_recv_wait(&f->client_end, &byte, 1, SHORT_MS, &count),
                     HF_ERR_TIMEOUT);
    assert_int_equal(count, 0);
    assert_int_equal(end_wait(&f->client_end, HF_TRANSPORT_INPUT, SHORT_MS),
                     HF_ERR_TIMEOUT);
    /* A waiting time that was set once does not change plain receiving. */
    assert_int_equal(end_recv(&f->client_end, &byte, 1, &count), HF_OK);
    assert_int_equal(end_send(&f->server_end, "x", 1, &count), HF_OK);
    assert_int_equal(end_recv_wait(&f->client_end, &byte, 1, UINT32_MAX, &count), HF_OK);
    assert_int_equal(count, 1);
    assert_int_equal(end_send(&f->server_end, "y", 1, &count), HF_OK);
    assert_int_equal(end_wait(&f->client_end, HF_TRANSPORT_INPUT, UINT32_MAX), HF_OK);
}

static void test_nonblocking_descriptor_waits_all_the_same(void **state)
{
    fixture *f = *state;
    int pair[2];
    size_t count;
    uint8_t byte;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    hf_posix_socket_init(&f->client, pair[0]);
    hf_posix_socket_init(&f->server, pair[1]);
    hf_transport end = hf_posix_socket_transport(&f->client);
    assert_int_equal(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(end_recv_wait(&end, &byte, 1, SHORT_MS, &count), HF_ERR_TIMEOUT);
}

static void test_peer_closing_ends_after_its_bytes(void **state)
{
    fixture *f = *state;
    char data[8];
    size_t count;
    connect_tcp(f);
    assert_int_equal(end_send(&f->client_end, "last", 4, &count), HF_OK);
    f->client_end.ops->close(f->client_end.context);
    assert_int_equal(hf_posix_socket_fd(&f->client), -1);
    assert_int_equal(end_recv_wait(&f->server_end, data, sizeof data, WAIT_MS, &count),
                     HF_OK);
    assert_int_equal(count, 4);
    assert_int_equal(end_wait(&f->server_end, HF_TRANSPORT_INPUT, WAIT_MS), HF_OK);
    assert_int_equal(end_recv(&f->server_end, data, sizeof data, &count), HF_ERR_CLOSED);
    assert_int_equal(count, 0);
    assert_int_equal(end_recv_wait(&f->server_end, data, sizeof data, WAIT_MS, &count),
                     HF_ERR_CLOSED);
}

static void test_send_to_closed_peer_is_closed_without_signal(void **state)
{
    fixture *f = *state;
    size_t count = 99;
    connect_unix(f);
    f->server_end.ops->close(f->server_end.context);
    assert_int_equal(end_send(&f->client_end, "x", 1, &count), HF_ERR_CLOSED);
    assert_int_equal(count, 0);
    assert_int_equal(hf_posix_socket_errno(&f->client), EPIPE);
}

static void test_operations_on_closed_end_are_closed(void **state)
{
    fixture *f = *state;
    size_t count = 99;
    uint8_t byte = 0;
    connect_unix(f);
    f->client_end.ops->close(f->client_end.context);
    f->client_end.ops->close(f->client_end.context); /* harmless */
    assert_int_equal(end_send(&f->client_end, &byte, 1, &count), HF_ERR_CLOSED);
    assert_int_equal(end_recv(&f->client_end, &byte, 1, &count), HF_ERR_CLOSED);
    assert_int_equal(end_recv_wait(&f->client_end, &byte, 1, WAIT_MS, &count),
                     HF_ERR_CLOSED);
    assert_int_equal(end_wait(&f->client_end, HF_TRANSPORT_INPUT, WAIT_MS), HF_OK);
    assert_int_equal(count, 0);
}

static void test_close_ends_connection_of_a_shared_descriptor(void **state)
{
    fixture *f = *state;
    size_t count;
    uint8_t byte;
    connect_unix(f);
    int copy = dup(hf_posix_socket_fd(&f->client)); /* as a forked process would have */
    f->client_end.ops->close(f->client_end.context);
    assert_int_equal(end_recv_wait(&f->server_end, &byte, 1, WAIT_MS, &count),
                     HF_ERR_CLOSED);
    assert_int_equal(close(copy), 0);
}

static void test_transfer_on_foreign_descriptor_is_system_error(void **state)
{
    fixture *f = *state;
    size_t count;
    uint8_t byte = 0;
    int fd = open("/dev/null", O_RDWR);
    hf_posix_socket_init(&f->client, fd);
    hf_transport end = hf_posix_socket_transport(&f->client);
    assert_int_equal(end_send(&end, &byte, 1, &count), HF_ERR_SYSTEM);
    assert_int_equal(hf_posix_socket_errno(&f->client), ENOTSOCK);
    assert_int_equal(end_recv(&end, &byte, 1, &count), HF_ERR_SYSTEM);
    assert_int_equal(end_recv_wait(&end, &byte, 1, 7, &count), HF_ERR_SYSTEM);
    uid_t uid = 54321;
    assert_int_equal(hf_posix_peer_uid(fd, &uid), HF_ERR_SYSTEM);
}

static void test_peer_of_unix_socket_is_this_user(void **state)
{
    fixture *f = *state;
    uid_t uid = 54321;
    connect_unix(f);
    assert_int_equal(hf_posix_peer_uid(hf_posix_socket_fd(&f->server), &uid), HF_OK);
    assert_int_equal(uid, geteuid());
}

static void test_peer_of_tcp_socket_is_not_supported(void **state)
{
    fixture *f = *state;
    uid_t uid = 54321;
    connect_tcp(f);
    assert_int_equal(hf_posix_peer_uid(hf_posix_socket_fd(&f->server), &uid),
                     HF_ERR_NOTSUPPORTED);
}

static void test_connect_unix_errors_are_precise(void **state)
{
    fixture *f = *state;
    char too_long[HF_POSIX_SOCKET_PATH_LEN_MAX + 2];
    memset(too_long, 'x', sizeof too_long);
    too_long[HF_POSIX_SOCKET_PATH_LEN_MAX + 1] = '\0';
    hf_posix_socket *s = &f->client;
    assert_int_equal(hf_posix_socket_connect_unix(s, NULL, WAIT_MS), HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_unix(s, "", WAIT_MS), HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_unix(s, too_long, WAIT_MS), HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_unix(s, f->path, WAIT_MS), HF_ERR_NOTFOUND);
    assert_int_equal(hf_posix_socket_errno(s), ENOENT);
    assert_int_equal(hf_posix_socket_fd(s), -1);
    int fd = open(f->path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(hf_posix_socket_connect_unix(s, f->path, WAIT_MS), HF_ERR_CLOSED);
}

static void test_connect_unix_forbidden_file_is_access_error(void **state)
{
    fixture *f = *state;
    if (geteuid() != 0) {
        skip(); /* only root can become somebody else */
    }
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_OK);
    assert_int_equal(chmod(f->folder, 0755), 0);
    assert_int_equal(seteuid(12345), 0);
    int rc = hf_posix_socket_connect_unix(&f->client, f->path, WAIT_MS);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(rc, HF_ERR_ACCESS);
}

/* A bound socket of the test's own that takes `backlog` connections and accepts none. */
static int unix_listener(const char *path, int backlog)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (backlog >= 0) {
        assert_int_equal(listen(fd, backlog), 0);
    }
    return fd;
}

static void test_connect_unix_to_full_listener_times_out(void **state)
{
    fixture *f = *state;
    hf_posix_socket first;
    int fd = unix_listener(f->path, 0);
    assert_int_equal(hf_posix_socket_connect_unix(&first, f->path, WAIT_MS), HF_OK);
    assert_int_equal(hf_posix_socket_connect_unix(&f->client, f->path, SHORT_MS),
                     HF_ERR_TIMEOUT);
    assert_int_equal(hf_posix_socket_connect_unix(&f->client, f->path, 0),
                     HF_ERR_TIMEOUT);
    /* Somebody does listen, so the file stays. */
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_ERR_INUSE);
    hf_transport end = hf_posix_socket_transport(&first);
    end.ops->close(end.context);
    assert_int_equal(close(fd), 0);
}

static void test_connect_tcp_errors_are_precise(void **state)
{
    fixture *f = *state;
    hf_posix_socket *s = &f->client;
    char port[PORT_SIZE];
    assert_int_equal(hf_posix_socket_connect_tcp(s, NULL, "1", WAIT_MS), HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_tcp(s, "", "1", WAIT_MS), HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_tcp(s, "127.0.0.1", NULL, WAIT_MS),
                     HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_tcp(s, "127.0.0.1", "", WAIT_MS),
                     HF_ERR_ARG);
    assert_int_equal(hf_posix_socket_connect_tcp(s, "127.0.0.1", "no-such", WAIT_MS),
                     HF_ERR_NOTFOUND);
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", "0", &f->listener), HF_OK);
    (void)snprintf(port, sizeof port, "%s", port_of(f));
    stop_listening(f);
    assert_int_equal(hf_posix_socket_connect_tcp(s, "127.0.0.1", port, WAIT_MS),
                     HF_ERR_CLOSED);
    assert_int_equal(hf_posix_socket_errno(s), ECONNREFUSED);
}

static void test_connect_tcp_to_full_listener_times_out(void **state)
{
    fixture *f = *state;
    hf_posix_socket filling[FILL_COUNT];
    uint32_t count = 0;
    int rc = HF_OK;
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", "0", &f->listener), HF_OK);
    assert_int_equal(listen(f->listener, 0), 0);
    while (rc == HF_OK && count < FILL_COUNT) {
        rc = hf_posix_socket_connect_tcp(&filling[count], "127.0.0.1", port_of(f),
                                         SHORT_MS);
        count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        hf_transport end = hf_posix_socket_transport(&filling[i]);
        end.ops->close(end.context);
    }
    assert_int_equal(rc, HF_ERR_TIMEOUT);
}

static void test_listen_unix_sets_exactly_the_mode(void **state)
{
    fixture *f = *state;
    struct stat status;
    mode_t old = umask(077);
    int rc = hf_posix_listen_unix(f->path, 0666, &f->listener);
    (void)umask(old);
    assert_int_equal(rc, HF_OK);
    assert_int_equal(stat(f->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0666);
    stop_listening(f);
    old = umask(0);
    rc = hf_posix_listen_unix(f->path, 0640, &f->listener);
    (void)umask(old);
    assert_int_equal(rc, HF_OK);
    assert_int_equal(stat(f->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(hf_posix_listen_port(f->listener), 0);
}

static void test_listen_unix_stale_file_is_replaced(void **state)
{
    fixture *f = *state;
    assert_int_equal(close(unix_listener(f->path, 1)), 0); /* the file stays */
    assert_int_equal(hf_posix_socket_connect_unix(&f->client, f->path, WAIT_MS),
                     HF_ERR_CLOSED);
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_OK);
    assert_int_equal(hf_posix_socket_connect_unix(&f->client, f->path, WAIT_MS), HF_OK);
}

static void test_listen_unix_used_path_is_left_alone(void **state)
{
    fixture *f = *state;
    int second = 99;
    connect_unix(f);
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &second), HF_ERR_INUSE);
    assert_int_equal(errno, EADDRINUSE);
    assert_int_equal(second, -1);
    exchange(f);
    int fd;
    assert_int_equal(hf_posix_accept(f->listener, &fd), HF_OK); /* the question */
    assert_int_equal(close(fd), 0);
}

static void test_listen_unix_other_file_is_left_alone(void **state)
{
    fixture *f = *state;
    int fd = open(f->path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(close(fd), 0);
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_ERR_EXISTS);
    assert_int_equal(access(f->path, F_OK), 0);
    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(symlink("/nowhere", f->path), 0);
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_ERR_EXISTS);
}

static void test_listen_unix_errors_are_precise(void **state)
{
    fixture *f = *state;
    char path[HF_POSIX_SOCKET_PATH_LEN_MAX + 2];
    memset(path, 'x', sizeof path);
    path[HF_POSIX_SOCKET_PATH_LEN_MAX + 1] = '\0';
    assert_int_equal(hf_posix_listen_unix(path, 0600, &f->listener), HF_ERR_ARG);
    assert_int_equal(hf_posix_listen_unix(NULL, 0600, &f->listener), HF_ERR_ARG);
    assert_int_equal(hf_posix_listen_unix("", 0600, &f->listener), HF_ERR_ARG);
    (void)snprintf(path, sizeof path, "%s/none/sock", f->folder);
    assert_int_equal(hf_posix_listen_unix(path, 0600, &f->listener), HF_ERR_NOTFOUND);
    assert_int_equal(f->listener, -1);
    if (geteuid() != 0) {
        skip(); /* root may write everywhere, or become somebody who may not */
    }
    assert_int_equal(chmod(f->folder, 0755), 0);
    assert_int_equal(seteuid(12345), 0);
    int rc = hf_posix_listen_unix(f->path, 0600, &f->listener);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(rc, HF_ERR_ACCESS);
}

static void test_listen_tcp_errors_are_precise(void **state)
{
    fixture *f = *state;
    int second = 99;
    assert_int_equal(hf_posix_listen_tcp(NULL, "0", &second), HF_ERR_ARG);
    assert_int_equal(hf_posix_listen_tcp("", "0", &second), HF_ERR_ARG);
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", NULL, &second), HF_ERR_ARG);
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", "", &second), HF_ERR_ARG);
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", "no-such", &second),
                     HF_ERR_NOTFOUND);
    /* An address for documentation (RFC 5737): of no machine. */
    assert_int_equal(hf_posix_listen_tcp("192.0.2.1", "0", &second), HF_ERR_NOTFOUND);
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", "0", &f->listener), HF_OK);
    assert_int_equal(hf_posix_listen_tcp("127.0.0.1", port_of(f), &second), HF_ERR_INUSE);
    assert_int_equal(errno, EADDRINUSE);
    assert_int_equal(second, -1);
}

static void test_accept_without_connection_is_pending(void **state)
{
    fixture *f = *state;
    int fd = 99;
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_OK);
    assert_int_equal(hf_posix_accept(f->listener, &fd), HF_PENDING);
    assert_int_equal(fd, -1);
    assert_int_equal(hf_posix_accept(-1, &fd), HF_ERR_SYSTEM);
}

static void test_accept_out_of_descriptors_keeps_the_connection(void **state)
{
    fixture *f = *state;
    struct rlimit old;
    int fd;
    assert_int_equal(hf_posix_listen_unix(f->path, 0600, &f->listener), HF_OK);
    assert_int_equal(hf_posix_socket_connect_unix(&f->client, f->path, WAIT_MS), HF_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    struct rlimit none = { .rlim_cur = 0, .rlim_max = old.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int rc = hf_posix_accept(f->listener, &fd);
    int error = errno;
    int connecting = hf_posix_socket_connect_unix(&f->server, f->path, WAIT_MS);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(rc, HF_ERR_LIMIT);
    assert_int_equal(fd, -1);
    assert_int_equal(error, EMFILE);
    assert_int_equal(connecting, HF_ERR_SYSTEM);
    accept_one(f);
    exchange(f);
}

static void test_accept_on_foreign_descriptor_is_system_error(void **state)
{
    (void)state;
    int fd;
    int listener = open("/dev/null", O_RDONLY);
    assert_int_equal(hf_posix_accept(listener, &fd), HF_ERR_SYSTEM);
    assert_int_equal(errno, ENOTSOCK);
    assert_int_equal(fd, -1);
    assert_int_equal(hf_posix_listen_port(listener), 0);
    assert_int_equal(close(listener), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unix_connection_moves_bytes),
        TEST(test_tcp_connection_moves_bytes_without_delay),
        TEST(test_empty_transfers_move_nothing),
        TEST(test_send_full_takes_a_part_then_nothing),
        TEST(test_recv_wait_without_input_times_out),
        TEST(test_nonblocking_descriptor_waits_all_the_same),
        TEST(test_peer_closing_ends_after_its_bytes),
        TEST(test_send_to_closed_peer_is_closed_without_signal),
        TEST(test_operations_on_closed_end_are_closed),
        TEST(test_close_ends_connection_of_a_shared_descriptor),
        TEST(test_transfer_on_foreign_descriptor_is_system_error),
        TEST(test_peer_of_unix_socket_is_this_user),
        TEST(test_peer_of_tcp_socket_is_not_supported),
        TEST(test_connect_unix_errors_are_precise),
        TEST(test_connect_unix_forbidden_file_is_access_error),
        TEST(test_connect_unix_to_full_listener_times_out),
        TEST(test_connect_tcp_errors_are_precise),
        TEST(test_connect_tcp_to_full_listener_times_out),
        TEST(test_listen_unix_sets_exactly_the_mode),
        TEST(test_listen_unix_stale_file_is_replaced),
        TEST(test_listen_unix_used_path_is_left_alone),
        TEST(test_listen_unix_other_file_is_left_alone),
        TEST(test_listen_unix_errors_are_precise),
        TEST(test_listen_tcp_errors_are_precise),
        TEST(test_accept_without_connection_is_pending),
        TEST(test_accept_out_of_descriptors_keeps_the_connection),
        TEST(test_accept_on_foreign_descriptor_is_system_error),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
