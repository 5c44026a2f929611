// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_case.c - the situations, one row each. See outcome.h.
 *
 * A row is made for every port of its kind. In its request `@B` is a bypassed name and `@b` its address, `@O` and `@o`
 * are those of another name, `@S` and `@s` those of a stranger, `@A` is an address without a name, `@L` is a name of a
 * local line that bypasses and `@R` of one that inspects, `@D` is one whose category is not bypassed, `@C` is a client,
 * and `@U` is a user, if the configuration asks for one.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "outcome_build.h"

#define REQUEST_BYTES_MAX 1024
#define HOSTS_BYTES_MAX 16384
#define LISTENERS_MAX 32 /* ports that situations are made for */

/* When a row is made, and what it is about; bits. */
enum only {
    IF_ASKS = 1 << 0,    /* only if there are passwords */
    IF_SNI = 1 << 1,     /* it must be inspected only if a helper gets the SNI: that of Squid 3.5 does not */
    IF_FOREIGN = 1 << 2, /* it is about a client of a network that the configuration does not know */
    IF_FOLLOWS = 1 << 3, /* only if X-Forwarded-For counts */
    IF_FRONT = 1 << 4,   /* it comes from a proxy in front, of which X-Forwarded-For counts */
    IF_DENIED = 1 << 5,  /* it is about a client whom http_access refuses everything */
    CLAIMED = 1 << 6,    /* if X-Forwarded-For counts, it is made again with the usual client's address in it */
};

struct row {
    const char *title, *request;
    unsigned wants, only;
};

#define CLAIM " header=\"X-Forwarded-For: @C\""

static const struct row explicit_rows[] = {
    {"a bypassed name, no password", "CONNECT @B:443 sni=@B", OUTCOME_BYPASS, 0},
    {"a bypassed name, TLS 1.2", "CONNECT @B:443 sni=@B tls=1.2", OUTCOME_BYPASS, 0},
    {"a bypassed name, with a password", "CONNECT @B:443 sni=@B@U", OUTCOME_BYPASS, IF_ASKS},
    {"a bypassed name with another SNI", "CONNECT @B:443 sni=@O@U", OUTCOME_INSPECT | OUTCOME_ANY, IF_SNI},
    {"a bypassed name, helper dead", "CONNECT @B:443 sni=@B@U helper=dead", OUTCOME_ANY, 0},
    {"a bypassed name, helper's queue full", "CONNECT @B:443 sni=@B@U helper=full", OUTCOME_ANY, 0},
    {"a bypassed name, helper busy during ssl_bump", "CONNECT @B:443 sni=@B@U helper=busy", OUTCOME_ANY, 0},
    {"another name, no password", "CONNECT @O:443 sni=@O", OUTCOME_PASSWORD, IF_ASKS},
    {"another name", "CONNECT @O:443 sni=@O@U", OUTCOME_INSPECT, 0},
    {"another name, TLS 1.2", "CONNECT @O:443 sni=@O@U tls=1.2", OUTCOME_INSPECT, 0},
    {"another name, helper dead", "CONNECT @O:443 sni=@O@U helper=dead", OUTCOME_INSPECT, 0},
    {"another name, no password, helper dead", "CONNECT @O:443 sni=@O helper=dead", OUTCOME_PASSWORD, IF_ASKS},
    {"another name, helper's queue full", "CONNECT @O:443 sni=@O@U helper=full", OUTCOME_INSPECT, 0},
    {"another name, helper busy during ssl_bump", "CONNECT @O:443 sni=@O@U helper=busy", OUTCOME_INSPECT, 0},
    {"a stranger with a bypassed SNI", "CONNECT @S:443 sni=@B@U", OUTCOME_INSPECT, 0},
    {"a stranger with a bypassed SNI, TLS 1.2", "CONNECT @S:443 sni=@B@U tls=1.2", OUTCOME_INSPECT, 0},
    {"a stranger with a bypassed SNI, no password", "CONNECT @S:443 sni=@B", OUTCOME_PASSWORD, IF_ASKS},
    {"a stranger's address with a bypassed SNI", "CONNECT @A:443 sni=@B@U", OUTCOME_INSPECT, 0},
    {"a name that a local line bypasses", "CONNECT @L:443 sni=@L", OUTCOME_BYPASS, 0},
    {"a name that a local line inspects", "CONNECT @R:443 sni=@R@U", OUTCOME_INSPECT, 0},
    {"a name that a local line inspects, no password", "CONNECT @R:443 sni=@R", OUTCOME_PASSWORD | OUTCOME_LISTED,
     IF_ASKS},
    {"a name that the table inspects", "CONNECT @D:443 sni=@D@U", OUTCOME_INSPECT | OUTCOME_LISTED, 0},
    {"a name that the table inspects, no password", "CONNECT @D:443 sni=@D", OUTCOME_PASSWORD | OUTCOME_LISTED,
     IF_ASKS},
    {"plain HTTP to a bypassed name, no password", "GET http://@B/", OUTCOME_BYPASS, 0},
    {"plain HTTP to another name, no password", "GET http://@O/", OUTCOME_PASSWORD, IF_ASKS},
    {"plain HTTP to another name", "GET http://@O/@U", 0, 0},
    {"CONNECT to an odd port", "CONNECT @O:22 sni=@O@U", OUTCOME_SHOWN, 0},
    {"CONNECT to another port of TLS", "CONNECT @O:8443 sni=@O@U", OUTCOME_SHOWN, 0},
    {"plain HTTP to an odd port", "GET http://@O:22/@U", OUTCOME_SHOWN, 0},
    {"CONNECT to the proxy's own machine", "CONNECT 127.0.0.1:443@U", OUTCOME_SHOWN, 0},
    {"the manager of the proxy", "GET http://@O/squid-internal-mgr/info@U", OUTCOME_SHOWN, 0},
    {"a bypassed name, through a proxy in front", "CONNECT @B:443 sni=@B" CLAIM, OUTCOME_BYPASS, IF_FRONT},
    {"another name, through a proxy in front", "CONNECT @O:443 sni=@O@U" CLAIM, OUTCOME_INSPECT, IF_FRONT},
    {"a bypassed name, client of an unknown network", "CONNECT @B:443 sni=@B", OUTCOME_REFUSE, IF_FOREIGN | CLAIMED},
    {"another name, client of an unknown network", "CONNECT @O:443 sni=@O", OUTCOME_REFUSE, IF_FOREIGN | CLAIMED},
    {"another name, unknown network, with a password", "CONNECT @O:443 sni=@O@U", 0,
     IF_FOREIGN | IF_FOLLOWS | IF_ASKS | CLAIMED},
    {"plain HTTP to another name, unknown network", "GET http://@O/", OUTCOME_REFUSE, IF_FOREIGN},
    {"plain HTTP, client of an unknown network", "GET http://@O/@U", 0, IF_FOREIGN | IF_FOLLOWS | CLAIMED},
    {"another name, a client that is denied", "CONNECT @O:443 sni=@O@U", 0, IF_DENIED | IF_FOLLOWS | CLAIMED},
    {NULL, NULL, 0, 0},
};

