// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice_tell.c - see notice_tell.h.
 *
 * Two lines of the status file:
 *
 *     notice_again     EVENT GENERATION TRIES PARTS, ...   not delivered, the oldest first
 *     notice_reminded  GENERATION TIME                     the last reminder
 *
 * PARTS are what failed: c (the command), f (the feed), or both.
 */
#include "notice_tell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/err.h"
#include "base/say.h"
#include "conf/conf.h"
#include "notice_text.h"
#include "state/state.h"
#include "state/state_lock.h"
#include "store/generation_named.h"
#include "store/record.h"

#define REMINDED "notice_reminded"
#define COMMAND_SECONDS 600 /* longer than a command between its look at the clock and what it writes */

/* A notice that was not delivered. */
struct again {
    enum notice_event event;
    uint32_t generation;
    uint32_t tries;
    bool command, feed; /* what failed */
};

struct again_list {
    struct again of[NOTICE_AGAIN_MAX];
    size_t count;
};

/* Takes the next word, which must be a number. */
static bool
take_number(char **rest, int64_t most, int64_t *ret)
{
    char *word = strtok_r(NULL, " ", rest), *end;
    errno = 0;
    *ret = word == NULL ? -1 : strtoll(word, &end, 10);
    return word != NULL && errno == 0 && *end == '\0' && *ret >= 0 && *ret <= most;
}

static bool
parse_event(enum notice_event *ret, const char *word)
{
    for (int i = 0; i < NOTICE_EVENTS; i++) {
        if (strcmp(notice_word((enum notice_event)i), word) == 0) {
            *ret = (enum notice_event)i;
            return true;
        }
    }
    return false;
}

/* Cuts the entry into words. */
static bool
parse_again(struct again *ret, char *entry)
{
    char *words;
    const char *word = strtok_r(entry, " ", &words);
    int64_t generation, tries;
    if (word == NULL || !parse_event(&ret->event, word) || !take_number(&words, UINT32_MAX, &generation) ||
        !take_number(&words, NOTICE_TRIES_MAX, &tries))
        return false;
    const char *parts = strtok_r(NULL, " ", &words);
    ret->generation = (uint32_t)generation;
    ret->tries = (uint32_t)tries;
    ret->command = parts != NULL && strchr(parts, 'c') != NULL;
    ret->feed = parts != NULL && strchr(parts, 'f') != NULL;
    return true;
}

/* Damaged entries are skipped. */
static void
read_list(struct again_list *ret, const struct state *state)
{
    char text[STATE_VALUE_MAX], *rest = NULL;
    ret->count = 0;
    state_status_get(state, STATUS_UNDELIVERED, text);
    for (char *entry = strtok_r(text, ",", &rest); entry != NULL; entry = strtok_r(NULL, ",", &rest)) {
        if (ret->count < NOTICE_AGAIN_MAX && parse_again(&ret->of[ret->count], entry))
            ret->count++;
    }
}

static void
keep_list(const struct again_list *list, struct state *state)
{
    struct buf text;
    buf_init(&text, STATE_VALUE_MAX);
    for (size_t i = 0; i < list->count; i++) {
        const struct again *again = &list->of[i];
        buf_add_fmt(&text, "%s%s %u %u %s%s", i == 0 ? "" : ", ", notice_word(again->event), again->generation,
                    again->tries, again->command ? "c" : "", again->feed ? "f" : "");
    }
    buf_add_char(&text, '\0');
    if (buf_ok(&text))
        state_status_set(state, STATUS_UNDELIVERED, list->count == 0 ? NULL : text.data);
    buf_clear(&text);
}

static void
add_to_list(struct again_list *list, const struct again *again)
{
    if (list->count == NOTICE_AGAIN_MAX) {
        memmove(list->of, list->of + 1, (NOTICE_AGAIN_MAX - 1) * sizeof *list->of);
        list->count--;
    }
    list->of[list->count++] = *again;
}

/* Two writers must not both add an item to the same old feed. */
static int
add_to_feed(const struct notice_to *to, const struct notice *notice, struct err *err)
{
    if (to->conf->feed == NULL)
        return 0;
    if (state_lock(to->state, err) != 0)
        return -1;
    int result = notice_feed(to->conf, notice, to->now, err);
    state_unlock(to->state);
    return result;
}

/* Delivers the parts that are set, and clears those that were delivered. */
static void
deliver(const struct notice_to *to, const struct notice *notice, struct again *again)
{
    struct err err = {0};
    if (again->command) {
        again->command = notice_send(to->conf, notice, &err) != 0;
        if (again->command)
            say(to->listener, "%s; this notice was not delivered", err.text);
    }
    if (again->feed) {
        again->feed = add_to_feed(to, notice, &err) != 0;
        if (again->feed)
            say(to->listener, "%s; this notice is missing from the feed", err.text);
    }
}

