#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
haproxy_live.py - a real HAProxy with the map of the format `haproxy` answers as the matcher does.

Where it sits: tests/export/. Run by `make export`.
"""

import sys

import live
import names
import truth
from port import free_port
from truth import stage

CONF = """\
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend names
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain lf-string "%[req.hdr(host),lower,map_reg({map},none)]"
"""


def test_names():
    haproxy, = live.need("haproxy")
    with stage.Place() as place:
        for table in truth.tables(place):
            hosts = truth.hosts(table)
            wanted = truth.selected(table, hosts)
            hosts = names.sample(hosts, wanted)
            port = free_port()
            conf = place.write("haproxy.cfg", CONF.format(
                port=port, map=place.write("m365.map", truth.export(table, "haproxy"))))
            said = live.checked(haproxy, "-c", "-f", conf)
            stage.check("WARNING" not in said, said)
            with live.running(haproxy, "-db", "-f", conf, ready=live.listens(port)):
                got = {host for host, (_, _, body) in live.ask(port, hosts).items() if body == "bypass"}
            truth.compare(table.name, hosts, got, wanted & set(hosts))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
