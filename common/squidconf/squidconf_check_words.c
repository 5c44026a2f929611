// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_words.c - findings about words that mean nothing or too much to the helper or to Squid: tokens of
 * FORMAT, ACL arguments, notes, types of ACLs, options of ports. Part of squidconf_model.h; squidconf_check.c calls the
 * checks.
 *
 * The rest of external_acl_type is checked by squidconf_check_type.c, the order of rules by squidconf_check_rules.c.
 */
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/place.h"
#include "cloud/area.h"
#include "compile/load.h"
#include "compile/sealed.h"
#include "image/image.h"
#include "name/verb.h"
#include "squidconf_check.h"
#include "squidconf_model.h"
#include "squidconf_wish.h"
#include "squidconf_words.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

#define FIXED_BYTES 1024
#define WORD_LEN_MAX 24 /* of a word that may be a misspelt argument */

void
squidconf_check_surplus(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->type_count; i++) {
        const struct squidconf_type *type = &conf->types[i];
        size_t word = type->helper == 0 ? 0 : squidconf_surplus(type);
        if (word == 0)
            continue;
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(say,
                    "-F has no name for '%.100s' in FORMAT, so the helper takes it for an ACL argument: an ACL without "
                    "arguments matches nothing, and any other what the client asks for there; leave it out\n",
                    type->line->words[word]);
        squidconf_fix_type(say, conf, type);
        squidconf_found(conf, type->line);
    }
}

/* ---- arguments --------------------------------------------------------------------------------------------------- */

/* The table that a type's helper uses. -1: it cannot be loaded, which squidconf_check_table() reports. */
static int
open_table(struct image **ret, struct squidconf *conf, const struct squidconf_type *type)
{
    const char *sources[LOAD_SOURCES_MAX];
    char path[PATH_MAX];
    size_t count = 0;
    struct err err = {0};
    const struct places *places = conf->about->places == NULL ? &places_default : conf->about->places;
    while (count < LOAD_SOURCES_MAX &&
           (sources[count] = squidconf_argument(type->line, type->helper, 't', count)) != NULL)
        count++;
    int result = -1;
    if (count > 0)
        result = conf->about->load == NULL ? -1 : conf->about->load(ret, sources, count, &err);
    else if (load_default_image(path, places, &err) == 0)
        result = sealed_open(ret, path, NULL, &err);
    conf->failed = conf->failed || err.kind == ERR_MEM;
    return result;
}

/* True for an argument that the helper does not know. It is asked itself. */
static bool
is_unknown(const struct image *image, const char *argument)
{
    const struct request request = {.line_ok = false};
    const struct verdict verdict = {.bypass = false};
    struct squid_word unknown, word = {.text = argument, .len = strlen(argument)};
    squid_args_allow(image, &request, 0, &verdict, word, &unknown);
    return unknown.len > 0;
}

/* The index of the first argument of an ACL that the helper does not know, or 0. */
static size_t
unknown_argument(const struct squidconf_line *acl, const struct image *image)
{
    size_t first = 0;
    for (size_t i = 4; i < acl->count; i++) {
        if (strchr(acl->words[i], '/') != NULL)
            return 0; /* a file with arguments */
        first = first == 0 && is_unknown(image, acl->words[i]) ? i : first;
    }
    return first;
}

/* How many letters differ between two words, without regard to case: Levenshtein's distance. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[WORD_LEN_MAX + 1], a_len = strlen(a), b_len = strlen(b);
    if (a_len > WORD_LEN_MAX || b_len > WORD_LEN_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j], cost = corner + ((a[i - 1] | 0x20) != (b[j - 1] | 0x20));
            cost = above + 1 < cost ? above + 1 : cost;
            row[j] = row[j - 1] + 1 < cost ? row[j - 1] + 1 : cost;
            corner = above;
        }
    }
    return row[b_len];
}

/* The argument that a word was probably meant to be, or NULL. */
static const char *
meant_argument(const char *word)
{
    static const char *const known[] = {"Optimize", "Allow", "Default",    "required", "expressroute", "Common",
                                        "Exchange", "Skype", "SharePoint", "MEM",      AREA_TEAMS,     NULL};
    const char *best = NULL;
    size_t least = 3;
    for (size_t i = 0; known[i] != NULL; i++) {
        size_t far = distance(word, known[i]);
        if (far < least && far * 2 < strlen(known[i])) {
            best = known[i];
            least = far;
        }
    }
    return best;
}

