// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd.c - see cmd.h: messages, options and what to load. cmd_help.c prints usage texts. */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "base/utf8.h"
#include "cmd_bar.h"
#include "cmd_owner.h"
#include "list/list.h"
#include "name/spec.h"

void
cmd_say(const char *fmt, ...)
{
    char text[SAY_MAX] = "m365ctl: ";
    size_t start = strlen(text);
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text + start, sizeof text - start - 1, fmt, args);
    va_end(args);
    if (n < 0)
        return;
    size_t end = strlen(text);
    for (size_t i = start; i < end; i++) {
        if ((unsigned char)text[i] < 0x20)
            text[i] = '?';
    }
    utf8_make_printable(text, end);
    text[end++] = '\n';
    cmd_bar_clear();
    for (size_t at = 0; at < end;) {
        ssize_t done = write(STDERR_FILENO, text + at, end - at);
        if (done < 0 && errno != EINTR)
            return;
        at += done > 0 ? (size_t)done : 0;
    }
}

static void
hear(void *arg, const char *sentence)
{
    (void)arg;
    cmd_say("%s", sentence);
}

const struct listener cmd_listener = {hear, NULL};

int
cmd_trouble(const struct err *err)
{
    if (cmd_owner() != NULL && strstr(err->text, strerror(EACCES)) != NULL)
        cmd_say("%s; root started this, but it runs as the user '%s', who owns the state folder", err->text,
                cmd_owner());
    else
        cmd_say("%s", err->text);
    return CMD_TROUBLE;
}

/* The options in the form that getopt_long(3) needs. */
struct getopt_form {
    char letters[3 * CMD_OPTIONS_MAX + 2];
    struct option names[CMD_OPTIONS_MAX + 1];
};

static void
make_form(struct getopt_form *ret, const struct cmd_option *options)
{
    *ret = (struct getopt_form){.letters = ":"};
    size_t letters = 1, names = 0;
    for (size_t i = 0; i < CMD_OPTIONS_MAX && options != NULL && options[i].code != 0; i++) {
        if (options[i].code < 256) {
            ret->letters[letters++] = (char)options[i].code;
            if (options[i].value != NULL)
                ret->letters[letters++] = ':';
        }
        if (options[i].name != NULL)
            ret->names[names++] = (struct option){options[i].name, options[i].value != NULL, NULL, options[i].code};
    }
}

static bool
is_known(const struct cmd_option *options, int code)
{
    for (; options != NULL && options->code != 0; options++) {
        if (options->code == code)
            return true;
    }
    return false;
}

static void
say_bad_option(const struct command *command, int found, char **argv)
{
    const char *word = argv[optind - 1];
    char letter[3] = {'-', (char)optopt, '\0'};
    bool known = is_known(command->options, optopt);
    bool is_long = optopt == 0 || (known && strncmp(word, "--", 2) == 0);
    cmd_say("option '%s' %s; see 'm365ctl help %s'", is_long ? word : letter,
            found == ':' ? "needs a value"
            : known      ? "takes no value"
                         : "is unknown",
            command->name);
}

int
cmd_parse(const struct command *command, int argc, char **argv,
          int (*option)(void *arg, int code, const char *value, struct err *err), void *arg)
{
    struct getopt_form form;
    make_form(&form, command->options);
    opterr = 0;
    optind = 1;
    for (;;) {
        int code = getopt_long(argc, argv, form.letters, form.names, NULL);
        if (code == -1)
            return optind;
        if (code == '?' || code == ':') {
            say_bad_option(command, code, argv);
            return -1;
        }
        struct err err = {0};
        if (option(arg, code, optarg, &err) != 0) {
            cmd_trouble(&err);
            return -1;
        }
    }
}

int
cmd_parse_alone(const struct command *command, int argc, char **argv,
                int (*option)(void *arg, int code, const char *value, struct err *err), void *arg)
{
    int first = cmd_parse(command, argc, argv, option, arg);
    if (first < 0)
        return -1;
    if (first < argc) {
        cmd_say("%s takes no arguments, not '%s'; see 'm365ctl help %s'", command->name, argv[first], command->name);
        return -1;
    }
    return 0;
}

