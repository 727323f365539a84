/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Settings: see settings.h. `listen`, `uid` and `trust` are written as words in one
 * string, the same in the file (listen = { "unix /run/x", ... }) and on the command line,
 * and are read in directive.c's small word reader; everything else is libconfuse's.
 */
#include "settings.h"

#include <argp.h>
#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holdfast/catalogue.h"
#include "holdfast/config.h"
#include "holdfast/crypto.h"
#include "holdfast/log.h"
#include "holdfast/server.h"

static const char *const level_names[] = { "error", "warning", "notice", "info",
                                           "debug" };

static const char *const affinity_names[] = { [HF_AFFINITY_ANY] = "any",
                                              [HF_AFFINITY_HARDWARE] = "hardware",
                                              [HF_AFFINITY_SOFTWARE] = "software" };

/* The index of a name, or -1. */
static int name_find(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static int level_find(const char *name)
{
    return name_find(level_names, HF_LOG_DEBUG + 1, name);
}

static int text_set(char *to, size_t size, const char *from)
{
    size_t len = strlen(from);
    if (len == 0 || len >= size) {
        return HF_ERR_CONFIG;
    }
    memcpy(to, from, len + 1);
    return HF_OK;
}

static void defaults_set(hfd_settings *settings)
{
    *settings = (hfd_settings){
        .store_path = "/var/lib/holdfast",
        .region_size = (uint64_t)1 << 30,
        .objects_max = 100000,
        .log_buffer_size = 8u << 20,
        .create = true,
        .key_slots = 1024,
        .key_slots_large = 64,
        .connections_max = 10000,
        .body_size_max = HF_BODY_SIZE_MAX,
        .window_max = HF_CFG_WINDOW_MAX,
        .grace_ms = 5000,
        .log_target = "stderr",
        .log_level = HF_LOG_NOTICE,
    };
}

/* ---- the file ---- */

typedef struct range {
    const char *name;
    long min, max;
} range;

static const range ranges[] = {
    { "region-size-mib", 1, 1 << 20 },
    { "objects-max", 16, 100 * 1000 * 1000 },
    { "log-buffer-kib", 64, 1 << 20 },
    { "sync-delay-us", 0, 1000 * 1000 },
    { "key-slots", 4, 1000 * 1000 },
    { "key-slots-large", 0, 100 * 1000 },
    { "key-uncommitted-max", 0, 1000 * 1000 },
    { "workers", 0, 256 },
    { "connections-max", 1, 1000 * 1000 },
    { "body-size-max", HF_BODY_SIZE_MIN, HF_BODY_SIZE_MAX },
    { "window-max", 1, HF_CFG_WINDOW_MAX },
    { "grace-ms", 0, 600 * 1000 },
};

static int range_check(cfg_t *cfg, cfg_opt_t *opt)
{
    long value = cfg_opt_getnint(opt, 0);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (strcmp(ranges[i].name, cfg_opt_name(opt)) == 0 &&
            (value < ranges[i].min || value > ranges[i].max)) {
            cfg_error(cfg, "%s must be %ld .. %ld, not %ld", ranges[i].name,
                      ranges[i].min, ranges[i].max, value);
            return -1;
        }
    }
    return 0;
}

static void numbers_take(hfd_settings *s, cfg_t *cfg)
{
    s->region_size = (uint64_t)cfg_getint(cfg, "region-size-mib") << 20;
    s->objects_max = (uint32_t)cfg_getint(cfg, "objects-max");
    s->log_buffer_size = (uint32_t)cfg_getint(cfg, "log-buffer-kib") << 10;
    s->sync_delay_us = (uint32_t)cfg_getint(cfg, "sync-delay-us");
    s->key_slots = (uint32_t)cfg_getint(cfg, "key-slots");
    s->key_slots_large = (uint32_t)cfg_getint(cfg, "key-slots-large");
    s->key_uncommitted_max = (uint32_t)cfg_getint(cfg, "key-uncommitted-max");
    s->workers = (uint32_t)cfg_getint(cfg, "workers");
    s->connections_max = (uint32_t)cfg_getint(cfg, "connections-max");
    s->body_size_max = (uint32_t)cfg_getint(cfg, "body-size-max");
    s->window_max = (uint32_t)cfg_getint(cfg, "window-max");
    s->grace_ms = (uint32_t)cfg_getint(cfg, "grace-ms");
    s->create = cfg_getbool(cfg, "create");
    s->crypto_fallback = cfg_getbool(cfg, "crypto-fallback");
}

