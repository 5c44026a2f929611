// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * traffic_take.c - counts what was logged since the last time. See traffic.h.
 *
 *     [T, now - 60 s) --> windows that end at midnight --> old file of the day + lines of the window --> new file
 *
 * T is the latest moment in the names of the files, or a later one in the file `place` if there were no lines since. So
 * the folder itself says what is done, and whatever is killed is done again from there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "base/say.h"
#include "conf/conf.h"
#include "log/log.h"
#include "replay/replay.h"
#include "state/state.h"
#include "traffic.h"
#include "traffic_folder.h"
#include "traffic_key.h"
#include "traffic_logs.h"
#include "traffic_place.h"

#define DAY_SECONDS 86400
#define MEMORY ((size_t)4 << 20)
#define WINDOW_SECONDS 60                /* a window that takes longer is given up */
#define WINDOW_BYTES ((uint64_t)1 << 30) /* of lines, that are counted in some seconds */
#define WINDOW_LEAST 7200                /* seconds: more than passes between two updates */
#define OTHER_LEAST 100                  /* lines that are not understood, among others that are */
#define SAID_MAX 100
#define QUIET_DAYS 7 /* without a line, of which the logs are taken to be there */
#define AGAIN 4      /* how often damaged files are set aside in one run */

struct taking {
    const struct traffic *traffic;
    struct traffic_folder folder;
    struct traffic_logs logs;
    struct traffic_place place;
    struct log_format *format; /* NULL: told by the lines */
    unsigned char secret[LEDGER_SECRET];
    int64_t at, until; /* what is to be counted */
    int64_t started;   /* ms */
    int64_t window;    /* its start, in ms */
    volatile int stop;
    struct replay_edges edges;
    size_t said_count;
    uint64_t said[SAID_MAX]; /* hashes of what was said of logs */
};

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- files ---- */

/* The start of the first day that is kept. */
static int64_t
first_moment(const struct traffic *traffic)
{
    return ((int64_t)day_of(traffic->now) - TRAFFIC_DAYS) * DAY_SECONDS;
}

/* Removes what a crash left, and old days. */
static int
clean(struct traffic_folder *folder, int64_t first, struct err *err)
{
    size_t kept = 0;
    if (traffic_folder_remove(folder, TRAFFIC_NEW, err) != 0 ||
        traffic_folder_remove(folder, TRAFFIC_PLACE_NEW, err) != 0 || traffic_folder_forget(folder, first, err) != 0)
        return -1;
    for (size_t i = 0; i < folder->count; i++) {
        const struct traffic_day *day = &folder->days[i];
        char name[TRAFFIC_NAME_MAX];
        bool replaced = i + 1 < folder->count && folder->days[i + 1].day == day->day;
        if (!replaced && day->until > first) {
            folder->days[kept++] = *day;
            continue;
        }
        traffic_day_name(name, day);
        if (traffic_folder_remove(folder, name, err) != 0)
            return -1;
    }
    folder->count = kept;
    return 0;
}

/* Files from the time to come. The clock was set back: what is counted again from the logs is right. By more than a day
 * it is more likely wrong now, and what is there may be all that is left. */
static int
undo_future(struct taking *taking, struct err *err)
{
    struct traffic_folder *folder = &taking->folder;
    const struct traffic *traffic = taking->traffic;
    char name[TRAFFIC_NAME_MAX];
    while (folder->count > 0 && folder->days[folder->count - 1].until > traffic->now) {
        const struct traffic_day *day = &folder->days[folder->count - 1];
        traffic_day_name(name, day);
        if (day->until - traffic->now > DAY_SECONDS)
            return err_set(err, ERR_IO,
                           "'%s/%s' has lines of a time to come; if the clock is right now, remove this file",
                           folder->path, name);
        if (traffic_folder_remove(folder, name, err) != 0)
            return -1;
        folder->count--;
        say(traffic->listener, "the clock was set back; the log of that day is counted again");
    }
    return 0;
}

static int
find_start(struct taking *taking, struct err *err)
{
    struct traffic_folder *folder = &taking->folder;
    struct traffic_place *place = &taking->place;
    const struct traffic *traffic = taking->traffic;
    int64_t first = first_moment(traffic);
    if (traffic_folder_list(folder, err) != 0 || undo_future(taking, err) != 0 || clean(folder, first, err) != 0 ||
        traffic_place_read(place, folder, traffic->conf, err) != 0)
        return -1;
    if (place->until > traffic->now)
        place->until = 0;
    int64_t last = folder->count > 0 ? folder->days[folder->count - 1].until : 0;
    last = place->added ? 0 : last > place->until ? last : place->until;
    taking->at = last > first ? last : first;
    taking->until = traffic->now - TRAFFIC_LATE;
    return 0;
}

