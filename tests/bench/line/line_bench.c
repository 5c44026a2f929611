// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * line_bench.c - what a line costs, from writing the request to reading the reply.
 *
 *     line_bench [-r ROUNDS] [-q LINES] -e ECHO -p HELPER -i IMAGE -s FOLDER CSV
 *
 * ECHO is line_echo.c, the upper bound. HELPER is ext_m365_acl, with m365ctl in the same folder; it takes part twice,
 * without counters and with counters in FOLDER. Both ends share one core. 1, 16, 256 or 4096 lines are in flight, over
 * a pair of pipes and over a socketpair with buffers of 32 KiB. In each round all three take turns: the ratio within a
 * round is more reliable than its times. LINES is a file of `ID DST SNI PORT`; without it half of the names are
 * Microsoft's and half strangers'. Half of the lines carry the destination as SNI too, as they do once Squid has seen
 * it.
 *
 * Every byte of every reply is compared: each request once with what m365ctl lookup says (OK or ERR, why), and from
 * then on with that reply.
 *
 * Appends lines `area,method,size,metric,value` to CSV and prints medians on stderr. Exit 1 if a reply was lost or
 * wrong. Startup, memory and new images belong to program_bench.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ASKED = 16384, /* different lines, asked over and over */
    LINE_MAX = 640,
    REPLY_MAX = 200,
    SOCKET_ROOM = 32 << 10,
    READ_MAX = 256 << 10,
    ROUNDS_MAX = 99,
};

/* Texts one after another, and all of them a second time, so that all lines in flight are contiguous. */
struct texts {
    char *bytes;
    size_t starts[2 * ASKED + 1];
};

/* What is asked, and the replies expected. */
struct script {
    struct texts ask, replies;
};

struct program {
    pid_t pid;
    int in, out;
};

/* How many lines of a script were sent and answered, and how many bytes of the next ones. */
struct talk {
    const struct program *program;
    const struct script *script;
    uint64_t sent, answered;
    size_t sent_part, answered_part;
};

struct options {
    unsigned rounds;
    const char *echo, *helper, *image, *questions, *stats, *csv;
};

static FILE *csv;

