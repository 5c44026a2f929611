// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_plain.c - checks values of ACLs that the model does not compute. Part of ruleset_reading.h.
 *
 * The laws are those of Squid's src/acl: TimeData.cc, Random.cc, MaxConnection.cc, MaxUserIP of src/auth, HasComponent,
 * SslErrorData.cc.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_parse.h"

/* `HH:MM-HH:MM`; of other words Squid takes each letter for a day, and goes on without one that is none. */
static int
check_time(struct reading *reading)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        int h1, m1, h2, m2;
        if (*word < '0' || *word > '9')
            continue;
        bool good = sscanf(word, "%d:%d-%d:%d", &h1, &m1, &h2, &m2) == 4 && h1 < 24 && m1 >= 0 && m1 < 60 && m2 >= 0 &&
                    m2 < 60 && (h2 < 24 || (h2 == 24 && m2 == 0));
        if (!good || h1 * 60 + m1 > h2 * 60 + m2)
            return reading_refuse(reading, "'%.40s' is not HH:MM-HH:MM of one day, so Squid does not start", word);
    }
    return 0;
}

/* `0.5`, `1/2` or `1:2`: more than 0 and less than 1. */
static int
check_random(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    char *end = NULL;
    double part = word == NULL ? 0 : strtod(word, &end);
    if (end != NULL && (*end == '/' || *end == ':')) {
        double whole = strtod(end + 1, NULL);
        part = *end == ':' ? part / (part + whole) : whole > 0 ? part / whole : 0;
    }
    return part > 0 && part < 1 ? 0
                                : reading_refuse(reading, "random needs a number between 0 and 1, such as 0.5 or 1/2, "
                                                          "otherwise Squid does not start");
}

static int
check_number(struct reading *reading, const struct acl *acl)
{
    const char *word = words_next_value(&reading->words);
    return word != NULL && strtol(word, NULL, 10) > 0
               ? 0
               : reading_refuse(reading, "%s needs a number, otherwise Squid does not start", acl->type);
}

/* One of them, and no more. */
static int
check_has(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    bool known =
        word != NULL && (strcmp(word, "request") == 0 || strcmp(word, "response") == 0 || strcmp(word, "ALE") == 0);
    if (known && words_next_value(&reading->words) == NULL)
        return 0;
    return reading_refuse(reading, "has needs request, response or ALE, otherwise Squid does not start");
}

/* All words must be some of these. */
static int
check_known(struct reading *reading, const struct acl *acl, const char *const *known)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        size_t i = 0;
        while (known[i] != NULL && strcmp(word, known[i]) != 0)
            i++;
        if (known[i] == NULL)
            return reading_refuse(reading, "%s knows no '%.60s', so Squid does not start", acl->type, word);
    }
    return 0;
}

/* src/hier_code.h */
static const char *const hier_codes[] = {"HIER_NONE",
                                         "HIER_DIRECT",
                                         "SIBLING_HIT",
                                         "PARENT_HIT",
                                         "DEFAULT_PARENT",
                                         "SINGLE_PARENT",
                                         "FIRSTUP_PARENT",
                                         "FIRST_PARENT_MISS",
                                         "CLOSEST_PARENT_MISS",
                                         "CLOSEST_PARENT",
                                         "CLOSEST_DIRECT",
                                         "NO_DIRECT_FAIL",
                                         "SOURCE_FASTEST",
                                         "ROUNDROBIN_PARENT",
                                         "CD_PARENT_HIT",
                                         "CD_SIBLING_HIT",
                                         "CARP",
                                         "ANY_OLD_PARENT",
                                         "USERHASH_PARENT",
                                         "SOURCEHASH_PARENT",
                                         "PINNED",
                                         "ORIGINAL_DST",
                                         "STANDBY_POOL",
                                         NULL};

