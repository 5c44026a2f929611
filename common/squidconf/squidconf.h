/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squidconf.h - prints the lines of squid.conf that the helpers need, and checks an existing squid.conf for what goes
 * wrong in practice.
 *
 *     struct squidconf_wish --> squidconf_print() --> text of a squid.conf
 *     a squid.conf --> squidconf_doctor() --> findings with file, line and corrected lines
 *
 * Where it sits: room squidconf, above squid, store and compile; only m365ctl uses it. Nothing is printed here: the
 * text is returned. Squid itself is neither run nor asked. What each version of Squid can do is written down in
 * squidconf_print.c and squidconf_check*.c.
 */
#ifndef COMMON_SQUIDCONF_H
#define COMMON_SQUIDCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct image;
struct places;

enum squidconf_version { SQUIDCONF_3_5, SQUIDCONF_4, SQUIDCONF_5, SQUIDCONF_6, SQUIDCONF_7 };

/* Reads `3.5`, `4` ... `7`; more digits may follow (`5.7`, `6.14`). -1 with ERR_USAGE for anything else. */
int squidconf_parse_version(enum squidconf_version *ret, const char *text, struct err *err);

/* What can be printed besides the rules themselves; bits. */
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

/* Adds the bit for a name (`cache`, ...), or all bits for `all`. -1 with ERR_USAGE for an unknown name; the message
 * lists the known ones. */
int squidconf_parse_extra(unsigned *ret, const char *name, struct err *err);

/* The setup to print for. A port that does not exist is 0. At least one of explicit_port and intercept_port is set. */
struct squidconf_wish {
    enum squidconf_version version;
    uint16_t explicit_port;  /* clients are configured to use it */
    uint16_t intercept_port; /* TLS is redirected to it; without bump, plain HTTP */
    uint16_t http_port;      /* plain HTTP is redirected to it; needs intercept_port and bump */
    bool auth;
    bool bump;
    unsigned extras;      /* enum squidconf_extra */
    unsigned children;    /* helper processes */
    unsigned concurrency; /* concurrent queries in each */
    const char *helper;   /* path of ext_m365_acl */
    const char *rewriter; /* path of url_m365_rewrite */
    const char *table;    /* for their -t; NULL: they use the published table */
    /* Of the system that Squid runs on: */
    const char *squid_folder; /* where Squid's own helpers are */
    const char *squid_user;   /* the user that Squid runs as */
    const char *conf_folder;  /* squid.conf, the CA, the passwords */
    const char *certs_folder; /* the certificates that Squid makes */
    const char *log_folder;
};

/* The setup without options: Squid 6, port 3128, with password and inspection. */
extern const struct squidconf_wish squidconf_wish_default;

/* Sets the paths and the user to those of a system: `debian`, `rhel`, `freebsd`, `pfsense` or `opnsense`. -1 with
 * ERR_USAGE for any other name; the message lists the known ones. */
int squidconf_parse_preset(struct squidconf_wish *ret, const char *name, struct err *err);

/* How many concurrent queries one helper may have, so that all their replies fit into what this version of Squid reads
 * at once. */
unsigned squidconf_concurrency_max(enum squidconf_version version);

/* -1 with ERR_USAGE if the setup cannot be: more concurrent queries than that, a port twice, or plain HTTP redirected
 * without TLS being redirected and inspected. */
int squidconf_wish_check(const struct squidconf_wish *wish, struct err *err);

/* Appends the fragment of squid.conf: complete, with comments, and without findings of squidconf_doctor(). Fails only
 * for lack of memory (see buf_ok()). */
void squidconf_print(struct buf *ret, const struct squidconf_wish *wish);

/* Loads tables as a helper does when it is started with these sources. -1: *err says which is wrong, and why. The
 * caller closes the image. */
typedef int squidconf_load(struct image **ret, const char **sources, size_t count, struct err *err);

struct squidconf;

/* More checks, of a room above this one: called once the others are done, they add what they find. -1 with *err. */
typedef int squidconf_examine(void *arg, struct squidconf *conf, struct err *err);

/* Adds a finding about a line: a sentence, then indented lines; each ends with a line end. `counts`: it is a mistake;
 * otherwise it is only worth knowing. Fails only as the arena does. */
void squidconf_add(struct squidconf *conf, const char *file, unsigned number, bool counts, const char *text);

/* True if something was found at this line. */
bool squidconf_has(const struct squidconf *conf, const char *file, unsigned number);

/* Appends the external_acl_type at this line as it should be. False: there is none of ours. */
bool squidconf_correct_type(struct buf *ret, const struct squidconf *conf, const char *file, unsigned number);

/* What the doctor knows besides the file. */
struct squidconf_about {
    enum squidconf_version version;
    const char *user;     /* Squid's user if the file does not name one; NULL: the first of proxy, squid, nobody */
    uint32_t today;       /* day, UTC */
    squidconf_load *load; /* NULL: only compiled images are opened */
    const struct places *places; /* where helpers without -t look; NULL: places_default */
    const char *const *accept;   /* `FILE:LINE` of findings that are meant, as they are printed; ends with NULL */
    squidconf_examine *examine;  /* NULL: none */
    void *examine_arg;
};

/*
 * Reads a squid.conf with everything it includes. For each finding it appends `FILE:LINE: sentence`, followed by the
 * corrected lines, indented; findings are in the order of the lines. Without findings it appends one line.
 * *ret_findings is the number of findings. Three kinds do not count: one that is true only for now, such as a table
 * that waits (`FILE:LINE: for now: sentence`), one that is no mistake (`FILE:LINE: note: sentence`), and one that is
 * meant (`FILE:LINE: accepted: sentence`), because `accept` names it, or because its line, or a comment on the line
 * above it, has `# m365: meant`. Bytes outside printable ASCII become `?`. -1: the file itself cannot be read or
 * exceeds a limit (ERR_IO, ERR_LIMIT, ERR_MEM). Costs a pass over the file for each of some twenty checks, and loading
 * the tables.
 */
int squidconf_doctor(struct buf *ret, size_t *ret_findings, const char *path, const struct squidconf_about *about,
                     struct err *err);

#endif