/* What an unknown argument was meant to be; NULL: this word is none. A squidconf_instead. */
static const char *
instead_of_argument(void *arg, const struct squidconf_line *acl, size_t index)
{
    const struct image *image = arg;
    return index >= 4 && is_unknown(image, acl->words[index]) ? meant_argument(acl->words[index]) : NULL;
}

/* True if all arguments that the helper does not know are others misspelt: then the corrected line is right. */
static bool
are_misspelt(const struct squidconf_line *acl, const struct image *image)
{
    for (size_t i = 4; i < acl->count; i++) {
        const char *word = acl->words[i], *meant = is_unknown(image, word) ? meant_argument(word) : "";
        if (meant == NULL || strcmp(meant, word) == 0)
            return false;
    }
    return true;
}

/* Reports an argument. One that a correction would only repeat is an area that the table lacks. */
static void
found_argument(struct squidconf *conf, const struct squidconf_line *acl, size_t index, struct image *image)
{
    const char *word = acl->words[index], *meant = meant_argument(word);
    struct buf *say = squidconf_say(conf);
    if (meant != NULL && strcmp(meant, word) == 0) {
        buf_add_fmt(say,
                    "the table has no line of the area '%.60s', so this ACL matches nothing; take the argument out, or "
                    "bring the area into the table (service_areas in m365.conf)\n",
                    word);
        squidconf_found(conf, acl);
        return;
    }
    buf_add_fmt(say, "the helper does not know the argument '%.60s'", word);
    for (size_t i = index + 1; i < acl->count; i++) {
        if (is_unknown(image, acl->words[i]))
            buf_add_fmt(say, ", nor '%.60s'", acl->words[i]);
    }
    buf_add_text(say,
                 ", so this ACL matches nothing; it knows Optimize, Allow, Default, required, expressroute and the "
                 "areas of its table\n");
    if (are_misspelt(acl, image))
        squidconf_add_line_with(say, acl, instead_of_argument, image);
    squidconf_found(conf, acl);
}

/* True for an ACL of this type with arguments. */
static bool
has_arguments(const struct squidconf_line *line, const struct squidconf_type *type)
{
    return squidconf_is(line, "acl") && line->count > 4 && strcmp(line->words[2], "external") == 0 &&
           strcmp(line->words[3], type->name) == 0;
}

void
squidconf_check_arguments(struct squidconf *conf)
{
    for (size_t t = 0; t < conf->type_count; t++) {
        const struct squidconf_type *type = &conf->types[t];
        struct image *image = NULL;
        bool tried = type->helper == 0;
        for (size_t i = 0; i < conf->line_count; i++) {
            if (!has_arguments(&conf->lines[i], type))
                continue;
            if (!tried && open_table(&image, conf, type) != 0)
                image = NULL;
            tried = true;
            size_t unknown = image == NULL ? 0 : unknown_argument(&conf->lines[i], image);
            if (unknown != 0)
                found_argument(conf, &conf->lines[i], unknown, image);
        }
        image_close(image);
    }
}

/* ---- notes ------------------------------------------------------------------------------------------------------- */

static const char *const helper_notes[] = {"m365_cat_", "m365_area_", "m365_id_", "m365_why_", "m365_gen_", NULL};

/* True if a line of the file gives requests this note itself: an ACL that annotates, or the directive note. */
static bool
is_own_note(const struct squidconf *conf, const char *name)
{
    static const char *const kinds[] = {"annotate_transaction", "annotate_client", NULL};
    size_t len = strlen(name);
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "note") && line->count > 1 && strcmp(line->words[1], name) == 0)
            return true;
        bool annotates = squidconf_is(line, "acl") && line->count > 3 && squidconf_one_of(line->words[2], kinds);
        for (size_t w = 3; annotates && w < line->count; w++) {
            if (strncmp(line->words[w], name, len) == 0 && strchr("+=", line->words[w][len]) != NULL)
                return true;
        }
    }
    return false;
}

/* The helper's note whose final _ was forgotten, or NULL. */
static const char *
meant_note(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; helper_notes[i] != NULL; i++) {
        if (strlen(helper_notes[i]) == len + 1 && strncmp(helper_notes[i], name, len) == 0)
            return helper_notes[i];
    }
    return NULL;
}