static const struct row tls_rows[] = {
    {"a bypassed name", "INTERCEPT @b:443 sni=@B", OUTCOME_BYPASS, 0},
    {"a bypassed name, TLS 1.2", "INTERCEPT @b:443 sni=@B tls=1.2", OUTCOME_BYPASS, 0},
    {"a bypassed address, no SNI", "INTERCEPT @b:443", OUTCOME_ANY, 0},
    {"a bypassed address with another SNI", "INTERCEPT @b:443 sni=@O", OUTCOME_INSPECT | OUTCOME_ANY, IF_SNI},
    {"a bypassed name, helper dead", "INTERCEPT @b:443 sni=@B helper=dead", OUTCOME_ANY, 0},
    {"another name", "INTERCEPT @o:443 sni=@O", OUTCOME_INSPECT, 0},
    {"another name, TLS 1.2", "INTERCEPT @o:443 sni=@O tls=1.2", OUTCOME_INSPECT, 0},
    {"another name, helper dead", "INTERCEPT @o:443 sni=@O helper=dead", OUTCOME_INSPECT, 0},
    {"another name, helper's queue full", "INTERCEPT @o:443 sni=@O helper=full", OUTCOME_INSPECT, 0},
    {"another name, helper busy during ssl_bump", "INTERCEPT @o:443 sni=@O helper=busy", 0, 0},
    {"a stranger with a bypassed SNI", "INTERCEPT @s:443 sni=@B", OUTCOME_INSPECT, 0},
    {"a stranger with a bypassed SNI, TLS 1.2", "INTERCEPT @s:443 sni=@B tls=1.2", OUTCOME_INSPECT, 0},
    {"a stranger's address, no SNI", "INTERCEPT @A:443", OUTCOME_INSPECT, 0},
    {"a name that a local line inspects", "INTERCEPT @r:443 sni=@R", OUTCOME_INSPECT, 0},
    {"a name that the table inspects", "INTERCEPT @d:443 sni=@D", OUTCOME_INSPECT | OUTCOME_LISTED, 0},
    {"a bypassed name, client of an unknown network", "INTERCEPT @b:443 sni=@B", 0, IF_FOREIGN},
    {"another name, client of an unknown network", "INTERCEPT @o:443 sni=@O", 0, IF_FOREIGN},
    {NULL, NULL, 0, 0},
};

