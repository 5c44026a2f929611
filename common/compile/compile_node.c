// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_node.c - the rules that share one key, as a node of the image. Part of compile.h.
 *
 * compile_index.c decides which keys need a node. Here the rules of one are written, next to each other.
 */
#include <string.h>

#include "compile_build.h"
#include "name/precedence.h"

static void
put_rule(struct builder *builder, const struct entry *entry, uint32_t text, enum pattern_kind kind)
{
    if (kind == PATTERN_REGEX) {
        builder->regex_rules[entry->regex] = builder->rules;
        compile_rule(builder, entry->set, text, entry->regex, entry->key, PATTERN_REGEX);
        return;
    }
    compile_rule(builder, entry->set, text, pattern_weight(entry->text, entry->len, kind), entry->len, (uint16_t)kind);
}

/* Equal texts are neighbours in the list and are written once. An exact name is the end of the first text. */
uint32_t
compile_node(struct builder *builder, const struct entry *list, size_t count)
{
    struct buf *nodes = &builder->section[SECTION_NODES];
    uint32_t number = (uint32_t)(nodes->len / NODE_SIZE), first = builder->rules;
    struct ref text = compile_text(builder, list[0].text, list[0].len);
    struct ref name = {text.offset + list[0].key, (uint32_t)list[0].len - list[0].key};
    const struct entry *before = &list[0];
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &list[i];
        if (entry->len != before->len || memcmp(entry->text, before->text, entry->len) != 0)
            text = entry->key == 0 ? name : compile_text(builder, entry->text, entry->len);
        if (entry->kind == PATTERN_DOT) {
            put_rule(builder, entry, text.offset, PATTERN_UNDER);
            put_rule(builder, entry, text.offset, PATTERN_EXACT);
        } else {
            put_rule(builder, entry, text.offset, (enum pattern_kind)entry->kind);
        }
        before = entry;
    }
    compile_put32(nodes, name.offset);
    compile_put32(nodes, name.len);
    compile_put32(nodes, first);
    compile_put32(nodes, builder->rules);
    return number;
}
