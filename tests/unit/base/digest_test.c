// SPDX-License-Identifier: GPL-2.0-or-later
/* digest_test.c - digest.h: the examples of FIPS 180-4, identifiers of the right form that differ. */
#include "base/digest.h"

#include <string.h>

#include "unit.h"

static void
known_digests(void **state)
{
    (void)state;
    const struct {
        const char *in, *want;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char got[DIGEST_TEXT_MAX];
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t len = strlen(rows[i].in);
        for (size_t cut = 0; cut <= len; cut++) {
            digest_pair(got, rows[i].in, cut, rows[i].in + cut, len - cut);
            CHECK(rows[i].in, strcmp(got, rows[i].want) == 0);
        }
    }
    digest_pair(got, NULL, 0, NULL, 0);
    assert_string_equal(got, rows[0].want);
}

/* A million bytes, and every length around the ends of blocks. Their digests are hashed in turn. */
static void
long_digests(void **state)
{
    (void)state;
    static char bytes[1000000];
    char got[DIGEST_TEXT_MAX], all[DIGEST_TEXT_MAX] = "";
    memset(bytes, 'a', sizeof bytes);
    digest_pair(got, bytes, 12345, bytes, sizeof bytes - 12345);
    assert_string_equal(got, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    for (size_t len = 0; len < 300; len++) {
        char one[DIGEST_TEXT_MAX];
        digest_pair(one, bytes, len, NULL, 0);
        digest_pair(got, all, strlen(all), one, strlen(one));
        memcpy(all, got, sizeof all);
    }
    assert_string_equal(all, "719bfb82b13c80e861a6565c4535a43201a0a4c89cbdb7e9a7083011e4d15c4e");
}

static void
identifiers(void **state)
{
    (void)state;
    char one[GUID_TEXT_MAX], before[GUID_TEXT_MAX] = "";
    for (int i = 0; i < 1000; i++) {
        digest_new_guid(one);
        assert_int_equal(strlen(one), 36);
        assert_int_equal(strspn(one, "0123456789abcdef-"), 36);
        assert_true(one[8] == '-' && one[13] == '-' && one[18] == '-' && one[23] == '-');
        assert_int_equal(one[14], '4');
        assert_non_null(strchr("89ab", one[19]));
        assert_string_not_equal(one, before);
        memcpy(before, one, sizeof before);
    }
}

static void
numbers(void **state)
{
    (void)state;
    unsigned seen[7] = {0};
    for (int i = 0; i < 7000; i++) {
        uint32_t number = digest_random(7);
        assert_true(number < 7);
        seen[number]++;
    }
    for (size_t i = 0; i < 7; i++)
        assert_true(seen[i] > 500);
    assert_int_equal(digest_random(1), 0);
}

static void
keys(void **state)
{
    (void)state;
    static const unsigned char abc[DIGEST_SHORT_KEY] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                                        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23};
    unsigned char key[DIGEST_SHORT_KEY];
    digest_key(key, "abc", 3); /* FIPS 180-4 */
    assert_memory_equal(key, abc, sizeof key);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_digests), cmocka_unit_test(long_digests), cmocka_unit_test(identifiers),
        cmocka_unit_test(numbers),       cmocka_unit_test(keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
