// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * subject.c - the destination of a logged request, and what became of it. See subject.h.
 *
 * The results are those of Squid's %Ss. A CONNECT that is inspected has NONE (4: TAG_NONE, 5: NONE_NONE): Squid answers
 * it itself, and what comes through the tunnel has lines of its own, with https URLs. One that is passed on has
 * TCP_TUNNEL. %ssl::bump_mode says it directly.
 */
#include "subject.h"

#include "base/digits.h"
#include "name/url.h"

#define SOON 1000 /* ms */

/* The digits of a port; 0 for anything else. */
static uint16_t
read_port(const char *text, size_t len)
{
    uint64_t port;
    return digits_read(&port, text, len, UINT16_MAX) ? (uint16_t)port : 0;
}

/* Squid's own error URLs (`error:invalid-request`), and protocols that go nowhere. */
static bool
has_no_host(struct squid_word url)
{
    return url.len == 0 || *url.text == '/' || squid_word_begins(url, "error:") ||
           squid_word_begins(url, "cache_object:") || squid_word_begins(url, "urn:");
}

static struct squid_word
or_dash(struct squid_word word)
{
    return word.len == 0 ? (struct squid_word){"-", 1} : word;
}

bool
subject_key(struct ledger_key *ret, const struct log_line *line)
{
    struct authority at = {.default_port = 443};
    if (line->url.len > 0 && !has_no_host(line->url))
        url_split(&at, line->url.text, line->url.len);
    struct squid_word host = {at.host, at.host_len};
    if (line->host.len > 0)
        host = line->host;
    if (host.len > 2 && *host.text == '[' && host.text[host.len - 1] == ']')
        host = (struct squid_word){host.text + 1, host.len - 2};
    if (host.len == 0 || host.len > LEDGER_PART_MAX || line->sni.len > LEDGER_PART_MAX ||
        line->address.len > LEDGER_PART_MAX)
        return false;
    ret->kind = LEDGER_HOST;
    ret->port = at.port != NULL ? read_port(at.port, at.port_len) : at.default_port;
    if (line->port.len > 0)
        ret->port = read_port(line->port.text, line->port.len);
    ret->part[0] = host;
    ret->part[1] = or_dash(line->sni);
    ret->part[2] = or_dash(line->address);
    return true;
}

void
subject_count(uint64_t count[LEDGER_COUNTS], const struct log_line *line)
{
    bool connect = squid_word_is(line->method, "CONNECT"), ok = line->status == 200;
    count[LEDGER_REQUESTS]++;
    count[LEDGER_BYTES] = ledger_sum(count[LEDGER_BYTES], line->bytes);
    if (line->status == 407)
        count[LEDGER_ASKED]++;
    else if (squid_word_begins(line->result, "TCP_DENIED"))
        count[LEDGER_DENIED]++;
    else if (!connect)
        count[LEDGER_INNER] += squid_word_begins(line->url, "https:");
    else if (line->bump.len > 0 ? squid_word_is(line->bump, "splice") : squid_word_begins(line->result, "TCP_TUNNEL"))
        count[LEDGER_TUNNELS]++;
    else if (line->bump.len > 0
                 ? squid_word_is(line->bump, "bump")
                 : ok && (squid_word_begins(line->result, "NONE") || squid_word_begins(line->result, "TAG_NONE")))
        count[LEDGER_BUMPED]++;
    count[LEDGER_BROKEN] += connect && line->took < SOON && squid_word_ends(line->result, "_ABORTED");
}
