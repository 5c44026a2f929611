/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset_acl.h - an ACL of squid.conf, and how a rule uses it. Where it sits: beside ruleset.h, which includes it. */
#ifndef COMMON_RULESET_ACL_H
#define COMMON_RULESET_ACL_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct external;

enum acl_kind {
    ACL_UNKNOWN, /* both ways are followed */
    ACL_NEVER,   /* needs a reply of the server or a chosen peer, which there is none of yet */
    ACL_STATE,   /* what there is of the transaction so far: hier_code, squid_error, has, transaction_initiator */
    ACL_CLIENT_CERT,
    ACL_SERVER_CERT, /* or an error in it */
    ACL_ENCRYPTED,   /* connections_encrypted */
    ACL_REPLIED,     /* what a helper of somebody else may say: tag, ext_user */
    ACL_ADAPTED,     /* adaptation_service */
    ACL_ANY_OF,
    ACL_ALL_OF,
    ACL_SRC,
    ACL_DST,
    ACL_LOCALIP,
    ACL_LOCALPORT,
    ACL_PORT,
    ACL_DSTDOMAIN,
    ACL_DSTDOM_REGEX,
    ACL_MYPORTNAME,
    ACL_METHOD,
    ACL_PROTO,
    ACL_AT_STEP,
    ACL_SERVER_NAME,
    ACL_SERVER_NAME_REGEX,
    ACL_EXTERNAL,
    ACL_NOTE,
    ACL_PROXY_AUTH,
    ACL_PROXY_AUTH_REGEX,
    ACL_MAX_USER_IP,
    ACL_REQ_HEADER, /* and browser, referer_regex: a header by name */
    ACL_URL_REGEX,
    ACL_URLPATH_REGEX,
    ACL_ANNOTATE_CLIENT,
    ACL_ANNOTATE_TRANSACTION,
};

/* Which values an ACL of this kind takes. */
enum acl_data {
    DATA_NONE,
    DATA_TEXTS,
    DATA_WORDS, /* texts of which Squid knows only some */
    DATA_NETS,
    DATA_RANGES,
    DATA_REGEXES,
    DATA_USERS,
    DATA_HEADER,
    DATA_ACLS,
    DATA_EXTERNAL,
    DATA_NOTE,
    DATA_ANNOTATION
};

struct acl;

/* An ACL in a rule. */
struct acl_use {
    const struct acl *acl;
    bool negated;
};

/* Several, of which all must match: the ACLs of a rule, or of one line of an all-of. */
struct acl_uses {
    struct acl_use *use;
    size_t count, room;
};

/* As in Squid all addresses have 16 bytes, those of IPv4 after ::ffff. */
struct acl_net {
    uint8_t mask[16], low[16], high[16]; /* an address matches if it is between the two once it is masked */
};

struct acl_range {
    unsigned low, high;
};

struct acl_regex {
    const char *pattern;
    regex_t compiled;
};

/* Which name a ssl::server_name takes, see src/acl/ServerName.cc. */
enum name_choice { NAME_ANY, NAME_CLIENT, NAME_SERVER, NAME_CONSENSUS };

struct acl {
    struct acl *next; /* in its bucket */
    const char *name, *type;
    enum acl_kind kind;
    enum acl_data data;
    const char *file;
    unsigned number;
    bool fixed;          /* an unknown one that has the same value all the way */
    bool no_lookup;      /* -n */
    bool ignore_case;    /* -i of a user list */
    bool required;       /* proxy_auth REQUIRED */
    const char *lost;    /* of proxy_auth: a name that no user of auth_param basic can have; NULL: none */
    bool any_v4, any_v6; /* `ipv4`, `ipv6` since Squid 7 */
    bool doubtful;       /* some of its values are not known: a mismatch is not certain */
    enum name_choice choice;
    const char *delimiters; /* -m of a note */
    const char *header;     /* of req_header; the name of a note */
    const char **texts;     /* of an ACL of addresses: names that are looked up */
    size_t text_count, text_room;
    struct acl_net *nets;
    size_t net_count, net_room;
    struct acl_range *ranges;
    size_t range_count, range_room;
    struct acl_regex *regexes;
    size_t regex_count, regex_room;
    struct acl_uses *lines; /* any-of: one line with all; all-of: one for each line */
    size_t line_count, line_room;
    const struct external *external;
    const char *arguments; /* of an external ACL, as the helper gets them */
};

/* True if the address is in one of the networks of the ACL. */
bool acl_nets_hold(const struct acl *acl, const struct addr *addr);

/* True if the ACL takes every address. */
bool acl_nets_hold_all(const struct acl *acl);

/* True if a host is among the names of the ACL, or below one that begins with a dot. With `wildcards` a host `*.x`, as
 * a certificate has it, takes any value below x. Cost: one comparison for each value. */
bool acl_names_hold(const struct acl *acl, const char *name, bool wildcards);

/* True if a user is among the values of a proxy_auth. */
bool acl_users_hold(const struct acl *acl, const char *user);

/* True if one of the regexes of the ACL matches. */
bool acl_regexes_hold(const struct acl *acl, const char *text);

/* The 16 bytes of an address. */
void acl_net_bytes(uint8_t ret[16], const struct addr *addr);

/* A method to compare: in capitals if Squid knows it, unless `exact` (relaxed_header_parser off); else as it is. */
const char *acl_method(const char *word, bool exact);

#endif
