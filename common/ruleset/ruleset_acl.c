// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ruleset_acl.c - reads `acl` lines (src/acl/Acl.cc, ParseAclLine). Part of ruleset_reading.h.
 *
 * The types whose value follows from a situation are in the table; any other is unknown, and the course follows both
 * ways. Names are found without regard to case. Several lines of one name add up.
 */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "ruleset_reading.h"

#define ACL_NAME_MAX 63

struct type {
    const char *name;
    enum acl_kind kind;
    enum acl_data data;
    const char *flags; /* letters that may follow `-` */
    bool fixed;
};

static const struct type types[] = {
    {"all-of", ACL_ALL_OF, DATA_ACLS, "", false},
    {"any-of", ACL_ANY_OF, DATA_ACLS, "", false},
    {"src", ACL_SRC, DATA_NETS, "", false},
    {"dst", ACL_DST, DATA_NETS, "n", false},
    {"localip", ACL_LOCALIP, DATA_NETS, "", false},
    {"localport", ACL_LOCALPORT, DATA_RANGES, "", false},
    {"port", ACL_PORT, DATA_RANGES, "", false},
    {"dstdomain", ACL_DSTDOMAIN, DATA_TEXTS, "n", false},
    {"dstdom_regex", ACL_DSTDOM_REGEX, DATA_REGEXES, "ni", false},
    {"myportname", ACL_MYPORTNAME, DATA_TEXTS, "", false},
    {"method", ACL_METHOD, DATA_TEXTS, "", false},
    {"proto", ACL_PROTO, DATA_TEXTS, "", false},
    {"at_step", ACL_AT_STEP, DATA_TEXTS, "", false},
    {"ssl::server_name", ACL_SERVER_NAME, DATA_TEXTS, "", false},
    {"ssl::server_name_regex", ACL_SERVER_NAME_REGEX, DATA_REGEXES, "i", false},
    {"external", ACL_EXTERNAL, DATA_EXTERNAL, "", false},
    {"note", ACL_NOTE, DATA_NOTE, "m", false},
    {"proxy_auth", ACL_PROXY_AUTH, DATA_USERS, "i", false},
    {"proxy_auth_regex", ACL_PROXY_AUTH_REGEX, DATA_REGEXES, "i", false},
    {"max_user_ip", ACL_MAX_USER_IP, DATA_NONE, "s", true},
    {"req_header", ACL_REQ_HEADER, DATA_HEADER, "i", false},
    {"browser", ACL_REQ_HEADER, DATA_REGEXES, "i", false},
    {"referer_regex", ACL_REQ_HEADER, DATA_REGEXES, "i", false},
    {"req_mime_type", ACL_REQ_HEADER, DATA_REGEXES, "i", false},
    {"url_regex", ACL_URL_REGEX, DATA_REGEXES, "i", false},
    {"urlpath_regex", ACL_URLPATH_REGEX, DATA_REGEXES, "i", false},
    {"annotate_client", ACL_ANNOTATE_CLIENT, DATA_ANNOTATION, "m", false},
    {"annotate_transaction", ACL_ANNOTATE_TRANSACTION, DATA_ANNOTATION, "m", false},
    {"rep_header", ACL_NEVER, DATA_NONE, NULL, true},
    {"rep_mime_type", ACL_NEVER, DATA_NONE, NULL, true},
    {"http_status", ACL_NEVER, DATA_NONE, NULL, true},
    {"time", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"srcdomain", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"srcdom_regex", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"src_as", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"arp", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"eui64", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"maxconn", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"ident", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"ident_regex", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"client_connection_mark", ACL_UNKNOWN, DATA_NONE, NULL, true},
    {"dst_as", ACL_UNKNOWN, DATA_NONE, NULL, false},
    {"random", ACL_UNKNOWN, DATA_NONE, NULL, false},
    {"hier_code", ACL_STATE, DATA_WORDS, NULL, false},
    {"peername", ACL_NEVER, DATA_NONE, NULL, true},
    {"peername_regex", ACL_NEVER, DATA_NONE, NULL, true},
    {"urllogin", ACL_NEVER, DATA_NONE, NULL, true},
    {"squid_error", ACL_STATE, DATA_WORDS, NULL, false},
    {"connections_encrypted", ACL_ENCRYPTED, DATA_NONE, NULL, false},
    {"tag", ACL_REPLIED, DATA_NONE, NULL, false},
    {"has", ACL_STATE, DATA_WORDS, NULL, false},
    {"transaction_initiator", ACL_STATE, DATA_WORDS, NULL, false},
    {"ssl_error", ACL_SERVER_CERT, DATA_NONE, NULL, false},
    {"user_cert", ACL_CLIENT_CERT, DATA_NONE, NULL, true},
    {"ca_cert", ACL_CLIENT_CERT, DATA_NONE, NULL, true},
    {"server_cert_fingerprint", ACL_SERVER_CERT, DATA_NONE, "", false},
    {"ext_user", ACL_REPLIED, DATA_NONE, NULL, false},
    {"ext_user_regex", ACL_REPLIED, DATA_NONE, NULL, false},
    {"adaptation_service", ACL_ADAPTED, DATA_NONE, NULL, false},
    {"snmp_community", ACL_NEVER, DATA_NONE, NULL, true},
};

