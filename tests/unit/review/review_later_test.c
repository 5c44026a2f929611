// SPDX-License-Identifier: GPL-2.0-or-later
/* review_later_test.c - review.h: what opens on a later day, and regexes, whose names nobody can list. */
#include "review/review.h"

#include <stdio.h>

#include "review_stage.h"
#include "unit.h"

/* `want` is NULL if it is published, else part of the only reason. */
static const struct {
    const char *why, *was, *is, *want;
} ends[] = {
    {"a local line that lasts longer", .was = BASE "allow p.example source=local expires=2030-01-01",
     .is = BASE "allow p.example source=local expires=2031-01-01",
     .want = "would be bypassed when a line ends, and is inspected then as things are: p.example from "
             "2030-01-01 on"},
    {"... because another list has it too", .was = BASE "allow p.example source=local expires=2030-01-01",
     .is = BASE "allow p.example source=local expires=2030-01-01\nallow p.example source=other",
     .want = "is inspected then as things are: p.example from 2030-01-01 on"},
    {"... because it comes from another list", .was = BASE "allow p.example source=local expires=2030-01-01",
     .is = BASE "allow p.example source=other expires=2030-01-02",
     .want = "is inspected then as things are: p.example from 2030-01-01 on"},
    {"... because a set publishes it", .was = BASE "allow p.example source=local expires=2030-01-01",
     .is = BASE "allow p.example source=local expires=2030-01-01\nallow p.example id=2" W,
     .want = "is inspected then as things are: p.example from 2030-01-01 on"},
    {"an exception that gets an end", .was = BASE "default p.files.example source=local",
     .is = BASE "default p.files.example source=local expires=2030-01-01",
     .want = "is inspected then as things are: p.files.example from 2030-01-01 on"},
    {"an exception that ends sooner", .was = BASE "default p.files.example source=local expires=2031-01-01",
     .is = BASE "default p.files.example source=local expires=2030-01-01",
     .want = "p.files.example from 2030-01-01 on"},
    {"... in another list", .was = BASE "default p.files.example source=local",
     .is = BASE "default p.files.example source=other expires=2030-01-01",
     .want = "p.files.example from 2030-01-01 on"},
    {"... and nothing is below it", .was = BASE "default p.example source=local",
     .is = BASE "default p.example source=local expires=2030-01-01"},
    {"an exception that lasts longer", .was = BASE "default p.files.example source=local expires=2030-01-01",
     .is = BASE "default p.files.example source=local"},
    {"an inspect line with an end stays in force", .was = BASE "inspect p.files.example source=local",
     .is = BASE "inspect p.files.example source=local expires=2030-01-01"},
    {"a local line that ends sooner", .was = BASE "allow p.example source=local expires=2031-01-01",
     .is = BASE "allow p.example source=local expires=2030-01-01"},
};

static void
later(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ends); i++) {
        struct decided decided;
        decided_make(&decided, OFF, ends[i].was, ends[i].is, "2026010100", "2026020100");
        decided_check(ends[i].why, &decided, ends[i].want, 0);
        decided_clear(&decided);
        decided_make(&decided, OFF "review auto\n", ends[i].was, ends[i].is, "2026010100", "2026020100");
        decided_check(ends[i].why, &decided, NULL, 0);
        decided_clear(&decided);
    }
}

