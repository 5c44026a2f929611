// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_print.c - the fragment of squid.conf for a wish: ports, password, helper types, http_access, ssl_bump.
 *
 * Every name it defines begins with m365, so that it can be included into a file that has names of its own. What only
 * the administrator knows stands below a line that begins with `# EDIT:`. Versions: 3.5 has other words for ports and
 * certificates, and sends a helper less; 4 to 7 take the same lines.
 */
#include <string.h>

#include "buf.h"
#include "squidconf_wish.h"

const struct squidconf_wish squidconf_wish_default = {
    .version = SQUIDCONF_6,
    .explicit_port = 3128,
    .auth = true,
    .bump = true,
    .children = 2,
    .concurrency = 100,
    .helper = M365_LIBEXECDIR "/ext_m365_acl",
    .rewriter = M365_LIBEXECDIR "/url_m365_rewrite",
    .squid_folder = M365_LIBEXECDIR,
};

static const char *
version_name(enum squidconf_version version)
{
    static const char *const names[] = {"3.5", "4", "5", "6", "7"};
    return names[version];
}

static void
add_head(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_fmt(ret, "# Microsoft 365 past inspection and password, for Squid %s. Printed by m365ctl squid-conf %s.\n",
                version_name(wish->version), M365_VERSION);
    buf_add_text(ret,
                 "#\n"
                 "# Change what stands below a line with EDIT, then ask: m365ctl doctor, squid -k parse. An updated\n"
                 "# table needs no reconfigure of Squid.\n");
    if (wish->version != SQUIDCONF_3_5)
        return;
    buf_add_text(
        ret,
        "#\n"
        "# What is lost with Squid 3.5, and only there:\n"
        "# - No %#ssl::>sni, so the SNI is not asked about. (3.5 escapes a plain %ssl::>sni, later versions do not:\n"
        "#   a line with it would be a hole after an upgrade.) Of intercepted connections only those to published\n"
        "#   addresses are bypassed, and a false SNI in front of a bypassed host is not noticed.\n"
        "# - No %>la and no %>rP; %MYADDR and %PORT stand for them.\n"
        "# - No queue-size: as many questions wait as helpers run. No annotate_transaction.\n"
        "# It is long out of support. Nothing here was run with it.\n");
}

static void
add_port(struct buf *ret, const struct squidconf_wish *wish, const char *directive, unsigned port, const char *mode,
         const char *name, bool bump)
{
    buf_add_fmt(ret, "%s %u%s", directive, port, mode);
    if (squidconf_wish_both(wish))
        buf_add_fmt(ret, " name=%s", name);
    if (bump)
        buf_add_fmt(ret,
                    " ssl-bump %scert=/etc/squid/m365-ca.pem generate-host-certificates=on "
                    "dynamic_cert_mem_cache_size=4MB",
                    wish->version == SQUIDCONF_3_5 ? "" : "tls-");
    buf_add_char(ret, '\n');
}

static void
add_ports(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(ret, "\n# ---- ports ----\n");
    if (wish->bump)
        buf_add_text(
            ret, "# EDIT: certificate and key of the CA that your clients trust, in one file that Squid can read.\n");
    if (wish->explicit_port != 0)
        add_port(ret, wish, "http_port", wish->explicit_port, "", "m365_explicit", wish->bump);
    else
        buf_add_text(ret, "# Squid wants one port that is its own.\nhttp_port 127.0.0.1:3128\n");
    if (wish->intercept_port != 0 && !wish->bump)
        buf_add_text(ret, "# Plain HTTP only: without ssl-bump Squid cannot take TLS that was not meant for it.\n");
    if (wish->intercept_port != 0)
        add_port(ret, wish, wish->bump ? "https_port" : "http_port", wish->intercept_port, " intercept",
                 "m365_intercept", wish->bump);
    if (wish->http_port != 0)
        add_port(ret, wish, "http_port", wish->http_port, " intercept", "m365_intercept_http", false);
    if (!wish->bump)
        return;
    bool old = wish->version == SQUIDCONF_3_5;
    buf_add_fmt(ret,
                "# EDIT: make the folder first, as root: %s/%s -c -s /var/spool/squid/ssl_db%s; chown -R proxy it.\n",
                wish->squid_folder, old ? "ssl_crtd" : "security_file_certgen", old ? "" : " -M 4MB");
    buf_add_fmt(ret, "sslcrtd_program %s/%s -s /var/spool/squid/ssl_db -M 4MB\n", wish->squid_folder,
                old ? "ssl_crtd" : "security_file_certgen");
    buf_add_text(ret, "sslcrtd_children 8 startup=1 idle=1\n");
}

