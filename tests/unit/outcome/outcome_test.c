// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_test.c - outcome.h: which situations a configuration makes, how they end and which must end otherwise, what
 * differs between two, and that lack of memory is never a table.
 *
 * How a single request ends is tested in unit/course, and against a real Squid in tests/squidmodel.
 */
#include "outcome/outcome.h"
#include "outcome/outcome_user.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alloc_fails.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "compile/load.h"
#include "image/image.h"
#include "ruleset/ruleset.h"
#include "unit.h"

#define ARENA_MAX ((size_t)256 << 20)
#define TODAY 20000
#define AUTH "auth_param basic program /x\nacl users proxy_auth bob\n"
#define PORT "http_port 3128 ssl-bump tls-cert=/x\n"
#define TLS "https_port 3130 intercept ssl-bump tls-cert=/x\n"
#define M "external_acl_type m %>rd %#ssl::>sni %>rP /x/ext_m365_acl\nacl m external m\n"
#define STEP "acl step1 at_step SslBump1\nssl_bump peek step1\n"
#define GUARD "acl noted note m365_why_ rule\nssl_bump bump !noted\n"
#define ACCESS "acl own src 10.0.0.0/8\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow users\n"
#define BUMP "ssl_bump splice m\nssl_bump bump all\n"
#define BOB " user=bob from=10.1.0.5\n"

static const char table[] = "optimize outlook.office365.com id=1 source=x area=Exchange tcp=80,443\n"
                            "optimize 52.96.0.0/14 id=1 source=x area=Exchange tcp=80,443\n"
                            "allow partner.example\ninspect bad.office365.com\n";

static struct image *
open_table(void)
{
    struct image *image = NULL;
    struct err err = {0};
    const char *source = folder_path("m365.rules");
    const struct load_options options = {.sources = &source, .source_count = 1};
    folder_write("m365.rules", table, sizeof table - 1);
    if (load_image(&image, &options, &err) != 0)
        fail_msg("%s", err.text);
    return image;
}

/* One configuration, its situations and their ends. */
struct side {
    struct ruleset *conf;
    struct outcome_set set;
    struct outcome *outcomes;
};

static bool
open_side(struct side *ret, const char *conf, const struct image *image, struct arena *arena)
{
    const struct ruleset_about about = {.version = 5, .arena = arena};
    struct err err = {0};
    folder_write("squid.conf", conf, strlen(conf));
    if (ruleset_open(&ret->conf, folder_path("squid.conf"), &about, &err) != 0)
        return false;
    for (size_t i = 0; i < ret->conf->helper_count; i++) {
        ret->conf->helpers[i].image = image;
        ret->conf->helpers[i].today = TODAY;
    }
    if (outcome_cases(&ret->set, ret->conf, arena, &err) != 0)
        return false;
    ret->outcomes = arena_array(arena, ret->set.count + 1, sizeof *ret->outcomes);
    return ret->outcomes != NULL && outcome_find(ret->outcomes, &ret->set, ret->conf, arena, &err) == 0;
}

#define TWO "acl lan1 src 10.1.0.0/16\nacl lan2 src 10.2.0.0/16\n"
#define BOTH                                                                                                           \
    "http_access allow lan1 m\nhttp_access allow lan2 m\nhttp_access allow lan1 users\nhttp_access allow lan2 users\n"

struct row {
    const char *why, *conf;
    const char *title, *want; /* the end, marked if it must be another; NULL: no such situation */
};

static void
check_row(const struct row *row, const struct image *image)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct side side = {.conf = NULL};
    char words[OUTCOME_WORDS_MAX] = "";
    bool marked = false, found = false;
    assert_true(open_side(&side, row->conf, image, arena));
    for (size_t i = 0; i < side.set.count && !found; i++) {
        found = strcmp(side.set.cases[i].title, row->title) == 0;
        if (!found)
            continue;
        outcome_words(words, &side.outcomes[i]);
        marked = outcome_marked(&side.set, side.outcomes, i);
    }
    CHECK(row->why, found == (row->want != NULL));
    if (found && row->want != NULL) {
        CHECK(row->why, marked == (row->want[0] == '!'));
        check_text(row->why, words, strlen(words), row->want + marked);
    }
    ruleset_close(side.conf);
    arena_free(arena);
}

