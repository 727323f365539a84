/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The table of commands, and how a command line is sorted and checked against it.
 */
#include "command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE(...)                                                                        \
    (char *[]){ (char *)"holdfast", __VA_ARGS__, NULL },                                 \
        (int)(sizeof((const char *[]){ "holdfast", __VA_ARGS__ }) / sizeof(char *))

/* Sort and check; what is wrong, or NULL. */
static const char *mistake_of(char **argv, int argc)
{
    hfc_arguments arguments;
    size_t used_count = 0;
    hfc_mistake mistake = hfc_arguments_read(&arguments, argc, argv);
    if (mistake.what != NULL) {
        return mistake.what;
    }
    const hfc_command *command = hfc_command_find(&arguments, &used_count);
    if (command == NULL) {
        return "no command";
    }
    return hfc_command_check(command, used_count, &arguments).what;
}

static void test_arguments_read_sorts_options_and_words(void **state)
{
    (void)state;
    char *argv[] = { (char *)"holdfast",    (char *)"--socket=/x", (char *)"key",
                     (char *)"-j",          (char *)"generate",    (char *)"--label",
                     (char *)"--odd",       (char *)"-n7",         (char *)"--",
                     (char *)"--notoption", (char *)"-",           NULL };
    hfc_arguments arguments;
    assert_null(hfc_arguments_read(&arguments, 11, argv).what);
    assert_string_equal(arguments.value[HFC_OPTION_SOCKET], "/x");
    assert_string_equal(arguments.value[HFC_OPTION_LABEL], "--odd");
    assert_string_equal(arguments.value[HFC_OPTION_NUMBER], "7");
    assert_true(hfc_arguments_has(&arguments, HFC_OPTION_JSON));
    assert_false(hfc_arguments_has(&arguments, HFC_OPTION_FORCE));
    assert_int_equal(arguments.word_count, 4);
    assert_string_equal(arguments.words[0], "key");
    assert_string_equal(arguments.words[2], "--notoption");
    assert_string_equal(arguments.words[3], "-");
}

static void test_command_line_good(void **state)
{
    (void)state;
    assert_null(mistake_of(LINE("key", "generate", "p256")));
    assert_null(mistake_of(LINE("sign", "7")));
    assert_null(mistake_of(LINE("sign", "7", "file", "--out", "x")));
    assert_null(mistake_of(LINE("--json", "status")));
}

static void test_command_line_bad(void **state)
{
    (void)state;
    assert_string_equal(mistake_of(LINE("sign")), "a word is missing");
    assert_string_equal(mistake_of(LINE("sign", "1", "2", "3")), "a word too many");
    assert_string_equal(mistake_of(LINE("status", "--out", "x")),
                        "the command takes no such option");
    assert_string_equal(mistake_of(LINE("status", "--colour")),
                        "there is no such option");
    assert_string_equal(mistake_of(LINE("status", "--js")), "there is no such option");
    assert_string_equal(mistake_of(LINE("status", "-x")), "there is no such option");
    assert_string_equal(mistake_of(LINE("status", "--socket")), "it needs a value");
    assert_string_equal(mistake_of(LINE("status", "--json=1")), "it takes no value");
    assert_string_equal(mistake_of(LINE("a", "a", "a", "a", "a", "a", "a", "a", "a")),
                        "too many words");
    assert_string_equal(mistake_of(LINE("key", "forget", "7")), "no command");
    assert_string_equal(mistake_of(LINE("keys")), "no command");
}

