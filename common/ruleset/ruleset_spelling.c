// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_spelling.c - directives of the model, misspelt: Squid does not start with a directive that it does not know.
 * Part of ruleset_reading.h.
 *
 * Squid has some 400 directives, and each version others. So nothing is said of an unknown one that is like none of the
 * model's and does not begin with one.
 */
#include <string.h>

#include "ruleset_reading.h"

#define NAME_MAX_BYTES 40
#define SHORT 6 /* bytes of a name in which one letter may differ; in others two */

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

/* Other directives of Squid whose names are as near. */
static bool
is_another(const char *name)
{
    static const char *const others[] = {"http_access2", "htcp_access", "icp_access", "icap_access",
                                         "htcp_port",    "ftp_port",    "icp_port"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(name, others[i]) == 0)
            return true;
    }
    return false;
}

/* True for the name of a known directive with something appended, such as `http_access_allow`. No version of Squid has
 * a directive that begins with one of these and `_` (src/cf.data.pre of 3.5 to 7), but for acl_uses_indirect_client. */
static bool
goes_on(const char *name, const char *known)
{
    size_t len = strlen(known);
    return strncmp(name, known, len) == 0 && name[len] == '_' && strcmp(name, "acl_uses_indirect_client") != 0;
}

/* Other directives that are only looked for with something appended. */
static const char *
find_longer(const char *name)
{
    static const char *const others[] = {"access_log",          "always_direct",         "cache_peer_access",
                                         "deny_info",           "never_direct",          "reply_body_max_size",
                                         "reply_header_access", "request_header_access", "sslcrtd_children",
                                         "sslcrtd_program",     "sslproxy_cert_error",   "tls_outgoing_options",
                                         "url_rewrite_access",  "url_rewrite_children"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (goes_on(name, others[i]))
            return others[i];
    }
    return NULL;
}

static int
refuse(struct reading *reading, const char *name, const char *meant)
{
    return reading_refuse(reading, "Squid knows no directive '%.40s', so it does not start; is '%s' meant?", name,
                          meant);
}

int
check_spelling(struct reading *reading)
{
    static const char *const names[] = {"acl",
                                        "http_access",
                                        "ssl_bump",
                                        "follow_x_forwarded_for",
                                        "http_port",
                                        "https_port",
                                        "external_acl_type",
                                        "auth_param",
                                        "miss_access",
                                        "http_reply_access",
                                        "adaptation_access",
                                        "url_rewrite_program",
                                        "host_verify_strict",
                                        "client_dst_passthru"};
    const char *name = reading->line->words[0];
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof names / sizeof *names && len < NAME_MAX_BYTES && !is_another(name); i++) {
        size_t far = strlen(names[i]) < SHORT ? 1 : 2;
        if (goes_on(name, names[i]) || distance(name, names[i]) <= far)
            return refuse(reading, name, names[i]);
    }
    const char *meant = find_longer(name);
    return meant == NULL ? 0 : refuse(reading, name, meant);
}
