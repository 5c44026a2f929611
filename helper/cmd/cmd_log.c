// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_log.c - see cmd_log.h. */
#include "cmd_log.h"

#include <string.h>
#include <syslog.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "cmd_state.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "update/flow.h"

#define LINE_MAX_BYTES 2000 /* what every syslog daemon takes */
#define TEXT_MAX_BYTES 400  /* of a note, of the rows */

/* Adds ` key="text"`, of which no byte can end the value or the line. */
static void
add_text(struct buf *line, const char *key, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    buf_add_fmt(line, " %s=\"", key);
    size_t end = line->len + TEXT_MAX_BYTES;
    for (const char *at = text; *at != '\0' && line->len < end;) {
        size_t len = strcspn(at, "\"\\");
        utf8_add_printable(line, at, len < TEXT_MAX_BYTES ? len : TEXT_MAX_BYTES);
        at += len;
        if (*at != '\0') {
            buf_add_char(line, '\\');
            buf_add_char(line, *at++);
        }
    }
    buf_add_char(line, '"');
}

/* Adds ` key=word` of the record; the words of records have no spaces. */
static void
add_word(struct buf *line, const struct buf *review, const char *key)
{
    char word[DIGEST_TEXT_MAX];
    record_get(review, key, word, sizeof word);
    if (word[0] != '\0' && strpbrk(word, " \"\\") == NULL)
        buf_add_fmt(line, " %s=%s", key, word);
}

void
cmd_log_decision(const struct cmd_state *cmd, const char *what, uint32_t generation, const char *rows)
{
    struct buf line, review;
    uint32_t previous = state_linked(cmd->state, STATE_PREVIOUS);
    buf_init(&line, LINE_MAX_BYTES);
    buf_init(&review, RECORD_MAX);
    buf_add_fmt(&line, "decision=%s generation=%u", what, generation);
    if (generation_read_review(&review, cmd->state, generation, NULL) == 0) {
        add_word(&line, &review, "label");
        add_word(&line, &review, "digest");
        add_word(&line, &review, "by");
    }
    buf_clear(&review);
    if (generation == state_linked(cmd->state, STATE_CURRENT) && previous != 0)
        buf_add_fmt(&line, " replaces=%u", previous);
    add_text(&line, "user", cmd->by);
    add_text(&line, "note", cmd->note);
    add_text(&line, "rows", rows);
    if (buf_ok(&line)) {
        openlog("m365ctl", LOG_PID, LOG_DAEMON);
        syslog(LOG_NOTICE, "%.*s", (int)line.len, line.data);
        closelog();
    }
    buf_clear(&line);
}

void
cmd_log_flow(const struct cmd_state *cmd, const struct flow_result *result, bool good)
{
    uint32_t published = good && result->what == FLOW_PUBLISHED ? result->generation : result->published;
    if (published != 0)
        cmd_log_decision(cmd, "published", published, NULL);
    if (good && result->what == FLOW_PENDING && result->generation != 0)
        cmd_log_decision(cmd, "held", result->generation, NULL);
}