void
cmd_load_init(struct cmd_load *load)
{
    *load = (struct cmd_load){.options.listener = &cmd_listener};
    load->options.sources = load->sources;
    load->options.policy.tenants = load->tenants;
}

static int
add_source(struct cmd_load *load, const char *value, struct err *err)
{
    if (load->options.source_count == LOAD_SOURCES_MAX)
        return err_set(err, ERR_LIMIT, "'-t' is given more than %d times", LOAD_SOURCES_MAX);
    load->sources[load->options.source_count++] = value;
    return 0;
}

static int
set_format(struct cmd_load *load, const char *value, struct err *err)
{
    char names[LIST_FORMAT_NAMES_MAX];
    list_names(names);
    load->options.list_format = value;
    return list_find(value, strlen(value)) != NULL
               ? 0
               : err_set(err, ERR_USAGE, "'--as %.40s' is no format of lists; known are %s", value, names);
}

static int
add_tenant(struct cmd_load *load, const char *value, struct err *err)
{
    size_t count = load->options.policy.tenant_count;
    if (count == IMAGE_TENANTS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d tenants", IMAGE_TENANTS_MAX);
    if (policy_parse_tenant(load->tenant_text[count], value, err) != 0)
        return -1;
    load->tenants[count] = load->tenant_text[count];
    load->options.policy.tenant_count = count + 1;
    return 0;
}

bool
cmd_load_option(struct cmd_load *load, int code, const char *value, int *ret, struct err *err)
{
    struct policy *policy = &load->options.policy;
    switch (code) {
    case 't': *ret = add_source(load, value, err); return true;
    case CMD_AS: *ret = set_format(load, value, err); return true;
    case CMD_TENANT: *ret = add_tenant(load, value, err); break;
    case CMD_PRECEDENCE: *ret = policy_parse_precedence(&policy->highest, value, err); break;
    case CMD_BYPASS: *ret = policy_parse_bypass(&policy->bypass, value, err); break;
    case CMD_LABEL:
        *ret = policy_parse_label(value, err);
        policy->label = value;
        break;
    default: return false;
    }
    load->options.has_policy = true;
    return true;
}

bool
cmd_is_source(const struct cmd_load *load, const char *path)
{
    char room[PATH_MAX];
    struct file_id output, nobody = {0}, source;
    file_identify(&output, path);
    for (size_t i = 0; i < load->options.source_count; i++) {
        file_identify(&source, spec_path(room, load->options.sources[i]));
        if (!file_id_equal(&output, &nobody) && file_id_equal(&output, &source))
            return true;
    }
    return false;
}

bool
cmd_has_source(const struct cmd_load *load)
{
    if (load->options.source_count == 0)
        cmd_say("no table is named; add '-t FILE'");
    return load->options.source_count > 0;
}

uint32_t
cmd_today(void)
{
    return day_of(time(NULL));
}

int
cmd_parse_day(uint32_t *ret, const char *value, struct err *err)
{
    if (day_parse(ret, value, strlen(value)))
        return 0;
    return err_set(err, ERR_USAGE, "'%s' is not a day like 2027-03-01", value);
}

void
cmd_print_note(struct buf *buf)
{
    if (!buf_ok(buf))
        cmd_say("no memory for the output");
    else if (buf->len > 0) {
        utf8_make_printable(buf->data, buf->len);
        fwrite(buf->data, 1, buf->len, stderr);
    }
    buf_reset(buf);
}

bool
cmd_print(struct buf *buf)
{
    bool good = buf_ok(buf);
    if (!good)
        cmd_say("no memory for the output");
    else if (buf->len > 0) {
        utf8_make_printable(buf->data, buf->len);
        fwrite(buf->data, 1, buf->len, stdout);
    }
    buf_reset(buf);
    return good;
}
