# SPDX-License-Identifier: GPL-2.0-or-later
"""
web.py - the environment for tests of the updater: a web service to ask, a folder to publish into, a helper that answers.

The service is nginx with a certificate from a CA made here. Behind it, a small Python server answers /version, /endpoints
and /changes from a table of answers. A raw TLS server does what nginx cannot do: reset a connection, stop in the middle
of TLS, send endless headers. Everything listens on 127.0.0.1, on ports that were free (port.py).

Where it sits: tests/update/, used by service_test.py. Every wait here has a time limit.
"""

import gzip
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from port import free_port  # noqa: E402
from stage import ACL, PATIENCE, endpoint_set  # noqa: E402


# ---- documents ---------------------------------------------------------------------------------------------------------


def document(*more, note="of no version"):
    """A small document; `more` are further sets. A real document differs with each version, in `note` at least."""
    return [
        endpoint_set(1, "Optimize", ["mail.example.net"], ["192.0.2.0/24", "2001:db8:1::/48"]),
        endpoint_set(2, "Allow", ["*.files.example.net"], ["198.51.100.0/24"], area="SharePoint"),
        {**endpoint_set(3, "Default", ["www.example.net"], area="Common"), "notes": note},
        *more,
    ]


def as_json(value):
    """As the service writes it: CRLF, two spaces, no newline at the end."""
    return json.dumps(value, indent=2).replace("\n", "\r\n").encode()


# ---- answers -----------------------------------------------------------------------------------------------------------


class Answer:
    """What the server that nginx forwards to sends for a path."""

    def __init__(self, body=b"", status=200, kind="application/json", headers=(), claim=None, pause=0.0, drip=0.0):
        self.body = body if isinstance(body, bytes) else as_json(body)
        self.status, self.kind, self.headers = status, kind, list(headers)
        self.claim = claim  # Content-Length, if it is wrong
        self.pause = pause  # seconds before the first byte
        self.drip = drip    # seconds between single bytes

    def send(self, to, stop):
        if self.pause:
            stop.wait(self.pause)
        head = [f"HTTP/1.1 {self.status} Said"]
        if self.kind:
            head.append(f"Content-Type: {self.kind}")
        head += self.headers + [f"Content-Length: {len(self.body) if self.claim is None else self.claim}",
                                "Connection: close"]
        to.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        if self.drip:
            for byte in self.body:
                if stop.wait(self.drip):
                    return
                to.sendall(bytes([byte]))
        else:
            to.sendall(self.body)


def zipped(body, **more):
    return Answer(gzip.compress(body, 9), headers=["Content-Encoding: gzip"], **more)