/* src/XactionInitiator.cc */
static const char *const initiators[] = {
    "client",     "peer-pool", "certificate-fetching", "cache-digest", "htcp",     "icp",    "icmp", "asn", "ipc",
    "adaptation", "icon",      "peer-mcast",           "esi",          "internal", "server", "all",  NULL};

static int
check_marks(struct reading *reading)
{
    const char *word = words_next_value(&reading->words);
    do {
        if (check_nfmark(reading, word, true) != 0)
            return -1;
        word = words_next_value(&reading->words);
    } while (word != NULL);
    return 0;
}

/* src/ssl/ErrorDetail.cc and OpenSSL's x509_vfy.h; the last ones also with `ssl::` in front. */
static const char *const tls_errors[] = {"SQUID_ERR_SSL_HANDSHAKE",
                                         "SQUID_TLS_ERR_ACCEPT",
                                         "SQUID_TLS_ERR_CONNECT",
                                         "SQUID_X509_V_ERR_CERT_CHANGE",
                                         "SQUID_X509_V_ERR_DOMAIN_MISMATCH",
                                         "SQUID_X509_V_ERR_INFINITE_VALIDATION",
                                         "X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH",
                                         "X509_V_ERR_AKID_SKID_MISMATCH",
                                         "X509_V_ERR_APPLICATION_VERIFICATION",
                                         "X509_V_ERR_CA_KEY_TOO_SMALL",
                                         "X509_V_ERR_CA_MD_TOO_WEAK",
                                         "X509_V_ERR_CERT_CHAIN_TOO_LONG",
                                         "X509_V_ERR_CERT_HAS_EXPIRED",
                                         "X509_V_ERR_CERT_NOT_YET_VALID",
                                         "X509_V_ERR_CERT_REJECTED",
                                         "X509_V_ERR_CERT_REVOKED",
                                         "X509_V_ERR_CERT_SIGNATURE_FAILURE",
                                         "X509_V_ERR_CERT_UNTRUSTED",
                                         "X509_V_ERR_CRL_HAS_EXPIRED",
                                         "X509_V_ERR_CRL_NOT_YET_VALID",
                                         "X509_V_ERR_CRL_PATH_VALIDATION_ERROR",
                                         "X509_V_ERR_CRL_SIGNATURE_FAILURE",
                                         "X509_V_ERR_DANE_NO_MATCH",
                                         "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT",
                                         "X509_V_ERR_DIFFERENT_CRL_SCOPE",
                                         "X509_V_ERR_EE_KEY_TOO_SMALL",
                                         "X509_V_ERR_EMAIL_MISMATCH",
                                         "X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD",
                                         "X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD",
                                         "X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD",
                                         "X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD",
                                         "X509_V_ERR_EXCLUDED_VIOLATION",
                                         "X509_V_ERR_HOSTNAME_MISMATCH",
                                         "X509_V_ERR_INVALID_CA",
                                         "X509_V_ERR_INVALID_CALL",
                                         "X509_V_ERR_INVALID_EXTENSION",
                                         "X509_V_ERR_INVALID_NON_CA",
                                         "X509_V_ERR_INVALID_POLICY_EXTENSION",
                                         "X509_V_ERR_INVALID_PURPOSE",
                                         "X509_V_ERR_IP_ADDRESS_MISMATCH",
                                         "X509_V_ERR_KEYUSAGE_NO_CERTSIGN",
                                         "X509_V_ERR_KEYUSAGE_NO_CRL_SIGN",
                                         "X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE",
                                         "X509_V_ERR_NO_EXPLICIT_POLICY",
                                         "X509_V_ERR_NO_VALID_SCTS",
                                         "X509_V_ERR_OCSP_CERT_UNKNOWN",
                                         "X509_V_ERR_OCSP_VERIFY_FAILED",
                                         "X509_V_ERR_OCSP_VERIFY_NEEDED",
                                         "X509_V_ERR_OUT_OF_MEM",
                                         "X509_V_ERR_PATH_LENGTH_EXCEEDED",
                                         "X509_V_ERR_PATH_LOOP",
                                         "X509_V_ERR_PERMITTED_VIOLATION",
                                         "X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED",
                                         "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
                                         "X509_V_ERR_PROXY_SUBJECT_NAME_VIOLATION",
                                         "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN",
                                         "X509_V_ERR_STORE_LOOKUP",
                                         "X509_V_ERR_SUBJECT_ISSUER_MISMATCH",
                                         "X509_V_ERR_SUBTREE_MINMAX",
                                         "X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256",
                                         "X509_V_ERR_SUITE_B_INVALID_ALGORITHM",
                                         "X509_V_ERR_SUITE_B_INVALID_CURVE",
                                         "X509_V_ERR_SUITE_B_INVALID_SIGNATURE_ALGORITHM",
                                         "X509_V_ERR_SUITE_B_INVALID_VERSION",
                                         "X509_V_ERR_SUITE_B_LOS_NOT_ALLOWED",
                                         "X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
                                         "X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE",
                                         "X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE",
                                         "X509_V_ERR_UNABLE_TO_GET_CRL",
                                         "X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER",
                                         "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT",
                                         "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
                                         "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE",
                                         "X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION",
                                         "X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION",
                                         "X509_V_ERR_UNNESTED_RESOURCE",
                                         "X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX",
                                         "X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE",
                                         "X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE",
                                         "X509_V_ERR_UNSUPPORTED_NAME_SYNTAX",
                                         "certHasExpired",
                                         "certNotYetValid",
                                         "certDomainMismatch",
                                         "certUntrusted",
                                         "certSelfSigned",
                                         NULL};

