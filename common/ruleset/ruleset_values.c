// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_values.c - reads the values of an acl line, by the type of the ACL. Part of ruleset_reading.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "ruleset_reading.h"

#define ARGUMENTS_MAX ((size_t)65536)
#define DOMAINS_CHECKED 1000

static int
read_texts(struct reading *reading, struct acl *acl)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        if (read_text(reading, acl, word) != 0)
            return -1;
    }
    return 0;
}

/* ACLIntRange::parse(): `80`, `1025-65535`. */
static int
read_ranges(struct reading *reading, struct acl *acl)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        struct acl_range *ranges =
            arena_grow(reading->conf->arena, acl->ranges, &acl->range_room, acl->range_count + 1, sizeof *ranges);
        char *end, *after;
        unsigned long low = strtoul(word, &end, 10), high = *end == '-' ? strtoul(end + 1, &after, 10) : low;
        if (ranges == NULL)
            return reading_no_memory(reading);
        after = *end == '-' ? after : end;
        if (end == word || *after != '\0' || low > 65535 || high > 65535 || high < low)
            return reading_refuse(reading, "'%.40s' is not a port or a range of ports, so Squid does not start", word);
        acl->ranges = ranges;
        ranges[acl->range_count++] = (struct acl_range){(unsigned)low, (unsigned)high};
    }
    return 0;
}

/* ACLUserData::parse(): REQUIRED as the first word is any user. */
static int
read_users(struct reading *reading, struct acl *acl)
{
    const char *word;
    bool first = true;
    for (; (word = words_next_value(&reading->words)) != NULL; first = false) {
        if (first && strcmp(word, "REQUIRED") == 0)
            acl->required = true;
        else if (read_text(reading, acl, word) != 0)
            return -1;
    }
    return 0;
}

static int
read_header(struct reading *reading, struct acl *acl)
{
    const char *name = words_next_value(&reading->words);
    if (name == NULL && acl->header == NULL) {
        acl->header = ""; /* Squid says so and goes on: it matches nothing */
        return 0;
    }
    if (name == NULL || (acl->header != NULL && strcasecmp(acl->header, name) != 0))
        return reading_refuse(reading, "req_header needs the name of one header, otherwise Squid does not start");
    acl->header = name;
    return read_regexes(reading, acl);
}

/* The name of a note, then its values. */
static int
read_note(struct reading *reading, struct acl *acl)
{
    acl->header = words_next_value(&reading->words);
    return acl->header == NULL ? reading_refuse(reading, "a note needs a name, otherwise Squid does not start")
                               : read_texts(reading, acl);
}

static const char *
join(struct reading *reading, const char *word, const char *value)
{
    size_t len = strlen(word), more = strlen(value);
    char *text = more == 0 ? NULL : arena_bytes(reading->conf->arena, len + more + 1);
    if (text == NULL)
        return word;
    memcpy(text, word, len);
    memcpy(text + len, value, more + 1);
    return text;
}

/* `name=value` or `name+=value`, kept as they are. The value may be the next word (ConfigParser::NextKvPair); the last
 * name is passed over without one. */
static int
read_annotation(struct reading *reading, struct acl *acl)
{
    const char *word;
    size_t before = acl->text_count;
    while ((word = words_next(&reading->words)) != NULL) {
        const char *equals = strchr(word, '=');
        if (equals == NULL || *word == '=')
            return reading_refuse(reading, "'%.60s' is not NAME=VALUE, so Squid does not start", word);
        const char *value = equals[1] == '\0' ? words_next(&reading->words) : "";
        if (value == NULL)
            break;
        word = join(reading, word, value);
        if (read_text(reading, acl, word) != 0)
            return -1;
    }
    return acl->text_count > before
               ? 0
               : reading_refuse(reading, "an annotation needs NAME=VALUE, otherwise Squid does not start");
}

/* any-of: the ACLs of all lines are one list. all-of: each line is a list of its own (Acl::AllOf::parse). */
static int
read_group(struct reading *reading, struct acl *acl)
{
    if (acl->line_count == 0 || acl->kind == ACL_ALL_OF) {
        struct acl_uses *lines =
            arena_grow(reading->conf->arena, acl->lines, &acl->line_room, acl->line_count + 1, sizeof *lines);
        if (lines == NULL)
            return reading_no_memory(reading);
        acl->lines = lines;
        lines[acl->line_count++] = (struct acl_uses){0};
    }
    return read_uses(reading, &acl->lines[acl->line_count - 1]);
}

