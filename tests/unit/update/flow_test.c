// SPDX-License-Identifier: GPL-2.0-or-later
/* flow_test.c - flow.h, import.h, publish.h, decide.h: what becomes of documents, and what a person can decide. */
#include "update/flow.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "decide/decide.h"
#include "flow_stage.h"
#include "store/decision.h"
#include "store/generation_named.h"
#include "store/record.h"
#include "update/import.h"
#include "update/publish.h"

#define OLD "2026010100"
#define NEW "2026020100"
#define NEWER "2026030100"
#define BASE STAGE_SET("2", "Allow", "*.files.example")
#define WIDER BASE STAGE_SET("3", "Allow", "new.example")

static const struct flow plain = {0};

static const struct {
    const char *why, *conf, *sets; /* conf NULL: nothing is configured */
    struct flow how;
    enum flow_what want;
    const char *heard; /* NULL: nothing */
} rows[] = {
    {"the same documents", .sets = BASE, .want = FLOW_SAME,
     .heard = "nothing new: the result is generation 1, which is in use"},
    {"the same, quietly", .sets = BASE, .how = {.quiet = true}, .want = FLOW_SAME},
    {"a new version with the same content", .sets = BASE, .want = FLOW_PUBLISHED, .heard = "Worldwide " NEW},
    {"what opens nothing is published", .sets = BASE STAGE_SET("3", "Default", "www.example"), .want = FLOW_PUBLISHED,
     .heard = "generation 2 is published: Worldwide " NEW "; "},
    {"the same, quietly", .sets = BASE STAGE_SET("3", "Default", "www.example"), .how = {.quiet = true},
     .want = FLOW_PUBLISHED},
    {"what opens waits", .sets = WIDER, .want = FLOW_PENDING,
     .heard = "generation 2 waits for approval: Worldwide " NEW},
    {"and the reason is reported, quietly or not", .sets = WIDER, .how = {.quiet = true}, .want = FLOW_PENDING,
     .heard = "held: names bypassed now that no rule matched before: new.example port 443"},
    {"and what to do", .sets = WIDER, .want = FLOW_PENDING, .heard = "see 'm365ctl diff'; then 'm365ctl approve "},
    {"unless there is no review", .conf = "review auto\n", .sets = WIDER, .want = FLOW_PUBLISHED,
     .heard = "generation 2 is published"},
    {"what a person publishes is not reviewed", .sets = WIDER, .how = {.by_hand = true}, .want = FLOW_PUBLISHED,
     .heard = "is published"},
    {"but a gate holds it", .conf = "shrink_limit 30%\n", .sets = "", .how = {.by_hand = true}, .want = FLOW_PENDING,
     .heard = "held: "},
    {"unless it is forced", .conf = "shrink_limit 30%\n", .sets = "", .how = {.by_hand = true, .force = true},
     .want = FLOW_PUBLISHED, .heard = "in spite of: "},
};

static void
one_step(void **unused)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct flow_stage stage;
        flow_stage_open(&stage, rows[i].conf != NULL ? rows[i].conf : "");
        assert_int_equal(flow_stage_run(&stage, &plain, OLD, BASE).what, FLOW_PUBLISHED);
        buf_reset(&stage.heard);
        struct flow_result result =
            flow_stage_run(&stage, &rows[i].how, rows[i].want == FLOW_SAME ? OLD : NEW, rows[i].sets);
        CHECK(rows[i].why, result.what == rows[i].want);
        CHECK(rows[i].why, result.generation == (rows[i].want == FLOW_SAME ? 1 : 2));
        flow_stage_heard(&stage, rows[i].why, rows[i].heard);
        CHECK(rows[i].why, flow_stage_link(&stage, STATE_CURRENT) == (rows[i].want == FLOW_PUBLISHED ? 2 : 1));
        CHECK(rows[i].why, flow_stage_link(&stage, STATE_PENDING) == (rows[i].want == FLOW_PENDING ? 2 : 0));
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

/* BASE is in use as generation 1, WIDER waits as generation 2. */
static void
open_waiting_with(struct flow_stage *stage, const char *lines)
{
    flow_stage_open(stage, lines);
    flow_stage_run(stage, &plain, OLD, BASE);
    assert_int_equal(flow_stage_run(stage, &plain, NEW, WIDER).what, FLOW_PENDING);
    buf_reset(&stage->heard);
}

static void
open_waiting(struct flow_stage *stage)
{
    open_waiting_with(stage, "");
}