static const struct row rows[] = {
    {"as it should be", PORT AUTH M ACCESS STEP GUARD BUMP, "a bypassed name, no password", "splice"},
    {"and inspected", PORT AUTH M ACCESS STEP GUARD BUMP, "another name", "bump"},
    {"a local line that bypasses", PORT AUTH M ACCESS STEP BUMP, "a name that a local line bypasses", "splice"},
    {"a local line that inspects", PORT AUTH M ACCESS STEP BUMP, "a name that a local line inspects", "bump"},
    {"without a guard", PORT AUTH M ACCESS STEP BUMP, "another name, helper busy during ssl_bump", "!splice"},
    {"with one", PORT AUTH M ACCESS STEP GUARD BUMP, "another name, helper busy during ssl_bump", "bump"},
    {"the SNI is never read", PORT AUTH M ACCESS BUMP, "a bypassed name with another SNI", "!splice"},
    {"peek at every step", PORT AUTH M ACCESS "ssl_bump peek all\n" BUMP, "another name", "!splice"},
    {"all are spliced", PORT AUTH M ACCESS "ssl_bump splice all\n" BUMP, "a stranger with a bypassed SNI", "!splice"},
    {"nothing is to be inspected", PORT AUTH M ACCESS "ssl_bump splice all\n", "another name", "splice"},
    {"no password is asked for", PORT AUTH M "acl own src 10.0.0.0/8\nhttp_access allow own\nhttp_access allow users\n",
     "another name, no password", "!splice"},
    {"no password is wanted", PORT M "http_access allow all\n", "another name, no password", NULL},
    {"no table", PORT "http_access allow all\n", "a bypassed name, no password", NULL},
    {"clients of any network", PORT AUTH M "http_access allow m\nhttp_access allow users\n" STEP GUARD BUMP,
     "a bypassed name, client of an unknown network", "!splice"},
    {"only those of ours", PORT AUTH M ACCESS STEP GUARD BUMP, "a bypassed name, client of an unknown network", "deny"},
    {"others have networks, the bypass has none",
     PORT M "acl own src 10.0.0.0/8\nhttp_access allow m\nhttp_access allow own\n" STEP GUARD BUMP,
     "a bypassed name, client of an unknown network", "splice"},
    {"a port on the loopback has no such client",
     "http_port 127.0.0.1:3128 ssl-bump tls-cert=/x\n" AUTH M "http_access allow m\nhttp_access allow users\n",
     "a bypassed name, client of an unknown network", NULL},
    {"a list of the administrator's own trusts the SNI",
     PORT AUTH M ACCESS STEP "acl bank ssl::server_name .bank.example\nssl_bump splice bank\n" BUMP,
     "a stranger with an SNI of your list `bank`", "!splice"},
    {"Squid verifies it where it intercepts",
     TLS M "http_access allow all\n" STEP "acl bank ssl::server_name .bank.example\nssl_bump splice bank\n" BUMP,
     "a stranger with an SNI of your list `bank`", "conflict"},
    {"a list by regex",
     PORT AUTH M ACCESS STEP "acl bank ssl::server_name_regex (^|\\.)bank\\.example$\nssl_bump splice bank\n" BUMP,
     "a name of your list `bank`", "splice"},
    {"the name of an address is not to be trusted",
     PORT AUTH M ACCESS STEP "acl bank dstdomain .bank.example\nssl_bump splice bank\n" BUMP,
     "an address with a reverse name of your list `bank`", "!splice"},
    {"nor looked up", PORT AUTH M ACCESS STEP "acl bank dstdomain -n .bank.example\nssl_bump splice bank\n" BUMP,
     "an address with a reverse name of your list `bank`", "bump"},
    {"clients whom another rule lets in are inspected",
     PORT AUTH M "acl vip src 192.168.1.1\nhttp_access allow vip\n" ACCESS STEP GUARD BUMP,
     "a bypassed name, client of `vip`", "!bump"},
    {"the usual client is not of a small network with an exception",
     PORT AUTH M "acl own src 10.0.0.0/8\nacl office src 10.1.0.0/16\nacl ms dstdomain .office365.com\n"
                 "http_access deny !own\nhttp_access allow office m\nhttp_access deny ms\nhttp_access allow m\n"
                 "http_access allow users\n" STEP GUARD BUMP,
     "a bypassed name of your list `ms`", "deny"},
    {"nor of one as large as another that is named, too",
     PORT AUTH M "acl own src 10.1.0.0/16 172.16.0.0/12\nacl office src 10.1.0.0/16\nacl ms dstdomain .office365.com\n"
                 "http_access deny !own\nhttp_access allow office m\nhttp_access deny ms\nhttp_access allow m\n"
                 "http_access allow users\n" STEP GUARD BUMP,
     "a bypassed name of your list `ms`", "deny"},
    {"a list that comes too late for most",
     PORT AUTH M ACCESS "acl ms dstdomain .office365.com\nhttp_access deny ms\n" STEP GUARD BUMP,
     "a bypassed name of your list `ms`", "splice"},
    {"an exception of that small network stays in sight",
     PORT AUTH M "acl own src 10.0.0.0/8\nacl office src 10.1.0.0/16\nacl ms dstdomain .office365.com\n"
                 "http_access deny !own\nhttp_access allow office m\nhttp_access deny ms\nhttp_access allow m\n"
                 "http_access allow users\n" STEP GUARD BUMP,
     "a bypassed name of your list `ms`, client of `office`", "splice"},
    {"a network in ssl_bump is small, too",
     PORT AUTH M ACCESS STEP GUARD "acl office src 10.1.0.0/16\nacl ms ssl::server_name .office365.com\n"
                                   "ssl_bump splice office m\nssl_bump terminate ms\n" BUMP,
     "a bypassed name of your list `ms`", "terminate"},
    {"one network is asked for a password, and not the usual client",
     PORT AUTH M "acl own src 10.0.0.0/8\nacl kids src 10.7.0.0/16\nhttp_access deny kids !users\n"
                 "http_access deny !own\nhttp_access allow m\nhttp_access allow own\n" STEP GUARD BUMP,
     "another name, no password", "bump"},
    {"that one is",
     PORT AUTH M "acl own src 10.0.0.0/8\nacl kids src 10.7.0.0/16\nhttp_access deny !own\nhttp_access allow m\n"
                 "http_access allow own\nhttp_access deny kids !users\n" STEP GUARD BUMP,
     "another name, no password, client of `kids`", "!bump"},
    {"a network as large as that of most has no bypass",
     PORT AUTH M TWO
     "http_access allow lan1 m\nhttp_access allow lan1 users\nhttp_access allow lan2 users\n" STEP GUARD BUMP,
     "a bypassed name, client of `lan2`", "!ask"},
    {"a smaller one may have none",
     PORT AUTH M TWO "acl lab src 10.2.7.0/24\nhttp_access allow lab users\n" BOTH STEP GUARD BUMP,
     "a bypassed name, client of `lab`", "ask"},
    {"and may be cut off", PORT AUTH M TWO BOTH STEP "acl lab src 10.2.7.0/24\nssl_bump terminate lab\n" GUARD BUMP,
     "a bypassed name, client of `lab`", "terminate"},
    {"or refused later",
     PORT AUTH M TWO BOTH "acl lab src 10.2.7.0/24\nmiss_access deny lab\nmiss_access allow all\n" STEP GUARD BUMP,
     "a bypassed name, client of `lab`", "deny"},
    {"one that is refused everything is no client",
     PORT AUTH M TWO "acl lab src 10.2.7.0/24\nhttp_access deny lab\n" BOTH STEP GUARD BUMP,
     "a bypassed name, client of `lab`", NULL},
    {"a list for the second network trusts the SNI",
     PORT AUTH M TWO BOTH STEP "acl ms ssl::server_name outlook.office365.com\nssl_bump splice lan2 ms\n" GUARD BUMP,
     "a stranger with a bypassed SNI, client of `lan2`", "!splice"},
    {"the list is asked about there",
     PORT AUTH M TWO BOTH STEP "acl bank ssl::server_name .bank.example\nssl_bump splice lan2 bank\n" GUARD BUMP,
     "a stranger with an SNI of your list `bank`, client of `lan2`", "!splice"},
    {"a network that is spliced is not to be inspected",
     PORT AUTH M TWO BOTH STEP
     "acl bank ssl::server_name .bank.example\nssl_bump splice lan2\nssl_bump splice lan2 bank\n" GUARD BUMP,
     "a stranger with an SNI of your list `bank`, client of `lan2`", "splice"},
    {"a guard for one network only",
     PORT AUTH M TWO BOTH STEP "acl noted note m365_why_ rule\nssl_bump bump lan1 !noted\n" BUMP,
     "another name, helper busy during ssl_bump, client of `lan2`", "!splice"},
    {"intercepted, too",
     TLS M TWO "http_access allow lan1\nhttp_access allow lan2\n" STEP "ssl_bump splice lan1 m\nssl_bump bump all\n",
     "a bypassed name, client of `lan2`", "!bump"},
    {"what is as for most is no situation",
     PORT AUTH M TWO "acl odd port 22\nhttp_access deny lan2 odd\n" ACCESS STEP GUARD BUMP,
     "a bypassed name, client of `lan2`", NULL},
    {"a browser that is peeked at twice",
     PORT AUTH M ACCESS "acl teams browser ^Teams\nssl_bump peek teams\n" STEP GUARD BUMP,
     "another name, but the header of `teams`", "!splice"},
    {"a list for any of two networks",
     PORT AUTH M TWO BOTH STEP "acl lan3 src 10.3.0.0/16\nacl who any-of lan3 lan2\n"
                               "acl bank ssl::server_name .bank.example\nssl_bump splice who bank\n" GUARD BUMP,
     "a stranger with an SNI of your list `bank`, client of `lan2`", "!splice"},
    {"a list for all but those",
     PORT AUTH M TWO BOTH STEP "acl lan3 src 10.3.0.0/16\nacl who any-of lan3 lan2\n"
                               "acl bank ssl::server_name .bank.example\nssl_bump splice !who bank\n" GUARD BUMP,
     "a stranger with an SNI of your list `bank`", "!splice"},
    {"a list in one group with a network",
     PORT AUTH M TWO BOTH STEP "acl ms ssl::server_name .office365.com\nacl both all-of lan2 ms\n"
                               "ssl_bump terminate both\n" GUARD BUMP,
     "a bypassed name of your list `ms`, client of `lan2`", "terminate"},
    {"the same list for another network",
     PORT AUTH M TWO "acl ms dstdomain .office365.com\nacl lab src 10.2.7.0/24\nacl top src 10.2.8.0/24\n"
                     "http_access deny lab ms\nhttp_access deny top ms\n" BOTH STEP GUARD BUMP,
     "a bypassed name of your list `ms`, client of `top`", "deny"},
    {"users of a network who are cut off",
     PORT AUTH M TWO BOTH STEP "acl amy proxy_auth amy\nssl_bump terminate amy lan2\n" GUARD BUMP,
     "a bypassed name, user of `amy`, client of `lan2`", "terminate"},
    {"a port that no rule inspects",
     PORT AUTH M ACCESS STEP "acl p443 port 443\nssl_bump splice m\nssl_bump bump p443\n", "another name, port 8443",
     "!splice"},
    {"a port that a rule splices", PORT AUTH M ACCESS STEP "acl p443 port 443\nssl_bump splice !p443\n" GUARD BUMP,
     "another name, port 8443", "splice"},
    {"no rule is about ports", PORT AUTH M ACCESS STEP GUARD BUMP, "another name, port 8443", NULL},
    {"guests of an equal network are not the usual client",
     PORT "auth_param basic program /x\nacl users proxy_auth REQUIRED\n" M TWO
          "acl own src 10.1.0.0/16 10.2.0.0/16\nhttp_access allow own m\nhttp_access allow "
          "lan1\nhttp_access allow own users\n",
     "another name, no password", "ask"},
    {"at a port where nobody is asked",
     "http_port 3128 name=open\n" AUTH M "acl other myportname other\nhttp_access deny other !users\n"
     "http_access allow all\n",
     "another name, no password", "splice"},
    {"what hangs on the time is meant",
     PORT AUTH M "acl night time 00:00-06:00\n" ACCESS STEP "ssl_bump splice night\n" BUMP, "another name",
     "splice or bump"},
    {"but not what else is wrong at that time",
     PORT AUTH M "acl night time 00:00-06:00\nhttp_access deny night\n" ACCESS "ssl_bump splice all\n" BUMP,
     "another name", "!splice or deny"},
};

