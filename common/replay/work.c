// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * work.c - counts logs on all cores. See replay.h and count.h.
 *
 * Plain logs are cut into parts; each thread takes the next part until none is left, and writes what it counted into
 * files of its own. Which thread counted what makes no difference to the sum. The thread that started them shows
 * progress.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/say.h"
#include "count.h"
#include "log/log_file.h"
#include "work.h"

#define PART_LEAST ((uint64_t)4 << 20) /* bytes */
#define PARTS_A_CORE 8                 /* so that all are done at about the same time */
#define PROGRESS_MS 200
#define MEMORY ((size_t)4 << 20)       /* of one thread, without its ledger */
#define WORK_MEMORY ((size_t)64 << 20) /* most of it for what is said of millions of logs */

static_assert(WORK_RUNS_MAX >= MERGE_MAX && WORK_RUNS_MAX >= REPLAY_CORES_MAX, "room for every thread's runs");

struct work;

/* One thread's part of the work. */
struct core {
    struct work *work;
    pthread_t thread;
    bool started;
    struct count_runs runs; /* what it counted */
    int result;
    struct err err; /* what went wrong, if the result is not 0 */
    struct count_shared shared;
};

struct work {
    const struct replay_job *job;
    struct arena *arena;
    struct count_part *parts;
    size_t part_count, part_room;
    uint64_t size;      /* of the logs; 0: not known */
    atomic_size_t next; /* part */
    unsigned running;   /* threads; the lock belongs to it */
    pthread_mutex_t lock;
    pthread_cond_t ended; /* one of them has */
    unsigned core_count;
    struct core *cores;
};

/* ---- parts ---- */

static bool
add_part(struct work *work, const struct count_part *part)
{
    struct count_part *parts =
        arena_grow(work->arena, work->parts, &work->part_room, work->part_count + 1, sizeof *parts);
    if (parts == NULL)
        return false;
    parts[work->part_count++] = *part;
    work->parts = parts;
    return true;
}

/* The logs of the job in the arena. NULL without memory. */
static struct count_log *
make_logs(struct work *work)
{
    struct count_log *logs = arena_array(work->arena, work->job->log_count, sizeof *logs);
    for (size_t i = 0; logs != NULL && i < work->job->log_count; i++) {
        logs[i].path = work->job->logs[i];
        atomic_init(&logs[i].damaged, false);
    }
    return logs;
}

/* Open logs are read whole: threads would share the place up to which a file was read. */
static bool
cut_files(struct work *work)
{
    struct count_log *logs = make_logs(work);
    if (logs == NULL)
        return false;
    for (size_t i = 0; i < work->job->log_count; i++) {
        const struct replay_file *file = &work->job->files[i];
        if (!add_part(work, &(struct count_part){&logs[i], file->fd, 0, file->to}))
            return false;
    }
    return true;
}

static bool
cut(struct work *work, unsigned cores)
{
    bool known = true;
    struct count_log *logs = make_logs(work);
    if (logs == NULL)
        return false;
    for (size_t i = 0; i < work->job->log_count; i++) {
        const char *path = logs[i].path;
        uint64_t size = log_file_divisible(path), least = size / ((uint64_t)PARTS_A_CORE * cores);
        uint64_t step = cores == 1 || size == 0 ? UINT64_MAX : least < PART_LEAST ? PART_LEAST : least;
        struct stat st;
        bool sized = stat(path, &st) == 0 && S_ISREG(st.st_mode);
        known = known && sized;
        work->size += sized ? (uint64_t)st.st_size : 0;
        uint64_t from = 0;
        for (; step != UINT64_MAX && from + step < size; from += step) {
            if (!add_part(work, &(struct count_part){&logs[i], -1, from, from + step}))
                return false;
        }
        if (!add_part(work, &(struct count_part){&logs[i], -1, from, UINT64_MAX}))
            return false;
    }
    if (!known)
        work->size = 0;
    return true;
}

/* ---- one thread ---- */

static int
count_parts(struct work *work, struct counting *counting, struct err *err)
{
    for (;;) {
        size_t at = atomic_fetch_add(&work->next, 1);
        if (at >= work->part_count || *work->job->stop != 0)
            return 0;
        if (counting_add(counting, &work->parts[at], err) != 0)
            return -1;
    }
}

static int
count_all(struct core *core)
{
    struct work *work = core->work;
    struct arena *arena = arena_new(MEMORY);
    struct counting *counting = arena == NULL ? NULL : counting_new(arena, work->job, work->core_count, &core->shared);
    if (counting == NULL) {
        arena_free(arena);
        return err_set(&core->err, ERR_MEM, "no memory to count");
    }
    const size_t runs = MERGE_MAX / work->core_count; /* so that all of them can be merged at once */
    int result = count_parts(work, counting, &core->err);
    if (result == 0)
        result = counting_end(counting, &core->runs, runs > 0 ? runs : 1, &core->err);
    else
        counting_close(counting);
    arena_free(arena);
    return result;
}

