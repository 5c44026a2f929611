// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_print.c - writes the lines of squid.conf for a setup: ports, password, external_acl_type, http_access,
 * ssl_bump. Part of squidconf.h. The optional directives are in squidconf_extras.c.
 *
 * Every name that the lines define begins with m365, so the lines can be included in a file with names of its own. What
 * only the administrator knows is below a line that begins with `# EDIT:`. Squid 3.5 has other words for ports and
 * certificates, and can send less to a helper. Squid 4 to 7 accept the same lines.
 */

#include "base/buf.h"
#include "base/err.h"
#include "squidconf_wish.h"

int
squidconf_wish_check(const struct squidconf_wish *wish, struct err *err)
{
    unsigned most = squidconf_concurrency_max(wish->version);
    if (wish->concurrency > most)
        return err_set(err, ERR_USAGE,
                       "%u concurrent requests are too many: this Squid cannot read all their replies "
                       "at once; at most %u",
                       wish->concurrency, most);
    if (wish->http_port != 0 && (wish->intercept_port == 0 || !wish->bump))
        return err_set(err, ERR_USAGE, "--intercept-http goes with --intercept and --bump");
    uint16_t ports[] = {wish->explicit_port, wish->intercept_port, wish->http_port};
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < i; j++) {
            if (ports[i] != 0 && ports[i] == ports[j])
                return err_set(err, ERR_USAGE, "port %u is named twice", ports[i]);
        }
    }
    return 0;
}

static const char *
version_name(enum squidconf_version version)
{
    static const char *const names[] = {"3.5", "4", "5", "6", "7"};
    return names[version];
}

static void
add_head(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_fmt(ret,
                "# Microsoft 365 without inspection or password, for Squid %s. Printed by m365ctl squid-conf %s.\n",
                version_name(wish->version), M365_VERSION);
    buf_add_text(ret, "#\n"
                      "# Edit what is below each line marked EDIT, then run m365ctl doctor and squid -k parse.\n"
                      "# An updated table does not need a reconfigure of Squid.\n");
    if (wish->version != SQUIDCONF_3_5)
        return;
    buf_add_text(
        ret,
        "#\n"
        "# Squid 3.5 cannot do all that later versions can:\n"
        "# - It has no %#ssl::>sni, so the helper does not see the SNI. (3.5 escapes a plain %ssl::>sni, but later\n"
        "#   versions do not: after an upgrade it would be a security hole.) Intercepted connections are bypassed "
        "only\n"
        "#   to published addresses. A false SNI on a connection to a bypassed host is not noticed.\n"
        "# - It has no %>la and no %>rP; %MYADDR and %PORT replace them.\n"
        "# - It has no queue-size: as many queries can wait as there are helpers. It has no annotate_transaction.\n"
        "# Squid 3.5 is long out of support. These lines were not tested with it.\n");
}

/* One line of http_port or https_port. */
struct port {
    const char *directive;
    unsigned number;
    bool intercept;
    const char *name; /* printed if there are explicit and intercepting ports */
    bool bump;
};

static void
add_port(struct buf *ret, const struct squidconf_wish *wish, const struct port *port)
{
    buf_add_fmt(ret, "%s %u%s", port->directive, port->number, port->intercept ? " intercept" : "");
    if (squidconf_wish_both(wish))
        buf_add_fmt(ret, " name=%s", port->name);
    if (port->bump)
        buf_add_fmt(ret,
                    " ssl-bump %scert=%s/m365-ca.pem generate-host-certificates=on "
                    "dynamic_cert_mem_cache_size=4MB",
                    wish->version == SQUIDCONF_3_5 ? "" : "tls-", wish->conf_folder);
    buf_add_char(ret, '\n');
}

/* The program that makes certificates, with the folder where it keeps them. */
static void
add_certgen(struct buf *ret, const struct squidconf_wish *wish)
{
    bool old = wish->version == SQUIDCONF_3_5;
    const char *program = old ? "ssl_crtd" : "security_file_certgen";
    buf_add_fmt(ret,
                "# EDIT: first create the folder, as root, and give it to Squid's user:\n"
                "#   %s/%s -c -s %s%s && chown -R %s %s\n",
                wish->squid_folder, program, wish->certs_folder, old ? "" : " -M 4MB", wish->squid_user,
                wish->certs_folder);
    buf_add_fmt(ret, "sslcrtd_program %s/%s -s %s -M 4MB\n", wish->squid_folder, program, wish->certs_folder);
    buf_add_text(ret, "sslcrtd_children 8 startup=1 idle=1\n");
}