static void
ends(void **state)
{
    (void)state;
    struct image *image = open_table();
    for (size_t i = 0; i < ROWS(rows); i++)
        check_row(&rows[i], image);
    image_close(image);
}

/* Of several courses the most open one counts. */
static void
openness(void **state)
{
    static const struct {
        enum course_end end[2];
        enum outcome_openness want;
    } ends_of[] = {
        {{END_DENY, END_ASK}, OUTCOME_CLOSED},     {{END_TERMINATE, END_CONFLICT}, OUTCOME_CLOSED},
        {{END_BUMP, END_DENY}, OUTCOME_INSPECTED}, {{END_DENY, END_BUMP}, OUTCOME_INSPECTED},
        {{END_SPLICE, END_BUMP}, OUTCOME_OPEN},    {{END_DENY, END_ALLOW}, OUTCOME_OPEN},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(ends_of); i++) {
        struct course course[2] = {{.end = ends_of[i].end[0]}, {.end = ends_of[i].end[1]}};
        struct outcome outcome = {.possible = true, .courses = {.course = course, .count = 2}};
        assert_int_equal(outcome_openness(&outcome), ends_of[i].want);
        assert_int_equal(outcome_through(&outcome), ends_of[i].want != OUTCOME_CLOSED);
        outcome.possible = false;
        assert_int_equal(outcome_openness(&outcome), OUTCOME_CLOSED);
    }
}

