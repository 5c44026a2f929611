// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sealed_header.c - see sealed_header.h.
 *
 * Layouts 1 and 2 have the policy in the same places. The numbers are written out here, because image_format.h follows
 * the layout of this program.
 */
#include "sealed_header.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "image/image_format.h"
#include "image/image_layout.h"
#include "name/verb.h"
#include "sealed.h"
#include "table/table.h"

#define OLDEST 1
#define NEWEST 2

enum {
    OLD_OPTIONS = 32,  /* u32: bit 0 is precedence highest */
    OLD_BYPASS = 36,   /* u32: bits 1 << enum verb */
    OLD_LABEL = 40,    /* u32 offset in the texts, u32 length */
    OLD_TEXTS = 64,    /* u64 offset in the file, u64 size */
    OLD_TENANTS = 128, /* the same: u32 offset in the texts, u32 length for each tenant */
    OLD_SIZE = 320,    /* no known layout has a smaller header */
    OLD_REF = 8,
};

struct part {
    const unsigned char *bytes;
    uint64_t size;
};

static bool
find_part(struct part *ret, const struct buf *image, size_t entry)
{
    const unsigned char *base = (const unsigned char *)image->data;
    uint64_t offset = get64(base + entry), size = get64(base + entry + 8);
    if (offset > image->len || size > image->len - offset)
        return false;
    *ret = (struct part){base + offset, size};
    return true;
}

/* Copies the text that a reference names. False if it is outside the texts or does not fit. */
static bool
copy_text(char *ret, size_t room, const struct part *texts, const unsigned char *ref)
{
    uint32_t offset = get32(ref), len = get32(ref + 4);
    if (offset > texts->size || len > texts->size - offset || len >= room)
        return false;
    memcpy(ret, texts->bytes + offset, len);
    ret[len] = '\0';
    return strlen(ret) == len;
}

static bool
read_tenants(struct sealed_policy *ret, const struct part *texts, const struct part *tenants)
{
    size_t count = (size_t)(tenants->size / OLD_REF);
    if (tenants->size % OLD_REF != 0 || count > IMAGE_TENANTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        char name[TENANT_MAX + 1];
        struct err ignored;
        if (!copy_text(name, sizeof name, texts, tenants->bytes + i * OLD_REF) ||
            policy_parse_tenant(ret->tenants[i], name, &ignored) != 0 || strcmp(ret->tenants[i], name) != 0)
            return false;
        ret->list[i] = ret->tenants[i];
    }
    ret->policy.tenants = ret->list;
    ret->policy.tenant_count = count;
    return true;
}

static bool
read_policy(struct sealed_policy *ret, const struct buf *image)
{
    const unsigned char *base = (const unsigned char *)image->data;
    const uint32_t known = VERB_BYPASS_USUAL | 1u << VERB_DEFAULT;
    struct part texts, tenants;
    if (image->len < OLD_SIZE || !find_part(&texts, image, OLD_TEXTS) || !find_part(&tenants, image, OLD_TENANTS))
        return false;
    ret->policy.highest = (get32(base + OLD_OPTIONS) & 1u) != 0;
    ret->policy.bypass = get32(base + OLD_BYPASS);
    ret->policy.label = ret->label;
    return ret->policy.bypass != 0 && (ret->policy.bypass & ~known) == 0 &&
           copy_text(ret->label, sizeof ret->label, &texts, base + OLD_LABEL) &&
           (ret->label[0] == '\0' || table_is_label(ret->label, strlen(ret->label))) &&
           read_tenants(ret, &texts, &tenants);
}

int
sealed_header_read(struct sealed_policy *ret, const struct buf *image, struct err *err)
{
    int layout = image_layout(image->data, image->len);
    memset(ret, 0, sizeof *ret);
    if (layout < OLDEST || layout > NEWEST)
        return err_set(err, ERR_CORRUPT,
                       "its 'review.txt' has no policy yet, and the header of layout version %d is not known here, so "
                       "nothing says with which tenants and categories it was sealed",
                       layout);
    if (!read_policy(ret, image))
        return err_set(err, ERR_CORRUPT, "the tenants and categories in the header of its image cannot be read");
    return 0;
}
