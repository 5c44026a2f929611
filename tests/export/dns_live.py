#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
dns_live.py - the formats `rpz`, `unbound` and `dnsmasq` in real resolvers: BIND, Unbound, dnsmasq. They ask a name server on
loopback that knows every name; what they then answer is what the matcher says.

Where it sits: tests/export/. Run by `make export`.
"""

import sys

import live
import names
import truth
import dns  # beside port, in a folder that truth adds
from port import free_port
from truth import stage

NAMED = """\
options {{
    directory "{top}";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    {lock}
    dnssec-validation no;
    recursion yes;
    forward only;
    forwarders port {upstream} {{ 127.0.0.1; }};
    response-policy {{ zone "m365.rpz"; zone "rest.rpz"; }};
}};
controls {{ }};
zone "m365.rpz" {{ type primary; file "m365.zone"; }};
zone "rest.rpz" {{ type primary; file "rest.zone"; }};
"""
REST = """\
$TTL 3600
@ SOA localhost. hostmaster.localhost. 1 3600 900 604800 3600
@ NS localhost.
* CNAME .
"""
UNBOUND = """\
server:
    interface: 127.0.0.1@{port}
    do-not-query-localhost: no
    directory: "{top}"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    module-config: "respip iterator"
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{upstream}
{more}
"""
ZONES = """\
rpz:
    name: "m365.rpz"
    zonefile: "{top}/m365.zone"
rpz:
    name: "rest.rpz"
    zonefile: "{top}/rest.zone"
"""
DNSMASQ = """\
port={port}
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
cache-size=0
server=127.0.0.1#{upstream}
conf-file={top}/m365.conf
"""


def check_tables(place, form, prepare):
    """`prepare(port, upstream)` checks the configuration and returns the command; it finds the export in m365.conf."""
    with dns.server() as upstream:
        for table in truth.tables(place):
            text = truth.export(table, form)
            place.write("m365.conf", text)
            hosts = truth.hosts(table)
            wanted = truth.selected(table, hosts)
            hosts = names.sample(hosts, wanted)
            port = free_port()
            with live.running(*prepare(port, upstream), ready=dns.answers(port)):
                got = {host for host in hosts if dns.resolves(port, host)}
            more, less = names.compare(table.name, text, hosts, got, wanted & set(hosts))
            stage.check(len(got) > 20, f"{table.name}: {len(got)} of {len(hosts)} resolve")
            print(f"# {table.name}: {len(hosts)} asked, {len(got)} resolve; {more} more and {less} fewer, as the header says")


def unbound_conf(place, port, upstream, more):
    return place.write("unbound.conf", UNBOUND.format(port=port, upstream=upstream, top=place.top, more=more))


def test_rpz_bind():
    named, check_zone, check_conf = live.need("named", "named-checkzone", "named-checkconf")
    lock = "lock-file none;" if "BIND 9.18" in stage.run(named, "-v").stdout else ""  # another named may be running
    with stage.Place() as place:
        def prepare(port, upstream):
            place.write("m365.zone", place.read("m365.conf"))
            place.write("rest.zone", REST)
            said = live.checked(check_zone, "-k", "fail", "-n", "fail", "m365.rpz", place.path("m365.zone"))
            stage.check(said.rstrip().endswith("OK"), said)
            conf = place.write("named.conf", NAMED.format(port=port, upstream=upstream, top=place.top, lock=lock))
            live.checked(check_conf, conf)
            return named, "-g", "-n", "1", "-c", conf

        check_tables(place, "rpz", prepare)


def test_rpz_unbound():
    unbound, check = live.need("unbound", "unbound-checkconf")
    with stage.Place() as place:
        def prepare(port, upstream):
            place.write("m365.zone", place.read("m365.conf"))
            place.write("rest.zone", REST)
            conf = unbound_conf(place, port, upstream, ZONES.format(top=place.top))
            live.checked(check, conf)
            return unbound, "-d", "-c", conf

        check_tables(place, "rpz", prepare)


def test_unbound():
    unbound, check = live.need("unbound", "unbound-checkconf")
    with stage.Place() as place:
        def prepare(port, upstream):
            conf = unbound_conf(place, port, upstream, f'include: "{place.path("m365.conf")}"')
            live.checked(check, conf)
            return unbound, "-d", "-c", conf

        check_tables(place, "unbound", prepare)


def test_dnsmasq():
    dnsmasq, = live.need("dnsmasq")
    with stage.Place() as place:
        def prepare(port, upstream):
            conf = place.write("dnsmasq.conf", DNSMASQ.format(port=port, upstream=upstream, top=place.top))
            live.checked(dnsmasq, "--test", "-C", conf)
            return dnsmasq, "-k", "-C", conf, "--pid-file=", "--user=", "--group="

        check_tables(place, "dnsmasq", prepare)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
