// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_explain_why.c - what the reason (why) of an answer means for this request, and what to do about it. Part of
 * `m365ctl lookup`; see cmd_explain.c. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd_explain.h"
#include "cmd_paste.h"
#include "image/image_find.h"
#include "name/tenant.h"
#include "name/verb.h"
#include "squid/squid.h"

/* The verdict that one identifier alone would get. */
static void
ask_alone(struct verdict *ret, const struct answer *answer, const struct identifier *identifier)
{
    struct request request;
    request_init(&request);
    request.dst = *identifier;
    request.port = answer->request.port;
    verdict_decide(answer->image, &request, answer->today, ret);
}

/* True if there is a rule `*.b.c` for the name `b.c`, which people expect it to match. */
static bool
find_near_miss(const struct answer *answer, const struct host *name)
{
    struct host below;
    struct image_cursor cursor;
    struct image_hit hit;
    if (name->len + 2 > HOST_MAX)
        return false;
    memcpy(below.text, "x.", 2);
    memcpy(below.text + 2, name->text, name->len + 1u);
    below.len = (uint8_t)(name->len + 2);
    image_find_name(answer->image, &below, &cursor);
    while (image_next(&cursor, &hit)) {
        char room[IMAGE_RULE_MAX];
        struct image_text rule = image_rule_text(answer->image, hit.rule, room);
        if (rule.len == name->len + 2u && memcmp(rule.text, "*.", 2) == 0 &&
            memcmp(rule.text + 2, name->text, name->len) == 0)
            return true;
    }
    return false;
}

static void
explain_no_rule_for_name(struct buf *buf, const struct answer *answer, const struct host *name)
{
    explain_begin(buf);
    buf_add_fmt(buf,
                "no rule in force matches '%s': it is not on any list, so it is inspected like any other Internet "
                "traffic",
                name->text);
    explain_end(buf);
    if (find_near_miss(answer, name)) {
        explain_begin(buf);
        buf_add_fmt(buf, "'*.%s' matches the names below '%s', but not '%s' itself", name->text, name->text,
                    name->text);
        explain_end(buf);
    }
}

static void
explain_no_rule(struct buf *buf, const struct answer *answer)
{
    const struct request *request = &answer->request;
    const struct identifier *asked = &request->dst;
    if (asked->given == GIVEN_ADDR && request->sni.given == GIVEN_NAME)
        asked = &request->sni;
    if (asked->given == GIVEN_ADDR)
        explain_outside(buf, &asked->addr);
    else
        explain_no_rule_for_name(buf, answer, &asked->name);
}

/* Names the configured tenant that the host belongs to. */
static void
explain_owner(struct buf *buf, const struct image *image, uint32_t tenants, const char *label, size_t len)
{
    for (uint32_t i = 0; i < tenants; i++) {
        struct image_text tenant = image_tenant(image, i);
        if (!tenant_owns(tenant.text, tenant.len, label, len))
            continue;
        explain_begin(buf);
        buf_add_fmt(buf, "'%.*s' below '%s' belongs to your tenant '", (int)len, label, label + len + 1);
        utf8_add_printable(buf, tenant.text, tenant.len);
        buf_add_char(buf, '\'');
        explain_end(buf);
        return;
    }
}

/* `*.sharepoint.com` covers every organisation. */
static void
explain_rule(struct buf *buf, const struct answer *answer)
{
    const struct request *request = &answer->request;
    const struct identifier *asked = request->dst.given == GIVEN_NAME ? &request->dst : &request->sni;
    struct image_info info;
    const char *label;
    size_t len;
    image_get_info(answer->image, &info);
    if (asked->given != GIVEN_NAME || !tenant_label(asked->name.text, asked->name.len, &label, &len))
        return;
    if (info.tenants == 0)
        explain_say(buf, "no tenants are configured, so the tenants of all organisations are bypassed");
    else
        explain_owner(buf, answer->image, info.tenants, label, len);
}

static void
explain_port(struct buf *buf, const struct answer *answer)
{
    explain_begin(buf);
    buf_add_fmt(buf, "rules match, but none of them speaks for TCP %u: a rule speaks only for the ports of its set",
                answer->request.port);
    explain_end(buf);
}