static struct decide
decide_on(struct flow_stage *stage)
{
    return (struct decide){.conf = stage->conf,
                           .state = stage->state,
                           .listener = &stage->listener,
                           .now = STAGE_NOW,
                           .by = "alice",
                           .note = "NET-1"};
}

static void
waiting(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    open_waiting(&stage);
    struct flow_result again = flow_stage_run(&stage, &plain, NEW, WIDER);
    assert_true(again.what == FLOW_WAITING && again.generation == 2);
    flow_stage_heard(&stage, "it waits already", "nothing new: the result is generation 2, which waits for approval");
    assert_int_equal(flow_stage_run(&stage, &plain, OLD, BASE).what, FLOW_SAME);
    flow_stage_heard(&stage, "overtaken", "generation 2 no longer waits: it was made before what is in use now");
    assert_int_equal(flow_stage_link(&stage, STATE_PENDING), 0);
    flow_stage_close(&stage);
}

static const struct {
    const char *why, *word;
    bool rejected;
    int want; /* of decide_find() */
    const char *sentence;
} words[] = {
    {"what waits", .sentence = ""},
    {"its number", .word = "2", .sentence = ""},
    {"its number in the form of its folder", .word = "gen-000002", .sentence = ""},
    {"what is in use does not wait", .word = "1", .want = -1,
     .sentence = "generation 1 does not wait for approval, generation 2 does"},
    {"a number that does not exist", .word = "7", .rejected = true, .want = -1, .sentence = "there is no generation 7"},
    {"another digest", .word = "0123456789ab", .want = -1, .sentence = "what waits is generation 2 with digest "},
    {"too few digits of a digest", .word = "0a1b", .want = -1,
     .sentence = "'0a1b' is neither the number of a generation"},
    {"a word", .word = "latest", .want = -1, .sentence = "'latest' is neither the number of a generation"},
};

static void
named(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    open_waiting(&stage);
    for (size_t i = 0; i < ROWS(words); i++) {
        struct decide decide = decide_on(&stage);
        struct err err = {0};
        CHECK(words[i].why, decide_find(&decide, words[i].word, words[i].rejected, &err) == words[i].want);
        check_says(words[i].why, err.text, words[i].sentence);
        decide_clear(&decide);
    }
    flow_stage_close(&stage);
}

static void
approved(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct err err = {0};
    char digits[13];
    open_waiting(&stage);
    struct decide decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, NULL, true, &err), 0);
    snprintf(digits, sizeof digits, "%.12s", decide.compared.new_side.candidate.digest);
    decide_clear(&decide);
    decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, digits, true, &err), 0);
    assert_string_equal(decide.who, "alice");
    assert_string_equal(decide.compared.old_side.name, "generation 1, Worldwide " OLD);
    assert_int_equal(decide_approve(&decide, &err), 0);
    decide_announce(&decide, NOTICE_PUBLISHED, decide.generation);
    decide_clear(&decide);
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 2);
    assert_int_equal(flow_stage_link(&stage, STATE_PENDING), 0);
    struct buf text;
    buf_init(&text, RECORD_MAX);
    assert_int_equal(decision_read(stage.state, 2, 1, &text, &err), 1);
    buf_add_char(&text, '\0');
    static const char *const parts[] = {"what approved\n", "by alice\n", "note NET-1\n", "held: names bypassed now",
                                        "new.example"};
    for (size_t i = 0; i < ROWS(parts); i++)
        check_says("the record", text.data, parts[i]);
    buf_clear(&text);
    decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, NULL, true, &err), 1);
    decide_clear(&decide);
    flow_stage_close(&stage);
}

static void
rejected(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct err err = {0};
    open_waiting(&stage);
    struct decide decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_clear(&decide);
    assert_true(decision_is_rejected(stage.state, 2) && !decision_is_rejected(stage.state, 1));
    struct flow_result again = flow_stage_run(&stage, &plain, NEW, WIDER);
    assert_true(again.what == FLOW_REFUSED && again.generation == 2);
    flow_stage_heard(
        &stage, "not proposed again",
        "generation 2, which a person rejected or rolled back; 'm365ctl approve 2' publishes it after all");
    decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, "2", false, &err), -1);
    check_says("a rejected one cannot be rejected again", err.text, "generation 2 does not wait for approval");
    decide_clear(&decide);
    decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, "2", true, &err), 0);
    assert_int_equal(decide_approve(&decide, &err), 0);
    decide_clear(&decide);
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 2);
    flow_stage_close(&stage);
}

