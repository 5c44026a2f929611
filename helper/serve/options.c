// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * options.c - the command line of both helpers, see options.h.
 *
 * Options are single letters read by getopt, as in Squid's own helpers. The usage text goes to stderr, because stdout
 * belongs to the protocol.
 */
#include "options.h"

#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/place.h"

static void
print_usage(const struct options *options)
{
    fprintf(stderr, "usage: %s [-t FILE]... %s%s[-s FOLDER] [-c | -C] [-d] [-h] [-V]\n", options->program,
            options->has_fields ? "[-F FIELDS] " : "", options->has_rules ? "[-r RULES] " : "");
    fputs("  -t FILE    an image, a table text, a web service document or [FORMAT:]VERB:FILE;\n"
          "             repeat it to merge sources; without it the published image is used\n",
          stderr);
    if (options->has_fields)
        fputs("  -F FIELDS  what FORMAT sends: dst, sni, la, port, ignore, separated by commas (dst,sni,port)\n",
              stderr);
    if (options->has_rules)
        fputs("  -r RULES   redirect, rewrite or block requests that are not bypassed, with the rules of this file\n",
              stderr);
    fprintf(stderr,
            "  -s FOLDER  where to count what is asked and answered, if that folder exists\n"
            "             (%s)\n",
            place_run);
    fputs("  -c         every line begins with a channel-ID (default: decided by the first line)\n"
          "  -C         no line begins with a channel-ID\n"
          "  -d         print every request and reply on stderr\n"
          "  -h         print this on stderr and exit\n"
          "  -V         print the version and exit\n",
          stderr);
}

static bool
refuse(const struct options *options, int *ret_status)
{
    print_usage(options);
    *ret_status = 1;
    return false;
}

static bool
print_version(const struct options *options, int *ret_status)
{
    bool written = printf("%s (squid-m365) %s\n", options->program, M365_VERSION) > 0 && fflush(stdout) == 0;
    *ret_status = written ? 0 : 1;
    return false;
}

static bool
add_source(struct options *options, const char *source)
{
    if (options->load.source_count == LOAD_SOURCES_MAX) {
        serve_say(options->program, "more than %d sources", LOAD_SOURCES_MAX);
        return false;
    }
    options->sources[options->load.source_count++] = source;
    return true;
}

static bool
set_fields(struct options *options, const char *text)
{
    struct err err;
    if (squid_fields_parse(&options->fields, text, &err) == 0)
        return true;
    serve_say(options->program, "-F: %s", err.text);
    return false;
}

static bool
set_rules(struct options *options, const char *path)
{
    if (options->rules != NULL)
        serve_say(options->program, "more than one rules file; '-r' is allowed once");
    bool first = options->rules == NULL;
    options->rules = path;
    return first;
}

/* The letters for getopt; the usage text explains them. */
static const char *
letters(const struct options *options)
{
    return options->has_fields ? ":t:F:s:cCdhV" : options->has_rules ? ":t:r:s:cCdhV" : ":t:s:cCdhV";
}

static void
hear(void *arg, const char *sentence)
{
    const struct options *options = arg;
    serve_say(options->program, "%s", sentence);
}

bool
options_parse(struct options *options, int argc, char **argv, int *ret_status)
{
    options->fields = squid_fields_default;
    options->ids = SQUID_IDS_DETECT;
    options->debug = false;
    options->listener = (struct listener){hear, options};
    options->load = (struct load_options){.sources = options->sources, .listener = &options->listener};
    opterr = 0;
    int letter;
    while ((letter = getopt(argc, argv, letters(options))) != -1) {
        bool good = true;
        switch (letter) {
        case 't': good = add_source(options, optarg); break;
        case 'F': good = set_fields(options, optarg); break;
        case 'r': good = set_rules(options, optarg); break;
        case 's': options->stats = optarg; break;
        case 'c': options->ids = SQUID_IDS_ON; break;
        case 'C': options->ids = SQUID_IDS_OFF; break;
        case 'd': options->debug = true; break;
        case 'h':
            print_usage(options);
            *ret_status = 0;
            return false;
        case 'V': return print_version(options, ret_status);
        default:
            serve_say(options->program,
                      letter == ':' ? "option '-%c' needs a value" : "unknown option '-%c'; options are single letters",
                      optopt);
            good = false;
        }
        if (!good)
            return refuse(options, ret_status);
    }
    if (optind == argc)
        return true;
    serve_say(options->program, "unknown argument '%s'", argv[optind]);
    return refuse(options, ret_status);
}

static const struct image *
current_image(const void *watch)
{
    return load_current(watch);
}

static enum load_change
refresh_image(void *watch, uint64_t now_ms, struct err *err)
{
    return load_refresh(watch, now_ms, err);
}

static void
drop_image(void *watch)
{
    load_drop(watch);
}

/* Whoever names a folder is told why nothing is counted. Answers do not depend on it. */
static struct counter *
begin_counting(const struct options *options)
{
    struct counter *counter = NULL;
    struct err err;
    const char *folder = options->stats != NULL ? options->stats : place_run;
    if (counter_open(&counter, folder, options->counts, &err) != 0)
        serve_say(options->program, "nothing is counted: %s", err.text);
    else if (counter == NULL && options->stats != NULL)
        serve_say(options->program, "nothing is counted: there is no folder '%s'", folder);
    return counter;
}

int
options_serve(struct options *options, struct serve *serve)
{
    serve->program = options->program;
    serve->in = STDIN_FILENO;
    serve->out = STDOUT_FILENO;
    serve->ids = options->ids;
    serve->debug = options->debug;
    struct load *watch = load_new(&options->load);
    if (watch == NULL) {
        serve_say(options->program, "cannot start: no memory");
        return 1;
    }
    serve->table = (struct serve_table){current_image, refresh_image, drop_image, watch};
    serve->counter = begin_counting(options);
    int status = serve_run(serve);
    counter_close(serve->counter);
    load_free(watch);
    return status;
}
