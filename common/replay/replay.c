// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * replay.c - counts of logs and of saved files, added up. See replay.h.
 *
 * A saved file:
 *
 *     m365ctl replay 1
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
#include "base/digits.h"
#include "base/err.h"
#include "count.h"
#include "merge.h"
#include "work.h"

#define TITLE "m365ctl replay"
#define VERSION "1"

/* Of the totals in a file, in their order. */
static const char *const names[REPLAY_TOTALS] = {"lines", "bytes",    "counted", "other",   "no-host", "left-out",
                                                 "half",  "too-long", "no-sni",  "no-time", "damaged"};

struct replay {
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

int
replay_count(struct replay *replay, const struct replay_job *job, struct err *err)
{
    struct work_result work;
    if (work_count(&work, job, err) != 0)
        return -1;
    int result = 0;
    for (unsigned i = 0; i < work.run_count; i++) {
        if (result != 0 || make_room(replay, err) != 0 || lseek(work.runs[i], 0, SEEK_SET) != 0) {
            close(work.runs[i]);
            result = -1;
            continue;
        }
        struct run_reader *reader = merge_open(replay->merge, work.runs[i], "temporary file", err);
        result = reader == NULL ? -1 : merge_add(replay->merge, reader, err);
    }
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        replay->totals[i] += work.totals[i];
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

/* The lines before the first entry. */
static int
read_head(struct run_reader *reader, uint64_t totals[REPLAY_TOTALS], struct err *err)
{
    struct squid_word line;
    int more = run_line(reader, &line, err);
    if (more < 0)
        return -1;
    if (more == 0 || !squid_word_begins(line, TITLE))
        return refuse(reader, "no file that 'm365ctl replay --save' wrote", err);
    if (!squid_word_is(line, TITLE " " VERSION))
        return refuse(reader, "of another version; count the logs again with this one", err);
    run_digest(reader, line);
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
    if (make_room(replay, err) != 0) {
        close(fd);
        return -1;
    }
    struct run_reader *reader = merge_open(replay->merge, fd, path, err);
    if (reader == NULL)
        return -1;
    reader->saved = true;
    digest_start(&reader->digest);
    if (read_head(reader, totals, err) != 0 || merge_add(replay->merge, reader, err) != 0)
        return -1;
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        replay->totals[i] += totals[i];
    return 0;
}

int
replay_add(struct replay *replay, const char *path, struct err *err)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno))
                  : replay_add_open(replay, fd, path, err);
}

/* ---- what came out ---- */

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
