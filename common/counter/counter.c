// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * counter.c - see counter.h.
 *
 * The file is made under a name that nobody reads, locked, filled, and then renamed: whoever sees it sees it whole and
 * with its lock. The descriptor stays open until the process ends, because closing it would release the lock.
 */
#include "counter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "counter_file.h"
#include "counter_fold.h"
#include "image/image_guard.h"

struct counter {
    struct counter_page *page;
    int fd;
};

static struct counter only;

static uint64_t
nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Fills a new file and maps it. NULL with errno. */
static struct counter_page *
begin_page(int fd, enum counter_program program, struct counter_id id)
{
    union {
        struct counter_page page;
        char bytes[COUNTER_FILE_SIZE];
    } first = {.bytes = ""};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    first.page.magic = COUNTER_MAGIC;
    first.page.version = COUNTER_VERSION;
    first.page.program = program;
    first.page.pid = id.pid;
    first.page.started = id.started;
    if (fcntl(fd, F_SETLK, &lock) != 0 || file_write_all(fd, first.bytes, sizeof first.bytes) != 0 ||
        fchmod(fd, 0644) != 0)
        return NULL;
    void *map = mmap(NULL, COUNTER_FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return map == MAP_FAILED ? NULL : map;
}

/* Makes the file of this process. -1 with errno; nothing is left then. */
static int
begin_file(struct counter *ret, int dir, enum counter_program program)
{
    char name[COUNTER_FILE_NAME_MAX], hidden[sizeof COUNTER_NEW + COUNTER_FILE_NAME_MAX];
    const struct counter_id id = {(uint64_t)getpid(), nanoseconds()};
    counter_file_name(name, program, id);
    snprintf(hidden, sizeof hidden, COUNTER_NEW "%s", name);
    int fd = openat(dir, hidden, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    struct counter_page *page = begin_page(fd, program, id);
    if (page != NULL && renameat(dir, hidden, dir, name) == 0) {
        *ret = (struct counter){page, fd};
        return 0;
    }
    int why = errno;
    if (page != NULL)
        munmap(page, COUNTER_FILE_SIZE);
    unlinkat(dir, hidden, 0);
    close(fd);
    errno = why;
    return -1;
}

int
counter_open(struct counter **ret, const char *folder, enum counter_program program, struct err *err)
{
    struct err own = {0};
    int dir = counter_open_folder(folder, &own);
    if (dir < 0 && errno == ENOENT) {
        *ret = NULL;
        return 0;
    }
    if (dir < 0)
        return err_set(err, own.kind, "%s", own.text);
    counter_fold_at(dir, folder, &own); /* what stays is counted as well, and status says what is wrong */
    int failed = begin_file(&only, dir, program) == 0 ? 0 : errno;
    close(dir);
    if (failed != 0)
        return err_set(err, ERR_IO, "cannot make a file in '%s': %s", folder, strerror(failed));
    image_guard_page(only.page, COUNTER_FILE_SIZE);
    *ret = &only;
    return 0;
}

void
counter_close(struct counter *counter)
{
    if (counter == NULL)
        return;
    image_guard_page(NULL, 0);
    munmap(counter->page, COUNTER_FILE_SIZE);
    close(counter->fd);
    counter->page = NULL;
}

/* The only writer need not ask what another one wrote meanwhile: a load and a store are enough. */
static inline void
add(_Atomic uint64_t *count, uint64_t more)
{
    atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + more, memory_order_relaxed);
}

void
counter_add(struct counter *counter, enum counts_what what, uint64_t more)
{
    add(&counter->page->count[what], more);
}

/* Without branches: in real traffic no two verdicts in a row are alike. An inspect rule has no category. Of a damaged
 * image any category will do. */
void
counter_add_verdicts(struct counter *counter, const struct verdict *verdicts, size_t count)
{
    static const uint8_t decided[WHY_COUNT] = {[WHY_RULE] = 3, [WHY_CATEGORY] = 3};
    _Static_assert(VERB_INSPECT == 3 && COUNTS_CATEGORIES == 4, "the verb plus one, in two bits, is the category");
    _Atomic uint64_t *counts = counter->page->count;
    for (size_t i = 0; i < count; i++) {
        enum why why = verdicts[i].why;
        add(&counts[counts_answers(why, (verdicts[i].verb + 1u) & decided[why])], 1);
    }
}

void
counter_raise(struct counter *counter, enum counts_what what, uint64_t value)
{
    _Atomic uint64_t *count = &counter->page->count[what];
    if (value > atomic_load_explicit(count, memory_order_relaxed))
        atomic_store_explicit(count, value, memory_order_relaxed);
}

/* Readers try again if the serial is odd or has changed meanwhile. */
void
counter_set_table(struct counter *counter, const char *name)
{
    struct counter_page *page = counter->page;
    uint64_t words[COUNTER_NAME_WORDS] = {0};
    uint64_t serial = atomic_load_explicit(&page->name_serial, memory_order_relaxed);
    if (name != NULL)
        memcpy(words, name, strnlen(name, sizeof words - 1));
    atomic_store_explicit(&page->name_serial, serial + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&page->has_table, name != NULL, memory_order_relaxed);
    for (unsigned i = 0; i < COUNTER_NAME_WORDS; i++)
        atomic_store_explicit(&page->name[i], words[i], memory_order_relaxed);
    atomic_store_explicit(&page->name_serial, serial + 2, memory_order_release);
}

bool
counter_is_lost(const struct counter *counter)
{
    return counter != NULL && image_guard_page_lost();
}
