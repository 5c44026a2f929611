// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squid_reply.c - writes the text of a reply. Part of squid.h. Whether it is OK or ERR is decided
 * by the caller.
 *
 *     [ID ]OK|ERR  m365_cat_=Optimize m365_area_=Exchange m365_id_=1 m365_why_=rule m365_gen_=2025120100.4
 *                 `-- the tail: the same for every request with this verdict by this set of this image
 */
#include <string.h>

#include "image/image.h"
#include "image/image_name.h"
#include "name/host.h"
#include "name/verb.h"
#include "squid.h"
#include "verdict/verdict.h"

#define AREA_MAX 32
#define NOTE_MAX IMAGE_NAME_MAX /* bytes of a value from the image */
#define TAIL_STEP 16

/* A reply under construction. Text that does not fit is left out; given the limits of the parts, everything fits. */
struct reply {
    char *text;
    size_t room;
    size_t len;
};

static void
add(struct reply *reply, const char *text, size_t len)
{
    if (len < reply->room - 1 - reply->len) {
        memcpy(reply->text + reply->len, text, len);
        reply->len += len;
    }
}

static void
add_text(struct reply *reply, const char *text)
{
    add(reply, text, strlen(text));
}

static void
add_number(struct reply *reply, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    add(reply, digits + at, sizeof digits - at);
}

/* Adds a note whose value comes from the image. A damaged image may contain any bytes, and a space or line end among
 * them would forge a reply; such a note is left out. */
static void
add_note(struct reply *reply, const char *key, struct image_text value)
{
    if (value.len == 0 || value.len > NOTE_MAX)
        return;
    char copy[NOTE_MAX];
    for (size_t i = 0; i < value.len; i++) {
        char c = value.text[i];
        copy[i] = c;
        if (c != '.' && host_byte[(unsigned char)c] == 0)
            return;
    }
    add_text(reply, key);
    add(reply, copy, value.len);
}

static void
add_rule_notes(struct reply *reply, const struct image *image, const struct verdict *verdict)
{
    struct image_set set;
    image_get_set(image, verdict->set, &set);
    const char *category = verb_category(set.verb);
    if (category != NULL && (verdict->why == WHY_RULE || verdict->why == WHY_CATEGORY)) {
        add_text(reply, " m365_cat_=");
        add_text(reply, category);
    }
    if (set.area.len <= AREA_MAX)
        add_note(reply, " m365_area_=", set.area);
    if (set.has_id) {
        add_text(reply, " m365_id_=");
        add_number(reply, set.id);
    }
}

static void
add_tail(struct reply *reply, const struct image *image, const struct verdict *verdict)
{
    if (image != NULL && verdict->has_rule)
        add_rule_notes(reply, image, verdict);
    add_text(reply, " m365_why_=");
    add_text(reply, why_word(verdict->why));
    char room[IMAGE_NAME_MAX];
    if (image != NULL)
        add_note(reply, " m365_gen_=", image_name(image, room));
    reply->text[reply->len++] = '\n';
}

/* Where a set's tail is cached. Nearly every set has a single reason, so each set gets a slot of its own. */
static struct squid_tail *
place_of(struct squid_tails *tails, uint32_t set, enum why why)
{
    return &tails->tail[set == 0 ? (unsigned)why : WHY_COUNT + set % (SQUID_TAILS - WHY_COUNT)];
}

/* Returns the tail for this verdict from the cache, or builds it there. */
static const struct squid_tail *
find_tail(struct squid_tails *tails, const struct image *image, const struct verdict *verdict)
{
    uint64_t serial = image == NULL ? 0 : image_serial(image);
    uint32_t set = verdict->has_rule ? verdict->set + 1 : 0;
    struct squid_tail *tail = place_of(tails, set, verdict->why);
    if (tail->len != 0 && tail->serial == serial && tail->set == set && tail->why == (uint8_t)verdict->why)
        return tail;
    struct reply reply = {.text = tail->text, .room = sizeof tail->text};
    tail->len = 0;
    add_tail(&reply, image, verdict);
    tail->serial = serial;
    tail->set = set;
    tail->why = (uint8_t)verdict->why;
    tail->len = (uint8_t)reply.len;
    return tail;
}

/* Copies a few bytes: too few to pay for a call. */
static inline char *
put(char *ret, struct squid_word word)
{
    if (word.len > 8) {
        memcpy(ret, word.text, word.len);
    } else if (word.len >= 4) {
        memcpy(ret, word.text, 4);
        memcpy(ret + word.len - 4, word.text + word.len - 4, 4);
    } else {
        for (size_t i = 0; i < word.len; i++)
            ret[i] = word.text[i];
    }
    return ret + word.len;
}

static char *
put_start(char *ret, struct squid_word id, struct squid_word start)
{
    if (id.len > 0) {
        ret = put(ret, id);
        *ret++ = ' ';
    }
    return put(ret, start);
}

/* Copies sixteen bytes at a time, the last ones overlapping: what the compiler generates for this takes longer to
 * start. */
static inline void
put_tail(char *ret, const char *text, size_t len)
{
    if (len < TAIL_STEP) {
        memcpy(ret, text, len);
        return;
    }
    for (size_t at = 0; at + TAIL_STEP < len; at += TAIL_STEP)
        memcpy(ret + at, text + at, TAIL_STEP);
    memcpy(ret + len - TAIL_STEP, text + len - TAIL_STEP, TAIL_STEP);
}

size_t
squid_reply(struct squid_tails *tails, char ret[SQUID_REPLY_MAX], struct squid_word id, bool ok,
            const struct image *image, const struct verdict *verdict)
{
    struct squid_word start = {.text = ok ? "OK" : "ERR", .len = ok ? 2 : 3};
    return squid_reply_start(tails, ret, id, start, image, verdict);
}

size_t
squid_reply_start(struct squid_tails *tails, char *ret, struct squid_word id, struct squid_word start,
                  const struct image *image, const struct verdict *verdict)
{
    const struct squid_tail *tail = find_tail(tails, image, verdict);
    char *end = put_start(ret, id, start);
    put_tail(end, tail->text, tail->len);
    return (size_t)(end - ret) + tail->len;
}
