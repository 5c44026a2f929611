// SPDX-License-Identifier: GPL-2.0-or-later
/* squid_test.c - squid.h: words, fields and channel-IDs are read as Squid writes them, and replies are exact to the
 * byte. */
#include "squid/squid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "image/image.h"
#include "table/policy.h"
#include "table/table.h"
#include "tables.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define AREA_32 "Abcdefghijklmnopqrstuvwxyz_12345"
#define LABEL_32 "12345678.0-abcdefghijklmnopqrstu"

static const char table_text[] = "# version: " LABEL_32 "\n"
                                 "optimize a.example id=1 area=Mail required expressroute\n"
                                 "allow    b.example id=2 area=Files required\n"
                                 "default  c.example id=3 area=Mail required\n"
                                 "inspect  d.example id=4 area=Files\n"
                                 "allow    e.example\n"
                                 "inspect  f.example\n"
                                 "optimize g.example id=4294967295 area=" AREA_32 "\n";

static struct image *image;

static int
setup(void **state)
{
    (void)state;
    struct err err;
    struct buf bytes;
    struct table *table = table_new();
    assert_non_null(table);
    struct policy options = {.label = NULL};
    if (table_read_bytes(table, "t.rules", table_text, strlen(table_text), &err) != 0 ||
        compile_table(&bytes, table, &options, &err) != 0 || image_from_buf(&image, &bytes, &err) != 0)
        fail_msg("%s", err.text);
    table_free(table);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    image_close(image);
    return 0;
}

static struct squid_word
word_of(const char *text)
{
    return (struct squid_word){.text = text, .len = strlen(text)};
}

static const struct {
    const char *in;
    const char *want; /* a letter for each field; NULL if refused */
    const char *sentence;
} fields[] = {
    {"dst", .want = "d"},
    {"dst,sni,port", .want = "dsp"},
    {"dst,sni,la,port", .want = "dslp"},
    {"sni,dst", .want = "sd"},
    {"ignore,port,ignore,dst", .want = "ipid"},
    {"dst,ignore,ignore,ignore,ignore,ignore,ignore,ignore", .want = "diiiiiii"},
    {"dst,ignore,ignore,ignore,ignore,ignore,ignore,ignore,ignore", .sentence = "more than 8 fields"},
    {"", .sentence = "unknown field ''; known fields are dst, sni, la, port and ignore"},
    {"dst,", .sentence = "unknown field ''; known fields are dst, sni, la, port and ignore"},
    {",dst", .sentence = "unknown field ''; known fields are dst, sni, la, port and ignore"},
    {"dst,Port", .sentence = "unknown field 'Port'; known fields are dst, sni, la, port and ignore"},
    {"dst sni", .sentence = "unknown field 'dst sni'; known fields are dst, sni, la, port and ignore"},
    {"dst,sni,dst", .sentence = "field 'dst' is given twice"},
    {"sni,port", .sentence = "fields 'sni,port' have no 'dst'"},
    {"port,dst", .sentence = "field 'port' must not be first: it looks like a channel-ID"},
};

static void
test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct squid_fields got = {.count = 99};
        struct err err = {.text = ""};
        int status = squid_fields_parse(&got, fields[i].in, &err);
        if (fields[i].want == NULL) {
            assert_int_equal(status, -1);
            assert_int_equal(err.kind, ERR_USAGE);
            assert_string_equal(err.text, fields[i].sentence);
            assert_int_equal(got.count, 99);
            continue;
        }
        assert_int_equal(status, 0);
        assert_int_equal(got.count, strlen(fields[i].want));
        for (size_t k = 0; k < got.count; k++)
            assert_int_equal("dslpi"[got.field[k]], fields[i].want[k]);
    }
}

