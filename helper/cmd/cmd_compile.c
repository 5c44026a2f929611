// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_compile.c - `m365ctl compile`: compiles sources into an image file.
 *
 * Where it sits: room cmd. The image is opened and verified in memory before any of it is written, so helpers can
 * always map what this command writes.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "cmd.h"
#include "cmd_bar.h"
#include "compile/compile.h"
#include "compile/load.h"
#include "table/table.h"

struct compile {
    struct cmd_load load;
    const char *output;
};

static int
handle_option(void *arg, int code, const char *value, struct err *err)
{
    struct compile *compile = arg;
    int result = 0;
    if (!cmd_load_option(&compile->load, code, value, &result, err))
        compile->output = value;
    return result;
}

static int
verify_image(struct image_info *ret, struct image **ret_image, const struct buf *bytes, struct err *err)
{
    if (image_from_memory(ret_image, bytes->data, bytes->len, err) != 0)
        return -1;
    image_get_info(*ret_image, ret);
    return image_verify(*ret_image, err);
}

/* The helpers run as Squid's user, who is rarely the user who compiles. */
static void
warn_unreadable(const char *path)
{
    struct stat st;
    if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && (st.st_mode & S_IROTH) == 0)
        cmd_say("'%s' has mode %04o because of the umask: make sure that Squid's user can read it", path,
                st.st_mode & 07777u);
}

static int
write_image(const struct compile *compile, const struct buf *bytes, struct err *err)
{
    struct image *image = NULL;
    struct image_info info;
    cmd_bar_step("writing %zu MiB", bytes->len >> 20);
    int result = verify_image(&info, &image, bytes, err);
    if (result == 0)
        result = file_write(compile->output, bytes->data, bytes->len, err);
    if (result == 0)
        cmd_say("wrote '%s': %llu rule%s of %llu set%s, %zu bytes, label %.*s", compile->output,
                (unsigned long long)info.rules, info.rules == 1 ? "" : "s", (unsigned long long)info.sets,
                info.sets == 1 ? "" : "s", bytes->len, info.label.len == 0 ? 4 : (int)info.label.len,
                info.label.len == 0 ? "none" : info.label.text);
    if (result == 0)
        warn_unreadable(compile->output);
    image_close(image);
    return result;
}

/* The table is freed before the image is checked and written: there may not be enough memory for both. */
static int
make_image(const struct compile *compile, struct err *err)
{
    struct table *table;
    struct buf bytes;
    if (load_table(&table, &compile->load.options, err) != 0)
        return -1;
    cmd_bar_step("compiling %zu rules", table->rule_count);
    buf_init(&bytes, IMAGE_MAX);
    int result = compile_table(&bytes, table, &compile->load.options.policy, err);
    table_free(table);
    if (result == 0)
        result = write_image(compile, &bytes, err);
    buf_clear(&bytes);
    return result;
}

/* -1, after reporting it, if the image would overwrite a source. */
static int
check_output(const struct compile *compile)
{
    if (!cmd_is_source(&compile->load, compile->output))
        return 0;
    cmd_say("'%s' is one of the tables; name another file with -o", compile->output);
    return -1;
}

static int
run_compile(const struct command *command, int argc, char **argv)
{
    struct compile compile = {0};
    struct err err = {0};
    cmd_load_init(&compile.load);
    if (cmd_parse_alone(command, argc, argv, handle_option, &compile) != 0)
        return CMD_TROUBLE;
    if (compile.output == NULL) {
        cmd_say("no output file is named; add '-o FILE'");
        return CMD_TROUBLE;
    }
    if (!cmd_has_source(&compile.load) || check_output(&compile) != 0)
        return CMD_TROUBLE;
    compile.load.options.progress = cmd_bar_table;
    cmd_bar_start();
    int result = make_image(&compile, &err);
    cmd_bar_end();
    return result == 0 ? CMD_YES : cmd_trouble(&err);
}

static const struct cmd_option options[] = {
    {'o', "output", "FILE", "the image file; written completely or not at all"},
    CMD_OPTION_TABLE,
    {CMD_LABEL, "label", "LABEL", "version of the table; default: the table's own"},
    CMD_OPTIONS_COMPILE,
    {0},
};

const struct command cmd_compile = {
    .name = "compile",
    .summary = "compiles tables into an image for the helpers",
    .arguments = "",
    .options = options,
    .details = "The same sources and options give the same bytes on any machine.\n",
    .run = run_compile,
};
