// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_metrics.c - `m365ctl metrics`: everything that monitoring may ask, as text for Prometheus; for a collector of
 * files it writes one, whole or not at all. What there is comes from room metric. */
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/place.h"
#include "cmd/cmd_owner.h"
#include "cmd/cmd_state.h"
#include "metric/metrics.h"
#include "watch.h"

enum metrics_code { CMD_STATS = CMD_STATE_CODE_FREE, CMD_OPENMETRICS };

struct measuring {
    struct cmd_state cmd;
    const char *folder, *output; /* NULL: the standard one; standard output */
    bool open;
};

static int
take_option(void *arg, int code, const char *value, struct err *err)
{
    struct measuring *measuring = arg;
    switch (code) {
    case CMD_STATS: measuring->folder = value; return 0;
    case CMD_OPENMETRICS: measuring->open = true; return 0;
    case 'o': measuring->output = value; return 0;
    default: return cmd_state_option(&measuring->cmd, code, value, err);
    }
}

static int
make(void *arg, struct buf *out, struct err *err)
{
    struct measuring *measuring = arg;
    struct err helpers;
    if (cmd_state_open(&measuring->cmd, false, err) != 0)
        return -1;
    const struct metrics metrics = {.conf = measuring->cmd.conf,
                                    .state = measuring->cmd.state,
                                    .listener = &cmd_listener,
                                    .folder = measuring->folder != NULL ? measuring->folder : place_run,
                                    .now = cmd_now(),
                                    .open = measuring->open};
    if (metrics_add(out, &metrics, &helpers) != 0)
        cmd_say("it is not known what the helpers counted: %s", helpers.text);
    cmd_state_close(&measuring->cmd);
    return buf_ok(out) ? 0 : err_set(err, ERR_MEM, "no memory for the metrics");
}

static int
run_metrics(const struct command *command, int argc, char **argv)
{
    struct measuring measuring = {.open = false};
    struct err err = {0};
    struct buf out;
    if (cmd_parse_alone(command, argc, argv, take_option, &measuring) != 0)
        return CMD_TROUBLE;
    buf_init(&out, METRICS_MAX);
    int result = measuring.output == NULL ? make(&measuring, &out, &err) : cmd_apart(make, &measuring, &out, &err);
    if (result == 0 && measuring.output != NULL)
        result = file_write(measuring.output, out.data, out.len, &err);
    bool printed = result != 0 || measuring.output != NULL || cmd_print(&out);
    buf_clear(&out);
    return result != 0 ? cmd_trouble(&err) : printed ? CMD_YES : CMD_TROUBLE;
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {'o', "output", "FILE", "replace this file, for the textfile collector of node_exporter"},
    {CMD_STATS, "stats", "FOLDER", "the folder of a helper's '-s', instead of the standard one"},
    {CMD_OPENMETRICS, "openmetrics", NULL, "OpenMetrics instead of Prometheus' own format"},
    {0}};

const struct command cmd_metrics = {
    .name = "metrics",
    .summary = "prints the table in use, what waits and what the helpers counted, for Prometheus",
    .arguments = "",
    .options = options,
    .details = "squid-m365(7) lists the metrics, and says how to collect them and what to alert on. Exit code: 0 the\n"
               "metrics are printed, 2 trouble; the file is then as it was.\n",
    .run = run_metrics,
};
