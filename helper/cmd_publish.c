// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_publish.c - `m365ctl publish`: compiles what is configured, with the documents in use, into a new generation.
 *
 * What an administrator runs after editing a local rule. It is a person's act, so it is in use at once: the review's
 * questions are for what comes from outside by itself. No network, and nothing new from Microsoft: what waits for a
 * decision goes on waiting. But it waits with the old local rules in it, so it is built again; otherwise its approval
 * would silently undo the edit.
 */
#include <string.h>

#include "buf.h"
#include "cmd_state.h"
#include "err.h"

struct publish {
    struct cmd_state cmd;
    uint32_t current; /* 0: none, or damaged */
};

static void
say_complaint(void *arg, const char *sentence)
{
    (void)arg;
    cmd_say("%s", sentence);
}

/* What is in use; a current that is damaged is said, and replaced by what this command publishes. One that cannot be
 * read just now is trouble: its documents must not be lost for that. */
static int
find_current(struct publish *publish, struct err *err)
{
    struct err why = {0};
    const struct state *state = publish->cmd.state;
    if (state_get(state, STATE_CURRENT, &publish->current, &why) == 0 &&
        (publish->current == 0 || generation_verify(state, publish->current, &why) == 0))
        return 0;
    publish->current = 0;
    if (why.kind != ERR_CORRUPT)
        return err_set(err, why.kind, "%s", why.text);
    cmd_say("%s; publishing replaces it", why.text);
    return 0;
}

/* The documents of the current generation, or of the previous one if that is all there is. */
static int
load_documents(const struct publish *publish, struct documents *ret, struct err *err)
{
    uint32_t from = publish->current;
    if (from == 0 && state_get(publish->cmd.state, STATE_PREVIOUS, &from, err) != 0)
        return -1;
    return documents_load(ret, publish->cmd.conf, publish->cmd.state, from, err);
}

static bool
is_same(const struct publish *publish, const struct candidate *candidate, uint32_t generation)
{
    struct buf review;
    char digest[DIGEST_TEXT_MAX] = "";
    if (generation == 0 || cmd_read_review(publish->cmd.state, generation, &review, NULL) != 0)
        return false;
    review_head_get(&review, "digest", digest, sizeof digest);
    buf_clear(&review);
    return strcmp(digest, candidate->digest) == 0;
}

static int
commit(struct publish *publish, const struct candidate *candidate, const struct documents *documents,
       const struct buf *words, bool now, uint32_t *ret, struct err *err)
{
    struct buf review;
    uint32_t generation;
    if (state_next(publish->cmd.state, &generation, err) != 0)
        return -1;
    buf_init(&review, REVIEW_MAX);
    review_head_print(&review, candidate, documents, generation, "publish", cmd_now());
    buf_add(&review, words->data, words->len);
    int result = buf_ok(&review) ? generation_commit(publish->cmd.state, candidate, documents, &review, now, ret, err)
                                 : err_set(err, ERR_MEM, "no memory for the review");
    buf_clear(&review);
    return result;
}

/* Head lines of its own, and the text of the review. */
static void
add_words(const struct publish *publish, struct buf *words)
{
    char by[64];
    decision_by(by, publish->cmd.by);
    buf_add_text(words, "result published\nuser ");
    cmd_add_printable(words, by, strlen(by));
    if (publish->cmd.note != NULL) {
        buf_add_text(words, "\nnote ");
        cmd_add_printable(words, publish->cmd.note, strlen(publish->cmd.note));
    }
    buf_add_text(words, "\n\npublished by hand from the configured sources\n");
}

