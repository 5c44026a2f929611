#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""client.py - makes one request as a client does, and reports what the client can see of the answer.

    client.py --> Squid --> origin.py

There are three kinds of request. through() asks a proxy for a tunnel and speaks TLS in it. direct() opens TLS to an address,
and may be intercepted on the way. plain() sends HTTP. Each returns an Answer. Its text is the sentence that the tests compare
and people read. Run as a program, it makes one request and prints what conf/quickstart.sh shows. Expected answers do not
belong here. Python 3, standard library only.
"""
import argparse
import base64
import errno
import glob
import itertools
import json
import os
import socket
import ssl
import sys

import hello

SQUID_CA_NAME = b"squid-m365 test: CA of the proxy"  # as in lib.sh
TIMEOUT_S = 15
PORTS = itertools.count(20000)  # below those that the kernel chooses


class Site:
    """What the folder made by lib.sh says about the origins."""

    def __init__(self, folder):
        self.folder = folder
        self.leaves = {}
        for path in glob.glob(os.path.join(folder, "certs", "*.crt")):
            with open(path, encoding="ascii") as f:
                self.leaves[ssl.PEM_cert_to_DER_cert(f.read())] = os.path.basename(path)[:-len(".crt")]

    def whose(self, der):
        """'origin NAME', 'squid' or 'unknown'."""
        if der in self.leaves:
            return "origin " + self.leaves[der]
        return "squid" if SQUID_CA_NAME in der else "unknown"

    def origin_saw(self, random):
        """Did a ClientHello with this random value reach an origin?"""
        with open(os.path.join(self.folder, "origin", "log"), encoding="utf-8") as f:
            return any(json.loads(line).get("random") == random.hex() for line in f)


class How:
    """What a client does otherwise than by default. source: its address. mark: of its packets, for the redirection. tls: the
    highest version it speaks. fields: lines of headers that it sends with each request. path: what it asks for inside TLS."""

    def __init__(self, source="", mark=0, tls=None, fields=(), path="/e2e"):
        self.source, self.mark, self.tls, self.path = source, mark, tls, path
        self.fields = b"".join(field.encode() + b"\r\n" for field in fields)


USUAL = How()


class Answer:
    """connect: status of the CONNECT, None if there was none. cert: as Site.whose(), None if there was no TLS.
    http: status of the request itself. clear: status of a reply that came in the clear where TLS was spoken. body: what the
    origin said about it. untouched: the client's own ClientHello reached an origin. error: what failed. port: the client's
    port, to find the request in access.log."""

    def __init__(self):
        self.connect = self.cert = self.http = self.clear = self.error = None
        self.body = {}
        self.untouched = False
        self.port = 0

    def __str__(self):
        said = []
        if self.connect is not None:
            said.append(f"CONNECT {self.connect}")
        if self.cert is not None:
            said.append({"o": "origin's own certificate", "s": "Squid's certificate", "u": "unknown certificate"}[self.cert[0]])
            if self.untouched != self.cert.startswith("origin"):
                said.append("ClientHello reached an origin" if self.untouched else "ClientHello reached no origin")
        elif self.untouched:
            said.append("ClientHello reached an origin")
        if self.http is not None:
            said.append(f"GET {self.http}")
        if self.error:
            said.append(self.error)
        return ", ".join(said) or "nothing"


def _status(data):
    words = data.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def _head(sock):
    """Read the head of a reply, byte by byte so that nothing after it is read. Returns its status, or 0."""
    data = b""
    while not data.endswith(b"\r\n\r\n") and len(data) < 65536:
        byte = sock.recv(1)
        if not byte:
            break
        data += byte
    return _status(data), data


def _authorization(auth):
    return b"" if auth is None else b"Proxy-Authorization: Basic " + base64.b64encode(auth.encode()) + b"\r\n"


class _Tls:
    """TLS over a socket through memory buffers, so that the ClientHello can be inspected."""

    def __init__(self, sock, sni, highest=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the test is about whose certificate it is
        if highest:
            context.maximum_version = highest
        self.sock, self.random, self.first = sock, b"", b""
        self.inward, self.outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.inward, self.outward, server_hostname=sni)

    def _flush(self):
        data = self.outward.read()
        if data:
            self.random = self.random or hello.parse(data)[0]
            self.sock.sendall(data)

    def run(self, step, *args):
        while True:
            try:
                result = step(*args)
                self._flush()
                return result
            except ssl.SSLWantReadError:
                self._flush()
                data = self.sock.recv(65536)
                self.first = self.first or data
                if data:
                    self.inward.write(data)
                else:
                    self.inward.write_eof()


def _get(request, send, receive, answer):
    """Send a request and read the complete reply."""
    send(request)
    data = b""
    while len(data) < 1 << 20:
        piece = receive()
        if not piece:
            break
        data += piece
        head, blank, body = data.partition(b"\r\n\r\n")
        if blank:
            size = [int(f.split(b":")[1]) for f in head.split(b"\r\n") if f.lower().startswith(b"content-length:")]
            if size and len(body) >= size[0]:
                break
    answer.http = _status(data)
    try:
        answer.body = json.loads(data.partition(b"\r\n\r\n")[2])
    except ValueError:
        answer.body = {}


def _inside(site, sock, host, sni, raw, answer, how=USUAL):
    """Speak TLS on a connection and request a page. With `raw`, send only a hand-made ClientHello."""
    random = b""
    try:
        if raw is not None:
            random = os.urandom(32)
            sock.sendall(hello.build(raw, random))
            der = _wait_leaf(sock)
            answer.cert = site.whose(der) if der else None
            answer.error = None if der else "broken off (no certificate)"
            return
        tls = _Tls(sock, sni, how.tls)
        try:
            tls.run(tls.tls.do_handshake)
        finally:
            random = tls.random
            if tls.first.startswith(b"HTTP/"):
                answer.clear = _status(tls.first)
        answer.cert = site.whose(tls.tls.getpeercert(True))
        request = b"GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n" % (
            how.path.encode(), host.encode(), how.fields)
        _get(request, lambda d: tls.run(tls.tls.write, d), lambda: _read(tls), answer)
    except OSError as e:
        answer.error = "no answer in time" if isinstance(e, TimeoutError) else f"broken off ({type(e).__name__})"
    finally:
        answer.untouched = bool(random) and site.origin_saw(random)


def _read(tls):
    try:
        return tls.run(tls.tls.read, 65536)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return b""


def _wait_leaf(sock):
    data = b""
    while len(data) < 1 << 20:
        piece = sock.recv(65536)
        data += piece
        der = hello.leaf(data)
        if der or not piece:
            return der
    return None


def _literal(host):
    return host.startswith("[") or host.replace(".", "").isdigit()


def _connect(where, how=USUAL):
    """A connection from a port that no other one of this process had. In access.log a client is known by its port, and the
    kernel may give the same one to connections with different ends."""
    for port in itertools.islice(PORTS, 1000):
        sock = socket.socket(socket.AF_INET6 if ":" in where[0] else socket.AF_INET)
        try:
            sock.settimeout(TIMEOUT_S)
            if how.mark:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, how.mark)
            sock.bind((how.source, port))
            sock.connect(where)
            return sock
        except OSError as e:
            sock.close()
            if e.errno != errno.EADDRINUSE:
                raise
    raise OSError("no port is free")


def through(site, proxy, target, auth=None, sni="", raw=None, pause=None, how=USUAL):
    """CONNECT to `target` (host:port) and TLS inside. `sni`: the host by default, None for no SNI. `raw`: any bytes instead.
    `pause` is called between the two."""
    host, _, port = target.rpartition(":")
    answer = Answer()
    try:
        with _connect(proxy, how) as sock:
            answer.port = sock.getsockname()[1]
            sock.sendall(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n"
                         % (target.encode(), target.encode(), how.fields, _authorization(auth)))
            answer.connect, _ = _head(sock)
            if answer.connect == 200:
                if pause:
                    pause()
                if sni == "":
                    sni = None if _literal(host) else host
                _inside(site, sock, host if port == "443" else target, sni, raw, answer, how)
    except OSError as e:
        answer.error = "no answer in time" if isinstance(e, TimeoutError) else f"broken off ({type(e).__name__})"
    return answer


class Tunnel:
    """A CONNECT whose ClientHello, with any SNI bytes, is sent when the caller wants it."""

    def __init__(self, site, proxy, target, auth, timeout_s=5):
        self.site, self.random = site, os.urandom(32)
        self.sock = socket.create_connection(proxy, timeout_s)
        self.sock.sendall(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
                          % (target.encode(), target.encode(), _authorization(auth)))
        _head(self.sock)

    def hello(self, sni, hold=0):
        """Send the ClientHello. With `hold`, leave out that many bytes at the end; the returned function sends them."""
        data = hello.build(sni, self.random)
        self.sock.sendall(data[:len(data) - hold])
        return lambda: self.sock.sendall(data[len(data) - hold:])

    def seen(self):
        """Whose certificate came ('none' if none did), or 'origin' if the ClientHello got through. Closes the connection."""
        try:
            with self.sock:
                der = _wait_leaf(self.sock)
        except OSError:
            der = None
        if self.site.origin_saw(self.random):
            return "origin"
        return self.site.whose(der) if der else "none"


def direct(site, address, port=443, sni=None, raw=None, how=USUAL):
    """TLS to an address, as a client does that does not know about a proxy."""
    answer = Answer()
    try:
        with _connect((address, port), how) as sock:
            answer.port = sock.getsockname()[1]
            _inside(site, sock, sni or (f"[{address}]" if ":" in address else address), sni, raw, answer, how)
    except OSError as e:
        answer.error = "no answer in time" if isinstance(e, TimeoutError) else f"broken off ({type(e).__name__})"
    return answer


def plain(where, url, host, auth=None, how=USUAL, method="GET"):
    """Request `url` (absolute for a proxy, a path for an origin) at the address `where`, with `host` in Host."""
    answer = Answer()
    try:
        with _connect(where, how) as sock:
            answer.port = sock.getsockname()[1]
            request = b"%s %s HTTP/1.1\r\nHost: %s\r\n%s%sConnection: close\r\n\r\n" % (
                method.encode(), url.encode(), host.encode(), how.fields, _authorization(auth))
            _get(request, sock.sendall, lambda: sock.recv(65536), answer)
    except OSError as e:
        answer.error = "no answer in time" if isinstance(e, TimeoutError) else f"broken off ({type(e).__name__})"
    return answer


def main():
    parser = argparse.ArgumentParser(description="CONNECT through a proxy, speak TLS and print what was seen")
    parser.add_argument("--site", required=True)
    parser.add_argument("--proxy", required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--auth", metavar="USER:PASSWORD")
    parser.add_argument("--sni", default="")
    parser.add_argument("target", metavar="HOST:PORT")
    args = parser.parse_args()
    address, _, port = args.proxy.rpartition(":")
    answer = through(Site(args.site), (address, int(port)), args.target, args.auth, args.sni)
    print(f"{answer.port}|{answer.connect or 0}|{answer.cert or '-'}|{answer.http or 0}|{answer}")
    return 0 if answer.error is None else 1


if __name__ == "__main__":
    sys.exit(main())