static void
add_ports(struct buf *ret, const struct squidconf_wish *wish)
{
    const struct port explicit_port = {"http_port", wish->explicit_port, false, "m365_explicit", wish->bump};
    const struct port intercept = {wish->bump ? "https_port" : "http_port", wish->intercept_port, true,
                                   "m365_intercept", wish->bump};
    const struct port http = {"http_port", wish->http_port, true, "m365_intercept_http", false};
    buf_add_text(ret, "\n# ---- ports ----\n");
    if (wish->bump)
        buf_add_text(
            ret, "# EDIT: certificate and key of the CA that your clients trust, in one file that Squid can read.\n");
    if (explicit_port.number != 0)
        add_port(ret, wish, &explicit_port);
    else
        buf_add_text(ret, "# Squid needs one port of its own.\nhttp_port 127.0.0.1:3128\n");
    if (intercept.number != 0 && !wish->bump)
        buf_add_text(ret, "# Plain HTTP only: without ssl-bump Squid cannot accept intercepted TLS.\n");
    if (intercept.number != 0)
        add_port(ret, wish, &intercept);
    if (http.number != 0)
        add_port(ret, wish, &http);
    if (wish->bump)
        add_certgen(ret, wish);
}

static void
add_auth(struct buf *ret, const struct squidconf_wish *wish)
{
    if (!wish->auth || wish->explicit_port == 0)
        return;
    buf_add_text(ret, "\n# ---- password ----\n"
                      "# EDIT: how your users log in.\n");
    buf_add_fmt(ret, "auth_param basic program %s/basic_ncsa_auth %s/passwd\n", wish->squid_folder, wish->conf_folder);
    buf_add_text(ret, "auth_param basic children 5 startup=1 idle=1\nauth_param basic realm proxy\n");
}

void
squidconf_add_type(struct buf *ret, const struct squidconf_wish *wish, bool intercept)
{
    bool old = wish->version == SQUIDCONF_3_5;
    buf_add_fmt(ret, "external_acl_type %s ttl=60 negative_ttl=60 children-max=%u children-startup=1 concurrency=%u%s",
                intercept ? "m365i" : "m365", wish->children, wish->concurrency, old ? "" : " queue-size=4096");
    buf_add_fmt(ret, " %s ", squidconf_format(wish->version, intercept));
    squidconf_add_program(ret, wish, wish->helper);
    buf_add_fmt(ret, "%s\n", squidconf_fields(wish->version, intercept));
}

static void
add_types(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(
        ret,
        "\n# ---- the helper ----\n"
        "# ttl: an updated table takes effect within a minute (the default is an hour). One process answers more than\n"
        "# Squid can ask. A full queue makes ssl_bump splice everything, so the queue is long.\n");
    if (wish->version != SQUIDCONF_3_5)
        buf_add_text(
            ret,
            "# The # in %#ssl::>sni escapes the SNI. Without it a client could send the helper queries of its own.\n");
    if (wish->explicit_port != 0)
        squidconf_add_type(ret, wish, false);
    if (wish->intercept_port == 0)
        return;
    buf_add_fmt(ret, "# %s is the address that the client connects to. The name it sends is not enough here.\n",
                wish->version == SQUIDCONF_3_5 ? "%MYADDR" : "%>la");
    squidconf_add_type(ret, wish, true);
}

static void
add_acls(struct buf *ret, const struct squidconf_wish *wish)
{
    bool guard = wish->explicit_port != 0 && wish->bump;
    buf_add_text(ret, "\n");
    if (squidconf_wish_both(wish)) {
        buf_add_text(ret, "acl m365_on_explicit myportname m365_explicit\n");
        buf_add_fmt(ret, "acl m365_on_intercept myportname m365_intercept%s\n",
                    wish->http_port != 0 ? " m365_intercept_http" : "");
    }
    if (wish->explicit_port != 0)
        buf_add_text(ret, "acl m365 external m365\n");
    if (wish->intercept_port != 0)
        buf_add_text(ret, "acl m365i external m365i\n");
    if (guard || (wish->extras & (SQUIDCONF_EXPRESSROUTE | SQUIDCONF_DELAY_ACCESS)) != 0)
        buf_add_text(ret, "acl m365_noted note m365_why_ rule\n");
    if (wish->bump)
        buf_add_text(ret, "acl m365_step1 at_step SslBump1\n");
    buf_add_text(ret, "acl m365_connect method CONNECT\n"
                      "acl m365_linklocal dst 169.254.0.0/16 fe80::/10\n"
                      "# EDIT: the ports that clients may reach, and those of them for CONNECT.\n"
                      "acl m365_safe_ports port 80 443 21 280 488 591 777 1025-65535\n"
                      "acl m365_ssl_ports port 443\n"
                      "# EDIT: the networks of your clients.\n"
                      "acl m365_clients src 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1 fc00::/7\n");
    if (wish->auth && wish->explicit_port != 0)
        buf_add_text(ret, "acl m365_users proxy_auth REQUIRED\n");
}