static void
explain_category(struct buf *buf, const struct answer *answer)
{
    struct image_set set;
    image_get_set(answer->image, answer->verdict.set, &set);
    if (set.verb == VERB_DEFAULT && set.published != VERB_DEFAULT) {
        explain_begin(buf);
        buf_add_fmt(buf,
                    "it is published as %s, but is not required, and only required sets are bypassed here "
                    "(publish_only in m365.conf)",
                    verb_category(set.published));
        explain_end(buf);
        return;
    }
    if (set.verb == VERB_DEFAULT) {
        explain_say(
            buf, "Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, "
                 "so it is meant to be inspected and authenticated");
        return;
    }
    struct image_info info;
    image_get_info(answer->image, &info);
    explain_begin(buf);
    buf_add_text(buf, "categories that are bypassed here:");
    for (size_t i = 0; i < VERB_CATEGORIES; i++) {
        if ((info.bypass & 1u << verb_categories[i]) != 0)
            buf_add_fmt(buf, " %s", verb_category(verb_categories[i]));
    }
    explain_end(buf);
}

static void
explain_local_inspect(struct buf *buf, const struct answer *answer)
{
    if (answer->verdict.has_rule) {
        explain_say(buf, "to change this, edit that line in its file: no other rule can overrule it");
        return;
    }
    explain_begin(buf);
    buf_add_text(buf, "the address ");
    explain_add_identifier(buf, &answer->request.dst);
    buf_add_text(buf, " alone would be bypassed, but an inspect line matches a name of the same endpoint set, and "
                      "without an SNI nobody can tell which name is meant");
    explain_end(buf);
    explain_say(
        buf, "let Squid peek at the SNI (ssl_bump peek at step 1) and send it to the helper, or look up the host name");
}

static void
add_tenants(struct buf *buf, const struct image *image)
{
    struct image_info info;
    image_get_info(image, &info);
    for (uint32_t i = 0; i < info.tenants; i++) {
        struct image_text tenant = image_tenant(image, i);
        buf_add_text(buf, i == 0 ? "" : ", ");
        utf8_add_printable(buf, tenant.text, tenant.len);
    }
}

static void
explain_foreign_tenant(struct buf *buf, const struct answer *answer)
{
    const struct request *request = &answer->request;
    const struct identifier *asked = request->dst.given == GIVEN_ADDR ? &request->sni : &request->dst;
    const char *label;
    size_t len;
    explain_begin(buf);
    if (asked->given == GIVEN_NAME && tenant_label(asked->name.text, asked->name.len, &label, &len)) {
        buf_add_fmt(buf, "'%.*s' below '%s' is not one of your tenants (", (int)len, label, label + len + 1);
    } else {
        buf_add_text(buf, "the address ");
        explain_add_identifier(buf, &request->dst);
        buf_add_text(buf, " serves all tenants, and without an SNI nobody can tell whether one of yours is meant (");
    }
    add_tenants(buf, answer->image);
    buf_add_char(buf, ')');
    explain_end(buf);
    explain_say(
        buf, "traffic to other organisations' tenants is inspected, because data could leave through them unseen; if "
             "the tenant is yours, add it to the configuration");
}

static void
explain_sni_mismatch(struct buf *buf, const struct answer *answer)
{
    const struct request *request = &answer->request;
    struct verdict alone;
    ask_alone(&alone, answer, &request->sni);
    explain_begin(buf);
    buf_add_text(buf, "the destination ");
    explain_add_identifier(buf, &request->dst);
    buf_add_text(buf, " alone would be bypassed, but the SNI ");
    if (request->sni.given == GIVEN_NAME)
        explain_add_identifier(buf, &request->sni);
    buf_add_fmt(buf, "%s inspected (why %s)",
                request->sni.given == GIVEN_NAME ? " is" : "is not a host name and is therefore", why_word(alone.why));
    explain_end(buf);
    explain_say(buf,
                "a client can name one host in its CONNECT and talk to another in TLS, so both must be bypassed; if "
                "the SNI belongs to the service, it needs a rule of its own");
}

/* Names the set that the address of the request should have belonged to. */
static void
explain_missing_address(struct buf *buf, const struct answer *answer, const struct identifier *name, const char *what,
                        const struct identifier *address)
{
    struct verdict alone;
    struct image_set set = {0};
    ask_alone(&alone, answer, name);
    if (alone.has_rule)
        image_get_set(answer->image, alone.set, &set);
    explain_begin(buf);
    explain_add_identifier(buf, name);
    buf_add_text(buf, " alone would be bypassed (");
    explain_add_set(buf, &set);
    buf_add_fmt(buf, "), but %s ", what);
    if (address->given == GIVEN_ADDR)
        explain_add_identifier(buf, address);
    if (address->given != GIVEN_ADDR)
        buf_add_text(buf, "is not an address");
    else if (set.group_has_addrs)
        buf_add_text(buf, " is not in any prefix of that set");
    else
        buf_add_text(buf, " cannot be checked: that set publishes no addresses, and there is no SNI");
    explain_end(buf);
}