static const struct row http_rows[] = {
    {"plain HTTP to a bypassed name", "GET http://@B/", OUTCOME_BYPASS, 0},
    {"plain HTTP to another name", "GET http://@O/", 0, 0},
    {"plain HTTP to a bypassed name, client of an unknown network", "GET http://@B/", 0, IF_FOREIGN | CLAIMED},
    {"plain HTTP to another name, a client that is denied", "GET http://@O/", 0, IF_DENIED | IF_FOLLOWS | CLAIMED},
    {NULL, NULL, 0, 0},
};

/* What a letter stands for in a REQUEST; NULL: it stands for nothing. */
static const char *
meaning(const struct build *build, char letter)
{
    switch (letter) {
    case 'B': return build->bypassed.name;
    case 'b': return build->bypassed.address;
    case 'O': return outcome_other.name;
    case 'o': return outcome_other.address;
    case 'S': return outcome_stranger.name;
    case 's': return outcome_stranger.address;
    case 'A': return STRANGER_ADDRESS;
    case 'L': return build->local.name;
    case 'R': return build->refused.name;
    case 'r': return build->refused.address;
    case 'D': return build->inspected.name;
    case 'd': return build->inspected.address;
    case 'C': return build->client;
    default: return NULL;
    }
}

/* False: the situation cannot be, because there is no such name. */
static bool
fill_in(struct buf *ret, const struct build *build, const char *request)
{
    for (const char *at = request; *at != '\0'; at++) {
        if (*at != '@') {
            buf_add_char(ret, *at);
        } else if (*++at == 'U') {
            if (build->asks)
                buf_add_fmt(ret, " user=%s", build->user);
        } else {
            const char *text = meaning(build, *at);
            if (text == NULL)
                return false;
            buf_add_text(ret, text);
        }
    }
    buf_add_char(ret, '\0');
    return buf_ok(ret);
}

/* What can be true of this port. Without rules that decrypt nothing is to be inspected. */
static unsigned
possible(const struct build *build, const struct listener *listener, const struct row *row)
{
    unsigned wants = row->wants;
    bool plain = strncmp(row->request, "GET", 3) == 0, foreign = (row->only & IF_FOREIGN) != 0;
    if (!listener->port->bumps || !build->inspects)
        wants &= ~(unsigned)OUTCOME_INSPECT;
    if ((row->only & IF_SNI) != 0 && !build->reads_sni)
        wants &= ~(unsigned)OUTCOME_INSPECT;
    if (listener->closed)
        wants &= ~(unsigned)OUTCOME_BYPASS;
    if (!listener->asks)
        wants &= ~(unsigned)OUTCOME_PASSWORD;
    if (plain && (!build->at_80 || listener->bare))
        wants &= ~(unsigned)OUTCOME_BYPASS;
    if (listener->port->intercepts && !plain && !build->by_address)
        wants &= ~(unsigned)OUTCOME_BYPASS;
    bool other = strstr(row->request, "@O") != NULL && listener->asks; /* no worse than for one's own clients? */
    if (foreign && build->limits && (wants & OUTCOME_REFUSE) != 0 && !build->shuts && !other)
        wants |= OUTCOME_NOTE;
    return wants;
}

/* Who makes the request; NULL: nobody, as it cannot be. */
static const char *
client_of(const struct build *build, const struct listener *listener, const struct row *row)
{
    if (((row->only & IF_ASKS) != 0 && !build->asks) ||
        ((row->only & IF_FOLLOWS) != 0 && build->conf->follow.count == 0))
        return NULL;
    if ((row->only & IF_FOREIGN) != 0)
        return build_is_loopback(listener->port) ? NULL : build->foreign;
    if ((row->only & IF_DENIED) != 0)
        return build_is_loopback(listener->port) ? NULL : build->denied;
    return (row->only & IF_FRONT) != 0 ? build->front : build->client;
}

/* The same request, and the client says that it comes for another one. */
static void
add_claimed(struct build *build, const struct listener *listener, const struct row *row, const char *request)
{
    struct outcome_case *one =
        build_case(build, listener, build_text(build, "%s; a claimed address", row->title),
                   build_text(build, "%s header=\"X-Forwarded-For: %s\"", request, build->client));
    if (one == NULL)
        return;
    one->wants = OUTCOME_CLAIM;
    one->without = row->title;
}