static void
remember(const struct notice_to *to, const struct again *again)
{
    struct again_list list;
    struct err err = {0};
    read_list(&list, to->state);
    add_to_list(&list, again);
    keep_list(&list, to->state);
    if (state_status_write(to->state, &err) != 0)
        say(to->listener, "%s; the notice will not be sent again", err.text);
}

void
notice_tell(const struct notice_to *to, const struct notice *notice)
{
    struct again again = {
        .event = notice->event, .generation = notice->generation, .tries = 1, .command = true, .feed = true};
    deliver(to, notice, &again);
    if (again.command || again.feed)
        remember(to, &again);
}

static int
write_and_deliver(const struct notice_to *to, struct again *again, struct err *err)
{
    const struct notice_source source = {
        .conf = to->conf, .state = to->state, .now = to->now, .listener = to->listener};
    struct notice_text text;
    int result = notice_write(&text, &source, again->event, again->generation, err);
    if (result == 0) {
        const struct notice notice = {.event = again->event,
                                      .generation = again->generation,
                                      .subject = text.subject.data,
                                      .text = text.text.data,
                                      .len = text.text.len};
        deliver(to, &notice, again);
    }
    notice_text_clear(&text);
    return result;
}

void
notice_about(const struct notice_to *to, enum notice_event event, uint32_t generation)
{
    struct again again = {.event = event, .generation = generation, .tries = 1, .command = true, .feed = true};
    struct err err = {0};
    if (to->conf->notice_command == NULL && to->conf->feed == NULL)
        return;
    if (write_and_deliver(to, &again, &err) < 0)
        say(to->listener, "%s; nobody is told about it", err.text);
    else if (again.command || again.feed)
        remember(to, &again);
}

/* False if it is done with: delivered, no longer true, or given up. */
static bool
try_again(const struct notice_to *to, struct again *again)
{
    struct err err = {0};
    int result = write_and_deliver(to, again, &err);
    if (result > 0 || (result == 0 && !again->command && !again->feed))
        return false;
    if (result < 0)
        say(to->listener, "%s; a notice about it was not delivered", err.text);
    if (++again->tries < NOTICE_TRIES_MAX)
        return true;
    say(to->listener, "the notice '%s' about generation %u is given up after %d tries", notice_word(again->event),
        again->generation, NOTICE_TRIES_MAX);
    return false;
}

size_t
notice_undelivered(const struct state *state)
{
    struct again_list list;
    read_list(&list, state);
    return list.count;
}

/* With `patient` all are tried, otherwise up to the first that fails. */
static void
tell_again(const struct notice_to *to, size_t count, bool patient)
{
    struct again_list list, left = {.count = 0};
    read_list(&list, to->state);
    for (size_t i = 0; i < list.count; i++) {
        if (i < count && (patient || left.count == 0) && !try_again(to, &list.of[i]))
            continue;
        left.of[left.count++] = list.of[i];
    }
    keep_list(&left, to->state);
}

void
notice_again(const struct notice_to *to, size_t count)
{
    tell_again(to, count, true);
}

/* When people were last told that it waits: by a reminder, or when it was made. */
static int64_t
last_told(const struct state *state, uint32_t generation)
{
    char text[STATE_VALUE_MAX], created[DAY_TIME_MAX] = "";
    struct buf review;
    char *end;
    state_status_get(state, REMINDED, text);
    if (strtoull(text, &end, 10) == generation && *end == ' ')
        return strtoll(end, NULL, 10);
    if (generation_read_review(&review, state, generation, NULL) == 0) {
        record_get(&review, "created", created, sizeof created);
        buf_clear(&review);
    }
    return day_parse_time(created);
}

void
notice_remind(const struct notice_to *to)
{
    char text[64];
    uint32_t pending;
    if (state_get(to->state, STATE_PENDING, &pending, NULL) != 0 || pending == 0)
        return;
    int64_t told = last_told(to->state, pending);
    bool jumped = told > to->now + COMMAND_SECONDS; /* the clock was set back */
    if (!jumped && to->now - told < NOTICE_REMIND_SECONDS)
        return;
    if (!jumped)
        notice_about(to, NOTICE_REMINDER, pending);
    snprintf(text, sizeof text, "%u %" PRId64, pending, to->now);
    state_status_set(to->state, REMINDED, text);
}

void
notice_catch_up(const struct notice_to *to, size_t undelivered)
{
    struct err err = {0};
    if (notice_undelivered(to->state) > undelivered)
        return;
    tell_again(to, undelivered, false);
    notice_remind(to);
    if (state_status_write(to->state, &err) != 0)
        say(to->listener, "%s; people may be told the same again", err.text);
}
