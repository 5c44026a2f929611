// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_port.c - ports whose TLS no rule of ssl_bump ever sees, because they have no ssl-bump. Part of advise_build.h.
 *
 * That is a mistake only where other names than bypassed ones get through: a port for guests may be for a few names of
 * the administrator's own, and their machines do not know the CA.
 */
#include <string.h>

#include "advise_build.h"
#include "advise_worker.h"

static bool
is_tunnelled(const struct outcome *outcome)
{
    for (size_t i = 0; outcome->possible && i < outcome->courses.count; i++) {
        if (outcome->courses.course[i].end == END_SPLICE)
            return true;
    }
    return false;
}

/* Of a port that no situation is about nothing is known. */
static bool
tunnels_others(const struct advice *advice, const struct port *port)
{
    bool asked = false;
    for (size_t i = 0; i < advice->set.count; i++) {
        const struct outcome_case *one = &advice->set.cases[i];
        if (strcmp(one->listener, port->address) != 0)
            continue;
        asked = true;
        if (outcome_is_other(one) && is_tunnelled(&advice->outcomes[i]))
            return true;
    }
    return !asked;
}

static bool
is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]", 5) == 0 ||
           strncmp(address, "localhost:", 10) == 0;
}

/* True if some port has ssl-bump. */
static bool
bumps(const struct ruleset *conf)
{
    for (size_t i = 0; i < conf->port_count; i++) {
        if (conf->ports[i].bumps)
            return true;
    }
    return false;
}

void
advise_ports(struct advice *advice)
{
    const struct ruleset *conf = advice->conf;
    const struct rule *rule = conf->bump.count == 0 ? NULL : &conf->bump.rule[0];
    for (size_t i = 0; i < conf->port_count && rule != NULL; i++) {
        const struct port *port = &conf->ports[i];
        bool told = !port->https && !port->bumps && !port->intercepts && !port->serves;
        if (!told || (is_loopback(port->address) && bumps(conf)) || !tunnels_others(advice, port))
            continue;
        const char *text =
            advise_text(advice,
                        "port '%.60s' has no ssl-bump, so its TLS passes without inspection, whatever the ssl_bump "
                        "rules say (%.300s:%u); add ssl-bump and the certificate of your CA\n",
                        port->address, rule->file, rule->number);
        advise_add(advice, &(struct heard){.file = port->file, .number = port->number, .counts = true, .text = text});
    }
}
