// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * program_bench.c - what whole programs cost: one run, starting up and answering, staying in memory.
 *
 *     program_bench run    RUNS AREA METHOD SIZE PROGRAM [ARGUMENT]...       seconds, peak-mib
 *     program_bench start  RUNS AREA METHOD SIZE LINES PROGRAM [ARGUMENT]... first-answer-ms
 *     program_bench memory COUNT AREA METHOD SIZE LINES PROGRAM [ARGUMENT]...
 *     program_bench reload RUNS AREA METHOD SIZE LINES PROGRAM [ARGUMENT]... IMAGE
 *
 * Prints lines `AREA,METHOD,SIZE,metric,value`, one for each run; `run` ends after a minute, but not before three runs.
 * LINES is a file of request lines, each of which gets a one-line answer. `start` measures from before fork() to the
 * last byte of the first answer. `memory` runs COUNT processes at once, each of which has answered all lines:
 * private-kib is what the first one shares with no other and cannot release, total-mib what all of them use together.
 * Exit 1 if a program fails or gives too few answers.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64, ANSWER_MS = 60000, RUNS_LEAST = 3, RUNS_SECONDS = 60, BATCH = 64 };

static const double RELOAD_SECONDS = 1.2; /* a helper looks once a second */

struct program {
    pid_t pid;
    int in, out; /* its stdin and stdout */
};

struct task {
    const char *area, *method, *size;
    char *lines;
    size_t lines_len;
    char **command;
};

static double
now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
say(const struct task *task, const char *metric, double value)
{
    printf("%s,%s,%s,%s,%.6g\n", task->area, task->method, task->size, metric, value);
    fflush(stdout);
}

static int
fail(const char *what)
{
    fprintf(stderr, "program_bench: %s\n", what);
    return 1;
}

/* ---- processes ---- */

static bool
begin(struct program *ret, char **command, bool piped)
{
    int in[2], out[2];
    if (piped && (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0))
        return false;
    ret->pid = fork();
    if (ret->pid == 0) {
        if (piped && (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0))
            _exit(127);
        execvp(command[0], command);
        _exit(127);
    }
    if (piped) {
        close(in[0]);
        close(out[1]);
        ret->in = in[1];
        ret->out = out[0];
    }
    return ret->pid > 0;
}

/* Closes its pipes and waits for it; 0 if it exited cleanly. */
static int
end(struct program *program, bool piped, struct rusage *ret)
{
    int status;
    if (piped) {
        close(program->in);
        close(program->out);
    }
    return wait4(program->pid, &status, 0, ret) == program->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Sends bytes and waits until as many lines have come back; both at the same time, because pipes are small. */
static bool
converse(const struct program *program, const char *bytes, size_t len)
{
    static char answers[1 << 16];
    size_t wanted = 0, sent = 0;
    for (size_t i = 0; i < len; i++)
        wanted += bytes[i] == '\n';
    while (wanted > 0) {
        struct pollfd polled[2] = {{program->out, POLLIN, 0}, {sent < len ? program->in : -1, POLLOUT, 0}};
        if (poll(polled, 2, ANSWER_MS) <= 0)
            return false;
        if (polled[1].revents != 0) {
            ssize_t written = write(program->in, bytes + sent, len - sent < 4096 ? len - sent : 4096);
            if (written <= 0)
                return false;
            sent += (size_t)written;
        }
        if (polled[0].revents == 0)
            continue;
        ssize_t got = read(program->out, answers, sizeof answers);
        if (got <= 0)
            return false;
        for (ssize_t i = 0; i < got && wanted > 0; i++)
            wanted -= answers[i] == '\n';
    }
    return true;
}

/* A number from /proc/PID/smaps_rollup in KiB. */
static double
memory_of(pid_t pid, const char *field)
{
    char path[64], line[256];
    double value = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0)
            value = strtod(line + strlen(field), NULL);
    }
    if (file != NULL)
        fclose(file);
    return value;
}

/* ---- measuring ---- */

static int
measure_run(const struct task *task, unsigned runs)
{
    double begun = now_seconds();
    for (unsigned i = 0; i < runs && (i < RUNS_LEAST || now_seconds() - begun < RUNS_SECONDS); i++) {
        struct program program;
        struct rusage usage;
        double start = now_seconds();
        if (!begin(&program, task->command, false) || end(&program, false, &usage) != 0)
            return fail("the program failed");
        say(task, "seconds", now_seconds() - start);
        say(task, "peak-mib", (double)usage.ru_maxrss / 1024);
    }
    return 0;
}

static int
measure_start(const struct task *task, unsigned runs)
{
    const char *line_end = memchr(task->lines, '\n', task->lines_len);
    if (line_end == NULL)
        return fail("no line to ask");
    for (unsigned i = 0; i < runs; i++) {
        struct program program;
        struct rusage usage;
        double start = now_seconds();
        if (!begin(&program, task->command, true) ||
            !converse(&program, task->lines, (size_t)(line_end - task->lines) + 1))
            return fail("no answer");
        say(task, "first-answer-ms", (now_seconds() - start) * 1e3);
        if (end(&program, true, &usage) != 0)
            return fail("the program failed");
    }
    return 0;
}

