// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * list.c - see list.h. The table of formats, and how one is told from the others.
 *
 * Lines vote. A line may be one of several formats: a prefix is a line of a bare list and of a list of addresses. The
 * format with most votes wins, and of equals the one that comes first, which says less about the line.
 */
#include "list.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "list_build.h"

/* `192.0.2.1-192.0.2.9`, `192.0.2.0/255.255.255.0` */
static bool
is_wider_address(const struct piece *word)
{
    struct piece rest = *word, first;
    if (!piece_has(word, "-"))
        piece_field(&rest, '/', &first);
    else
        piece_field(&rest, '-', &first);
    return rest.len > 0 && piece_is_address(&first) && piece_has(&rest, ".");
}

/* Where ports such as `:80,443` begin at the end of a word; its length if there are none. */
static size_t
find_ports(const struct piece *word)
{
    const char *colon = memrchr(word->text, ':', word->len);
    size_t start = colon == NULL ? word->len : (size_t)(colon - word->text);
    for (size_t i = start + 1; i < word->len; i++) {
        if (memchr("0123456789,-", word->text[i], 12) == NULL)
            return word->len;
    }
    return start;
}

/* A single word, or what people paste in its place: a URL, a port. Anything with the marks of other formats is not. */
static bool
is_bare(const char *text, size_t len)
{
    struct piece rest = {text, len}, word;
    piece_cut_comment(&rest, '#');
    if (!piece_word(&rest, &word))
        return false;
    piece_trim(&rest);
    if (rest.len > 0 && !piece_begins(&rest, "tcp="))
        return false;
    if (word.text[0] == '~')
        return true;
    unsigned char c = (unsigned char)word.text[0];
    bool begins = c == '-' ? piece_is_dotted(&word)
                           : memchr(".[:0123456789", c, 13) != NULL || piece_is_pattern(&(struct piece){word.text, 1});
    bool digits = true;
    size_t ports = find_ports(&word);
    for (size_t i = 0; i < word.len; i++) {
        if (i < ports && memchr(",=|^$()\"'#;{}", word.text[i], 13) != NULL)
            return false;
        digits = digits && word.text[i] >= '0' && word.text[i] <= '9';
    }
    if (!begins || digits || is_wider_address(&word))
        return false;
    return piece_has(&word, "://") || piece_ends(&word, "::") || (!piece_ends(&word, "/") && !piece_ends(&word, ":"));
}

const struct list_format list_bare = {.name = "bare", .title = "a bare list", .is = is_bare};

/* Squid's files are read as bare lists: `.b.c` is b.c and all below it, `b.c` that name alone. */
static const struct list_format dstdomain = {.name = "dstdomain", .title = "a dstdomain file of Squid"};

static const struct list_format *const formats[] = {
    &list_bare,    &dstdomain,  &list_address, &list_edl,     &list_hosts, &list_dnsmasq,
    &list_adblock, &list_clash, &list_ipset,   &list_unbound, &list_rpz,   &list_tags,
};

#define FORMATS (sizeof formats / sizeof formats[0])

const struct list_format *
list_find(const char *name, size_t len)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (strlen(formats[i]->name) == len && memcmp(formats[i]->name, name, len) == 0)
            return formats[i];
    }
    return NULL;
}

void
list_names(char ret[LIST_FORMAT_NAMES_MAX])
{
    size_t used = 0;
    for (size_t i = 0; i < FORMATS && used < LIST_FORMAT_NAMES_MAX; i++) {
        const char *before = i == 0 ? "" : i + 1 == FORMATS ? " or " : ", ";
        used += (size_t)snprintf(ret + used, LIST_FORMAT_NAMES_MAX - used, "%s%s", before, formats[i]->name);
    }
}

/* What the lines said. */
struct votes {
    size_t line;             /* the number of the line that is looked at */
    size_t lines;            /* lines that are not comments */
    size_t of[FORMATS];      /* those that a format claims */
    size_t first[FORMATS];   /* the first of these */
    size_t against[FORMATS]; /* lines that others claim, but not this one */
    size_t odd[FORMATS];     /* the first of these, and which format claims it */
    size_t odd_format[FORMATS];
    size_t unknown; /* the first line that none claims */
    struct piece unknown_text;
};

