// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_answer_tail.c - see cmd_answer_tail.h. */
#include "cmd_answer_tail.h"

#include <string.h>

#include "base/buf.h"
#include "image/image_find.h"
#include "verdict/verdict.h"

static bool
same_key(const struct tail_key *a, const struct tail_key *b)
{
    return a->number == b->number && a->set == b->set && a->why == b->why && a->bypass == b->bypass &&
           a->has_rule == b->has_rule && a->has_prefix == b->has_prefix && a->prefix.len == b->prefix.len &&
           a->prefix.addr.v6 == b->prefix.addr.v6 &&
           memcmp(a->prefix.addr.bytes, b->prefix.addr.bytes, sizeof a->prefix.addr.bytes) == 0;
}

/* One slot a key: rules may share a number and differ in their prefix, so both choose it. */
static size_t
choose_slot(const struct tail_key *key)
{
    uint64_t half;
    memcpy(&half, key->prefix.addr.bytes, sizeof half);
    uint64_t mixed = (half ^ (uint64_t)key->number << 32 ^ (uint64_t)key->why << 8 ^ key->prefix.len);
    return mixed * UINT64_C(0x9e3779b97f4a7c15) >> (64 - TAIL_SLOTS_BITS);
}

bool
tail_add(struct answer_tails *tails, const struct image *image, const struct verdict *verdict, struct buf *buf,
         struct tail **ret_slot)
{
    struct tail_key key = {.why = (uint8_t)verdict->why, .bypass = verdict->bypass, .has_rule = verdict->has_rule};
    if (verdict->has_rule) {
        key.number = verdict->rule.number;
        key.set = verdict->set;
        key.has_prefix = image_rule_prefix(image, verdict->rule, &key.prefix);
    }
    struct tail *slot = &tails->slots[choose_slot(&key)];
    if (slot->len > 0 && same_key(&slot->key, &key)) {
        buf_add(buf, slot->text, slot->len);
        return true;
    }
    slot->key = key;
    slot->len = 0;
    *ret_slot = slot;
    return false;
}

void
tail_keep(struct tail *slot, const struct buf *buf, size_t at)
{
    if (!buf_ok(buf) || buf->len - at > TAIL_MAX)
        return;
    slot->len = (uint16_t)(buf->len - at);
    memcpy(slot->text, buf->data + at, slot->len);
}
