// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - counts of logs and of saved files, added up. See replay.h.
 *
 * A saved file:
 *
 *     m365ctl replay 2
 *     k 0123456789abcdef      under which key the clients are hidden; version 1 has no such line
 *     n lines 1204            totals
 *     h ... c ...             a run (run.h)
 *     end SHA-256             of everything before
 */
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/digits.h"
#include "base/err.h"
#include "base/file.h"
#include "count.h"
#include "merge.h"
#include "work.h"

#define TITLE "m365ctl replay"
#define VERSION "2"
#define VERSION_OLD "1" /* is read as well */
#define KEY_LABEL "m365ctl replay key"
#define KEY_DIGITS 16
#define COPY_PIECE ((size_t)64 << 10)

/* Of the totals in a file, in their order. */
static const char *const names[REPLAY_TOTALS] = {"lines", "bytes",    "counted", "other",   "no-host", "left-out",
                                                 "half",  "too-long", "no-sni",  "no-time", "damaged"};

/* Of the line `k`, if it is no key's. */
static const char *const names_words[] = {[REPLAY_NAMES_NONE] = "-",
                                          [REPLAY_NAMES_PLAIN] = "plain",
                                          [REPLAY_NAMES_UNKNOWN] = "unknown",
                                          [REPLAY_NAMES_MIXED] = "mixed"};

#define NAMES_WORDS (sizeof names_words / sizeof *names_words)

/* What clients are called by. */
struct naming {
    enum replay_names names;
    uint64_t key; /* what stands for the key of REPLAY_NAMES_HIDDEN; 0: none */
};

struct replay {
    struct naming naming;
    struct merge *merge;
    bool lost; /* writing the counts so far to a temporary file failed halfway */
    uint64_t totals[REPLAY_TOTALS];
};

struct replay *
replay_new(struct arena *arena)
{
    struct replay *replay = arena_alloc(arena, sizeof *replay);
    if (replay != NULL)
        replay->merge = merge_new();
    return replay == NULL || replay->merge == NULL ? NULL : replay;
}

void
replay_close(struct replay *replay)
{
    merge_free(replay->merge);
    replay->merge = NULL;
}

/* Adding up is associative and commutative here, too. */
static void
add_naming(struct naming *to, struct naming from)
{
    if (from.names == REPLAY_NAMES_NONE)
        return;
    bool same = to->names == from.names && to->key == from.key && from.names != REPLAY_NAMES_UNKNOWN;
    if (to->names == REPLAY_NAMES_NONE)
        *to = from;
    else if (!same)
        *to = (struct naming){REPLAY_NAMES_MIXED, 0};
}

/* Of clients that are counted under a secret; NULL: none. */
static struct naming
naming_of(const unsigned char *secret)
{
    if (secret == NULL)
        return (struct naming){REPLAY_NAMES_PLAIN, 0};
    return (struct naming){REPLAY_NAMES_HIDDEN, digest_short(secret, KEY_LABEL, sizeof KEY_LABEL - 1)};
}

static int
check(const struct replay *replay, struct err *err)
{
    return replay->lost ? err_set(err, ERR_IO, "the counts so far could not be written to a temporary file") : 0;
}

/* Makes the runs so far one, if no more can be opened. */
static int
make_room(struct replay *replay, struct err *err)
{
    if (merge_room(replay->merge) > 0 || check(replay, err) != 0)
        return replay->lost ? -1 : 0;
    int fd = count_temporary(err);
    if (fd < 0)
        return -1;
    struct merge *merge = merge_new();
    if (merge == NULL || merge_write(replay->merge, fd, err) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        close(fd);
        merge_free(merge);
        replay->lost = true;
        return -1;
    }
    merge_free(replay->merge);
    replay->merge = merge;
    struct run_reader *reader = merge_open(merge, fd, "temporary file", err);
    replay->lost = reader == NULL || merge_add(merge, reader, err) != 0;
    return replay->lost ? -1 : 0;
}

static void
add_totals(struct replay *replay, const uint64_t totals[REPLAY_TOTALS])
{
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        replay->totals[i] = ledger_sum(replay->totals[i], totals[i]);
}

