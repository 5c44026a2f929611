// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_publish.c - `m365ctl publish`: compiles what is configured, with the documents in use, into a new generation.
 *
 * What an administrator runs after editing a local rule. It is a person's act, so the review's questions, which are for
 * what comes from outside by itself, are not asked; the gates hold it all the same, since they are what the same
 * administrator wrote down on a calmer day. No network, and nothing new from Microsoft: what waits for a decision goes
 * on waiting. But it waits with the old local rules in it, so it is built again; otherwise its approval would silently
 * undo the edit.
 */
#include <string.h>

#include "cmd_state.h"
#include "err.h"
#include "flow.h"

struct publish {
    struct cmd_state cmd;
    struct flow flow;
    struct documents in_use, waiting;
    uint32_t pending; /* 0: nothing waits, or only what was built from the documents in use */
};

/* The generation whose documents are in use: the current one; if that is damaged, the previous one. */
static int
find_documents(const struct state *state, uint32_t *ret, struct err *err)
{
    struct err why = {0};
    if (state_get(state, STATE_CURRENT, ret, &why) == 0 && (*ret == 0 || generation_verify(state, *ret, &why) == 0))
        return 0;
    if (why.kind != ERR_CORRUPT)
        return err_set(err, why.kind, "%s", why.text);
    if (state_get(state, STATE_PREVIOUS, ret, err) != 0)
        return -1;
    if (*ret == 0)
        cmd_say("%s; publishing replaces it", why.text);
    else
        cmd_say("%s; publishing replaces it, with the documents of generation %u", why.text, *ret);
    return 0;
}

static int
find_pending(struct publish *publish, struct err *err)
{
    struct err why = {0};
    char in_use[DIGEST_TEXT_MAX], waiting[DIGEST_TEXT_MAX];
    const struct state *state = publish->cmd.state;
    if (state_get(state, STATE_PENDING, &publish->pending, &why) != 0 ||
        (publish->pending != 0 &&
         documents_load(&publish->waiting, publish->cmd.conf, state, publish->pending, &why) != 0)) {
        publish->pending = 0;
        if (why.kind != ERR_CORRUPT)
            return err_set(err, why.kind, "%s", why.text);
        cmd_say("%s; it waits no longer, the next update brings it again", why.text);
        return 0;
    }
    documents_digest(in_use, &publish->in_use);
    documents_digest(waiting, &publish->waiting);
    if (strcmp(in_use, waiting) == 0)
        publish->pending = 0;
    return 0;
}

/* What waited with other documents, with the local rules of today. */
static int
build_again(struct publish *publish, struct flow_result *ret, struct err *err)
{
    struct flow_result again;
    struct flow flow = publish->flow;
    flow.by_hand = flow.force = false;
    cmd_say("generation %u, which waits with other documents, is built again", publish->pending);
    if (flow_run(&again, &flow, &publish->waiting, err) != 0) {
        err_add(err, "generation %u cannot be built again and waits no longer, the next update brings it again",
                publish->pending);
        return -1;
    }
    if (again.what == FLOW_PENDING || again.what == FLOW_PUBLISHED)
        *ret = again;
    return 0;
}

static int
publish_all(struct publish *publish, struct flow_result *ret, struct err *err)
{
    uint32_t from;
    if (find_documents(publish->cmd.state, &from, err) != 0 ||
        documents_load(&publish->in_use, publish->cmd.conf, publish->cmd.state, from, err) != 0 ||
        find_pending(publish, err) != 0)
        return -1;
    publish->flow = (struct flow){
        .conf = publish->cmd.conf,
        .state = publish->cmd.state,
        .by = "publish",
        .now = cmd_now(),
        .by_hand = true,
        .force = publish->cmd.force,
        .user = publish->cmd.by,
        .note = publish->cmd.note,
        .listener = &cmd_listener,
    };
    if (flow_run(ret, &publish->flow, &publish->in_use, err) != 0) {
        err_append(err, "; the table in use stays");
        return -1;
    }
    bool done = ret->what == FLOW_PUBLISHED || ret->what == FLOW_SAME;
    return publish->pending != 0 && done ? build_again(publish, ret, err) : 0;
}

static int
run_publish(const struct command *command, int argc, char **argv)
{
    struct publish publish = {0};
    struct err err = {0};
    struct flow_result done;
    if (cmd_parse_alone(command, argc, argv, cmd_state_take, &publish) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&publish.cmd, true, &err) != 0)
        return cmd_trouble(&err);
    int result = publish_all(&publish, &done, &err);
    documents_clear(&publish.in_use);
    documents_clear(&publish.waiting);
    cmd_state_close(&publish.cmd);
    return result == 0 ? cmd_flow_exit(&done) : cmd_trouble(&err);
}

static const struct cmd_option options[] = {
    CMD_OPTION_CONFIG,
    {CMD_FORCE, "force", NULL, "also what the gates hold, or what was rejected"},
    CMD_OPTION_NOTE,
    CMD_OPTION_BY,
    {0}};

const struct command cmd_publish = {
    .name = "publish",
    .summary = "puts the configured sources to use, without a network",
    .arguments = "",
    .options = options,
    .details = "What to run after editing a local rule: the documents in use, presets, local rules, lists and options\n"
               "of the configuration become a new generation, which is in use at once. Only the gates hold it\n"
               "(shrink_limit, canaries, must_not_bypass, widest_prefix): then it waits for 'm365ctl approve', exit\n"
               "code 1. If any source is refused, nothing changes. What waits for a decision goes on waiting, built\n"
               "again with the new local rules.\n",
    .run = run_publish,
};