/* What is written as words. */
typedef struct directive {
    const char *name;
    int key; /* of the option */
    int (*add)(hfd_settings *settings, const char *words, const char **why);
} directive;

static const directive directives[] = {
    { "listen", 'l', hfd_settings_add_listen },
    { "uid", 'u', hfd_settings_add_uid },
    { "trust", 't', hfd_settings_add_trust },
};
#define DIRECTIVE_COUNT (sizeof directives / sizeof directives[0])

static int directive_take(hfd_settings *settings, cfg_t *cfg, const directive *d)
{
    const char *why = NULL;
    for (unsigned i = 0; i < cfg_size(cfg, d->name); i++) {
        const char *words = cfg_getnstr(cfg, d->name, i);
        if (d->add(settings, words, &why) != HF_OK) {
            fprintf(stderr, "holdfastd: %s \"%s\": %s\n", d->name, words, why);
            return HF_ERR_CONFIG;
        }
    }
    return HF_OK;
}

static int directives_take(hfd_settings *settings, cfg_t *cfg)
{
    int rc = HF_OK;
    for (size_t i = 0; i < DIRECTIVE_COUNT && rc == HF_OK; i++) {
        rc = directive_take(settings, cfg, &directives[i]);
    }
    return rc;
}

static int affinity_take(hfd_settings *settings, cfg_t *cfg)
{
    const char *name = cfg_getstr(cfg, "crypto-affinity");
    int affinity = name_find(affinity_names, HF_AFFINITY_SOFTWARE + 1, name);
    if (affinity < 0) {
        fprintf(stderr,
                "holdfastd: crypto-affinity \"%s\" is unknown; use any, hardware or "
                "software\n",
                name);
        return HF_ERR_CONFIG;
    }
    settings->crypto_affinity = (uint16_t)affinity;
    return HF_OK;
}

static int texts_take(hfd_settings *settings, cfg_t *cfg)
{
    const char *level = cfg_getstr(cfg, "log-level");
    settings->log_level = level_find(level);
    if (settings->log_level < 0) {
        fprintf(stderr,
                "holdfastd: log-level \"%s\" is unknown; use error, warning, notice, "
                "info or debug\n",
                level);
        return HF_ERR_CONFIG;
    }
    if (text_set(settings->store_path, sizeof settings->store_path,
                 cfg_getstr(cfg, "store")) != HF_OK ||
        text_set(settings->log_target, sizeof settings->log_target,
                 cfg_getstr(cfg, "log")) != HF_OK) {
        fprintf(stderr, "holdfastd: store and log must be paths of 1 .. 4095 bytes\n");
        return HF_ERR_CONFIG;
    }
    return affinity_take(settings, cfg);
}

static void ranges_set(cfg_t *cfg)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        (void)cfg_set_validate_func(cfg, ranges[i].name, range_check);
    }
}