int
replay_count(struct replay *replay, const struct replay_job *job, struct err *err)
{
    struct work_result work;
    if (work_count(&work, job, err) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < work.run_count; i++) {
        if (result != 0 || make_room(replay, err) != 0 || lseek(work.runs[i], 0, SEEK_SET) != 0) {
            close(work.runs[i]);
            result = -1;
            continue;
        }
        struct run_reader *reader = merge_open(replay->merge, work.runs[i], "temporary file", err);
        result = reader == NULL ? -1 : merge_add(replay->merge, reader, err);
    }
    add_totals(replay, work.totals);
    add_naming(&replay->naming, naming_of(job->secret));
    return result;
}

/* ---- saved files ---- */

static int
refuse(const struct run_reader *reader, const char *what, struct err *err)
{
    return err_set(err, ERR_SYNTAX, "%s:%" PRIu64 ": %s", reader->name, reader->number, what);
}

/* `n NAME NUMBER` */
static bool
read_total(uint64_t *ret, const char *name, struct squid_word line)
{
    size_t len = strlen(name) + 3;
    if (line.len <= len || !squid_word_begins(line, "n ") || memcmp(line.text + 2, name, len - 3) != 0 ||
        line.text[len - 1] != ' ')
        return false;
    return digits_read(ret, line.text + len, line.len - len, UINT64_MAX);
}

/* `k NAMES` */
static bool
read_naming(struct naming *ret, struct squid_word line)
{
    if (line.len <= 2 || !squid_word_begins(line, "k "))
        return false;
    const struct squid_word value = {line.text + 2, line.len - 2};
    *ret = (struct naming){REPLAY_NAMES_HIDDEN, 0};
    for (size_t i = 0; i < NAMES_WORDS; i++) {
        if (names_words[i] != NULL && squid_word_is(value, names_words[i]))
            *ret = (struct naming){(enum replay_names)i, 0};
    }
    for (size_t i = 0; i < value.len && ret->names == REPLAY_NAMES_HIDDEN; i++) {
        static const char hex[] = "0123456789abcdef";
        const char *digit = memchr(hex, value.text[i], KEY_DIGITS);
        if (digit == NULL || value.len != KEY_DIGITS)
            return false;
        ret->key = ret->key << 4 | (uint64_t)(digit - hex);
    }
    return true;
}

/* The first lines, of a version that is known. */
static int
read_title(struct run_reader *reader, struct naming *ret, struct err *err)
{
    struct squid_word line;
    *ret = (struct naming){REPLAY_NAMES_UNKNOWN, 0};
    int more = run_line(reader, &line, err);
    if (more < 0)
        return -1;
    if (more == 0 || !squid_word_begins(line, TITLE))
        return refuse(reader, "no file that 'm365ctl replay --save' wrote", err);
    bool old = squid_word_is(line, TITLE " " VERSION_OLD);
    if (!old && !squid_word_is(line, TITLE " " VERSION))
        return refuse(reader, "of another version; count the logs again with this one", err);
    run_digest(reader, line);
    if (old)
        return 0;
    if (run_line(reader, &line, err) != 1 || !read_naming(ret, line))
        return refuse(reader, "the line of the key is missing; the file is damaged", err);
    run_digest(reader, line);
    return 0;
}

/* The lines before the first entry. */
static int
read_head(struct run_reader *reader, struct naming *ret, uint64_t totals[REPLAY_TOTALS], struct err *err)
{
    struct squid_word line;
    if (read_title(reader, ret, err) != 0)
        return -1;
    for (size_t i = 0; i < REPLAY_TOTALS; i++) {
        if (run_line(reader, &line, err) != 1 || !read_total(&totals[i], names[i], line))
            return refuse(reader, "a total is missing; the file is damaged", err);
        run_digest(reader, line);
    }
    return 0;
}

int
replay_add_open(struct replay *replay, int fd, const char *path, struct err *err)
{
    uint64_t totals[REPLAY_TOTALS] = {0};
    struct naming naming;
    if (make_room(replay, err) != 0) {
        close(fd);
        return -1;
    }
    struct run_reader *reader = merge_open(replay->merge, fd, path, err);
    if (reader == NULL)
        return -1;
    reader->saved = true;
    digest_start(&reader->digest);
    if (read_head(reader, &naming, totals, err) != 0 || merge_add(replay->merge, reader, err) != 0)
        return -1;
    add_totals(replay, totals);
    add_naming(&replay->naming, naming);
    return 0;
}