/* Names, or numbers. */
static int
check_tls_errors(struct reading *reading)
{
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        const char *name = strncmp(word, "ssl::cert", 9) == 0 ? word + 5 : word;
        size_t i = 0;
        while (tls_errors[i] != NULL && strcmp(name, tls_errors[i]) != 0)
            i++;
        if (tls_errors[i] == NULL && (*word < '0' || *word > '9'))
            return reading_refuse(reading, "ssl_error knows no error '%.60s', so Squid does not start", word);
    }
    return 0;
}

/* True for a short name that OpenSSL (OBJ_txt2nid) does not know. Of longer ones it has more than a thousand. */
static bool
is_no_attribute(const char *word)
{
    static const char *const known[] = {"A",  "B",  "C",  "D",  "L",  "O",  "R",  "AC", "AD", "CA",
                                        "CM", "CN", "CT", "DC", "DH", "DN", "GN", "ID", "No", "OU",
                                        "SN", "ST", "US", "ad", "c3", "in", "n3", "of", "or"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(word, known[i]) == 0)
            return false;
    }
    return strlen(word) <= 2 && (*word < '0' || *word > '9');
}

static int
check_attribute(struct reading *reading, const struct acl *acl)
{
    const char *word = words_next_value(&reading->words);
    if (word == NULL)
        return reading_refuse(reading, "%s needs the name of an attribute, otherwise Squid does not start", acl->type);
    return is_no_attribute(word) ? reading_refuse(reading,
                                                  "certificates have no attribute '%.20s', so Squid does not "
                                                  "start; names such as CN and emailAddress depend on case",
                                                  word)
                                 : 0;
}