static const struct {
    const char *in;
    size_t need;
    bool has;
} detected[] = {
    {"1 a", .need = 1, .has = true},
    {"1 a", .need = 2, .has = false},
    {"1 a b c", .need = 3, .has = true},
    {"1 a b", .need = 3, .has = false},
    {"1  a  b ", .need = 2, .has = true},
    {"0 a", .need = 1, .has = true},
    {"123456789 a", .need = 1, .has = true},
    {"1234567890 a", .need = 1, .has = false},
    {"1", .need = 1, .has = false},
    {"1 ", .need = 1, .has = false},
    {"", .need = 1, .has = false},
    {" 1 a", .need = 1, .has = false},
    {"1.2.3.4 a b", .need = 1, .has = false},
    {"1a b c", .need = 1, .has = false},
    {"-1 a b", .need = 1, .has = false},
    {"1\ta b c", .need = 1, .has = false},
    {"a 1 b c", .need = 1, .has = false},
    {"1 a b c d e f", .need = 3, .has = true},
    {"12345 - 443 -", .need = 3, .has = true},
    {"12345 - 443", .need = 3, .has = false},
};

static void
test_has_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof detected / sizeof *detected; i++) {
        if (squid_has_id(detected[i].in, strlen(detected[i].in), detected[i].need) != detected[i].has)
            fail_msg("'%s' with %zu", detected[i].in, detected[i].need);
    }
}

static const struct {
    const char *in;
    const char *id; /* NULL: none */
    const char *rest;
} taken[] = {
    {"1 a b", "1", "a b"},
    {"1  a", "1", " a"},
    {"1", "1", ""},
    {"1 ", "1", ""},
    {"007 x", "007", "x"},
    {"12345678901234567890 x", "12345678901234567890", "x"},
    {"123456789012345678901 x", NULL, "123456789012345678901 x"},
    {"", NULL, ""},
    {" 1 a", NULL, " 1 a"},
    {"1x a", NULL, "1x a"},
    {"1\ta", NULL, "1\ta"},
    {"-1 a", NULL, "-1 a"},
    {"1234567 abc", "1234567", "abc"},
    {"12345678 abc", "12345678", "abc"},
    {"123456789 abc", "123456789", "abc"},
    {"1/23456 abc", NULL, "1/23456 abc"},
    {"123:456 abc", NULL, "123:456 abc"},
    {"123\xb0 456 abc", NULL, "123\xb0 456 abc"},
    {"12\x10 4567 abc", NULL, "12\x10 4567 abc"},
};

static void
test_take_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct squid_word id = {.text = NULL, .len = 0};
        const char *line = taken[i].in;
        size_t len = strlen(line);
        assert_int_equal(squid_take_id(&id, &line, &len), taken[i].id != NULL);
        assert_string_equal(line, taken[i].rest);
        assert_int_equal(len, strlen(taken[i].rest));
        if (taken[i].id != NULL) {
            assert_int_equal(id.len, strlen(taken[i].id));
            assert_memory_equal(id.text, taken[i].id, id.len);
        }
    }
}

static const struct {
    const char *fields;
    const char *in;
    const char *want; /* what is given for dst, sni, la (`n`ame, `a`ddress, `b`ad, `-`), port, arguments */
} lines[] = {
    {"dst,sni,port", "a.example - 443", "n-- 443 ''"},
    {"dst,sni,port", "a.example b.example 80 -", "nn- 80 ' -'"},
    {"dst,sni,port", "  a.example   b.example   80   X  Y ", "nn- 80 '   X  Y '"},
    {"dst,sni,port", "192.0.2.1 192.0.2.1 -", "ab- 443 ''"},
    {"dst,sni,port", "a.example a.example 80 -", "nn- 80 ' -'"},
    {"dst,sni,port", "a.example  a.example 80", "nn- 80 ''"},
    {"dst,sni,port", "a.example a.example", "bad"},
    {"dst,sni,port", "a.example a.example.. 80", "nb- 80 ''"},
    {"dst,sni", "a.example a.example", "nn- 443 ''"},
    {"dst,sni", "a.example a.example ", "nn- 443 ' '"},
    {"dst,sni", "a..b a..b", "bb- 443 ''"},
    {"dst,sni", "- -", "--- 443 ''"},
    {"dst,sni,port", "a..b - 65536", "b-- 0 ''"},
    {"dst,sni,port", "- - -", "--- 443 ''"},
    {"dst,sni,port", "a.example\t- - 443", "b-- 443 ''"},
    {"dst,sni,port", "a.example -", "bad"},
    {"dst,sni,port", "", "bad"},
    {"dst,sni,port", "   ", "bad"},
    {"dst,sni,la,port", "a.example - 192.0.2.1 25", "n-a 25 ''"},
    {"dst,sni,la,port", "a.example - b.example 25", "n-b 25 ''"},
    {"sni,ignore,dst", "b.example x %5B::1%5D", "an- 443 ''"},
    {"dst", "a.example 443", "n-- 443 ' 443'"},
};

