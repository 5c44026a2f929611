// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squid.c - the text of the helper protocol, see squid.h.
 *
 *     line --> [words --> request] --> verdict --> [arguments] --> reply (squid_reply.c)
 *
 * Only the space that Squid itself writes separates words. A tab or any other byte stays part of its word, and host.h
 * and addr.h reject it. Reading and writing belong to helper/serve/serve.c, and so does the limit on long lines.
 */
#include "squid.h"

#include <string.h>

#include "base/err.h"
#include "cloud/area.h"
#include "image/image.h"
#include "name/verb.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

static const char *const field_words[] = {
    [SQUID_DST] = "dst", [SQUID_SNI] = "sni", [SQUID_LA] = "la", [SQUID_PORT] = "port", [SQUID_IGNORE] = "ignore",
};

const struct squid_fields squid_fields_default = {.count = 3, .field = {SQUID_DST, SQUID_SNI, SQUID_PORT}};

/* Scan eight bytes at a time: these words are too short to pay for a call. Each mask sets bit 7 of every byte that is a
 * space (word_length) or not a digit (count_digits). The mask of spaces may also mark bytes after the first space, so
 * only its lowest set bit counts. */
#define EACH ((uint64_t)0x0101010101010101u) /* EACH * b is the byte b, eight times */

/* Eight bytes, the first one lowest. */
static inline uint64_t
load_bytes(const char *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? bytes : __builtin_bswap64(bytes);
}

/* Bytes before the first space. */
static inline size_t
word_length(const char *text, size_t len)
{
    size_t at = 0;
    for (; len - at >= 8; at += 8) {
        uint64_t bytes = load_bytes(text + at) ^ ' ' * EACH; /* spaces become 0 */
        uint64_t spaces = (bytes - EACH) & ~bytes & EACH << 7;
        if (spaces != 0)
            return at + (unsigned)__builtin_ctzll(spaces) / 8;
    }
    while (at < len && text[at] != ' ')
        at++;
    return at;
}

static inline struct squid_word
take_word(struct squid_word *rest)
{
    const char *text = rest->text, *end = text + rest->len;
    while (text < end && *text == ' ')
        text++;
    struct squid_word word = {.text = text, .len = word_length(text, (size_t)(end - text))};
    rest->text = text + word.len;
    rest->len = (size_t)(end - rest->text);
    return word;
}

/* Takes the next word if it repeats this one, after one space. */
static inline bool
take_repeated(struct squid_word *rest, struct squid_word word)
{
    size_t len = word.len + 1;
    if (word.len == 0 || rest->len < len || rest->text[0] != ' ' || memcmp(rest->text + 1, word.text, word.len) != 0 ||
        (rest->len > len && rest->text[len] != ' '))
        return false;
    rest->text += len;
    rest->len -= len;
    return true;
}

struct squid_word
squid_take_word(struct squid_word *rest)
{
    return take_word(rest);
}

const char *
squid_field_word(uint8_t field)
{
    return field_words[field];
}

static int
add_field(struct squid_fields *fields, struct squid_word word, uint32_t *seen, struct err *err)
{
    uint8_t field = 0;
    while (field <= SQUID_IGNORE && !squid_word_is(word, field_words[field]))
        field++;
    int shown = word.len < 40 ? (int)word.len : 40;
    if (field > SQUID_IGNORE)
        return err_set(err, ERR_USAGE, "unknown field '%.*s'; known fields are dst, sni, la, port and ignore", shown,
                       word.text);
    if (field != SQUID_IGNORE && (*seen & 1u << field) != 0)
        return err_set(err, ERR_USAGE, "field '%s' is given twice", field_words[field]);
    if (field == SQUID_PORT && fields->count == 0)
        return err_set(err, ERR_USAGE, "field 'port' must not be first: it looks like a channel-ID");
    if (fields->count == SQUID_FIELDS_MAX)
        return err_set(err, ERR_USAGE, "more than %d fields", SQUID_FIELDS_MAX);
    *seen |= 1u << field;
    fields->field[fields->count++] = field;
    return 0;
}

int
squid_fields_parse(struct squid_fields *ret, const char *text, struct err *err)
{
    struct squid_fields fields = {.count = 0};
    uint32_t seen = 0;
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        if (add_field(&fields, (struct squid_word){.text = at, .len = len}, &seen, err) != 0)
            return -1;
        at += len;
        if (*at == '\0')
            break;
    }
    if ((seen & 1u << SQUID_DST) == 0)
        return err_set(err, ERR_USAGE, "fields '%s' have no 'dst'", text);
    *ret = fields;
    return 0;
}

/* Digits at the start. */
static size_t
count_digits(const char *line, size_t len)
{
    size_t digits = 0;
    if (len >= 8) {
        uint64_t bytes = load_bytes(line) ^ '0' * EACH; /* digits become 0 to 9 */
        uint64_t others = (((bytes & 0x7f * EACH) + 0x76 * EACH) | bytes) & EACH << 7;
        if (others != 0)
            return (unsigned)__builtin_ctzll(others) / 8;
        digits = 8;
    }
    while (digits < len && line[digits] >= '0' && line[digits] <= '9')
        digits++;
    return digits;
}

