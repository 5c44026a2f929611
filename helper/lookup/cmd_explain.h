/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_explain.h - what the files that explain an answer share: cmd_explain.c, cmd_explain_why.c, cmd_explain_addr.c,
 * cmd_explain_also.c and cmd_explain_held.c write the sentences, cmd_explain_say.c has the parts that recur.
 *
 * Where it sits: room lookup, private to cmd_explain*.c. What decided is not worked out here (verdict.h).
 */
#ifndef HELPER_CMD_EXPLAIN_H
#define HELPER_CMD_EXPLAIN_H

#include "cmd_lookup.h"
#include "image/image.h"
#include "name/addr.h"

struct also;
struct json_writer;
struct load_options;

/* Begin a sentence with its indent, end it with a line end, or do both for a whole sentence. */
void explain_begin(struct buf *buf);
void explain_end(struct buf *buf);
void explain_say(struct buf *buf, const char *sentence);

/* `'host'` or an address. */
void explain_add_identifier(struct buf *buf, const struct identifier *identifier);

/* `set 147, Default` or `local line, allow`. */
void explain_add_set(struct buf *buf, const struct image_set *set);

/* Finds the rows that are held in the generation whose image these options name; none if it is an image or table of no
 * generation. False if they cannot be read; damage is reported. The caller clears them (holding.h). */
bool explain_find_holding(struct holding *ret, const struct load_options *options);

/* What may be held: the names and addresses of a request, a prefix, or a pattern itself. */
struct held_query {
    const struct holding *holding; /* NULL: not known */
    const struct request *request;
    const struct prefix *prefix; /* NULL: the request is asked about */
    const char *pattern;         /* canonical; NULL: the request or the prefix is asked about */
    const struct image *image;   /* NULL: it bypasses the usual categories */
};

/* Append what is held, since when, and what the newest sources say: as lines, or as `"held":[...]` (null if it is not
 * known). */
void explain_held(struct buf *buf, const struct held_query *query);
void explain_write_held(struct json_writer *json, const struct held_query *query);

/* `set 12, Allow, Skype, TCP 80,443, required, ExpressRoute, BGP community 12076:5030, from worldwide`. */
void explain_add_terms(struct buf *buf, const struct image *image, const struct image_set *set, uint32_t today);

/* A rule with a prefix, of this set, as an object in an array. */
void explain_write_rule(struct json_writer *json, const struct image *image, const struct prefix *prefix,
                        uint32_t number);

/* Append every prefix around the destination, the widest first, with its set: as lines, or as `"inside":[...]`. Nothing
 * if the destination is not an address; no line if there is no prefix. */
void explain_around(struct buf *buf, const struct answer *answer);
void explain_write_around(struct json_writer *json, const struct answer *answer);

/* Why no prefix contains an address. */
void explain_outside(struct buf *buf, const struct addr *addr);

/* An address (a prefix of full length) or a prefix, for Microsoft's other lists. */
struct also_query {
    const struct also *also;
    const struct image *image;
    uint32_t today;
    bool all; /* every tag in a line of its own, too */
    struct prefix prefix;
    bool parts; /* endpoint sets publish prefixes inside it */
};

/* Append whose it is by the lists that `--also` names: as lines, or as `"also":[...]`. */
void explain_also(struct buf *buf, const struct also_query *query);
void explain_write_also(struct json_writer *json, const struct also_query *query);

/* What the answer's reason (why) means for this request, and what to do. */
void explain_why(struct buf *buf, const struct answer *answer);

#endif
