/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - a compiled table, mapped read-only: the only thing a request is looked up in.
 *
 *     source document --> table --> [compile] --> image --> verdict --> reply
 *                                                 ^^^^^
 *
 * An image is one file: laid out as m365-image(5) says, written by compile.c, published by rename. image_format.h holds
 * the layout in C; only image*.c and compile*.c include it. Which of the rules found decides is verdict.h's business.
 *
 * Trust. The file may be damaged, or the work of an enemy. image_open() checks the header and where its sections lie.
 * After that lookups are total: they cannot fail, do not allocate (but a regex, within its limit), make no system call
 * and read nothing outside the mapping, even if the bytes change under it: every offset is tested when it is used. The
 * checksum is for publishers and `m365ctl check`: image_verify().
 *
 * Threads. An image never changes once open; cursors belong to their callers. Regexes make an image single-threaded.
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
 * Maps the image at `path` and checks header and section bounds; compiles its regexes. Returns 0 and the image, which
 * the caller closes; or -1, *ret untouched: ERR_IO (cannot be opened or mapped), ERR_CORRUPT (no image, another
 * version, cut or sections out of bounds; up to IMAGE_VERIFY_MAX bytes also a wrong checksum or record), ERR_MEM. Cost:
 * one pass over a small file; independent of the size of a large one, but for the regexes.
 */
int image_open(struct image **ret, const char *path, struct err *err);

/* True if the first bytes of a file (8 are enough) are those of an image of any version. */
bool image_looks_like(const char *head, size_t len);

/* The same for bytes in memory, which the image takes over (*bytes is emptied) and frees when closed. */
int image_from_buf(struct image **ret, struct buf *bytes, struct err *err);

/* The same for `len` bytes that the caller keeps alive and 8-byte aligned. */
int image_from_memory(struct image **ret, const void *bytes, size_t len, struct err *err);

/* True if what is at the path begins as an image does. Standard input, pipes and devices are never looked into. */
bool image_is_at(const char *path);

/* Differs for every image that this process opens, and is never 0. */
uint64_t image_serial(const struct image *image);

/* True if the image reads from a file, whose later changes would show. */
bool image_is_mapped(const struct image *image);
/* False if that file was cut since: behind a cut inside a page are zeros, and no signal comes. To be asked behind
 * lookups, and like them through image_guarded(). Cost: one byte. */
bool image_is_whole(const struct image *image);

/* Unmaps; texts handed out die here. NULL is allowed. */
void image_close(struct image *image);

/* Reads the whole file: checksum, and that every record says something sound. -1 with ERR_CORRUPT and what is wrong. */
int image_verify(const struct image *image, struct err *err);

/* A text inside the image; not followed by a NUL. Empty if the image is damaged there. */
struct image_text {
    const char *text;
    size_t len;
};

struct image_info {
    struct image_text label;
    uint32_t bypass; /* bits 1 << enum verb: the categories that are bypassed */
    bool highest;    /* precedence: strongest category instead of most specific */
    uint64_t rules;  /* as they stand in the table */
    uint64_t sets;
    uint64_t size;    /* bytes of the file */
    uint32_t tenants; /* how many are configured */
};

void image_get_info(const struct image *image, struct image_info *ret);

/* The same without a copy; lives as long as the image. */
const struct image_info *image_info(const struct image *image);

/* Tenant `index`, lower case. */
struct image_text image_tenant(const struct image *image, uint32_t index);

/* True if any set of the image has this area. */
bool image_has_area(const struct image *image, const char *area, size_t len);

struct image_set {
    uint8_t verb; /* enum verb */
    bool has_id;
    bool required;
    bool expressroute;
    bool local;           /* without id */
    bool group_has_addrs; /* its endpoint set publishes at least one prefix */
    bool foreign;         /* a name of its endpoint set may be a foreign tenant's */
    uint32_t id;
    uint32_t group;     /* its endpoint set (source, id); a local line has a group without prefixes */
    uint32_t rank;      /* smaller is reported first at a full tie; then pattern, then number of the set */
    uint32_t expires;   /* day; 0 is never */
    uint32_t tcp, udp;  /* for image_ports_hold() */
    uint32_t inspected; /* ports for which a name of its endpoint set falls under an inspect rule */
    struct image_text area;
    struct image_text source;
};

/* What decides whether a rule of a set counts, and against which other. */
struct image_terms {
    uint8_t verb;
    uint32_t rank;
    uint32_t expires;
    uint32_t tcp;
};

/* The few of a set's fields that every match is asked for; else as image_get_set(). */
void image_get_terms(const struct image *image, uint32_t set, struct image_terms *ret);

/* A set that a hit or verdict named; a damaged record reads as an inspect line for all ports. */
void image_get_set(const struct image *image, uint32_t set, struct image_set *ret);

/* Whether a port set of image_set holds the port; port 0 asks whether it holds any. */
bool image_ports_hold(const struct image *image, uint32_t ports, uint16_t port);

/* The text of a port set, as in the table. */
void image_ports_print(const struct image *image, uint32_t ports, struct buf *buf);

/* Names one rule of an image. */
struct image_rule {
    uint32_t number;
    const struct addr *addr; /* a prefix: the address it was found by, owned by whoever asked; NULL: a host rule */
};

#define IMAGE_RULE_MAX 264 /* bytes that the text of a rule may need beside the image */

/* The rule as its table writes it (tenant filled in), or the prefix; `room` takes what the image does not hold as it is
 * printed. Empty for a rule that is not there. */
struct image_text image_rule_text(const struct image *image, struct image_rule rule, char room[IMAGE_RULE_MAX]);

/* Whether two hits are of one rule: the same number, and the same prefix. */
bool image_rule_equal(const struct image *image, struct image_rule a, struct image_rule b);

#endif