static void
put_back(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct err err = {0};
    uint32_t target, left;
    flow_stage_open(&stage, "review auto\n");
    struct decide decide = decide_on(&stage);
    assert_int_equal(decide_roll_back(&target, &left, &decide, NULL, &err), -1);
    check_says("nothing yet", err.text, "no other generation was in use before");
    flow_stage_run(&stage, &plain, OLD, BASE);
    flow_stage_run(&stage, &plain, NEW, WIDER);
    buf_reset(&stage.heard);
    assert_int_equal(decide_roll_back(&target, &left, &decide, "2", &err), 1);
    assert_int_equal(decide_roll_back(&target, &left, &decide, "3", &err), -1);
    assert_int_equal(decide_roll_back(&target, &left, &decide, NULL, &err), 0);
    assert_true(target == 1 && left == 2 && flow_stage_link(&stage, STATE_CURRENT) == 1);
    assert_int_equal(flow_stage_run(&stage, &plain, NEW, WIDER).what, FLOW_REFUSED);
    flow_stage_heard(&stage, "an update does not undo it",
                     "generation 2, which a person rejected or rolled back; 'm365ctl rollback 2' returns to it");
    decide = decide_on(&stage);
    assert_int_equal(decide_roll_back(&target, &left, &decide, "2", &err), 0);
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 2);
    assert_int_equal(decide_roll_back(&target, &left, &decide, "1", &err), 0);
    const struct flow forced = {.by_hand = true, .force = true};
    assert_int_equal(flow_stage_run(&stage, &forced, NEW, WIDER).what, FLOW_PUBLISHED);
    flow_stage_close(&stage);
}

/* A local rule takes effect, and what waits is rebuilt with it. */
static void
published(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct err err = {0};
    char note[32];
    struct buf review;
    open_waiting(&stage);
    flow_stage_write("local.d/ours.rules", "inspect secret.files.example\n");
    const struct publish publish = {.conf = stage.conf,
                                    .state = stage.state,
                                    .listener = &stage.listener,
                                    .now = STAGE_NOW,
                                    .by = "bob",
                                    .note = "NET-2"};
    assert_int_equal(publish_run(&result, &publish, &err), 0);
    flow_stage_heard(&stage, "rebuilt", "generation 2, which waits with other documents, is rebuilt");
    assert_true(result.what == FLOW_PUBLISHED && result.generation == 3);
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 3);
    assert_int_equal(flow_stage_link(&stage, STATE_PENDING), 4);
    assert_int_equal(generation_read_review(&review, stage.state, 3, &err), 0);
    record_get(&review, "note", note, sizeof note);
    assert_string_equal(note, "NET-2");
    buf_clear(&review);
    flow_stage_write("local.d/ours.rules", "allow *.com\n");
    assert_int_equal(publish_run(&result, &publish, &err), -1);
    check_says("a refused rule", err.text, "; the table in use stays");
    assert_int_equal(flow_stage_link(&stage, STATE_CURRENT), 3);
    flow_stage_close(&stage);
}

/* What was rejected before something newer was published can only be taken by force. */
static void
rejected_long_ago(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct err err = {0};
    open_waiting(&stage);
    struct decide decide = decide_on(&stage);
    assert_int_equal(decide_find(&decide, NULL, false, &err), 0);
    assert_int_equal(decide_reject(&decide, &err), 0);
    decide_clear(&decide);
    const struct flow by_hand = {.by_hand = true}, forced = {.by_hand = true, .force = true};
    assert_int_equal(flow_stage_run(&stage, &by_hand, NEWER, STAGE_SET("2", "Allow", "a.files.example")).what,
                     FLOW_PUBLISHED);
    buf_reset(&stage.heard);
    assert_int_equal(flow_stage_run(&stage, &by_hand, NEW, WIDER).what, FLOW_REFUSED);
    flow_stage_heard(&stage, "what to do", "a person rejected or rolled back; --force publishes it after all");
    assert_int_equal(flow_stage_run(&stage, &plain, NEW, WIDER).what, FLOW_REFUSED);
    flow_stage_heard(&stage, "nothing to do", "a person rejected or rolled back; what is in use is newer");
    assert_int_equal(flow_stage_run(&stage, &forced, NEW, WIDER).what, FLOW_PUBLISHED);
    flow_stage_close(&stage);
}

