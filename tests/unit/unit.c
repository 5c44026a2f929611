// SPDX-License-Identifier: GPL-2.0-or-later
/* unit.c - see unit.h. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void
check_text(const char *why, const char *got, size_t len, const char *want)
{
    if (len != strlen(want) || memcmp(got, want, len) != 0)
        fail_msg("%s: got '%.*s', want '%s'", why, (int)len, got, want);
}

void
check_says(const char *why, const char *sentence, const char *part)
{
    if (strstr(sentence, part) == NULL)
        fail_msg("%s: '%s' does not say '%s'", why, sentence, part);
}

static size_t
pages(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (len + page - 1) / page * page;
}

char *
guard_new(const void *bytes, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = pages(len);
    char *map = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || mprotect(map + room, page, PROT_NONE) != 0) {
        perror("guard_new");
        exit(2);
    }
    char *start = map + room - len;
    if (len > 0)
        memcpy(start, bytes, len);
    return start;
}

void
guard_free(char *guarded, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    munmap(guarded + len - pages(len), pages(len) + page);
}

uint32_t
next_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return (uint32_t)(x * 0x2545f4914f6cdd1du >> 32);
}

static char folder[4096];

const char *
folder_make(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/squid-m365-unit.XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        exit(2);
    }
    return folder;
}

static void remove_below(int at, const char *name);

static void
remove_entries(DIR *dir)
{
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_below(dirfd(dir), entry->d_name);
    }
    closedir(dir);
}

/* A file, a link or a folder with all that is in it. */
static void
remove_below(int at, const char *name)
{
    if (unlinkat(at, name, 0) == 0)
        return;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd >= 0)
        remove_entries(fdopendir(fd));
    unlinkat(at, name, AT_REMOVEDIR);
}

void
folder_remove(void)
{
    remove_below(AT_FDCWD, folder);
}

int
folder_set_up(void **state)
{
    (void)state;
    folder_make();
    return 0;
}

int
folder_tear_down(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

const char *
folder_path(const char *name)
{
    static char paths[4][sizeof folder + 256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void
folder_write(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(folder_path(name), "wb");
    if (file == NULL || (len > 0 && fwrite(bytes, 1, len, file) != len) || fclose(file) != 0) {
        perror(name);
        exit(2);
    }
}
