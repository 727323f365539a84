/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Passphrases: see passphrase.h.
 */
#include "passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CONTROL_C 0x03
#define CONTROL_D 0x04
#define CONTROL_U 0x15
#define BACKSPACE 0x08
#define DELETE 0x7F

static int file_read(const char *path, hf_buffer *out)
{
    int rc = hfc_file_read(path, HFC_PASSPHRASE_SIZE_MAX + 2, "a passphrase", out);
    if (rc != HFC_OK) {
        return rc;
    }
    const uint8_t *end = memchr(out->data, '\n', out->len);
    out->len = end != NULL ? (size_t)(end - out->data) : out->len;
    out->len -= out->len > 0 && out->data[out->len - 1] == '\r' ? 1 : 0;
    if (out->len == 0 || out->len > HFC_PASSPHRASE_SIZE_MAX) {
        return hfc_error(HFC_LOCAL, "%s: the first line is the passphrase, 1 .. %u bytes",
                         path, HFC_PASSPHRASE_SIZE_MAX);
    }
    return HFC_OK;
}

/* One key press. False: the line is complete, or *rc says why not. */
static bool press(uint8_t c, hf_buffer *out, int *rc)
{
    switch (c) {
    case '\n':
    case '\r':
    case CONTROL_D:
        return false;
    case CONTROL_C:
        *rc = hfc_error(HFC_LOCAL, "interrupted");
        return false;
    case CONTROL_U:
        out->len = 0;
        return true;
    case BACKSPACE:
    case DELETE:
        out->len -= out->len > 0 ? 1 : 0;
        return true;
    default:
        if (out->len == out->size) {
            *rc = hfc_error(HFC_LOCAL, "a passphrase has at most %zu bytes", out->size);
            return false;
        }
        out->data[out->len++] = c;
        return true;
    }
}

static int line_read(int fd, hf_buffer *out)
{
    int rc = HFC_OK;
    uint8_t c = 0;
    bool goes_on = true;
    while (goes_on) {
        ssize_t count = read(fd, &c, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            rc = hfc_error(HFC_LOCAL, "the terminal has gone");
            break;
        }
        goes_on = press(c, out, &rc);
    }
    hf_wipe(&c, sizeof c);
    return rc;
}

/* The terminal gives single key presses and no signals meanwhile; signals from elsewhere
 * wait, so that it is as before in any case. */
static int terminal_read(int fd, const char *what, hf_buffer *out)
{
    struct termios before;
    sigset_t blocked;
    sigset_t old;
    if (tcgetattr(fd, &before) != 0) {
        return hfc_error(HFC_LOCAL, "cannot use the terminal: %s", strerror(errno));
    }
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGHUP);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigaddset(&blocked, SIGQUIT);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &blocked, &old);
    int rc = HFC_LOCAL;
    if (tcsetattr(fd, TCSAFLUSH, &quiet) == 0) {
        (void)dprintf(fd, "Passphrase of %s: ", what);
        rc = line_read(fd, out);
        (void)tcsetattr(fd, TCSAFLUSH, &before);
        (void)dprintf(fd, "\n");
    } else {
        rc = hfc_error(HFC_LOCAL, "cannot use the terminal: %s", strerror(errno));
    }
    (void)sigprocmask(SIG_SETMASK, &old, NULL);
    return rc;
}

int hfc_passphrase_read(const hfc_cli *cli, const char *what, hf_buffer *out)
{
    const char *path = hfc_cli_option(cli, HFC_OPTION_PASSPHRASE_FILE);
    *out = hf_buffer_of(NULL, 0);
    if (path != NULL) {
        return file_read(path, out);
    }
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return hfc_error(HFC_USAGE,
                         "%s is encrypted and there is no terminal to ask at: "
                         "use --passphrase-file FILE",
                         what);
    }
    int rc = hfc_memory_take(out, HFC_PASSPHRASE_SIZE_MAX);
    rc = rc == HFC_OK ? terminal_read(fd, what, out) : rc;
    (void)close(fd);
    if (rc == HFC_OK && out->len == 0) {
        rc = hfc_error(HFC_LOCAL, "the passphrase is empty");
    }
    return rc;
}
