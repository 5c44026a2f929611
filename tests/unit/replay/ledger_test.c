// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ledger_test.c - ledger.h: which destination a line is counted for, what it adds, and that a full ledger counts a line
 * whole or not at all.
 */
#include "replay/ledger.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "log/log.h"
#include "unit.h"

#define MEMORY ((size_t)1 << 20)

static struct squid_word
word(const char *text)
{
    return (struct squid_word){text, strlen(text)};
}

static const struct {
    const char *why, *method, *url, *host, *port, *sni, *result, *bump;
    unsigned status, took;
    const char *want; /* key, and which counts are 1 besides requests; NULL: no host */
} rows[] = {
    {"tunnel", "CONNECT", "a.example:443", "", "", "", "TCP_TUNNEL", "", 200, 5000, "a.example 443 - -: tunnels"},
    {"upper case", "CONNECT", "A.Example:443", "", "", "", "TCP_TUNNEL", "", 200, 5000, "a.example 443 - -: tunnels"},
    {"bumped", "CONNECT", "a.example:8443", "", "", "a.example", "NONE_NONE", "", 200, 5,
     "a.example 8443 a.example -: bumped"},
    {"bumped, by its mode", "CONNECT", "a.example:443", "", "", "", "", "bump", 200, 5, "a.example 443 - -: bumped"},
    {"spliced, by its mode", "CONNECT", "a.example:443", "", "", "", "NONE_NONE", "splice", 200, 5,
     "a.example 443 - -: tunnels"},
    {"peeked only", "CONNECT", "a.example:443", "", "", "", "NONE_NONE", "peek", 200, 5, "a.example 443 - -:"},
    {"a tunnel that failed", "CONNECT", "a.example:443", "", "", "", "NONE_NONE", "", 503, 5, "a.example 443 - -:"},
    {"asked", "CONNECT", "a.example:443", "", "", "", "TCP_DENIED", "", 407, 5, "a.example 443 - -: asked"},
    {"denied", "CONNECT", "a.example:443", "", "", "", "TCP_DENIED", "", 403, 5, "a.example 443 - -: denied"},
    {"given up", "CONNECT", "a.example:443", "", "", "", "TCP_TUNNEL_ABORTED", "", 200, 999,
     "a.example 443 - -: tunnels broken"},
    {"not so soon", "CONNECT", "a.example:443", "", "", "", "TCP_TUNNEL_ABORTED", "", 200, 1000,
     "a.example 443 - -: tunnels"},
    {"inside", "GET", "https://a.example/b?c:1@d", "", "", "", "TCP_MISS", "", 200, 5, "a.example 443 - -: inner"},
    {"plain", "GET", "http://a.example/b", "", "", "", "TCP_MISS", "", 200, 5, "a.example 80 - -:"},
    {"a port", "GET", "http://a.example:8080/", "", "", "", "TCP_MISS", "", 200, 5, "a.example 8080 - -:"},
    {"IPv6", "CONNECT", "[2001:db8::1]:443", "", "", "", "TCP_TUNNEL", "", 200, 5000, "2001:db8::1 443 - -: tunnels"},
    {"host and port of their own", "CONNECT", "x:1", "a.example", "444", "", "TCP_TUNNEL", "", 200, 5000,
     "a.example 444 - -: tunnels"},
    {"a byte that is no host", "CONNECT", "a\001b:443", "", "", "", "TCP_TUNNEL", "", 200, 5000,
     "a?b 443 - -: tunnels"},
    {"no port", "CONNECT", "a.example:99999", "", "", "", "TCP_TUNNEL", "", 200, 5000, "a.example 0 - -: tunnels"},
    {"an error", "NONE", "error:invalid-request", "", "", "", "NONE", "", 400, 5, NULL},
    {"Squid's own", "GET", "/squid-internal-mgr/info", "", "", "", "TCP_MISS", "", 200, 5, NULL},
    {"the manager, as before version 6", "GET", "cache_object://proxy/info", "", "", "", "TCP_MISS", "", 200, 5, NULL},
    {"nothing", "GET", "", "", "", "", "TCP_MISS", "", 200, 5, NULL},
};

static enum ledger_fate
add(struct ledger *ledger, const struct log_line *line)
{
    struct ledger_ready ready;
    ledger_prepare(&ready, ledger, line);
    return ledger_add(ledger, &ready, line);
}