static void
changes(void **state)
{
    (void)state;
    struct image *image = open_table();
    struct arena *arena = arena_new(ARENA_MAX);
    struct side before = {.conf = NULL}, after = {.conf = NULL};
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_true(open_side(&before, PORT AUTH M ACCESS STEP GUARD BUMP, image, arena));
    assert_true(open_side(&after, PORT AUTH M ACCESS STEP BUMP, image, arena));
    assert_int_equal(outcome_add(&after.set, &before.set, &err), 0);
    assert_int_equal(after.set.count, before.set.count);
    assert_int_equal(outcome_print_changes(&out, &after.set, before.outcomes, after.outcomes), 1);
    buf_add_char(&out, '\0');
    check_says("the row", out.data, "! another name, helper busy during ssl_bump");
    check_says("its ends", out.data, " bump             -> splice ");
    assert_int_equal(outcome_print_changes(&out, &before.set, before.outcomes, before.outcomes), 0);
    buf_clear(&out);
    ruleset_close(before.conf);
    ruleset_close(after.conf);
    arena_free(arena);
    image_close(image);
}

#define LISTS                                                                                                          \
    "auth_param basic program /x\nacl users proxy_auth REQUIRED\nacl exec proxy_auth ceo bob\nacl bob proxy_auth -i "  \
    "BOB\n"                                                                                                            \
    "acl vip proxy_auth_regex -i ^vip\nexternal_acl_type grp %LOGIN /x\nacl group external grp g\n"                    \
    "acl many max_user_ip 2\nacl own src 10.0.0.0/8\nacl upper proxy_auth BOSS\n"