static const struct {
    const char *why, *local;
    bool force;
    enum flow_what want;
    const char *says, *also;
} plans[] = {
    {"what is in use", "inspect old.example\n", false, FLOW_SAME, "the result is generation 3, which is in use",
     "generation 4, which waits with other documents, would be rebuilt; compared with what is in use now:\nnothing "
     "new: the result is generation 4, which waits for approval\n"},
    {"what waits, with a new local rule", "inspect secret.files.example\n", false, FLOW_PUBLISHED,
     "generation 4, which waits with other documents, would be rebuilt; compared with what is in use now:\ndry run: it "
     "would wait for approval: Worldwide " NEW "; ",
     "held: names bypassed now that no rule matched before: new.example port "},
    {"a new local rule", "inspect secret.files.example\n", false, FLOW_PUBLISHED,
     "dry run: it would be published: Worldwide " OLD "; ", "secret.files.example"},
    {"what a gate holds", "inspect old.example\nallow never.example\n", false, FLOW_PENDING,
     "dry run: it would wait for approval: Worldwide " OLD "; ", "held: 'never.example' must not be bypassed"},
    {"the same by force", "inspect old.example\nallow never.example\n", true, FLOW_PUBLISHED,
     "dry run: it would be published", "in spite of: 'never.example' must not be bypassed"},
};

