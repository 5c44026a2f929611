// SPDX-License-Identifier: GPL-2.0-or-later
/* safe_test.c - safe.h: which rows are held in their older form, and that everything else is in the safe table. */
#include "review/safe.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"
#include "diff_stage.h"
#include "image/image.h"
#include "store/candidate.h"
#include "store/document.h"
#include "unit.h"

#define W " source=worldwide tcp=443\n"
#define W80 " source=worldwide tcp=80,443\n"
#define BASE                                                                                                           \
    "optimize mail.example id=1" W "optimize 52.96.0.0/14 id=1" W "allow *.files.example id=2" W                       \
    "default www.example id=3" W "default *.cdn.example id=3" W

#define NAMES 700

/* `held` has a line for each held row: its pattern, the sets in use, the new sets. */
static const struct {
    const char *why, *conf, *was, *is, *held, *also;
} rows[] = {
    {"a new name is left out, an address joins", .was = BASE,
     .is = BASE "allow new.example id=2" W "optimize 52.104.0.0/14 id=1" W, .held = "new.example - 2A\n",
     .also = "optimize 52.104.0.0/14"},
    {"a raised name keeps its category", .was = BASE, .is = BASE "allow www.example id=4" W,
     .held = "www.example 3D 3D4A\n"},
    {"names stay while the wildcard in their place is held",
     .was = BASE "allow a.new.example id=2" W "allow old.example id=2" W, .is = BASE "allow *.new.example id=2" W,
     .held = "*.new.example - 2A\na.new.example 2A -\n"},
    {"so does one that another name needs at another port",
     .was = BASE "allow *b.new.example id=2 source=worldwide tcp=80\n"
                 "allow ab.new.example id=4 source=worldwide tcp=25\n",
     .is = BASE "allow *.new.example id=2 source=worldwide tcp=80\n"
                "allow ab.new.example id=4 source=worldwide tcp=25\n",
     .held = "*.new.example - 2A\n*b.new.example 2A -\n"},
    {"the names of our tenant stay while those of all wait", .conf = "tenant contoso\n",
     .was = BASE "optimize <tenant>.sharepoint.com id=31" W "optimize <tenant>-my.sharepoint.com id=31" W,
     .is = BASE "optimize *.sharepoint.com id=31" W,
     .held = "*.sharepoint.com - 31O\n<tenant>-my.sharepoint.com 31O -\n<tenant>.sharepoint.com 31O -\n"},
    {"a prefix stays while the one in its place is held", .conf = "widest_prefix /12 /24\ngrowth_limit 10000%\n",
     .was = BASE "optimize 40.96.0.0/13 id=1" W "optimize 52.104.0.0/24 id=1" W,
     .is = BASE "optimize 40.0.0.0/8 id=1" W, .held = "40.0.0.0/8 - 1O\n40.96.0.0/13 1O -\n"},
    {"a Default name that goes under a bypassed wildcard stays", .was = BASE "default a.files.example id=3" W,
     .is = BASE, .held = "a.files.example 3D -\n"},
    {"a name keeps its set", .was = BASE,
     .is = "optimize mail.example id=7" W "optimize 52.96.0.0/14 id=1" W "allow *.files.example id=2" W
           "default www.example id=3" W "default *.cdn.example id=3" W,
     .held = "mail.example 1O 7O\n"},
    {"a set that loses all its addresses keeps them", .was = BASE "optimize 52.104.0.0/14 id=1" W,
     .is = "optimize mail.example id=1" W "allow *.files.example id=2" W "default www.example id=3" W
           "default *.cdn.example id=3" W,
     .held = "52.104.0.0/14 1O -\n52.96.0.0/14 1O -\n"},
    {"what closes is let in", .was = BASE "allow old.example id=2" W "allow x.example id=2" W,
     .is = BASE "allow y.example id=2" W "default x.example id=2" W, .held = "y.example - 2A\n",
     .also = "default x.example"},
    {"a Default prefix inside an Allow one stays", .was = BASE "default 52.96.128.0/17 id=3" W, .is = BASE,
     .held = "52.96.128.0/17 3D -\n"},
    {"an address is raised", .was = BASE "default 52.104.0.0/24 id=3" W, .is = BASE "optimize 52.104.0.0/24 id=1" W,
     .held = "52.104.0.0/24 3D 1O\n"},
    {"special-use space is left out", .was = BASE,
     .is = BASE "optimize 10.0.0.0/12 id=1" W "optimize 52.104.0.0/24 id=1" W, .conf = "growth_limit 1000%\n",
     .held = "10.0.0.0/12 - 1O\n", .also = "optimize 52.104.0.0/24"},
    {"a prefix that a gate holds anyway does not hold the others", .conf = "growth_limit 30%\n", .was = BASE,
     .is = BASE "optimize 10.0.0.0/8 id=1" W "optimize 52.104.0.0/24 id=1" W, .held = "10.0.0.0/8 - 1O\n",
     .also = "optimize 52.104.0.0/24"},
    {"too much growth lets nothing in", .conf = "growth_limit 30%\n", .was = BASE,
     .is = BASE "optimize 52.104.0.0/14 id=1" W "optimize 52.112.0.0/14 id=1" W,
     .held = "52.104.0.0/14 - 1O\n52.112.0.0/14 - 1O\n"},
    {"a public suffix is left out", .was = BASE, .is = BASE "allow *.co.uk id=2" W, .held = "*.co.uk - 2A\n"},
    {"must not be bypassed", .conf = "must_not_bypass a.bank.example\n",
     .was = BASE "allow *.example id=2" W "default *.bank.example id=3" W, .is = BASE "allow *.example id=2" W,
     .held = "*.bank.example 3D -\n"},
    {"an inspect line that is gone stays", .was = BASE "inspect mail.example source=local\n", .is = BASE,
     .held = "mail.example local:I -\n"},
    {"a regex stays", .was = BASE "inspect ~x[0-9]+ source=local\n", .is = BASE "allow z.example id=2" W,
     .held = "~x[0-9]+ local:I -\nz.example - 2A\n"},
    {"a bypass regex stays while another one in its place waits",
     .was = BASE "allow ~cdn[0-9]+\\.p\\.example source=local\n",
     .is = BASE "allow ~(cdn|img)[0-9]+\\.p\\.example source=local\ndefault z.example id=3" W,
     .held = "~(cdn|img)[0-9]+\\.p\\.example - local:A\n~cdn[0-9]+\\.p\\.example local:A -\n",
     .also = "default z.example"},
    {"... while a wildcard does", .was = BASE "allow ~cdn[0-9]+\\.p\\.example source=local\n",
     .is = BASE "allow *.p.example source=local\n",
     .held = "*.p.example - local:A\n~cdn[0-9]+\\.p\\.example local:A -\n"},
    {"... not while one with another end does", .was = BASE "allow ~cdn[0-9]+\\.p\\.example source=local\n",
     .is = BASE "allow ~cdn[0-9]+\\.q\\.example source=local\n", .held = "~cdn[0-9]+\\.q\\.example - local:A\n"},
    {"a name stays while a regex in its place waits", .was = BASE "allow cdn1.p.example source=local\n",
     .is = BASE "allow ~cdn[0-9]+\\.p\\.example source=local\n",
     .held = "cdn1.p.example local:A -\n~cdn[0-9]+\\.p\\.example - local:A\n"},
    {"a bypass that lasts longer keeps its end", .was = BASE "allow p.example source=local expires=2030-01-01\n",
     .is = BASE "allow p.example source=local expires=2031-01-01\n", .held = "p.example local:A local:A\n"},
    {"so does one that a set would make a lasting one", .was = BASE "allow p.example source=local expires=2030-01-01\n",
     .is = BASE "allow p.example source=local expires=2030-01-01\nallow p.example id=2" W "default z.example id=3" W,
     .held = "p.example - 2A\n", .also = "default z.example"},
    {"an exception that ends sooner keeps its end", .was = BASE "default p.files.example source=local\n",
     .is = BASE "default p.files.example source=local expires=2030-01-01\n",
     .held = "p.files.example local:D local:D\n"},
    {"a port more", .was = BASE, .is = BASE "allow *.files.example id=2 source=worldwide tcp=80\n",
     .held = "*.files.example 2A 2A2A\n"},
    {"a document that lost its rules is held whole", .was = BASE, .is = "optimize mail.example id=1" W, .held = NULL},
    {"a renumbered set", .was = "allow h.example id=1" W "optimize 52.96.0.0/14 id=2" W "default d.example id=3" W,
     .is = "optimize h.example id=2" W "optimize 52.96.0.0/14 id=2" W "default d.example id=3" W,
     .held = "h.example 1A 2O\n"},
    {"a set with another number, whole, opens nothing", .was = BASE "allow z.example id=2" W,
     .is = "optimize mail.example id=7" W "optimize 52.96.0.0/14 id=7" W "allow *.files.example id=2" W
           "default www.example id=3" W "default *.cdn.example id=3" W "allow n.example id=2" W,
     .held = "n.example - 2A\n"},
    {"the first address of a set waits with a name that leaves it",
     .was = BASE "allow a.ex.net id=8" W "allow c.ex.net id=8" W "allow b.ex.net id=9" W80,
     .is = BASE "allow c.ex.net id=8" W "allow 40.96.0.0/25 id=8" W "allow a.ex.net id=9" W80 "allow b.ex.net id=9" W80,
     .held = "40.96.0.0/25 - 8A\na.ex.net 8A 9A\n"},
    {"the first addresses of a set wait if one of them does", .was = BASE "allow h.ex.net id=8" W,
     .is = BASE "allow h.ex.net id=8" W "allow 40.96.0.0/24 id=8" W "allow 100.64.0.0/10 id=8" W,
     .held = "100.64.0.0/10 - 8A\n40.96.0.0/24 - 8A\n"},
    {"a wildcard stays while one that crosses it is held", .was = BASE "allow *.a.ex.net id=2" W,
     .is = BASE "allow a.*.ex.net id=2" W, .held = "*.a.ex.net 2A -\na.*.ex.net - 2A\n"},
    {"a name that is inspected waits with the addresses that it would close",
     .was = BASE "allow h.ex.net id=8" W "allow 40.96.0.0/24 id=8" W "allow 40.97.0.0/24 id=8" W
                 "allow b.ex.net id=9" W80 "inspect q.ex.net source=local\n",
     .is = BASE "allow h.ex.net id=8" W "allow q.ex.net id=8" W "allow 40.97.0.0/24 id=8" W "allow b.ex.net id=9" W80
                "allow 40.96.0.0/24 id=9" W80 "inspect q.ex.net source=local\n",
     .held = "40.96.0.0/24 8A 9A\nq.ex.net - 8A\n"},
    {"an inspect line never waits, even if it closes addresses", .also = "inspect x.ex.net",
     .was = BASE "allow *.ex.net id=8" W "allow 40.96.0.0/24 id=8" W "allow b.other.example id=9" W80,
     .is = BASE "allow *.ex.net id=9" W80 "allow 40.96.0.0/24 id=8" W "allow b.other.example id=9" W80
                "inspect x.ex.net source=local\n",
     .held = "*.ex.net 8A 9A\n"},
    {"an SNI and a destination of which the other one decides meanwhile",
     .was =
         BASE "allow d.ex.net id=8" W "allow s.ex.net id=9" W "allow 40.96.0.0/24 id=8" W "allow 40.97.0.0/24 id=9" W,
     .is = BASE "optimize d.ex.net id=8" W "optimize s.ex.net id=9" W80 "optimize 40.96.0.0/24 id=8" W
                "optimize 40.97.0.0/24 id=9" W80,
     .held = "40.97.0.0/24 9A 9O\nd.ex.net 8A 8O\ns.ex.net 9A 9O\n"},
};

