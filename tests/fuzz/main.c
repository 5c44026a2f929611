// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - replays a corpus if there is no fuzzing engine, so that `make check` runs every input that ever mattered.
 *
 *     NAME_fuzz [FILE|FOLDER...]     without arguments: $top_srcdir/tests/fuzz/NAME.in
 *
 * Each file is read into a block of exactly its size.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static unsigned replayed;

static void
die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

static void
replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    if (file == NULL || bytes == NULL || fread(bytes, 1, size, file) != size)
        die(path);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    replayed++;
}

static void
replay(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        die(path);
    if (!S_ISDIR(st.st_mode)) {
        replay_file(path, (size_t)st.st_size);
        return;
    }
    DIR *dir = opendir(path);
    if (dir == NULL)
        die(path);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name)
            replay(name);
    }
    closedir(dir);
}

/* Replays the corpus that belongs to the program's name. */
static void
replay_own(const char *program)
{
    const char *top = getenv("top_srcdir"), *slash = strrchr(program, '/');
    const char *name = slash == NULL ? program : slash + 1;
    const char *end = strstr(name, "_fuzz");
    char path[4096];
    if (end == NULL) {
        fprintf(stderr, "usage: %s FILE|FOLDER...\n", program);
        exit(2);
    }
    snprintf(path, sizeof path, "%s/tests/fuzz/%.*s.in", top == NULL ? "." : top, (int)(end - name), name);
    replay(path);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        replay_own(argv[0]);
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%u inputs replayed\n", replayed);
    if (replayed == 0) {
        fprintf(stderr, "%s: nothing to replay\n", argv[0]);
        return 2;
    }
    return 0;
}
