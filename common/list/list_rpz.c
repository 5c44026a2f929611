// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list_rpz.c - response policy zones: a DNS zone file (RFC 1035, section 5) whose owners are what to look for. Part of
 * list_build.h.
 *
 *     bad.example        CNAME .               that name
 *     *.bad.example      CNAME .               all names below it
 *     24.0.2.0.192.rpz-ip CNAME .              addresses, written backwards after the length of the prefix
 *     good.bad.example   CNAME rpz-passthru.   an exception
 *     good.bad.example   CNAME good.bad.example.   the same, as it was written before there was a word for it
 *
 * Owners are relative to the zone, or end with its name and a dot. The most specific one decides.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "list_build.h"
#include "name/addr.h"

static bool
is_type(const struct piece *word)
{
    static const char *const types[] = {"CNAME", "A", "AAAA", "TXT", "MX", "SRV", "NS", "SOA", "PTR", "DNAME"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (piece_is(word, types[i]))
            return true;
    }
    return false;
}

/* A time such as `3600` or `1h`. */
static bool
is_time(const struct piece *word)
{
    size_t i = 0;
    while (i < word->len && word->text[i] >= '0' && word->text[i] <= '9')
        i++;
    return i > 0 && (i == word->len || (i + 1 == word->len && memchr("smhdwSMHDW", word->text[i], 10) != NULL));
}

/* A time to live, or a class. */
static bool
is_between(const struct piece *word)
{
    return piece_is(word, "IN") || is_time(word);
}

/* A line of times within brackets. */
static bool
is_times(struct piece rest)
{
    struct piece word;
    while (piece_word(&rest, &word)) {
        if (piece_ends(&word, ")"))
            piece_drop(&word, 1);
        if (word.len > 0 && !is_time(&word))
            return false;
    }
    return true;
}

/* Takes `[TTL] [CLASS] TYPE`. */
static bool
take_type(struct piece *rest, struct piece *ret)
{
    while (piece_word(rest, ret)) {
        if (is_type(ret))
            return true;
        if (!is_between(ret))
            return false;
    }
    return false;
}

/* Whether something follows the type: an address, if it is the type of one. A set of ipset may be called `a`. */
static bool
has_data(const struct piece *type, struct piece rest)
{
    struct piece data;
    struct addr addr;
    if (!piece_word(&rest, &data))
        return false;
    return (!piece_is(type, "A") && !piece_is(type, "AAAA")) || addr_parse(&addr, data.text, data.len);
}

/* A record with an owner, a directive, or a line of the numbers of a start of authority. */
static bool
is_rpz(const char *text, size_t len)
{
    struct piece rest = {text, len}, owner, type;
    piece_cut_comment(&rest, ';');
    if (piece_begins(&rest, "$TTL") || piece_begins(&rest, "$ORIGIN"))
        return true;
    struct piece line = rest;
    if (take_type(&rest, &type) && has_data(&type, rest))
        return true;
    rest = line;
    if (piece_word(&rest, &owner) && take_type(&rest, &type) && has_data(&type, rest))
        return true;
    return is_times(line);
}

/* Drops the name of the zone and its dot from the end of an owner; false if it is outside the zone. */
static bool
cut_origin(const struct list *list, struct piece *owner)
{
    if (owner->text[owner->len - 1] != '.')
        return true;
    piece_drop(owner, 1);
    if (list->word_len == 0 || !piece_ends(owner, list->word))
        return false;
    piece_drop(owner, list->word_len);
    if (owner->len > 0 && owner->text[owner->len - 1] != '.')
        return false;
    if (owner->len > 0)
        piece_drop(owner, 1);
    return true;
}

/* Makes an address of its parts, which are in reverse; `zz` is the `::` of IPv6. */
static bool
turn_around(char ret[ADDR_TEXT_MAX], struct piece parts, bool v6)
{
    size_t used = 0;
    while (parts.len > 0) {
        const char *dot = memrchr(parts.text, '.', parts.len);
        struct piece part = {dot == NULL ? parts.text : dot + 1, 0};
        part.len = parts.len - (size_t)(part.text - parts.text);
        parts.len = dot == NULL ? 0 : (size_t)(dot - parts.text);
        bool gap = piece_is(&part, "zz");
        const char *between = used == 0 || (v6 && ret[used - 1] == ':' && !gap) ? "" : v6 ? ":" : ".";
        if (gap && !v6)
            return false;
        int n = snprintf(ret + used, ADDR_TEXT_MAX - used, "%s%.*s%s", gap ? "" : between, gap ? 0 : (int)part.len,
                         part.text, gap ? "::" : "");
        if (n < 0 || (size_t)n >= ADDR_TEXT_MAX - used)
            return false;
        used += (size_t)n;
    }
    return used > 0;
}

/* `24.0.2.0.192` and `48.zz.101.db8.2001`: the length, then the address in reverse. */
static int
hand_prefix(struct list *list, const struct piece *owner, bool except, struct err *err)
{
    struct piece rest = *owner, len;
    char addr[ADDR_TEXT_MAX], text[PREFIX_TEXT_MAX + 8];
    struct addr parsed;
    size_t dots = 0;
    piece_field(&rest, '.', &len);
    for (size_t i = 0; i < rest.len; i++)
        dots += rest.text[i] == '.';
    bool good = rest.text != NULL && len.len <= 3 && turn_around(addr, rest, dots != 3 || piece_has(&rest, "zz")) &&
                addr_parse(&parsed, addr, strlen(addr));
    if (!good)
        return list_refuse(owner, "is no prefix in reverse, such as 24.0.2.0.192", err);
    snprintf(text, sizeof text, "%s/%.*s", addr, (int)len.len, len.text);
    const struct piece prefix = {text, strlen(text)};
    return except ? list_except(list, &prefix, err) : list_add(list, &prefix, err);
}

