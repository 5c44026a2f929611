// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_port.c - reads http_port and https_port (src/cache_cf.cc, parsePortSpecification). Part of ruleset_reading.h.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "ruleset_parse.h"

#define HOST_MAX_BYTES 256

/* A port while it is read. */
struct port_line {
    struct port port;
    struct parse_tls tls;
};

/* Where the port begins in `[ADDRESS]:3128` and `NAME:3128`; NULL: there is no address. -1: it is no address. */
static int
find_colon(const char **ret, const char *text)
{
    const char *end = *text == '[' ? strchr(text, ']') : NULL;
    if (*text == '[' && (end == NULL || end[1] != ':'))
        return -1;
    *ret = end == NULL ? strchr(text, ':') : end + 1;
    if (*ret == NULL)
        return 0;
    char host[HOST_MAX_BYTES];
    size_t skip = end != NULL, n = (size_t)((end == NULL ? *ret : end) - text) - skip;
    if (n == 0 || n >= sizeof host)
        return -1;
    memcpy(host, text + skip, n);
    host[n] = '\0';
    return parse_may_be_host(host) ? 0 : -1;
}

/* `3128`, `ADDRESS:3128`, `[ADDRESS]:3128` or `NAME:3128`. */
static int
read_address(struct reading *reading, struct port *port)
{
    const char *text = port->address, *colon = NULL;
    char *end = NULL;
    long number = 0;
    if (text != NULL && find_colon(&colon, text) == 0)
        number = strtol(colon == NULL ? text : colon + 1, &end, 10);
    if (number <= 0 || number > UINT16_MAX || *end != '\0')
        return reading_refuse(reading, "'%.60s' is not a port, so Squid does not start", text == NULL ? "" : text);
    if (colon != NULL)
        port->has_addr = addr_parse_token(&port->addr, text, (size_t)(colon - text));
    port->port = (uint16_t)number;
    return 0;
}

static int
check_connection_auth(struct reading *reading, const char *value)
{
    static const char *const known[] = {"on", "off", NULL};
    return parse_check_word(reading, "connection-auth=", value, known, "on or off");
}

static int
check_pmtu(struct reading *reading, const char *value)
{
    static const char *const known[] = {"off", "transparent", "always", NULL};
    return parse_check_word(reading, "disable-pmtu-discovery=", value, known, "off, transparent or always");
}

/* parsePortProtocol() */
static int
check_protocol(struct reading *reading, const char *value)
{
    static const char *const known[] = {"HTTP", "HTTP/1.1", "HTTPS", "HTTPS/1.1", "FTP"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(value, known[i]) == 0)
            return 0;
    }
    return reading_refuse(reading, "a port knows no protocol '%.40s', so Squid does not start", value);
}

/* `IDLE,INTERVAL,TIMEOUT`, all three. */
static int
check_keepalive(struct reading *reading, const char *value)
{
    size_t commas = 0;
    for (const char *at = value; *at != '\0'; at++)
        commas += *at == ',';
    bool numbers = value[strspn(value, "0123456789,")] == '\0' && strstr(value, ",,") == NULL && *value != ',' &&
                   strlen(value) <= 30;
    return numbers && commas == 2 && value[strlen(value) - 1] != ','
               ? 0
               : reading_refuse(reading, "tcpkeepalive= must be IDLE,INTERVAL,TIMEOUT, otherwise Squid does not start");
}

/* Options that need accel or vhost before them. */
static const struct parse_option accel_options[] = {
    {"allow-direct", NULL},  {"defaultsite=", NULL}, {"protocol=", check_protocol},
    {"vport=", check_short}, {"vport", NULL},        {NULL, NULL}};

/* Options of TLS without the prefix tls-. */
static const struct parse_option tls_options[] = {{"cafile=", NULL},   {"capath=", NULL},   {"cert=", NULL},
                                                  {"cipher=", NULL},   {"clientca=", NULL}, {"crlfile=", NULL},
                                                  {"key=", NULL},      {"options=", NULL},  {"version=", NULL},
                                                  {"dhparams=", NULL}, {NULL, NULL}};

/* parse_port_option(), versions 4 to 7. */
static const struct parse_option options[] = {{"accel", NULL},
                                              {"act-as-origin", NULL},
                                              {"connection-auth", NULL},
                                              {"connection-auth=", check_connection_auth},
                                              {"disable-pmtu-discovery=", check_pmtu},
                                              {"dynamic_cert_mem_cache_size=", check_bytes_option},
                                              {"ftp-track-dirs", NULL},
                                              {"ignore-cc", NULL},
                                              {"intercept", NULL},
                                              {"ipv4", NULL},
                                              {"name=", NULL},
                                              {"no-connection-auth", NULL},
                                              {"no-vhost", NULL},
                                              {"require-proxy-header", NULL},
                                              {"ssl-bump", NULL},
                                              {"sslBump", NULL},
                                              {"sslcontext=", NULL},
                                              {"tcpkeepalive", NULL},
                                              {"tcpkeepalive=", check_keepalive},
                                              {"tproxy", NULL},
                                              {"transparent", NULL},
                                              {"vhost", NULL},
                                              {"worker-queues", NULL},
                                              {NULL, NULL}};

