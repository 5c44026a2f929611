#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rules.py - the cases of phase `rules`: url_m365_rewrite -r under the real Squid.

    run.sh --> rules.py --> Squid --> url_m365_rewrite -r rewrite.rules
                               `----> origin.py

Works like cases.py, and uses its stage, its counting and its command line. Python 3, standard library only.
"""
import os
import re
import socket
import sys

import client
from cases import PROXY, SPLICED, alive, case, main, wait_until


def ask(url):
    """The status, the Location and the first line of the page for a plain request through the proxy."""
    host = re.sub(r"^http://([^/]*).*", r"\1", url)
    with socket.create_connection(PROXY, client.TIMEOUT_S) as sock:
        sock.sendall(f"GET {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
        data = b""
        while piece := sock.recv(65536):
            data += piece
    head = data.partition(b"\r\n\r\n")[0].decode("latin-1")
    found = re.search(r"(?im)^location: (.*?)\r?$", head)
    return f"{head.split(' ')[1]} {found[1] if found else '-'}"


def redirects(stage):
    case("a blocked host", "302 https://intranet.example/blocked.html", ask("http://www.blocked.example/x"))
    case("a redirect with its path", "308 https://new.example/a/b?c=%20d", ask("http://old.example/a/b?c=%20d"))
    case("quotes, braces and a backslash in the URL", "308 https://new.example/%7Ba%7D%22%5Cx", ask('http://old.example/{a}"\\x'))
    case("a URL of 8000 bytes", True, ask(f"http://old.example/{'x' * 8000}") == f"308 https://new.example/{'x' * 8000}")
    case("Default is not bypassed", "307 https://intranet.example/consumer", ask("http://login.live.com/"))
    a = client.plain(PROXY, "http://outlook.office365.com/x", "outlook.office365.com")
    case("a bypassed host with a rule", "GET 200, GET /x HTTP/1.1, cat=Optimize why=rule",
         f"{a}, {a.body.get('request')}, {stage.note(a, 'cat', 'why')}")


def rewrites(stage):
    a = client.plain(PROXY, "http://mirror.example/a?b", "mirror.example")
    case("a rewritten URL", "GET 200, www.example.com GET /mirror/a?b HTTP/1.1",
         f"{a}, {a.body.get('host')} {a.body.get('request')}")
    notes = stage.log(a)[0].get("notes", "") if stage.log(a) else ""
    case("the line of the rule in the notes", True, "m365_line_:%206" in notes)
    a = client.plain(PROXY, "http://stranger.example/to/a{b", "stranger.example")
    case("a target that would not be a host is not used", "GET 200, stranger.example GET /to/a{b HTTP/1.1",
         f"{a}, {a.body.get('host')} {a.body.get('request')}")
    a = stage.through("www.example.com:443")
    case("a request inside a bumped tunnel", "CONNECT 200, Squid's certificate, GET 303", a)
    a = stage.through("tunnel.example:443")
    case("a CONNECT goes to another host:port", True, a.connect == 200 and a.cert == "origin stranger.example")
    a = stage.through("login.live.com:443")
    case("a CONNECT gets no URL", SPLICED, a)


def reload(stage):
    """The file changes under load. A bad file changes nothing. No request is lost."""
    path = os.path.join(stage.folder, "rewrite.rules")

    def add(text):
        with open(path, "a", encoding="ascii") as f:
            f.write(text)
    case("a URL without a rule", "200 -", ask("http://www.example.com/late"))
    add("block ~http://www\\.example\\.com/late https://intranet.example/late\n")
    came = wait_until(lambda: ask("http://www.example.com/late") == "302 https://intranet.example/late", 10)
    case("a rule added while Squid runs", True, came)
    add("block later.example relative\n")
    said = wait_until(lambda: ask("http://www.example.com/late") and "keeping the old rules" in stage.cache_log(), 10)
    case("a bad rule is refused with its line number", True, said and "line 11: 'relative'" in stage.cache_log())
    case("the old rules hold", "302 https://intranet.example/late", ask("http://www.example.com/late"))
    answers = {ask("http://www.blocked.example/") for _ in range(200)}
    case("200 requests", "one answer", "one answer" if len(answers) == 1 else sorted(answers))


def rules(stage):
    redirects(stage)
    rewrites(stage)
    reload(stage)
    alive(stage)


if __name__ == "__main__":
    sys.exit(main(rules))