static void
test_parse_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct squid_fields order;
        struct request request;
        struct squid_word args;
        struct err err;
        char got[100];
        assert_int_equal(squid_fields_parse(&order, lines[i].fields, &err), 0);
        squid_parse_line(&order, lines[i].in, strlen(lines[i].in), &request, &args);
        static const char shown[] = {[GIVEN_NONE] = '-', [GIVEN_NAME] = 'n', [GIVEN_ADDR] = 'a', [GIVEN_BAD] = 'b'};
        snprintf(got, sizeof got, "%c%c%c %d '%.*s'", shown[request.dst.given], shown[request.sni.given],
                 shown[request.la.given], request.port, (int)args.len, args.text);
        assert_string_equal(request.line_ok ? got : "bad", lines[i].want);
    }
}

static void
decide(const char *host, struct verdict *ret)
{
    struct request request;
    request_init(&request);
    request_set_dst(&request, host, strlen(host));
    verdict_decide(image, &request, 20000, ret);
}

static const struct {
    const char *id;
    bool ok;
    const char *host; /* NULL: no table */
    const char *want;
} replies[] = {
    {.id = "",
     .ok = true,
     .host = "a.example",
     .want = "OK m365_cat_=Optimize m365_area_=Mail m365_id_=1 m365_why_=rule m365_gen_=" LABEL_32 "\n"},
    {.id = "7",
     .ok = false,
     .host = "a.example",
     .want = "7 ERR m365_cat_=Optimize m365_area_=Mail m365_id_=1 m365_why_=rule m365_gen_=" LABEL_32 "\n"},
    {.id = "",
     .ok = false,
     .host = "c.example",
     .want = "ERR m365_cat_=Default m365_area_=Mail m365_id_=3 m365_why_=category m365_gen_=" LABEL_32 "\n"},
    {.id = "",
     .ok = false,
     .host = "d.example",
     .want = "ERR m365_area_=Files m365_id_=4 m365_why_=local-inspect m365_gen_=" LABEL_32 "\n"},
    {.id = "", .ok = true, .host = "e.example", .want = "OK m365_cat_=Allow m365_why_=rule m365_gen_=" LABEL_32 "\n"},
    {.id = "", .ok = false, .host = "f.example", .want = "ERR m365_why_=local-inspect m365_gen_=" LABEL_32 "\n"},
    {.id = "", .ok = false, .host = "z.example", .want = "ERR m365_why_=no-rule m365_gen_=" LABEL_32 "\n"},
    {.id = "", .ok = false, .host = "z..example", .want = "ERR m365_why_=bad-name m365_gen_=" LABEL_32 "\n"},
    {.id = "", .ok = false, .want = "ERR m365_why_=no-table\n"},
    {.id = "0", .ok = false, .want = "0 ERR m365_why_=no-table\n"},
    {.id = "12345678901234567890",
     .ok = false,
     .host = "g.example",
     .want = "12345678901234567890 ERR m365_cat_=Optimize m365_area_=" AREA_32
             " m365_id_=4294967295 m365_why_=rule m365_gen_=" LABEL_32 "\n"},
};

static struct squid_tails tails;

static void
test_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        char got[SQUID_REPLY_MAX + 1];
        struct verdict verdict = {.why = WHY_NO_TABLE};
        if (replies[i].host != NULL)
            decide(replies[i].host, &verdict);
        const struct image *asked = replies[i].host == NULL ? NULL : image;
        size_t len = squid_reply(&tails, got, word_of(replies[i].id), replies[i].ok, asked, &verdict);
        assert_in_range(len, 1, SQUID_REPLY_MAX - 1);
        got[len] = '\0';
        assert_string_equal(got, replies[i].want);
    }
}

