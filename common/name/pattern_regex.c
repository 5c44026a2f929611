// SPDX-License-Identifier: GPL-2.0-or-later
/* pattern_regex.c - regex rules. Part of pattern.h; the only file that includes PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "arena.h"
#include "err.h"
#include "pattern.h"

struct regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
};

static void *
take_memory(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void
give_back(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

int
regex_new(struct regex **ret, const struct regex *share, struct arena *arena, const char *text, size_t len,
          struct err *err)
{
    struct regex *regex = arena_alloc(arena, sizeof *regex);
    pcre2_general_context *general = pcre2_general_context_create(take_memory, give_back, arena);
    pcre2_compile_context *compile = general == NULL ? NULL : pcre2_compile_context_create(general);
    if (regex == NULL || compile == NULL)
        return err_set(err, ERR_MEM, "no memory for a regex");
    const uint32_t options = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
                             PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    int code;
    PCRE2_SIZE offset;
    regex->code = pcre2_compile((PCRE2_SPTR)text, len, options, &code, &offset, compile);
    if (regex->code == NULL) {
        if (!arena_ok(arena))
            return err_set(err, ERR_MEM, "no memory for a regex");
        unsigned char words[120] = "";
        pcre2_get_error_message(code, words, sizeof words);
        return err_set(err, ERR_SYNTAX, "the regex '~%.*s' is wrong at byte %zu: %s", (int)(len > 120 ? 120 : len),
                       text, offset + 1, (const char *)words);
    }
    if (share != NULL) {
        regex->match = share->match;
        regex->context = share->context;
        *ret = regex;
        return 0;
    }
    regex->match = pcre2_match_data_create(REGEX_SPANS, general);
    regex->context = pcre2_match_context_create(general);
    if (regex->match == NULL || regex->context == NULL)
        return err_set(err, ERR_MEM, "no memory for a regex");
    pcre2_set_match_limit(regex->context, REGEX_MATCH_LIMIT);
    pcre2_set_depth_limit(regex->context, REGEX_DEPTH_LIMIT);
    pcre2_set_heap_limit(regex->context, REGEX_HEAP_LIMIT);
    *ret = regex;
    return 0;
}

enum regex_answer
regex_match(const struct regex *regex, const char *name, size_t len)
{
    int rc = pcre2_match(regex->code, (PCRE2_SPTR)name, len, 0, PCRE2_NO_JIT, regex->match, regex->context);
    if (rc >= 0)
        return REGEX_YES;
    return rc == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_LIMIT;
}

enum regex_answer
regex_capture(const struct regex *regex, const char *text, size_t len, struct regex_span ret[REGEX_SPANS])
{
    enum regex_answer answer = regex_match(regex, text, len);
    if (answer != REGEX_YES)
        return answer;
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(regex->match);
    unsigned groups = regex_groups(regex);
    for (unsigned i = 0; i < REGEX_SPANS; i++) {
        size_t from = i <= groups ? found[(size_t)2 * i] : PCRE2_UNSET;
        size_t to = i <= groups ? found[(size_t)2 * i + 1] : PCRE2_UNSET;
        bool took_part = from <= to && to <= len;
        ret[i] = (struct regex_span){took_part ? from : 0, took_part ? to - from : 0};
    }
    return answer;
}

unsigned
regex_groups(const struct regex *regex)
{
    uint32_t count = 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}
