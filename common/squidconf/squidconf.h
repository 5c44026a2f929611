/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf.h - squid.conf, from both sides: prints the lines a proxy needs for the helpers, and looks an existing file
 * over for what goes wrong in practice.
 *
 *     struct squidconf_wish --> squidconf_print() --> text of a squid.conf
 *     a squid.conf --> squidconf_doctor() --> sentences with file, line and the corrected lines
 *
 * Where it sits: floor 6, for m365ctl only. Nothing is printed: text is handed back. Squid itself is neither run nor
 * asked; what a version of it can do is written down in squidconf_print.c and squidconf_check*.c.
 */
#ifndef COMMON_SQUIDCONF_H
#define COMMON_SQUIDCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum squidconf_version { SQUIDCONF_3_5, SQUIDCONF_4, SQUIDCONF_5, SQUIDCONF_6, SQUIDCONF_7 };

/* Reads `3.5`, `4` ... `7`, also with more behind it (`5.7`, `6.14`). -1 with ERR_USAGE. */
int squidconf_parse_version(enum squidconf_version *ret, const char *text, struct err *err);

/* What may be printed beyond the rules themselves; bits. */
enum squidconf_extra {
    SQUIDCONF_ADAPTATION = 1 << 0,
    SQUIDCONF_CACHE = 1 << 1,
    SQUIDCONF_URL_REWRITE = 1 << 2,
    SQUIDCONF_ALWAYS_DIRECT = 1 << 3,
    SQUIDCONF_EXPRESSROUTE = 1 << 4,
    SQUIDCONF_DELAY_ACCESS = 1 << 5,
    SQUIDCONF_LOGFORMAT = 1 << 6,
    SQUIDCONF_M365_REWRITE = 1 << 7,
};

/* Adds the bit that a name (`cache`, ... or `all`) stands for. -1 with ERR_USAGE, the sentence lists the names. */
int squidconf_parse_extra(unsigned *ret, const char *name, struct err *err);

/* The situation to print for. Ports are 0 where there is none; at least one of explicit and intercept is set. */
struct squidconf_wish {
    enum squidconf_version version;
    uint16_t explicit_port;  /* clients are told about it */
    uint16_t intercept_port; /* TLS is led to it; without bump, plain HTTP */
    uint16_t http_port;      /* plain HTTP is led to it; only beside intercept_port and with bump */
    bool auth;
    bool bump;
    unsigned extras;          /* enum squidconf_extra */
    unsigned children;        /* helper processes */
    unsigned concurrency;     /* questions under way in each */
    const char *helper;       /* path of ext_m365_acl */
    const char *rewriter;     /* path of url_m365_rewrite */
    const char *table;        /* for their -t; NULL: none, they use what is published */
    const char *squid_folder; /* of Squid's own helpers */
};

/* What `m365ctl squid-conf` prints without options: Squid 6, port 3128, with password and inspection. */
extern const struct squidconf_wish squidconf_wish_default;

/* The most questions under way whose replies together fit what this version of Squid reads at once. */
unsigned squidconf_concurrency_max(enum squidconf_version version);

/* Appends the fragment: complete, commented, and without a finding of squidconf_doctor(). */
void squidconf_print(struct buf *ret, const struct squidconf_wish *wish);

/* Loads tables as a helper does that is started with these sources. -1: what is wrong with which. */
typedef int squidconf_try(const char **sources, size_t count, struct err *err);

/* What the doctor knows beside the file. */
struct squidconf_about {
    enum squidconf_version version;
    const char *user; /* whom Squid runs as, if the file does not say; NULL: the first of proxy, squid, nobody */
    uint32_t today;   /* day, UTC */
    squidconf_try *try_tables; /* NULL: only compiled images are looked into */
};

/*
 * Reads a squid.conf with everything it includes and appends, in the order of the lines, `FILE:LINE: sentence` for each
 * finding and below it the corrected lines, indented. Without a finding: one line. *ret_findings is their number. -1:
 * the file itself cannot be read, or is beyond the limits (ERR_IO, ERR_LIMIT, ERR_MEM). Bytes outside printable ASCII
 * become `?`.
 */
int squidconf_doctor(struct buf *ret, size_t *ret_findings, const char *path, const struct squidconf_about *about,
                     struct err *err);

#endif
