#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""origin.py - the servers of the outside world, which the proxy connects to.

    client --> Squid --> origin.py

One process plays every origin. It listens on TLS and plain HTTP ports and picks the certificate by SNI (CERTS/NAME.pem; a name
without a certificate gets that of --default). It answers each request with a JSON object that says what arrived. For each
ClientHello it logs one JSON object with the random value of the hello, before it answers. A client that finds its own random
value in the log knows that nobody touched the connection on the way.

It makes no decisions and has no expectations; those are in cases.py. Python 3, standard library only.
"""
import argparse
import json
import os
import socket
import ssl
import sys
import threading

import hello

TIMEOUT_S = 20
LOG_LOCK = threading.Lock()


def log(out, **what):
    with LOG_LOCK:
        out.write(json.dumps(what) + "\n")
        out.flush()


class Certificates:
    """One TLS context per name, chosen by SNI."""

    def __init__(self, folder, default):
        self.by_name = {}
        for entry in sorted(os.listdir(folder)):
            if entry.endswith(".pem"):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(os.path.join(folder, entry))
                self.by_name[entry[:-len(".pem")]] = context
        self.default = self.by_name[default]
        self.default.sni_callback = self.choose

    def choose(self, tls, name, _context):
        if name in self.by_name:
            tls.context = self.by_name[name]


def first_hello(conn):
    """The ClientHello at the start of the connection, or b'' if there is none. It stays in the socket's buffer."""
    for _ in range(200):
        data = conn.recv(65536, socket.MSG_PEEK)
        if not data or hello.is_complete(data):
            return data
        threading.Event().wait(0.02)
    return data


def answer(stream, local, sni):
    """Answer requests until the client is done (at most 64)."""
    reader = stream.makefile("rb")
    for _ in range(64):
        line = reader.readline(65536)
        if not line.strip():
            return
        host = ""
        for _ in range(200):
            field = reader.readline(65536)
            if not field.strip():
                break
            if field.lower().startswith(b"host:"):
                host = field[5:].strip().decode("latin-1")
        body = json.dumps({"request": line.strip().decode("latin-1"), "host": host, "address": local[0],
                           "port": local[1], "sni": sni}).encode() + b"\n"
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                       % (len(body), body))


def serve(conn, certificates, out):
    try:
        conn.settimeout(TIMEOUT_S)
        local = (conn.getsockname()[0].replace("::ffff:", ""), conn.getsockname()[1])
        if certificates is None:
            log(out, kind="http", address=local[0], port=local[1])
            answer(conn, local, None)
            return
        first = first_hello(conn)
        random, sni = hello.parse(first)
        log(out, kind="tls", address=local[0], port=local[1], random=random.hex(), sni=sni.decode("latin-1"))
        with certificates.default.wrap_socket(conn, server_side=True) as tls:
            answer(tls, local, sni.decode("latin-1"))
    except (OSError, ValueError):
        pass  # clients may disconnect at any time; what arrived is in the log
    finally:
        conn.close()


def listen(where, certificates, out):
    address, _, port = where.rpartition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if address == "::":
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind((address, int(port)))
    server.listen(256)

    def loop():
        while True:
            conn, _peer = server.accept()
            threading.Thread(target=serve, args=(conn, certificates, out), daemon=True).start()

    return threading.Thread(target=loop)


def main():
    parser = argparse.ArgumentParser(description="origins for the tests; ADDRESS/PORT may be repeated")
    parser.add_argument("--certs", required=True, help="folder with NAME.pem files (key and certificate)")
    parser.add_argument("--default", required=True, help="name whose certificate is shown without SNI")
    parser.add_argument("--log", required=True)
    parser.add_argument("--tls", action="append", default=[], metavar="ADDRESS/PORT")
    parser.add_argument("--http", action="append", default=[], metavar="ADDRESS/PORT")
    args = parser.parse_args()
    certificates = Certificates(args.certs, args.default)
    with open(args.log, "a", encoding="utf-8") as out:
        try:
            loops = [listen(w, certificates, out) for w in args.tls] + [listen(w, None, out) for w in args.http]
        except OSError as e:
            sys.exit(f"origin.py: cannot listen: {e}")
        for thread in loops:
            thread.start()
        print("listening", flush=True)
        for thread in loops:
            thread.join()


if __name__ == "__main__":
    main()