/* Remembers which logs are counted. If some were added, the days before do not have their lines, and begin anew. */
static int
note_logs(struct taking *taking, struct err *err)
{
    struct traffic_folder *folder = &taking->folder;
    const struct traffic_place *place = &taking->place;
    char name[TRAFFIC_NAME_MAX];
    if (place->same)
        return 0;
    if (place->added)
        say(taking->traffic->listener,
            "'log' names other logs than before; all days are counted again, as far as the logs go");
    while (place->added && folder->count > 0) {
        traffic_day_name(name, &folder->days[folder->count - 1]);
        if (traffic_folder_remove(folder, name, err) != 0)
            return -1;
        folder->count--;
    }
    return traffic_place_write(folder, place->added ? 0 : place->until, taking->traffic->conf, err);
}

static int
set_aside(const struct taking *taking, const char *name, const struct err *why, struct err *err)
{
    say(taking->traffic->listener, "%s; it was set aside, and its day is counted again as far as the logs go",
        why->text);
    return traffic_folder_set_aside(&taking->folder, name, err) == 0 ? 1 : -1;
}

/* ---- one window ---- */

static void
watch_time(void *arg, const struct replay_progress *at)
{
    struct taking *taking = arg;
    (void)at;
    if (now_ms() - taking->window > (int64_t)WINDOW_SECONDS * 1000)
        taking->stop = 1;
}

/* What is wrong with a log is found by each window that reads it, and said once. */
static void
say_once(void *arg, const char *sentence)
{
    struct taking *taking = arg;
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *at = sentence; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
    for (size_t i = 0; i < taking->said_count; i++) {
        if (taking->said[i] == hash)
            return;
    }
    if (taking->said_count < SAID_MAX)
        taking->said[taking->said_count++] = hash;
    say(taking->traffic->listener, "%s", sentence);
}

/* What is not understood is not to count as nothing. Lines from before the window were read, too. */
static int
check_format(const uint64_t before[REPLAY_TOTALS], const struct replay *replay, const char *path, struct err *err)
{
    uint64_t added[REPLAY_TOTALS];
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        added[i] = replay_total(replay, (enum replay_total)i) - before[i];
    uint64_t other = added[REPLAY_OTHER], counted = added[REPLAY_COUNTED] + added[REPLAY_NO_HOST];
    bool all = other > 0 && other == added[REPLAY_LINES];
    if (!all && (other < OTHER_LEAST || other <= counted || other <= added[REPLAY_LINES] / 4))
        return 0;
    return err_set(err, ERR_SYNTAX,
                   "%" PRIu64 " lines, of '%s' for example, are of no known format; write 'log_format'", other, path);
}

/* Counts the lines of a window. */
static int
count(struct taking *taking, struct arena *arena, struct replay *replay, int64_t end, struct err *err)
{
    const struct traffic_logs *logs = &taking->logs;
    const char **paths = arena_array(arena, logs->count + 1, sizeof *paths);
    struct replay_file *files = arena_array(arena, logs->count + 1, sizeof *files);
    const struct listener listener = {say_once, taking};
    struct replay_job job = {.logs = paths,
                             .files = files,
                             .edges = &taking->edges,
                             .format = taking->format,
                             .since = taking->at,
                             .until = end,
                             .secret = taking->secret,
                             .cores = 1,
                             .progress = watch_time,
                             .progress_arg = taking,
                             .stop = &taking->stop,
                             .listener = &listener};
    if (paths == NULL || files == NULL)
        return err_set(err, ERR_MEM, "no memory to count");
    job.enough = end + REPLAY_SLACK < taking->until ? end + REPLAY_SLACK : 0;
    for (size_t i = 0; i < logs->count; i++) {
        const struct traffic_log *log = &logs->logs[i];
        if (log->fd < 0 || log->changed < taking->at)
            continue;
        paths[job.log_count] = log->path;
        files[job.log_count++] = (struct replay_file){log->fd, log->size};
    }
    uint64_t before[REPLAY_TOTALS];
    for (size_t i = 0; i < REPLAY_TOTALS; i++)
        before[i] = replay_total(replay, (enum replay_total)i);
    taking->window = now_ms();
    taking->edges.before = taking->edges.after = 0;
    if (job.log_count > 0 && replay_count(replay, &job, err) != 0)
        return -1;
    if (taking->stop != 0)
        return err_set(err, ERR_LIMIT, "it takes longer than %d s to read '%s' and others; rotate the logs more often",
                       WINDOW_SECONDS, paths[0]);
    return job.log_count > 0 ? check_format(before, replay, paths[0], err) : 0;
}