static int file_load(hfd_settings *settings, const char *path)
{
    hfd_settings *s = settings;
    cfg_opt_t options[] = {
        CFG_STR("store", s->store_path, CFGF_NONE),
        CFG_INT("region-size-mib", (long)(s->region_size >> 20), CFGF_NONE),
        CFG_INT("objects-max", (long)s->objects_max, CFGF_NONE),
        CFG_INT("log-buffer-kib", (long)(s->log_buffer_size >> 10), CFGF_NONE),
        CFG_INT("sync-delay-us", 0, CFGF_NONE),
        CFG_BOOL("create", s->create ? cfg_true : cfg_false, CFGF_NONE),
        CFG_INT("key-slots", (long)s->key_slots, CFGF_NONE),
        CFG_INT("key-slots-large", (long)s->key_slots_large, CFGF_NONE),
        CFG_INT("key-uncommitted-max", (long)s->key_uncommitted_max, CFGF_NONE),
        CFG_INT("workers", (long)s->workers, CFGF_NONE),
        CFG_INT("connections-max", (long)s->connections_max, CFGF_NONE),
        CFG_INT("body-size-max", (long)s->body_size_max, CFGF_NONE),
        CFG_INT("window-max", (long)s->window_max, CFGF_NONE),
        CFG_INT("grace-ms", (long)s->grace_ms, CFGF_NONE),
        CFG_STR("crypto-affinity", affinity_names[s->crypto_affinity], CFGF_NONE),
        CFG_BOOL("crypto-fallback", cfg_false, CFGF_NONE),
        CFG_STR("log", s->log_target, CFGF_NONE),
        CFG_STR("log-level", level_names[s->log_level], CFGF_NONE),
        CFG_STR_LIST("listen", "{}", CFGF_NONE),
        CFG_STR_LIST("uid", "{}", CFGF_NONE),
        CFG_STR_LIST("trust", "{}", CFGF_NONE),
        CFG_END(),
    };
    cfg_t *cfg = cfg_init(options, CFGF_NONE);
    if (cfg == NULL) {
        fprintf(stderr, "holdfastd: out of memory\n");
        return HF_ERR_CONFIG;
    }
    ranges_set(cfg);
    int rc = HF_ERR_CONFIG;
    switch (cfg_parse(cfg, path)) {
    case CFG_SUCCESS:
        numbers_take(settings, cfg);
        rc = texts_take(settings, cfg);
        if (rc == HF_OK) {
            rc = directives_take(settings, cfg);
        }
        break;
    case CFG_FILE_ERROR:
        fprintf(stderr, "holdfastd: cannot read %s: %s\n", path, strerror(errno));
        break;
    default: /* libconfuse has said which line */
        fprintf(stderr, "holdfastd: %s is not usable; see holdfastd(8)\n", path);
        break;
    }
    cfg_free(cfg);
    return rc;
}

/* ---- the command line ---- */

enum { OPTION_NO_CREATE = 256, OPTION_SYNC_DELAY, OPTION_OBJECTS, OPTION_SLOTS };

static const struct argp_option options[] = {
    { "config", 'c', "FILE", 0, "Read the settings from FILE; options come on top", 0 },
    { "store", 's', "DIR", 0, "Folder of the store [/var/lib/holdfast]", 0 },
    { "listen", 'l', "WORDS", 0,
      "Where to listen, in place of the file's: \"unix PATH [mode=0660] [owner=N] "
      "[admin] "
      "[write-global]\" or \"tcp ADDRESS:PORT owner=N [admin] [write-global]\"; may be "
      "repeated",
      0 },
    { "uid", 'u', "WORDS", 0,
      "Identity of a user: \"U owner=N [admin] [write-global]\"; may be repeated", 0 },
    { "trust", 't', "KEY", 0,
      "A key that may wrap NONEXPORTABLE ones: \"OWNER:NUMBER\" or \"global:NUMBER\"; "
      "may "
      "be repeated",
      0 },
    { "workers", 'w', "N", 0, "Worker threads [cores + 2]", 0 },
    { "log", 'o', "TARGET", 0, "stderr, syslog or a file, which SIGHUP reopens [stderr]",
      0 },
    { "log-level", 'v', "LEVEL", 0, "error, warning, notice, info or debug [notice]", 0 },
    { "no-create", OPTION_NO_CREATE, NULL, 0, "Do not start without an existing store",
      0 },
    { "objects-max", OPTION_OBJECTS, "N", 0, "Room for N objects [100000]", 0 },
    { "key-slots", OPTION_SLOTS, "N", 0, "Small key slots in RAM [1024]", 0 },
    { "sync-delay-us", OPTION_SYNC_DELAY, "N", 0,
      "Make each sync N microseconds longer: stands in for a slower medium", 0 },
    { 0 },
};

typedef struct command_line {
    hfd_settings *settings;
    const char *config;
    bool file_phase; /* first pass: only --config */
    bool has_listen; /* the first --listen replaces what the file says */
} command_line;

