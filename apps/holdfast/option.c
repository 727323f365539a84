/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Options: see option.h.
 */
#include "option.h"

#include <string.h>

const hfc_option hfc_options[HFC_OPTIONS_COUNT] = {
#define OPTION_ROW_(id, text, short_name, argument, help)                                \
    [HFC_OPTION_##id] = {                                                                \
        .name = (text), .value = (argument), .doc = (help), .letter = (short_name)       \
    },
    HFC_OPTIONS(OPTION_ROW_)
};

static bool option_is(const hfc_option *option, const char *text)
{
    if (strncmp(text, "--", 2) != 0) {
        return text[0] == '-' && option->letter != 0 && text[1] == option->letter;
    }
    size_t len = strlen(option->name);
    return strncmp(text + 2, option->name, len) == 0 &&
           (text[2 + len] == '\0' || text[2 + len] == '=');
}

size_t hfc_option_find(const char *text)
{
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        if (option_is(&hfc_options[i], text)) {
            return i;
        }
    }
    return HFC_OPTIONS_COUNT;
}

/* What stands behind "=" or the letter in the same word; NULL: nothing does. */
static const char *attached_value(const char *text)
{
    if (strncmp(text, "--", 2) == 0) {
        const char *equals = strchr(text, '=');
        return equals == NULL ? NULL : equals + 1;
    }
    return text[2] == '\0' ? NULL : text + 2;
}

static hfc_mistake option_take(hfc_arguments *arguments, char **argv, int *at)
{
    const char *text = argv[*at];
    size_t i = hfc_option_find(text);
    if (i == HFC_OPTIONS_COUNT) {
        return (hfc_mistake){ "there is no such option", text };
    }
    const char *value = attached_value(text);
    if (hfc_options[i].value == NULL) {
        if (value != NULL) {
            return (hfc_mistake){ "it takes no value", text };
        }
        arguments->value[i] = "";
        return (hfc_mistake){ NULL, NULL };
    }
    if (value == NULL) {
        value = argv[*at + 1];
        if (value == NULL) {
            return (hfc_mistake){ "it needs a value", text };
        }
        (*at)++;
    }
    arguments->value[i] = value;
    return (hfc_mistake){ NULL, NULL };
}

hfc_mistake hfc_arguments_read(hfc_arguments *arguments, int argc, char **argv)
{
    *arguments = (hfc_arguments){ .word_count = 0 };
    hfc_mistake mistake = { NULL, NULL };
    bool has_ended = false;
    for (int i = 1; i < argc && mistake.what == NULL; i++) {
        if (!has_ended && strcmp(argv[i], "--") == 0) {
            has_ended = true;
        } else if (!has_ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            mistake = option_take(arguments, argv, &i);
        } else if (arguments->word_count == HFC_WORDS_MAX) {
            mistake = (hfc_mistake){ "too many words", argv[i] };
        } else {
            arguments->words[arguments->word_count++] = argv[i];
        }
    }
    return mistake;
}
