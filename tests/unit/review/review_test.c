// SPDX-License-Identifier: GPL-2.0-or-later
/* review_test.c - review.h: what is published by itself in each mode, what each gate holds, and which reasons are
 * given. */
#include "review/review.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "review_stage.h"
#include "store/record.h"
#include "table/policy.h"
#include "unit.h"

/* `want` is NULL if it is published, else part of a reason, beside `more` others; `auto_want` the same under review
 * auto, which has the gates alone. */
static const struct {
    const char *why, *was, *is, *want, *auto_want;
    size_t more, auto_more;
} changes[] = {
    {"nothing", .was = BASE, .is = BASE},
    {"a Default name", .was = BASE, .is = BASE "default new.example id=3" W},
    {"a new Allow name", .was = BASE, .is = BASE "allow new.example id=2" W,
     .want = "names bypassed now that no rule matched before: new.example port 443 (Allow, set 2, worldwide)"},
    {"a new Optimize wildcard", .was = BASE, .is = BASE "optimize *.new.example id=9" W,
     .want = "no rule matched before: *.new.example port 443 (Optimize, set 9, worldwide)"},
    {"a name that a bypassed wildcard covered already", .was = BASE, .is = BASE "allow a.files.example id=2" W},
    {"a category raised in its set", .was = "default www.example id=3" W, .is = "allow www.example id=3" W,
     .want =
         "names bypassed now whose category was not bypassed before: www.example port 443 (Allow, set 3, worldwide)"},
    {"a category raised above the bypass", .was = "allow www.example id=3" W, .is = "optimize www.example id=3" W},
    {"a category lowered", .was = "allow www.example id=3" W, .is = "default www.example id=3" W},
    {"a name gone", .was = BASE,
     .is = "optimize mail.example id=1" W "\n"
           "optimize 52.112.2.0/24 id=1" W "\n"
           "allow *.files.example id=2" W "\n"
           "default *.cdn.example id=3" W},
    {"a Default name gone under a bypassed wildcard", .was = BASE "default a.files.example id=3" W, .is = BASE,
     .want = "category was not bypassed before: a.files.example port 443 (Allow, set 2, worldwide)"},
    {"a bypassed name gone, covered by a Default wildcard", .was = BASE "allow x.cdn.example id=2" W, .is = BASE},
    {"one more port", .was = "allow www.example id=2" W, .is = "allow www.example id=2 source=worldwide tcp=80,443",
     .want = "names bypassed now at ports where they were inspected: www.example port 80"},
    {"an address for a bypassed set", .was = BASE, .is = BASE "optimize 52.113.100.0/24 id=1" W},
    {"an address for a set that was not there", .was = BASE, .is = BASE "optimize 52.113.100.0/24 id=7" W,
     .want =
         "addresses bypassed now, outside any set that was bypassed before: 52.113.100.0/24 port 443 (Optimize, set 7"},
    {"an address of a set that was Default", .was = BASE "default 52.113.100.0/24 id=3" W,
     .is = BASE "allow 52.113.100.0/24 id=3" W,
     .want = "addresses bypassed now whose category was not bypassed before: 52.113.100.0/24 port 443"},
    {"a Default address that joins a bypassed set", .was = BASE "default 52.113.100.0/24 id=3" W,
     .is = BASE "optimize 52.113.100.0/24 id=1" W,
     .want = "addresses bypassed now whose category was not bypassed before", .more = 1},
    {"an address for a set of another source", .was = BASE,
     .is = BASE "optimize 52.113.100.0/24 id=1 source=china tcp=443",
     .want = "outside any set that was bypassed before: 52.113.100.0/24 port 443 (Optimize, set 1, china)"},
    {"an address at a port the set did not have", .was = "optimize 52.112.2.0/24 id=11 source=worldwide udp=3478",
     .is = "optimize 52.112.2.0/24 id=11 source=worldwide tcp=443 udp=3478",
     .want = "addresses bypassed now at ports where they were inspected: 52.112.2.0/24 port 443"},
    {"an address at ports between those the set had", .was = "optimize 52.112.2.0/24 id=11 source=worldwide tcp=80,443",
     .is = "optimize 52.112.2.0/24 id=11 source=worldwide tcp=80,443\n"
           "optimize 52.113.100.0/24 id=11 source=worldwide tcp=80-443",
     .want = "addresses bypassed now, outside any set that was bypassed before: 52.113.100.0/24 port 81-442"},
    {"a wider prefix in place of a narrower one", .was = BASE,
     .is = "optimize mail.example id=1" W "\n"
           "optimize 52.112.2.0/23 id=1" W "\n"
           "allow *.files.example id=2" W "\n"
           "default www.example id=3" W "\n"
           "default *.cdn.example id=3" W},
    {"a wider prefix next to the narrower one", .was = BASE, .is = BASE "optimize 52.112.0.0/16 id=1" W},
    {"two halves become one whole",
     .was = BASE "optimize 52.113.100.0/25 id=1" W "\n"
                 "optimize 52.113.100.128/25 id=1" W,
     .is = BASE "optimize 52.113.100.0/24 id=1" W},
    {"a narrower prefix", .was = BASE "optimize 52.113.100.0/24 id=1" W, .is = BASE "optimize 52.113.100.0/25 id=1" W},
    {"a local line that bypasses", .was = BASE, .is = BASE "allow partner.example source=local",
     .want = "no rule matched before: partner.example port 1-65535 (Allow, local, local)"},
    {"an inspect line comes", .was = BASE, .is = BASE "inspect mail.example source=local"},
    {"an inspect line goes", .was = BASE "inspect mail.example source=local", .is = BASE,
     .want = "that an inspect line kept inspected: mail.example port 443 (Optimize, set 1, worldwide)", .more = 1},
    {"an inspect line for addresses goes", .was = BASE "inspect 52.112.2.0/25 source=local", .is = BASE,
     .want = "addresses bypassed now that an inspect line kept inspected: 52.112.2.0/25 port 443 (Optimize, set 1",
     .more = 1},
    {"a bypassed set loses all its addresses", .was = BASE "allow 52.113.100.0/24 id=2" W, .is = BASE,
     .want =
         "names and addresses that pass now with original addresses they did not pass with: *.files.example with any "
         "address port 443 (Allow, set 2, worldwide)"},
    {"a prefix wider than allowed", .was = BASE, .is = BASE "optimize 52.0.0.0/7 id=1" W,
     .want = "bypassed prefixes wider than widest_prefix allows: 52.0.0.0/7 (Optimize, set 1, worldwide)",
     .auto_want = "52.0.0.0/7", .more = 1, .auto_more = 1},
    {"a Default prefix may be as wide as it likes", .was = BASE, .is = BASE "default 52.0.0.0/7 id=3" W},
    {"a prefix that wide is in use already", .was = BASE "optimize 52.0.0.0/7 id=1" W,
     .is = BASE "optimize 52.0.0.0/7 id=1" W "\n"
                "default x.example id=3" W},
    {"a wildcard under which strangers register", .was = BASE,
     .is = BASE "default x.example id=3" W "\n"
                "allow *.co.uk id=2" W,
     .want = "bypassed wildcards under which anybody can register a name: *.co.uk (Allow, set 2, worldwide)",
     .auto_want = "*.co.uk", .more = 1},
    {"shrunk", .was = BASE,
     .is = "optimize mail.example id=1" W "\n"
           "allow *.files.example id=2" W "\n"
           "optimize 52.112.2.0/24 id=1" W,
     .want = "what 'worldwide' publishes shrinks from 5 rules to 3, by 40 %, more than the shrink_limit of 30 %",
     .auto_want = "shrink"},
    {"one of two sources is gone", .was = BASE "allow a.example id=1 source=china", .is = BASE,
     .want = "what 'china' publishes shrinks from 1 rule to 0", .auto_want = "china"},
};

