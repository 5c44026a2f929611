/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset_parse.h - one function for each type of value that Squid checks while it reads squid.conf. Private to room
 * ruleset.
 *
 * Each parse function has the name of Squid's (src/cache_cf.cc, TYPE in src/cf.data.pre), takes its words off the line,
 * and returns 0, or -1 with one sentence if Squid refuses them. A check function is given the word. Squid ignores words
 * that are left over. What another version of Squid takes is taken, and so is what another machine may have: files,
 * users, names that a resolver may know.
 */
#ifndef COMMON_RULESET_PARSE_H
#define COMMON_RULESET_PARSE_H

#include "ruleset_reading.h"

/* An option, `name` or `name=value`. */
struct parse_option {
    const char *name;                                         /* with the = */
    int (*check)(struct reading *reading, const char *value); /* NULL: any value */
};

/* The option of a list that ends with {NULL}, or NULL. */
const struct parse_option *parse_find_option(const struct parse_option *list, const char *word);
/* Checks the value of a word that has this option. */
int parse_check_option(struct reading *reading, const struct parse_option *option, const char *word);

/* ruleset_number.c. The word may be NULL: it is missing. */
int check_int(struct reading *reading, const char *word);
int check_unsigned(struct reading *reading, const char *word);
int check_short(struct reading *reading, const char *word);
int check_bytes_option(struct reading *reading, const char *word);
/* GetPercentage(false) */
int check_percentage(struct reading *reading, const char *word);
/* GetInteger(), which takes 0x and 0. */
int parse_get_integer(struct reading *reading, int *ret);
int parse_int(struct reading *reading);
int parse_int64_t(struct reading *reading);
int parse_u_short(struct reading *reading);
int parse_b_size_t(struct reading *reading);
int parse_request_header_max_size(struct reading *reading);
int parse_client_request_buffer_max_size(struct reading *reading);
int parse_b_ssize_t(struct reading *reading);
int parse_b_int64_t(struct reading *reading);
int parse_kb_int64_t(struct reading *reading);
int parse_time_t(struct reading *reading);
int parse_time_msec(struct reading *reading);
int parse_time_nanoseconds(struct reading *reading);
int parse_url_rewrite_timeout(struct reading *reading);
int parse_icap_service_failure_limit(struct reading *reading);

/* ruleset_parse.c */
/* `name` must have one of these words, of which the last is NULL; `what` is how a sentence calls them. */
int parse_check_word(struct reading *reading, const char *name, const char *word, const char *const *known,
                     const char *what);
int parse_onoff(struct reading *reading);
int parse_tristate(struct reading *reading);
int parse_pipelinePrefetch(struct reading *reading);
int parse_string(struct reading *reading);
/* % codes, in quotes or as one word. */
int parse_extras(struct reading *reading);
int parse_wordlist(struct reading *reading);
int parse_cachemgrpasswd(struct reading *reading);
int parse_http_header_replace(struct reading *reading);
int parse_uri_whitespace(struct reading *reading);
int parse_memcachemode(struct reading *reading);
int parse_wccp2_method(struct reading *reading);
int parse_wccp2_amethod(struct reading *reading);
int parse_address(struct reading *reading);
int parse_tos(struct reading *reading);
int parse_nfmark(struct reading *reading);
/* Ip::NfMarkConfig::Parse() of src/ip; `mask`: there may be one. */
int check_nfmark(struct reading *reading, const char *word, bool mask);
int parse_sslproxy_cert_sign(struct reading *reading);
int parse_sslproxy_cert_adapt(struct reading *reading);
int parse_denyinfo(struct reading *reading);
int parse_HelperChildConfig(struct reading *reading);
/* An address of either family, or what may be the name of a host. */
bool parse_may_be_host(const char *word);

/* ruleset_format.c: the % codes of a text (src/format/Token.cc). */
int check_format(struct reading *reading, const char *text);
/* One word of FORMAT in external_acl_type. */
int check_external_token(struct reading *reading, const char *token);
int parse_logformat(struct reading *reading);

/* ruleset_tls.c: what an option of TLS says, without the prefix tls- or ssl (src/security/PeerOptions.cc). */
struct parse_tls {
    bool certified; /* cert= was met */
    bool encrypts;  /* an option that asks for TLS was met */
};
int check_tls(struct reading *reading, struct parse_tls *tls, const char *word);
int check_tls_flags(struct reading *reading, const char *value);
int parse_securePeerOptions(struct reading *reading);
int parse_sslproxy_flags(struct reading *reading);
int parse_sslproxy_version(struct reading *reading);

/* ruleset_cache.c */
int parse_peer(struct reading *reading);
int parse_hostdomaintype(struct reading *reading);
int parse_refreshpattern(struct reading *reading);
int parse_cachedir(struct reading *reading);

/* ruleset_port.c */
int parse_ftp_port(struct reading *reading);

/* ruleset_service.c */
int parse_adaptation_service(struct reading *reading);
int parse_QosConfig(struct reading *reading);
int parse_response_delay_pool(struct reading *reading);
int parse_CpuAffinityMap(struct reading *reading);
int parse_wccp2_service(struct reading *reading);
int parse_IpAddress_list(struct reading *reading);

/* ruleset_directive.c: checks the line by the type of its directive; 0 for directives that are not in the table. */
int check_directive(struct reading *reading);
bool is_directive(const char *name);
nth_directive directive_name;

#endif
