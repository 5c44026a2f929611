// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host_bench.c - how long looking up a name among many patterns takes, here and in other libraries.
 *
 *     host_bench [-n COUNT | -p COUNT] [-i IMAGE] [-d FOLDER] [-r ROUNDS] [-q QUESTIONS] [-a] [METHOD]... >FILE
 *
 * COUNT domains (-n) or Microsoft-like patterns (-p). IMAGE is the same list, compiled. Prints lines
 * `area,method,size,metric,value`, one for each round; report.py computes medians. -a: every method at every size.
 *
 * Each method runs in its own process: the time to build it and its memory are measured there. After that the processes
 * wait, and each takes its turn in every round. All answers are compared with those of a plain loop (data.h) before
 * anything is timed. Exit 1 if a method of this project answers wrongly. Wrong answers of others are reported, and the
 * benchmark continues.
 */
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host_method.h"

enum { METHODS_MAX = 24, CHUNK = 64, TURN_DEPENDENT = DATA_KINDS, TURNS };

static const char *const metrics[TURNS] = {"ns", "ns-skewed", "ns-dependent"};

static const double turn_seconds = 0.12;

struct bench {
    struct data_list list;
    struct host_task task;
    struct host *questions[DATA_KINDS];
    uint8_t *truth[DATA_KINDS];
    size_t count, asked;
    unsigned rounds;
    bool all;
    char **only; /* ends with NULL; empty means all */
};

/* What a process reports once its method is built. */
struct built {
    bool ok, wrong_first_truth;
    double build_seconds;
    uint64_t bytes, peak, wrong;
    char wrong_first[HOST_MAX + 1];
};

struct worker {
    const struct host_method *method;
    pid_t pid;
    int orders, answers;
    struct built built;
};

static double
now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void *
host_cannot(const char *method, const char *why)
{
    fprintf(stderr, "host_bench: %s: %s\n", method, why);
    return NULL;
}

size_t
host_file_size(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

/* ---- in the process of a method ---- */

/* The peak resident memory in bytes since the last reset. */
static uint64_t
peak_memory(bool reset)
{
    char line[256];
    uint64_t peak = 0;
    FILE *file = fopen(reset ? "/proc/self/clear_refs" : "/proc/self/status", reset ? "w" : "r");
    if (file == NULL)
        return 0;
    if (reset)
        fputs("5\n", file);
    while (!reset && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtoull(line + 6, NULL, 10) * 1024;
    }
    fclose(file);
    return peak;
}

static void
check(struct built *ret, const struct bench *bench, const struct host_method *method, void *state, uint8_t *answers)
{
    for (unsigned kind = 0; kind < DATA_KINDS; kind++) {
        method->ask(state, bench->questions[kind], bench->asked, answers);
        for (size_t i = 0; i < bench->asked; i++) {
            if (answers[i] == bench->truth[kind][i])
                continue;
            if (ret->wrong++ == 0) {
                ret->wrong_first_truth = bench->truth[kind][i] != 0;
                memcpy(ret->wrong_first, bench->questions[kind][i].text, sizeof ret->wrong_first);
            }
        }
    }
}

/* Each question depends on the answer before it, which determines its place. */
static void
ask_dependent(const struct host_method *method, void *state, const struct host *questions, size_t count, uint8_t *ret)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned answer = method->ask_one(state, &questions[at]);
        ret[at] = (uint8_t)answer;
        at += 1 + (answer >> 1); /* always 1, but only the method knows that */
    }
}

/*
 * A turn continues where the previous one ended, so that no method meets questions that its caches remember. The
 * questions are copied in portions to a place that is in the cache, like lines that a helper has just read. Only the
 * answers are timed, without the first third, which brings back into the caches what others have displaced.
 */
