/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd.h - what the commands of m365ctl share: how a command describes itself, options, exit codes, output.
 *
 * Where it sits: room cmd, below m365ctl.c, which has the table of commands. A command is one cmd_*.c file and one line
 * in that table. Usage texts are printed from the same descriptions that options are parsed with, so the two agree.
 *
 * stdout is for data, stderr for messages; cmd_say() is the only way to print a message.
 */
#ifndef HELPER_CMD_H
#define HELPER_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "compile/load.h"
#include "image/image.h"

struct buf;
struct err;
struct listener;

/* Exit codes, like those of grep and diff. */
enum cmd_exit { CMD_YES = 0, CMD_NO = 1, CMD_TROUBLE = 2 };

#define CMD_OPTIONS_MAX 32 /* options of one command */

struct cmd_option {
    int code;          /* the letter, or a number above 255 for an option without one; 0 ends a list */
    const char *name;  /* without `--`; NULL: letter only */
    const char *value; /* the name of its value in the usage text; NULL: takes none */
    const char *help;  /* one line */
};

struct command {
    const char *name;
    const char *summary;   /* one line */
    const char *arguments; /* what follows the options in the usage text; "" for nothing */
    const struct cmd_option *options;
    const char *details; /* complete lines to print below the options; may be NULL */
    int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command cmd_check, cmd_compile, cmd_table;
extern const struct command cmd_history, cmd_publish, cmd_rollback;
extern const struct command cmd_import, cmd_update;
extern const struct command cmd_approve, cmd_blame, cmd_diff, cmd_reject;
extern const struct command cmd_export;

/* Prints "m365ctl: sentence" on stderr with one write. What a terminal must not get (utf8.h) becomes `?`. */
void cmd_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints what engines report. */
extern const struct listener cmd_listener;

/* Prints the error and returns CMD_TROUBLE. */
int cmd_trouble(const struct err *err);

/*
 * Reads options with getopt_long(3) and calls option(arg, code, value, err) for each. Returns the index of the first
 * argument after them, or -1 after reporting the error.
 */
int cmd_parse(const struct command *command, int argc, char **argv,
              int (*option)(void *arg, int code, const char *value, struct err *err), void *arg);

/* Like cmd_parse() for a command without arguments: 0, or -1 after reporting the error. */
int cmd_parse_alone(const struct command *command, int argc, char **argv,
                    int (*option)(void *arg, int code, const char *value, struct err *err), void *arg);

/* All options that say what to load, with room for what they point to. */
struct cmd_load {
    struct load_options options;
    const char *sources[LOAD_SOURCES_MAX];
    const char *tenants[IMAGE_TENANTS_MAX];
    char tenant_text[IMAGE_TENANTS_MAX][TENANT_MAX + 1];
};

enum cmd_load_code { CMD_TENANT = 300, CMD_PRECEDENCE, CMD_BYPASS, CMD_LABEL, CMD_AS, CMD_CODE_FREE };

/* Lines for a command's options. */
#define CMD_OPTION_AS                                                                                                  \
    {                                                                                                                  \
        CMD_AS, "as", "FORMAT", "format of lists; by default it is told by their content"                              \
    }
#define CMD_OPTION_TABLE                                                                                               \
    {'t', "table", "FILE", "table text, JSON document or [FORMAT:]VERB:FILE; may be repeated"}, CMD_OPTION_AS
#define CMD_OPTION_SOURCE                                                                                              \
    {'t', "table", "FILE", "image, table text, JSON document or [FORMAT:]VERB:FILE; may be repeated"}, CMD_OPTION_AS
#define CMD_OPTIONS_COMPILE                                                                                            \
    {CMD_TENANT, "tenant", "NAME", "your own tenant, as in NAME.sharepoint.com; may be repeated"},                     \
        {CMD_PRECEDENCE, "precedence", "RULE", "specific (default) or highest"},                                       \
    {                                                                                                                  \
        CMD_BYPASS, "bypass", "LIST", "categories that are bypassed, default Optimize,Allow"                           \
    }

/* Starts with nothing to load. Complaints while loading go to cmd_say(). */
void cmd_load_init(struct cmd_load *load);

/* Handles one of the options above or CMD_LABEL; false if the code is not one of them. *ret is 0, or -1 with *err. */
bool cmd_load_option(struct cmd_load *load, int code, const char *value, int *ret, struct err *err);

/* True if a path is the file of one of the sources. */
bool cmd_is_source(const struct cmd_load *load, const char *path);

/* False, after reporting it, if no source was named. */
bool cmd_has_source(const struct cmd_load *load);

/* Today (UTC), and the day that `--at` names. cmd_parse_day() returns -1 with ERR_USAGE. */
uint32_t cmd_today(void);
int cmd_parse_day(uint32_t *ret, const char *value, struct err *err);

/* Writes the buffer to stdout and empties it. Whatever it holds from files, what a terminal must not get (utf8.h)
 * becomes
 * `?`; so this is the only way for text to stdout. False, after reporting it, if an addition to the buffer has failed.
 */
bool cmd_print(struct buf *buf);

/* Writes the buffer to stderr in the same way, for people: what explains the data on stdout. */
void cmd_print_note(struct buf *buf);

/* The command of that name in a table that ends with NULL, or NULL. */
const struct command *cmd_find(const struct command *const *table, const char *name);

/* Print the usage text of one command, or the list of all in the table. */
void cmd_help_print(FILE *file, const struct command *command);
void cmd_help_print_all(FILE *file, const struct command *const *table);

/* `m365ctl help [COMMAND]...` for the commands of the table. */
int cmd_help_run(const struct command *help, const struct command *const *table, int argc, char **argv);

#endif