bool
squid_has_id(const char *line, size_t len, size_t need)
{
    size_t digits = count_digits(line, len);
    if (digits == 0 || digits > SQUID_ID_DETECT_MAX || digits == len || line[digits] != ' ')
        return false;
    struct squid_word rest = {.text = line + digits, .len = len - digits};
    size_t words = 0;
    while (words < need && squid_take_word(&rest).len > 0)
        words++;
    return words == need;
}

bool
squid_take_id(struct squid_word *ret, const char **line, size_t *len)
{
    size_t digits = count_digits(*line, *len);
    if (digits == 0 || digits > SQUID_ID_MAX || (digits < *len && (*line)[digits] != ' '))
        return false;
    *ret = (struct squid_word){.text = *line, .len = digits};
    size_t cut = digits < *len ? digits + 1 : digits;
    *line += cut;
    *len -= cut;
    return true;
}

static void
set_field(struct request *request, uint8_t field, struct squid_word word)
{
    switch (field) {
    case SQUID_DST: request_set_dst(request, word.text, word.len); break;
    case SQUID_SNI: request_set_sni(request, word.text, word.len); break;
    case SQUID_LA: request_set_la(request, word.text, word.len); break;
    case SQUID_PORT: request_set_port(request, word.text, word.len); break;
    default: break;
    }
}

void
squid_parse_line(const struct squid_fields *fields, const char *line, size_t len, struct request *ret,
                 struct squid_word *ret_args)
{
    struct squid_word rest = {.text = line, .len = len}, dst = {.text = NULL, .len = 0};
    request_init(ret);
    for (unsigned i = 0, count = fields->count; i < count; i++) {
        uint8_t field = fields->field[i];
        if (field == SQUID_SNI && take_repeated(&rest, dst)) {
            request_set_sni_same(ret, dst.text, dst.len);
            continue;
        }
        struct squid_word word = take_word(&rest);
        if (word.len == 0)
            ret->line_ok = false;
        if (field == SQUID_DST)
            dst = word;
        set_field(ret, field, word);
    }
    *ret_args = rest;
}

/* What the arguments of one acl line ask for, collected so far. */
struct narrowing {
    bool category, category_fits;
    bool area, area_fits;
    bool required, expressroute;
    bool default_fits; /* Default was asked for, and the set is Default */
};

static bool
is_area(const struct image_set *set, const char *area, size_t len)
{
    return len > 0 && set->area.len == len && memcmp(set->area.text, area, len) == 0;
}

/* Adds an argument that is none of the other kinds. False if the table has no such area. */
static bool
narrow_area(struct narrowing *ret, const struct image *image, const struct image_set *set, struct squid_word word)
{
    const char *published = area_published(word.text, word.len);
    size_t len = published == NULL ? 0 : strlen(published);
    bool fits = is_area(set, word.text, word.len) || (published != NULL && is_area(set, published, len));
    ret->area = true;
    ret->area_fits = ret->area_fits || fits;
    return fits || image_has_area(image, word.text, word.len) ||
           (published != NULL && image_has_area(image, published, len));
}

/* Adds one argument. False for an unknown word. */
static bool
narrow(struct narrowing *ret, const struct image *image, const struct image_set *set, struct squid_word word)
{
    for (enum verb verb = VERB_DEFAULT; verb_category(verb) != NULL; verb++) {
        if (squid_word_is(word, verb_category(verb))) {
            ret->category = true;
            ret->category_fits = ret->category_fits || set->verb == verb;
            ret->default_fits = ret->default_fits || (set->verb == verb && verb == VERB_DEFAULT);
            return true;
        }
    }
    if (squid_word_is(word, "required")) {
        ret->required = true;
        return true;
    }
    if (squid_word_is(word, "expressroute")) {
        ret->expressroute = true;
        return true;
    }
    return narrow_area(ret, image, set, word);
}

bool
squid_args_allow(const struct image *image, const struct request *request, uint32_t today,
                 const struct verdict *verdict, struct squid_word args, struct squid_word *ret_unknown)
{
    *ret_unknown = (struct squid_word){.text = NULL, .len = 0};
    if (image == NULL)
        return false;
    struct squid_word first = squid_take_word(&args);
    if (first.len == 0)
        return verdict->bypass;
    struct image_set set = {.verb = UINT8_MAX};
    if (verdict->has_rule)
        image_get_set(image, verdict->set, &set);
    struct narrowing asked = {.category = false};
    if (squid_word_is(first, "-") && squid_take_word(&args).len == 0)
        first.len = 0;
    for (struct squid_word word = first; word.len > 0; word = squid_take_word(&args)) {
        if (!narrow(&asked, image, &set, word)) {
            *ret_unknown = word;
            return false;
        }
    }
    bool passes = verdict->bypass || (verdict->why == WHY_CATEGORY && asked.default_fits &&
                                      verdict_agrees(image, request, today, 1u << VERB_DEFAULT));
    return passes && (!asked.category || asked.category_fits) && (!asked.area || asked.area_fits) &&
           (!asked.required || set.required) && (!asked.expressroute || set.expressroute);
}
