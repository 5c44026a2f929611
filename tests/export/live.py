# SPDX-License-Identifier: GPL-2.0-or-later
"""
live.py - real programs on loopback for the tests *_live.py: found or skipped, started, asked, ended.

Where it sits: tests/export/. What does not belong here: anything about one program.
"""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time

from truth import stage

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/frr"])


def need(*programs):
    """The paths of programs; skips the test if one is missing."""
    found = [shutil.which(program, path=PATH) for program in programs]
    for program, path in zip(programs, found):
        if path is None:
            raise stage.Skip(f"{program} is not installed")
    return found


def tool(program):
    return need(program)[0]


def example(words):
    """The lines that m365-export(7) shows and that hold these words, as an administrator would copy them."""
    with open(os.path.join(stage.SOURCE, "conf", "m365-export.7"), encoding="utf-8") as file:
        shown = [part.split("\n.Ed", 1)[0] for part in re.split(r"^\.Bd -literal.*\n", file.read(), flags=re.M)[1:]]
    found = [part for part in shown if words in part and not part.startswith("$ ")]
    stage.want(f"examples with '{words}'", len(found), 1)
    return found[0].replace("\\e", "\\").replace("\\-", "-") + "\n"


def checked(*command):
    """What a program says that checks a configuration. Fails if it refuses."""
    done = stage.run(*command)
    stage.check(done.returncode == 0, f"{command[0]} refuses", done.stdout, done.stderr)
    return done.stdout + done.stderr


@contextlib.contextmanager
def running(*command, ready):
    """A program from its start, until ready() is true, to its end."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.set_blocking(process.stdout.fileno(), False)
    try:
        until = time.monotonic() + stage.PATIENCE
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                raise stage.Failed(f"{command[0]} does not answer: {process.stdout.read()}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(stage.PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def listens(port):
    def ready():
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", port)) == 0
    return ready


def ask(port, hosts, target="/", header="Host"):
    """{host: (status, headers, body)} of requests over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=stage.PATIENCE)
    found = {}
    for host in hosts:
        connection.putrequest("GET", target.format(host), skip_host=True, skip_accept_encoding=True)
        if header != "Host":
            connection.putheader("Host", "any.example")
        connection.putheader(header, host)
        connection.endheaders()
        answer = connection.getresponse()
        found[host] = answer.status, dict(answer.getheaders()), answer.read().decode().strip()
    connection.close()
    return found


def hello(host):
    """The first message of a TLS client that asks for a host."""
    out = ssl.MemoryBIO()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), out, server_hostname=host).do_handshake()
    except ssl.SSLWantReadError:
        return out.read()
    raise stage.Failed("a handshake without a server")