static double
turn(const struct bench *bench, const struct host_method *method, void *state, unsigned which, size_t count,
     uint8_t *answers)
{
    static size_t next;
    static struct host some[CHUNK];
    const struct host *questions = bench->questions[which == TURN_DEPENDENT ? DATA_UNIFORM : which];
    size_t untimed = count / 3, timed = 0;
    double spent = 0;
    if (which == TURN_DEPENDENT && method->ask_one == NULL)
        return -1;
    next = next + count <= bench->asked ? next : 0;
    for (size_t done = 0, n; done < count; done += n, next += n) {
        n = count - done < CHUNK ? count - done : CHUNK;
        for (size_t i = 0; i < n; i++) {
            some[i].len = questions[next + i].len;
            memcpy(some[i].text, questions[next + i].text, (size_t)some[i].len + 1);
        }
        double start = now_seconds();
        if (which == TURN_DEPENDENT)
            ask_dependent(method, state, some, n, answers + done);
        else
            method->ask(state, some, n, answers + done);
        if (done < untimed)
            continue;
        spent += now_seconds() - start;
        timed += n;
    }
    return spent * 1e9 / (double)timed;
}

static void
work(const struct bench *bench, const struct host_method *method, int orders, int answers)
{
    struct built built = {0};
    uint8_t *room = data_memory(bench->asked, 1);
    unsigned char order;
    peak_memory(true);
    uint64_t before = peak_memory(false);
    double start = now_seconds();
    void *state = method->build(&bench->task);
    built.build_seconds = now_seconds() - start;
    uint64_t peak = peak_memory(false);
    built.peak = peak > before ? peak - before : 0;
    built.ok = state != NULL;
    if (built.ok) {
        built.bytes = method->bytes == NULL ? 0 : method->bytes(state);
        check(&built, bench, method, state, room);
    }
    if (write(answers, &built, sizeof built) != (ssize_t)sizeof built)
        return;
    /* As many questions as fit in a turn. The first turn finds out how many, and warms the caches. */
    size_t count = bench->asked < 2000 ? bench->asked : 2000;
    double ns = built.ok ? turn(bench, method, state, DATA_UNIFORM, count, room) : 1;
    count = (double)bench->asked * ns < turn_seconds * 1e9 ? bench->asked : (size_t)(turn_seconds * 1e9 / ns) + 1;
    while (built.ok && read(orders, &order, 1) == 1) {
        ns = turn(bench, method, state, order, count, room);
        if (write(answers, &ns, sizeof ns) != (ssize_t)sizeof ns)
            return;
    }
}

/* ---- in the main process ---- */

static bool
begin(const struct bench *bench, struct worker *worker)
{
    int orders[2], answers[2];
    fflush(NULL);
    if (pipe(orders) != 0 || pipe(answers) != 0)
        return false;
    worker->pid = fork();
    if (worker->pid < 0)
        return false;
    if (worker->pid == 0) {
        close(orders[1]);
        close(answers[0]);
        work(bench, worker->method, orders[0], answers[1]);
        fflush(NULL);
        _exit(0);
    }
    close(orders[0]);
    close(answers[1]);
    worker->orders = orders[1];
    worker->answers = answers[0];
    return read(worker->answers, &worker->built, sizeof worker->built) == (ssize_t)sizeof worker->built;
}

static void
say(const struct bench *bench, const struct host_method *method, const char *metric, double value)
{
    const char *area = bench->list.patterns ? "host-patterns" : "host-domains";
    printf("%s,%s,%zu,%s,%.6g\n", area, method->name, bench->count, metric, value);
    fflush(stdout);
}

/* Reports what is known before the first round, including wrong answers. False if the process cannot be used. */
static bool
introduce(const struct bench *bench, const struct worker *worker, bool begun)
{
    const struct host_method *method = worker->method;
    const struct built *built = &worker->built;
    double count = (double)bench->count;
    if (!begun) {
        fprintf(stderr, "host_bench: %s ended before it answered\n", method->name);
        say(bench, method, "broken", 1);
        return false;
    }
    if (!built->ok) {
        say(bench, method, "broken", 1);
        return false;
    }
    say(bench, method, "wrong", (double)built->wrong);
    if (built->wrong > 0)
        fprintf(stderr, "host_bench: %s answers wrongly %llu times; the first: '%s' is %sin the list\n", method->name,
                (unsigned long long)built->wrong, built->wrong_first, built->wrong_first_truth ? "" : "not ");
    if (!method->prepared)
        say(bench, method, "build-seconds", built->build_seconds);
    if (!method->prepared && built->peak > 0)
        say(bench, method, "build-peak-mib", (double)built->peak / 1048576);
    if (built->bytes > 0)
        say(bench, method, "bytes-per-entry", (double)built->bytes / count);
    return true;
}