static void
add_rows(struct buf *buf, const struct table *table, const char *pattern)
{
    bool any = false;
    buf_add_char(buf, ' ');
    for (size_t i = 0; i < table->rule_count; i++) {
        char room[64];
        const struct terms *terms = &table->terms[table->rules[i].terms];
        if (strcmp(table_rule_text(&table->rules[i], room), pattern) != 0)
            continue;
        any = true;
        if (terms->set.has_id)
            buf_add_fmt(buf, "%u%c", terms->set.id, "DAOI"[terms->verb]);
        else
            buf_add_fmt(buf, "%s:%c", table->sources[terms->set.source], "DAOI"[terms->verb]);
    }
    if (!any)
        buf_add_char(buf, '-');
}

static void
render(struct buf *buf, const struct safe *safe)
{
    /* By pattern, as the rows here are of few sources. */
    for (size_t i = 0; i < safe->held.count; i++) {
        const char *pattern = safe->held.keys[i].pattern;
        buf_add_text(buf, pattern);
        add_rows(buf, safe->held.was, pattern);
        add_rows(buf, safe->held.is, pattern);
        buf_add_char(buf, '\n');
    }
}

/* Everything that safe_find() takes, from table text. */
struct asked {
    struct stage stage;
    struct conf *conf;
    struct candidate candidate, old;
    struct documents documents;
    struct proposal proposal;
};