static void
change_running(struct work *work, int by)
{
    pthread_mutex_lock(&work->lock);
    work->running += (unsigned)by;
    pthread_cond_signal(&work->ended);
    pthread_mutex_unlock(&work->lock);
}

static void *
run_core(void *arg)
{
    struct core *core = arg;
    core->result = count_all(core);
    change_running(core->work, -1);
    return NULL;
}

/* ---- the thread that started them ---- */

static void
tell_progress(const struct work *work)
{
    struct replay_progress at = {.size = work->size};
    for (unsigned i = 0; i < work->core_count; i++) {
        at.done += atomic_load_explicit(&work->cores[i].shared.totals[REPLAY_BYTES], memory_order_relaxed);
        at.lines += atomic_load_explicit(&work->cores[i].shared.totals[REPLAY_LINES], memory_order_relaxed);
    }
    if (work->job->progress != NULL)
        work->job->progress(work->job->progress_arg, &at);
}

/* Starts the threads; one that cannot be started is no loss as long as another one runs. */
static int
start(struct work *work, struct err *err)
{
    int trouble = 0;
    unsigned started = 0;
    for (unsigned i = 0; i < work->core_count; i++) {
        struct core *core = &work->cores[i];
        change_running(work, 1);
        int result = pthread_create(&core->thread, NULL, run_core, core);
        core->started = result == 0;
        started += core->started;
        trouble = result != 0 ? result : trouble;
        if (result != 0)
            change_running(work, -1);
    }
    return started > 0 ? 0 : err_set(err, ERR_MEM, "cannot start a thread: %s", strerror(trouble));
}

/* Waits until a thread ends, or until it is time to tell how far they are. True: all have ended. */
static bool
wait_a_while(struct work *work)
{
    struct timespec until;
    int result = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PROGRESS_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&work->lock);
    while (work->running > 0 && result == 0)
        result = pthread_cond_timedwait(&work->ended, &work->lock, &until);
    bool all = work->running == 0;
    pthread_mutex_unlock(&work->lock);
    return all;
}

/* Waits for the threads. -1 with *err: the first that failed. */
static int
finish(struct work *work, struct err *err)
{
    while (!wait_a_while(work))
        tell_progress(work);
    int result = 0;
    for (unsigned i = 0; i < work->core_count; i++) {
        struct core *core = &work->cores[i];
        if (!core->started)
            continue;
        pthread_join(core->thread, NULL);
        if (core->result != 0 && result == 0)
            result = err_set(err, core->err.kind, "%s", core->err.text);
    }
    return result;
}

/* What threads had to say about single logs is told here, so that a listener hears one thread only. */
static void
give(struct work_result *ret, const struct work *work)
{
    *ret = (struct work_result){0};
    for (unsigned i = 0; i < work->core_count; i++) {
        const struct core *core = &work->cores[i];
        for (size_t j = 0; j < core->runs.count; j++)
            ret->runs[ret->run_count++] = core->runs.fd[j];
        for (size_t j = 0; j < REPLAY_TOTALS; j++)
            ret->totals[j] += atomic_load(&core->shared.totals[j]);
        for (size_t j = 0; j < core->shared.said_count; j++)
            say(work->job->listener, "%s", core->shared.said[j].text);
    }
}

static int
count_together(struct work *work, struct work_result *ret, struct err *err)
{
    pthread_condattr_t steady; /* a clock that is set makes no difference */
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_mutex_init(&work->lock, NULL);
    pthread_cond_init(&work->ended, &steady);
    for (unsigned i = 0; i < work->core_count; i++)
        work->cores[i].work = work;
    int result = start(work, err) == 0 ? finish(work, err) : -1;
    pthread_cond_destroy(&work->ended);
    pthread_mutex_destroy(&work->lock);
    pthread_condattr_destroy(&steady);
    tell_progress(work);
    if (result == 0)
        give(ret, work);
    for (unsigned i = 0; i < work->core_count && result != 0; i++) {
        struct count_runs *runs = &work->cores[i].runs;
        while (runs->count > 0)
            close(runs->fd[--runs->count]);
    }
    return result;
}

int
work_count(struct work_result *ret, const struct replay_job *job, struct err *err)
{
    struct work work = {.job = job, .arena = arena_new(WORK_MEMORY)};
    unsigned cores = job->cores < 1 || job->files != NULL ? 1
                     : job->cores > REPLAY_CORES_MAX      ? REPLAY_CORES_MAX
                                                          : job->cores;
    int result = -1;
    if (work.arena != NULL && (job->files != NULL ? cut_files(&work) : cut(&work, cores))) {
        work.core_count = work.part_count < cores ? (unsigned)work.part_count : cores;
        work.cores = arena_array(work.arena, work.core_count, sizeof *work.cores);
    }
    if (work.cores == NULL)
        err_set(err, ERR_MEM, "no memory to read the logs");
    else
        result = count_together(&work, ret, err);
    arena_free(work.arena);
    return result;
}