static int
hand_owner(struct list *list, struct piece owner, bool except, struct err *err)
{
    struct piece whole = owner;
    if (!cut_origin(list, &owner))
        return list_refuse(&whole, "is not in the zone; is the line '$ORIGIN ZONE.' missing?", err);
    if (owner.len == 0 || piece_is(&owner, "@"))
        return 0;
    if (piece_ends(&owner, ".rpz-ip")) {
        piece_drop(&owner, strlen(".rpz-ip"));
        return hand_prefix(list, &owner, except, err);
    }
    if (piece_ends(&owner, ".rpz-client-ip"))
        return list_leave(list, LIST_LOST, "clients (rpz-client-ip)", err);
    if (piece_ends(&owner, ".rpz-nsip") || piece_ends(&owner, ".rpz-nsdname"))
        return list_leave(list, LIST_LOST, "name servers (rpz-nsip, rpz-nsdname)", err);
    if (piece_is(&owner, "*"))
        return list_leave(list, LIST_LOST, "lines for every name ('*')", err);
    return except ? list_except(list, &owner, err) : list_add(list, &owner, err);
}

/* True for the target of an exception: the word, or the owner itself without the name of the zone (BIND's
 * dns_rpz_decode_cname()). A wildcard that names itself is meant so as well, although BIND
 * answers it with another name. A prefix names itself without `rpz-ip`. */
static bool
is_passthru(const struct list *list, struct piece owner, struct piece target)
{
    if (piece_is(&target, "rpz-passthru."))
        return true;
    if (!piece_ends(&target, ".") || !cut_origin(list, &owner))
        return false;
    piece_drop(&target, 1);
    if (piece_ends(&owner, ".rpz-ip") && !piece_ends(&target, ".rpz-ip"))
        piece_drop(&owner, strlen(".rpz-ip"));
    return owner.len > 0 && owner.len == target.len && strncasecmp(owner.text, target.text, owner.len) == 0;
}

/* Remembers the name of the zone, without its dot. A second one would be a zone within the zone. */
static int
set_origin(struct list *list, struct piece name, struct err *err)
{
    if (piece_ends(&name, "."))
        piece_drop(&name, 1);
    if (name.len == 0 || list_remember(list, &name))
        return 0;
    return list_leave(list, LIST_STOP, "owners of a second $ORIGIN; write all owners below one", err);
}

/* The owner of the line, or that of the line before if it begins with a blank. */
static bool
take_owner(struct list *list, struct piece *rest, struct piece *ret)
{
    if (rest->len > 0 && rest->text[0] != ' ' && rest->text[0] != '\t') {
        piece_word(rest, ret);
        list->owner_len = ret->len <= LIST_WORD_MAX ? ret->len : 0;
        memcpy(list->owner, ret->text, list->owner_len);
    }
    *ret = (struct piece){list->owner, list->owner_len};
    return list->owner_len > 0;
}

static int
take_record(struct list *list, struct piece rest, struct err *err)
{
    struct piece owner, type, target;
    if (!take_owner(list, &rest, &owner))
        return list_refuse(&rest, "is a record without an owner, or with one that is too long", err);
    if (!take_type(&rest, &type) || !piece_word(&rest, &target))
        return list_refuse(&owner, "is not followed by a record, such as 'CNAME .'", err);
    if (piece_is(&type, "SOA") && piece_ends(&owner, ".") && set_origin(list, owner, err) != 0)
        return -1;
    if (piece_is(&type, "SOA") || piece_is(&type, "NS"))
        return 0;
    if (piece_is(&type, "CNAME") && piece_is(&target, "rpz-tcp-only."))
        return list_leave(list, LIST_LOST, "names that are only asked over TCP", err);
    return hand_owner(list, owner, piece_is(&type, "CNAME") && is_passthru(list, owner, target), err);
}

static int
take(struct list *list, const char *text, size_t len, struct err *err)
{
    struct piece line = {text, len}, word;
    const char *comment = len == 0 ? NULL : memchr(text, ';', len);
    if (comment != NULL)
        line.len = (size_t)(comment - text);
    bool began = list->inside;
    if (piece_has(&line, "("))
        list->inside = true;
    if (piece_has(&line, ")"))
        list->inside = false;
    struct piece trimmed = line;
    piece_trim(&trimmed);
    if (began || trimmed.len == 0)
        return 0;
    if (trimmed.text[0] != '$')
        return take_record(list, (struct piece){line.text, (size_t)(trimmed.text + trimmed.len - line.text)}, err);
    piece_word(&trimmed, &word);
    if (piece_is(&word, "$ORIGIN") && piece_word(&trimmed, &word))
        return set_origin(list, word, err);
    if (piece_is(&word, "$TTL"))
        return 0;
    return list_leave(list, LIST_STOP, "directives other than $TTL and $ORIGIN", err);
}

const struct list_format list_rpz = {.name = "rpz", .title = "a response policy zone", .is = is_rpz, .take = take};
