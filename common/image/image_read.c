// SPDX-License-Identifier: GPL-2.0-or-later
/* image_read.c - what an image says about itself, its sets and its rules. Part of image.h. */
#include "image_find.h"
#include "image_handle.h"
#include "name/addr.h"
#include "name/pattern.h"
#include "name/ports.h"
#include "name/verb.h"

static struct image_text
read_ref(const struct image *image, const unsigned char *ref)
{
    return image_slice(image, get32(ref), get32(ref + 4));
}

void
image_get_info(const struct image *image, struct image_info *ret)
{
    *ret = image->info;
}

const struct image_info *
image_info(const struct image *image)
{
    return &image->info;
}

struct image_text
image_tenant(const struct image *image, uint32_t index)
{
    const unsigned char *ref = image_record(image, SECTION_TENANTS, index, REF_SIZE);
    return ref == NULL ? (struct image_text){"", 0} : read_ref(image, ref);
}

bool
image_has_area(const struct image *image, const char *area, size_t len)
{
    const unsigned char *ref;
    for (uint32_t i = 0; (ref = image_record(image, SECTION_AREAS, i, REF_SIZE)) != NULL; i++) {
        struct image_text text = read_ref(image, ref);
        if (text.len == len && memcmp(text.text, area, len) == 0)
            return true;
    }
    return false;
}

void
image_get_set_core(const struct image *image, uint32_t set, struct image_set_core *ret)
{
    const unsigned char *record = image_record(image, SECTION_SETS, set, SET_SIZE);
    uint8_t verb = record == NULL ? UINT8_MAX : record[SET_VERB]; /* read once: the bytes may change */
    if (verb > VERB_INSPECT)
        *ret = (struct image_set_core){.verb = VERB_INSPECT, .tcp = PORTS_ALL};
    else
        *ret = (struct image_set_core){verb, get32(record + SET_RANK), get32(record + SET_EXPIRES),
                                       get32(record + SET_TCP)};
}

void
image_get_set(const struct image *image, uint32_t set, struct image_set *ret)
{
    const unsigned char *record = image_record(image, SECTION_SETS, set, SET_SIZE);
    uint8_t verb = record == NULL ? UINT8_MAX : record[SET_VERB]; /* read once: the bytes may change */
    if (verb > VERB_INSPECT) {
        *ret = (struct image_set){.verb = VERB_INSPECT, .local = true, .tcp = PORTS_ALL, .inspected = PORTS_ALL};
        ret->area = ret->source = (struct image_text){"", 0};
        return;
    }
    uint8_t flags = record[SET_FLAGS];
    ret->verb = verb;
    ret->has_id = (flags & SETFLAG_ID) != 0;
    ret->local = !ret->has_id;
    ret->required = (flags & SETFLAG_REQUIRED) != 0;
    ret->expressroute = (flags & SETFLAG_EXPRESSROUTE) != 0;
    ret->group_has_addrs = (flags & SETFLAG_ADDRS) != 0;
    ret->foreign = (flags & SETFLAG_FOREIGN) != 0;
    ret->published = (flags & SETFLAG_WAS_OPTIMIZE) != 0 ? VERB_OPTIMIZE
                     : (flags & SETFLAG_WAS_ALLOW) != 0  ? VERB_ALLOW
                                                         : VERB_DEFAULT;
    ret->id = get32(record + SET_ID);
    ret->group = get32(record + SET_GROUP);
    ret->rank = get32(record + SET_RANK);
    ret->expires = get32(record + SET_EXPIRES);
    ret->tcp = get32(record + SET_TCP);
    ret->udp = get32(record + SET_UDP);
    ret->inspected = get32(record + SET_INSPECTED);
    ret->area = read_ref(image, record + SET_AREA);
    ret->source = read_ref(image, record + SET_SOURCE);
}

/* The ranges of a port set. *ret_count gets their number, 0 if the image is damaged there. */
static const unsigned char *
port_ranges(const struct image *image, uint32_t ports, uint32_t *ret_count)
{
    const struct part *part = &image->part[SECTION_PORTS];
    *ret_count = 0;
    if (part->size < 2 || ports > part->size - 2)
        return NULL;
    uint32_t count = get16(part->bytes + ports);
    if (count * (uint64_t)4 > part->size - 2 - ports)
        return NULL;
    *ret_count = count;
    return part->bytes + ports + 2;
}

