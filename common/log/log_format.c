// SPDX-License-Identifier: GPL-2.0-or-later
/* log_format.c - compiles the text of a `logformat`. See log.h and log_format.h. */
#include "log_format.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "squid/squid_code.h"

const char *const log_format_names[] = {"squid", "m365", "combined", "common", NULL};

static const char *const named[] = {
    "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt",
    ("%ts.%03tu %>a %un %rm %#ru %>Hs %ssl::bump_mode sni=%#ssl::>sni cat=%{m365_cat_}note area=%{m365_area_}note "
     "id=%{m365_id_}note why=%{m365_why_}note gen=%{m365_gen_}note ms=%tr bytes=%<st"),
    "%>a %[ui %[un [%tl] \"%rm %ru HTTP/%rv\" %>Hs %<st \"%{Referer}>h\" \"%{User-Agent}>h\" %Ss:%Sh",
    "%>a %[ui %[un [%tl] \"%rm %ru HTTP/%rv\" %>Hs %<st %Ss:%Sh",
};

/* The codes that a count needs. Of two for one field the later in the list is better: %un is the best known name. */
static const struct {
    const char *name;
    enum log_field field;
} fields[] = {
    {"ts", LOG_SECONDS},
    {"tu", LOG_MILLIS},
    {"tS", LOG_START},
    {"tl", LOG_LOCAL},
    {"tg", LOG_LOCAL},
    {"tr", LOG_TOOK},
    {">A", LOG_CLIENT},
    {">a", LOG_CLIENT},
    {"ui", LOG_USER},
    {"ue", LOG_USER},
    {"ul", LOG_USER},
    {"un", LOG_USER},
    {"rm", LOG_METHOD},
    {">rm", LOG_METHOD},
    {"ru", LOG_URL},
    {">ru", LOG_URL},
    {">rd", LOG_HOST},
    {">rP", LOG_PORT},
    {"Hs", LOG_STATUS},
    {">Hs", LOG_STATUS},
    {"st", LOG_BYTES},
    {"<st", LOG_BYTES},
    {"Ss", LOG_RESULT},
    {"ssl::>sni", LOG_SNI},
    {"tls::>sni", LOG_SNI},
    {"ssl::bump_mode", LOG_BUMP},
    {"tls::bump_mode", LOG_BUMP},
    {">la", LOG_ADDRESS},
};

#define FIELD_COUNT (sizeof fields / sizeof *fields)

const char *
log_format_named(const char *name)
{
    for (size_t i = 0; log_format_names[i] != NULL; i++) {
        if (strcmp(name, log_format_names[i]) == 0)
            return named[i];
    }
    return NULL;
}

/* Which of `fields` a code is; FIELD_COUNT: none. */
static size_t
find_field(const struct squid_code *code)
{
    size_t i = 0;
    while (i < FIELD_COUNT && !squid_word_is(code->name, fields[i].name))
        i++;
    return i;
}

/* What is compiled and how far. */
struct making {
    struct log_format *format;
    size_t texts;                 /* used of format->texts */
    size_t from;                  /* start of the text after the last value */
    size_t best[LOG_FIELDS];      /* the place in `fields` of the code taken for a field, plus one */
    unsigned step_of[LOG_FIELDS]; /* and its step */
    struct err *err;
};

/* Ends the text after the last value. */
static int
end_text(struct making *making, bool last)
{
    struct log_format *format = making->format;
    size_t len = making->texts - making->from;
    if (len > UINT8_MAX)
        return err_set(making->err, ERR_LIMIT, "the logformat has a text of more than %d bytes", UINT8_MAX);
    if (format->count == 0) {
        format->before = (uint8_t)len;
    } else if (len == 0 && !last) {
        return err_set(making->err, ERR_SYNTAX,
                       "nothing separates two codes of the logformat, so its lines cannot be read; put a space there");
    } else {
        struct log_step *step = &format->steps[format->count - 1];
        step->after = (uint8_t)len;
        step->text = (uint16_t)making->from;
        step->stop = len > 0 ? format->texts[making->from] : '\n';
        step->quoted = step->stop == '"';
    }
    return 0;
}

