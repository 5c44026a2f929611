// SPDX-License-Identifier: GPL-2.0-or-later
/* image_check.c - the whole-file check of publishers and of `m365ctl check`. Part of image.h. */
#include "err.h"
#include "image_handle.h"
#include "pattern.h"

uint64_t
image_checksum(const unsigned char *bytes, size_t len)
{
    uint64_t sum = 0x243f6a8885a308d3u ^ len;
    size_t at = 0;
    for (; len - at >= 8; at += 8) {
        sum = (sum ^ get64(bytes + at)) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 31;
    }
    for (; at < len; at++) {
        sum = (sum ^ bytes[at]) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 31;
    }
    return sum;
}

static int
check_rules(const struct image *image, const unsigned char *bounds, const char *what, uint64_t index, struct err *err)
{
    uint32_t first = get32(bounds), end = get32(bounds + 4);
    if (first >= end || end > image->part[SECTION_RULES].size / RULE_SIZE)
        return err_set(err, ERR_CORRUPT, "%s %llu has no rules", what, (unsigned long long)index);
    return 0;
}

static int
check_nodes(const struct image *image, struct err *err)
{
    const unsigned char *node;
    for (uint64_t i = 0; (node = image_record(image, SECTION_NODES, i, NODE_SIZE)) != NULL; i++) {
        if (check_rules(image, node + NODE_FIRST, "node", i, err) != 0)
            return -1;
        uint32_t len = get32(node + NODE_NAME + 4);
        if (len > HOST_MAX || image_slice(image, get32(node + NODE_NAME), len).len != len)
            return err_set(err, ERR_CORRUPT, "node %llu has no name", (unsigned long long)i);
    }
    return 0;
}

static int
check_rule_records(const struct image *image, struct err *err)
{
    const unsigned char *rule;
    for (uint64_t i = 0; (rule = image_record(image, SECTION_RULES, i, RULE_SIZE)) != NULL; i++) {
        uint32_t kind = get16(rule + RULE_KIND);
        uint16_t len = get16(rule + RULE_LENGTH);
        bool text_ok =
            kind == PATTERN_PREFIX || (len > 0 && image_slice(image, get32(rule + RULE_TEXT), len).len == len);
        if (kind > PATTERN_PREFIX || kind == PATTERN_DOT || !text_ok)
            return err_set(err, ERR_CORRUPT, "rule %llu has no sound kind or text", (unsigned long long)i);
        if (image_record(image, SECTION_SETS, get32(rule + RULE_SET), SET_SIZE) == NULL)
            return err_set(err, ERR_CORRUPT, "rule %llu names a set that is not there", (unsigned long long)i);
    }
    return 0;
}

int
image_verify(const struct image *image, struct err *err)
{
    uint64_t sum = image_checksum(image->base + HEADER_SEED, image->size - HEADER_SEED);
    if (sum != get64(image->base + HEADER_CHECKSUM))
        return err_set(err, ERR_CORRUPT, "the checksum does not fit: the file is damaged");
    if (check_nodes(image, err) != 0 || check_rule_records(image, err) != 0)
        return -1;
    return image_check_addrs(image, err);
}