/* A cached end of a reply is used only for the same image, set and reason. */
static void
test_tails(void **state)
{
    (void)state;
    static struct squid_tails kept;
    for (int round = 0; round < 3; round++) {
        char label[24];
        struct policy options = {.label = label};
        snprintf(label, sizeof label, "label-%d", round);
        struct image *other = image_of("allow a.example id=1 area=A\n"
                                       "allow b.example id=2 area=B\n",
                                       &options);
        for (unsigned i = 0; i < 200; i++) {
            char got[SQUID_REPLY_MAX + 1], want[SQUID_REPLY_MAX];
            bool rule = i % 3 != 0;
            struct verdict verdict = {.why = rule ? WHY_RULE : WHY_PORT, .has_rule = rule, .set = i % 2};
            size_t len = squid_reply(&kept, got, word_of(""), false, i % 5 == 0 ? NULL : other, &verdict);
            got[len] = '\0';
            snprintf(want, sizeof want, "ERR%s m365_why_=%s%s%s\n",
                     !rule || i % 5 == 0 ? ""
                     : i % 2 == 0        ? " m365_cat_=Allow m365_area_=A m365_id_=1"
                                         : " m365_cat_=Allow m365_area_=B m365_id_=2",
                     rule ? "rule" : "port", i % 5 == 0 ? "" : " m365_gen_=", i % 5 == 0 ? "" : label);
            assert_string_equal(got, want);
        }
        image_close(other);
    }
}

/* Whatever bytes a damaged image contains, a reply is one line of fewer than 200 bytes, all of them printable. */
static void
test_damaged_image(void **state)
{
    (void)state;
    struct err err;
    struct buf bytes;
    struct table *table = table_new();
    struct policy options = {.label = NULL};
    assert_int_equal(table_read_bytes(table, "t.rules", table_text, strlen(table_text), &err), 0);
    assert_int_equal(compile_table(&bytes, table, &options, &err), 0);
    table_free(table);
    for (size_t at = 0; at < bytes.len; at++) {
        unsigned char kept = (unsigned char)bytes.data[at];
        for (int flip = 0; flip < 3; flip++) {
            struct image *damaged;
            bytes.data[at] = (char)(flip == 0 ? '\n' : flip == 1 ? 0xff : kept ^ 0x20);
            if (image_from_memory(&damaged, bytes.data, bytes.len, &err) != 0)
                continue;
            for (uint32_t set = 0; set < 8; set++) {
                char got[SQUID_REPLY_MAX];
                struct verdict verdict = {.why = WHY_RULE, .has_rule = true, .set = set};
                size_t len = squid_reply(&tails, got, word_of("1"), true, damaged, &verdict);
                assert_in_range(len, 1, SQUID_REPLY_MAX - 1);
                assert_ptr_equal(memchr(got, '\n', len), got + len - 1);
                for (size_t i = 0; i + 1 < len; i++)
                    assert_in_range(got[i], ' ', 'z');
            }
            image_close(damaged);
        }
        bytes.data[at] = (char)kept;
    }
    buf_clear(&bytes);
}

static void
test_words(void **state)
{
    static const struct {
        const char *word, *text;
        bool is, begins, ends;
    } rows[] = {
        {"TCP_TUNNEL", "TCP_TUNNEL", true, true, true},
        {"TCP_TUNNEL_ABORTED", "TCP_TUNNEL", false, true, false},
        {"TCP_TUNNEL_ABORTED", "_ABORTED", false, false, true},
        {"TCP", "TCP_TUNNEL", false, false, false},
        {"TCP", "tcp", false, false, false},
        {"", "TCP", false, false, false},
        {"TCP", "", false, true, true},
        {"aba", "a", false, true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct squid_word word = {rows[i].word, strlen(rows[i].word)};
        assert_int_equal(squid_word_is(word, rows[i].text), rows[i].is);
        assert_int_equal(squid_word_begins(word, rows[i].text), rows[i].begins);
        assert_int_equal(squid_word_ends(word, rows[i].text), rows[i].ends);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),        cmocka_unit_test(test_has_id),  cmocka_unit_test(test_take_id),
        cmocka_unit_test(test_parse_line),    cmocka_unit_test(test_replies), cmocka_unit_test(test_tails),
        cmocka_unit_test(test_damaged_image), cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
