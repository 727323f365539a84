/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Local files: see file.h.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

static bool is_standard(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* ---- input ---- */

const char *hfc_input_name(const char *path)
{
    return is_standard(path) ? "standard input" : path;
}

int hfc_input_open(hfc_input *input, const char *path)
{
    *input = (hfc_input){ .fd = STDIN_FILENO, .name = hfc_input_name(path) };
    if (!is_standard(path)) {
        input->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (input->fd < 0) {
            return hfc_error(HFC_LOCAL, "cannot open %s: %s", path, strerror(errno));
        }
    }
    struct stat status;
    if (fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        input->size = (uint64_t)status.st_size;
    }
    return HFC_OK;
}

int hfc_input_read(hfc_input *input, uint8_t *data, size_t size, size_t *len)
{
    *len = 0;
    while (*len < size && !input->is_at_end) {
        ssize_t count = read(input->fd, data + *len, size - *len);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return hfc_error(HFC_LOCAL, "cannot read %s: %s", input->name,
                             strerror(errno));
        }
        input->is_at_end = count == 0;
        *len += (size_t)count;
    }
    return HFC_OK;
}

void hfc_input_close(hfc_input *input)
{
    if (input->fd > STDIN_FILENO) {
        (void)close(input->fd);
    }
    input->fd = -1;
}

int hfc_memory_take(hf_buffer *buffer, size_t size)
{
    *buffer = hf_buffer_of(malloc(size > 0 ? size : 1), size);
    if (buffer->data == NULL) {
        *buffer = hf_buffer_of(NULL, 0);
        return hfc_error(HFC_LOCAL, "out of memory");
    }
    return HFC_OK;
}

void hfc_memory_free(hf_buffer *buffer)
{
    if (buffer->data != NULL) {
        hf_wipe(buffer->data, buffer->size);
        free(buffer->data);
    }
    *buffer = hf_buffer_of(NULL, 0);
}

int hfc_file_read(const char *path, size_t size_max, const char *what, hf_buffer *out)
{
    hfc_input input;
    *out = hf_buffer_of(NULL, 0);
    int rc = hfc_input_open(&input, path);
    if (rc != HFC_OK) {
        return rc;
    }
    rc = hfc_memory_take(out, size_max + 1);
    if (rc == HFC_OK) {
        rc = hfc_input_read(&input, out->data, out->size, &out->len);
    }
    if (rc == HFC_OK && out->len > size_max) {
        rc = hfc_error(HFC_LOCAL, "%s is too long: %s takes up to %zu bytes", input.name,
                       what, size_max);
    }
    hfc_input_close(&input);
    if (rc != HFC_OK) {
        hfc_memory_free(out);
    }
    return rc;
}

/* ---- output ---- */

static int stdout_open(hfc_output *output, const hfc_output_config *config)
{
    output->path = "standard output";
    if (config->is_binary && !config->is_forced && isatty(STDOUT_FILENO)) {
        return hfc_error(HFC_USAGE, "binary data is not written to a terminal: use "
                                    "--out FILE, another --format, or --force");
    }
    output->fd = STDOUT_FILENO;
    return HFC_OK;
}

/* Devices and pipes cannot be replaced by a file of the same name. */
static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static mode_t mode_of(bool is_secret)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    return is_secret ? 0600 : 0666 & ~mask;
}

int hfc_output_open(hfc_output *output, const hfc_output_config *config)
{
    *output = (hfc_output){ .fd = -1,
                            .path = config->path,
                            .mode = mode_of(config->is_secret) };
    if (is_standard(config->path)) {
        return stdout_open(output, config);
    }
    if (is_special(config->path)) {
        output->fd = open(config->path, O_WRONLY | O_CLOEXEC);
    } else {
        int len = snprintf(output->temporary, sizeof output->temporary, "%s.XXXXXX",
                           config->path);
        if (len < 0 || (size_t)len >= sizeof output->temporary) {
            return hfc_error(HFC_LOCAL, "the name %.40s... is too long", config->path);
        }
        output->fd = mkostemp(output->temporary, O_CLOEXEC);
        if (output->fd < 0) {
            output->temporary[0] = '\0';
        }
    }
    if (output->fd < 0) {
        return hfc_error(HFC_LOCAL, "cannot create %s: %s", config->path,
                         strerror(errno));
    }
    return HFC_OK;
}

int hfc_output_write(hfc_output *output, hf_bytes data)
{
    while (data.len > 0) {
        ssize_t count = write(output->fd, data.data, data.len);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return hfc_error(HFC_LOCAL, "cannot write %s: %s", output->path,
                             strerror(errno));
        }
        data = hf_bytes_of(data.data + count, data.len - (size_t)count);
    }
    return HFC_OK;
}

int hfc_output_commit(hfc_output *output)
{
    bool is_file = output->temporary[0] != '\0';
    bool ok = true;
    if (is_file) {
        ok = fchmod(output->fd, output->mode) == 0;
    }
    if (output->fd != STDOUT_FILENO) {
        ok = close(output->fd) == 0 && ok;
    }
    output->fd = -1;
    if (ok && is_file) {
        ok = rename(output->temporary, output->path) == 0;
    }
    if (ok) {
        output->temporary[0] = '\0';
        return HFC_OK;
    }
    int rc = hfc_error(HFC_LOCAL, "cannot write %s: %s", output->path, strerror(errno));
    hfc_output_abandon(output);
    return rc;
}

void hfc_output_abandon(hfc_output *output)
{
    if (output->fd > STDOUT_FILENO) {
        (void)close(output->fd);
    }
    output->fd = -1;
    if (output->temporary[0] != '\0') {
        (void)unlink(output->temporary);
        output->temporary[0] = '\0';
    }
}

int hfc_output_all(const hfc_output_config *config, hf_bytes data)
{
    hfc_output output;
    int rc = hfc_output_open(&output, config);
    if (rc != HFC_OK) {
        return rc;
    }
    rc = hfc_output_write(&output, data);
    if (rc != HFC_OK) {
        hfc_output_abandon(&output);
        return rc;
    }
    return hfc_output_commit(&output);
}
