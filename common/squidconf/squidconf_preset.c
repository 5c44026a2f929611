// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_preset.c - where the systems that carry Squid keep its files, and the user it runs as there. Part of
 * squidconf.h.
 *
 * The values are those of the packages: `squid -v` shows most of them as options of configure. pfSense and OPNsense
 * have FreeBSD's Squid, and folders of their own for what it writes. What is printed with these paths is decided by
 * squidconf_print.c and squidconf_extras.c.
 */
#include <string.h>

#include "base/err.h"
#include "squidconf.h"

#define IN(folder) folder "/ext_m365_acl", folder "/url_m365_rewrite", folder

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
    .squid_user = "proxy",
    .conf_folder = "/etc/squid",
    .certs_folder = "/var/spool/squid/ssl_db",
    .log_folder = "/var/log/squid",
};

static const struct preset {
    const char *name, *helper, *rewriter, *folder, *user, *conf, *certs, *log;
} presets[] = {
    {"debian", IN("/usr/lib/squid"), "proxy", "/etc/squid", "/var/spool/squid/ssl_db", "/var/log/squid"},
    {"rhel", IN("/usr/lib64/squid"), "squid", "/etc/squid", "/var/spool/squid/ssl_db", "/var/log/squid"},
    {"freebsd", IN("/usr/local/libexec/squid"), "squid", "/usr/local/etc/squid", "/var/squid/ssl_db", "/var/log/squid"},
    {"pfsense", IN("/usr/local/libexec/squid"), "squid", "/usr/local/etc/squid", "/var/squid/lib/ssl_db",
     "/var/squid/logs"},
    {"opnsense", IN("/usr/local/libexec/squid"), "squid", "/usr/local/etc/squid", "/var/squid/ssl_crtd",
     "/var/log/squid"},
};

int
squidconf_parse_preset(struct squidconf_wish *ret, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        const struct preset *preset = &presets[i];
        if (strcmp(name, preset->name) != 0)
            continue;
        ret->helper = preset->helper;
        ret->rewriter = preset->rewriter;
        ret->squid_folder = preset->folder;
        ret->squid_user = preset->user;
        ret->conf_folder = preset->conf;
        ret->certs_folder = preset->certs;
        ret->log_folder = preset->log;
        return 0;
    }
    return err_set(err, ERR_USAGE, "'%s' is not a preset; known are debian, rhel, freebsd, pfsense and opnsense", name);
}
