#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
haproxy_live.py - a real HAProxy with the files of the formats `haproxy` and `haproxy-acl` answers as the matcher does.

Where it sits: tests/export/. Run by `make export`.
"""

import re
import socket
import socketserver
import sys
import threading
import time

import live
import names
import truth
from port import free_port
from truth import stage

LABELS = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+")  # a name that a TLS library takes

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

BACKENDS = """defaults
    timeout connect 5s
    timeout client 60s
    timeout server 60s
backend direct
    mode tcp
    server direct 127.0.0.1:{direct}
backend proxy
    mode tcp
    server proxy 127.0.0.1:{proxy}
"""


class Backend(socketserver.ThreadingTCPServer):
    """A server that waits for a first message and answers with its name."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, name):
        class Answer(socketserver.BaseRequestHandler):
            def handle(self):
                if self.request.recv(1):
                    self.request.sendall(name.encode())

        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def taken_to(port, host):
    """Where a TLS client comes out that asks for a host; its first message comes in two pieces."""
    message = live.hello(host)
    with socket.create_connection(("127.0.0.1", port), stage.PATIENCE) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.sendall(message[:20])
        time.sleep(0.02)
        one.sendall(message[20:])
        return one.recv(10).decode()


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


def test_example():
    """The frontend that the manual shows sends TLS clients to the right backend, by SNI."""
    haproxy, = live.need("haproxy")
    with stage.Place() as place, Backend("direct") as direct, Backend("proxy") as proxy:
        table = truth.tables(place)[3]
        map_file, port = place.write("m365.map", truth.export(table, "haproxy")), free_port()
        shown = live.example("map_reg").replace("/etc/haproxy/m365.map", map_file).replace("bind :3129", f"bind 127.0.0.1:{port}")
        stage.check(map_file in shown and str(port) in shown, "the example has changed", shown)
        text = BACKENDS.format(direct=direct.server_address[1], proxy=proxy.server_address[1]) + shown
        hosts = [host for host in truth.hosts(table) if LABELS.fullmatch(host)]
        wanted = truth.selected(table, hosts)
        hosts = names.sample(hosts, wanted, 60)
        with run(haproxy, place, text, port):
            got = {host: taken_to(port, host) for host in hosts}
            stage.want("in capital letters", taken_to(port, "OUTLOOK.Office365.com"), "direct")
        stage.want("backends", set(got.values()), {"direct", "proxy"})
        truth.compare("the example", hosts, {host for host, name in got.items() if name == "direct"}, wanted & set(hosts))


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
