// SPDX-License-Identifier: GPL-2.0-or-later
/* counter_file.c - see counter_file.h. */
#include "counter_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "image/image_guard.h"
#include "name/host.h"

#define SUFFIX ".count"
#define NAME_TRIES 100 /* a table's name changes at most once a second */

_Static_assert(sizeof(struct counter_page) <= COUNTER_FILE_SIZE, "a page holds what a process counts");
_Static_assert(sizeof(struct counter_kept) <= COUNTER_FILE_SIZE, "a page holds what is kept");
_Static_assert(COUNTER_NAME_WORDS * 8 > IMAGE_NAME_MAX, "a name fits");
_Static_assert(sizeof(_Atomic uint64_t) == 8, "words of a file");

int
counter_open_folder(const char *folder, struct err *err)
{
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir < 0) {
        int why = errno;
        err_set(err, ERR_IO,
                why == ELOOP || why == ENOTDIR ? "'%s' is not a folder" : "cannot open the folder '%s': %s", folder,
                strerror(why));
        errno = why;
    }
    return dir;
}

void
counter_file_name(char ret[COUNTER_FILE_NAME_MAX], enum counter_program program, struct counter_id id)
{
    snprintf(ret, COUNTER_FILE_NAME_MAX, "%s-%" PRIu64 "-%016" PRIx64 SUFFIX, counter_program_name(program), id.pid,
             id.started);
}

bool
counter_is_file_name(const char *name)
{
    size_t len = strlen(name), end = strlen(SUFFIX);
    return len > end && len < COUNTER_FILE_NAME_MAX && strcmp(name + len - end, SUFFIX) == 0;
}

/* ---- a page that another process may write or cut short meanwhile ---- */

struct copying {
    const struct counter_page *from;
    struct counter_page to;
};

static void
copy_name(const struct counter_page *from, struct counter_page *to)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        uint64_t before = atomic_load_explicit(&from->name_serial, memory_order_acquire);
        for (unsigned word = 0; word < COUNTER_NAME_WORDS; word++)
            to->name[word] = atomic_load_explicit(&from->name[word], memory_order_relaxed);
        to->has_table = atomic_load_explicit(&from->has_table, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        if (before % 2 == 0 && before == atomic_load_explicit(&from->name_serial, memory_order_relaxed))
            return;
    }
    memset(to->name, 0, sizeof to->name); /* its writer ended while writing */
}

static void
copy_page(void *arg)
{
    struct copying *copying = arg;
    const struct counter_page *from = copying->from;
    struct counter_page *to = &copying->to;
    to->magic = from->magic;
    to->version = from->version;
    to->program = from->program;
    to->pid = from->pid;
    to->started = from->started;
    copy_name(from, to);
    for (unsigned i = 0; i < COUNTS_ALL; i++)
        to->count[i] = atomic_load_explicit(&from->count[i], memory_order_relaxed);
}

/* A file that shrinks after its size was asked raises SIGBUS where it is read. */
static bool
copy_mapped(int fd, struct copying *ret)
{
    void *map = mmap(NULL, COUNTER_FILE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return false;
    ret->from = map;
    bool good = image_guarded(copy_page, ret);
    munmap(map, COUNTER_FILE_SIZE);
    return good;
}

/* ---- what it says ---- */

static int
refuse(const char *folder, const char *name, const char *why, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "'%s/%s' %s; remove it", folder, name, why);
}

static int
check_head(uint64_t magic, uint64_t wanted, uint64_t version, const char *folder, const char *name, struct err *err)
{
    if (magic != wanted)
        return refuse(folder, name, "is not a file of counters", err);
    if (version == COUNTER_VERSION)
        return 0;
    return err_set(err, ERR_IO, "'%s/%s' has version %" PRIu64 ", and this program reads %u", folder, name, version,
                   COUNTER_VERSION);
}

/* Takes the name of a table, which is what replies call it. */
static bool
take_name(char ret[IMAGE_NAME_MAX + 1], const struct counter_page *page)
{
    char text[COUNTER_NAME_WORDS * 8];
    memcpy(text, page->name, sizeof text);
    size_t len = strnlen(text, sizeof text);
    if (len > IMAGE_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '.' && host_byte[(unsigned char)text[i]] == 0)
            return false;
    }
    memcpy(ret, text, len);
    ret[len] = '\0';
    return true;
}

static bool
take_counts(struct counts *ret, const struct counter_page *page)
{
    bool good = true;
    for (unsigned i = 0; i < COUNTS_ALL; i++) {
        ret->at[i] = page->count[i];
        good = good && ret->at[i] <= COUNTS_MOST;
    }
    return good;
}

