// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * squidconf_check_files.c - findings about files that Squid itself needs: without them it does not start, or ends soon
 * after. Part of squidconf_model.h; squidconf_check.c calls the checks.
 *
 * Each was seen on Squid 5.7: `FATAL: No valid signing certificate configured`, `FATAL: The sslcrtd_program helpers are
 * crashing too rapidly`, `FATAL: Authentication helper program ... No such file or directory`. Squid reads certificates
 * and keys as root, so only their content counts. The helpers' own files are checked by squidconf_check_host.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "squidconf_check.h"
#include "squidconf_model.h"
#include "squidconf_reach.h"
#include "squidconf_words.h"

#define PEM_MAX 4194304 /* bytes */
#define PEM_ROOM ((size_t)8 << 20)

/* True only if the path certainly does not exist. */
static bool
is_missing(const char *path)
{
    struct stat st;
    return path[0] == '/' && stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* ---- certificates of ports --------------------------------------------------------------------------------------- */

/* The value of an option of a line, under one of two names, or NULL. */
static const char *
option(const struct squidconf_line *line, const char *name, const char *old)
{
    const char *const names[] = {name, old};
    for (size_t i = 2; i < line->count; i++) {
        for (size_t n = 0; n < 2; n++) {
            size_t len = strlen(names[n]);
            if (strncmp(line->words[i], names[n], len) == 0)
                return line->words[i] + len;
        }
    }
    return NULL;
}

static bool
has_word(const struct squidconf_line *line, const char *word)
{
    for (size_t i = 2; i < line->count; i++) {
        if (strcmp(line->words[i], word) == 0)
            return true;
    }
    return false;
}

static bool
is_bump_port(const struct squidconf_line *line)
{
    return (squidconf_is(line, "http_port") || squidconf_is(line, "https_port")) && has_word(line, "ssl-bump");
}

/* True if the file can be read here and has no such PEM block. A file of this size is something else. */
static bool
lacks(struct squidconf *conf, const char *path, const char *block)
{
    struct buf text;
    struct err err = {0};
    struct stat st;
    if (path[0] != '/' || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size >= PEM_MAX)
        return false;
    buf_init(&text, PEM_ROOM);
    bool readable = file_read(&text, path, PEM_MAX, &err) == 0 || err.kind != ERR_IO;
    buf_add_char(&text, '\0');
    bool without = readable && buf_ok(&text) && strstr(text.data, block) == NULL;
    conf->failed = conf->failed || (readable && !buf_ok(&text));
    buf_clear(&text);
    return without;
}

static void
check_port(struct squidconf *conf, const struct squidconf_line *line)
{
    const char *cert = option(line, "tls-cert=", "cert="), *key = option(line, "tls-key=", "key=");
    const struct {
        const char *what, *path, *block;
    } parts[] = {{"certificate", cert, "CERTIFICATE-----"},
                 {"private key", key == NULL ? cert : key, "PRIVATE KEY-----"}};
    for (size_t i = 0; cert != NULL && i < 2; i++) {
        bool missing = is_missing(parts[i].path);
        if (!missing && !lacks(conf, parts[i].path, parts[i].block))
            continue;
        buf_add_fmt(squidconf_say(conf), "'%.300s' %s, so Squid does not start; put the %s of your CA there\n",
                    parts[i].path,
                    missing  ? "does not exist"
                    : i == 0 ? "has no certificate"
                             : "has no private key",
                    missing && key == NULL ? "certificate and the private key" : parts[i].what);
        squidconf_found(conf, line);
        if (missing && key == NULL)
            return;
    }
}

/* The CAs that a port takes certificates of clients from: `FATAL: Unable to read client CAs from file`. */
static void
check_client_ca(struct squidconf *conf, const struct squidconf_line *line)
{
    const char *path = option(line, "tls-clientca=", "clientca=");
    bool missing = path != NULL && is_missing(path);
    if (path == NULL || (!missing && !lacks(conf, path, "CERTIFICATE-----")))
        return;
    buf_add_fmt(squidconf_say(conf),
                "'%.300s' %s, so Squid does not start; put the certificates of your clients' CAs there\n", path,
                missing ? "does not exist" : "has no certificate");
    squidconf_found(conf, line);
}

/* True if ssl_bump ends connections of some client at Squid, which then shows a certificate of its own making. */
static bool
bumps(const struct squidconf *conf)
{
    static const char *const actions[] = {"bump", "stare", "client-first", "server-first", NULL};
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "ssl_bump") && line->count > 1 && squidconf_one_of(line->words[1], actions))
            return true;
    }
    return false;
}

/* Squid starts with an http_port that bumps without a certificate, but not with such an https_port, of which the model
 * tells. Seen on Squid 5.7: peek, splice and terminate work, stare and bump fail, and `ssl_bump bump all` aborts. */
static void
check_without(struct squidconf *conf, const struct squidconf_line *line)
{
    if (!squidconf_is(line, "http_port") || option(line, "tls-cert=", "cert=") != NULL || !bumps(conf))
        return;
    buf_add_fmt(
        squidconf_say(conf),
        "the port has no certificate: Squid starts, but has no CA to bump with. Every connection that it should bump "
        "fails, and Squid may abort; add %s=FILE with the certificate and the private key of your CA\n",
        conf->about->version == SQUIDCONF_3_5 ? "cert" : "tls-cert");
    squidconf_found(conf, line);
}