static void
add_row(struct build *build, const struct listener *listener, const struct row *row)
{
    const char *client = client_of(build, listener, row);
    struct buf filled;
    if (client == NULL)
        return;
    buf_init(&filled, REQUEST_BYTES_MAX);
    if (fill_in(&filled, build, row->request)) {
        const char *request = build_text(build, "%s from=%s", filled.data, client);
        struct outcome_case *one = build_case(build, listener, row->title, request);
        if (one != NULL)
            one->wants = possible(build, listener, row);
        if (one != NULL && (row->only & CLAIMED) != 0 && build->conf->follow.count > 0)
            add_claimed(build, listener, row, request);
    }
    build->failed = build->failed || !buf_ok(&filled);
    buf_clear(&filled);
}

/* ---- ports ---- */

static bool
is_like(const struct port *a, const struct port *b)
{
    return a->https == b->https && a->intercepts == b->intercepts && a->serves == b->serves;
}

/* Next to intercepting ports, one on the loopback is Squid's own, for its icons and its manager. */
static bool
is_listener(struct listener *ret, const struct build *build, const struct port *port)
{
    bool intercepting = false;
    size_t alike = 0;
    for (size_t i = 0; i < build->conf->port_count; i++) {
        intercepting = intercepting || build->conf->ports[i].intercepts;
        alike += is_like(&build->conf->ports[i], port);
    }
    if (port->serves || (!port->intercepts && intercepting && build_is_loopback(port)))
        return false;
    *ret = (struct listener){.port = port, .named = alike > 1 || port->intercepts != port->https};
    ret->explicit = !port->intercepts;
    ret->tls = port->intercepts && port->https;
    ret->rows = ret->explicit ? explicit_rows : ret->tls ? tls_rows : http_rows;
    ret->kind = !port->intercepts ? "explicit" : port->https ? "intercept" : "intercept-http";
    return true;
}

static void
add_listener(struct build *build, struct listener *listener)
{
    const char *usual = build->client, *client = build_client_of(build, listener->port);
    listener->closed = client == NULL && build->serves;
    listener->apart = client != NULL && client != usual;
    build->listener = listener;
    build->client = client == NULL ? usual : client;
    listener->asks = !listener->apart && build_asks(build, build->client, listener->port, false);
    listener->bare = listener->explicit && build_is_bare(build, listener->port);
    for (const struct row *row = listener->rows; row->title != NULL; row++)
        add_row(build, listener, row);
    build_special(build, listener);
    build->listener = NULL;
    build->client = usual;
}

static void
add_rows(struct build *build)
{
    size_t count = 0;
    for (size_t i = 0; i < build->conf->port_count && count < LISTENERS_MAX; i++) {
        struct listener listener;
        if (!is_listener(&listener, build, &build->conf->ports[i]))
            continue;
        add_listener(build, &listener);
        count++;
    }
}

static void
add_host(struct build *build, const struct named *named)
{
    if (named->name != NULL)
        buf_add_fmt(&build->reverse, "%s %s\n", named->address, named->name);
}

static int
make_hosts(struct build *build, struct err *err)
{
    struct hosts *hosts = NULL;
    for (size_t i = 0; build->more != NULL && i < build->more->count; i++) {
        const char *address = build->more->address[i];
        add_host(build, &(struct named){build->more->name[i], address == NULL ? NEUTRAL_ADDRESS : address});
    }
    build_special_hosts(build);
    add_host(build, &outcome_other);
    add_host(build, &outcome_stranger);
    add_host(build, &build->local);
    add_host(build, &build->refused);
    add_host(build, &build->inspected);
    add_host(build, &build->bypassed);
    buf_add_char(&build->reverse, '\0');
    if (!buf_ok(&build->reverse))
        return err_set(err, ERR_MEM, "no memory for the names");
    int result = hosts_make(&hosts, build->reverse.data, true, build->arena, err);
    build->set->hosts = hosts;
    build->set->user = build->user;
    build->set->bypassed = build->bypassed.name;
    build->set->bypassed_address = build->bypassed.address;
    if (build->client != NULL)
        addr_parse(&build->set->client, build->client, strlen(build->client));
    return result;
}

int
outcome_cases_more(struct outcome_set *ret, const struct ruleset *conf, const struct outcome_names *names,
                   struct arena *arena, struct err *err)
{
    struct outcome_set set = {.arena = arena};
    struct build build = {.conf = conf, .set = &set, .arena = arena, .more = names};
    buf_init(&build.reverse, HOSTS_BYTES_MAX);
    build_names(&build);
    build_purpose(&build);
    build_clients(&build);
    add_rows(&build);
    int result = make_hosts(&build, err);
    buf_clear(&build.reverse);
    if (result == 0 && (build.failed || !arena_ok(arena)))
        result = err_set(err, ERR_MEM, "no memory for the situations");
    if (result == 0)
        *ret = set;
    return result;
}

int
outcome_cases(struct outcome_set *ret, const struct ruleset *conf, struct arena *arena, struct err *err)
{
    return outcome_cases_more(ret, conf, NULL, arena, err);
}