static void number_set(uint32_t *to, const char *name, const char *text,
                       struct argp_state *state)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (strcmp(ranges[i].name, name) != 0) {
            continue;
        }
        if (errno != 0 || end == text || *end != '\0' || value < ranges[i].min ||
            value > ranges[i].max) {
            argp_error(state, "--%s must be %ld .. %ld, not '%s'", name, ranges[i].min,
                       ranges[i].max, text);
        }
    }
    *to = (uint32_t)value;
}

static void directive_set(command_line *line, int key, const char *words,
                          struct argp_state *state)
{
    const char *why = NULL;
    const directive *d = directives;
    while (d->key != key) {
        d++;
    }
    if (key == 'l' && !line->has_listen) {
        line->settings->listener_count = 0;
        line->has_listen = true;
    }
    if (d->add(line->settings, words, &why) != HF_OK) {
        argp_error(state, "--%s '%s': %s", d->name, words, why);
    }
}

static void text_option_set(command_line *line, int key, const char *text,
                            struct argp_state *state)
{
    hfd_settings *s = line->settings;
    int rc = HF_OK;
    if (key == 's') {
        rc = text_set(s->store_path, sizeof s->store_path, text);
    } else if (key == 'o') {
        rc = text_set(s->log_target, sizeof s->log_target, text);
    } else {
        s->log_level = level_find(text);
        rc = s->log_level < 0 ? HF_ERR_CONFIG : HF_OK;
    }
    if (rc != HF_OK) {
        argp_error(state, "'%s' is not usable here", text);
    }
}

static error_t option_parse(int key, char *text, struct argp_state *state)
{
    command_line *line = state->input;
    if (key == ARGP_KEY_ARG) {
        argp_error(state, "unexpected argument '%s'", text);
    }
    if (key == 'c' && line->file_phase) {
        line->config = text;
    }
    if (line->file_phase || key == 'c') {
        return key >= ARGP_KEY_INIT || key == ARGP_KEY_NO_ARGS ? ARGP_ERR_UNKNOWN : 0;
    }
    switch (key) {
    case 's':
    case 'o':
    case 'v':
        text_option_set(line, key, text, state);
        return 0;
    case 'l':
    case 'u':
    case 't':
        directive_set(line, key, text, state);
        return 0;
    case 'w':
        number_set(&line->settings->workers, "workers", text, state);
        return 0;
    case OPTION_NO_CREATE:
        line->settings->create = false;
        return 0;
    case OPTION_OBJECTS:
        number_set(&line->settings->objects_max, "objects-max", text, state);
        return 0;
    case OPTION_SLOTS:
        number_set(&line->settings->key_slots, "key-slots", text, state);
        return 0;
    case OPTION_SYNC_DELAY:
        number_set(&line->settings->sync_delay_us, "sync-delay-us", text, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const char *argp_program_version = "holdfastd " HF_VERSION_TEXT;

static const struct argp parser = {
    .options = options,
    .parser = option_parse,
    .doc =
        "The Holdfast server: keys, counters and objects for local clients.\v"
        "Stays in the foreground. SIGTERM and SIGINT stop it cleanly, SIGHUP reopens its "
        "log file. See holdfastd(8).",
};

int hfd_settings_load(hfd_settings *settings, int argc, char **argv)
{
    defaults_set(settings);
    command_line line = { .settings = settings, .file_phase = true };
    if (argp_parse(&parser, argc, argv, 0, NULL, &line) != 0) {
        return HF_ERR_CONFIG;
    }
    if (line.config != NULL) {
        int rc = file_load(settings, line.config);
        if (rc != HF_OK) {
            return rc;
        }
    }
    line.file_phase = false;
    if (argp_parse(&parser, argc, argv, 0, NULL, &line) != 0) {
        return HF_ERR_CONFIG;
    }
    if (settings->listener_count == 0) {
        const char *why = NULL;
        return hfd_settings_add_listen(settings, "unix /run/holdfast/socket", &why);
    }
    return HF_OK;
}