bool
image_ports_hold(const struct image *image, uint32_t ports, uint16_t port)
{
    if (ports == PORTS_ALL)
        return true;
    uint32_t count;
    const unsigned char *range = port_ranges(image, ports, &count);
    if (port == 0)
        return count > 0;
    for (uint32_t i = 0; i < count; i++, range += 4) {
        if (port >= get16(range) && port <= get16(range + 2))
            return true;
    }
    return false;
}

bool
image_ports_all(uint32_t ports)
{
    return ports == PORTS_ALL;
}

void
image_ports_print(const struct image *image, uint32_t ports, struct buf *buf)
{
    uint32_t count = 0;
    const unsigned char *range = ports == PORTS_ALL ? NULL : port_ranges(image, ports, &count);
    for (uint32_t i = 0; i < count; i++, range += 4) {
        struct port_range one = {get16(range), get16(range + 2)};
        if (i > 0)
            buf_add_char(buf, ',');
        ports_print(buf, &(struct ports){&one, 1});
    }
}

/* The rule of a name that has no node. */
static struct image_text
class_rule_text(const struct image *image, uint32_t cell, char room[IMAGE_RULE_MAX])
{
    static const char *const fronts[] = {[PATTERN_EXACT] = "", [PATTERN_UNDER] = "*.", [PATTERN_DOT] = "."};
    struct image_cell name;
    if (cell / BUCKET_SLOTS >= image->part[SECTION_BUCKETS].size / BUCKET_SIZE ||
        !image_cell(image, cell / BUCKET_SLOTS, cell % BUCKET_SLOTS, &name))
        return (struct image_text){"", 0};
    const unsigned char *class = image_record(image, SECTION_CLASSES, name.record[0], CLASS_SIZE);
    uint32_t kind = class == NULL ? PATTERN_GLOB : get32(class + CLASS_KIND);
    if (kind > PATTERN_DOT)
        return (struct image_text){"", 0};
    size_t front = strlen(fronts[kind]);
    memcpy(room, fronts[kind], front);
    memcpy(room + front, name.record + 1, name.size - 1);
    return (struct image_text){room, front + name.size - 1};
}

bool
image_rule_prefix(const struct image *image, struct image_rule rule, struct prefix *ret)
{
    if (rule.number >= image->rules || rule.addr == NULL)
        return false;
    const unsigned char *record = image->part[SECTION_RULES].bytes + (size_t)rule.number * RULE_SIZE;
    uint32_t len = get32(record + RULE_WEIGHT);
    if (get16(record + RULE_KIND) != PATTERN_PREFIX || len > (rule.addr->v6 ? 128 : 32) ||
        rule.addr->v6 != ((get16(record + RULE_LENGTH) & PREFIX_V6) != 0))
        return false;
    prefix_around(ret, rule.addr, (uint8_t)len);
    return true;
}

struct image_text
image_rule_text(const struct image *image, struct image_rule rule, char room[IMAGE_RULE_MAX])
{
    if (rule.number >= image->rules)
        return class_rule_text(image, rule.number - image->rules, room);
    const unsigned char *record = image->part[SECTION_RULES].bytes + (size_t)rule.number * RULE_SIZE;
    if (get16(record + RULE_KIND) != PATTERN_PREFIX)
        return image_slice(image, get32(record + RULE_TEXT), get16(record + RULE_LENGTH));
    struct prefix prefix;
    if (!image_rule_prefix(image, rule, &prefix))
        return (struct image_text){"", 0};
    prefix_format(room, &prefix);
    return (struct image_text){room, strlen(room)};
}

bool
image_rule_equal(const struct image *image, struct image_rule a, struct image_rule b)
{
    char a_room[IMAGE_RULE_MAX], b_room[IMAGE_RULE_MAX];
    if (a.number != b.number || (a.addr == NULL) != (b.addr == NULL))
        return false;
    if (a.addr == b.addr)
        return true;
    struct image_text x = image_rule_text(image, a, a_room), y = image_rule_text(image, b, b_room);
    return x.len == y.len && memcmp(x.text, y.text, x.len) == 0;
}
