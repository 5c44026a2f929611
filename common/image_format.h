/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_format.h - the layout of an image, as m365-image(5) describes it. Only image*.c and compile*.c include this.
 *
 *     0        header, 320 bytes: magic, size, checksum, options, where the sections lie
 *     ...      sections, each on a multiple of 8, in the order of enum section
 *
 * All numbers are little-endian. Nothing in an image is an address of memory: records name each other by number, texts
 * by offset into the text section. 0 in a field called `..._1` is "none"; otherwise it is a number plus one.
 */
#ifndef COMMON_IMAGE_FORMAT_H
#define COMMON_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define IMAGE_MAGIC "m365img\1" /* 8 bytes; the last is the version of the layout */

enum section {
    SECTION_TEXT,    /* bytes: patterns, areas, sources, the label, tenants */
    SECTION_PORTS,   /* port sets: u16 count, then count times u16 low, u16 high */
    SECTION_SETS,    /* SET_SIZE each */
    SECTION_AREAS,   /* u32 offset, u32 length of each area that occurs */
    SECTION_TENANTS, /* the same of each tenant */
    SECTION_NODES,   /* NODE_SIZE each: the names under which host rules are found */
    SECTION_SLOTS,   /* u32 tag, u32 node_1; a power of two of them: hash table over the nodes */
    SECTION_RULES,   /* RULE_SIZE each; the rules of one node or prefix lie together */
    SECTION_REGEXES, /* u32 rule each */
    SECTION_TREE4,   /* image_tree.h: from an IPv4 address to its rules */
    SECTION_TREE6,   /* the same of IPv6 */
    SECTION_COUNT,
};

enum header_field {
    HEADER_MAGIC = 0,
    HEADER_FILE_SIZE = 8, /* u64 */
    HEADER_CHECKSUM = 16, /* u64, over all bytes from HEADER_SEED on */
    HEADER_SEED = 24,     /* u64, of the hash table; made from the content */
    HEADER_OPTIONS = 32,  /* u32: OPTION_... */
    HEADER_BYPASS = 36,   /* u32: bits 1 << enum verb */
    HEADER_LABEL = 40,    /* u32 offset, u32 length */
    HEADER_RULES = 48,    /* u64: lines of the table */
    HEADER_PROBES = 56,   /* u32: longest run of slots to ask */
    HEADER_SECTIONS = 64, /* u64 offset, u64 size of each section */
    HEADER_SIZE = 320,
};

enum { OPTION_HIGHEST = 1, OPTION_ROOT = 2 /* there is a node for the empty name */ };

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

enum { SETFLAG_ID = 1, SETFLAG_REQUIRED = 2, SETFLAG_EXPRESSROUTE = 4, SETFLAG_ADDRS = 8, SETFLAG_FOREIGN = 16 };

#define PORTS_ALL 0xffffffffu
#define PORTS_NONE 0u /* offset 0 of the section holds an empty port set */

enum node_field { NODE_NAME = 0 /* u32 offset, u32 length */, NODE_FIRST = 8, NODE_END = 12, NODE_SIZE = 16 };

enum rule_field {
    RULE_SET = 0,
    RULE_TEXT = 4, /* u32 offset; prefix: rule_1 of the next shorter one around it */
    RULE_WEIGHT = 8,
    RULE_LENGTH = 12, /* u16; prefix: PREFIX_... */
    RULE_KIND = 14,   /* u16: enum pattern_kind; DOT does not occur */
    RULE_SIZE = 16,
};

#define WEIGHT_EXACT 0x10000u /* plus the length */
#define WEIGHT_GLOB 1u        /* plus the literal characters; a regex weighs 0, a prefix its length */

enum { PREFIX_V6 = 1, PREFIX_MORE = 2 /* the next rule is of the same prefix */ };

enum { SLOT_SIZE = 8, REF_SIZE = 8 };

#define PROBES_MAX 64u

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

/* Hash of a name, read from its end so that one pass gives the hashes of all its suffixes. */
static inline uint64_t
hash_step(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * 0x9e3779b97f4a7c15u;
}

static inline uint64_t
hash_end(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ hash >> 29;
}

/* Checksum of the bytes behind HEADER_CHECKSUM. Against damage, not against forgery. */
uint64_t image_checksum(const unsigned char *bytes, size_t len);

#endif