static void
check_note_acl(struct squidconf *conf, const struct squidconf_line *acl)
{
    size_t index = acl->count > 4 && strncmp(acl->words[3], "-m", 2) == 0 ? 4 : 3;
    const char *name = acl->words[index];
    if (strncmp(name, "m365_", 5) != 0 || squidconf_one_of(name, helper_notes) || is_own_note(conf, name))
        return;
    struct buf *say = squidconf_say(conf);
    buf_add_fmt(say,
                "nothing leaves a note '%.60s', so this ACL matches nothing; the helper's are m365_cat_, "
                "m365_area_, m365_id_, m365_why_ and m365_gen_\n",
                name);
    if (meant_note(name) != NULL)
        squidconf_add_line(say, acl, index, meant_note(name));
    squidconf_found(conf, acl);
}

/* Finds `{m365_why}note` in a word. False: there is none, or `room` is too small for the corrected word. */
static bool
correct_note(char *ret, size_t room, const char *word)
{
    char name[WORD_LEN_MAX];
    for (const char *at = strchr(word, '{'); at != NULL; at = strchr(at + 1, '{')) {
        size_t len = strcspn(at + 1, "}");
        if (len >= sizeof name || strncmp(at + 1 + len, "}note", 5) != 0)
            continue;
        memcpy(name, at + 1, len);
        name[len] = '\0';
        size_t before = (size_t)(at - word) + 1 + len, rest = strlen(word) - before;
        if (meant_note(name) == NULL || before + rest + 2 > room)
            continue;
        memcpy(ret, word, before);
        ret[before] = '_';
        memcpy(ret + before + 1, word + before, rest + 1);
        return true;
    }
    return false;
}

/* A squidconf_instead; `arg` is room for a word. */
static const char *
instead_of_note(void *arg, const struct squidconf_line *line, size_t index)
{
    char *fixed = arg;
    return index >= 2 && correct_note(fixed, FIXED_BYTES, line->words[index]) ? fixed : NULL;
}

static void
check_note_log(struct squidconf *conf, const struct squidconf_line *line)
{
    char fixed[FIXED_BYTES];
    for (size_t i = 2; i < line->count; i++) {
        if (instead_of_note(fixed, line, i) == NULL)
            continue;
        struct buf *say = squidconf_say(conf);
        buf_add_fmt(say, "'%.100s' is always empty: the names of the helper's notes end with _\n", line->words[i]);
        squidconf_add_line_with(say, line, instead_of_note, fixed);
        squidconf_found(conf, line);
        return;
    }
}

void
squidconf_check_notes(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "acl") && line->count > 3 && strcmp(line->words[2], "note") == 0)
            check_note_acl(conf, line);
        else if (squidconf_is(line, "logformat"))
            check_note_log(conf, line);
    }
}

void
squidconf_check_annotations(struct squidconf *conf)
{
    static const char *const kinds[] = {"annotate_transaction", "annotate_client", NULL};
    for (size_t i = 0; i < conf->line_count && !squidconf_has_annotations(conf->about->version); i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "acl") || line->count < 3 || !squidconf_one_of(line->words[2], kinds))
            continue;
        buf_add_fmt(squidconf_say(conf),
                    "Squid 5 is the first that knows '%s', so an older one does not start; remove the ACL and the "
                    "rules that use it\n",
                    line->words[2]);
        squidconf_found(conf, line);
    }
}

/* ---- ports ------------------------------------------------------------------------------------------------------- */

/* True for a port that TLS is redirected to without being inspected. Squid 5.7: `FATAL: tproxy/intercept on https_port
 * requires ssl-bump which is missing`. */
static bool
is_refused(const struct squidconf_line *line)
{
    static const char *const redirected[] = {"intercept", "transparent", "tproxy", NULL};
    bool intercepts = false, inspects = false;
    for (size_t i = 2; squidconf_is(line, "https_port") && i < line->count; i++) {
        intercepts = intercepts || squidconf_one_of(line->words[i], redirected);
        inspects = inspects || strcmp(line->words[i], "ssl-bump") == 0;
    }
    return intercepts && !inspects;
}

void
squidconf_check_bump_ports(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (!is_refused(&conf->lines[i]))
            continue;
        buf_add_fmt(squidconf_say(conf),
                    "port '%.60s' intercepts TLS without ssl-bump, so Squid does not start; add ssl-bump and the "
                    "certificate of your CA\n",
                    conf->lines[i].words[1]);
        squidconf_found(conf, &conf->lines[i]);
    }
}
