// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_microsoft.c - whether a name belongs to Microsoft: for the list of names that no rule has. Nothing else
 * depends on it, least of all a verdict. See report_build.h.
 *
 * Microsoft's are
 *
 * - the domains of the published rules of the table: of `*.protection.outlook.com` it is outlook.com, one label more
 *   than the public suffix (libpsl). So neither com nor co.uk is ever one, nor azurewebsites.net, below which customers
 *   of a cloud choose names. A rule of the administrator's says nothing about who owns a domain, and a regex does not
 *   say which domain it is about;
 * - without those of other companies, which are published because clients check certificates there, or because they
 *   are somebody else's network (`strangers`);
 * - and those that the rules do not give (`neighbours`).
 */
#include <string.h>

#include "base/arena.h"
#include "name/host.h"
#include "name/pattern.h"
#include "report_build.h"
#include "table/table.h"

/* At most half of them are used. Published tables have some hundred domains. */
#define SLOTS ((size_t)1 << 13)

/* Certificate authorities; makers of processors, for attestation; the network of the US Department of Defense. */
static const char *const strangers[] = {
    "amd.com",      "apps.mil",         "digicert.cn",    "digicert.com",  "dps.mil",      "entrust.net",
    "geotrust.com", "globalsign.com",   "globalsign.net", "identrust.com", "intel.com",    "letsencrypt.org",
    "omniroot.com", "public-trust.com", "symcb.com",      "symcd.com",     "verisign.com", "verisign.net",
};

static const char *const neighbours[] = {
    /* A top-level domain that is Microsoft's alone. */
    "microsoft",
    /* Domains of the same services that no published rule has. */
    "dynamics.com",
    "microsoftstream.com",
    "powerbi.com",
    "sfbassets.com",
    "skypeforbusiness.com",
    /* Public suffixes that are Microsoft's. */
    "azureedge.net",
    "azurefd.net",
    "trafficmanager.net",
    /* The best known ones of each instance: the table of another instance does not have them, and of an image alone the
     * rules are not known. */
    "azure.com",
    "azure.net",
    "live.com",
    "live.net",
    "lync.com",
    "microsoft.com",
    "microsoft.us",
    "microsoftonline.cn",
    "microsoftonline.com",
    "microsoftonline.us",
    "office.com",
    "office.net",
    "office365.cn",
    "office365.com",
    "office365.us",
    "onenote.com",
    "onmicrosoft.com",
    "onmicrosoft.us",
    "outlook.cn",
    "outlook.com",
    "sharepoint.cn",
    "sharepoint.com",
    "sharepoint.us",
    "skype.com",
    "windows.com",
    "windows.net",
};

struct domain {
    const char *text; /* NULL: the slot is free; not NUL-terminated */
    size_t len;
};

struct domains {
    size_t count;
    struct domain slots[SLOTS];
};

/* The slot that has a domain, or is free for it. */
static size_t
find(const struct domains *domains, const char *text, size_t len)
{
    size_t at = (size_t)report_key(text, len) & (SLOTS - 1);
    while (domains->slots[at].text != NULL &&
           (domains->slots[at].len != len || memcmp(domains->slots[at].text, text, len) != 0))
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static void
add(struct domains *domains, const char *text)
{
    struct domain *slot = &domains->slots[find(domains, text, strlen(text))];
    if (slot->text != NULL || domains->count >= SLOTS / 2)
        return;
    *slot = (struct domain){text, strlen(text)};
    domains->count++;
}

static bool
is_stranger(const char *domain)
{
    size_t i = 0;
    while (i < sizeof strangers / sizeof *strangers && strcmp(strangers[i], domain) != 0)
        i++;
    return i < sizeof strangers / sizeof *strangers;
}

/* The part of a name that somebody registered: the shortest end of it that is not a public suffix. NULL: none. */
static const char *
registrable(const char *name)
{
    const char *at = name + strlen(name);
    while (at > name) {
        at--;
        if ((at == name || at[-1] == '.') && strchr(at, '.') != NULL && !host_is_public_suffix(at))
            return at;
    }
    return NULL;
}

/* What a pattern has after its last label that is not plain: `x.example` for `*.x.example` and `cdn*.x.example`. */
static const char *
plain_end(const char *pattern)
{
    const char *end = pattern;
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at == '*' || *at == '>')
            end = at + strcspn(at, ".");
    }
    return *end == '.' ? end + 1 : end;
}

const struct domains *
report_domains(struct arena *arena, const struct table *table)
{
    struct domains *domains = arena_alloc(arena, sizeof *domains);
    if (domains == NULL)
        return NULL;
    memset(domains, 0, sizeof *domains);
    for (size_t i = 0; i < sizeof neighbours / sizeof *neighbours; i++)
        add(domains, neighbours[i]);
    for (size_t i = 0; table != NULL && i < table->rule_count; i++) {
        const struct rule *rule = &table->rules[i];
        if (!table->terms[rule->terms].set.has_id || rule->kind == PATTERN_PREFIX || rule->kind == PATTERN_REGEX)
            continue;
        const char *domain = registrable(plain_end(rule->text));
        if (domain != NULL && !is_stranger(domain))
            add(domains, domain);
    }
    return domains;
}

bool
report_is_microsoft(const struct domains *domains, struct squid_word name)
{
    const char *end = name.text + name.len;
    for (const char *at = name.text; at < end; at++) {
        if ((at == name.text || at[-1] == '.') && domains->slots[find(domains, at, (size_t)(end - at))].text != NULL)
            return true;
    }
    return false;
}
