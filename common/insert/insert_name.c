// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_name.c - other names for what the lines define, where the file has such a name for something else. Part of
 * insert_build.h.
 *
 * The lines are made with their usual names, and are rewritten word by word. The word `@` is where the ACLs of a rule
 * of the file come; those are not rewritten.
 */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "insert_build.h"
#include "insert_lines.h"

#define NAME_TEXT_MAX ((size_t)1 << 18)
#define NUMBER_MAX 9

static const char *
renamed(const struct insert *insert, const char *word, size_t len, bool type)
{
    for (size_t i = 0; i < insert->rename_count; i++) {
        const struct insert_rename *one = &insert->renames[i];
        if (one->type == type && strlen(one->from) == len && strncasecmp(one->from, word, len) == 0)
            return one->to;
    }
    return NULL;
}

/* What the n-th word of such a line names: 'a' an ACL, 't' a type, '-' neither. */
static char
names(const char *directive, size_t len, const char *acl_type, size_t n)
{
    if (len == strlen("external_acl_type") && memcmp(directive, "external_acl_type", len) == 0)
        return n == 1 ? 't' : '-';
    if (len == strlen("logformat") && memcmp(directive, "logformat", len) == 0)
        return '-';
    if (len != strlen("acl") || memcmp(directive, "acl", len) != 0)
        return n > 0 ? 'a' : '-';
    if (n == 1)
        return 'a';
    return n == 3 && strncmp(acl_type, "external ", strlen("external ")) == 0 ? 't' : '-';
}

static void
add_word(const struct insert *insert, struct buf *ret, const char *word, size_t len, char what)
{
    size_t mark = len > 1 && *word == '!';
    const char *other = what == '-' ? NULL : renamed(insert, word + mark, len - mark, what == 't');
    if (other == NULL)
        buf_add(ret, word, len);
    else
        buf_add_fmt(ret, "%s%s", mark != 0 ? "!" : "", other);
}

static void
add_line(const struct insert *insert, struct buf *ret, const char *line, size_t len, const char *acls)
{
    size_t at = 0, word_len, directive_len = strcspn(line, " \n");
    const char *word, *type = "";
    for (size_t n = 0; (word = lines_word(line, len, &at, &word_len)) != NULL; n++) {
        type = n == 2 ? word : type;
        if (word_len == 1 && *word == '@') {
            buf_add_text(ret, acls); /* each after a blank */
            continue;
        }
        if (n > 0)
            buf_add_char(ret, ' ');
        add_word(insert, ret, word, word_len, names(line, directive_len, type, n));
    }
}

const char *
name_rewrite(struct insert *insert, const char *text, const char *acls)
{
    struct buf ret;
    buf_init(&ret, NAME_TEXT_MAX);
    for (const char *line = text == NULL ? "" : text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t len = strcspn(line, "\n");
        if (*line == '#' || len == 0)
            buf_add(&ret, line, len);
        else
            add_line(insert, &ret, line, len, acls);
        buf_add_char(&ret, '\n');
    }
    return insert_keep(insert, &ret);
}

static bool
is_taken(struct insert *insert, const char *line, const char *directive, const char *name)
{
    const char *own = name_rewrite(insert, insert_text(insert, "%s\n", line), "");
    return lines_defines(insert, directive, name, strlen(name)) != NULL &&
           (own == NULL || !lines_has(insert, own, strcspn(own, "\n")));
}

/* `NAME_2` and so on: the first one that nothing has, or that is the same already. */
static int
find_free(struct insert *insert, const char *line, const char *directive, const char *name, struct err *err)
{
    const struct squidconf_line *has = lines_defines(insert, directive, name, strlen(name));
    struct insert_rename *one = &insert->renames[insert->rename_count];
    if (insert->rename_count == RENAMES_MAX)
        return err_set(err, ERR_LIMIT, "%s:%u: too many names are taken; rename this one", has->file, has->number);
    *one = (struct insert_rename){.from = name, .type = strcmp(directive, "acl") != 0};
    insert->rename_count++;
    for (unsigned number = 2; number <= NUMBER_MAX; number++) {
        one->to = insert_text(insert, "%s_%u", name, number);
        if (!is_taken(insert, line, directive, one->to))
            return 0;
    }
    return err_set(err, ERR_SYNTAX, "%s:%u: the name '%s' is taken, but the lines need it; rename this one", has->file,
                   has->number, name);
}

static int
look_at(struct insert *insert, const char *line, size_t len, struct err *err)
{
    size_t at = 0, directive_len, name_len;
    const char *directive = lines_word(line, len, &at, &directive_len), *name = lines_word(line, len, &at, &name_len);
    if (directive == NULL || name == NULL || *directive == '#')
        return 0;
    const char *kind = insert_text(insert, "%.*s", (int)directive_len, directive);
    const char *kept = insert_text(insert, "%.*s", (int)name_len, name);
    bool type = strcmp(kind, "external_acl_type") == 0;
    if ((strcmp(kind, "acl") != 0 && !type) || renamed(insert, kept, name_len, type) != NULL ||
        lines_defines(insert, kind, kept, name_len) == NULL)
        return 0;
    const char *whole = insert_text(insert, "%.*s", (int)len, line);
    return is_taken(insert, whole, kind, kept) ? find_free(insert, whole, kind, kept, err) : 0;
}

const char *
name_of(const struct insert *insert, const char *name)
{
    const char *other = renamed(insert, name, strlen(name), false);
    return other == NULL ? name : other;
}

int
name_find(struct insert *insert, const char *text, struct err *err)
{
    for (const char *line = text == NULL ? "" : text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (look_at(insert, line, strcspn(line, "\n"), err) != 0)
            return -1;
    }
    return 0;
}
