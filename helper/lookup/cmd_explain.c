// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmd_explain.c - explains to a person which rule decides a query and why, and why the others do not. Part of
 * `m365ctl lookup`.
 *
 * Below the answer come, one sentence per line: the rule that decides; what the reason means and what to do
 * (cmd_explain_why.c); every other rule that matches, and why it does not decide; the prefixes around an address
 * (cmd_explain_addr.c); what is held (cmd_explain_held.c).
 */
#include <string.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd_explain.h"
#include "cmd_paste.h"
#include "name/verb.h"

#define OTHERS_SHOWN 40

static bool
is_prefix(const struct image_text *rule)
{
    return rule->len > 0 && rule->text[0] != '~' && memchr(rule->text, '/', rule->len) != NULL;
}

static void
add_set_in_full(struct buf *buf, const struct image_set *set)
{
    explain_add_set(buf, set);
    if (set->published != VERB_DEFAULT)
        buf_add_fmt(buf, ", published as %s", verb_title(set->published));
    if (set->area.len > 0) {
        buf_add_text(buf, ", ");
        utf8_add_printable(buf, set->area.text, set->area.len);
    }
    if (set->required)
        buf_add_text(buf, ", required");
    if (set->expressroute)
        buf_add_text(buf, ", ExpressRoute");
    buf_add_text(buf, ", from ");
    utf8_add_printable(buf, set->source.text, set->source.len);
}

static void
add_rule(struct buf *buf, const struct image_text *rule)
{
    const char *quote = is_prefix(rule) ? "" : "'";
    buf_add_text(buf, quote);
    utf8_add_printable(buf, rule->text, rule->len);
    buf_add_text(buf, quote);
}

static const struct identifier *
identifier_of(const struct answer *answer, enum side side)
{
    const struct request *request = &answer->request;
    return side == SIDE_DST ? &request->dst : side == SIDE_SNI ? &request->sni : &request->la;
}

/* The identifier whose rule is reported. */
static enum side
deciding_side(const struct answer *answer)
{
    for (size_t i = 0; i < answer->match_count; i++) {
        if (answer_is_decider(answer, &answer->matches[i]))
            return (enum side)answer->matches[i].side;
    }
    return SIDE_DST;
}

static void
add_reason(struct buf *buf, const struct answer *answer, const struct image_set *set, const struct image_text *rule)
{
    struct image_info info;
    image_get_info(answer->image, &info);
    if (answer->verdict.why == WHY_LOCAL_INSPECT) {
        buf_add_text(buf, ": an inspect line beats every other rule, even a more specific one");
        return;
    }
    buf_add_fmt(buf, ": the %s for TCP %u, and %s is %s",
                info.highest      ? "strongest category"
                : is_prefix(rule) ? "longest prefix"
                                  : "most specific rule",
                answer->request.port, verb_title(set->verb), answer->verdict.bypass ? "bypassed" : "not bypassed");
    if (answer->request.dst.given == GIVEN_NAME && deciding_side(answer) == SIDE_SNI)
        buf_add_text(buf, "; the weaker category of destination and SNI counts");
}

static void
explain_decider(struct buf *buf, const struct answer *answer)
{
    static const char *const found_by[] = {"", ", found by the SNI", ", found by the original destination"};
    const struct verdict *verdict = &answer->verdict;
    if (!verdict->has_rule)
        return;
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    image_get_set(answer->image, verdict->set, &set);
    struct image_text rule = image_rule_text(answer->image, verdict->rule, room);
    explain_begin(buf);
    buf_add_text(buf, "decided by ");
    add_rule(buf, &rule);
    buf_add_text(buf, found_by[deciding_side(answer)]);
    buf_add_text(buf, " (");
    add_set_in_full(buf, &set);
    buf_add_char(buf, ')');
    add_reason(buf, answer, &set, &rule);
    explain_end(buf);
    if (verdict->why != WHY_LOCAL_INSPECT || set.expires == 0 || set.expires > answer->today)
        return;
    char day[DAY_TEXT_MAX];
    day_format(day, set.expires);
    explain_begin(buf);
    buf_add_fmt(buf, "the day of that line was %s, but an inspect line stays in force after its day", day);
    explain_end(buf);
}

/* `UDP 3478-3481`, or `TCP 80,443`. */
static void
add_ports(struct buf *buf, const struct answer *answer, const char *protocol, uint32_t ports)
{
    buf_add_text(buf, protocol);
    buf_add_char(buf, ' ');
    image_ports_print(answer->image, ports, buf);
}

