// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_net.c - addresses in the networks that http_access names. See outcome_net.h. */
#include "outcome_net.h"

#include <string.h>

static void
last_of(uint8_t ret[16], const struct acl_net *net)
{
    for (size_t i = 0; i < 16; i++)
        ret[i] = (uint8_t)(net->high[i] | (uint8_t)~net->mask[i]);
}

static bool
holds(const struct acl_net *net, const uint8_t bytes[16])
{
    uint8_t last[16];
    last_of(last, net);
    return memcmp(bytes, net->low, 16) >= 0 && memcmp(bytes, last, 16) <= 0;
}

/* True if `inner` is a smaller network inside the other. */
static bool
is_inside(const struct acl_net *inner, const struct acl_net *net)
{
    uint8_t inner_last[16], last[16];
    last_of(inner_last, inner);
    last_of(last, net);
    return holds(net, inner->low) && holds(net, inner_last) &&
           (memcmp(inner->low, net->low, 16) != 0 || memcmp(inner_last, last, 16) != 0);
}

bool
nets_is_special(const struct nets *nets, const uint8_t bytes[16])
{
    for (size_t i = 0; i < nets->count; i++) {
        for (size_t k = 0; k < nets->count && holds(nets->net[i], bytes); k++) {
            if (is_inside(nets->net[i], nets->net[k]))
                return true;
        }
    }
    return false;
}

/* The address after a network. */
static void
after(uint8_t ret[16], const struct acl_net *net)
{
    last_of(ret, net);
    for (size_t i = 16; i-- > 0 && ++ret[i] == 0;)
        ;
}

/* Sets the highest bit that is not the network's. False: it has one address. */
static bool
middle(uint8_t ret[16], const struct acl_net *net)
{
    for (size_t i = 0; i < 16; i++) {
        uint8_t open = (uint8_t)~net->mask[i];
        ret[i] |= (uint8_t)(open ^ (open >> 1));
        if (open != 0)
            return true;
    }
    return false;
}

bool
nets_nth(uint8_t ret[16], const struct acl_net *net, const struct nets *nets, size_t n)
{
    uint8_t was;
    memcpy(ret, net->low, 16);
    if (n == 1 && !middle(ret, net))
        return false;
    if (n > 1) {
        if (!is_inside(nets->net[n - 2], net))
            return false;
        after(ret, nets->net[n - 2]);
    }
    was = ret[15];
    ret[15] |= 5;
    if (!holds(net, ret))
        ret[15] = was;
    return holds(net, ret);
}

const char *
nets_text(struct build *build, const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct addr addr = {.v6 = memcmp(bytes, mapped, sizeof mapped) != 0};
    char text[ADDR_TEXT_MAX];
    memcpy(addr.bytes, bytes + (addr.v6 ? 0 : 12), addr.v6 ? 16 : 4);
    addr_format(text, &addr);
    return build_text(build, "%s", text);
}

void
nets_add(void *arg, const struct acl *acl, bool negated)
{
    struct nets *nets = arg;
    (void)negated;
    for (size_t i = 0; role_is_group(acl) && i < acl->net_count && nets->count < NETS_MAX; i++)
        nets->net[nets->count++] = &acl->nets[i];
}

const char *
nets_address(struct build *build, const struct nets *nets, const struct acl *acl)
{
    uint8_t bytes[16];
    for (size_t i = 0; i < acl->net_count; i++) {
        for (size_t n = 0; n < nets->count + 2; n++) {
            if (nets_nth(bytes, &acl->nets[i], nets, n) && !nets_is_special(nets, bytes))
                return nets_text(build, bytes);
        }
    }
    nets_nth(bytes, &acl->nets[0], nets, 0);
    return nets_text(build, bytes);
}

const char *
build_address(struct build *build, const struct acl *acl)
{
    static const struct nets none = {.count = 0};
    static const uint8_t all[16] = {0};
    for (size_t i = 0; i < acl->net_count; i++) {
        for (size_t n = 0; n < 2 && memcmp(acl->nets[i].mask, all, sizeof all) != 0; n++) {
            uint8_t bytes[16];
            const char *address = nets_nth(bytes, &acl->nets[i], &none, n) ? nets_text(build, bytes) : NULL;
            if (address != NULL && !build_takes_at(build, "-", address))
                return address;
        }
    }
    return NULL;
}
