// SPDX-License-Identifier: GPL-2.0-or-later
/* list_line.c - words of a line, and the way to the sink. Part of list_build.h. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "list_build.h"
#include "name/addr.h"
#include "name/host.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void
piece_skip(struct piece *piece, size_t n)
{
    piece->text += n;
    piece->len -= n;
}

void
piece_drop(struct piece *piece, size_t n)
{
    piece->len -= n;
}

void
piece_trim(struct piece *piece)
{
    while (piece->len > 0 && is_blank(piece->text[0]))
        piece_skip(piece, 1);
    while (piece->len > 0 && (is_blank(piece->text[piece->len - 1]) || piece->text[piece->len - 1] == '\r'))
        piece_drop(piece, 1);
}

bool
piece_word(struct piece *rest, struct piece *ret)
{
    while (rest->len > 0 && is_blank(rest->text[0]))
        piece_skip(rest, 1);
    *ret = (struct piece){rest->text, 0};
    while (ret->len < rest->len && !is_blank(ret->text[ret->len]))
        ret->len++;
    piece_skip(rest, ret->len);
    return ret->len > 0;
}

bool
piece_field(struct piece *rest, char cut, struct piece *ret)
{
    if (rest->text == NULL)
        return false;
    const char *at = rest->len == 0 ? NULL : memchr(rest->text, cut, rest->len);
    *ret = (struct piece){rest->text, at == NULL ? rest->len : (size_t)(at - rest->text)};
    if (at == NULL)
        *rest = (struct piece){NULL, 0};
    else
        piece_skip(rest, ret->len + 1);
    piece_trim(ret);
    return true;
}

void
piece_cut_comment(struct piece *piece, char mark)
{
    for (size_t i = 0; i < piece->len; i++) {
        if (piece->text[i] == mark && (i == 0 || is_blank(piece->text[i - 1]))) {
            piece->len = i;
            break;
        }
    }
    piece_trim(piece);
}

bool
piece_is(const struct piece *piece, const char *word)
{
    return strlen(word) == piece->len && strncasecmp(piece->text, word, piece->len) == 0;
}

bool
piece_begins(const struct piece *piece, const char *word)
{
    size_t len = strlen(word);
    return piece->len >= len && strncasecmp(piece->text, word, len) == 0;
}

bool
piece_ends(const struct piece *piece, const char *word)
{
    size_t len = strlen(word);
    return piece->len >= len && strncasecmp(piece->text + piece->len - len, word, len) == 0;
}

bool
piece_has(const struct piece *piece, const char *word)
{
    return piece->len > 0 && memmem(piece->text, piece->len, word, strlen(word)) != NULL;
}

bool
piece_is_pattern(const struct piece *piece)
{
    bool letter = false;
    for (size_t i = 0; i < piece->len; i++) {
        unsigned char c = (unsigned char)piece->text[i];
        if (host_byte[c] == 0 && c != '.' && c != '*' && c < 0x80)
            return false;
        letter = letter || (c != '.' && (c < '0' || c > '9'));
    }
    return letter;
}

bool
piece_is_name(const struct piece *piece)
{
    return piece->len > 0 && memchr(piece->text, '*', piece->len) == NULL && piece_is_pattern(piece);
}

bool
piece_is_address(const struct piece *piece)
{
    struct addr addr;
    struct piece rest = *piece, first;
    if (!piece_field(&rest, '/', &first) || !addr_parse(&addr, first.text, first.len))
        return false;
    bool digits = rest.len > 0;
    for (size_t i = 0; i < rest.len; i++)
        digits = digits && rest.text[i] >= '0' && rest.text[i] <= '9';
    return rest.text == NULL || digits || addr_parse(&addr, rest.text, rest.len);
}

int
list_add(struct list *list, const struct piece *piece, struct err *err)
{
    return list->sink->add(list->sink->arg, piece->text, piece->len, err);
}

int
list_except(struct list *list, const struct piece *piece, struct err *err)
{
    return list->sink->except(list->sink->arg, piece->text, piece->len, err);
}

int
list_add_part(struct list *list, const struct piece *piece, const char *kind, struct err *err)
{
    return list->sink->add_part(list->sink->arg, piece->text, piece->len, kind, err);
}

bool
piece_is_dotted(const struct piece *piece)
{
    return piece_is_name(piece) && piece_has(piece, ".") && !piece_has(piece, "..") && !piece_ends(piece, ".") &&
           !piece_ends(piece, "-");
}

bool
piece_put_dot(char ret[LIST_PATTERN_MAX], const struct piece *piece, struct piece *ret_piece)
{
    *ret_piece = *piece;
    if (piece->len == 0 || piece->text[0] == '.' || piece->text[0] == '*' || piece_is_address(piece))
        return true;
    if (piece->len > LIST_PATTERN_MAX - 1)
        return false;
    ret[0] = '.';
    memcpy(ret + 1, piece->text, piece->len);
    *ret_piece = (struct piece){ret, piece->len + 1};
    return true;
}

int
list_add_below(struct list *list, const struct piece *piece, struct err *err)
{
    char room[LIST_PATTERN_MAX];
    struct piece below;
    if (!piece_put_dot(room, piece, &below))
        return list_refuse(piece, "is too long for a host name", err);
    return list_add(list, &below, err);
}

int
list_except_below(struct list *list, const struct piece *piece, struct err *err)
{
    char room[LIST_PATTERN_MAX];
    struct piece below;
    if (!piece_put_dot(room, piece, &below))
        return list_refuse(piece, "is too long for a host name", err);
    return list_except(list, &below, err);
}

int
list_leave(struct list *list, enum list_left left, const char *kind, struct err *err)
{
    return list->sink->leave(list->sink->arg, left, kind, err);
}

bool
list_remember(struct list *list, const struct piece *word)
{
    if (list->word_len == 0 && word->len > 0 && word->len <= LIST_WORD_MAX) {
        memcpy(list->word, word->text, word->len);
        list->word_len = word->len;
    }
    return list->word_len == word->len && memcmp(list->word, word->text, word->len) == 0;
}

int
list_refuse(const struct piece *piece, const char *sentence, struct err *err)
{
    return err_set(err, ERR_SYNTAX, "'%.*s' %s", (int)(piece->len > 80 ? 80 : piece->len), piece->text, sentence);
}