/* The users, and which ACL takes whom: `-` not, `+` always, `?` it hangs on something else. */
static void
users(void **state)
{
    static const struct {
        const char *acl, *takes; /* of nobody special, exec, bob, vip, and the group */
    } want[] = {{"users", "+++++"},
                {"exec", "-++--"},
                {"bob", "--+--"},
                {"vip", "---+-"},
                {"group", "----+"},
                {"many", "-----"},
                {"own", "?????"},
                {"ownexec", "-?"
                            "?--"},
                {"either", "?++??"},
                {"notexec", "+--++"},
                {"lines", "-++?-"}};
    (void)state;
    struct arena *arena = arena_new(ARENA_MAX);
    struct side side = {.conf = NULL};
    struct outcome_users found;
    assert_true(open_side(&side,
                          PORT LISTS
                          "acl ownexec all-of own exec\nacl either any-of own exec\nacl notexec any-of !exec\n"
                          "acl lines all-of own vip\nacl lines all-of exec\n"
                          "http_access allow own exec\nhttp_access deny !bob\nhttp_access deny group\n"
                          "http_access allow lines\nhttp_access allow group\nhttp_access allow users\n"
                          "http_access allow ownexec either notexec many\n",
                          NULL, arena));
    assert_true(outcome_users_find(&found, side.conf, arena));
    assert_int_equal(found.count, 5);
    assert_string_equal(found.user[0].name, "alice");
    assert_string_equal(found.user[1].name, "ceo"); /* no other list has that one */
    assert_string_equal(found.user[2].name, "bob"); /* as ACLs see it */
    assert_string_equal(found.user[3].name, "vip");
    assert_string_equal(found.user[4].name, "alice");
    for (size_t i = 0; i < ROWS(want); i++) {
        const struct acl *acl = NULL;
        char got[6] = "";
        for (size_t b = 0; b < ACL_BUCKETS; b++) {
            for (const struct acl *at = side.conf->buckets[b]; at != NULL; at = at->next)
                acl = strcmp(at->name, want[i].acl) == 0 ? at : acl;
        }
        for (size_t u = 0; u < found.count; u++)
            got[u] = "-+?"[outcome_user_takes(acl, &found.user[u])];
        check_text(want[i].acl, got, strlen(got), want[i].takes);
    }
    ruleset_close(side.conf);
    arena_free(arena);
}