static void
explain_address_mismatch(struct buf *buf, const struct answer *answer)
{
    const struct request *request = &answer->request;
    const struct identifier *name = request->dst.given == GIVEN_NAME ? &request->dst : &request->sni;
    if (request->la.given != GIVEN_NONE && request->dst.given == GIVEN_NAME)
        explain_missing_address(buf, answer, name, "the original destination", &request->la);
    else
        explain_missing_address(buf, answer, name, "the address", &request->dst);
    explain_say(buf,
                "a client can claim any name for any address; if the claim is honest, client and proxy got different "
                "answers from DNS: let both use the same resolver");
}

/* Finds the first byte that a host name cannot contain. False if no byte is wrong. */
static bool
find_bad_byte(const struct answer *answer, size_t *ret_at)
{
    for (size_t i = 0; answer->host != NULL && i < answer->host_len; i++) {
        unsigned char byte = (unsigned char)answer->host[i];
        if (host_byte[byte] == 0 && byte != '.') {
            *ret_at = i;
            return true;
        }
    }
    return false;
}

static void
explain_bad_name(struct buf *buf, const struct answer *answer)
{
    size_t at;
    if (paste_explain(buf, answer))
        return;
    explain_begin(buf);
    if (find_bad_byte(answer, &at)) {
        unsigned byte = (unsigned char)answer->host[at];
        if (byte == ' ')
            buf_add_fmt(buf, "a host name cannot contain a space (byte %zu)", at + 1);
        else if (byte > ' ' && byte < 0x7f)
            buf_add_fmt(buf, "a host name cannot contain '%c' (byte %zu); nothing is decoded", (char)byte, at + 1);
        else
            buf_add_fmt(buf, "a host name cannot contain the byte 0x%02x (byte %zu)", byte, at + 1);
    } else if (answer->request.dst.given == GIVEN_ADDR) {
        buf_add_text(buf, "the SNI is not a host name, and an address does not count as one");
    } else if (answer->request.dst.given == GIVEN_NONE) {
        buf_add_text(buf, "there is no destination");
    } else {
        buf_add_fmt(
            buf,
            "that is not a host name: it must have labels of 1 to %d letters, digits, '-' or '_', and at most %d bytes",
            HOST_LABEL_MAX, HOST_MAX);
    }
    explain_end(buf);
    explain_say(buf, "without a valid name no rule can match, so the request is inspected");
}

static void
explain_bad_port(struct buf *buf, const struct answer *answer)
{
    (void)answer;
    explain_say(buf, "a port is a number from 1 to 65535");
}

static void
explain_bad_line(struct buf *buf, const struct answer *answer)
{
    explain_begin(buf);
    if (answer->query_len >= SQUID_LINE_MAX)
        buf_add_fmt(buf, "the line is longer than %zu bytes", SQUID_LINE_MAX);
    else
        buf_add_text(buf, "the line has fewer fields than -F names; write '-' for a field that is absent");
    explain_end(buf);
}

static void
explain_no_table(struct buf *buf, const struct answer *answer)
{
    (void)answer;
    explain_say(buf, "no table is loaded, so everything is inspected");
}

void
explain_why(struct buf *buf, const struct answer *answer)
{
    static void (*const explain[])(struct buf * buf, const struct answer *answer) = {
        [WHY_RULE] = explain_rule,
        [WHY_NO_RULE] = explain_no_rule,
        [WHY_PORT] = explain_port,
        [WHY_CATEGORY] = explain_category,
        [WHY_LOCAL_INSPECT] = explain_local_inspect,
        [WHY_FOREIGN_TENANT] = explain_foreign_tenant,
        [WHY_SNI_MISMATCH] = explain_sni_mismatch,
        [WHY_ADDRESS_MISMATCH] = explain_address_mismatch,
        [WHY_BAD_NAME] = explain_bad_name,
        [WHY_BAD_PORT] = explain_bad_port,
        [WHY_BAD_LINE] = explain_bad_line,
        [WHY_NO_TABLE] = explain_no_table,
    };
    size_t why = (size_t)answer->verdict.why;
    if (why < sizeof explain / sizeof explain[0] && explain[why] != NULL)
        explain[why](buf, answer);
}