static void
modes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(changes); i++) {
        struct decided decided;
        decided_make(&decided, OFF, changes[i].was, changes[i].is, "2026010100", "2026020100");
        decided_check(changes[i].why, &decided, changes[i].want, changes[i].more);
        decided_clear(&decided);
        decided_make(&decided, OFF "review auto\n", changes[i].was, changes[i].is, "2026010100", "2026020100");
        decided_check(changes[i].why, &decided, changes[i].auto_want, changes[i].auto_more);
        decided_clear(&decided);
        decided_make(&decided, OFF "review always\n", changes[i].was, changes[i].is, "2026010100", "2026020100");
        bool same = strcmp(changes[i].was, changes[i].is) == 0;
        size_t held_by = changes[i].auto_want == NULL ? 0 : 1 + changes[i].auto_more;
        decided_check(changes[i].why, &decided, same ? NULL : "review is 'always': every change waits for a person",
                      held_by);
        decided_clear(&decided);
    }
}

static void
first_table(void **state)
{
    (void)state;
    static const struct {
        const char *why, *conf, *is, *want, *version;
        size_t more; /* reasons */
    } rows[] = {
        {"one from the future is held", .conf = OFF, .is = BASE, .version = "9999123100",
         .want = "more than 31 days ahead of the clock"},
        {"widening publishes it", .conf = OFF, .is = BASE},
        {"so does auto", .conf = OFF "review auto\n", .is = BASE},
        {"always does not", .conf = OFF "review always\n", .is = BASE, .want = "the first table waits for a person"},
        {"gates hold it", .conf = OFF, .is = BASE "allow *.com id=2" W, .want = "*.com (Allow, set 2, worldwide)"},
        {"so do canaries", .conf = "", .is = BASE,
         .want = "canary 'outlook.office365.com:443' would have no category, but must be Optimize", .more = 3},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct decided decided;
        decided_make(&decided, rows[i].conf, "", rows[i].is, NULL,
                     rows[i].version == NULL ? "2026020100" : rows[i].version);
        decided_check(rows[i].why, &decided, rows[i].want, rows[i].more);
        decided_clear(&decided);
    }
}

