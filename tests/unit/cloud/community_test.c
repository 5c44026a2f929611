// SPDX-License-Identifier: GPL-2.0-or-later
/* community_test.c - community.h: which BGP community belongs to which service area, in which cloud. */
#include "cloud/community.h"

#include <string.h>

#include "base/order.h"
#include "unit.h"

static const struct {
    const char *why, *source, *area, *want;
} rows[] = {
    {"Exchange", "worldwide", "Exchange", "12076:5010"},
    {"SharePoint", "worldwide", "SharePoint", "12076:5020"},
    {"Teams is published as Skype", "worldwide", "Skype", "12076:5030"},
    {"all other services", "worldwide", "Common", "12076:5100"},
    {"any other source is the public cloud", "m365", "Exchange", "12076:5010"},
    {"no source at all, too", "", "Exchange", "12076:5010"},
    {"DoD", "USGovDoD", "Exchange", "12076:5110"},
    {"GCC High in lower case", "usgovgcchigh", "SharePoint", "12076:5120"},
    {"Teams for the government", "USGovDoD", "Skype", "12076:5130"},
    {"all other services for the government", "USGovGCCHigh", "Common", "12076:5200"},
    {"a source that only begins like one", "USGovDoD2", "Exchange", "12076:5010"},
    {"21Vianet has none", "China", "Exchange", NULL},
    {"Intune has none", "worldwide", "MEM", NULL},
    {"a service area is spelled one way", "worldwide", "exchange", NULL},
    {"and whole", "worldwide", "Exchang", NULL},
    {"a local line has no area", "local", "", NULL},
};

static void
communities(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum cloud cloud = community_cloud(rows[i].source, strlen(rows[i].source));
        const char *got = community_find(cloud, rows[i].area, strlen(rows[i].area));
        CHECK(rows[i].why, order_texts(got, rows[i].want) == 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(communities)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