static const struct type *
find_type(const char *name)
{
    static const char *const renamed[][2] = {
        {"myip", "localip"}, {"myport", "localport"}, {"clientside_mark", "client_connection_mark"}};
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
        if (strcmp(name, renamed[i][0]) == 0)
            name = renamed[i][1];
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(name, types[i].name) == 0)
            return &types[i];
    }
    return NULL;
}

/* One option: `-n`, `-i`, `-m=,`, `--consensus`. -1: Squid knows no such option. */
static int
take_option(struct reading *reading, struct acl *acl, const struct type *type, const char *word)
{
    static const char *const choices[] = {"", "--client-requested", "--server-provided", "--consensus"};
    for (size_t i = 1; i < sizeof choices / sizeof *choices; i++) {
        if (strcmp(word, choices[i]) == 0 && strncmp(type->name, "ssl::", 5) == 0) {
            if (acl->choice != NAME_ANY && acl->choice != (enum name_choice)i)
                return reading_refuse(reading,
                                      "the acl '%.60s' has two options of which only one is possible, so Squid "
                                      "does not start",
                                      acl->name);
            acl->choice = (enum name_choice)i;
            return 0;
        }
    }
    for (size_t i = 1; word[i] != '\0'; i++) {
        if (strchr(type->flags, word[i]) == NULL || word[1] == '-')
            return reading_refuse(reading, "an acl of type %s has no option '%.20s', so Squid does not start",
                                  type->name, word);
        if (word[i] == 'm') {
            acl->delimiters = word[i + 1] == '=' ? word + i + 2 : ",";
            return 0;
        }
        acl->no_lookup = acl->no_lookup || (word[i] == 'n' && *word == '-');
        if (word[i] == 'i')
            acl->ignore_case = *word == '-';
    }
    return 0;
}

/* Options come before the values (Acl::OptionsParser); `--` ends them. */
static int
read_options(struct reading *reading, struct acl *acl, const struct type *type)
{
    for (;;) {
        struct words before = reading->words;
        const char *word = words_next(&reading->words);
        if (word == NULL || (*word != '-' && *word != '+')) {
            reading->words = before;
            return 0;
        }
        if (strcmp(word, "--") == 0)
            return 0;
        if (take_option(reading, acl, type, word) != 0)
            return -1;
    }
}

static const char *
header_of(const char *type)
{
    return strcmp(type, "browser") == 0         ? "User-Agent"
           : strcmp(type, "referer_regex") == 0 ? "Referer"
           : strcmp(type, "req_mime_type") == 0 ? "Content-Type"
                                                : NULL;
}

static struct acl *
make_acl(struct reading *reading, const char *name, const struct type *type)
{
    struct acl *acl = arena_alloc(reading->conf->arena, sizeof *acl);
    if (acl == NULL)
        return NULL;
    *acl = (struct acl){.name = name,
                        .type = type->name,
                        .kind = type->kind,
                        .data = type->data,
                        .fixed = type->fixed,
                        .file = reading->line->file,
                        .number = reading->line->number,
                        .header = header_of(type->name)};
    return acl;
}

/* Squid checks this when it reads the ACL (ACLProxyAuth::valid, ACLExternal::valid). */
static int
check_auth(const struct reading *reading, const struct acl *acl)
{
    bool asks = acl->kind == ACL_PROXY_AUTH || acl->kind == ACL_PROXY_AUTH_REGEX ||
                (acl->kind == ACL_EXTERNAL && acl->external->needs_user);
    if (!asks || reading->conf->schemes != 0)
        return 0;
    return reading_refuse(reading, "no auth_param ... program above this acl, so Squid does not start");
}