/* A dry run says what would happen and leaves the folder as it is. */
static void
planned(void **unused)
{
    (void)unused;
    struct flow_stage stage;
    struct flow_result result;
    struct err err = {0};
    open_waiting_with(&stage, "must_not_bypass never.example\nnotice_command /bin/false\n");
    flow_stage_write("local.d/ours.rules", "inspect old.example\n");
    struct publish publish = {.conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
    assert_int_equal(publish_run(&result, &publish, &err), 0);
    state_close(stage.state);
    assert_int_equal(state_open(&stage.state, stage.conf->state, false, &err), 0);
    publish.state = stage.state;
    publish.dry_run = true;
    for (size_t i = 0; i < ROWS(plans); i++) {
        buf_reset(&stage.heard);
        flow_stage_write("local.d/ours.rules", plans[i].local);
        publish.force = plans[i].force;
        assert_int_equal(publish_run(&result, &publish, &err), 0);
        buf_add_char(&stage.heard, '\0');
        CHECK(plans[i].why, result.what == plans[i].want);
        check_says(plans[i].why, stage.heard.data, plans[i].says);
        check_says(plans[i].why, stage.heard.data, plans[i].also);
        CHECK(plans[i].why, strstr(stage.heard.data, "notice") == NULL && strstr(stage.heard.data, "approve") == NULL);
        uint32_t next;
        assert_int_equal(state_next(stage.state, &next, &err), 0);
        CHECK(plans[i].why,
              next == 5 && flow_stage_link(&stage, STATE_CURRENT) == 3 && flow_stage_link(&stage, STATE_PENDING) == 4);
    }
    flow_stage_write("local.d/ours.rules", "allow *.com\n");
    assert_int_equal(publish_run(&result, &publish, &err), -1);
    flow_stage_close(&stage);
}

/* A file of what is in use is removed or damaged. Publishing replaces it; documents that are whole are never exchanged
 * for older ones. */
static const struct {
    const char *why, *name;
    bool gone; /* else it gets another byte at its end */
    const char *heard;
    const char *want; /* version in the record of the new generation */
} damages[] = {
    {"no image", "image", true, "which has no 'image'; publishing replaces it, from its own documents\n", NEW},
    {"a damaged image", "image", false, "publishing replaces it, from its own documents\n", NEW},
    {"no table", "table.txt", true, "which has no 'table.txt'; publishing replaces it, from its own documents\n", NEW},
    {"a damaged table", "table.txt", false, "publishing replaces it, from its own documents\n", NEW},
    {"a damaged document", "source.json", false,
     "its documents are damaged, too; publishing replaces it, with the older documents of generation 1\n", OLD},
    {"no record", "review.txt", true, "with the older documents of generation 1\n", OLD},
};

static void
published_over_damage(void **unused)
{
    for (size_t i = 0; i < ROWS(damages); i++) {
        struct flow_stage stage;
        struct flow_result result;
        struct err err = {0};
        char path[PATH_MAX];
        flow_stage_open(&stage, "review auto\n");
        flow_stage_run(&stage, &plain, OLD, BASE);
        flow_stage_run(&stage, &plain, NEW, WIDER);
        buf_reset(&stage.heard);
        assert_int_equal(state_path(stage.state, 2, damages[i].name, path, &err), 0);
        if (damages[i].gone) {
            assert_int_equal(unlink(path), 0);
        } else {
            FILE *file = fopen(path, "ab");
            assert_true(file != NULL && fputc('\n', file) == '\n' && fclose(file) == 0);
        }
        const struct publish publish = {
            .conf = stage.conf, .state = stage.state, .listener = &stage.listener, .now = STAGE_NOW};
        if (publish_run(&result, &publish, &err) != 0)
            fail_msg("%s: %s", damages[i].why, err.text);
        flow_stage_heard(&stage, damages[i].why, damages[i].heard);
        CHECK(damages[i].why, result.what == FLOW_PUBLISHED && result.generation == 3);
        CHECK(damages[i].why, flow_stage_link(&stage, STATE_CURRENT) == 3);
        snprintf(path, sizeof path, "Worldwide %s", damages[i].want);
        CHECK(damages[i].why, generation_says(stage.state, 3, "version", path));
        flow_stage_close(&stage);
        flow_stage_tear_down(unused);
        flow_stage_set_up(unused);
    }
}

static const struct {
    const char *why, *conf, *name, *instance, *version, *text; /* NULL: a document */
    const char *want;                                          /* version in the record; NULL: it fails */
    const char *sentence;                                      /* heard, or of the failure */
} files[] = {
    {"a version in the name", .name = "endpoints-" NEW ".json", .want = "Worldwide " NEW, .sentence = "is published"},
    {"one next to other digits", .name = "7-" NEW "-0.json", .instance = "Worldwide", .want = "Worldwide " NEW,
     .sentence = "is published"},
    {"a version that is given", .name = OLD ".json", .version = NEW, .want = "Worldwide " NEW,
     .sentence = "is published"},
    {"no version", .name = "endpoints.json", .want = "Worldwide -",
     .sentence = "with --version the review can tell whether"},
    {"too many digits", .name = NEW "0.json", .want = "Worldwide -",
     .sentence = "with --version the review can tell whether"},
    {"ten digits that are not a version", .name = "1234567890.json", .want = "Worldwide -",
     .sentence = "with --version"},
    {"another instance", .name = "a.json", .instance = "China", .sentence = "instance China is not configured; add it"},
    {"one of several", .conf = "instance Worldwide China\n", .name = "a.json",
     .sentence = "2 instances are configured"},
    {"a web page", .name = "a.json", .text = "<html>",
     .sentence = "a.json' is refused: a page of HTML instead of JSON"},
    {"no file", .sentence = "; what was in use stays in use"},
};

static void
imported(void **unused)
{
    for (size_t i = 0; i < ROWS(files); i++) {
        struct flow_stage stage;
        struct flow_result result;
        struct err err = {0};
        struct buf bytes;
        char path[4200], version[64];
        flow_stage_open(&stage, files[i].conf == NULL ? "" : files[i].conf);
        buf_init(&bytes, 4096);
        flow_stage_document(&bytes, BASE);
        buf_add_char(&bytes, '\0');
        snprintf(path, sizeof path, "%s/../%s", stage.conf->state, files[i].name == NULL ? "none" : files[i].name);
        if (files[i].name != NULL)
            flow_stage_write(files[i].name, files[i].text == NULL ? bytes.data : files[i].text);
        buf_clear(&bytes);
        const struct import import = {.conf = stage.conf,
                                      .state = stage.state,
                                      .listener = &stage.listener,
                                      .now = STAGE_NOW,
                                      .file = path,
                                      .bytes = &bytes,
                                      .instance = files[i].instance,
                                      .version = files[i].version};
        int done = import_read(&bytes, path, &err);
        if (done == 0)
            done = import_run(&result, &import, &err);
        buf_clear(&bytes);
        CHECK(files[i].why, done == (files[i].want != NULL ? 0 : -1));
        if (files[i].want == NULL) {
            check_says(files[i].why, err.text, files[i].sentence);
            CHECK(files[i].why, flow_stage_link(&stage, STATE_CURRENT) == 0);
        } else {
            flow_stage_heard(&stage, files[i].why, files[i].sentence);
            assert_int_equal(generation_read_review(&bytes, stage.state, 1, &err), 0);
            record_get(&bytes, "version", version, sizeof version);
            check_text(files[i].why, version, strlen(version), files[i].want);
            buf_clear(&bytes);
        }
        flow_stage_close(&stage);
        assert_int_equal(flow_stage_tear_down(unused), 0);
        assert_int_equal(flow_stage_set_up(unused), 0);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, flow_stage_set_up, flow_stage_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_step), TEST(waiting),           TEST(named),     TEST(approved),
        TEST(rejected), TEST(put_back),          TEST(published), TEST(published_over_damage),
        TEST(imported), TEST(rejected_long_ago), TEST(planned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
