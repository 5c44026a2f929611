// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_diff_log.c - counts the logs of a comparison. See cmd_diff_log.h. */
#include "cmd_diff_log.h"

#include <glob.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "change/diff.h"
#include "cmd.h"
#include "evidence/evidence.h"
#include "log/log.h"
#include "replay/replay.h"

#define LOGS_MEMORY ((size_t)32 << 20)

static int
find_format(struct log_format **ret, const struct diff_logs *logs, struct err *err)
{
    const char *text = logs->format == NULL ? NULL : log_format_named(logs->format);
    *ret = NULL;
    if (logs->format == NULL)
        return 0;
    if (text == NULL && strchr(logs->format, '%') == NULL)
        return err_set(err, ERR_USAGE,
                       "there is no format '%s'; name squid, m365, combined or common, or give the text of a logformat",
                       logs->format);
    return log_format_new(ret, logs->arena, text != NULL ? text : logs->format, err);
}

/* The files that the words name. A word that is no pattern stays as it is, so that a missing file is named later. */
static int
expand(glob_t *ret, const struct diff_logs *logs, struct err *err)
{
    for (size_t i = 0; i < logs->count; i++) {
        const char *word = logs->words[i];
        int flags = strpbrk(word, "*?[") == NULL ? GLOB_NOCHECK : 0;
        int failed = glob(word, flags | (i > 0 ? GLOB_APPEND : 0), NULL, ret);
        if (failed == GLOB_NOMATCH)
            return err_set(err, ERR_USAGE, "there is no file '%s'", word);
        if (failed != 0)
            return err_set(err, ERR_IO, "cannot look for '%s'", word);
    }
    return 0;
}

/* Nothing that can be read is no evidence that nobody asked. */
static int
check_count(const struct replay *replay, struct err *err)
{
    uint64_t other = replay_total(replay, REPLAY_OTHER), damaged = replay_total(replay, REPLAY_DAMAGED);
    if (replay_total(replay, REPLAY_COUNTED) == 0 && other + damaged > 0)
        return err_set(err, ERR_IO,
                       damaged > 0 ? "no log can be read"
                                   : "no line of the log is of a known format; give --logformat");
    if (other > 0)
        cmd_say("%" PRIu64 " line%s of no known format and not counted", other, other == 1 ? " is" : "s are");
    return 0;
}

static int
count(struct diff_logs *logs, const glob_t *files, struct err *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct log_format *format;
    if (find_format(&format, logs, err) != 0)
        return -1;
    const volatile int stop = 0; /* ^C ends the command */
    const struct replay_job job = {
        .logs = (const char *const *)files->gl_pathv,
        .log_count = files->gl_pathc,
        .format = format,
        .cores = cores < 1                  ? 1
                 : cores > REPLAY_CORES_MAX ? REPLAY_CORES_MAX
                                            : (unsigned)cores,
        .stop = &stop,
        .listener = &cmd_listener,
    };
    return replay_count(logs->replay, &job, err) != 0 ? -1 : check_count(logs->replay, err);
}

int
cmd_diff_count(struct diff_logs *logs, struct err *err)
{
    glob_t files = {0};
    if (logs->count == 0)
        return 0;
    logs->arena = arena_new(LOGS_MEMORY);
    logs->replay = logs->arena == NULL ? NULL : replay_new(logs->arena);
    if (logs->replay == NULL)
        return err_set(err, ERR_MEM, "no memory to count");
    int result = expand(&files, logs, err);
    if (result == 0)
        result = count(logs, &files, err);
    globfree(&files);
    return result;
}

void
cmd_diff_logs_close(struct diff_logs *logs)
{
    if (logs->replay != NULL)
        replay_close(logs->replay);
    arena_free(logs->arena);
    logs->replay = NULL;
    logs->arena = NULL;
}

int
cmd_diff_judge(struct diff_logs *logs, struct diff *diff, struct err *err)
{
    return logs->replay == NULL ? 0 : evidence_judge(diff, logs->replay, NULL, err);
}
