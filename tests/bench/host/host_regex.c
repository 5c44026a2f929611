// SPDX-License-Identifier: GPL-2.0-or-later
/* host_regex.c - all patterns as one alternation, through PCRE2's JIT compiler; and the parts that other engines
 * share. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "host_regex.h"

#include <pcre2.h>
#include <stdio.h>
#include <string.h>

#include "host_method.h"

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    size_t bytes;
};

size_t
regex_of_pattern(char *ret, const char *pattern)
{
    size_t len = 0;
    for (const char *at = pattern; *at != '\0' && len + 8 < REGEX_ROOM; at++) {
        if (*at == '*') {
            const char *any = at == pattern ? ".*" : "[^.]+";
            memcpy(ret + len, any, strlen(any));
            len += strlen(any);
        } else {
            if (*at == '.')
                ret[len++] = '\\';
            ret[len++] = *at;
        }
    }
    ret[len] = '\0';
    return len;
}

static void *
pcre2_build(const struct host_task *task)
{
    const struct data_list *list = task->list;
    struct regex *regex = data_memory(1, sizeof *regex);
    char *text = data_memory(list->count + 1, REGEX_ROOM);
    size_t len = 0, where, ignored;
    int error;
    memcpy(text, "^(?:", 4);
    len = 4;
    for (size_t i = 0; i < list->count; i++) {
        len += regex_of_pattern(text + len, data_name(list, i, &ignored));
        text[len++] = i + 1 < list->count ? '|' : ')';
    }
    text[len++] = '$';
    regex->code = pcre2_compile((PCRE2_SPTR)text, len, PCRE2_DOLLAR_ENDONLY, &error, &where, NULL);
    if (regex->code == NULL || pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) != 0)
        return host_cannot("pcre2-jit", "refuses the alternation");
    regex->data = pcre2_match_data_create(1, NULL);
    size_t code = 0, jit = 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_SIZE, &code);
    pcre2_pattern_info(regex->code, PCRE2_INFO_JITSIZE, &jit);
    regex->bytes = code + jit;
    return regex;
}

static void
pcre2_ask(void *built, const struct host *questions, size_t count, uint8_t *ret)
{
    const struct regex *regex = built;
    for (size_t i = 0; i < count; i++)
        ret[i] =
            pcre2_jit_match(regex->code, (PCRE2_SPTR)questions[i].text, questions[i].len, 0, 0, regex->data, NULL) >= 0;
}

static size_t
pcre2_bytes(const void *built)
{
    const struct regex *regex = built;
    return regex->bytes;
}

const struct host_method host_regex[] = {
    {"pcre2-jit", true, false, false, 0, pcre2_build, pcre2_ask, NULL, pcre2_bytes},
    {0},
};