/* A mark at the start of the line. A filter that hides something begins with `##`, but says nothing of hosts. */
static bool
is_comment(const struct piece *line)
{
    return line->len == 0 || line->text[0] == '#' || line->text[0] == '!' || line->text[0] == ';' ||
           piece_begins(line, "//");
}

/* A single word without any of these may be a host, but is not worth a contradiction: settings are written so, too. */
static bool
is_plain_word(const struct piece *line)
{
    static const char *const marks[] = {".", ":", "*", "~", "/"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (piece_has(line, marks[i]))
            return false;
    }
    return true;
}

static void
count_line(struct votes *votes, const struct piece *line)
{
    bool claims[FORMATS] = {false};
    size_t claimant = FORMATS;
    for (size_t i = FORMATS; i-- > 0;) {
        claims[i] = formats[i]->is != NULL && formats[i]->is(line->text, line->len);
        if (claims[i])
            claimant = i;
    }
    bool counts = claimant < FORMATS && (formats[claimant] != &list_bare || !is_plain_word(line));
    votes->lines++;
    if (claimant == FORMATS && votes->unknown == 0) {
        votes->unknown = votes->line;
        votes->unknown_text = *line;
    }
    for (size_t i = 0; i < FORMATS; i++) {
        if (claims[i] && votes->of[i]++ == 0)
            votes->first[i] = votes->line;
        if (!claims[i] && counts && votes->against[i]++ == 0) {
            votes->odd[i] = votes->line;
            votes->odd_format[i] = claimant;
        }
    }
}

static void
count_lines(struct votes *votes, const char *bytes, size_t len, bool last)
{
    while (len > 0 && votes->lines < LIST_VOTES_MAX) {
        const char *feed = memchr(bytes, '\n', len);
        struct piece line = {bytes, feed == NULL ? len : (size_t)(feed - bytes)};
        if (feed == NULL && !last)
            return;
        len -= line.len + (feed != NULL);
        bytes += line.len + (feed != NULL);
        votes->line++;
        piece_trim(&line);
        if (!is_comment(&line))
            count_line(votes, &line);
    }
}

static int
refuse_unknown(const struct votes *votes, struct err *err)
{
    char names[LIST_FORMAT_NAMES_MAX];
    list_names(names);
    return err_set(
        err, ERR_SYNTAX,
        "its format cannot be told: line %zu, '%.*s', is none that is known; write FORMAT:VERB:FILE, with %s",
        votes->unknown, (int)(votes->unknown_text.len > 60 ? 60 : votes->unknown_text.len), votes->unknown_text.text,
        names);
}

static int
refuse_mixed(const struct votes *votes, size_t best, struct err *err)
{
    const struct list_format *odd = formats[votes->odd_format[best]];
    return err_set(err, ERR_SYNTAX,
                   "its format cannot be told: line %zu is of %s, line %zu of %s; split the file, or write "
                   "%s:VERB:FILE or %s:VERB:FILE",
                   votes->first[best], formats[best]->title, votes->odd[best], odd->title, formats[best]->name,
                   odd->name);
}

int
list_recognise(const struct list_format **ret, const char *bytes, size_t len, bool last, struct err *err)
{
    struct votes votes = {.lines = 0};
    size_t best = 0;
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i]->head != NULL && piece_begins(&(struct piece){bytes, len}, formats[i]->head)) {
            *ret = formats[i];
            return 0;
        }
    }
    count_lines(&votes, bytes, len, last);
    for (size_t i = 1; i < FORMATS; i++) {
        if (votes.of[i] > votes.of[best])
            best = i;
    }
    if (votes.lines > 0 && votes.of[best] * 2 < votes.lines)
        return refuse_unknown(&votes, err);
    if (votes.against[best] * 10 > votes.of[best])
        return refuse_mixed(&votes, best, err);
    *ret = formats[best];
    return 0;
}