static int
publish_candidate(struct publish *publish, struct err *err)
{
    struct documents documents;
    struct candidate candidate;
    struct buf words;
    if (load_documents(publish, &documents, err) != 0)
        return -1;
    int result = candidate_build(&candidate, publish->cmd.conf, &documents, say_complaint, NULL, err);
    if (result == 0 && is_same(publish, &candidate, publish->current)) {
        cmd_say("generation %u holds exactly this already; nothing to publish", publish->current);
        candidate_clear(&candidate);
    } else if (result == 0) {
        uint32_t generation = 0;
        buf_init(&words, REVIEW_MAX);
        add_words(publish, &words);
        result = commit(publish, &candidate, &documents, &words, true, &generation, err);
        buf_clear(&words);
        if (result == 0)
            cmd_say("generation %u is in use: %zu rules", generation, candidate.table->rule_count);
        candidate_clear(&candidate);
    }
    documents_clear(&documents);
    return result;
}

/* What waits, with the local rules of today. */
static int
rebuild_pending(struct publish *publish, uint32_t pending, struct err *err)
{
    struct documents documents;
    struct candidate candidate;
    struct buf words;
    char reason[600];
    size_t at = 0;
    uint32_t generation = 0;
    if (documents_load(&documents, publish->cmd.conf, publish->cmd.state, pending, err) != 0)
        return -1;
    int result = candidate_build(&candidate, publish->cmd.conf, &documents, NULL, NULL, err);
    if (result == 0 && !is_same(publish, &candidate, pending)) {
        struct buf review;
        buf_init(&words, REVIEW_MAX);
        buf_add_text(&words, "result held\n");
        result = cmd_read_review(publish->cmd.state, pending, &review, err);
        while (result == 0 && review_head_next(&review, "reason", &at, reason, sizeof reason))
            buf_add_fmt(&words, "reason %s\n", reason);
        if (result == 0)
            buf_clear(&review);
        buf_add_fmt(&words, "\nbuilt again from the documents of generation %u, with the local rules as they are now\n",
                    pending);
        if (result == 0)
            result = commit(publish, &candidate, &documents, &words, false, &generation, err);
        buf_clear(&words);
        if (result == 0)
            cmd_say("generation %u, which waits, was built again as %u with the local rules as they are now", pending,
                    generation);
    }
    if (result == 0)
        candidate_clear(&candidate);
    documents_clear(&documents);
    return result;
}

static int
publish_all(struct publish *publish, struct err *err)
{
    uint32_t pending = 0;
    struct err why = {0};
    if (find_current(publish, err) != 0 || publish_candidate(publish, err) != 0)
        return -1;
    if (state_get(publish->cmd.state, STATE_PENDING, &pending, &why) != 0 ||
        (pending != 0 && rebuild_pending(publish, pending, &why) != 0)) {
        cmd_say("what waits for a decision could not be built again and is taken back: %s; the next update brings it "
                "again",
                why.text);
        return state_set_pending(publish->cmd.state, 0, err);
    }
    cmd_prune(&publish->cmd);
    return 0;
}

static int
run_publish(const struct command *command, int argc, char **argv)
{
    struct publish publish = {0};
    struct err err = {0};
    if (cmd_parse_alone(command, argc, argv, cmd_state_take, &publish) != 0)
        return CMD_TROUBLE;
    if (cmd_state_open(&publish.cmd, true, &err) != 0)
        return cmd_trouble(&err);
    int result = publish_all(&publish, &err);
    cmd_state_close(&publish.cmd);
    if (result == 0)
        return CMD_YES;
    err_append(&err, "; the table in use stays");
    return cmd_trouble(&err);
}

static const struct cmd_option options[] = {CMD_OPTION_CONFIG, CMD_OPTION_NOTE, CMD_OPTION_BY, {0}};

const struct command cmd_publish = {
    .name = "publish",
    .summary = "puts the configured sources to use, without a network",
    .arguments = "",
    .options = options,
    .details = "What to run after editing a local rule: the documents in use, presets, local rules, lists and options\n"
               "of the configuration become a new generation, which is in use at once. If any source is refused,\n"
               "nothing changes. What waits for a decision goes on waiting, built again with the new local rules.\n",
    .run = run_publish,
};
