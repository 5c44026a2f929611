/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - one line of Squid's access log, read by its format.
 *
 *     access.log --> log_file --> log_read() --> struct log_line --> counts
 *                                 ^^^^^^^^^^
 *
 * Where it sits: room log, above squid. A format is compiled once into steps; a line is read in one pass over them and
 * nothing is copied. Opening files is log_file.h's business; counting belongs to room replay.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "squid/squid.h"

struct arena;
struct err;
struct log_format;

/* What a line may say; bits for log_format_has(). */
enum log_field {
    LOG_NOTHING,
    LOG_SECONDS, /* %ts */
    LOG_MILLIS,  /* %tu */
    LOG_START,   /* %tS */
    LOG_LOCAL,   /* %tl, %tg, unless in a form of their own */
    LOG_TOOK,    /* %tr */
    LOG_CLIENT,  /* %>a, %>A */
    LOG_USER,    /* %un, %ul, %ue, %ui */
    LOG_METHOD,  /* %rm */
    LOG_URL,     /* %ru */
    LOG_HOST,    /* %>rd */
    LOG_PORT,    /* %>rP */
    LOG_STATUS,  /* %>Hs, %Hs */
    LOG_BYTES,   /* %<st, %st */
    LOG_RESULT,  /* %Ss */
    LOG_SNI,     /* %ssl::>sni */
    LOG_BUMP,    /* %ssl::bump_mode */
    LOG_ADDRESS, /* %>la */
    LOG_FIELDS,
};

/* A line in parts. Words point into the line; one that the line or its format does not have, or that is `-`, is empty.
 * A number that is missing is 0. */
struct log_line {
    int64_t when;  /* ms since 1970; 0 also for a time that is no day of the years 1970 to 9999 */
    uint64_t took; /* ms */
    uint64_t bytes;
    unsigned status; /* of the reply to the client */
    struct squid_word client, user, method, url, host, port, result, sni, bump, address;
};

/*
 * Compiles the text of a `logformat`. Returns 0 and the format, which lives in the arena, or -1: ERR_SYNTAX (a code
 * that Squid does not know; two codes with nothing in between, so that a line cannot be cut; neither a URL nor a host),
 * ERR_LIMIT (too long), ERR_MEM. Cost: one pass. Codes: Squid's src/format/Token.cc.
 */
int log_format_new(struct log_format **ret, struct arena *arena, const char *text, struct err *err);

/* The text of a format that Squid or this project names: `squid`, `common`, `combined`, `m365`. NULL: no such name. */
const char *log_format_named(const char *name);

/* The names, in the order in which they are tried on a log that nobody described; NULL ends them. */
extern const char *const log_format_names[];

/* True if lines of this format carry the field. Of several times one is taken: %ts, else %tS, else %tl or %tg. */
bool log_format_has(const struct log_format *format, enum log_field field);

/* True if lines of this format say when they were written. */
bool log_format_has_time(const struct log_format *format);

/* Reads one line, without its line end. False: the line is not of this format; then *ret is of no use. Cost: one
 * pass. */
bool log_read(const struct log_format *format, const char *line, size_t len, struct log_line *ret);

#endif
