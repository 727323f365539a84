/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The program. FILE is below the folder of vectors: HF_VECTORS, or ../shared/vectors
 * beside the source (HF_SOURCE_DIR).
 *
 *   vectors [--verbose] FILE   drive a file: its vectors must behave as they say
 *   vectors --self PATH        drive the runner's own vectors: the runner must say of
 *                              each what the vector says that it must
 *   vectors --unlisted LIST    each file in the folder must be named in the file LIST
 *
 * Exit status: 0 passed, 1 failed, 2 usage, 77 skipped: the file, or the folder, is
 * absent, or nothing of the file can be driven here.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vectors/vectors.h"

enum { PASSED = 0, FAILED = 1, USAGE = 2, SKIPPED = 77 };

#define PATH_SIZE 4096
#define SUBFOLDER "wycheproof"

static void folder_of(char *path, size_t size, const char *below)
{
    const char *folder = getenv("HF_VECTORS");
    const char *source = getenv("HF_SOURCE_DIR");
    if (folder != NULL && folder[0] != 0) {
        snprintf(path, size, "%s/%s", folder, below);
    } else {
        snprintf(path, size, "%s/../shared/vectors/%s", source != NULL ? source : ".",
                 below);
    }
}

static int drive(const char *path, bool is_verbose, bool is_self)
{
    static vectors_run run;
    run.is_verbose = is_verbose;
    run.is_self = is_self;
    int failed = vectors_run_file(&run, path);
    if (failed != 0) {
        return FAILED;
    }
    return run.passed == 0 ? SKIPPED : PASSED;
}

static int drive_below(const char *file, bool is_verbose)
{
    char path[PATH_SIZE];
    folder_of(path, sizeof path, file);
    if (access(path, R_OK) != 0) {
        printf("%s: skipped, there is no such file\n", path);
        return SKIPPED;
    }
    return drive(path, is_verbose, false);
}

/* Is SUBFOLDER/name a line of the list? */
static bool is_listed(FILE *list, const char *name)
{
    char line[PATH_SIZE];
    rewind(list);
    while (fgets(line, sizeof line, list) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, SUBFOLDER "/", strlen(SUBFOLDER) + 1) == 0 &&
            strcmp(line + strlen(SUBFOLDER) + 1, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_json(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

static int check_unlisted(const char *list_path)
{
    char path[PATH_SIZE];
    folder_of(path, sizeof path, SUBFOLDER);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        printf("%s: skipped, there is no such folder\n", path);
        return SKIPPED;
    }
    FILE *list = fopen(list_path, "r");
    int result = list == NULL ? FAILED : PASSED;
    const struct dirent *entry;
    while (list != NULL && (entry = readdir(folder)) != NULL) {
        if (is_json(entry->d_name) && !is_listed(list, entry->d_name)) {
            printf("no runner for %s\n", entry->d_name);
            result = FAILED;
        }
    }
    if (list != NULL) {
        fclose(list);
    }
    closedir(folder);
    return result;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && argv[1][0] != '-') {
        return drive_below(argv[1], false);
    }
    if (argc == 3 && strcmp(argv[1], "--verbose") == 0) {
        return drive_below(argv[2], true);
    }
    if (argc == 3 && strcmp(argv[1], "--self") == 0) {
        return drive(argv[2], false, true);
    }
    if (argc == 3 && strcmp(argv[1], "--unlisted") == 0) {
        return check_unlisted(argv[2]);
    }
    fprintf(stderr, "usage: vectors [--verbose] FILE | --self PATH | --unlisted LIST\n");
    return USAGE;
}