static int
take_page(struct counter_seen *ret, const struct counter_page *page, const char *folder, const char *name,
          struct err *err)
{
    char right[COUNTER_FILE_NAME_MAX];
    if (check_head(page->magic, COUNTER_MAGIC, page->version, folder, name, err) != 0)
        return -1;
    if (page->program >= COUNTER_PROGRAMS || page->pid == 0 || page->pid > INT_MAX || page->started > INT64_MAX ||
        page->has_table > 1 || !take_name(ret->name, page) || !take_counts(&ret->counts, page))
        return refuse(folder, name, "is damaged", err);
    ret->program = (enum counter_program)page->program;
    ret->id = (struct counter_id){page->pid, page->started};
    ret->has_table = page->has_table == 1;
    counter_file_name(right, ret->program, ret->id);
    return strcmp(right, name) == 0 ? 0 : refuse(folder, name, "has the name of another process", err);
}

/* Opens a file of exactly one page. Nothing there: ERR_NONE. */
static int
open_page(int dir, const char *folder, const char *name, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    struct err own = {0};
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return err_set(err, ERR_LIMIT, "the path '%.200s/%s' is too long", folder, name);
    int fd = file_at_open(dir, name, O_RDONLY, &st, path, &own);
    if (fd < 0) {
        if (errno != ENOENT)
            err_set(err, own.kind, "%s", own.text);
        return -1;
    }
    if (st.st_size == COUNTER_FILE_SIZE)
        return fd;
    close(fd);
    return refuse(folder, name, st.st_size < COUNTER_FILE_SIZE ? "is cut short" : "is too large", err);
}

/* Whether a process still writes this file. */
static bool
has_writer(int fd)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

int
counter_file_read(struct counter_seen *ret, int dir, const char *folder, const char *name, struct err *err)
{
    struct copying copying = {.from = NULL};
    int fd = open_page(dir, folder, name, err);
    if (fd < 0)
        return -1;
    /* Asked before the numbers are read: those of a process without a writer are final. */
    ret->lives = has_writer(fd);
    bool good = copy_mapped(fd, &copying);
    close(fd);
    if (!good)
        return refuse(folder, name, "was cut short while it was read", err);
    return take_page(ret, &copying.to, folder, name, err);
}

uint64_t
counter_kept_check(const struct counter_kept *kept)
{
    struct counter_kept copy = *kept;
    uint64_t words[sizeof copy / sizeof(uint64_t)], sum = UINT64_C(0xcbf29ce484222325);
    copy.check = 0;
    memcpy(words, &copy, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        sum = (sum ^ words[i]) * UINT64_C(0x100000001b3);
    return sum;
}

int
counter_kept_read(struct counter_kept *ret, int dir, const char *folder, struct err *err)
{
    char bytes[COUNTER_FILE_SIZE];
    struct err own = {0};
    int fd = open_page(dir, folder, COUNTER_KEPT, &own);
    bool other = errno == ELOOP || errno == EINVAL || errno == ENXIO; /* a link, a folder, a pipe or a socket */
    memset(ret, 0, sizeof *ret);
    if (fd < 0)
        return own.kind == ERR_NONE ? 0 : err_set(err, other ? ERR_CORRUPT : own.kind, "%s", own.text);
    ssize_t got = pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    if (got != (ssize_t)sizeof bytes)
        return refuse(folder, COUNTER_KEPT, "is cut short", err);
    struct counter_kept kept;
    memcpy(&kept, bytes, sizeof kept);
    if (check_head(kept.magic, COUNTER_KEPT_MAGIC, kept.version, folder, COUNTER_KEPT, err) != 0)
        return -1;
    bool good = kept.check == counter_kept_check(&kept) && kept.folded_count <= COUNTER_FOLDED_MAX;
    for (unsigned program = 0; program < COUNTER_PROGRAMS; program++) {
        good = good && kept.ended[program] <= COUNTS_MOST;
        for (unsigned i = 0; i < COUNTS_ALL; i++)
            good = good && kept.counts[program].at[i] <= COUNTS_MOST;
    }
    if (!good)
        return refuse(folder, COUNTER_KEPT, "is damaged", err);
    *ret = kept;
    return 0;
}

bool
counter_kept_has(const struct counter_kept *kept, struct counter_id id)
{
    for (uint64_t i = 0; i < kept->folded_count; i++) {
        if (kept->folded[i].pid == id.pid && kept->folded[i].started == id.started)
            return true;
    }
    return false;
}
