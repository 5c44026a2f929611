// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * update_bench.c - what an update costs from end to end: `m365ctl import` of a document with as many rows as the real
 * ones.
 *
 *     update_bench ROUNDS FOLDER M365CTL >FILE
 *
 * Imports a second version over a first one, in a folder of its own below FOLDER, which must be empty. In one version
 * 200 rows differ and nothing opens; in the other one 100 names more open. Both under `review parts` and `review auto`,
 * which searches no safe part. Lines `update,METHOD,SIZE,METRIC,VALUE`: SIZE in bytes; METRIC is `seconds` of the
 * processor, or `json-seconds` that cJSON alone takes for the document. Exit 1 if a document was not published, or not
 * the right part of it.
 */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

enum { SETS = 80, OPEN_SETS = 20, NAMES = 6, PREFIXES = 10, CHANGED = 5, OPENINGS = 100, DOCUMENT_BYTES = 1 << 20 };

static const struct {
    const char *name, *review;
    bool opens, waits;
} kinds[] = {
    {"auto-calm", "auto", false, false},
    {"parts-calm", "parts", false, false},
    {"auto-opening", "auto", true, false},
    {"parts-opening", "parts", true, true},
};

_Noreturn static void
fail(const char *what, const char *which)
{
    fprintf(stderr, "update_bench: %s: %s\n", what, which);
    exit(1);
}

/* ---- documents ---- */

enum version { OLD, CALM, OPENING };

/* As the service writes it: each on a line of its own. */
#define VALUE(format) "\r\n      \"" format "\","

static void
add_names(struct buf *buf, unsigned set, enum version version)
{
    bool is_open = set < OPEN_SETS;
    for (unsigned i = is_open && version != OLD ? CHANGED : 0; i < NAMES; i++)
        buf_add_fmt(buf, VALUE("%sname%u.service%u.office.example.net"), i % 3 == 0 ? "*." : "", i, set);
    for (unsigned i = 0; is_open && version == OPENING && i < OPENINGS / OPEN_SETS; i++)
        buf_add_fmt(buf, VALUE("%snew%u.service%u.office.example.org"), i % 3 == 0 ? "*." : "", i, set);
    buf->len--; /* the last comma */
}

static void
add_prefixes(struct buf *buf, unsigned set, enum version version)
{
    unsigned first = version == OLD ? 0 : CHANGED;
    for (unsigned i = first; i < first + PREFIXES; i++)
        buf_add_fmt(buf, VALUE("52.%u.%u.0/24"), set, i);
    buf->len--;
}

static void
make_document(struct buf *ret, enum version version)
{
    buf_init(ret, DOCUMENT_BYTES);
    for (unsigned set = 0; set < SETS; set++) {
        const char *category = set >= OPEN_SETS ? "Default" : set % 4 == 0 ? "Optimize" : "Allow";
        buf_add_fmt(ret,
                    "%s\r\n  {\r\n    \"id\": %u,\r\n    \"serviceArea\": \"Common\",\r\n"
                    "    \"serviceAreaDisplayName\": \"Microsoft 365 Common and Office Online\",\r\n"
                    "    \"tcpPorts\": \"80,443\",\r\n    \"expressRoute\": false,\r\n    \"category\": \"%s\",\r\n"
                    "    \"required\": true,\r\n    \"urls\": [",
                    set == 0 ? "[" : ",", set + 1, category);
        add_names(ret, set, version);
        buf_add_text(ret, "]");
        if (set < OPEN_SETS) {
            buf_add_text(ret, ",\r\n    \"ips\": [");
            add_prefixes(ret, set, version);
            buf_add_text(ret, "]");
        }
        buf_add_text(ret, "\r\n  }");
    }
    buf_add_text(ret, "\r\n]");
    if (!buf_ok(ret))
        fail("a document", "no memory");
}

/* Seconds that cJSON takes for a document. */
static double
parse(const struct buf *document)
{
    struct timespec begun, ended;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    cJSON *json = cJSON_ParseWithLength(document->data, document->len);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    if (json == NULL)
        fail("a document", "cJSON refuses it");
    cJSON_Delete(json);
    return (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) * 1e-9;
}

/* ---- imports ---- */

static void
write_file(const char *folder, const char *name, const char *data, size_t len)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(data, 1, len, file) != len || fclose(file) != 0)
        fail(path, "cannot be written");
}

static bool
exists(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return lstat(path, &status) == 0;
}

static void
become_import(const char *folder, const char *program, const char *document)
{
    int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (chdir(folder) != 0 || log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
        _exit(126);
    execl(program, program, "import", "-c", "m365.conf", document, (char *)NULL);
    _exit(127);
}

/* Seconds of the processor. Exit 0: published; 1: something waits. */
static double
import(const char *folder, const char *program, const char *document, bool waits)
{
    struct rusage usage;
    int status;
    pid_t pid = fork();
    if (pid == 0)
        become_import(folder, program, document);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
        fail(program, "cannot be run");
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1 || waits != exists(folder, "state/pending"))
        fail(folder, "the import went wrong");
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static void
run(const char *top, const char *program, size_t kind, unsigned round, const struct buf documents[3])
{
    char folder[PATH_MAX - 64], text[256];
    const struct buf *document = &documents[kinds[kind].opens ? OPENING : CALM];
    snprintf(folder, sizeof folder, "%s/%s-%u", top, kinds[kind].name, round);
    if (mkdir(folder, 0755) != 0)
        fail(folder, "cannot be made");
    snprintf(text, sizeof text, "state state\ndata .\nreview %s\ndefault_canaries off\nshrink_limit 100%%\n",
             kinds[kind].review);
    write_file(folder, "m365.conf", text, strlen(text));
    write_file(folder, "worldwide-2026010100.json", documents[OLD].data, documents[OLD].len);
    write_file(folder, "worldwide-2026020100.json", document->data, document->len);
    import(folder, program, "worldwide-2026010100.json", false);
    double seconds = import(folder, program, "worldwide-2026020100.json", kinds[kind].waits);
    if (!exists(folder, "state/gen-000002") || kinds[kind].waits != exists(folder, "state/gen-000002/held.txt"))
        fail(folder, "not the right part was published");
    printf("update,%s,%zu,seconds,%.6g\n", kinds[kind].name, document->len, seconds);
    printf("update,%s,%zu,json-seconds,%.6g\n", kinds[kind].name, document->len, parse(document));
}

int
main(int argc, char **argv)
{
    struct buf documents[3];
    if (argc != 4) {
        fputs("usage: update_bench ROUNDS FOLDER M365CTL\n", stderr);
        return 2;
    }
    for (int version = OLD; version <= OPENING; version++)
        make_document(&documents[version], (enum version)version);
    for (unsigned round = 0; round < strtoul(argv[1], NULL, 10); round++) {
        for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++)
            run(argv[2], argv[3], kind, round, documents);
        fflush(stdout);
    }
    for (int version = OLD; version <= OPENING; version++)
        buf_clear(&documents[version]);
    return 0;
}
