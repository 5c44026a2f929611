#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
squid_live.py - a real Squid takes the file of the format `squid-acl` without a warning, and answers as the matcher does.

Where it sits: tests/export/. Run by `make export`. Squid must know TLS (Debian: squid-openssl). Each category has a page of
its own that denies a request, so nothing is fetched; the last ACL of a line chooses the page.
"""

import contextlib
import socket
import sys
import threading

import live
import names
import truth
from port import free_port
from truth import stage

QUIET = """\
pid_filename none
cache_log /dev/null
access_log none
netdb_filename none
cache_mem 8 MB
memory_cache_shared off
visible_hostname squid.example
shutdown_lifetime 0 seconds
coredump_dir {top}
include {top}/m365.acl
"""
CONF = "http_port 127.0.0.1:{port}\n" + QUIET + """\
acl optimize src 127.0.0.1
acl allow src 127.0.0.1
http_access deny m365_optimize optimize
http_access deny m365_allow allow
http_access deny m365_optimize_dst optimize
http_access deny m365_allow_dst allow
http_access deny all
deny_info 302:http://Optimize.invalid/ optimize
deny_info 302:http://Allow.invalid/ allow
"""
SNI = """\
acl step2 at_step SslBump2
ssl_bump splice step2 m365_sni
"""
BUMP = """\
http_port 127.0.0.1:{port} ssl-bump tls-cert={top}/cert.pem tls-key={top}/key.pem generate-host-certificates=off
""" + QUIET + """\
http_access allow all
acl step1 at_step SslBump1
acl step2 at_step SslBump2
ssl_bump peek step1
ssl_bump splice step2 m365_sni
ssl_bump terminate all
"""


def need_squid():
    squid, = live.need("squid")
    if "--with-openssl" not in stage.run(squid, "-v").stdout:
        raise stage.Skip("this squid has no OpenSSL; install squid-openssl")
    return squid


def check_parse(squid, conf):
    said = live.checked(squid, "-k", "parse", "-f", conf)
    wrong = [line for line in said.splitlines() if "WARNING" in line or "ERROR" in line]
    stage.check(not wrong, *wrong)
    stage.check("Processing: acl m365_sni any-of" in said, said[-500:])


def categories(table, asked, keep):
    """{host: category} of those that are bypassed, among some of both kinds."""
    answers = dict(zip(asked, truth.verdicts(table, [(one, 443) for one in asked])))
    wanted = {one: answer["category"] for one, answer in answers.items() if answer["action"] == "bypass"}
    some = names.sample(asked, wanted, keep)
    return some, {one: wanted[one] for one in some if one in wanted}


def ask(port, asked):
    """{host: category} by the page that each request is sent to."""
    target = {one: f"[{one}]" if ":" in one else one for one in asked}
    found = live.ask(port, list(target.values()), "http://{}/")
    pages = {one: found[word][1].get("Location", "") for one, word in target.items()}
    stage.check(all(found[word][0] in (302, 403) for word in target.values()), "not denied",
                {found[word][0] for word in target.values()})
    return {one: page.removeprefix("http://").removesuffix(".invalid/") for one, page in pages.items() if page}


def test_names_and_addresses():
    squid = need_squid()
    with stage.Place() as place:
        for table in truth.tables(place):
            place.write("m365.acl", truth.export(table, "squid-acl"))
            port = free_port()
            text = CONF.format(port=port, top=place.top)
            check_parse(squid, place.write("parse.conf", text + SNI))
            conf = place.write("squid.conf", text)
            hosts, wanted = categories(table, truth.hosts(table), 200)
            addresses, inside = categories(table, [str(one) for one in truth.addresses(table)], 200)
            with live.running(squid, "-N", "-f", conf, ready=live.listens(port)):
                stage.want(table.name, ask(port, hosts), wanted)
                stage.want(f"{table.name}, addresses", ask(port, addresses), inside)
            print(f"# {table.name}: {len(wanted)} of {len(hosts)} hosts, {len(inside)} of {len(addresses)} addresses")


@contextlib.contextmanager
def greeter():
    """A server that answers whatever comes first. Its port."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        def serve():
            while True:
                connection, _ = one.accept()
                with connection:
                    if not connection.recv(4096):
                        return
                    connection.sendall(b"hello")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield one.getsockname()[1]
        finally:
            with socket.create_connection(one.getsockname()) as last:
                last.shutdown(socket.SHUT_WR)
                thread.join(stage.PATIENCE)


def is_spliced(port, server, host):
    """True if a client that asks for this host is let through to the server."""
    with socket.create_connection(("127.0.0.1", port), stage.PATIENCE) as one:
        one.sendall(f"CONNECT 127.0.0.1:{server} HTTP/1.1\r\n\r\n".encode())
        stage.check(b" 200 " in one.recv(4096), "no tunnel")
        one.sendall(live.hello(host))
        try:
            return one.recv(10) == b"hello"
        except ConnectionResetError:
            return False


def test_sni():
    """A real client's SNI, at the second step of ssl_bump."""
    squid = need_squid()
    openssl, = live.need("openssl")
    with stage.Place() as place, greeter() as server:
        table = next(iter(truth.tables(place)))
        place.write("m365.acl", truth.export(table, "squid-acl"))
        live.checked(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=squid.example", "-keyout",
                     place.path("key.pem"), "-out", place.path("cert.pem"))
        port = free_port()
        conf = place.write("squid.conf", BUMP.format(port=port, top=place.top))
        hosts = truth.hosts(table)
        wanted = truth.selected(table, hosts)
        hosts = [host for host in names.sample(hosts, wanted) if "_" not in host]
        with live.running(squid, "-N", "-f", conf, ready=live.listens(port)):
            got = {host for host in hosts if is_spliced(port, server, host)}
        truth.compare("SNI", hosts, got, wanted & set(hosts))
        stage.check(len(got) > 20, f"only {len(got)} of {len(hosts)}")


def test_random():
    """Squid has no warning about the lists of random tables either."""
    squid = need_squid()
    with stage.Place() as place:
        for table in truth.random_tables(place, 25):
            done = stage.run(stage.CTL, "export", "squid-acl", *table.arguments())
            if done.returncode == 2 and "cannot keep the names of" in done.stderr:
                continue
            stage.check(done.returncode == 0, table.name, done.stderr)
            place.write("m365.acl", done.stdout)
            check_parse(squid, place.write("parse.conf", CONF.format(port=free_port(), top=place.top) + SNI))


def test_without_sni():
    """Without the lines for the SNI, for a Squid that has no TLS."""
    squid = need_squid()
    with stage.Place() as place:
        text = truth.export(next(iter(truth.tables(place))), "squid-acl")
        place.write("m365.acl", "".join(line for line in text.splitlines(True) if "_sni" not in line))
        conf = place.write("squid.conf", CONF.format(port=free_port(), top=place.top))
        said = live.checked(squid, "-k", "parse", "-f", conf)
        stage.check("ssl::" not in said and "WARNING" not in said, said)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