/* All bytes that are left, in a temporary file at its start; the descriptor is taken over. -1 as replay_add(). */
static int
copy(int fd, const char *path, struct err *err)
{
    char bytes[COPY_PIECE];
    ssize_t got = 0;
    int to = count_temporary(err);
    bool good = to >= 0;
    while (good && ((got = read(fd, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR)))
        good = got < 0 || file_write_all(to, bytes, (size_t)got) == 0;
    if (good && got == 0 && lseek(to, 0, SEEK_SET) == 0) {
        close(fd);
        return to;
    }
    if (to >= 0) {
        err_set(err, ERR_IO, good ? "cannot read '%s': %s" : "cannot copy '%s': %s", path, strerror(errno));
        close(to);
    }
    close(fd);
    return -1;
}

/* Reads a whole file by itself. -1: it would not be added, or only in part. */
static int
check_saved(int fd, const char *path, struct err *err)
{
    struct replay alone = {.merge = merge_new()};
    const struct ledger_entry *entry;
    if (alone.merge == NULL)
        return err_set(err, ERR_MEM, "no memory to read counts");
    int again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (again < 0)
        err_set(err, ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    int more = again >= 0 && replay_add_open(&alone, again, path, err) == 0 ? 1 : -1;
    while (more == 1)
        more = replay_next(&alone, &entry, err);
    replay_close(&alone);
    return more;
}

int
replay_add(struct replay *replay, const char *path, struct err *err)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    off_t start = fd < 0 ? 0 : lseek(fd, 0, SEEK_CUR);
    if (fd < 0)
        err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    else if (start < 0)
        fd = copy(fd, path, err);
    start = start < 0 ? 0 : start;
    if (fd >= 0 && check_saved(fd, path, err) == 0 && lseek(fd, start, SEEK_SET) == start)
        return replay_add_open(replay, fd, path, err);
    if (fd >= 0)
        close(fd);
    replay->totals[REPLAY_DAMAGED] = ledger_sum(replay->totals[REPLAY_DAMAGED], 1);
    return -1;
}

/* ---- what came out ---- */

enum replay_names
replay_client_names(const struct replay *replay)
{
    return replay->naming.names;
}

uint64_t
replay_total(const struct replay *replay, enum replay_total which)
{
    return replay->totals[which];
}

int
replay_next(struct replay *replay, const struct ledger_entry **ret, struct err *err)
{
    return check(replay, err) != 0 ? -1 : merge_next(replay->merge, ret, err);
}

/* Lines that are not counted for a time have none, so that they would be added with every part of it. */
static void
keep_timed(uint64_t totals[REPLAY_TOTALS])
{
    const uint64_t counted = totals[REPLAY_COUNTED], no_host = totals[REPLAY_NO_HOST], no_sni = totals[REPLAY_NO_SNI];
    memset(totals, 0, REPLAY_TOTALS * sizeof *totals);
    totals[REPLAY_LINES] = counted + no_host;
    totals[REPLAY_COUNTED] = counted;
    totals[REPLAY_NO_HOST] = no_host;
    totals[REPLAY_NO_SNI] = no_sni;
}

static int
save(struct replay *replay, int fd, bool clients, struct err *err)
{
    struct digest_stream digest = {0};
    struct run_writer writer;
    char hex[DIGEST_TEXT_MAX];
    const struct ledger_entry *entry;
    if (check(replay, err) != 0)
        return -1;
    run_writer_init(&writer, fd);
    digest_start(&digest);
    writer.digest = &digest;
    buf_add_text(&writer.out, TITLE " " VERSION "\n");
    if (replay->naming.names == REPLAY_NAMES_HIDDEN)
        buf_add_fmt(&writer.out, "k %016" PRIx64 "\n", replay->naming.key);
    else
        buf_add_fmt(&writer.out, "k %s\n", names_words[replay->naming.names]);
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        buf_add_fmt(&writer.out, "n %s %" PRIu64 "\n", names[i], replay->totals[i]);
    int more;
    while ((more = merge_next(replay->merge, &entry, err)) == 1) {
        if ((clients || entry->kind == LEDGER_HOST) && run_add(&writer, entry, err) != 0) {
            more = -1;
            break;
        }
    }
    if (more == 0 && run_flush(&writer, err) == 0) {
        digest_end(&digest, hex);
        buf_add_fmt(&writer.out, "end %s\n", hex);
    }
    int end = run_writer_end(&writer, more == 0 ? err : NULL);
    return more == 0 && end == 0 ? 0 : -1;
}

int
replay_save(struct replay *replay, int fd, struct err *err)
{
    return save(replay, fd, true, err);
}

int
replay_save_hosts(struct replay *replay, int fd, struct err *err)
{
    keep_timed(replay->totals);
    return save(replay, fd, false, err);
}