/* The user of the situations: an ordinary one, if the file lets such in by a password. */
static void
usual(void **state)
{
    static const struct {
        const char *rules, *user;
    } want[] = {{"allow own exec\nhttp_access allow own users\n", "alice"},
                {"allow own exec\n", "ceo"},
                {"deny own !vip\nhttp_access allow own\n", "vip"},
                {"allow own group\n", "alice"},
                {"allow own upper\nhttp_access allow own exec\n", "ceo"}}; /* nobody is in `upper` */
    (void)state;
    for (size_t i = 0; i < ROWS(want); i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct side side = {.conf = NULL};
        char conf[1024];
        snprintf(conf, sizeof conf, "%shttp_access %shttp_access deny all\n", PORT LISTS, want[i].rules);
        assert_true(open_side(&side, conf, NULL, arena));
        assert_string_equal(side.set.user, want[i].user);
        ruleset_close(side.conf);
        arena_free(arena);
    }
}

static const struct image *at_hand;
static size_t at_hand_count;

/* True if the whole table was made. */
static bool
makes_table(const char *conf)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct side side = {.conf = NULL};
    bool good = arena != NULL && open_side(&side, conf, at_hand, arena) && side.set.count == at_hand_count;
    ruleset_close(side.conf);
    arena_free(arena);
    return good;
}

static void
memory(void **state)
{
    (void)state;
    struct image *image = open_table();
    at_hand = image;
    at_hand_count = 35;
    alloc_each_fails(makes_table,
                     PORT AUTH M ACCESS STEP "acl bank dstdomain .bank.example\nssl_bump splice bank\n" BUMP, 4);
    at_hand_count = 37;
    alloc_each_fails(makes_table,
                     PORT AUTH M TWO BOTH STEP "acl noted note m365_why_ rule\nssl_bump bump lan1 !noted\n" BUMP, 4);
    image_close(image);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ends),  cmocka_unit_test(openness), cmocka_unit_test(changes),
                                       cmocka_unit_test(users), cmocka_unit_test(usual),    cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