/* What no client may have, bypassed or not; as in the squid.conf that comes with Squid. */
static void
add_denies(struct buf *ret)
{
    buf_add_text(ret, "\n# ---- access: but for Squid's own manager, the bypass is the first rule that can allow ----\n"
                      "http_access deny !m365_safe_ports\n"
                      "http_access deny m365_connect !m365_ssl_ports\n"
                      "http_access allow localhost manager\n"
                      "http_access deny manager\n"
                      "http_access deny !m365_clients\n"
                      "# What listens on this machine only. Squid looks up every name for these two lines. Leave them\n"
                      "# out if it has no DNS because a parent proxy (cache_peer) looks names up.\n"
                      "http_access deny to_localhost\n"
                      "http_access deny m365_linklocal\n"
                      "# EDIT: your own deny rules (networks, blocked hosts) go here, before the bypass.\n");
}

static void
add_access(struct buf *ret, const struct squidconf_wish *wish)
{
    bool both = squidconf_wish_both(wish), asks = wish->auth && wish->explicit_port != 0;
    add_denies(ret);
    squidconf_add_expressroute_rules(ret, wish, "http_access allow");
    squidconf_add_each(ret, wish, "http_access allow", "", "");
    if (asks)
        buf_add_fmt(ret, "http_access allow %sm365_users\n", both ? "m365_on_explicit " : "");
    if (wish->intercept_port != 0 && wish->auth)
        buf_add_text(ret, "# Squid cannot ask for a password on an intercepted connection.\n");
    if (!asks)
        buf_add_text(ret, "http_access allow m365_clients\n");
    else if (both)
        buf_add_text(ret, "http_access allow m365_on_intercept m365_clients\n");
    buf_add_text(ret, "http_access deny all\n");
}

/* The place for splices of the administrator's own. After the guard they would be dead. */
static void
add_own_splices(struct buf *ret, const struct squidconf_wish *wish)
{
    bool check = wish->explicit_port != 0;
    buf_add_text(ret, "# EDIT: what else is not to be inspected goes here, before the next rule, for example:\n");
    if (check)
        buf_add_text(ret, "#   acl own_host dstdomain -n .bank.example\n");
    buf_add_fmt(ret,
                "#   acl own_sni ssl::server_name .bank.example\n"
                "#   ssl_bump splice %s%sown_sni\n",
                squidconf_wish_both(wish) ? "m365_on_explicit " : "", check ? "own_host " : "");
    if (squidconf_wish_both(wish))
        buf_add_text(ret, "#   ssl_bump splice m365_on_intercept own_sni\n");
    if (check)
        buf_add_text(ret, "# With the SNI alone, a client that sends such a name would be spliced to any host.\n");
}

static void
add_bump(struct buf *ret, const struct squidconf_wish *wish)
{
    if (!wish->bump)
        return;
    buf_add_text(ret, "\n# ---- inspection: read the ClientHello, splice Microsoft 365, inspect the rest ----\n"
                      "ssl_bump peek m365_step1\n");
    add_own_splices(ret, wish);
    if (wish->explicit_port != 0) {
        buf_add_text(
            ret,
            "# If a helper dies before it answers, Squid splices. A connection that was not bypassed at its CONNECT\n"
            "# is therefore inspected without asking again.\n");
        buf_add_fmt(ret, "ssl_bump bump %s!m365_noted\n", squidconf_wish_both(wish) ? "m365_on_explicit " : "");
    }
    squidconf_add_each(ret, wish, "ssl_bump splice", "", "");
    buf_add_text(ret, "ssl_bump bump all\n");
}

void
squidconf_print(struct buf *ret, const struct squidconf_wish *wish)
{
    add_head(ret, wish);
    add_ports(ret, wish);
    add_auth(ret, wish);
    add_types(ret, wish);
    add_acls(ret, wish);
    add_access(ret, wish);
    add_bump(ret, wish);
    squidconf_add_extras(ret, wish);
}