static int
measure_memory(const struct task *task, unsigned count)
{
    struct program programs[PROCESSES_MAX] = {0};
    struct rusage usage;
    double total = 0;
    int result = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!begin(&programs[i], task->command, true) || !converse(&programs[i], task->lines, task->lines_len))
            return fail("no answer");
    }
    for (unsigned i = 0; i < count; i++)
        total += memory_of(programs[i].pid, "Pss:");
    say(task, "private-kib", memory_of(programs[0].pid, "Private_Dirty:"));
    say(task, "resident-mib", memory_of(programs[0].pid, "Rss:") / 1024);
    say(task, "total-mib", total / 1024);
    say(task, "processes", count);
    for (unsigned i = count; i-- > 0;)
        result |= end(&programs[i], true, &usage) != 0 ? fail("the program failed") : 0;
    return result;
}

/* The longest wait for a batch of answers during `seconds`; negative if one never came. */
static double
longest_wait(const struct program *program, const struct task *task, size_t *at, double seconds)
{
    double begun = now_seconds(), longest = 0;
    while (now_seconds() - begun < seconds) {
        size_t end = *at;
        for (unsigned lines = 0; lines < BATCH && end < task->lines_len; end++)
            lines += task->lines[end] == '\n';
        double start = now_seconds();
        if (!converse(program, task->lines + *at, end - *at))
            return -1;
        double waited = now_seconds() - start;
        longest = waited > longest ? waited : longest;
        *at = end < task->lines_len ? end : 0;
    }
    return longest * 1e3;
}

/* Makes another file with the bytes of the image; the two are swapped again and again. */
static bool
copy_of(const char *image, const char *copy)
{
    char bytes[1 << 16];
    FILE *from = fopen(image, "r"), *to = fopen(copy, "w");
    bool good = from != NULL && to != NULL;
    for (size_t got; good && (got = fread(bytes, 1, sizeof bytes, from)) > 0;)
        good = fwrite(bytes, 1, got, to) == got;
    if (from != NULL)
        fclose(from);
    return to != NULL && fclose(to) == 0 && good;
}

/* True if the process has the current file of this name mapped, not an earlier one. */
static bool
has_mapped(pid_t pid, const char *path)
{
    char maps[64], line[4096 + 256], number[32];
    struct stat status;
    bool found = false;
    snprintf(maps, sizeof maps, "/proc/%d/maps", (int)pid);
    FILE *file = fopen(maps, "r");
    if (file == NULL || stat(path, &status) != 0)
        return false;
    snprintf(number, sizeof number, " %llu ", (unsigned long long)status.st_ino);
    while (fgets(line, sizeof line, file) != NULL)
        found = found || strstr(line, number) != NULL;
    fclose(file);
    return found;
}

static int
measure_reload(const struct task *task, unsigned runs, const char *image)
{
    struct program program;
    struct rusage usage;
    char copy[4096];
    size_t at = 0;
    snprintf(copy, sizeof copy, "%s.copy", image);
    if (!copy_of(image, copy) || !begin(&program, task->command, true))
        return fail("cannot copy the image or begin the program");
    bool good = longest_wait(&program, task, &at, RELOAD_SECONDS) >= 0;
    for (unsigned i = 0; i < runs && good; i++) {
        double steady = longest_wait(&program, task, &at, RELOAD_SECONDS);
        good = renameat2(AT_FDCWD, copy, AT_FDCWD, image, RENAME_EXCHANGE) == 0;
        double reload = longest_wait(&program, task, &at, RELOAD_SECONDS);
        good = good && steady >= 0 && reload >= 0 && has_mapped(program.pid, image);
        say(task, "steady-ms", steady);
        say(task, "reload-ms", reload);
    }
    unlink(copy);
    return end(&program, true, &usage) == 0 && good ? 0 : fail("an answer was lost, or the new image not taken");
}

static bool
read_lines(struct task *task, const char *path)
{
    struct stat status;
    FILE *file = fopen(path, "r");
    if (file == NULL || fstat(fileno(file), &status) != 0)
        return false;
    task->lines_len = (size_t)status.st_size;
    task->lines = calloc(task->lines_len + 1, 1);
    bool good = task->lines != NULL && fread(task->lines, 1, task->lines_len, file) == task->lines_len;
    fclose(file);
    return good;
}

int
main(int argc, char **argv)
{
    bool run = argc > 6 && strcmp(argv[1], "run") == 0, start = argc > 7 && strcmp(argv[1], "start") == 0;
    bool memory = argc > 7 && strcmp(argv[1], "memory") == 0, reload = argc > 8 && strcmp(argv[1], "reload") == 0;
    if (!run && !start && !memory && !reload) {
        fputs("usage: program_bench run RUNS AREA METHOD SIZE PROGRAM...\n"
              "       program_bench start|memory|reload RUNS AREA METHOD SIZE LINES PROGRAM...\n",
              stderr);
        return 2;
    }
    struct task task = {.area = argv[3], .method = argv[4], .size = argv[5], .command = argv + (run ? 6 : 7)};
    unsigned runs = (unsigned)strtoul(argv[2], NULL, 10);
    signal(SIGPIPE, SIG_IGN);
    if (run)
        return measure_run(&task, runs);
    if (!read_lines(&task, argv[6]))
        return fail("cannot read the lines");
    if (reload) {
        const char *image = argv[argc - 1];
        argv[argc - 1] = NULL;
        return measure_reload(&task, runs, image);
    }
    return start ? measure_start(&task, runs) : measure_memory(&task, runs < PROCESSES_MAX ? runs : PROCESSES_MAX);
}