static void
print_entry(char *ret, size_t room, const struct ledger_entry *entry)
{
    static const char *const names[LEDGER_COUNTS] = {"",         "",        " asked", " denied",
                                                     " tunnels", " bumped", " inner", " broken"};
    const char *text = entry->text;
    int n = snprintf(ret, room, "%.*s %u %.*s %.*s:", entry->len[0], text, entry->port, entry->len[1],
                     text + entry->len[0], entry->len[2], text + entry->len[0] + entry->len[1]);
    for (size_t i = LEDGER_ASKED; i < LEDGER_COUNTS; i++)
        n += snprintf(ret + n, room - (size_t)n, "%s", entry->count[i] == 1 ? names[i] : "");
}

static void
destinations(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena *arena = arena_new(MEMORY);
        struct ledger *ledger = ledger_new(arena, MEMORY, NULL);
        struct log_line line = {.when = 1790000000123, .took = rows[i].took, .bytes = 7, .status = rows[i].status};
        line.method = word(rows[i].method);
        line.url = word(rows[i].url);
        line.host = word(rows[i].host);
        line.port = word(rows[i].port);
        line.sni = word(rows[i].sni);
        line.result = word(rows[i].result);
        line.bump = word(rows[i].bump);
        line.client = word("10.0.0.1");
        enum ledger_fate fate = add(ledger, &line);
        CHECK(rows[i].why, fate == (rows[i].want == NULL ? LEDGER_NO_HOST : LEDGER_COUNTED));
        struct buf room;
        size_t count;
        buf_init(&room, MEMORY);
        const struct ledger_entry *const *entries = NULL;
        assert_true(ledger_sort(&entries, &count, ledger, &room));
        CHECK(rows[i].why, count == (rows[i].want == NULL ? 0 : 2)); /* the host and the client */
        if (count > 0) {
            char got[512];
            print_entry(got, sizeof got, entries[0]);
            check_text(rows[i].why, got, strlen(got), rows[i].want);
            CHECK(rows[i].why, entries[0]->count[LEDGER_REQUESTS] == 1 && entries[0]->count[LEDGER_BYTES] == 7);
            CHECK(rows[i].why, entries[0]->first == 1790000000 && entries[0]->last == 1790000000);
            CHECK(rows[i].why, entries[1]->kind == LEDGER_CLIENT && clients_count(&entries[0]->clients, NULL) == 1);
        }
        buf_clear(&room);
        ledger_close(ledger);
        arena_free(arena);
    }
}

/* A small ledger is full again and again; what was counted before each reset adds up to all lines. */
static void
full(void **state)
{
    (void)state;
    struct arena *arena = arena_new(MEMORY);
    struct ledger *ledger = ledger_new(arena, (size_t)160 << 10, NULL);
    struct buf room;
    uint64_t seed = 5, sums[2] = {0};
    unsigned resets = 0;
    const unsigned lines = 20000;
    buf_init(&room, MEMORY);
    for (unsigned i = 0; i <= lines; i++) {
        char host[32], client[32];
        snprintf(host, sizeof host, "h%u.example:443", next_random(&seed) % 3000);
        snprintf(client, sizeof client, "10.0.%u.%u", next_random(&seed) % 8, next_random(&seed) % 250);
        struct log_line line = {.when = 1790000000000, .url = word(host), .client = word(client)};
        enum ledger_fate fate = i == lines ? LEDGER_FULL : add(ledger, &line);
        if (fate == LEDGER_COUNTED)
            continue;
        size_t count;
        const struct ledger_entry *const *entries = NULL;
        assert_true(ledger_sort(&entries, &count, ledger, &room));
        for (size_t j = 0; j < count; j++) {
            sums[entries[j]->kind] += entries[j]->count[LEDGER_REQUESTS];
            CHECK("in order", j == 0 || ledger_compare(entries[j - 1], entries[j]) < 0);
        }
        assert_true(ledger_reset(ledger));
        resets++;
        if (i < lines)
            assert_int_equal(add(ledger, &line), LEDGER_COUNTED);
    }
    CHECK("full more than once", resets > 2);
    assert_int_equal(sums[LEDGER_HOST], lines);
    assert_int_equal(sums[LEDGER_CLIENT], lines);
    buf_clear(&room);
    ledger_close(ledger);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(destinations), cmocka_unit_test(full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