static void
ask(struct asked *ret, const char *conf, const char *was, const char *is)
{
    struct err err = {0};
    char text[200];
    int len = snprintf(text, sizeof text, "default_canaries off\nshrink_limit 60%%\n%s",
                       conf == NULL ? "growth_limit 1000%\n" : conf);
    *ret = (struct asked){0};
    if (conf_read_bytes(&ret->conf, "/test/m365.conf", text, (size_t)len, &err) != 0)
        fail_msg("%s", err.text);
    stage_diff_with(
        &ret->stage,
        &(struct stage_input){.was = was, .is = is, .was_policy = &ret->conf->policy, .is_policy = &ret->conf->policy});
    ret->candidate = (struct candidate){.table = ret->stage.is, .image = ret->stage.is_image};
    ret->old = (struct candidate){.table = ret->stage.was, .image = ret->stage.was_image};
    ret->proposal = (struct proposal){
        .conf = ret->conf,
        .candidate = &ret->candidate,
        .documents = &ret->documents,
        .old_documents = &ret->documents,
        .diff = ret->stage.diff,
        .by = "update",
        .now = (int64_t)STAGE_TODAY * 86400,
    };
}

static void
held(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct err err = {0};
        struct asked asked;
        struct safe safe;
        struct buf got;
        ask(&asked, rows[i].conf, rows[i].was, rows[i].is);
        const struct safe_input input = {.proposal = &asked.proposal, .old = &asked.old};
        if (safe_find(&safe, &input, &err) != 0)
            fail_msg("%s: %s", rows[i].why, err.text);
        buf_init(&got, 100000);
        render(&got, &safe);
        if (safe.found != (rows[i].held != NULL))
            fail_msg("%s: found %d", rows[i].why, safe.found);
        check_text(rows[i].why, got.len == 0 ? "" : got.data, got.len, rows[i].held == NULL ? "" : rows[i].held);
        if (rows[i].also != NULL) {
            buf_reset(&got);
            table_print(safe.table, &got);
            buf_add_char(&got, '\0');
            char *squeezed = got.data;
            for (const char *at = got.data; *at != '\0'; at++) {
                if (*at != ' ' || at[1] != ' ')
                    *squeezed++ = *at;
            }
            *squeezed = '\0';
            check_says(rows[i].why, got.data, rows[i].also);
        }
        buf_clear(&got);
        safe_clear(&safe);
        stage_clear(&asked.stage);
        conf_free(asked.conf);
    }
}