/* Writes the counts under the name of their day, in place of the old file. 1: that is damaged. */
static int
write_day(const struct taking *taking, struct replay *replay, const struct traffic_day *day, const char *old,
          struct err *err)
{
    const struct traffic_folder *folder = &taking->folder;
    char name[TRAFFIC_NAME_MAX];
    struct err why = {0};
    struct stat st = {0};
    int fd = traffic_folder_begin(folder, TRAFFIC_NEW, err);
    if (fd < 0)
        return -1;
    if (replay_save_hosts(replay, fd, &why) != 0) {
        close(fd);
        traffic_folder_remove(folder, TRAFFIC_NEW, NULL);
        return old != NULL && why.kind == ERR_SYNTAX ? set_aside(taking, old, &why, err)
                                                     : err_set(err, why.kind, "%s", why.text);
    }
    traffic_day_name(name, day);
    bool full = fstat(fd, &st) == 0 && (uint64_t)st.st_size > TRAFFIC_DAY_MAX;
    if (traffic_folder_end(folder, fd, TRAFFIC_NEW, name, err) != 0)
        return -1;
    if (full)
        say(taking->traffic->listener, "'%s/%s' is larger than %zu MiB; the rest of that day is not counted",
            folder->path, name, TRAFFIC_DAY_MAX >> 20);
    return old != NULL && strcmp(old, name) != 0 ? traffic_folder_remove(folder, old, err) : 0;
}

/* Whether a window without lines is between lines that are near enough: then there were no requests. Otherwise its log
 * may be gone, and what is older may be a copy that somebody left. */
static bool
is_quiet(const struct taking *taking)
{
    int64_t before = taking->edges.before, after = taking->edges.after;
    int64_t old = traffic_logs_last(&taking->logs, taking->at);
    before = old > before ? old : before;
    after = after == 0 ? taking->until : after;
    return before > 0 && after - before <= (int64_t)QUIET_DAYS * DAY_SECONDS;
}

/* Adds a window to its day. 1: the file of the day was damaged. */
static int
add_window(struct taking *taking, struct arena *arena, int64_t end, struct err *err)
{
    const struct traffic_day day = {day_of(taking->at), end};
    const struct traffic_day *found = traffic_folder_find(&taking->folder, day.day);
    char old[TRAFFIC_NAME_MAX], path[PATH_MAX];
    struct err why = {0};
    uint64_t size = 0;
    struct replay *replay = replay_new(arena);
    if (replay == NULL)
        return err_set(err, ERR_MEM, "no memory to count");
    int result = 0;
    if (found != NULL) {
        traffic_day_name(old, found);
        int fd = traffic_folder_read(&taking->folder, found, path, &size, &why);
        result = fd < 0 || size > TRAFFIC_DAY_MAX ? 0 : replay_add_open(replay, fd, path, &why);
        if (fd >= 0 && size > TRAFFIC_DAY_MAX)
            close(fd);
        if (fd < 0 || result != 0)
            result = why.kind == ERR_MEM ? err_set(err, why.kind, "%s", why.text) : set_aside(taking, old, &why, err);
    }
    uint64_t before = replay_total(replay, REPLAY_COUNTED);
    if (result == 0 && size <= TRAFFIC_DAY_MAX)
        result = count(taking, arena, replay, end, err);
    bool covered = found != NULL || replay_total(replay, REPLAY_COUNTED) > before || is_quiet(taking);
    if (result == 0 && size <= TRAFFIC_DAY_MAX && covered)
        result = write_day(taking, replay, &day, found != NULL ? old : NULL, err);
    replay_close(replay);
    return result;
}

/* Where the next window ends: at midnight, or sooner if there is much to count. */
static int64_t
next_end(const struct taking *taking)
{
    int64_t midnight = ((int64_t)day_of(taking->at) + 1) * DAY_SECONDS;
    int64_t end = midnight < taking->until ? midnight : taking->until, len = end - taking->at;
    uint64_t bytes = traffic_logs_bytes(&taking->logs, taking->at);
    if (bytes > WINDOW_BYTES)
        len = (int64_t)((double)len * (double)WINDOW_BYTES / (double)bytes);
    len = len < WINDOW_LEAST ? WINDOW_LEAST : len;
    return len < end - taking->at ? taking->at + len : end;
}