/* src/err_type.h, src/error/forward.h, versions 4 to 7. `squid -k parse` only says so. */
static const char *const squid_errors[] = {"ERR_NONE",
                                           "ERR_ACCESS_DENIED",
                                           "ERR_CACHE_ACCESS_DENIED",
                                           "ERR_CACHE_MGR_ACCESS_DENIED",
                                           "ERR_FORWARDING_DENIED",
                                           "ERR_NO_RELAY",
                                           "ERR_CANNOT_FORWARD",
                                           "ERR_READ_TIMEOUT",
                                           "ERR_LIFETIME_EXP",
                                           "ERR_READ_ERROR",
                                           "ERR_WRITE_ERROR",
                                           "ERR_CONNECT_FAIL",
                                           "ERR_SECURE_CONNECT_FAIL",
                                           "ERR_SOCKET_FAILURE",
                                           "ERR_DNS_FAIL",
                                           "ERR_URN_RESOLVE",
                                           "ERR_ONLY_IF_CACHED_MISS",
                                           "ERR_TOO_BIG",
                                           "ERR_INVALID_RESP",
                                           "ERR_UNSUP_HTTPVERSION",
                                           "ERR_INVALID_REQ",
                                           "ERR_UNSUP_REQ",
                                           "ERR_INVALID_URL",
                                           "ERR_ZERO_SIZE_OBJECT",
                                           "ERR_PRECONDITION_FAILED",
                                           "ERR_CONFLICT_HOST",
                                           "ERR_FTP_DISABLED",
                                           "ERR_FTP_UNAVAILABLE",
                                           "ERR_FTP_FAILURE",
                                           "ERR_FTP_PUT_ERROR",
                                           "ERR_FTP_NOT_FOUND",
                                           "ERR_FTP_FORBIDDEN",
                                           "ERR_FTP_PUT_CREATED",
                                           "ERR_FTP_PUT_MODIFIED",
                                           "ERR_ESI",
                                           "ERR_ICAP_FAILURE",
                                           "ERR_GATEWAY_FAILURE",
                                           "ERR_DIR_LISTING",
                                           "ERR_SQUID_SIGNATURE",
                                           "ERR_SHUTTING_DOWN",
                                           "ERR_PROTOCOL_UNKNOWN",
                                           "TCP_RESET",
                                           "ERR_CLIENT_GONE",
                                           "ERR_SECURE_ACCEPT_FAIL",
                                           "ERR_REQUEST_START_TIMEOUT",
                                           "ERR_REQUEST_PARSE_TIMEOUT",
                                           "ERR_RELAY_REMOTE",
                                           "HTTP_TRACE_REPLY",
                                           "MGR_INDEX",
                                           NULL};

/* src/acl/AdaptationServiceData.cc: services, and sets and chains of them. */
static int
check_service_names(struct reading *reading)
{
    const struct ruleset *conf = reading->conf;
    const char *word;
    while ((word = words_next_value(&reading->words)) != NULL) {
        size_t i = 0;
        while (i < conf->service_count && strcmp(word, conf->services[i]) != 0)
            i++;
        if (i == conf->service_count)
            return reading_refuse(reading, "no line above defines the service '%.60s', so Squid does not start", word);
    }
    return 0;
}

int
check_values(struct reading *reading, const struct acl *acl)
{
    if (strcmp(acl->type, "time") == 0)
        return check_time(reading);
    if (strcmp(acl->type, "random") == 0)
        return check_random(reading);
    if (strcmp(acl->type, "maxconn") == 0 || strcmp(acl->type, "max_user_ip") == 0)
        return check_number(reading, acl);
    if (strcmp(acl->type, "hier_code") == 0)
        return check_known(reading, acl, hier_codes);
    if (strcmp(acl->type, "transaction_initiator") == 0)
        return check_known(reading, acl, initiators);
    if (strcmp(acl->type, "ssl_error") == 0)
        return check_tls_errors(reading);
    if (strcmp(acl->type, "client_connection_mark") == 0)
        return check_marks(reading);
    if (strcmp(acl->type, "user_cert") == 0 || strcmp(acl->type, "ca_cert") == 0)
        return check_attribute(reading, acl);
    if (strcmp(acl->type, "squid_error") == 0)
        return check_known(reading, acl, squid_errors);
    if (strcmp(acl->type, "adaptation_service") == 0)
        return check_service_names(reading);
    return strcmp(acl->type, "has") == 0 ? check_has(reading) : 0;
}