static void
take_option(struct port *port, const char *word)
{
    if (strcmp(word, "ssl-bump") == 0 || strcmp(word, "sslBump") == 0)
        port->bumps = true;
    else if (strcmp(word, "intercept") == 0 || strcmp(word, "transparent") == 0)
        port->intercepts = true;
    else if (strcmp(word, "tproxy") == 0)
        port->tproxy = true;
    else if (strcmp(word, "require-proxy-header") == 0)
        port->proxied = true;
    else if (strcmp(word, "accel") == 0 || strcmp(word, "vhost") == 0)
        port->serves = true;
    else if (strncmp(word, "name=", 5) == 0)
        port->name = word + 5;
}

/* TLS: `tls-min-version=1.2`, `cert=FILE`, `sslflags=...`. 1: the word is another option. */
static int
read_tls_option(struct reading *reading, struct parse_tls *tls, const char *word)
{
    if (strncmp(word, "tls-", 4) == 0)
        return check_tls(reading, tls, word + 4);
    if (strncmp(word, "sslflags=", 9) == 0)
        return check_tls(reading, tls, word + 3);
    if (parse_find_option(tls_options, word) != NULL)
        return check_tls(reading, tls, word);
    return strncmp(word, "generate-host-certificates", 26) == 0 ? 0 : 1;
}

static int
read_option(struct reading *reading, struct port_line *line, const char *word)
{
    int result = read_tls_option(reading, &line->tls, word);
    bool prefixed = strncmp(word, "tls-", 4) == 0;
    if (strcmp(word + (prefixed ? 4 : 0), "cert=") == 0)
        return reading_refuse(reading, "'%s' names no file, so Squid does not start", word);
    line->port.asks_cert = line->port.asks_cert || strncmp(word + (prefixed ? 4 : 0), "clientca=", 9) == 0;
    if (result <= 0)
        return result;
    const struct parse_option *option = parse_find_option(accel_options, word);
    if (option != NULL && !line->port.serves)
        return reading_refuse(reading, "'%.60s' must come after accel, otherwise Squid does not start", word);
    option = option == NULL ? parse_find_option(options, word) : option;
    if (option == NULL)
        return reading_refuse(reading, "a port has no option '%.60s', so Squid does not start", word);
    take_option(&line->port, word);
    line->tls.encrypts = line->tls.encrypts || strncasecmp(word, "protocol=HTTPS", 14) == 0;
    return parse_check_option(reading, option, word);
}

/* What a port cannot be at the same time, and what it needs. */
static int
check_modes(struct reading *reading, const struct port_line *line, bool https, bool header)
{
    const struct port *port = &line->port;
    if ((port->intercepts && port->tproxy) || ((port->intercepts || port->tproxy) && port->serves))
        return reading_refuse(reading,
                              "the port has two of intercept, tproxy and accel, so Squid does not start; a port of its "
                              "own for each");
    if ((https || (line->tls.encrypts && reading->conf->version >= 5)) && !line->tls.certified)
        return reading_refuse(reading, "%s needs tls-cert=, otherwise Squid does not start",
                              https ? "https_port" : "a port with options of TLS");
    if (https && port->bumps != (port->intercepts || port->tproxy))
        return reading_refuse(reading,
                              "https_port needs both ssl-bump and intercept, or neither; Squid does not start");
    return https && header
               ? reading_refuse(reading, "https_port cannot have require-proxy-header, so Squid does not start")
               : 0;
}

static int
read_line(struct reading *reading, struct port_line *line)
{
    bool https = line->port.https, header = false;
    const char *word = words_next(&reading->words);
    line->port.address = line->port.name = word;
    if (read_address(reading, &line->port) != 0)
        return -1;
    while ((word = words_next(&reading->words)) != NULL) {
        header = header || strcmp(word, "require-proxy-header") == 0;
        if (read_option(reading, line, word) != 0)
            return -1;
    }
    return check_modes(reading, line, https, header);
}

int
read_port(struct reading *reading, bool https)
{
    struct ruleset *conf = reading->conf;
    struct port_line line = {.port = {.file = reading->line->file, .number = reading->line->number, .https = https}};
    if (read_line(reading, &line) != 0)
        return -1;
    line.port.intercepts = line.port.intercepts || line.port.tproxy;
    struct port *ports = arena_grow(conf->arena, conf->ports, &conf->port_room, conf->port_count + 1, sizeof *ports);
    if (ports == NULL)
        return reading_no_memory(reading);
    conf->ports = ports;
    ports[conf->port_count++] = line.port;
    return 0;
}

/* ftp_port has options of http_port, but neither ssl-bump nor require-proxy-header. */
int
parse_ftp_port(struct reading *reading)
{
    struct port_line line = {.port = {.https = false}};
    struct words words = reading->words;
    if (read_line(reading, &line) != 0)
        return -1;
    for (const char *word = words_next(&words); word != NULL; word = words_next(&words)) {
        if (strcmp(word, "ssl-bump") == 0 || strcmp(word, "require-proxy-header") == 0)
            return reading_refuse(reading, "ftp_port cannot have %s, so Squid does not start", word);
    }
    return 0;
}