static void
add_auth(struct buf *ret, const struct squidconf_wish *wish)
{
    if (!wish->auth || wish->explicit_port == 0)
        return;
    buf_add_text(ret, "\n# ---- password ----\n"
                      "# EDIT: how your users prove who they are.\n");
    buf_add_fmt(ret, "auth_param basic program %s/basic_ncsa_auth /etc/squid/passwd\n", wish->squid_folder);
    buf_add_text(ret, "auth_param basic children 5 startup=1 idle=1\nauth_param basic realm proxy\n");
}

static void
add_type(struct buf *ret, const struct squidconf_wish *wish, bool intercept)
{
    bool old = wish->version == SQUIDCONF_3_5;
    buf_add_fmt(ret, "external_acl_type %s ttl=60 negative_ttl=60 children-max=%u children-startup=1 concurrency=%u%s",
                intercept ? "m365i" : "m365", wish->children, wish->concurrency, old ? "" : " queue-size=4096");
    if (old)
        buf_add_text(ret, intercept ? " %DST %MYADDR %PORT " : " %DST %PORT ");
    else
        buf_add_text(ret, intercept ? " %>rd %#ssl::>sni %>la %>rP " : " %>rd %#ssl::>sni %>rP ");
    squidconf_add_program(ret, wish, wish->helper);
    if (old)
        buf_add_text(ret, intercept ? " -F dst,la,port" : " -F dst,port");
    else
        buf_add_text(ret, intercept ? " -F dst,sni,la,port" : "");
    buf_add_char(ret, '\n');
}

static void
add_types(struct buf *ret, const struct squidconf_wish *wish)
{
    buf_add_text(
        ret, "\n# ---- the helper ----\n"
             "# ttl: an updated table is seen within a minute (by default: an hour). One process answers more than\n"
             "# Squid asks. A full queue is no answer, and without one ssl_bump splices: so it is long.\n");
    if (wish->version != SQUIDCONF_3_5)
        buf_add_text(
            ret, "# The # in %#ssl::>sni is what keeps clients from writing requests of their own to the helper.\n");
    if (wish->explicit_port != 0)
        add_type(ret, wish, false);
    if (wish->intercept_port == 0)
        return;
    buf_add_fmt(ret, "# %s is the address that the client really meant to reach; its word alone would not do here.\n",
                wish->version == SQUIDCONF_3_5 ? "%MYADDR" : "%>la");
    add_type(ret, wish, true);
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
    buf_add_text(ret, "# EDIT: the networks of your clients.\n"
                      "acl m365_clients src 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1 fc00::/7\n");
    if (wish->auth && wish->explicit_port != 0)
        buf_add_text(ret, "acl m365_users proxy_auth REQUIRED\n");
}

static void
add_access(struct buf *ret, const struct squidconf_wish *wish)
{
    bool both = squidconf_wish_both(wish), asks = wish->auth && wish->explicit_port != 0;
    buf_add_text(ret, "\n# ---- who may: the bypass is the first rule that can allow ----\n"
                      "# EDIT: your own deny rules (ports, networks, blocked hosts) go here, before the bypass.\n"
                      "http_access deny !m365_clients\n");
    squidconf_add_expressroute_rules(ret, wish);
    squidconf_add_each(ret, wish, "http_access allow", "", "");
    if (asks)
        buf_add_fmt(ret, "http_access allow %sm365_users\n", both ? "m365_on_explicit " : "");
    if (wish->intercept_port != 0 && wish->auth)
        buf_add_text(ret, "# Nobody can be asked for a password on a connection that was not meant for Squid.\n");
    if (!asks)
        buf_add_text(ret, "http_access allow m365_clients\n");
    else if (both)
        buf_add_text(ret, "http_access allow m365_on_intercept m365_clients\n");
    buf_add_text(ret, "http_access deny all\n");
}

static void
add_bump(struct buf *ret, const struct squidconf_wish *wish)
{
    if (!wish->bump)
        return;
    buf_add_text(ret, "\n# ---- who is inspected: read the ClientHello, let Microsoft 365 pass, inspect the rest ----\n"
                      "ssl_bump peek m365_step1\n");
    if (wish->explicit_port != 0) {
        buf_add_text(
            ret, "# Without an answer (a helper that died) Squid splices. What was no bypass as CONNECT is therefore\n"
                 "# inspected without asking again.\n");
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
