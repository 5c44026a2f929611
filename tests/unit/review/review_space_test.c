// SPDX-License-Identifier: GPL-2.0-or-later
/* review_space_test.c - review.h: the gates about address space, that is special-use prefixes and how much the bypassed
 * addresses grow; and wildcards below a tenant. They hold under every mode, and when a person publishes. */
#include "review/review.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "diff_stage.h"
#include "store/candidate.h"
#include "store/document.h"
#include "unit.h"

#define W " source=worldwide tcp=443\n"
#define BASE                                                                                                           \
    "optimize mail.example id=1" W "optimize 52.96.0.0/14 id=1" W "allow *.files.example id=2" W                       \
    "default www.example id=3" W

#define SPECIAL "bypassed prefixes in special-use address space, which no service on the Internet has: "

struct asked {
    const char *conf, *was, *is;
    bool first;
};

/* All reasons, each in its own line. */
static void
hear(struct buf *ret, const struct asked *asked, bool by_hand)
{
    struct err err = {0};
    struct conf *conf;
    struct stage stage;
    struct review review;
    struct arena *arena = arena_new((size_t)1 << 24);
    char text[200];
    int len =
        snprintf(text, sizeof text, "review auto\ndefault_canaries off\n%s", asked->conf == NULL ? "" : asked->conf);
    if (conf_read_bytes(&conf, "/test/m365.conf", text, (size_t)len, &err) != 0)
        fail_msg("%s", err.text);
    stage_diff_with(&stage, &(struct stage_input){.was = asked->was, .is = asked->is, .is_policy = &conf->policy});
    const struct candidate candidate = {.table = stage.is, .image = stage.is_image};
    const struct documents documents = {.count = 0};
    const struct proposal proposal = {
        .conf = conf,
        .candidate = &candidate,
        .documents = &documents,
        .old_documents = asked->first ? NULL : &documents,
        .diff = stage.diff,
        .by = "update",
        .by_hand = by_hand,
        .now = (int64_t)STAGE_TODAY * 86400,
    };
    if (review_decide(&review, arena, &proposal, &err) != 0)
        fail_msg("%s", err.text);
    buf_init(ret, 10000);
    for (size_t i = 0; i < review.reason_count; i++)
        buf_add_fmt(ret, "%s\n", review.reasons[i]);
    assert_int_equal(review.publish, review.reason_count == 0);
    stage_clear(&stage);
    conf_free(conf);
    arena_free(arena);
}

/* Exactly these reasons, in an update and by hand. */
static void
check(const char *why, const struct asked *asked, const char *want)
{
    for (int by_hand = 0; by_hand < 2; by_hand++) {
        struct buf got;
        hear(&got, asked, by_hand != 0);
        check_text(why, got.len == 0 ? "" : got.data, got.len, want);
        buf_clear(&got);
    }
}