class Listener:
    """A server with a thread for each connection, at most PATIENCE seconds each."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.stopping = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.stopping.is_set():
            try:
                one, _ = self.socket.accept()
            except OSError:
                return
            one.settimeout(PATIENCE)
            threading.Thread(target=self.guarded, args=(one,), daemon=True).start()

    def guarded(self, one):
        try:
            self.serve(one)
        except (OSError, ValueError):
            pass
        finally:
            one.close()

    def serve(self, one):
        raise NotImplementedError

    def close(self):
        self.stopping.set()
        self.socket.close()


def read_head(one):
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65536:
        more = one.recv(4096)
        if not more:
            break
        head += more
    return head.decode("latin-1")


class Upstream(Listener):
    """The service itself; nginx forwards to it."""

    def __init__(self):
        self.answers = {}   # path -> Answer, or a list of them used one after the other
        self.requests = []  # (path, query)
        self.lock = threading.Lock()
        super().__init__()

    def serve(self, one):
        target = read_head(one).split(" ")[1]
        path, _, query = target.partition("?")
        with self.lock:
            self.requests.append((path, dict(urllib.parse.parse_qsl(query, keep_blank_values=True))))
            answer = self.answers.get(path, Answer(b"No such thing.", 404, "text/plain"))
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
        answer.send(one, self.stopping)

    def offer(self, version, made=None, instance="Worldwide", changes=None):
        """Makes the service offer this version of a document."""
        self.answers[f"/version/{instance}"] = Answer({"instance": instance, "latest": version})
        self.answers[f"/endpoints/{instance}"] = Answer(document(note=version) if made is None else made)
        self.changes = Answer([] if changes is None else changes)
        for old in ("2026010100", "2026020100", "2026030100"):
            self.answers[f"/changes/{instance}/{old}"] = self.changes

    def asked(self):
        """The paths requested since the last call, in order."""
        with self.lock:
            paths = [path for path, _ in self.requests]
            self.queries = dict(self.requests)
            self.requests.clear()
        return paths


class Raw(Listener):
    """Raw TLS, for what nginx never does. `mode` is reset, cut, headers or silent."""

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.mode = "reset"
        super().__init__()

    def serve(self, one):
        if self.mode == "silent":
            self.stopping.wait(PATIENCE)
            return
        with self.context.wrap_socket(one, server_side=True) as tls:
            read_head(tls)
            if self.mode == "headers":
                tls.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-Much: " + b"x" * 3000 + b"\r\n")
                while not self.stopping.is_set():  # until the other side hangs up, which is an OSError
                    tls.sendall(b"X-Much: " + b"x" * 3000 + b"\r\n")
            elif self.mode == "cut":
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[{")
            tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            bare = tls.detach()
            os.close(bare)


class Proxy(Listener):
    """A proxy that only supports CONNECT. With `refuse`, it answers with that status instead."""

    def __init__(self):
        self.seen = []
        self.refuse = None
        super().__init__()

    def serve(self, one):
        words = read_head(one).split(" ")
        self.seen.append(" ".join(words[:2]))
        if self.refuse:
            one.sendall(f"HTTP/1.1 {self.refuse} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        host, port = words[1].rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as other:
            one.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
            back = threading.Thread(target=self.copy, args=(other, one), daemon=True)
            back.start()
            self.copy(one, other)
            back.join(PATIENCE)

    @staticmethod
    def copy(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


# ---- certificates and nginx ----------------------------------------------------------------------------------------------


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=PATIENCE)


def make_authority(folder, name):
    key, certificate = f"{folder}/{name}.key", f"{folder}/{name}.pem"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
            certificate, "-days", "2", "-subj", f"/CN={name}")
    return certificate, key


def make_certificate(folder, name, subject, authority):
    key, certificate, request = (f"{folder}/{name}.{end}" for end in ("key", "pem", "csr"))
    extra = f"{folder}/{name}.ext"
    with open(extra, "w", encoding="ascii") as file:
        file.write(f"subjectAltName={subject}\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
            "-subj", f"/CN={name}")
    openssl("x509", "-req", "-in", request, "-CA", authority[0], "-CAkey", authority[1], "-CAcreateserial", "-days", "2",
            "-extfile", extra, "-out", certificate)
    return certificate, key


NGINX = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    ssl_certificate {good[0]};
    ssl_certificate_key {good[1]};
    server {{
        listen 127.0.0.1:{https} ssl;
        location / {{ proxy_pass http://127.0.0.1:{upstream}; proxy_http_version 1.1; proxy_read_timeout 60s; }}
        location /over/ {{ return 302 https://127.0.0.1:{https}/; }}
        location ~ ^/moved(/.*)$ {{ return 302 https://127.0.0.1:{https}$1?$args; }}
        location ~ ^/plain(/.*)$ {{ return 302 http://127.0.0.1:{http}$1?$args; }}
        location ~ ^/loop(/.*)$ {{ return 302 https://127.0.0.1:{https}/loop$1?$args; }}
        location /nothing/ {{ return 444; }}
    }}
    server {{
        listen 127.0.0.1:{other} ssl;
        ssl_certificate {wrong[0]};
        ssl_certificate_key {wrong[1]};
        location / {{ proxy_pass http://127.0.0.1:{upstream}; }}
    }}
    server {{
        listen 127.0.0.1:{http};
        location / {{ proxy_pass http://127.0.0.1:{upstream}; }}
    }}
}}
"""


