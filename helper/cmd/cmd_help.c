// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_help.c - `m365ctl help [COMMAND]`: usage texts, printed from the descriptions of the commands. */
#include <string.h>

#include "base/buf.h"
#include "cmd.h"

#define HELP_MAX ((size_t)64 << 10)
#define HELP_COLUMN 24

static void
add_option(struct buf *buf, const struct cmd_option *option)
{
    size_t start = buf->len;
    buf_add_text(buf, "  ");
    if (option->code < 256)
        buf_add_fmt(buf, "-%c%s", option->code, option->name == NULL ? "" : ", ");
    if (option->name != NULL)
        buf_add_fmt(buf, "--%s", option->name);
    if (option->value != NULL)
        buf_add_fmt(buf, " %s", option->value);
    size_t used = buf->len - start;
    buf_add_fill(buf, ' ', used + 2 <= HELP_COLUMN ? HELP_COLUMN - used : 2);
    buf_add_fmt(buf, "%s\n", option->help);
}

static void
add_command(struct buf *buf, const struct command *command)
{
    bool options = command->options != NULL && command->options[0].code != 0;
    buf_add_fmt(buf, "usage: m365ctl %s%s%s%s\n", command->name, options ? " [OPTION]..." : "",
                command->arguments[0] == '\0' ? "" : " ", command->arguments);
    buf_add_fmt(buf, "%s\n", command->summary);
    if (options)
        buf_add_char(buf, '\n');
    for (const struct cmd_option *option = command->options; option != NULL && option->code != 0; option++)
        add_option(buf, option);
    if (command->details != NULL) {
        buf_add_char(buf, '\n');
        buf_add_text(buf, command->details);
    }
}

static void
print_and_clear(FILE *file, struct buf *buf)
{
    if (buf_ok(buf) && buf->len > 0)
        fwrite(buf->data, 1, buf->len, file);
    buf_clear(buf);
}

void
cmd_help_print(FILE *file, const struct command *command)
{
    struct buf buf;
    buf_init(&buf, HELP_MAX);
    add_command(&buf, command);
    print_and_clear(file, &buf);
}

void
cmd_help_print_all(FILE *file, const struct command *const *table)
{
    struct buf buf;
    buf_init(&buf, HELP_MAX);
    buf_add_text(&buf, "usage: m365ctl COMMAND [OPTION]... [ARGUMENT]...\n\n");
    for (; *table != NULL; table++)
        buf_add_fmt(&buf, "  %-12s%s\n", (*table)->name, (*table)->summary);
    buf_add_text(&buf, "\n'm365ctl help COMMAND' says more; the manual is m365ctl(8).\n"
                       "Exit codes: 0 yes or same, 1 no or differs, 2 trouble.\n");
    print_and_clear(file, &buf);
}

const struct command *
cmd_find(const struct command *const *table, const char *name)
{
    while (*table != NULL && strcmp((*table)->name, name) != 0)
        table++;
    return *table;
}

int
cmd_help_run(const struct command *help, const struct command *const *table, int argc, char **argv)
{
    int first = cmd_parse(help, argc, argv, NULL, NULL);
    if (first < 0)
        return CMD_TROUBLE;
    if (first == argc)
        cmd_help_print_all(stdout, table);
    for (int i = first; i < argc; i++) {
        const struct command *command = cmd_find(table, argv[i]);
        if (command == NULL) {
            cmd_say("there is no command '%s'; 'm365ctl help' lists them", argv[i]);
            return CMD_TROUBLE;
        }
        if (i > first)
            putchar('\n');
        cmd_help_print(stdout, command);
    }
    return CMD_YES;
}
