// SPDX-License-Identifier: GPL-2.0-or-later
/* host_idn.c - converts Unicode names to ASCII. Part of host.h; the only file that includes libidn2. */
#include <idn2.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "host.h"

struct output {
    char *text;
    size_t room;
    size_t len;
};

static int
put(struct output *out, const char *text, size_t len, struct err *err)
{
    if (len >= out->room - out->len)
        return err_set(err, ERR_LIMIT, "the name is longer than %zu bytes", out->room - 1);
    memcpy(out->text + out->len, text, len);
    out->len += len;
    out->text[out->len] = '\0';
    return 0;
}

void
host_show_byte(char ret[HOST_BYTE_SHOWN], char byte)
{
    bool shown = byte > ' ' && byte < 0x7f;
    snprintf(ret, HOST_BYTE_SHOWN, shown ? "'%c'" : "the byte 0x%02X", shown ? byte : (unsigned char)byte);
}

/* Blanks of Unicode (its category Zs), which come along when a name is copied from a page. */
static bool
is_blank(unsigned code)
{
    return code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x205F ||
           code == 0x3000;
}

/* Names what people do not see: a byte of another encoding, a mark of the writing direction, another blank. */
static int
refuse_label(const char *label, size_t len, const char *why, struct err *err)
{
    for (size_t at = 0, n; at < len; at += n) {
        n = utf8_sequence(label + at, len - at);
        char byte[HOST_BYTE_SHOWN];
        host_show_byte(byte, label[at]);
        if (n == 0)
            return err_set(
                err, ERR_SYNTAX,
                "the label '%s' is not an international name: %s at position %zu is not UTF-8; save the text "
                "as UTF-8",
                label, byte, at + 1);
        unsigned code = (unsigned)utf8_code_point(label + at, n);
        if (utf8_printable(label + at, n) == 0 || is_blank(code))
            return err_set(err, ERR_SYNTAX,
                           "the label '%s' is not an international name: it contains U+%04X, at byte %zu", label, code,
                           at + 1);
    }
    return err_set(err, ERR_SYNTAX, "the label '%s' is not an international name: %s", label, why);
}

static int
put_label(struct output *out, const char *label, size_t len, struct err *err)
{
    bool ascii = true;
    for (size_t i = 0; i < len; i++)
        ascii = ascii && (unsigned char)label[i] < 0x80;
    if (ascii)
        return put(out, label, len, err);
    if (memchr(label, '*', len) != NULL)
        return err_set(err, ERR_SYNTAX, "the label '%.*s' mixes a wildcard with letters outside ASCII", (int)len,
                       label);
    if (memchr(label, '\0', len) != NULL) /* libidn2 would stop there */
        return err_set(err, ERR_SYNTAX,
                       "a label has a byte that is not allowed in a host name: the byte 0x00 at position %zu",
                       strnlen(label, len) + 1);
    char copy[4 * HOST_LABEL_MAX + 1];
    if (len >= sizeof copy)
        return err_set(err, ERR_LIMIT, "a label is longer than %d bytes", HOST_LABEL_MAX);
    memcpy(copy, label, len);
    copy[len] = '\0';
    char *ascii_label = NULL;
    int rc = idn2_to_ascii_8z(copy, &ascii_label, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK)
        return refuse_label(copy, len, idn2_strerror(rc), err);
    int result = strchr(ascii_label, ' ') != NULL && strchr(copy, ' ') == NULL
                     ? refuse_label(copy, len, "it contains a blank", err)
                     : put(out, ascii_label, strlen(ascii_label), err);
    idn2_free(ascii_label);
    return result;
}

int
host_to_ascii(char *ret, size_t room, size_t *ret_len, const char *text, size_t len, struct err *err)
{
    struct output out = {.text = ret, .room = room};
    size_t at = 0;
    for (;;) {
        const char *dot = memchr(text + at, '.', len - at);
        size_t end = dot == NULL ? len : (size_t)(dot - text);
        if (put_label(&out, text + at, end - at, err) != 0)
            return -1;
        if (dot == NULL)
            break;
        if (put(&out, ".", 1, err) != 0)
            return -1;
        at = end + 1;
    }
    *ret_len = out.len;
    return 0;
}
