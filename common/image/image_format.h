/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_format.h - the layout of an image, as m365-image(5) describes it.
 *
 * Where it sits: room image; only image*.c and compile*.c include it. The trees of addresses are in image_tree.h.
 *
 *     0        header, 384 bytes: magic, size, checksum, options, where the sections are
 *     ...      sections, each at a multiple of 64
 *
 * All numbers are little-endian. An image contains no memory addresses: records refer to each other by number, and to
 * texts by offset into the text section. In a field called `..._1`, 0 means none; other values are a number plus one.
 */
#ifndef COMMON_IMAGE_FORMAT_H
#define COMMON_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define IMAGE_MAGIC "m365img\2" /* 8 bytes; the last one is IMAGE_LAYOUT */

enum section {
    SECTION_TEXT,    /* bytes: patterns, areas, sources, the label, tenants */
    SECTION_PORTS,   /* port sets: u16 count, then count times u16 low, u16 high */
    SECTION_SETS,    /* SET_SIZE each */
    SECTION_AREAS,   /* u32 offset, u32 length for each area that occurs */
    SECTION_TENANTS, /* the same for each tenant */
    SECTION_BUCKETS, /* BUCKET_SIZE each: the index of the names that host rules are filed under */
    SECTION_POOL,    /* the names, in the order of the buckets: a class byte and its name, or CLASS_NODE and u32 node */
    SECTION_CLASSES, /* CLASS_SIZE each: the single rule that a name of this class has */
    SECTION_NODES,   /* NODE_SIZE each: names with several rules, or with patterns */
    SECTION_RULES,   /* RULE_SIZE each; the rules of one node or prefix are adjacent */
    SECTION_REGEXES, /* u32 rule each; those after the loose ones also belong to nodes */
    SECTION_TREE4,   /* see image_tree.h: from an IPv4 address to the first of its rules */
    SECTION_TREE6,   /* the same for IPv6 */
    SECTION_COUNT,
};

enum header_field {
    HEADER_MAGIC = 0,
    HEADER_FILE_SIZE = 8, /* u64 */
    HEADER_CHECKSUM = 16, /* u64, over all bytes from HEADER_SEED on */
    HEADER_SEED = 24,     /* u64, for the hash table; derived from the content */
    HEADER_OPTIONS = 32,  /* u32: OPTION_... */
    HEADER_BYPASS = 36,   /* u32: bits 1 << enum verb */
    HEADER_LABEL = 40,    /* u32 offset, u32 length */
    HEADER_RULES = 48,    /* u64: lines of the table */
    HEADER_BUCKETS = 56,  /* u32: buckets that a hash may select; the ones after them only take overflow */
    HEADER_SPILL = 60,    /* u32: how many buckets further on a name may be */
    HEADER_SECTIONS = 64, /* u64 offset, u64 size of each section */
    HEADER_LABELS = 336,  /* u64: bit n: there is a name with n labels; bit 63: 63 or more */
    HEADER_LOOSE = 344,   /* u32: regexes tried on every name; they come first in their section */
    HEADER_SIZE = 384,
};

enum { OPTION_HIGHEST = 1 };

enum set_field {
    SET_ID = 0,
    SET_RANK = 4,
    SET_GROUP = 8,
    SET_EXPIRES = 12,
    SET_TCP = 16, /* offset into SECTION_PORTS, or PORTS_ALL */
    SET_UDP = 20,
    SET_INSPECTED = 24,
    SET_AREA = 28, /* u32 offset, u32 length */
    SET_SOURCE = 36,
    SET_VERB = 44,  /* u8 */
    SET_FLAGS = 45, /* u8: SETFLAG_... */
    SET_SIZE = 48,
};

enum {
    SETFLAG_ID = 1,
    SETFLAG_REQUIRED = 2,
    SETFLAG_EXPRESSROUTE = 4,
    SETFLAG_ADDRS = 8,
    SETFLAG_FOREIGN = 16,
    SETFLAG_WAS_ALLOW = 32, /* published as this, and Default because it is not required */
    SETFLAG_WAS_OPTIMIZE = 64,
};

#define PORTS_ALL 0xffffffffu
#define PORTS_NONE 0u /* offset 0 of the section is an empty port set */

enum bucket_field {
    BUCKET_BASE = 0,   /* u32: where its names begin in the pool, in units of 8, and BUCKET_SPILLS */
    BUCKET_TAGS = 4,   /* u16 each: the low bits of the hashes */
    BUCKET_SIZES = 44, /* u8 each: bytes in the pool; 0: no names from here on */
    BUCKET_SIZE = 64,
};

enum { BUCKET_SLOTS = 20, POOL_UNIT = 8, SPILL_MAX = 63 };

#define BUCKET_SPILLS 0x80000000u /* names of this bucket, or of an earlier one, are in the next bucket */

enum class_field { CLASS_SET = 0, CLASS_KIND = 4 /* u32: EXACT, UNDER or DOT */, CLASS_SIZE = 8 };

enum { CLASS_NODE = 255, NODE_RECORD = 5 /* bytes in the pool */ };

enum node_field { NODE_NAME = 0 /* u32 offset, u32 length */, NODE_FIRST = 8, NODE_END = 12, NODE_SIZE = 16 };

enum rule_field {
    RULE_SET = 0,
    RULE_TEXT = 4,    /* u32 offset; for a prefix: the next shorter prefix around it, as rule_1 */
    RULE_WEIGHT = 8,  /* see precedence.h; for a regex, which weighs 0: its number in SECTION_REGEXES */
    RULE_LENGTH = 12, /* u16; for a prefix: PREFIX_... */
    RULE_KIND = 14,   /* u16: enum pattern_kind; DOT does not occur */
    RULE_SIZE = 16,
};

enum { PREFIX_V6 = 1, PREFIX_MORE = 2 /* the next rule belongs to the same prefix */ };

enum { REF_SIZE = 8 };

static inline uint16_t
get16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
get32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint64_t
get64(const unsigned char *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

/* Checksum of the bytes after HEADER_CHECKSUM. It detects damage, not forgery. */
uint64_t image_checksum(const unsigned char *bytes, size_t len);

#endif
