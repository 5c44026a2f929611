// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compile_section.c - how numbers, texts and rules get into the sections of an image. Part of compile.h.
 *
 * Every compile_*.c writes through these functions. Which section holds what, and in which order the sections are
 * built, does not belong here (compile.c).
 */
#include <string.h>

#include "compile_build.h"

#define ALIGNMENT 64u

void
compile_put16(struct buf *buf, uint16_t value)
{
    const unsigned char bytes[2] = {(unsigned char)value, (unsigned char)(value >> 8)};
    buf_add(buf, bytes, sizeof bytes);
}

void
compile_put32(struct buf *buf, uint32_t value)
{
    compile_put16(buf, (uint16_t)value);
    compile_put16(buf, (uint16_t)(value >> 16));
}

void
compile_put64(struct buf *buf, uint64_t value)
{
    compile_put32(buf, (uint32_t)value);
    compile_put32(buf, (uint32_t)(value >> 32));
}

struct ref
compile_text(struct builder *builder, const char *text, size_t len)
{
    struct buf *buf = &builder->section[SECTION_TEXT];
    if (buf->len >= len && len > 0 && memcmp(buf->data + buf->len - len, text, len) == 0)
        return (struct ref){(uint32_t)(buf->len - len), (uint32_t)len};
    struct ref ref = {(uint32_t)buf->len, (uint32_t)len};
    buf_add(buf, text, len);
    return ref;
}

void
compile_rule(struct builder *builder, uint32_t set, uint32_t text, uint32_t weight, uint16_t len, uint16_t kind)
{
    struct buf *buf = &builder->section[SECTION_RULES];
    compile_put32(buf, set);
    compile_put32(buf, text);
    compile_put32(buf, weight);
    compile_put16(buf, len);
    compile_put16(buf, kind);
    builder->rules++;
}

void
compile_align(struct buf *buf)
{
    buf_add_fill(buf, 0, (ALIGNMENT - buf->len % ALIGNMENT) % ALIGNMENT);
}

void
compile_open_section(struct builder *builder, enum section section)
{
    compile_align(builder->out);
    builder->offset[section] = builder->out->len;
}

void
compile_close_section(struct builder *builder, enum section section)
{
    builder->size[section] = builder->out->len - builder->offset[section];
}
