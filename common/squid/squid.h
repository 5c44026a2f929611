/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squid.h - the helper protocol as text: a request line in, a reply line out.
 *
 * Where it sits: room squid, above verdict. serve.c does the reading and writing; nothing here reads, writes or keeps
 * state of its own. The odd rules follow from what Squid really sends and how it treats replies: a reply is never BH
 * (inside ssl_bump Squid turns that into "splice everything"), nothing is percent-decoded, and a reply is a single
 * write of fewer than 200 bytes.
 */
#ifndef COMMON_SQUID_H
#define COMMON_SQUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct err;
struct image;
struct request;
struct verdict;

#define SQUID_LINE_MAX ((size_t)64 << 10) /* bytes of a request line; a longer one is skipped: bad-line */
#define SQUID_ID_MAX 20                   /* digits of a channel-ID that is echoed (a 64-bit number) */
#define SQUID_ID_DETECT_MAX 9             /* most digits that a first token may have to be taken for a channel-ID */
#define SQUID_REPLY_MAX 200               /* bytes of a reply, including its line end */
#define SQUID_FIELDS_MAX 8

enum squid_field { SQUID_DST, SQUID_SNI, SQUID_LA, SQUID_PORT, SQUID_IGNORE };

struct squid_fields {
    uint8_t count;
    uint8_t field[SQUID_FIELDS_MAX]; /* enum squid_field */
};

/* A slice of a line, not NUL-terminated. */
struct squid_word {
    const char *text;
    size_t len;
};

/* Whether a word is, begins with, or ends with a text. Inline, because access logs ask for each line. */
static inline bool
squid_word_is(struct squid_word word, const char *text)
{
    size_t len = strlen(text);
    return word.len == len && memcmp(word.text, text, len) == 0;
}

static inline bool
squid_word_begins(struct squid_word word, const char *text)
{
    size_t len = strlen(text);
    return word.len >= len && memcmp(word.text, text, len) == 0;
}

static inline bool
squid_word_ends(struct squid_word word, const char *text)
{
    size_t len = strlen(text);
    return word.len >= len && memcmp(word.text + word.len - len, text, len) == 0;
}

/* Cuts the next word off the front of *rest; its length is 0 at the end. Only spaces (0x20) separate words. */
struct squid_word squid_take_word(struct squid_word *rest);

/* The name of a field in -F; `field` is an enum squid_field. */
const char *squid_field_word(uint8_t field);

/* Reads `dst,sni,port`. -1 with ERR_USAGE: an unknown or repeated field (`ignore` may repeat), no `dst`, `port` first,
 * too many fields. */
int squid_fields_parse(struct squid_fields *ret, const char *text, struct err *err);

/* The default: dst,sni,port. */
extern const struct squid_fields squid_fields_default;

/* True if a first line looks like `ID TOKEN...`: at most SQUID_ID_DETECT_MAX digits, then a space and at least `need`
 * more tokens. */
bool squid_has_id(const char *line, size_t len, size_t need);

/* Whether lines begin with a channel-ID: not known yet, every line does, or none does. */
enum squid_ids { SQUID_IDS_DETECT, SQUID_IDS_ON, SQUID_IDS_OFF };

/*
 * What a line says about channel-IDs as long as no earlier line decided. `need` is how many tokens a line has after its
 * ID, at least one; less than the fields have if only the start of the line is known. `fields` are these tokens; NULL
 * for a URL. A destination that comes first is never a bare number, as Squid writes it; any other field may be. Returns
 * SQUID_IDS_DETECT for a line that does not decide; if it begins with a number, the reply echoes that. Cannot fail.
 * Costs a few passes over the line.
 */
enum squid_ids squid_detect_ids(const char *line, size_t len, size_t need, const struct squid_fields *fields);

/* Cuts the channel-ID off the line: advances *line and *len past it and the space after it. False, and the line is
 * left alone, if there is none: no digits at the start, more than SQUID_ID_MAX of them, or another byte directly
 * after them. */
bool squid_take_id(struct squid_word *ret, const char **line, size_t *len);

/* Reads the fields of one line (without ID and line end) into a request; *ret_args gets what follows them. Spaces
 * separate tokens. With too few tokens the request's line_ok is false. Never fails otherwise; cost: one pass. */
void squid_parse_line(const struct squid_fields *fields, const char *line, size_t len, struct request *ret,
                      struct squid_word *ret_args);

/*
 * Whether ACL arguments let the verdict through: `Optimize` `Allow` `Default` | area | `required` | `expressroute`.
 * Words of one kind are alternatives; the kinds are combined. `Teams` is the area `Skype` as well (area.h). A single
 * `-` counts as no argument. Arguments narrow a bypass; only `Default` also accepts the why `category`, if every
 * identifier of the request agrees, as for a bypass (verdict_agrees()). An unknown word gives false and is returned in
 * *ret_unknown. Without arguments the answer is verdict->bypass. `verdict` is that of the request on that day.
 */
bool squid_args_allow(const struct image *image, const struct request *request, uint32_t today,
                      const struct verdict *verdict, struct squid_word args, struct squid_word *ret_unknown);

#define SQUID_TAILS 128    /* enough for some hundred endpoint sets */
#define SQUID_TAIL_MAX 160 /* bytes: all notes with the longest values, and the line end */

/* The end of all replies with one verdict. Private to squid_reply.c. */
struct squid_tail {
    uint64_t serial; /* image_serial() */
    uint32_t set;    /* the set plus one; 0: no rule */
    uint8_t why;
    uint8_t len; /* 0: the slot is empty */
    char text[SQUID_TAIL_MAX];
};

/* A cache of such ends, owned by the caller, all zero at first. Entries of an earlier image are replaced. */
struct squid_tails {
    struct squid_tail tail[SQUID_TAILS];
};

/* Writes `[ID ]OK|ERR notes\n` into `ret` and returns its length. `image` is the verdict's image, or NULL. An ID has at
 * most SQUID_ID_MAX digits. May be interrupted anywhere by SIGBUS. */
size_t squid_reply(struct squid_tails *tails, char ret[SQUID_REPLY_MAX], struct squid_word id, bool ok,
                   const struct image *image, const struct verdict *verdict);

/* The same with any words in place of OK or ERR. `ret` must have room for SQUID_REPLY_MAX bytes beyond those of
 * `start`. */
size_t squid_reply_start(struct squid_tails *tails, char *ret, struct squid_word id, struct squid_word start,
                         const struct image *image, const struct verdict *verdict);

#endif
