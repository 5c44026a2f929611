/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squid.h - the helper protocol as text: a request line in, a reply line out.
 *
 * Where it sits: floor 5, above verdict.h. serve.c owns reading and writing; here nothing is read, written or kept.
 * What Squid really sends and how it takes replies is the reason for every odd rule: no reply is ever BH (inside
 * ssl_bump Squid turns that into "splice everything"), nothing is percent-decoded, and a reply is one write below 200
 * bytes.
 */
#ifndef COMMON_SQUID_H
#define COMMON_SQUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct image;
struct request;
struct verdict;

#define SQUID_LINE_MAX ((size_t)64 << 10) /* bytes of a request line; a longer one is skipped to its end: bad-line */
#define SQUID_ID_MAX 20                   /* digits of a channel-ID that is echoed (64 bits) */
#define SQUID_ID_DETECT_MAX 9             /* digits of a first token taken for a channel-ID */
#define SQUID_REPLY_MAX 200               /* bytes of a reply with its line end */
#define SQUID_FIELDS_MAX 8

enum squid_field { SQUID_DST, SQUID_SNI, SQUID_LA, SQUID_PORT, SQUID_IGNORE };

struct squid_fields {
    uint8_t count;
    uint8_t field[SQUID_FIELDS_MAX]; /* enum squid_field */
};

/* A slice of a line; not followed by a NUL. */
struct squid_word {
    const char *text;
    size_t len;
};

/* Cuts the next word off the front of *rest; its length is 0 at the end. Only blanks (0x20) separate words. */
struct squid_word squid_take_word(struct squid_word *rest);

/* Reads `dst,sni,port`. -1 with ERR_USAGE: unknown or repeated field (`ignore` may repeat), no `dst`, `port` first, too
 * many. */
int squid_fields_parse(struct squid_fields *ret, const char *text, struct err *err);

/* The default: dst,sni,port. */
extern const struct squid_fields squid_fields_default;

/* True if a first line looks like `ID TOKEN...`: at most SQUID_ID_DETECT_MAX digits, then a blank and at least `need`
 * more tokens. */
bool squid_has_id(const char *line, size_t len, size_t need);

/* Whether lines begin with a channel-ID: not known yet, every line does, or none does. */
enum squid_ids { SQUID_IDS_DETECT, SQUID_IDS_ON, SQUID_IDS_OFF };

/*
 * What a line says about channel-IDs as long as no earlier line decided. `need` is how many tokens a line has after its
 * ID, at least one. With `host` the first of them is a host, which Squid itself never writes as a bare number. Returns
 * SQUID_IDS_DETECT for a line that does not decide; if it begins with a number, the reply echoes that. Cannot fail.
 * Costs one pass over the first `need` tokens.
 */
enum squid_ids squid_detect_ids(const char *line, size_t len, size_t need, bool host);

/* Cuts the channel-ID off the line: moves *line and *len behind it and the blank. False if there is none (no digits at
 * the start, more than SQUID_ID_MAX, or another byte right behind them); the line is then left alone. */
bool squid_take_id(struct squid_word *ret, const char **line, size_t *len);

/* Reads the fields of one line (without ID and line end) into a request; `ret_args` gets what follows them. Tokens are
 * separated by blanks. Too few tokens: the request's line_ok is false. */
void squid_parse_line(const struct squid_fields *fields, const char *line, size_t len, struct request *ret,
                      struct squid_word *ret_args);

/*
 * Whether ACL arguments let the verdict through: `Optimize` `Allow` `Default` | area | `required` | `expressroute`;
 * words of one kind are alternatives, kinds are combined; a lone `-` is no argument. Arguments narrow a bypass; only
 * `Default` is also true for why `category`. False, and the word in *ret_unknown, for an unknown word. Without
 * arguments: verdict->bypass.
 */
bool squid_args_allow(const struct image *image, const struct verdict *verdict, struct squid_word args,
                      struct squid_word *ret_unknown);

#define SQUID_TAILS 128    /* for some hundred endpoint sets */
#define SQUID_TAIL_MAX 160 /* bytes: all notes with the longest values, and a line end */

/* What replies with one verdict end with. Private to squid_reply.c. */
struct squid_tail {
    uint64_t serial; /* image_serial() */
    uint32_t set;    /* plus one */
    uint8_t why;
    uint8_t len; /* 0: nothing is kept here */
    char text[SQUID_TAIL_MAX];
};

/* Some of them, kept by whoever writes replies; all zero at first. A new image makes new ones. */
struct squid_tails {
    struct squid_tail tail[SQUID_TAILS];
};

/* Writes `[ID ]OK|ERR notes\n` into `ret` and returns its length. `image` is the verdict's, or NULL. An ID has at most
 * SQUID_ID_MAX digits. May be left in the middle by SIGBUS. */
size_t squid_reply(struct squid_tails *tails, char ret[SQUID_REPLY_MAX], struct squid_word id, bool ok,
                   const struct image *image, const struct verdict *verdict);

/* The same with any start instead of OK or ERR. `ret` has room for SQUID_REPLY_MAX bytes beyond those of the start. */
size_t squid_reply_start(struct squid_tails *tails, char *ret, struct squid_word id, struct squid_word start,
                         const struct image *image, const struct verdict *verdict);

#endif
