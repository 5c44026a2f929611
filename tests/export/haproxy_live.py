#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
haproxy_live.py - a real HAProxy with the files of the formats `haproxy` and `haproxy-acl` answers as the matcher does.

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
ADDRESSES = """\
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend addresses
    bind 127.0.0.1:{port}
    acl m365 req.hdr_ip(Asked) -f {acl}
    http-request return status 200 content-type text/plain string bypass if m365
    http-request return status 200 content-type text/plain string inspect
"""


def run(haproxy, place, text, port):
    """The running HAProxy with this configuration, which it takes without a warning."""
    conf = place.write("haproxy.cfg", text)
    said = live.checked(haproxy, "-c", "-f", conf)
    stage.check("WARNING" not in said, said)
    return live.running(haproxy, "-db", "-f", conf, ready=live.listens(port))


def test_names():
    haproxy, = live.need("haproxy")
    with stage.Place() as place:
        for table in truth.tables(place):
            hosts = truth.hosts(table)
            wanted = truth.selected(table, hosts)
            hosts = names.sample(hosts, wanted)
            port = free_port()
            text = CONF.format(port=port, map=place.write("m365.map", truth.export(table, "haproxy")))
            with run(haproxy, place, text, port):
                got = {host for host, (_, _, body) in live.ask(port, hosts).items() if body == "bypass"}
            truth.compare(table.name, hosts, got, wanted & set(hosts))


def test_addresses():
    haproxy, = live.need("haproxy")
    with stage.Place() as place:
        for table in truth.tables(place):
            asked = truth.addresses(table)
            inside = {str(one) for one in truth.selected(table, asked)}
            asked = names.sample([str(one) for one in asked], inside)
            port = free_port()
            text = ADDRESSES.format(port=port, acl=place.write("m365.acl", truth.export(table, "haproxy-acl")))
            with run(haproxy, place, text, port):
                answers = live.ask(port, asked, header="Asked")
            truth.compare(table.name, asked, {one for one, (_, _, body) in answers.items() if body == "bypass"},
                          inside & set(asked))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