/* Continues a sentence about a rule. */
static void
add_lost(struct buf *buf, const struct answer *answer, const struct explained *match, const struct image_set *set,
         bool prefix)
{
    char day[DAY_TEXT_MAX];
    switch ((enum lost)match->lost) {
    case LOST_NOT: buf_add_text(buf, " decides for this name or address"); break;
    case LOST_PORT:
    case LOST_UDP_ONLY:
        buf_add_text(buf, prefix ? ", " : " is for ");
        if (match->lost == LOST_PORT)
            add_ports(buf, answer, "TCP", set->tcp);
        else
            add_ports(buf, answer, "UDP", set->udp);
        buf_add_fmt(buf, " only: does not speak for TCP %u", answer->request.port);
        break;
    case LOST_EXPIRED:
        day_format(day, set->expires);
        buf_add_fmt(buf, " expired on %s", day);
        break;
    case LOST_LIMIT: buf_add_text(buf, " took too long on this name, so it counts as not matching"); break;
    case LOST_INSPECT: buf_add_text(buf, " loses to the inspect line"); break;
    case LOST_LESS_SPECIFIC: buf_add_text(buf, prefix ? " is wider" : " is less specific"); break;
    case LOST_WEAKER: buf_add_text(buf, " has a weaker category"); break;
    case LOST_TIE: buf_add_text(buf, " says the same; the other rule is reported"); break;
    case LOST_OTHER: buf_add_text(buf, " would decide on its own"); break;
    }
}

/* The address of a request whose name was decided by the same endpoint set. */
static bool
is_wanted_address(const struct answer *answer, const struct explained *match, const struct image_set *set)
{
    struct image_set decider;
    if (!answer->verdict.bypass || match->lost != LOST_OTHER)
        return false;
    image_get_set(answer->image, answer->verdict.set, &decider);
    return decider.group == set->group;
}

/* `, set 11` after a prefix, ` (set 2, Allow)` after a name. */
static void
add_owner(struct buf *buf, const struct image_set *set, bool prefix)
{
    if (!prefix) {
        buf_add_text(buf, " (");
        explain_add_set(buf, set);
        buf_add_char(buf, ')');
    } else if (set->has_id) {
        buf_add_fmt(buf, ", set %u", set->id);
    } else {
        buf_add_fmt(buf, ", local %s line", verb_word((enum verb)set->verb));
    }
}

static void
explain_other(struct buf *buf, const struct answer *answer, const struct explained *match)
{
    static const char *const sides[] = {"", "SNI: ", "original destination: "};
    struct image_set set;
    char room[IMAGE_RULE_MAX];
    image_get_set(answer->image, match->set, &set);
    struct image_text rule = image_rule_text(answer->image, match->rule, room);
    bool prefix = is_prefix(&rule);
    explain_begin(buf);
    buf_add_text(buf, sides[match->side]);
    if (prefix)
        buf_add_text(buf, "inside ");
    add_rule(buf, &rule);
    add_owner(buf, &set, prefix);
    if (prefix && is_wanted_address(answer, match, &set))
        buf_add_text(buf, ": it belongs to the endpoint set that decides, as it must");
    else
        add_lost(buf, answer, match, &set, prefix);
    explain_end(buf);
}

static void
explain_others(struct buf *buf, const struct answer *answer)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < answer->match_count; i++) {
        if (answer_is_decider(answer, &answer->matches[i]))
            continue;
        if (shown == OTHERS_SHOWN) {
            left++;
            continue;
        }
        explain_other(buf, answer, &answer->matches[i]);
        shown++;
    }
    if (left == 0)
        return;
    explain_begin(buf);
    buf_add_fmt(buf, "%zu more rule%s; --json --explain lists them all", left, left == 1 ? " matches" : "s match");
    explain_end(buf);
}

/* The media of calls goes to this port over UDP; a proxy never sees it. */
#define MEDIA_PORT 3478

static void
explain_media(struct buf *buf, const struct answer *answer)
{
    for (size_t i = 0; i < answer->match_count; i++) {
        const struct explained *match = &answer->matches[i];
        struct image_set set;
        image_get_set(answer->image, match->set, &set);
        if (identifier_of(answer, (enum side)match->side)->given != GIVEN_ADDR || !set.has_id ||
            !image_ports_hold(answer->image, set.udp, MEDIA_PORT))
            continue;
        explain_begin(buf);
        buf_add_fmt(buf, "set %u is for calls and meetings: their media uses ", set.id);
        add_ports(buf, answer, "UDP", set.udp);
        buf_add_text(buf, ", which never reaches Squid; allow it on the firewall");
        explain_end(buf);
        return;
    }
}

void
answer_explain(struct buf *buf, const struct answer *answer)
{
    explain_decider(buf, answer);
    explain_why(buf, answer);
    explain_others(buf, answer);
    explain_media(buf, answer);
    explain_around(buf, answer);
    struct pattern pattern;
    explain_held(buf, &(struct held_query){.holding = answer->holding,
                                           .request = &answer->request,
                                           .image = answer->image,
                                           .pattern = paste_is_pattern(&pattern, answer) ? pattern.text : NULL});
}