#define GOOD                                                                                                           \
    "optimize outlook.office365.com id=1 source=worldwide tcp=80,443\n"                                                \
    "optimize outlook.office.com id=1" W "\n"                                                                          \
    "allow teams.microsoft.com id=12" W "\n"                                                                           \
    "allow login.microsoftonline.com id=56" W "\n"

static const struct {
    const char *why, *conf, *is, *old_version, *version, *want;
    size_t more; /* reasons */
} gate_rows[] = {
    {"all canaries have their category", .conf = "", .is = GOOD, .old_version = "2026010100", .version = "2026020100"},
    {"one canary is weaker", .conf = "",
     .is = "default teams.microsoft.com id=12" W "\n"
           "optimize outlook.office365.com id=1" W "\n"
           "optimize outlook.office.com id=1" W "\n"
           "allow login.microsoftonline.com id=56" W,
     .old_version = "2026010100", .version = "2026020100",
     .want = "canary 'teams.microsoft.com:443' would be Default, but must be Allow"},
    {"at another port only", .conf = "",
     .is = "optimize outlook.office365.com id=1 source=worldwide tcp=80\n"
           "optimize outlook.office.com id=1" W "\n"
           "allow teams.microsoft.com id=12" W "\n"
           "allow login.microsoftonline.com id=56" W,
     .old_version = "2026010100", .version = "2026020100",
     .want = "canary 'outlook.office365.com:443' would have no category"},
    {"a stronger category is good as well", .conf = "", .is = GOOD "optimize teams.microsoft.com id=13" W,
     .old_version = "2026010100", .version = "2026020100"},
    {"a local inspect line does not fail a canary", .conf = "",
     .is = GOOD "inspect login.microsoftonline.com source=local", .old_version = "2026010100", .version = "2026020100"},
    {"nor do wider inspect lines", .conf = "",
     .is = GOOD "inspect .example source=local\n"
                "inspect teams.microsoft.com source=local",
     .old_version = "2026010100", .version = "2026020100"},
    {"an inspect line does not hide that the name would be Default", .conf = "",
     .is = "optimize outlook.office365.com id=1" W "\n"
           "optimize outlook.office.com id=1" W "\n"
           "allow login.microsoftonline.com id=56" W "\n"
           "default teams.microsoft.com id=12" W "\n"
           "allow *.microsoft.com id=12" W "\n"
           "inspect teams.microsoft.com source=local",
     .old_version = "2026010100", .version = "2026020100",
     .want = "canary 'teams.microsoft.com:443' would be Default, but must be Allow"},
    {"nor that a dot line speaks for it as an exact name does", .conf = "",
     .is = "optimize outlook.office365.com id=1" W "\n"
           "optimize outlook.office.com id=1" W "\n"
           "allow login.microsoftonline.com id=56" W "\n"
           "default teams.microsoft.com id=12" W "\n"
           "allow .teams.microsoft.com source=local\n"
           "inspect teams.microsoft.com source=local",
     .old_version = "2026010100", .version = "2026020100"},
    {"nor that it has other ports only", .conf = "",
     .is = "optimize outlook.office365.com id=1" W "\n"
           "optimize outlook.office.com id=1" W "\n"
           "allow login.microsoftonline.com id=56" W "\n"
           "allow teams.microsoft.com id=12 source=worldwide tcp=80\n"
           "inspect teams.microsoft.com source=local",
     .old_version = "2026010100", .version = "2026020100",
     .want = "canary 'teams.microsoft.com:443' would have no category"},
    {"areas that are not configured have no canaries", .conf = "service_areas Exchange\n",
     .is = "optimize outlook.office365.com id=1" W "\n"
           "optimize outlook.office.com id=1" W "\n"
           "allow login.microsoftonline.com id=56" W,
     .old_version = "2026010100", .version = "2026020100"},
    {"another instance has other canaries", .conf = "instance China\n", .is = GOOD, .old_version = "2026010100",
     .version = "2026020100", .want = "canary 'partner.outlook.cn:443' would have no category, but must be Optimize",
     .more = 1},
    {"a canary of our own", .conf = OFF "canary crm.example Allow\n", .is = GOOD, .old_version = "2026010100",
     .version = "2026020100", .want = "canary 'crm.example' would have no category, but must be Allow"},
    {"a canary of our own that has its category", .conf = "canary crm.example Default\n",
     .is = GOOD "default *.example id=3" W, .old_version = "2026010100", .version = "2026020100"},
    {"must not be bypassed", .conf = "must_not_bypass www.bank.example\n", .is = GOOD "allow *.bank.example id=3" W,
     .old_version = "2026010100", .version = "2026020100",
     .want = "'www.bank.example' must not be bypassed, but would be by '*.bank.example' (Allow, worldwide)"},
    {"must not be bypassed once a line ends", .conf = "must_not_bypass www.bank.example\n",
     .is = GOOD "allow *.bank.example source=local\n"
                "default www.bank.example source=local expires=2027-01-10",
     .old_version = "2026010100", .version = "2026020100",
     .want =
         "'www.bank.example' must not be bypassed, but would be by '*.bank.example' (Allow, local) from 2027-01-10 on"},
    {"nor once the second one does", .conf = "must_not_bypass www.bank.example\n",
     .is = GOOD "allow *.bank.example source=local\n"
                "default www.bank.example source=local expires=2027-01-10\n"
                "default w*.bank.example source=local expires=2027-03-01\n"
                "default other.bank.example source=local expires=2027-02-01",
     .old_version = "2026010100", .version = "2026020100",
     .want =
         "'www.bank.example' must not be bypassed, but would be by '*.bank.example' (Allow, local) from 2027-03-01 on"},
    {"an inspect line outlasts its end", .conf = "must_not_bypass www.bank.example\n",
     .is = GOOD "allow *.bank.example source=local\n"
                "inspect www.bank.example source=local expires=2027-01-10",
     .old_version = "2026010100", .version = "2026020100"},
    {"a bypass that has ended does not count", .conf = "must_not_bypass www.bank.example\n",
     .is = GOOD "allow *.bank.example source=local expires=2026-01-10\n"
                "default www.bank.example source=local expires=2027-01-10",
     .old_version = "2026010100", .version = "2026020100"},
    {"a canary is asked as of today", .conf = OFF "canary crm.example Allow\n",
     .is = GOOD "allow crm.example source=local expires=2027-01-10", .old_version = "2026010100",
     .version = "2026020100"},
    {"only at another port", .conf = "must_not_bypass www.bank.example:80\n",
     .is = GOOD "default *.bank.example id=3" W, .old_version = "2026010100", .version = "2026020100"},
    {"an older document", .conf = "", .is = GOOD, .old_version = "2026020100", .version = "2026010100",
     .want = "the Worldwide document has version 2026010100, older than 2026020100 in use"},
    {"a document from the future", .conf = "", .is = GOOD, .old_version = "2026010100", .version = "9999123100",
     .want = "the Worldwide document has version 9999123100, more than 31 days ahead of the clock"},
    {"a document of the last day that is near enough", .conf = "", .is = GOOD, .old_version = "2026010100",
     .version = "2026122200"},
    {"a document of the first day that is not", .conf = "", .is = GOOD, .old_version = "2026010100",
     .version = "2026122300", .want = "2026122300, more than 31 days ahead of the clock"},
    {"nothing is older than a document from the future", .conf = "", .is = GOOD, .old_version = "9999123100",
     .version = "2026020100"},
    {"a document of the same version", .conf = "", .is = GOOD, .old_version = "2026020100", .version = "2026020100"},
    {"a document without a version", .conf = "", .is = GOOD, .old_version = "2026020100", .version = ""},
    {"a limit of 100 % never holds", .conf = OFF "shrink_limit 100%\n", .is = "allow a.example id=1" W,
     .old_version = "2026010100", .version = "2026020100"},
};