void
squidconf_check_certificates(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (squidconf_is(&conf->lines[i], "http_port") || squidconf_is(&conf->lines[i], "https_port"))
            check_client_ca(conf, &conf->lines[i]);
        if (!is_bump_port(&conf->lines[i]))
            continue;
        check_port(conf, &conf->lines[i]);
        check_without(conf, &conf->lines[i]);
    }
}

/* ---- the program that makes certificates ------------------------------------------------------------------------- */

/* True if Squid makes certificates: a port bumps, and not with its one certificate only. */
static bool
makes_certificates(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        if (is_bump_port(&conf->lines[i]) && !has_word(&conf->lines[i], "generate-host-certificates=off"))
            return true;
    }
    return false;
}

/* The folder of its certificates is in order if security_file_certgen -c made it and gave it to Squid's user. */
static void
check_folder(struct squidconf *conf, const struct squidconf_line *line, const char *folder)
{
    char index[PATH_MAX];
    int len = snprintf(index, sizeof index, "%s/index.txt", folder);
    if (folder[0] != '/' || len < 0 || len >= PATH_MAX)
        return;
    if (!is_missing(index)) {
        if (squidconf_unreachable(conf, "the certificates in", folder, 2, ""))
            squidconf_found(conf, line);
        return;
    }
    bool empty = !is_missing(folder);
    buf_add_fmt(squidconf_say(conf),
                "the folder '%.300s' was not initialized, so the program that makes certificates exits at once, and "
                "Squid with it\n    %s%s%s'%.200s' -c -s '%.300s' -M 4MB && chown -R %.60s '%.300s'\n",
                folder, empty ? "rmdir '" : "", empty ? folder : "", empty ? "' && " : "", line->words[1], folder,
                squidconf_user_name(conf), folder);
    squidconf_found(conf, line);
}

void
squidconf_check_certgen(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count && makes_certificates(conf); i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "sslcrtd_program") || line->count < 2 || line->words[1][0] != '/')
            continue;
        if (squidconf_unreachable(
                conf, "the program that makes certificates", line->words[1], 1,
                "without it Squid ends soon after its start (Debian: apt-get install squid-openssl)")) {
            squidconf_found(conf, line);
            continue;
        }
        for (size_t w = 2; w + 1 < line->count; w++) {
            if (strcmp(line->words[w], "-s") == 0)
                check_folder(conf, line, line->words[w + 1]);
        }
    }
}

/* ---- passwords --------------------------------------------------------------------------------------------------- */

static bool
asks(const struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (squidconf_is(line, "acl") && line->count > 2 && squidconf_is_password(conf, line))
            return true;
    }
    return false;
}

/* The file of passwords that a program is started with, or NULL. */
static const char *
password_file(const struct squidconf_line *line)
{
    static const char *const programs[] = {"basic_ncsa_auth", "ncsa_auth", "digest_file_auth", NULL};
    const char *slash = strrchr(line->words[3], '/'), *last = line->words[line->count - 1];
    bool reads = squidconf_one_of(slash == NULL ? line->words[3] : slash + 1, programs);
    return reads && line->count > 4 && last[0] == '/' ? last : NULL;
}

/* A program of Squid's for tests that says yes to every password; also behind another one, such as negotiate_wrapper.
 * NULL: there is none. */
static const char *
fake_program(const struct squidconf_line *line)
{
    static const char *const programs[] = {"basic_fake_auth", "ntlm_fake_auth", "ntlm_fake_auth.pl",
                                           "fakeauth_auth",   "no_check.pl",    NULL};
    for (size_t w = 3; w < line->count; w++) {
        const char *slash = strrchr(line->words[w], '/'), *name = slash == NULL ? line->words[w] : slash + 1;
        if (squidconf_one_of(name, programs))
            return name;
    }
    return NULL;
}

static bool
is_fake(struct squidconf *conf, const struct squidconf_line *line)
{
    const char *name = fake_program(line);
    if (name == NULL || !asks(conf))
        return false;
    buf_add_fmt(squidconf_say(conf),
                "'%.60s' takes every password, so anybody gets in as any user; name a program that checks it\n", name);
    return true;
}

void
squidconf_check_password(struct squidconf *conf)
{
    for (size_t i = 0; i < conf->line_count; i++) {
        const struct squidconf_line *line = &conf->lines[i];
        if (!squidconf_is(line, "auth_param") || line->count < 4 || strcmp(line->words[2], "program") != 0 ||
            line->words[3][0] != '/')
            continue;
        const char *file = password_file(line);
        if (is_fake(conf, line) ||
            squidconf_unreachable(conf, "the program that checks passwords", line->words[3], 1,
                                  "without it Squid does not start; name the one of your Squid") ||
            (file != NULL && asks(conf) &&
             squidconf_unreachable(conf, "the file of passwords", file, 4,
                                   "without it the program exits at once, and Squid with it; create it")))
            squidconf_found(conf, line);
    }
}