/* An argument as the helper gets it: what rfc1738_escape() leaves alone stays. */
static void
add_argument(struct buf *buf, const char *word)
{
    if (buf->len > 0)
        buf_add_char(buf, ' ');
    for (; *word != '\0'; word++) {
        unsigned char c = (unsigned char)*word;
        if (c <= ' ' || c >= 0x7f || strchr("<>\"#%{}|\\^~[]`'", c) != NULL)
            buf_add_fmt(buf, "%%%02X", c);
        else
            buf_add_char(buf, (char)c);
    }
}

static int
read_external_values(struct reading *reading, struct acl *acl)
{
    const char *word = words_next_value(&reading->words);
    acl->external = word == NULL ? NULL : find_external(reading->conf, word);
    if (acl->external == NULL)
        return reading_refuse(reading, "no line above defines the external_acl_type '%.60s', so Squid does not start",
                              word == NULL ? "" : word);
    struct buf arguments;
    buf_init(&arguments, ARGUMENTS_MAX);
    while ((word = words_next_value(&reading->words)) != NULL)
        add_argument(&arguments, word);
    acl->arguments = buf_ok(&arguments)
                         ? arena_text(reading->conf->arena, arguments.len > 0 ? arguments.data : "", arguments.len)
                         : NULL;
    buf_clear(&arguments);
    return acl->arguments == NULL ? reading_no_memory(reading) : 0;
}

static int
check_steps(struct reading *reading, const struct acl *acl)
{
    static const char *const known[] = {"SslBump1", "SslBump2", "SslBump3", "GeneratingCONNECT"};
    for (size_t i = 0; i < acl->text_count; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            found = found || strcasecmp(acl->texts[i], known[k]) == 0;
        if (!found)
            return reading_refuse(reading, "at_step knows no step '%.40s', so Squid does not start", acl->texts[i]);
    }
    return 0;
}

/* True if a name is below a value with a leading dot. */
static bool
is_below(const char *name, const char *value)
{
    size_t n = strlen(name), len = strlen(value);
    return value[0] == '.' && n > len && strcasecmp(name + n - len, value) == 0;
}

/* True for a name and the same with a leading dot. */
static bool
is_bare(const char *name, const char *value)
{
    return value[0] == '.' && strcasecmp(name, value + 1) == 0;
}

/* Which of two values does not go with the other (aclDomainCompare). */
static bool
is_clash(const char *before, const char *after)
{
    return strcasecmp(before, after) != 0 &&
           (is_below(before, after) || is_bare(before, after) || is_bare(after, before));
}

/* Before Squid 7 a name with a dot must not come after a name below it (aclDomainCompare). Long lists are not looked
 * through: that would take the square of their length. */
static int
check_domains(const struct reading *reading, const struct acl *acl, size_t before)
{
    for (size_t i = before; i < acl->text_count && acl->text_count <= DOMAINS_CHECKED && reading->conf->version < 7;
         i++) {
        for (size_t k = 0; k < i; k++) {
            if (is_clash(acl->texts[k], acl->texts[i]))
                return reading_refuse(reading,
                                      "'%.60s' comes after '%.60s', and one includes the other, so Squid does "
                                      "not start",
                                      acl->texts[i], acl->texts[k]);
        }
    }
    return 0;
}

/* Values that are texts, and what Squid says against them. */
static int
read_checked_texts(struct reading *reading, struct acl *acl)
{
    size_t before = acl->text_count;
    if (read_texts(reading, acl) != 0)
        return -1;
    if (acl->kind == ACL_AT_STEP)
        return check_steps(reading, acl);
    bool names = acl->kind == ACL_DSTDOMAIN || acl->kind == ACL_SERVER_NAME;
    return names ? check_domains(reading, acl, before) : 0;
}

/* Texts that are checked first, and then kept. */
static int
read_words(struct reading *reading, struct acl *acl)
{
    struct words before = reading->words;
    if (check_values(reading, acl) != 0)
        return -1;
    reading->words = before;
    return read_texts(reading, acl);
}

int
read_values(struct reading *reading, struct acl *acl)
{
    switch (acl->data) {
    case DATA_TEXTS: return read_checked_texts(reading, acl);
    case DATA_WORDS: return read_words(reading, acl);
    case DATA_NETS: return read_nets(reading, acl);
    case DATA_RANGES: return read_ranges(reading, acl);
    case DATA_REGEXES: return read_regexes(reading, acl);
    case DATA_USERS: return read_users(reading, acl);
    case DATA_HEADER: return read_header(reading, acl);
    case DATA_ACLS: return read_group(reading, acl);
    case DATA_EXTERNAL: return read_external_values(reading, acl);
    case DATA_NOTE: return read_note(reading, acl);
    case DATA_ANNOTATION: return read_annotation(reading, acl);
    case DATA_NONE: return check_values(reading, acl);
    }
    return 0;
}