static const struct {
    const char *why;
    struct asked asked;
    const char *want;
} rows[] = {
    {"private addresses join a bypassed set",
     {.was = BASE, .is = BASE "optimize 10.0.0.0/12 id=1" W},
     SPECIAL
     "10.0.0.0/12 private use (RFC 1918) (Optimize, set 1, worldwide)\n"
     "the bypassed published prefixes gain 1048576 IPv4 addresses on top of 262144, more than the growth_limit of "
     "30 %\n"},
    {"loopback, in a new set",
     {.was = BASE, .is = BASE "allow 127.0.0.1/32 id=7" W},
     SPECIAL "127.0.0.1/32 loopback (RFC 1122) (Allow, set 7, worldwide)\n"},
    {"several",
     {.was = BASE, .is = BASE "allow 169.254.0.0/16 id=2" W "allow 100.64.1.0/24 id=2" W},
     SPECIAL "100.64.1.0/24 shared address space (RFC 6598) (Allow, set 2, worldwide); "
             "169.254.0.0/16 link local (RFC 3927) (Allow, set 2, worldwide)\n"},
    {"IPv6",
     {.was = BASE, .is = BASE "allow fd00:1::/48 id=2" W "allow 64:ff9b::/96 id=2" W},
     SPECIAL "64:ff9b::/96 IPv4/IPv6 translation (RFC 6052) (Allow, set 2, worldwide); "
             "fd00:1::/48 unique local (RFC 4193) (Allow, set 2, worldwide)\n"},
    {"a documentation range is an addition like any other",
     {.was = BASE, .is = BASE "allow 192.0.2.0/24 id=2" W},
     SPECIAL "192.0.2.0/24 documentation (RFC 5737) (Allow, set 2, worldwide)\n"},
    {"... in IPv6",
     {.was = BASE, .is = BASE "allow 2001:db8::/48 id=2" W "allow 3fff::/48 id=2" W},
     SPECIAL "2001:db8::/48 documentation (RFC 3849) (Allow, set 2, worldwide); "
             "3fff::/48 documentation (RFC 9637) (Allow, set 2, worldwide)\n"},
    {"a prefix around special-use space",
     {.was = BASE, .is = BASE "allow 192.88.0.0/17 id=2" W},
     SPECIAL "192.88.0.0/17 6to4 relays (RFC 7526) (Allow, set 2, worldwide)\n"},
    {"in use already in that set",
     {.was = BASE "allow 10.1.0.0/16 id=2" W, .is = BASE "allow 10.1.0.0/16 id=2" W "allow 52.112.0.0/16 id=2" W},
     ""},
    {"in use in another set",
     {.was = BASE "allow 10.1.0.0/16 id=1" W, .is = BASE "allow 10.1.0.0/16 id=1" W "allow 10.1.0.0/16 id=2" W},
     SPECIAL "10.1.0.0/16 private use (RFC 1918) (Allow, set 2, worldwide)\n"},
    {"in use in a set with this id of another source",
     {.was = BASE "allow 10.1.0.0/16 id=2 source=china\n",
      .is = BASE "allow 10.1.0.0/16 id=2 source=china\nallow 10.1.0.0/16 id=2" W},
     SPECIAL "10.1.0.0/16 private use (RFC 1918) (Allow, set 2, worldwide)\n"},
    {"in use, but not bypassed",
     {.was = BASE "default 10.1.0.0/16 id=3" W, .is = BASE "allow 10.1.0.0/16 id=3" W},
     SPECIAL "10.1.0.0/16 private use (RFC 1918) (Allow, set 3, worldwide)\n"},
    {"in use as a local line only",
     {.was = BASE "allow 10.1.0.0/16 source=local\n",
      .is = BASE "allow 10.1.0.0/16 source=local\nallow 10.1.0.0/16 id=2" W},
     SPECIAL "10.1.0.0/16 private use (RFC 1918) (Allow, set 2, worldwide)\n"},
    {"a Default address", {.was = BASE, .is = BASE "default 10.0.0.0/8 id=3" W}, ""},
    {"... that the configuration bypasses",
     {.conf = "bypass Optimize,Allow,Default\n",
      .was = BASE "default 10.1.0.0/16 id=3" W,
      .is = BASE "default 10.1.0.0/16 id=3" W},
     SPECIAL "10.1.0.0/16 private use (RFC 1918) (Default, set 3, worldwide)\n"},
    {"a local line is the administrator's own", {.was = BASE, .is = BASE "allow 10.0.0.0/8 source=local\n"}, ""},
    {"the first table",
     {.first = true, .was = "", .is = BASE "allow 172.16.0.0/12 id=2" W},
     SPECIAL "172.16.0.0/12 private use (RFC 1918) (Allow, set 2, worldwide)\n"},
    {"documentation ranges in the first table",
     {.first = true,
      .was = "",
      .is = BASE "allow 192.0.2.0/24 id=2" W "allow 198.51.100.0/24 id=2" W "allow 203.0.113.7/32 id=2" W
                 "allow 2001:db8::/32 id=2" W "allow 3fff::/20 id=2" W},
     "bypassed prefixes wider than widest_prefix allows: 3fff::/20 (Allow, set 2, worldwide)\n"},
    {"what is around one of them in the first table",
     {.first = true, .was = "", .is = "allow 192.0.0.0/16 id=2" W},
     SPECIAL "192.0.0.0/16 IETF protocol assignments (RFC 6890) (Allow, set 2, worldwide)\n"},

    {"a /16 is always allowed",
     {.was = "allow a.example id=2" W, .is = "allow a.example id=2" W "allow 52.96.0.0/16 id=2" W},
     ""},
    {"one address more is not",
     {.was = "allow a.example id=2" W,
      .is = "allow a.example id=2" W "allow 52.96.0.0/16 id=2" W "allow 52.98.0.0/32 id=2" W},
     "the bypassed published prefixes gain 65537 IPv4 addresses on top of 0, more than the growth_limit of 30 %\n"},
    {"as much as the largest real update known: 2020042800 gained 262148 on top of 2386926",
     {.was = "allow 40.64.0.0/11 id=2" W "allow 13.104.0.0/14 id=2" W,
      .is = "allow 40.64.0.0/11 id=2" W "allow 13.104.0.0/14 id=2" W "allow 52.112.0.0/14 id=2" W
            "allow 20.20.32.0/30 id=2" W},
     ""},
    {"three times that",
     {.was = "allow 40.64.0.0/11 id=2" W "allow 13.104.0.0/14 id=2" W,
      .is = "allow 40.64.0.0/11 id=2" W "allow 13.104.0.0/14 id=2" W "allow 52.112.0.0/14 id=2" W
            "allow 52.120.0.0/14 id=2" W "allow 20.32.0.0/14 id=2" W},
     "the bypassed published prefixes gain 786432 IPv4 addresses on top of 2359296, more than the growth_limit of "
     "30 %\n"},
    {"... within a wider limit",
     {.conf = "growth_limit 34%\n",
      .was = "allow 40.64.0.0/11 id=2" W "allow 13.104.0.0/14 id=2" W,
      .is = "allow 40.64.0.0/11 id=2" W "allow 13.104.0.0/14 id=2" W "allow 52.112.0.0/14 id=2" W
            "allow 52.120.0.0/14 id=2" W "allow 20.32.0.0/14 id=2" W},
     ""},
    {"other addresses in place of those in use",
     {.was = "allow 40.96.0.0/14 id=2" W, .is = "allow 40.112.0.0/14 id=2" W},
     "the bypassed published prefixes gain 262144 IPv4 addresses on top of 262144, more than the growth_limit of 30 "
     "%\n"},
    {"the same addresses in other prefixes and sets",
     {.was = "allow 40.96.0.0/14 id=2" W "allow 40.97.0.0/16 id=3" W,
      .is = "allow 40.96.0.0/15 id=2" W "allow 40.98.0.0/15 id=4" W "allow 40.96.7.0/24 id=4" W},
     ""},
    {"a category that is raised",
     {.was = "allow a.example id=2" W "default 40.96.0.0/14 id=3" W,
      .is = "allow a.example id=2" W "allow 40.96.0.0/14 id=3" W},
     "the bypassed published prefixes gain 262144 IPv4 addresses on top of 0, more than the growth_limit of 30 %\n"},
    {"addresses that are not bypassed", {.was = BASE, .is = BASE "default 40.0.0.0/9 id=3" W}, ""},
    {"a local line does not count", {.was = BASE, .is = BASE "allow 40.0.0.0/9 source=local\n"}, ""},
    {"nor does it hide what grows",
     {.was = BASE "allow 40.0.0.0/9 source=local\n",
      .is = BASE "allow 40.0.0.0/9 source=local\nallow 40.0.0.0/9 id=2" W},
     "the bypassed published prefixes gain 8388608 IPv4 addresses on top of 262144, more than the growth_limit of "
     "30 %\n"},
    {"a /32 of IPv6 is always allowed",
     {.was = "allow a.example id=2" W, .is = "allow a.example id=2" W "allow 2603:1000::/32 id=2" W},
     ""},
    {"a site more is not, however few of its addresses are named",
     {.was = "allow a.example id=2" W,
      .is = "allow a.example id=2" W "allow 2603:1000::/32 id=2" W "allow 2620:1ec::1/128 id=2" W
            "allow 2620:1ec::2/128 id=2" W},
     "the bypassed published prefixes gain 65537 IPv6 /48s on top of 0, more than the growth_limit of 30 %\n"},
    {"both families",
     {.was = BASE, .is = BASE "allow 2603:1000::/25 id=2" W "allow 40.0.0.0/8 id=2" W},
     "the bypassed published prefixes gain 16777216 IPv4 addresses on top of 262144, more than the growth_limit of 30 "
     "%\n"
     "the bypassed published prefixes gain 8388608 IPv6 /48s on top of 0, more than the growth_limit of 30 %\n"},
    {"the first table may have any", {.first = true, .was = "", .is = BASE "allow 40.0.0.0/9 id=2" W}, ""},

    {"a star below any tenant",
     {.was = BASE, .is = BASE "allow *.<tenant>.com id=2" W},
     "bypassed wildcards under which anybody can register a name: *.<tenant>.com (Allow, set 2, worldwide)\n"},
    {"a name below any tenant",
     {.was = BASE, .is = BASE "allow foo.<tenant>.com id=2" W},
     "bypassed wildcards under which anybody can register a name: foo.<tenant>.com (Allow, set 2, worldwide)\n"},
    {"a star glued to a tenant",
     {.was = BASE, .is = BASE "allow *<tenant>.co.uk id=2" W},
     "bypassed wildcards under which anybody can register a name: *<tenant>.co.uk (Allow, set 2, worldwide)\n"},
    {"with tenants too: they may go, and nobody would ask again",
     {.conf = "tenant contoso\n", .was = BASE, .is = BASE "allow foo.<tenant>.com id=2" W},
     "bypassed wildcards under which anybody can register a name: foo.<tenant>.com (Allow, set 2, worldwide)\n"},
    {"a tenant of the service", {.was = BASE, .is = BASE "allow <tenant>.sharepoint.com id=2" W}, ""},
    {"a wildcard in use already",
     {.was = BASE "allow *.<tenant>.com id=2" W, .is = BASE "allow *.<tenant>.com id=2" W "allow b.example id=2" W},
     ""},
};

static void
gates(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        check(rows[i].why, &rows[i].asked, rows[i].want);
}

/* Each is as wide as widest_prefix allows. */
static void
the_internet_in_pieces(void **state)
{
    (void)state;
    struct buf is, got;
    buf_init(&is, 100000);
    buf_add_text(&is, BASE);
    for (unsigned i = 0; i < 255; i++)
        buf_add_fmt(&is, "optimize %u.0.0.0/8 id=1" W, i);
    buf_add_char(&is, '\0');
    hear(&got, &(struct asked){.was = BASE, .is = is.data}, false);
    buf_add_char(&got, '\0');
    check_says("special", got.data,
               SPECIAL "0.0.0.0/8 this network (RFC 791) (Optimize, set 1, worldwide); 10.0.0.0/8");
    check_says("growth", got.data,
               "gain 4277927936 IPv4 addresses on top of 262144, more than the growth_limit of 30 %");
    buf_clear(&got);
    buf_clear(&is);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates),
        cmocka_unit_test(the_internet_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