static int
add_windows(struct taking *taking, struct err *err)
{
    int result = 0;
    while (result == 0 && taking->at < taking->until && now_ms() - taking->started < (int64_t)TRAFFIC_SECONDS * 1000) {
        int64_t end = next_end(taking);
        struct arena *arena = arena_new(MEMORY);
        result = arena == NULL ? err_set(err, ERR_MEM, "no memory to count") : add_window(taking, arena, end, err);
        arena_free(arena);
        if (result == 0)
            result = traffic_folder_list(&taking->folder, err);
        taking->at = result == 0 ? end : taking->at;
    }
    return result;
}

/* Remembers how far the windows went, if the names of the files do not say it. */
static int
note_place(const struct taking *taking, struct err *err)
{
    const struct traffic_folder *folder = &taking->folder;
    int64_t last = folder->count > 0 ? folder->days[folder->count - 1].until : 0;
    return taking->at > last ? traffic_place_write(folder, taking->at, taking->traffic->conf, err) : 0;
}

/* ---- all of it ---- */

/* Remembers a value in the status, or that there is none. True if it was another. */
static bool
remember(const struct traffic *traffic, const char *key, const char *value)
{
    char known[STATE_VALUE_MAX];
    struct err err = {0};
    state_status_get(traffic->state, key, known);
    if (strncmp(known, value == NULL ? "" : value, STATE_VALUE_MAX - 1) == 0)
        return false;
    state_status_set(traffic->state, key, value);
    if (state_status_write(traffic->state, &err) != 0)
        say(traffic->listener, "%s; 'm365ctl status%s' does not know about the log", err.text, place_option());
    return true;
}

/* Says once of a log that its lines are in no order. */
static void
tell_mixed(const struct taking *taking)
{
    const char *path = taking->edges.mixed;
    if (remember(taking->traffic, STATUS_TRAFFIC_MIXED, path) && path != NULL)
        say(taking->traffic->listener,
            "the lines of '%s' are not in the order of their times; they are all looked through, but those with a "
            "wrong time may count on a wrong day or not at all",
            path);
}

/* 1: a damaged file was set aside. */
static int
add_since(struct taking *taking, struct err *err)
{
    if (find_start(taking, err) != 0)
        return -1;
    if (taking->at >= taking->until)
        return 0;
    if (traffic_logs_open(&taking->logs, taking->traffic->conf, taking->at, err) != 0)
        return -1;
    int result = note_logs(taking, err);
    if (result == 0)
        result = add_windows(taking, err);
    if (result == 0)
        tell_mixed(taking);
    if (result <= 0 && note_place(taking, result == 0 ? err : NULL) != 0)
        result = -1;
    traffic_logs_close(&taking->logs);
    return result;
}

static int
add_all(struct taking *taking, struct err *err)
{
    struct arena *arena = arena_new(MEMORY);
    const struct conf *conf = taking->traffic->conf;
    int result = arena == NULL ? err_set(err, ERR_MEM, "no memory to count") : 0;
    if (result == 0 && conf->log_format != NULL)
        result = log_format_new(&taking->format, arena, conf->log_format, err);
    if (result == 0)
        result = traffic_secret(taking->secret, &taking->folder, taking->traffic->listener, err);
    for (int tries = 0; result == 0 || result == 1; tries++) {
        if (tries > AGAIN || (tries > 0 && result == 0))
            break;
        result = add_since(taking, err);
    }
    arena_free(arena);
    return result < 0 ? -1 : 0;
}

/* Another run that counts at the same time is no trouble. */
static int
take(const struct traffic *traffic, struct err *err)
{
    struct taking taking = {.traffic = traffic, .started = now_ms()};
    bool wanted = traffic->conf->log_count > 0, found = true;
    if (traffic_folder_open(&taking.folder, state_folder(traffic->state), wanted, &found, err) != 0)
        return -1;
    if (!found)
        return 0;
    int result = 0;
    if (flock(taking.folder.dir, LOCK_EX | LOCK_NB) != 0)
        result = errno == EWOULDBLOCK
                     ? 0
                     : err_set(err, ERR_IO, "cannot lock '%s': %s", taking.folder.path, strerror(errno));
    else if (wanted)
        result = add_all(&taking, err);
    else if (traffic_folder_list(&taking.folder, err) != 0 || clean(&taking.folder, first_moment(traffic), err) != 0)
        result = -1;
    traffic_folder_close(&taking.folder);
    return result;
}

void
traffic_take(const struct traffic *traffic)
{
    struct err err = {0};
    int result = take(traffic, &err);
    if (result != 0)
        say(traffic->listener, "the access log was not counted: %s", err.text);
    remember(traffic, STATUS_TRAFFIC_ERROR, result != 0 ? err.text : NULL);
}
