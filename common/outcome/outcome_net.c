// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_net.c - see outcome_net.h. Room outcome. */
#include "outcome_net.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "outcome_build.h"

#define POINTS_MAX (2 * NETS_MAX + 8)

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

/* ---- which addresses are treated alike ---- */

static void
add_nets(void *arg, const struct acl *acl, bool negated)
{
    struct nets *nets = arg;
    (void)negated;
    if (!role_is_group(acl) || nets->acl_count == NETS_ACLS_MAX)
        return;
    for (size_t i = 0; i < nets->acl_count; i++) {
        if (nets->acl[i] == acl)
            return;
    }
    for (size_t i = 0; i < acl->net_count && nets->count < NETS_MAX; i++) {
        nets->of[nets->count] = nets->acl_count;
        nets->net[nets->count++] = &acl->nets[i];
    }
    nets->acl[nets->acl_count++] = acl;
}

static uint64_t
acls_of(const struct nets *nets, const uint8_t bytes[16])
{
    uint64_t acls = 0;
    for (size_t i = 0; i < nets->count; i++)
        acls |= holds(nets->net[i], bytes) ? UINT64_C(1) << nets->of[i] : 0;
    return acls;
}

static bool
is_v4(const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

static uint64_t
number_of(const uint8_t bytes[16])
{
    return (uint64_t)bytes[12] << 24 | (uint64_t)bytes[13] << 16 | (uint64_t)bytes[14] << 8 | bytes[15];
}

static void
bytes_of(uint8_t ret[16], uint64_t number)
{
    memset(ret, 0, 10);
    ret[10] = ret[11] = 0xff;
    for (size_t i = 0; i < 4; i++)
        ret[12 + i] = (uint8_t)(number >> (24 - 8 * i));
}

static const struct span {
    uint64_t low, end;
} private_spans[] = {
    {UINT64_C(0x0a000000), UINT64_C(0x0b000000)}, /* 10.0.0.0/8 */
    {UINT64_C(0xac100000), UINT64_C(0xac200000)}, /* 172.16.0.0/12 */
    {UINT64_C(0xc0a80000), UINT64_C(0xc0a90000)}, /* 192.168.0.0/16 */
};
#define PRIVATE_SPANS (sizeof private_spans / sizeof *private_spans)

static bool
is_private(uint64_t number)
{
    for (size_t i = 0; i < PRIVATE_SPANS; i++) {
        if (number >= private_spans[i].low && number < private_spans[i].end)
            return true;
    }
    return false;
}

/* No client has an address of this network, of the loopback or of a group (RFC 6890); Squid's stock `localnet` has
 * 0.0.0.0/8. */
static bool
is_host(uint64_t number)
{
    uint64_t first = number >> 24;
    return first != 0 && first != 127 && first < 224;
}

static int
compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Where the ACLs that take an address may change, in order. */
static size_t
find_points(uint64_t ret[POINTS_MAX], const struct nets *nets)
{
    size_t count = 0;
    for (size_t i = 0; i < PRIVATE_SPANS; i++) {
        ret[count++] = private_spans[i].low;
        ret[count++] = private_spans[i].end;
    }
    ret[count++] = UINT64_C(0x01000000); /* the end of 0.0.0.0/8 */
    for (size_t i = 0; i < nets->count; i++) {
        uint8_t last[16];
        last_of(last, nets->net[i]);
        if (!is_v4(nets->net[i]->low) || !is_v4(last))
            continue;
        ret[count++] = number_of(nets->net[i]->low);
        ret[count++] = number_of(last) + 1;
    }
    qsort(ret, count, sizeof *ret, compare);
    return count;
}

/* The addresses from `low` to before `end`. */
static void
add_class(struct nets *nets, uint64_t acls, uint64_t low, uint64_t end)
{
    size_t i = 0;
    while (i < nets->class_count && nets->classes[i].acls != acls)
        i++;
    if (i == NETS_CLASSES_MAX)
        return;
    if (i == nets->class_count)
        nets->classes[nets->class_count++] = (struct nets_class){.acls = acls};
    struct nets_class *one = &nets->classes[i];
    one->size += end - low;
    bool private = is_private(low), better = private != one->private ? private : end - low > one->widest;
    if (!better)
        return;
    one->private = private;
    one->widest = end - low;
    one->address = (low | 5) < end ? low | 5 : low;
}

/* True for a rule about what comes after the first step only: clients are let in by others. */
static bool
is_later(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl_use *use = &rule->uses.use[i];
        bool first = false;
        for (size_t t = 0; t < use->acl->text_count && use->acl->kind == ACL_AT_STEP; t++)
            first = first || strcasecmp(use->acl->texts[t], "SslBump1") == 0;
        if (use->acl->kind == ACL_AT_STEP && first == use->negated)
            return true;
    }
    return false;
}

static void
add_rules(struct nets *nets, const struct rules *rules, bool later)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (later || !is_later(&rules->rule[i]))
            build_each_acl(&rules->rule[i], add_nets, nets);
    }
}

static void
find_classes(struct nets *nets)
{
    uint64_t points[POINTS_MAX];
    size_t count = find_points(points, nets);
    for (size_t i = 0; i + 1 < count; i++) {
        uint8_t bytes[16];
        bytes_of(bytes, points[i]);
        uint64_t acls = acls_of(nets, bytes);
        if (points[i] < points[i + 1] && (is_private(points[i]) || (acls != 0 && is_host(points[i]))))
            add_class(nets, acls, points[i], points[i + 1]);
    }
}

void
nets_find(struct nets *ret, const struct ruleset *conf)
{
    *ret = (struct nets){.count = 0};
    add_rules(ret, &conf->access, false);
    add_rules(ret, &conf->bump, true);
    find_classes(ret);
}

void
nets_find_all(struct nets *ret, const struct ruleset *conf)
{
    *ret = (struct nets){.count = 0};
    add_rules(ret, &conf->access, true);
    add_rules(ret, &conf->bump, true);
    add_rules(ret, &conf->adapted, true);
    add_rules(ret, &conf->miss, true);
    add_rules(ret, &conf->always, true);
    add_rules(ret, &conf->never, true);
    find_classes(ret);
}

const struct nets_class *
nets_class(const struct nets *nets, const uint8_t bytes[16])
{
    uint64_t acls = acls_of(nets, bytes);
    for (size_t i = 0; i < nets->class_count; i++) {
        if (nets->classes[i].acls == acls)
            return &nets->classes[i];
    }
    return NULL;
}

uint64_t
nets_size(const struct nets *nets, const uint8_t bytes[16])
{
    const struct nets_class *found = nets_class(nets, bytes);
    return found == NULL ? 0 : found->size;
}

const struct acl *
nets_own(const struct nets *nets, const struct nets_class *one, uint64_t but)
{
    const struct acl *found = NULL;
    uint64_t least = UINT64_MAX;
    for (unsigned n = 0; n < nets->acl_count; n++) {
        uint64_t bit = UINT64_C(1) << n, size = 0;
        for (size_t i = 0; i < nets->class_count; i++)
            size += (nets->classes[i].acls & bit) != 0 ? nets->classes[i].size : 0;
        if ((one->acls & ~but & bit) == 0 || size >= least)
            continue;
        found = nets->acl[n];
        least = size;
    }
    return found;
}

/* ---- addresses as text ---- */

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

const char *
nets_class_text(struct build *build, const struct nets_class *one)
{
    uint8_t bytes[16];
    bytes_of(bytes, one->address);
    return nets_text(build, bytes);
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
