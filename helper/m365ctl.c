// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * m365ctl.c - the command line tool: looks up, prints, checks, compiles and updates tables.
 *
 * Where it sits: helper/, at the top. It contains the table of commands and what they all have in common; each command
 * is in its cmd_*.c file. Only `help`, which needs the table, is described here.
 */
#include <errno.h>
#include <string.h>

#include "cmd/cmd.h"
#include "logs/cmd_replay.h"
#include "lookup/lookup.h"
#include "proxy/proxy.h"
#include "watch/watch.h"

static int run_help(const struct command *command, int argc, char **argv);

static const struct command cmd_help = {
    .name = "help",
    .summary = "shows what the commands do and which arguments they take",
    .arguments = "[COMMAND]...",
    .run = run_help,
};

static const struct command *const table_of_commands[] = {
    &cmd_lookup,  &cmd_table,      &cmd_compile, &cmd_check,   &cmd_update,   &cmd_import, &cmd_publish, &cmd_status,
    &cmd_diff,    &cmd_approve,    &cmd_reject,  &cmd_history, &cmd_rollback, &cmd_blame,  &cmd_export,  &cmd_replay,
    &cmd_metrics, &cmd_squid_conf, &cmd_doctor,  &cmd_trace,   &cmd_help,     NULL,
};

static int
run_help(const struct command *command, int argc, char **argv)
{
    return cmd_help_run(command, table_of_commands, argc, argv);
}

static bool
is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int
run(int argc, char **argv)
{
    if (argc < 2) {
        cmd_help_print_all(stderr, table_of_commands);
        return CMD_TROUBLE;
    }
    if (is_help(argv[1])) {
        cmd_help_print_all(stdout, table_of_commands);
        return CMD_YES;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("m365ctl %s\n", M365_VERSION);
        return CMD_YES;
    }
    const struct command *command = cmd_find(table_of_commands, argv[1]);
    if (command == NULL) {
        cmd_say("there is no command '%s'; 'm365ctl help' lists them", argv[1]);
        return CMD_TROUBLE;
    }
    if (argc == 3 && is_help(argv[2])) {
        cmd_help_print(stdout, command);
        return CMD_YES;
    }
    return command->run(command, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
    int result = run(argc, argv);
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cmd_say("cannot write to standard output: %s", errno != 0 ? strerror(errno) : "an earlier write failed");
        return CMD_TROUBLE;
    }
    return result;
}