/* So many names that open that the search ends before each was tried again: what opens is held all the same. */
static void
too_much(void **state)
{
    (void)state;
    struct err err = {0};
    struct asked asked;
    struct safe safe;
    struct buf is, got;
    buf_init(&is, (size_t)1 << 20);
    buf_init(&got, (size_t)1 << 20);
    buf_add_text(&is, BASE "optimize 52.104.0.0/24 id=1" W "default late.example id=3" W);
    for (unsigned i = 0; i < NAMES; i++)
        buf_add_fmt(&is, "allow n%u.example id=2" W, i);
    buf_add_char(&is, '\0');
    ask(&asked, NULL, BASE, is.data);
    const struct safe_input input = {.proposal = &asked.proposal, .old = &asked.old};
    if (safe_find(&safe, &input, &err) != 0)
        fail_msg("%s", err.text);
    assert_true(safe.ended && safe.found);
    table_print(safe.table, &got);
    buf_add_char(&got, '\0');
    assert_null(strstr(got.data, " n"));
    assert_int_equal(safe.held.count, NAMES);
    check_says("what closes", got.data, "late.example");
    buf_clear(&is);
    buf_clear(&got);
    safe_clear(&safe);
    stage_clear(&asked.stage);
    conf_free(asked.conf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(held), cmocka_unit_test(too_much)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
