// SPDX-License-Identifier: GPL-2.0-or-later
/* export_entry.c - one entry of a list of names. Part of export_names.h. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "export_names.h"

int
export_names_add(struct export_names *names, struct arena *arena, const struct export_name *entry, struct err *err)
{
    struct export_name *item = arena_grow(arena, names->item, &names->room, names->count + 1, sizeof *names->item);
    if (item == NULL)
        return err_set(err, ERR_MEM, "no memory for the names of an export");
    names->item = item;
    item[names->count++] = *entry;
    return 0;
}

/* pattern_meets(), but most pairs differ in the literals that they end with. */
static bool
meet(const char *a, size_t a_len, const char *b, size_t b_len)
{
    for (size_t i = 1; i <= a_len && i <= b_len && a[a_len - i] != '*' && b[b_len - i] != '*'; i++) {
        if (a[a_len - i] != b[b_len - i])
            return false;
    }
    return pattern_meets(a, a_len, b, b_len);
}

bool
export_name_meets(const struct export_name *entry, const char *text, size_t len)
{
    if (entry->kind != PATTERN_REGEX)
        return meet(entry->text, entry->len, text, len);
    char under[HOST_MAX + 3] = "*.";
    size_t suffix_len = pattern_regex_suffix(under + 2, entry->text + 1, entry->len - 1u);
    return suffix_len == 0 || meet(under, suffix_len + 2, text, len);
}

/* Names contain no byte that is special but the dot. */
void
export_name_expression(struct buf *out, const struct export_name *entry)
{
    if (entry->kind == PATTERN_REGEX) {
        buf_add_fmt(out, "^(%s)$", entry->text + 1);
        return;
    }
    bool leading = entry->text[0] == '*', dash = leading && entry->text[1] == '-';
    buf_add_text(out, dash ? "[-]" : leading ? "" : "^"); /* a word that begins with '-' is an option in some formats */
    for (size_t i = dash ? 2 : leading ? 1 : 0; i < entry->len; i++) {
        if (entry->text[i] == '.')
            buf_add_text(out, "\\.");
        else if (entry->text[i] != '*')
            buf_add_char(out, entry->text[i]);
        else
            buf_add_text(out, "[^.]+");
    }
    buf_add_char(out, '$');
}