static int
fill_acl(struct reading *reading, struct acl *acl, const struct type *type, bool is_new)
{
    if (!is_new && type->kind == ACL_EXTERNAL)
        return reading_refuse(reading, "the acl '%.60s' of type external has a second line, so Squid does not start",
                              acl->name);
    /* Seen in Squid 5: its manual has -sha1, and it does not start with it. */
    bool lax = type->kind == ACL_SERVER_CERT && reading->conf->version > 5;
    if (type->flags != NULL && !lax && read_options(reading, acl, type) != 0)
        return -1;
    size_t before = acl->text_count;
    if (read_values(reading, acl) != 0 || check_auth(reading, acl) != 0)
        return -1;
    for (size_t i = before; acl->kind == ACL_METHOD && i < acl->text_count; i++)
        acl->texts[i] = acl_method(acl->texts[i], reading->conf->exact);
    acl->doubtful = acl->doubtful || reading->words.closed != NULL;
    return 0;
}

/* Squid 4.13 refuses annotate_transaction and annotate_client, and Squid 7 has no ident any more. */
static bool
has_type(const struct ruleset *conf, const struct type *type)
{
    bool annotates = type->kind == ACL_ANNOTATE_TRANSACTION || type->kind == ACL_ANNOTATE_CLIENT;
    return annotates ? conf->version >= 5 : strncmp(type->name, "ident", 5) == 0 ? conf->version < 7 : true;
}

int
read_acl(struct reading *reading)
{
    struct ruleset *conf = reading->conf;
    const char *name = words_next(&reading->words), *word = words_next(&reading->words);
    if (name == NULL || word == NULL || strlen(name) > ACL_NAME_MAX)
        return reading_refuse(reading,
                              "an acl needs a name of at most %d bytes and a type, otherwise Squid does not start",
                              ACL_NAME_MAX);
    if (strcmp(word, "proto") == 0 && strcmp(name, "manager") == 0)
        return 0; /* Squid has this one itself, and ignores the line */
    const struct type *type = find_type(word);
    if (type == NULL)
        return reading_refuse(reading, "Squid knows no acl of type '%.60s', so it does not start", word);
    if (!has_type(conf, type))
        return reading_refuse(reading, "Squid %u knows no acl of type '%s', so it does not start", conf->version,
                              type->name);
    struct acl *acl = find_acl(conf, name);
    bool is_new = acl == NULL;
    if (!is_new && strcmp(acl->type, type->name) != 0)
        return reading_refuse(reading, "the acl '%.60s' has another type above, so Squid does not start", name);
    if (is_new)
        acl = make_acl(reading, name, type);
    if (acl == NULL)
        return reading_no_memory(reading);
    if (fill_acl(reading, acl, type, is_new) != 0)
        return -1;
    if (is_new)
        add_acl(conf, acl);
    return 0;
}

/* src/cf.data.pre, DEFAULT of acl. */
int
read_builtin_acls(struct ruleset *conf, struct err *err)
{
    static const char *const lines[] = {
        "acl all src all",
        "acl manager url_regex -i ^cache_object:// +i ^[^:]+://[^/]+/squid-internal-mgr/",
        "acl localhost src 127.0.0.1/32 ::1",
        "acl to_localhost dst 127.0.0.0/8 0.0.0.0/32 ::1/128 ::/128",
        "acl ssl::certHasExpired ssl_error X509_V_ERR_CERT_HAS_EXPIRED",
        "acl ssl::certNotYetValid ssl_error X509_V_ERR_CERT_NOT_YET_VALID",
        "acl ssl::certDomainMismatch ssl_error SQUID_X509_V_ERR_DOMAIN_MISMATCH",
        "acl ssl::certUntrusted ssl_error X509_V_ERR_INVALID_CA X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN",
        "acl ssl::certSelfSigned ssl_error X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT",
        "acl CONNECT method CONNECT",                    /* since Squid 5 */
        "acl to_linklocal dst 169.254.0.0/16 fe80::/10", /* since Squid 6 */
    };
    size_t count = sizeof lines / sizeof *lines - (conf->version < 6) - (conf->version < 5);
    for (size_t i = 0; i < count; i++) {
        struct squidconf_line line = {.file = "Squid itself", .text = lines[i]};
        struct reading reading = {.conf = conf, .line = &line, .err = err};
        words_init(&reading.words, line.text, false, conf->arena);
        if (read_acl(&reading) != 0)
            return -1;
    }
    return 0;
}
