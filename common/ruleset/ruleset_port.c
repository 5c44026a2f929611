// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset_port.c - reads http_port and https_port (src/cache_cf.cc, parsePortSpecification). Part of ruleset_reading.h.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "name/ports.h"
#include "ruleset_reading.h"

/* `3128`, `ADDRESS:3128`, `[ADDRESS]:3128` or `NAME:3128`. */
static bool
read_address(struct port *port)
{
    const char *text = port->address, *colon = strrchr(text, ':');
    if (colon == NULL)
        return port_parse(&port->port, text, strlen(text));
    port->has_addr = addr_parse_token(&port->addr, text, (size_t)(colon - text));
    return port_parse(&port->port, colon + 1, strlen(colon + 1));
}

static void
take_option(struct port *port, const char *word)
{
    if (strcmp(word, "ssl-bump") == 0 || strcmp(word, "sslBump") == 0)
        port->bumps = true;
    else if (strcmp(word, "intercept") == 0 || strcmp(word, "transparent") == 0)
        port->intercepts = true;
    else if (strcmp(word, "tproxy") == 0)
        port->tproxy = true;
    else if (strncmp(word, "tls-cert=", 9) == 0 || strncmp(word, "cert=", 5) == 0)
        port->certified = true;
    else if (strcmp(word, "accel") == 0 || strcmp(word, "vhost") == 0)
        port->serves = true;
    else if (strncmp(word, "name=", 5) == 0)
        port->name = word + 5;
}

/* Options are many, and those with a value more every year; these are the words without one. */
static bool
is_option(const char *word)
{
    static const char *const known[] = {
        "accel",     "act-as-origin", "allow-direct",       "connection-auth", "generate-host-certificates",
        "ignore-cc", "intercept",     "no-connection-auth", "no-vhost",        "require-proxy-header",
        "ssl-bump",  "sslBump",       "tcpkeepalive",       "tproxy",          "transparent",
        "vhost",     "vport",         "worker-queues"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(word, known[i]) == 0)
            return true;
    }
    return strchr(word, '=') != NULL;
}

int
read_port(struct reading *reading, bool https)
{
    struct ruleset *conf = reading->conf;
    struct port port = {.file = reading->line->file, .number = reading->line->number, .https = https};
    const char *word = words_next(&reading->words);
    port.address = port.name = word;
    if (word == NULL || !read_address(&port))
        return reading_refuse(reading, "'%.60s' is not a port, so Squid does not start", word == NULL ? "" : word);
    while ((word = words_next(&reading->words)) != NULL) {
        if (!is_option(word))
            return reading_refuse(reading, "a port has no option '%.60s', so Squid does not start", word);
        take_option(&port, word);
    }
    if ((port.intercepts && port.tproxy) || ((port.intercepts || port.tproxy) && port.serves))
        return reading_refuse(reading,
                              "the port has two of intercept, tproxy and accel, so Squid does not start; a port of its "
                              "own for each");
    if (https && !port.certified)
        return reading_refuse(reading, "https_port needs tls-cert=, otherwise Squid does not start");
    port.intercepts = port.intercepts || port.tproxy;
    if (https && port.bumps != port.intercepts)
        return reading_refuse(reading,
                              "https_port needs both ssl-bump and intercept, or neither; Squid does not start");
    struct port *ports = arena_grow(conf->arena, conf->ports, &conf->port_room, conf->port_count + 1, sizeof *ports);
    if (ports == NULL)
        return reading_no_memory(reading);
    conf->ports = ports;
    ports[conf->port_count++] = port;
    return 0;
}