/* A time in a form of its own, such as %{%H:%M}tl, which is not read. */
static bool
has_own_form(const struct squid_code *code, enum log_field field)
{
    return field == LOG_LOCAL && code->argument.len > 0 && !squid_word_is(code->argument, "%d/%b/%Y:%H:%M:%S %z");
}

static int
add_code(struct making *making, const struct squid_code *code)
{
    struct log_format *format = making->format;
    if (end_text(making, false) != 0)
        return -1;
    if (format->count == LOG_STEPS_MAX)
        return err_set(making->err, ERR_LIMIT, "the logformat has more than %d codes", LOG_STEPS_MAX);
    struct log_step *step = &format->steps[format->count++];
    step->trails = code->left;
    step->spaces = code->padded || (making->texts > 0 && format->texts[making->texts - 1] == ' ');
    making->from = making->texts;
    size_t found = find_field(code);
    if (found == FIELD_COUNT)
        return 0;
    enum log_field field = fields[found].field;
    if (making->best[field] > found || has_own_form(code, field))
        return 0;
    if (making->best[field] > 0)
        format->steps[making->step_of[field]].field = LOG_NOTHING;
    making->best[field] = found + 1;
    making->step_of[field] = format->count - 1;
    step->field = (uint8_t)field;
    format->fields |= 1u << field;
    return 0;
}

static void
forget(struct making *making, enum log_field field)
{
    struct log_format *format = making->format;
    if (log_format_has(format, field))
        format->steps[making->step_of[field]].field = LOG_NOTHING;
    format->fields &= ~(1u << field);
}

/* One time is enough: two would be added up. */
static void
keep_one_time(struct making *making)
{
    if (log_format_has(making->format, LOG_SECONDS)) {
        forget(making, LOG_START);
        forget(making, LOG_LOCAL);
    } else if (log_format_has(making->format, LOG_START)) {
        forget(making, LOG_MILLIS); /* which it has itself */
        forget(making, LOG_LOCAL);
    }
}

static int
compile(struct making *making, const char *text)
{
    struct log_format *format = making->format;
    for (const char *at = text; *at != '\0';) {
        struct squid_code code;
        const char *end = *at == '%' ? squid_code_read(&code, at + 1, SQUID_CODE_NEWEST) : NULL;
        if (*at == '%' && end == NULL)
            return err_set(making->err, ERR_SYNTAX, "'%.*s' is no %% code of Squid's logformat",
                           (int)strcspn(at, " \t"), at);
        if (end != NULL && !(code.name.len == 1 && *code.name.text == '%')) {
            if (add_code(making, &code) != 0)
                return -1;
        } else if (making->texts == LOG_TEXT_MAX) {
            return err_set(making->err, ERR_LIMIT, "the logformat has more than %d bytes", LOG_TEXT_MAX);
        } else {
            format->texts[making->texts++] = *at;
        }
        at = end != NULL ? end : at + 1;
    }
    if (end_text(making, true) != 0)
        return -1;
    keep_one_time(making);
    if (!log_format_has(format, LOG_URL) && !log_format_has(format, LOG_HOST))
        return err_set(making->err, ERR_SYNTAX, "the logformat has neither %%ru nor %%>rd, so no line names a host");
    return 0;
}

int
log_format_new(struct log_format **ret, struct arena *arena, const char *text, struct err *err)
{
    struct making making = {.format = arena_alloc(arena, sizeof *making.format), .err = err};
    if (making.format == NULL)
        return err_set(err, ERR_MEM, "no memory for the logformat");
    if (compile(&making, text) != 0)
        return -1;
    *ret = making.format;
    return 0;
}

bool
log_format_has(const struct log_format *format, enum log_field field)
{
    return (format->fields >> field & 1) != 0;
}

bool
log_format_has_time(const struct log_format *format)
{
    return log_format_has(format, LOG_SECONDS) || log_format_has(format, LOG_START) ||
           log_format_has(format, LOG_LOCAL);
}