class Service:
    """nginx, with the servers it forwards to and the ones it cannot replace."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="m365-service.")
        authority = make_authority(self.folder, "authority")
        self.ca_file = authority[0]
        self.stranger = make_authority(self.folder, "stranger")[0]
        good = make_certificate(self.folder, "good", "IP:127.0.0.1", authority)
        wrong = make_certificate(self.folder, "wrong", "DNS:elsewhere.example", authority)
        self.upstream = Upstream()
        self.raw = Raw(*good)
        self.proxy = Proxy()
        for _ in range(5):
            if self.start(good, wrong):
                return
        raise RuntimeError("nginx does not start: " + open(f"{self.folder}/nginx.log", encoding="utf-8").read())

    def start(self, good, wrong):
        self.https, self.other, self.http = free_port(), free_port(), free_port()
        with open(f"{self.folder}/nginx.conf", "w", encoding="ascii") as file:
            file.write(NGINX.format(user="user root;" if os.geteuid() == 0 else "", folder=self.folder, good=good,
                                    wrong=wrong, https=self.https, other=self.other, http=self.http,
                                    upstream=self.upstream.port))
        self.nginx = subprocess.Popen([nginx_path(), "-p", self.folder, "-c", f"{self.folder}/nginx.conf", "-g",
                                       "daemon off;"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until and self.nginx.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.https), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.02)
        self.nginx.kill()
        self.nginx.wait(PATIENCE)
        return False

    def url(self, path="", port=None):
        return f"https://127.0.0.1:{port or self.https}{path}"

    def close(self):
        for listener in (self.upstream, self.raw, self.proxy):
            listener.close()
        self.nginx.terminate()
        try:
            self.nginx.wait(10)
        except subprocess.TimeoutExpired:
            self.nginx.kill()
            self.nginx.wait(PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


def nginx_path():
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


# ---- an installation ---------------------------------------------------------------------------------------------------


class Site(stage.Site):
    """A configuration, a state folder, and helpers that answer from it."""

    def __init__(self, service):
        super().__init__()
        self.service = service
        self.helpers = []
        self.settings = {}
        self.configure(state=self.state, service_url=service.url(), ca_file=service.ca_file, review="auto",
                       default_canaries="off", timeout="5 seconds", connect_timeout="5 seconds")

    def configure(self, **settings):
        """Sets directives; None removes one."""
        self.settings.update(settings)
        with open(self.conf, "w", encoding="ascii") as file:
            for name, value in self.settings.items():
                if value is not None:
                    file.write(f"{name} {value}\n")

    def run(self, name, *arguments, stdin="", **environment):
        return self.ctl(name, *arguments, input=stdin, env={**os.environ, **environment})

    def update(self, *arguments, **environment):
        return self.run("update", *arguments, **environment)

    def next_update(self, *arguments, **environment):
        """An update an hour later."""
        self.set_status(next_poll=None)
        return self.update(*arguments, **environment)

    def status(self):
        try:
            lines = self.read("state", "status").splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split(" ", 1) for line in lines)

    def set_status(self, **values):
        status = {**self.status(), **values}
        with open(self.kept("status"), "w", encoding="utf-8") as file:
            file.writelines(f"{key} {value}\n" for key, value in status.items() if value is not None)

    def helper(self):
        helper = Helper([ACL, "-t", self.kept("current", "image")])
        self.helpers.append(helper)
        return helper

    def close(self):
        for helper in self.helpers:
            helper.close()
        super().close()


class Helper:
    """A running ext_m365_acl."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(self, name, port=443):
        guard = threading.Timer(PATIENCE, self.process.kill)
        guard.start()
        self.process.stdin.write(f"{name} - {port}\n".encode())
        self.process.stdin.flush()
        reply = self.process.stdout.readline().decode()
        guard.cancel()
        return reply.split(" ")[0].strip(), dict(word.split("=", 1) for word in reply.split()[1:])

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE)
        self.process.stdout.close()