static void test_table_is_consistent(void **state)
{
    (void)state;
    for (size_t i = 0; hfc_command_at(i) != NULL; i++) {
        const hfc_command *command = hfc_command_at(i);
        assert_non_null(command->run);
        assert_true(hfc_command_words_min(command) <= hfc_command_words_max(command));
        assert_true(hfc_command_words_max(command) + 2 <= HFC_WORDS_MAX);
        bool takes_format = (command->options & HFC_BIT(FORMAT)) != 0;
        assert_int_equal(takes_format, command->formats != NULL);
        assert_int_equal(command->options & HFC_COMMON, 0);
        if (command->summary != NULL) { /* its help has an example */
            assert_non_null(command->details);
            assert_non_null(strstr(command->details, "holdfast "));
        }
        for (size_t k = 0; k < i; k++) {
            const hfc_command *other = hfc_command_at(k);
            bool is_same = strcmp(other->noun, command->noun) == 0 &&
                           (other->verb == NULL || command->verb == NULL ||
                            strcmp(other->verb, command->verb) == 0);
            assert_false(is_same);
        }
    }
}

static void test_options_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "--%s", hfc_options[i].name);
        assert_int_equal(hfc_option_find(text), i);
        if (hfc_options[i].letter != 0) {
            (void)snprintf(text, sizeof text, "-%c", hfc_options[i].letter);
            assert_int_equal(hfc_option_find(text), i);
        }
    }
}

/* The text of a file of the source tree. */
static char *source_read(const char *name)
{
    char path[4096];
    const char *root = getenv("HF_SOURCE_DIR");
    (void)snprintf(path, sizeof path, "%s/%s", root == NULL ? "." : root, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 1 << 18);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void manual_has(const char *manual, const char *word)
{
    if (strstr(manual, word) == NULL) {
        fail_msg("holdfast(1) does not have %s", word);
    }
}

static void test_manual_has_every_command_and_option(void **state)
{
    (void)state;
    char *manual = source_read("docs/man/holdfast.1.scd");
    char word[128];
    for (size_t i = 0; hfc_command_at(i) != NULL; i++) {
        const hfc_command *command = hfc_command_at(i);
        bool has_verb = command->verb != NULL;
        (void)snprintf(word, sizeof word, "\n*%s%s%s*", command->noun,
                       has_verb ? " " : "", has_verb ? command->verb : "");
        if (command->summary != NULL) {
            manual_has(manual, word);
        }
    }
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        (void)snprintf(word, sizeof word, "*--%s*", hfc_options[i].name);
        manual_has(manual, word);
    }
    free(manual);
}

/* The options of one command, in the lines between its name and its summary. */
static void synopsis_check(const char *manual, const hfc_command *command)
{
    char word[128];
    bool has_verb = command->verb != NULL;
    (void)snprintf(word, sizeof word, "\n*%s%s%s*", command->noun, has_verb ? " " : "",
                   has_verb ? command->verb : "");
    const char *start = strstr(manual, word);
    assert_non_null(start);
    const char *end = strstr(start, "\n\t");
    assert_non_null(end);
    for (size_t i = 0; i < HFC_OPTIONS_COUNT; i++) {
        bool is_taken = (command->options & (UINT64_C(1) << i)) != 0;
        (void)snprintf(word, sizeof word, "*--%s*", hfc_options[i].name);
        const char *at = strstr(start, word);
        if (is_taken != (at != NULL && at < end)) {
            fail_msg("holdfast(1): %s %s and its option %s", command->noun,
                     has_verb ? command->verb : "", word);
        }
    }
}

static void test_manual_has_the_options_of_each_command(void **state)
{
    (void)state;
    char *manual = source_read("docs/man/holdfast.1.scd");
    for (size_t i = 0; hfc_command_at(i) != NULL; i++) {
        if (hfc_command_at(i)->summary != NULL) {
            synopsis_check(manual, hfc_command_at(i));
        }
    }
    free(manual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments_read_sorts_options_and_words),
        cmocka_unit_test(test_command_line_good),
        cmocka_unit_test(test_command_line_bad),
        cmocka_unit_test(test_table_is_consistent),
        cmocka_unit_test(test_options_have_names_of_their_own),
        cmocka_unit_test(test_manual_has_every_command_and_option),
        cmocka_unit_test(test_manual_has_the_options_of_each_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
