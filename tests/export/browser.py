# SPDX-License-Identifier: GPL-2.0-or-later
"""
browser.py - a headless Chromium that asks for many hosts with a PAC file, a real proxy and a real direct path, all on
loopback; and its JavaScript engine.

Where it sits: tests/export/, under pac_live.py. What a host should get belongs to truth.py.

Chromium turns http into https for the names that it knows to want that. So both servers look at what arrives: a request
or a CONNECT at the proxy, and on the direct path the Host header or the server name of a TLS ClientHello.
"""

import json
import os
import shutil
import socketserver
import subprocess
import threading

from truth import stage

PAGE = """<!DOCTYPE html><script>
(async () => {
    const hosts = await (await fetch("/hosts")).json();
    for (let at = 0; at < hosts.length; at += 50)
        await Promise.allSettled(hosts.slice(at, at + 50).map(host =>
            fetch("http://" + host + "/asked", {mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(20000)})));
    await fetch("/done", {method: "POST", body: "all"});
})();
</script>"""


def server_name(hello):
    """The name in a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3); None if there is none."""
    try:
        at = 43
        at += 1 + hello[at]
        at += 2 + int.from_bytes(hello[at:at + 2], "big")
        at += 1 + hello[at]
        end = at + 2 + int.from_bytes(hello[at:at + 2], "big")
        at += 2
        while at < end:
            kind, length = int.from_bytes(hello[at:at + 2], "big"), int.from_bytes(hello[at + 2:at + 4], "big")
            if kind == 0:
                return hello[at + 9:at + 4 + length].decode()
            at += 4 + length
    except IndexError:
        pass
    return None


class Stage:
    """What the servers know."""

    def __init__(self, pac, hosts):
        self.pac, self.hosts = pac, hosts
        self.proxied, self.direct = set(), set()
        self.done = threading.Event()
        self.posted = None


def answer(connection, body, kind="text/html"):
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
                       f"Connection: close\r\n\r\n{body}".encode())


def head_of(connection):
    """What arrives up to the empty line, or a TLS record."""
    data = b""
    while b"\r\n\r\n" not in data and not (data[:1] == b"\x16" and len(data) > 5 and
                                           len(data) >= 5 + int.from_bytes(data[3:5], "big")):
        more = connection.recv(65536)
        if not more:
            break
        data += more
    return data


class Proxy(socketserver.BaseRequestHandler):
    def handle(self):
        words = head_of(self.request).decode("latin-1").split(" ")
        if len(words) > 1:
            self.server.stage.proxied.add(words[1].removeprefix("http://").split("/")[0].split(":")[0])
            answer(self.request, "proxy")


class Origin(socketserver.BaseRequestHandler):
    def handle(self):
        data = head_of(self.request)
        here = self.server.stage
        if data[:1] == b"\x16":
            here.direct.add(server_name(data))
            return
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1] if lines[0].count(" ") > 1 else "/"
        fields = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines[1:] if ":" in line}
        if path == "/asked":
            here.direct.add(fields.get("host", "").split(":")[0])
            answer(self.request, "direct")
        elif path == "/done":
            while len(body) < int(fields.get("content-length", "0")):
                body += self.request.recv(65536)
            here.posted = body.decode()
            answer(self.request, "thanks")
            here.done.set()
        else:
            bodies = {"/proxy.pac": here.pac, "/hosts": json.dumps(here.hosts), "/page": here.page}
            answer(self.request, bodies.get(path, ""), "application/json" if path == "/hosts" else
                   "application/x-ns-proxy-autoconfig" if path == "/proxy.pac" else "text/html")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 200

    def handle_error(self, request, client_address):
        pass  # the browser gave up a connection


def start(handler, here):
    server = Server(("127.0.0.1", 0), handler)
    server.stage = here
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise stage.Skip("chromium is not installed")
    return path


def run(pac_of, hosts, page=PAGE, limit=300):
    """Asks for every host; pac_of(proxy's port) is the PAC file. Returns (through the proxy, directly, what the page said)."""
    path = chromium()
    here = Stage("", hosts)
    here.page = page
    with stage.Place() as place, start(Proxy, here) as proxy, start(Origin, here) as origin:
        here.pac = pac_of(proxy.server_address[1])
        port = origin.server_address[1]
        command = [path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync",
                   f"--user-data-dir={place.path('profile')}", f"--proxy-pac-url=http://127.0.0.1:{port}/proxy.pac",
                   f"--host-resolver-rules=MAP * 127.0.0.1:{port}, EXCLUDE 127.0.0.1", f"http://127.0.0.1:{port}/page"]
        with open(place.path("log"), "wb") as log:
            browser = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": place.top})
            ended = here.done.wait(limit)
            browser.terminate()
            browser.wait(30)
        proxy.shutdown()
        origin.shutdown()
        if not ended:
            with open(place.path("log"), encoding="utf-8", errors="replace") as log:
                raise stage.Failed(f"Chromium did not end: {len(here.proxied)} proxied, {len(here.direct)} direct of "
                                   f"{len(hosts)}\n{log.read()[-1500:]}")
    return here.proxied, here.direct, here.posted
