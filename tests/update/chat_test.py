#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""conf/notice-chat.sh: what a chat room gets to see of a notice, whatever stands in it.

    top_builddir=DIR tests/update/chat_test.py [WORD]...     only tests whose name contains a WORD

The room is a server of this program on a loopback address. The last line is `N passed, N failed[, N skipped]`.
"""
import http.server
import json
import os
import shutil
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, Skip, check, endpoint_set, want  # noqa: E402

SCRIPT = os.path.join(stage.SOURCE, "conf", "notice-chat.sh")
FENCE = "\n```\n"


class Room(stage.Site):
    """A chat room, and the options of curl that lead to it."""

    def __init__(self, status=200):
        super().__init__()
        for tool in ("curl", "iconv"):
            if shutil.which(tool) is None:
                raise Skip(f"no {tool}")
        self.status, self.posts = status, []
        room = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                room.posts.append((self.path, self.headers["Content-Type"], body))
                self.send_response(room.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.options = self.write("chat.curl", f'url = "http://127.0.0.1:{self.server.server_port}/hook"\nnoproxy = "*"\n')

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        super().close()

    def post(self, text, subject="generation 2 waits", words=()):
        environment = {**os.environ, "M365_EVENT": "pending", "M365_GENERATION": "2"}
        environment = {**{os.fsencode(k): os.fsencode(v) for k, v in environment.items()}, b"M365_SUBJECT": subject
                       if isinstance(subject, bytes) else subject.encode()}
        return stage.run("/bin/sh", SCRIPT, self.options, *words, input=text if isinstance(text, bytes) else text.encode(),
                         env=environment, text=False, cwd=self.top)

    def said(self, key="text"):
        """The one message, as a chat service reads it."""
        want("messages", len(self.posts), 1)
        path, kind, body = self.posts[0]
        want("path", path, "/hook")
        want("type", kind, "application/json; charset=utf-8")
        message = json.loads(body.decode("utf-8"))
        want("keys", list(message), [key])
        return message[key]


TEXTS = {
    "lines": ("a\nb\n\nc\n", "a\nb\n\nc"),
    "nothing": ("", ""),
    "quotes and backslashes": ('say "hi" \\ \\" \\n \\u0041\n', 'say "hi" \\ \\" \\n \\u0041'),
    "a JSON text": ('"}, {"text": "forged\n', '"}, {"text": "forged'),
    "a shell": ("$(touch owned) `touch owned`; touch owned | touch owned & ${IFS}\n",
                "$(touch owned) 'touch owned'; touch owned | touch owned & ${IFS}"),
    "formats": ("%s %n %d %%\n", "%s %n %d %%"),
    "options": ("--config /etc/passwd @/etc/passwd\n", "--config /etc/passwd (at)/etc/passwd"),
    "mentions and links": ("<!channel> @all <https://evil.example|click> <tenant>\n",
                           "\u2039!channel\u203a (at)all \u2039https://evil.example|click\u203a \u2039tenant\u203a"),
    "the end of the fence": ("```\n# big\n", "'''\n# big"),
    "control characters": (b"a\x00b\x07c\x1b[31md\x7f\re\tf\n", "abc[31mde\tf"),
    "not UTF-8": (b"a\xff\xfeb \xc3\xa9 \xed\xa0\x80 c\n", "ab \u00e9  c"),
    "other alphabets": ("Stra\u00dfe \u65e5\u672c \U0001f600\n", "Stra\u00dfe \u65e5\u672c \U0001f600"),
}


def test_texts():
    for name, (text, wanted) in TEXTS.items():
        for as_subject in (False, True):
            with Room() as room:
                if as_subject and (b"\0" in text if isinstance(text, bytes) else "\n" in text[:-1] or not text):
                    continue
                done = room.post("x\n", subject=text) if as_subject else room.post(text)
                want(f"{name}: exit", (done.returncode, done.stderr), (0, b""))
                subject, told = room.said().split(FENCE, 1)
                want(f"{name}, subject: {as_subject}", subject.rstrip("\n") if as_subject else told,
                     wanted if as_subject else wanted + "\n```")
                check(not os.path.exists(room.path("owned")), name)


def test_a_long_text_is_cut():
    with Room() as room:
        want("exit", room.post("\u00e9" * 100000).returncode, 0)
        told = room.said().split(FENCE, 1)[1]
        check(told.startswith("\u00e9" * 5999) and len(told) < 6100, told[:80])


def test_another_key():
    with Room() as room:
        want("exit", room.post("x\n", words=["content"]).returncode, 0)
        room.said("content")
    for words in (['a":"b'], ["a b"], ["text", "more"]):
        with Room() as room:
            want(words, (room.post("x\n", words=words).returncode, room.posts), (2, []))


def test_failures_are_failures():
    for status in (400, 403, 500):
        with Room(status) as room:
            check(room.post("x\n").returncode != 0, status)
    with Room() as room:
        room.write("chat.curl", "# no url\n")
        check(room.post("x\n").returncode != 0, "no url")
        room.options = room.path("none.curl")
        check(room.post("x\n").returncode != 0, "no file")


def test_with_m365ctl():
    with Room(500) as room:
        os.mkdir(room.path("data"))
        room.write("data/worldwide.rules", "optimize mail.example  id=1 area=Exchange tcp=80,443 source=worldwide\n")
        room.write("m365.conf", f"state state\ndata data\ndefault_canaries off\nnotice_command /bin/sh {SCRIPT} {room.options}\n")
        first = [endpoint_set(1, "Optimize", ["mail.example"], tcp="443")]
        for version, sets in ((2026010100, first), (2026020100, first + [endpoint_set(2, "Allow", ["*.new.example"], tcp="443")])):
            room.write("document.json", json.dumps(sets))
            done = room.ctl("import", "--version", str(version), room.path("document.json"))
            check("exited with status" in done.stderr, done.stderr)
            room.status = 200 if version == 2026020100 else 500
        check("published 1 1 c, pending 2 1 c" in room.read("state", "status"))
        digest = dict(line.split(" ", 1) for line in room.read("state", "gen-000002", "review.txt").splitlines()[:8])["digest"]
        del room.posts[:]
        want("reject", room.ctl("reject", digest[:12]).returncode, 0)
        check("OPENS *.new.example:443  was no rule, now Allow (set 2)\n  keep closed: inspect *.new.example\n" in room.said())


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