/* `want` as above. */
static const struct {
    const char *why, *conf, *was, *is, *want;
} regex_rows[] = {
    {"a regex that inspects goes", "", BASE "inspect ~x[0-9]+ source=local", BASE,
     "regexes changed, and nobody can list the names they match: ~x[0-9]+"},
    {"a regex that inspects comes", "", BASE, BASE "inspect ~x[0-9]+ source=local", NULL},
    {"a regex that bypasses", "", BASE, BASE "allow ~x[0-9]+ source=local", "regexes changed"},
    {"a stronger category that is not bypassed, above a bypassed wildcard", "bypass Allow\nprecedence highest\n",
     BASE "optimize ~x[0-9]+\\.files\\.example source=local", BASE, "regexes changed"},
    {"... by specificity, the wildcard decided before", "bypass Allow\n",
     BASE "optimize ~x[0-9]+\\.files\\.example source=local", BASE, NULL},
    {"... above a bypassed regex", "bypass Allow\n",
     BASE "optimize ~x[0-9]+ source=local\nallow ~[a-z0-9]+ source=local", BASE "allow ~[a-z0-9]+ source=local",
     "they match: ~x[0-9]+"},
    {"... that becomes weaker", "bypass Default\nprecedence highest\n", BASE "optimize ~x[0-9]+ source=local",
     BASE "allow ~x[0-9]+ source=local", "they match: ~x[0-9]+"},
    {"... and speaks for fewer ports", "bypass Allow\nprecedence highest\n", BASE "optimize ~x[0-9]+ source=local",
     BASE "optimize ~x[0-9]+ source=local tcp=80", "they match: ~x[0-9]+"},
    {"... and ends", "bypass Allow\nprecedence highest\n", BASE "optimize ~x[0-9]+ source=local",
     BASE "optimize ~x[0-9]+ source=local expires=2030-01-01", "they match: ~x[0-9]+"},
    {"the weakest category keeps nothing from deciding", "precedence highest\n", BASE "default ~x[0-9]+ source=local",
     BASE, NULL},
    {"a bypassed category with none below it", "", BASE "allow ~x[0-9]+ source=local", BASE, NULL},
    {"... that ends sooner", "", BASE "allow ~x[0-9]+ source=local expires=2030-01-02",
     BASE "allow ~x[0-9]+ source=local expires=2030-01-01", NULL},
    {"... that ends later", "", BASE "allow ~x[0-9]+ source=local expires=2030-01-01",
     BASE "allow ~x[0-9]+ source=local", "they match: ~x[0-9]+"},
    {"a stronger category above a regex that ends otherwise", "",
     BASE "optimize ~x[0-9]\\.one\\.example source=local\nallow ~y[0-9]\\.two\\.example source=local",
     BASE "allow ~y[0-9]\\.two\\.example source=local", NULL},
    {"... above one that ends as it does", "",
     BASE "optimize ~x[0-9]\\.one\\.example source=local\nallow ~y[0-9]\\.x1\\.one\\.example source=local",
     BASE "allow ~y[0-9]\\.x1\\.one\\.example source=local", "they match: ~x[0-9]"},
    {"... above a wildcard that ends otherwise", "precedence highest\n",
     BASE "optimize ~x[0-9]\\.one\\.example source=local", BASE, NULL},
    {"a bypassed regex speaks for fewer ports", "", BASE "allow ~x[0-9]+ source=local tcp=80,443",
     BASE "allow ~x[0-9]+ source=local tcp=443", NULL},
    {"... for more", "", BASE "allow ~x[0-9]+ source=local tcp=443", BASE "allow ~x[0-9]+ source=local tcp=80,443",
     "they match: ~x[0-9]+"},
    {"... for all", "", BASE "allow ~x[0-9]+ source=local tcp=443", BASE "allow ~x[0-9]+ source=local",
     "they match: ~x[0-9]+"},
    {"regexes move to another file", "", BASE "allow ~x[0-9]+ source=local\ninspect ~y source=local",
     BASE "allow ~x[0-9]+ source=other\ninspect ~y source=other", NULL},
    {"... and one of them ends later there", "", BASE "allow ~x[0-9]+ source=local expires=2030-01-01",
     BASE "allow ~x[0-9]+ source=other", "they match: ~x[0-9]+"},
    {"another owner changes nothing", "", BASE "allow ~x[0-9]+ source=local\ninspect ~y source=local",
     BASE "allow ~x[0-9]+ source=local owner=me\ninspect ~y source=local owner=me", NULL},
};

static void
regexes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(regex_rows); i++) {
        struct decided decided;
        char conf[400];
        snprintf(conf, sizeof conf, "%s%s", OFF, regex_rows[i].conf);
        decided_make(&decided, conf, regex_rows[i].was, regex_rows[i].is, "2026010100", "2026020100");
        decided_check(regex_rows[i].why, &decided, regex_rows[i].want, 0);
        decided_clear(&decided);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(later), cmocka_unit_test(regexes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
