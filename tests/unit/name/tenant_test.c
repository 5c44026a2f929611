// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tenant_test.c - tenant.h: which label of a shared domain is the tenant's, which tenant owns it, which patterns name
 * one.
 */
#include "name/tenant.h"

#include <string.h>

#include "unit.h"

static const struct {
    const char *why, *in, *want; /* NULL: not guarded */
} labels[] = {
    {"directly below", "contoso.sharepoint.com", "contoso"},
    {"deeper", "a.b.contoso.sharepoint.com", "contoso"},
    {"with an ending", "contoso-my.sharepoint.com", "contoso-my"},
    {"the suffix itself", "sharepoint.com", NULL},
    {"half a label", "xsharepoint.com", NULL},
    {"elsewhere", "contoso.sharepoint.example", NULL},
    {"the suffix in front", "sharepoint.com.example", NULL},
    {"the other clouds", "contoso.sharepoint.us", "contoso"},
    {"of the military", "contoso.sharepoint-mil.us", "contoso"},
    {"China", "contoso.sharepoint.cn", "contoso"},
    {"Germany", "contoso.sharepoint.de", "contoso"},
    {"nothing", "", NULL},
};

static void
label(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(labels); i++) {
        size_t len = strlen(labels[i].in), got_len = 0;
        const char *got = NULL;
        char *in = guard_new(labels[i].in, len);
        bool found = tenant_label(in, len, &got, &got_len);
        CHECK(labels[i].why, found == (labels[i].want != NULL));
        if (found)
            check_text(labels[i].why, got, got_len, labels[i].want);
        guard_free(in, len);
    }
}

static const struct {
    const char *why, *tenant, *label;
    bool want;
} owners[] = {
    {"the tenant", .tenant = "contoso", .label = "contoso", .want = true},
    {"OneDrive", .tenant = "contoso", .label = "contoso-my", .want = true},
    {"admin", .tenant = "contoso", .label = "contoso-admin", .want = true},
    {"files", .tenant = "contoso", .label = "contoso-files", .want = true},
    {"my files", .tenant = "contoso", .label = "contoso-myfiles", .want = true},
    {"another ending", .tenant = "contoso", .label = "contoso-evil", .want = false},
    {"another tenant that begins like it", .tenant = "contoso", .label = "contosomy", .want = false},
    {"a shorter one", .tenant = "contoso", .label = "contos", .want = false},
    {"another tenant", .tenant = "contoso", .label = "fabrikam", .want = false},
    {"an ending twice", .tenant = "contoso", .label = "contoso-my-my", .want = false},
    {"a tenant with a hyphen", .tenant = "contoso-my", .label = "contoso-my", .want = true},
    {"half a tenant with a hyphen", .tenant = "contoso-my", .label = "contoso", .want = false},
    {"no tenant", .tenant = "", .label = "-my", .want = false},
};

static void
owns(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(owners); i++)
        CHECK(owners[i].why, tenant_owns(owners[i].tenant, strlen(owners[i].tenant), owners[i].label,
                                         strlen(owners[i].label)) == owners[i].want);
}

static const struct {
    const char *why, *in;
    bool want;
} patterns[] = {
    {"the wildcard over all", "*.sharepoint.com", true},
    {"everything", "*", true},
    {"the own name", "contoso.sharepoint.com", false},
    {"the own other name", "contoso-my.sharepoint.com", false},
    {"a second tenant", "fabrikam.sharepoint.com", false},
    {"below our own name", "*.contoso.sharepoint.com", false},
    {"glued to our name: another tenant's name may end in it", "*contoso.sharepoint.com", true},
    {"an ending of any tenant", "*-files.sharepoint.com", true},
    {"a stranger", "evil.sharepoint.com", true},
    {"a star in the label", "contoso*.sharepoint.com", true},
    {"the suffix itself", "sharepoint.com", false},
    {"the dot form of the suffix", ".sharepoint.com", true},
    {"elsewhere", "*.office.com", false},
    {"a wildcard over a country", "*.cn", true},
    {"a star for the suffix", "contoso.*.com", true},
};

static void
foreign(void **state)
{
    (void)state;
    const char *tenants[] = {"contoso", "fabrikam"};
    for (size_t i = 0; i < ROWS(patterns); i++)
        CHECK(patterns[i].why,
              tenant_pattern_is_foreign(patterns[i].in, strlen(patterns[i].in), tenants, 2) == patterns[i].want);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(label),
        cmocka_unit_test(owns),
        cmocka_unit_test(foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