static void
gates(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(gate_rows); i++) {
        static const char *const modes_text[] = {"review auto\n", "review widening\n"};
        for (size_t k = 0; k < 2; k++) {
            struct decided decided;
            char conf[400];
            snprintf(conf, sizeof conf, "%s%s", gate_rows[i].conf, modes_text[k]);
            bool shrinks = strstr(gate_rows[i].conf, "shrink") != NULL;
            decided_make(&decided, conf, shrinks ? GOOD GOOD "allow a.example id=1" W : gate_rows[i].is,
                         gate_rows[i].is, gate_rows[i].old_version, gate_rows[i].version);
            decided_check(gate_rows[i].why, &decided, gate_rows[i].want, gate_rows[i].more);
            decided_clear(&decided);
        }
    }
}

static void
built_in_canaries(void **state)
{
    (void)state;
    static const char *const instances[] = {"Worldwide", "China", "USGovDoD", "USGovGCCHigh"};
    for (size_t i = 0; i < ROWS(instances); i++) {
        const struct review_canary *canary = review_canaries(instances[i]);
        CHECK(instances[i], canary[0].query != NULL && canary[0].verb == VERB_OPTIMIZE && canary[1].query != NULL);
    }
    assert_null(review_canaries("Germany")->query);
}

/* With many entries the sentence names as many as fit and counts the others. */
static void
long_reasons(void **state)
{
    (void)state;
    struct buf is;
    buf_init(&is, 1000000);
    buf_add_text(&is, BASE);
    for (int i = 0; i < 300; i++)
        buf_add_fmt(&is, "allow name-number-%03d.example id=2" W "\n", i);
    buf_add_char(&is, '\0');
    struct decided decided;
    decided_make(&decided, OFF, BASE, is.data, "2026010100", "2026020100");
    decided_check("names", &decided, "name-number-000.example port 443", 0);
    decided_check("and counts", &decided, " more", 0);
    assert_true(strlen(decided.review.reasons[0]) < 600);
    decided_clear(&decided);
    buf_clear(&is);
}

