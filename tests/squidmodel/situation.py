# SPDX-License-Identifier: GPL-2.0-or-later
"""
situation.py - one REQUEST of m365ctl-trace, and the client that makes it.

    REQUEST text --> Situation --> client.py (e2e) --> Squid

Where it sits: tests/squidmodel/. The words are those of `m365ctl trace`. What the client saw becomes one of the ends that trace
knows, or a text that trace never says. What does not belong here: Squid's own view (seen.py), the choice of requests (grammar.py).
"""

import os
import shlex
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))
import client  # noqa: E402  pylint: disable=wrong-import-position

# Those with capital letters are other users where names depend on case.
PASSWORDS = {"alice": "secret", "bob": "hidden", "Alice": "secret", "BOB": "hidden"}
# 500, 502: Squid cannot forward the request.
STATUS_ENDS = {400: "deny", 403: "deny", 407: "ask", 401: "ask", 409: "conflict", 500: "deny", 502: "deny"}
client.TIMEOUT_S = 6


class Situation:
    """kind: CONNECT, INTERCEPT, or the method of a plain request. target: what follows it. words: the rest as a dictionary."""

    def __init__(self, text):
        self.text = text
        first, self.target, *rest = shlex.split(text)
        self.kind = first
        self.words = dict(word.partition("=")[::2] for word in rest)

    def is_tunnel(self):
        return self.kind in ("CONNECT", "INTERCEPT")

    def helper(self):
        return self.words.get("helper", "")

    def how(self, mark):
        fields = []
        if "agent" in self.words:
            fields.append(f"User-Agent: {self.words['agent']}")
        if "header" in self.words:
            fields.append(self.words["header"])
        if self.kind in ("POST", "PUT"):
            fields.append("Content-Length: 0")
        highest = ssl.TLSVersion.TLSv1_2 if self.words.get("tls") == "1.2" else None
        return client.How(self.words.get("from", ""), mark, highest, fields, "/")

    def auth(self):
        if "user" not in self.words:
            return None
        right = PASSWORDS.get(self.words["user"], "none")
        return f"{self.words['user']}:{'wrong' if self.words.get('password') == 'wrong' else right}"

    def listener(self, ports):
        """The port of the words, or the first one that fits."""
        if "port" in self.words:
            return ports[self.words["port"]]
        fitting = ("tls",) if self.kind == "INTERCEPT" else ("explicit",) if self.kind == "CONNECT" else ("explicit", "http")
        return next(port for kind in fitting for port in ports.values() if port[1] == kind)

    def run(self, site, ports, addresses):
        """Make the request. `ports` maps the names of listeners to (number, kind), with the kinds explicit, tls and http;
        `addresses` maps names to addresses. Returns client.Answer."""
        number, kind = self.listener(ports)
        how = self.how(number if kind != "explicit" else 0)
        proxy = ("::1" if ":" in self.words.get("from", "") else "127.0.0.1", number)
        if self.kind == "CONNECT":
            return client.through(site, proxy, self.target, self.auth(), self.words.get("sni"), how=how)
        if self.kind == "INTERCEPT":
            address, _, port = self.target.rpartition(":")
            return client.direct(site, address.strip("[]"), int(port), self.words.get("sni"), how=how)
        host, _, path = self.target.partition("://")[2].partition("/")
        if kind == "explicit":
            return client.plain(proxy, self.target, host, self.auth(), how, self.kind)
        name = host.strip("[]")
        return client.plain((addresses.get(name.rstrip(".").lower(), name), 80), "/" + path, host, self.auth(), how, self.kind)

    def end(self, answer):
        """What happened to it, in the words of trace."""
        if not self.is_tunnel():
            return "allow" if answer.http == 200 else STATUS_ENDS.get(answer.http, f"status {answer.http} {answer.error}")
        if answer.connect == 0:
            return "terminate"
        if answer.connect not in (None, 200):
            return STATUS_ENDS.get(answer.connect, f"status {answer.connect} {answer.error}")
        if answer.clear is not None:
            return STATUS_ENDS.get(answer.clear, f"status {answer.clear} in the clear")
        if answer.cert is None:
            return "terminate" if str(answer.error).startswith("broken off") else str(answer.error)
        if answer.http != 200:
            return STATUS_ENDS.get(answer.http, f"status {answer.http} {answer.error} after {answer.cert}")
        return "bump" if answer.cert == "squid" else "splice" if answer.untouched else f"{answer.cert}, touched"
