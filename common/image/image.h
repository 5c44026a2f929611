/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - a compiled table, mapped read-only: the only thing that requests are looked up in.
 *
 *     source document --> table --> [compile] --> image --> verdict --> reply
 *                                                 ^^^^^
 *
 * Where it sits: room image, above name and base. An image is one file: laid out as m365-image(5) says, written by
 * compile.c, published by rename. image_format.h has the layout in C; only image*.c and compile*.c include it. Choosing
 * among the rules that were found belongs to verdict.h.
 *
 * Trust. The file may be damaged or hostile. image_open() checks the header and the bounds of the sections. After that
 * lookups never fail, allocate nothing (except a regex, within its limit), make no system calls, and read nothing
 * outside the mapping, even if the bytes change: every offset is checked when it is used. The checksum serves
 * publishers and `m365ctl check`: image_verify().
 *
 * Threads. An open image never changes; cursors belong to their callers. An image with regexes is single-threaded.
 */
#ifndef COMMON_IMAGE_H
#define COMMON_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct buf;
struct err;
struct image;

#define IMAGE_MAX ((uint64_t)16 << 30)       /* bytes */
#define IMAGE_VERIFY_MAX ((uint64_t)4 << 20) /* bytes; image_open() verifies files up to this: a few milliseconds */
#define IMAGE_REGEX_MAX 4096                 /* regexes in one image */
#define IMAGE_TENANTS_MAX 64

/*
 * Maps the image at `path`, checks the header and the section bounds, and compiles the regexes. Returns 0 and the
 * image, which the caller closes, or -1 with *ret unchanged: ERR_IO (cannot be opened or mapped), ERR_CORRUPT (not an
 * image, another layout version, truncated, sections out of bounds; up to IMAGE_VERIFY_MAX bytes also whatever
 * image_verify() finds), ERR_MEM. Cost: one pass over a small file; for a large one only its regexes matter.
 */
int image_open(struct image **ret, const char *path, struct err *err);

/* True if the first bytes of a file (8 are enough) are those of an image, whatever its layout version. */
bool image_looks_like(const char *head, size_t len);

/* Like image_open(), but verifies nothing, and takes over bytes in memory (*bytes is emptied) until the image is
 * closed. */
int image_from_buf(struct image **ret, struct buf *bytes, struct err *err);

/* The same for `len` bytes that the caller keeps alive; they must be 8-byte aligned. */
int image_from_memory(struct image **ret, const void *bytes, size_t len, struct err *err);

/* True if the file at the path starts like an image. Never reads from standard input, pipes or devices. */
bool image_is_at(const char *path);

/* A number that differs for every image this process opens, and is never 0. */
uint64_t image_serial(const struct image *image);

/* True if the image is mapped from a file, so that later changes of the file would show through. */
bool image_is_mapped(const struct image *image);
/* False if that file was truncated since: after a cut inside a page the rest of the page reads as zeros and no signal
 * is raised. Call it after lookups and, like them, inside image_guarded(). Cost: one byte. */
bool image_is_whole(const struct image *image);

/* Unmaps the image; texts taken from it become invalid. NULL is allowed. */
void image_close(struct image *image);

/* Checks the whole file: its checksum and every record. -1 with ERR_CORRUPT and what is wrong. */
int image_verify(const struct image *image, struct err *err);

struct image_text { /* not NUL-terminated; empty if the image is damaged there */
    const char *text;
    size_t len;
};

struct image_info {
    struct image_text label;
    uint32_t bypass; /* bit `1 << verb` is set for each category that is bypassed */
    bool highest;    /* precedence: strongest category first instead of most specific pattern */
    uint64_t rules;  /* number of lines in the table */
    uint64_t sets;
    uint64_t size;    /* size of the file in bytes */
    uint32_t tenants; /* number of configured tenants */
};

/* What the image says about itself: a copy, or in place for as long as the image lives. */
void image_get_info(const struct image *image, struct image_info *ret);
const struct image_info *image_info(const struct image *image);

/* Tenant `index` in lower case. */
struct image_text image_tenant(const struct image *image, uint32_t index);

/* True if any endpoint set of the image has this area. */
bool image_has_area(const struct image *image, const char *area, size_t len);

struct image_set {
    uint8_t verb;      /* enum verb */
    uint8_t published; /* what it was published as, if it is Default only because it is not required; for people */
    bool has_id;
    bool required, expressroute;
    bool local;           /* has no id */
    bool group_has_addrs; /* its endpoint set publishes at least one prefix */
    bool foreign;         /* its endpoint set has a name that may belong to a foreign tenant */
    uint32_t id;
    uint32_t group;     /* its endpoint set (source, id). A local line is a group of its own, without prefixes */
    uint32_t rank;      /* decides a complete tie: the smallest is reported, then pattern, then set number */
    uint32_t expires;   /* a day; 0 means never */
    uint32_t tcp, udp;  /* for image_ports_hold() */
    uint32_t inspected; /* ports for which an inspect rule covers a name of its endpoint set */
    struct image_text area;
    struct image_text source;
};

struct image_set_core { /* what decides whether a rule of a set counts, and which of two rules wins */
    uint8_t verb;
    uint32_t rank;
    uint32_t expires;
    uint32_t tcp;
};

/* Reads only those fields, because every match needs them; otherwise like image_get_set(). */
void image_get_set_core(const struct image *image, uint32_t set, struct image_set_core *ret);

/* Reads a set that a hit or a verdict named; a damaged record reads as an inspect line for all ports. */
void image_get_set(const struct image *image, uint32_t set, struct image_set *ret);

/* True if a port set from image_set contains the port. For port 0: true if it contains any port. */
bool image_ports_hold(const struct image *image, uint32_t ports, uint16_t port);

/* True for the port set of a line that speaks for all ports. */
bool image_ports_all(uint32_t ports);

/* Appends the text of a port set, as in the table. */
void image_ports_print(const struct image *image, uint32_t ports, struct buf *buf);

struct image_rule { /* identifies one rule of an image */
    uint32_t number;
    const struct addr *addr; /* prefix: the address it was found by, owned by the caller; host rule: NULL */
};

#define IMAGE_RULE_MAX 264 /* bytes of `room` for image_rule_text() */

/* The rule as its table writes it (tenant filled in), or the prefix; may be built in `room`. Empty if there is none. */
struct image_text image_rule_text(const struct image *image, struct image_rule rule, char room[IMAGE_RULE_MAX]);

/* True if two hits belong to one rule: same number and same prefix. */
bool image_rule_equal(const struct image *image, struct image_rule a, struct image_rule b);

#endif