static bool
is_wanted(const struct bench *bench, const struct host_method *method)
{
    bool named = bench->only[0] == NULL;
    for (char **name = bench->only; *name != NULL; name++)
        named = named || strcmp(*name, method->name) == 0;
    return named && (bench->list.patterns ? method->patterns : method->domains) &&
           (bench->all || method->most == 0 || bench->count <= method->most) &&
           (bench->task.image != NULL || !method->prepared);
}

static size_t
begin_all(const struct bench *bench, struct worker *ret)
{
    const struct host_method *const lists[] = {
        host_ours, host_plain, host_regex, host_hyperscan, host_cdb, host_cmph, host_lmdb, host_berkeley, NULL};
    size_t begun = 0;
    for (size_t i = 0; lists[i] != NULL; i++) {
        for (const struct host_method *method = lists[i]; method->name != NULL && begun < METHODS_MAX; method++) {
            if (!is_wanted(bench, method))
                continue;
            ret[begun] = (struct worker){.method = method};
            if (introduce(bench, &ret[begun], begin(bench, &ret[begun])))
                begun++;
        }
    }
    return begun;
}

static void
rounds(const struct bench *bench, const struct worker *workers, size_t count)
{
    for (unsigned round = 0; round < bench->rounds; round++) {
        for (unsigned which = 0; which < TURNS; which++) {
            for (size_t i = 0; i < count; i++) {
                const unsigned char order = (unsigned char)which;
                double ns = -1;
                if (write(workers[i].orders, &order, 1) != 1 || read(workers[i].answers, &ns, sizeof ns) != sizeof ns)
                    say(bench, workers[i].method, "broken", 1);
                else if (ns >= 0)
                    say(bench, workers[i].method, metrics[which], ns);
            }
        }
    }
}

static bool
run(struct bench *bench)
{
    struct worker workers[METHODS_MAX];
    bool ours_ok = true;
    if (bench->list.patterns)
        data_patterns(&bench->list, bench->count);
    else
        data_domains(&bench->list, bench->count, false);
    bench->task.list = &bench->list;
    for (unsigned kind = 0; kind < DATA_KINDS; kind++) {
        bench->questions[kind] = data_questions(&bench->list, kind, bench->asked);
        bench->truth[kind] = data_truth(&bench->list, bench->questions[kind], bench->asked);
    }
    malloc_trim(0); /* memory left over from making the data must not help a method */
    size_t count = begin_all(bench, workers);
    rounds(bench, workers, count);
    for (size_t i = 0; i < count; i++) /* start them all first: a process started later also holds these pipe ends */
        close(workers[i].orders);
    for (size_t i = 0; i < count; i++) {
        waitpid(workers[i].pid, NULL, 0);
        ours_ok = ours_ok && (workers[i].built.wrong == 0 || strncmp(workers[i].method->name, "ours", 4) != 0);
    }
    return ours_ok;
}

int
main(int argc, char **argv)
{
    struct bench bench = {.count = 10000, .rounds = 5, .task.folder = "."};
    for (int option; (option = getopt(argc, argv, "n:p:i:d:r:q:a")) != -1;) {
        size_t value = optarg == NULL ? 0 : strtoul(optarg, NULL, 10);
        switch (option) {
        case 'n': bench.count = value; break;
        case 'p':
            bench.count = value;
            bench.list.patterns = true;
            break;
        case 'i': bench.task.image = optarg; break;
        case 'd': bench.task.folder = optarg; break;
        case 'r': bench.rounds = (unsigned)value; break;
        case 'q': bench.asked = value; break;
        case 'a': bench.all = true; break;
        default:
            fputs("usage: host_bench [-n COUNT | -p COUNT] [-i IMAGE] [-d FOLDER] [-r ROUNDS] [-q QUESTIONS] [-a] "
                  "[METHOD]...\n",
                  stderr);
            return 2;
        }
    }
    bench.only = argv + optind;
    if (bench.asked == 0)
        bench.asked = bench.list.patterns ? 16384 : bench.count < 1000000 ? 200000 : 1000000;
    return bench.count == 0 || run(&bench) ? 0 : 1;
}