static _Noreturn void __attribute__((format(printf, 1, 2))) die(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("line_bench: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static double
now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double
median(const double *values, size_t count)
{
    double sorted[ROUNDS_MAX];
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    return sorted[count / 2];
}

/* ---- questions and right answers ---- */

static void
texts_new(struct texts *ret, size_t longest)
{
    ret->bytes = calloc((size_t)2 * ASKED, longest);
    if (ret->bytes == NULL)
        die("no memory");
}

static void
add_text(struct texts *texts, size_t index, const char *text, size_t len)
{
    memcpy(texts->bytes + texts->starts[index], text, len);
    texts->starts[index + 1] = texts->starts[index] + len;
}

static void
double_texts(struct texts *texts)
{
    size_t lap = texts->starts[ASKED];
    memcpy(texts->bytes + lap, texts->bytes, lap);
    for (size_t i = 1; i <= ASKED; i++)
        texts->starts[ASKED + i] = lap + texts->starts[i];
}

/* Writes a name below Microsoft's, or a stranger of the same shape; `#` is replaced by the number. */
static void
default_host(char ret[128], unsigned number)
{
    static const char *const shapes[] = {
        "outlook.office365.com",        "www.example#.com",
        "contoso#.sharepoint.com",      "cdn#.partner.example",
        "teams.microsoft.com",          "img#.shop.example.org",
        "login.microsoftonline.com",    "static#.news.example.net",
        "contoso#-my.sharepoint.com",   "update#.vendor.example",
        "outlook.cloud.microsoft",      "api.service#.example.com",
        "presence.teams.microsoft.com", "video#.example.tv",
        "nexus#.officeapps.live.com",   "example#.de",
    };
    const char *shape = shapes[(number * 2654435761u >> 12) % (sizeof shapes / sizeof *shapes)];
    int head = (int)strcspn(shape, "#");
    if (shape[head] == '\0')
        snprintf(ret, 128, "%s", shape);
    else
        snprintf(ret, 128, "%.*s%u%s", head, shape, number % 5000, shape + head + 1);
}

/* Repeats the lines of a file, or default names. The channel-IDs are generated here. */
static void
make_questions(struct script *ret, const char *path)
{
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    if (path != NULL && file == NULL)
        die("cannot read '%s': %s", path, strerror(errno));
    texts_new(&ret->ask, LINE_MAX);
    for (unsigned i = 0; i < ASKED; i++) {
        char line[LINE_MAX], host[256] = "", given[256] = "-";
        unsigned port = 443;
        if (file == NULL)
            default_host(host, i);
        else if (fgets(line, sizeof line, file) == NULL &&
                 (fseek(file, 0, SEEK_SET), fgets(line, sizeof line, file) == NULL))
            die("'%s' is empty", path);
        else if (sscanf(line, "%*s %255s %255s %u", host, given, &port) != 3)
            die("'%s': no line is '%s'", path, line);
        const char *sni = i % 2 == 0 ? given : host;
        add_text(&ret->ask, i, line, (size_t)snprintf(line, sizeof line, "%u %s %s %u\n", i + 1, host, sni, port));
    }
    if (file != NULL)
        fclose(file);
    double_texts(&ret->ask);
}

/* Extracts the value of a key from one JSON line. */
static void
json_word(char ret[32], const char *line, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "\"%s\":\"", key);
    const char *at = strstr(line, quoted);
    at = at == NULL ? "" : at + strlen(quoted);
    snprintf(ret, 32, "%.*s", (int)strcspn(at, "\""), at);
}

/* Runs m365ctl, which is in the helper's folder, on the questions in a file. */
static FILE *
ask_by_hand(const struct options *options, const char *image, const char *path)
{
    char program[4096];
    int out[2];
    snprintf(program, sizeof program, "%.*sm365ctl", (int)(strrchr(options->helper, '/') + 1 - options->helper),
             options->helper);
    if (pipe2(out, O_CLOEXEC) != 0)
        return NULL;
    if (fork() == 0) {
        dup2(open(path, O_RDONLY), STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execl(program, program, "lookup", "-t", image, "-F", "dst,sni,port", "--json", NULL);
        _exit(127);
    }
    close(out[1]);
    return fdopen(out[0], "r");
}

/* Gets what m365ctl lookup says to each question, reading the questions from a file: " OK" or " ERR", "
 * m365_why_=WORD". */
static void
check_replies(const struct script *script, const struct options *options, const char *image)
{
    char path[4096], line[4096];
    snprintf(path, sizeof path, "%s.questions", options->csv);
    FILE *file = fopen(path, "w");
    for (size_t i = 0; file != NULL && i < ASKED; i++) {
        const char *ask = strchr(script->ask.bytes + script->ask.starts[i], ' ') + 1;
        fprintf(file, "%.*s\n", (int)strcspn(ask, "\n"), ask);
    }
    if (file == NULL || fclose(file) != 0)
        die("cannot write '%s'", path);
    FILE *says = ask_by_hand(options, image, path);
    for (size_t i = 0; i < ASKED; i++) {
        char action[32], why[32], want[128];
        if (says == NULL || fgets(line, sizeof line, says) == NULL)
            die("m365ctl lookup gives too few answers");
        json_word(action, line, "action");
        json_word(why, line, "why");
        snprintf(want, sizeof want, "%zu %s", i + 1, strcmp(action, "bypass") == 0 ? "OK " : "ERR ");
        const char *reply = script->replies.bytes + script->replies.starts[i];
        size_t len = script->replies.starts[i + 1] - script->replies.starts[i];
        bool right = strncmp(reply, want, strlen(want)) == 0;
        snprintf(want, sizeof want, " m365_why_=%s", why);
        const char *said = memmem(reply, len, want, strlen(want));
        if (!right || said == NULL || (said[strlen(want)] != ' ' && said[strlen(want)] != '\n'))
            die("wrong reply '%.*s' where m365ctl lookup says %s", (int)len - 1, reply, line);
    }
    if (says != NULL)
        fclose(says);
    wait(NULL);
    unlink(path);
}

/* ---- talking to programs ---- */

/* The helper gets an image, and where to count; /dev/null is no folder, so nothing is counted. */
static void
start(struct program *ret, bool is_socket, const char *path, const char *image, const char *stats)
{
    int in[2], out[2], room = SOCKET_ROOM;
    if (is_socket ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0
                  : pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        die("cannot make a pipe: %s", strerror(errno));
    for (int i = 0; is_socket && i < 2; i++) {
        setsockopt(in[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        setsockopt(in[i], SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    }
    ret->pid = fork();
    if (ret->pid == 0) {
        int said = open("/dev/null", O_WRONLY);
        dup2(in[0], STDIN_FILENO);
        dup2(is_socket ? in[0] : out[1], STDOUT_FILENO);
        dup2(said, STDERR_FILENO);
        execl(path, path, image == NULL ? NULL : "-t", image, "-s", stats, NULL);
        _exit(127);
    }
    close(in[0]);
    if (!is_socket)
        close(out[1]);
    ret->in = in[1];
    ret->out = is_socket ? in[1] : out[0];
    if (!is_socket)
        fcntl(ret->in, F_SETFL, O_NONBLOCK);
}

static void
stop(const struct program *program, const char *path)
{
    int status;
    close(program->in);
    if (program->out != program->in)
        close(program->out);
    if (waitpid(program->pid, &status, 0) != program->pid || status != 0)
        die("%s failed", path);
}

/* Sends until `flight` lines are on their way, or as many as the pipe takes. */
static void
send_some(struct talk *talk, uint64_t flight, uint64_t last)
{
    const struct program *program = talk->program;
    const struct texts *ask = &talk->script->ask;
    uint64_t until = talk->answered + flight < last ? talk->answered + flight : last;
    if (talk->sent == until)
        return;
    size_t line = talk->sent % ASKED;
    size_t from = ask->starts[line] + talk->sent_part, end = ask->starts[line + (until - talk->sent)];
    ssize_t done = program->in == program->out ? send(program->in, ask->bytes + from, end - from, MSG_DONTWAIT)
                                               : write(program->in, ask->bytes + from, end - from);
    if (done < 0 && errno != EAGAIN)
        die("cannot write: %s", strerror(errno));
    from += done < 0 ? 0 : (size_t)done;
    for (; ask->starts[line + 1] <= from; line++)
        talk->sent++;
    talk->sent_part = from - ask->starts[line];
}

/* Waits for the next replies and compares them. */
static void
receive_some(struct talk *talk)
{
    static char got[READ_MAX];
    const struct texts *want = &talk->script->replies;
    ssize_t len = read(talk->program->out, got, sizeof got);
    if (len <= 0)
        die("a reply is missing: %s", len == 0 ? "the helper closed its end" : strerror(errno));
    size_t line = talk->answered % ASKED;
    size_t from = want->starts[line] + talk->answered_part, end = from + (size_t)len;
    if (end > want->starts[(size_t)2 * ASKED] || memcmp(want->bytes + from, got, (size_t)len) != 0)
        die("a wrong reply, or more than was asked for, near line %zu: %.*s", line, (int)(len < 400 ? len : 400), got);
    for (; line < (size_t)2 * ASKED && want->starts[line + 1] <= end; line++)
        talk->answered++;
    talk->answered_part = end - want->starts[line];
    if (talk->answered > talk->sent)
        die("more replies than lines");
}

/* Sends `count` lines and receives their replies. Blocking in read is safe: if not everything could be sent, replies
 * are on their way. */
static void
converse(struct talk *talk, uint64_t flight, uint64_t count)
{
    uint64_t last = talk->answered + count;
    while (talk->answered < last) {
        send_some(talk, flight, last);
        receive_some(talk);
    }
}

/* Learns the helper's reply to each line on its own. */
static void
learn_replies(struct script *script, const struct program *program)
{
    texts_new(&script->replies, REPLY_MAX + 1);
    for (size_t i = 0; i < ASKED; i++) {
        char reply[REPLY_MAX];
        size_t from = script->ask.starts[i], len = 0, ask_len = script->ask.starts[i + 1] - from;
        if (write(program->in, script->ask.bytes + from, ask_len) != (ssize_t)ask_len)
            die("cannot write: %s", strerror(errno));
        for (ssize_t got; len == 0 || reply[len - 1] != '\n'; len += (size_t)got) {
            got = read(program->out, reply + len, sizeof reply - len);
            if (got <= 0)
                die("no reply to line %zu", i);
        }
        add_text(&script->replies, i, reply, len);
    }
    double_texts(&script->replies);
}

static void
make_script(struct script *ret, const struct options *options, const char *image, const char *questions)
{
    struct program helper;
    make_questions(ret, questions);
    start(&helper, false, options->helper, image, "/dev/null");
    learn_replies(ret, &helper);
    stop(&helper, options->helper);
    check_replies(ret, options, image);
    size_t hits = 0;
    for (size_t i = 0; i < ASKED; i++)
        hits += strchr(ret->replies.bytes + ret->replies.starts[i], ' ')[1] == 'O';
    fprintf(stderr, "%s: %zu of %d lines are bypassed\n", image, hits, ASKED);
}

/* ---- measuring ---- */

static const struct {
    unsigned flight, count;
} flights[] = {{1, 30000}, {16, 200000}, {256, 800000}, {4096, 800000}};

static void
note(const char *area, const char *method, size_t size, const char *metric, double value)
{
    fprintf(csv, "%s,%s,%zu,%s,%.6g\n", area, method, size, metric, value);
    fflush(csv);
}

static double
us_per_line(struct talk *talk, unsigned flight, unsigned count)
{
    converse(talk, flight, count / 10);
    double begun = now_us();
    converse(talk, flight, count);
    return (now_us() - begun) / count;
}

/* The programs that take turns, in the order of their turns. */
enum { ECHO, OURS, COUNTED, PROGRAMS };

static const char *const names[PROGRAMS] = {"echo", "ours", "ours-counted"};

/* Lets each talk in turn and notes how long a line took. */
static void
measure_flight(struct talk talks[PROGRAMS], const char *area, unsigned flight, unsigned count, unsigned rounds)
{
    double times[PROGRAMS][ROUNDS_MAX] = {{0}}, to_echo[ROUNDS_MAX] = {0}, counting[ROUNDS_MAX] = {0};
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < PROGRAMS; i++) {
            unsigned turn = (i + round) % PROGRAMS;
            times[turn][round] = us_per_line(&talks[turn], flight, count);
        }
        for (unsigned i = 0; i < PROGRAMS; i++)
            note(area, names[i], flight, "us-per-line", times[i][round]);
        to_echo[round] = times[OURS][round] / times[ECHO][round];
        counting[round] = times[COUNTED][round] / times[OURS][round];
    }
    fprintf(stderr, "%s, %4u in flight: echo %.4f us, helper %.4f us, ratio %.2f; with counters %.4f us, ratio %.3f\n",
            area, flight, median(times[ECHO], rounds), median(times[OURS], rounds), median(to_echo, rounds),
            median(times[COUNTED], rounds), median(counting, rounds));
}

static void
measure_lines(const struct options *options, const struct script *ours, const struct script *plain, bool is_socket)
{
    struct program programs[PROGRAMS];
    struct talk talks[PROGRAMS] = {{.script = plain}, {.script = ours}, {.script = ours}};
    start(&programs[ECHO], is_socket, options->echo, NULL, NULL);
    start(&programs[OURS], is_socket, options->helper, options->image, "/dev/null");
    start(&programs[COUNTED], is_socket, options->helper, options->image, options->stats);
    for (unsigned i = 0; i < PROGRAMS; i++)
        talks[i].program = &programs[i];
    for (size_t i = 0; i < sizeof flights / sizeof *flights; i++)
        measure_flight(talks, is_socket ? "line-socket" : "line-pipe", flights[i].flight, flights[i].count,
                       options->rounds);
    for (unsigned i = 0; i < PROGRAMS; i++)
        stop(&programs[i], i == ECHO ? options->echo : options->helper);
}

static void
parse_options(struct options *ret, int argc, char **argv)
{
    int letter;
    *ret = (struct options){.rounds = 5};
    while ((letter = getopt(argc, argv, "r:e:p:i:q:s:")) != -1) {
        switch (letter) {
        case 'r': ret->rounds = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'e': ret->echo = optarg; break;
        case 'p': ret->helper = optarg; break;
        case 'i': ret->image = optarg; break;
        case 'q': ret->questions = optarg; break;
        case 's': ret->stats = optarg; break;
        default: ret->rounds = 0;
        }
    }
    ret->csv = argv[optind];
    if (ret->rounds == 0 || ret->rounds > ROUNDS_MAX || ret->echo == NULL || ret->helper == NULL ||
        ret->image == NULL || ret->stats == NULL || optind + 1 != argc || strchr(ret->helper, '/') == NULL)
        die("usage: line_bench [-r ROUNDS] [-q LINES] -e ECHO -p HELPER -i IMAGE -s FOLDER CSV");
}

int
main(int argc, char **argv)
{
    static struct script ours, plain;
    struct options options;
    cpu_set_t one;
    parse_options(&options, argc, argv);
    signal(SIGPIPE, SIG_IGN);
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    csv = fopen(options.csv, "a");
    if (csv == NULL)
        die("cannot write '%s'", options.csv);
    make_script(&ours, &options, options.image, options.questions);
    plain.ask = ours.ask;
    texts_new(&plain.replies, sizeof "OK\n");
    for (size_t i = 0; i < ASKED; i++)
        add_text(&plain.replies, i, "OK\n", 3);
    double_texts(&plain.replies);
    measure_lines(&options, &ours, &plain, false);
    measure_lines(&options, &ours, &plain, true);
    return fclose(csv) == 0 ? 0 : 1;
}
