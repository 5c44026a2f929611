// SPDX-License-Identifier: GPL-2.0-or-later
/* held_test.c - held.h: held rows as text and back, what is refused, and what becomes of a table. */
#include "table/held.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "table/table.h"
#include "tables.h"

#define DAY "2026-11-29"
#define WAITS "held " DAY " waiting w "
#define ROW(pattern) "allow " pattern " source=w\n"

static const struct {
    const char *why, *text, *says; /* NULL: it is read, and printed again it is the same */
} rows[] = {
    {"none", "in use\n# no rule\nnewest\n# no rule\n", NULL},
    {"a new row", WAITS "a.example\nin use\n# no rule\nnewest\nallow    a.example  source=w\n", NULL},
    {"a row that is gone", WAITS "a.example\nin use\ninspect  a.example  source=w\nnewest\n# no rule\n", NULL},
    {"a rejected one", "held " DAY " rejected w a.example\nin use\n# no rule\nnewest\nallow    a.example  source=w\n",
     NULL},
    {"a regex with a space", WAITS "~^a [b]$\nin use\ninspect  \"~^a [b]$\"  source=w\nnewest\n# no rule\n", NULL},
    {"a prefix", WAITS "192.0.2.0/24\nin use\ndefault  192.0.2.0/24  source=w\nnewest\n# no rule\n", NULL},
    {"too wide today, but in use", WAITS "*.co.uk\nin use\nallow    *.co.uk  source=w\nnewest\n# no rule\n", NULL},
    {"no text", "", "the line 'in use' is missing"},
    {"it ends too early", WAITS "a.example\nin use\n" ROW("a.example"), "the line 'newest' is missing"},
    {"a line of another kind", "x " DAY " waiting w a.example\nin use\nnewest\n", "is not a held row"},
    {"neither waiting nor rejected", "held " DAY " gone w a.example\nin use\nnewest\n", "is not a held row"},
    {"no day", "held 2026-13-29 waiting w a.example\nin use\nnewest\n", "is not a held row"},
    {"no pattern", "held " DAY " waiting w\nin use\nnewest\n", "is not a held row"},
    {"a key without rows", WAITS "a.example\n" WAITS "b.example\nin use\n" ROW("a.example") "newest\n# no rule\n",
     "'b.example' of 'w' has no rows"},
    {"a key of another source", "held " DAY " waiting v a.example\nin use\n" ROW("a.example") "newest\n# no rule\n",
     "'a.example' has no line of its own"},
    {"a row without a key", WAITS "a.example\nin use\n" ROW("a.example") ROW("b.example") "newest\n# no rule\n",
     "'b.example' has no line of its own"},
    {"a new row without a key", "in use\n# no rule\nnewest\n" ROW("b.example"), "'b.example' has no line of its own"},
    {"a row that cannot be read", WAITS "a.example\nin use\nallow a..example source=w\nnewest\n# no rule\n",
     "the held rows cannot be read"},
};

static void
texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct held held;
        struct err err = {0};
        int result = held_read(&held, rows[i].text, strlen(rows[i].text), &err);
        if (rows[i].says != NULL) {
            CHECK(rows[i].why, result != 0);
            check_says(rows[i].why, err.text, rows[i].says);
            continue;
        }
        if (result != 0)
            fail_msg("%s: %s", rows[i].why, err.text);
        struct buf buf;
        buf_init(&buf, 4096);
        held_print(&held, &buf);
        check_text(rows[i].why, buf.data, buf.len, rows[i].text);
        buf_clear(&buf);
        held_clear(&held);
    }
}

/* A regex may be as long as any; its key is not cut. */
static void
long_regex(void **state)
{
    (void)state;
    char regex[1000], text[3000];
    struct held held;
    struct err err = {0};
    memset(regex, 'x', sizeof regex - 1);
    regex[sizeof regex - 1] = '\0';
    int len = snprintf(text, sizeof text, WAITS "~%s\nin use\ninspect ~%s source=w\nnewest\n# no rule\n", regex, regex);
    if (held_read(&held, text, (size_t)len, &err) != 0)
        fail_msg("%s", err.text);
    assert_non_null(held_find(&held, held.was, &held.was->rules[0]));
    held_clear(&held);
}

/* Each held key has its older rows, with the flag; the rest is as in the new table. */
static void
apply(void **state)
{
    (void)state;
    static const char text[] = WAITS "a.example\n" WAITS "b.example\n" WAITS "*.co.uk\nin use\n"
                                     "default a.example id=1 source=w held\nallow *.co.uk source=w held\nnewest\n"
                                     "allow a.example id=1 source=w\nallow b.example id=1 source=w\n";
    struct table *table = table_of("w", "allow a.example id=1\nallow b.example id=1\nallow c.example id=1\n");
    struct held held;
    struct err err = {0};
    table_sort(table);
    if (held_read(&held, text, sizeof text - 1, &err) != 0 || held_apply(&table, &held, &err) != 0)
        fail_msg("%s", err.text);
    check_table("held rows", table,
                "default a.example id=1 held source=w\n"
                "allow c.example id=1 source=w\n"
                "allow *.co.uk held source=w\n");
    held_clear(&held);
    table_free(table);
}

static bool
keeps_waiting(void *arg, const struct held_key *key)
{
    (void)arg;
    return !key->rejected;
}

static void
selection(void **state)
{
    (void)state;
    static const char whole[] = WAITS "a.example\nheld " DAY " rejected w b.example\nin use\n# no rule\nnewest\n"
                                      "allow    a.example  source=w\nallow    b.example source=w\n";
    struct held held, chosen;
    struct err err = {0};
    struct buf buf;
    if (held_read(&held, whole, sizeof whole - 1, &err) != 0 ||
        held_select(&chosen, &held, keeps_waiting, NULL, &err) != 0)
        fail_msg("%s", err.text);
    buf_init(&buf, 4096);
    held_print(&chosen, &buf);
    check_text("what waits", buf.data, buf.len,
               WAITS "a.example\nin use\n# no rule\nnewest\nallow    a.example  source=w\n");
    buf_clear(&buf);
    held_clear(&chosen);
    held_clear(&held);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(long_regex),
        cmocka_unit_test(apply),
        cmocka_unit_test(selection),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
