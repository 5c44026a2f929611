// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_spelling.c - directives that Squid does not know: it does not start with one. Part of ruleset_reading.h.
 *
 * A directive of any version from 4 to 7 is known, also one that is obsolete: Squid says so and goes on.
 */
#include <string.h>

#include "ruleset_parse.h"

#define NAME_MAX_BYTES 60
#define SHORT 6 /* bytes of a name in which one letter may differ; in others two */

/* Those that no other table has (NAME in Squid's src/cf.data.pre). Their values are not looked at. */
static const char *const others[] = {"adaptation_service_chain",
                                     "adaptation_service_set",
                                     "balance_on_multiple_ip",
                                     "broken_vary_encoding",
                                     "cache_host_domain",
                                     "cache_log_message",
                                     "cache_peer_domain",
                                     "cache_vary",
                                     "chunked_request_body_max_size",
                                     "dns_nameservers",
                                     "dns_testnames",
                                     "dns_v4_fallback",
                                     "dns_v4_first",
                                     "emulate_httpd_log",
                                     "error_map",
                                     "esi_parser",
                                     "extension_methods",
                                     "external_refresh_check",
                                     "forward_log",
                                     "ftp_list_width",
                                     "header_access",
                                     "hierarchy_stoplist",
                                     "high_memory_warning",
                                     "httpd_accel_no_pmtu_disc",
                                     "icap_access",
                                     "icap_class",
                                     "ie_refresh",
                                     "ignore_expect_100",
                                     "incoming_rate",
                                     "loadable_modules",
                                     "location_rewrite_access",
                                     "location_rewrite_children",
                                     "location_rewrite_concurrency",
                                     "location_rewrite_program",
                                     "log_fqdn",
                                     "log_ip_on_direct",
                                     "maximum_single_addr_tries",
                                     "mcast_groups",
                                     "mcast_miss_addr",
                                     "mcast_miss_encode_key",
                                     "mcast_miss_port",
                                     "mcast_miss_ttl",
                                     "referer_log",
                                     "referrer_log",
                                     "refresh_stale_hit",
                                     "response_delay_pool_access",
                                     "server_http11",
                                     "tls_key_log",
                                     "update_headers",
                                     "upgrade_http0.9",
                                     "useragent_log",
                                     "wais_relay_host",
                                     "wais_relay_port",
                                     "windows_ipaddrchangemonitor",
                                     "zero_buffers",
                                     "zph_local",
                                     "zph_mode",
                                     "zph_option",
                                     "zph_parent",
                                     "zph_sibling"};

/* How many letters must be added, left out or changed to make one name of the other (Levenshtein). */
static size_t
distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_BYTES + 1], width = strlen(b);
    for (size_t i = 0; i <= width; i++)
        row[i] = i;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t before = row[0];
        row[0] = i + 1;
        for (size_t k = 0; k < width; k++) {
            size_t least = before + (a[i] != b[k]);
            before = row[k + 1];
            least = row[k] + 1 < least ? row[k] + 1 : least;
            row[k + 1] = before + 1 < least ? before + 1 : least;
        }
    }
    return row[width];
}

static const char *
other_name(size_t n)
{
    return n < sizeof others / sizeof *others ? others[n] : NULL;
}

/* The directive that the name is nearest to, so far. */
struct nearest {
    const char *name, *found;
    size_t score;
};

typedef void compare_names(struct nearest *nearest, const char *known);

/* Compares the name with the directives of all tables. Of two that are as near the first one is found. */
static void
compare_all(struct nearest *nearest, nth_directive *model, compare_names *compare)
{
    nth_directive *const tables[] = {model, list_name, directive_name, other_name};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const char *known;
        for (size_t i = 0; (known = tables[t](i)) != NULL; i++)
            compare(nearest, known);
    }
}

/* The longest one that makes up more than half of the name, with something appended: `http_accessdeny`. */
static void
compare_beginnings(struct nearest *nearest, const char *known)
{
    size_t len = strlen(known);
    if (len <= nearest->score || strncmp(nearest->name, known, len) != 0)
        return;
    nearest->found = known;
    nearest->score = len;
}

/* The one that differs in the fewest letters. */
static void
compare_letters(struct nearest *nearest, const char *known)
{
    size_t far = distance(nearest->name, known);
    if (far >= nearest->score || (far > 1 && strlen(known) < SHORT))
        return;
    nearest->found = known;
    nearest->score = far;
}

int
check_spelling(struct reading *reading, nth_directive *model)
{
    const char *name = reading->line->words[0];
    struct nearest letters = {.name = name, .score = 3}, beginning = {.name = name, .score = strlen(name) / 2};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(name, others[i]) == 0)
            return 0;
    }
    if (strlen(name) <= NAME_MAX_BYTES)
        compare_all(&letters, model, compare_letters);
    compare_all(&beginning, model, compare_beginnings);
    const char *meant = letters.found == NULL ? beginning.found : letters.found;
    if (meant == NULL)
        return reading_refuse(reading, "Squid knows no directive '%.40s', so it does not start", name);
    return reading_refuse(reading, "Squid knows no directive '%.40s', so it does not start; is '%s' meant?", name,
                          meant);
}