/* What the diff could not compare is held. */
static void
too_many_ports(void **state)
{
    (void)state;
    struct buf is;
    buf_init(&is, (size_t)1 << 20);
    buf_add_text(&is, BASE);
    for (unsigned line = 0; line < 10; line++) {
        buf_add_fmt(&is, "default n%u.example id=3 source=worldwide tcp=1", line);
        for (unsigned i = 0; i < 200; i++)
            buf_add_fmt(&is, ",%u", 1000 + line * 2000 + i * 5);
        buf_add_char(&is, '\n');
    }
    buf_add_char(&is, '\0');
    struct decided decided;
    decided_make(&decided, OFF, BASE, is.data, "2026010100", "2026020100");
    decided_check("widening", &decided, "too many ports or crossing wildcards to compare all of them", 0);
    decided_clear(&decided);
    buf_clear(&is);
}

static void
record(void **state)
{
    (void)state;
    struct decided decided;
    struct buf text;
    char value[600];
    buf_init(&text, 100000);
    decided_make(&decided, OFF, BASE, BASE "allow new.example id=2" W, "2026010100", "2026020100");
    buf_init(&decided.is.of[0].bytes, 100);
    buf_add_text(&decided.is.of[0].bytes, "[]");
    review_print(&decided.review, &decided.proposal, 42, &text);
    static const struct {
        const char *key, *want;
    } head[] = {
        {"generation", "42"},
        {"by", "update"},
        {"rules", "6"},
        {"review", "parts"},
        {"result", "held"},
        {"version", "Worldwide 2026020100"},
        {"reason", "names bypassed now that no rule matched before: new.example port 443 (Allow, set 2, worldwide)"}};
    for (size_t i = 0; i < ROWS(head); i++) {
        record_get(&text, head[i].key, value, sizeof value);
        assert_string_equal(value, head[i].want);
    }
    buf_add_char(&text, '\0');
    check_says("summary", text.data, "\n\n5 rules -> 6: 1 added (new.example). Bypassed now");
    check_says("diff", text.data, "\nadded:\n  + new.example");
    documents_clear(&decided.is);
    decided_clear(&decided);
    buf_clear(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes),          cmocka_unit_test(first_table),       cmocka_unit_test(gates),
        cmocka_unit_test(long_reasons),   cmocka_unit_test(built_in_canaries), cmocka_unit_test(record),
        cmocka_unit_test(too_many_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
