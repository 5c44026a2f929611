#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Transcripts of the helper protocol: request bytes in, exact reply bytes out, run against the built programs.

    top_builddir=DIR tests/protocol/protocol_test.py [WORD]...     only tests whose name contains a WORD

A helper gets one socket for stdin and stdout, as it does from Squid. Where the boundaries of reads or writes matter,
the socket is of type SOCK_SEQPACKET, which preserves them. Every wait has a time limit. The last line is
`N passed, N failed`.
"""
import concurrent.futures
import os
import random
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import ACL, CTL, PATIENCE, URL, Failed, want  # noqa: E402

LINE_MAX = 64 << 10
PIECE_MAX = 16 << 10

TABLE = """\
# version: 2025120100
optimize outlook.office365.com  id=1 area=Exchange tcp=80,443 udp=443 required expressroute
optimize 192.0.2.0/24           id=1 area=Exchange tcp=80,443 udp=443 required expressroute
optimize 2001:db8:1::/48        id=1 area=Exchange tcp=80,443 udp=443 required expressroute
allow    *.mail.example         id=2 area=Mail tcp=143,443
allow    198.51.100.0/24        id=2 area=Mail tcp=143,443
default  *.static.example       id=3 area=Common tcp=80,443
optimize 12345                  id=4 area=Common tcp=443
inspect  login.mail.example
allow    .partner.example       tcp=8443
"""
LONG_WORD = "A" * 32
LONG_TABLE = f"# version: {'9' * 32}\noptimize long.example id=4294967295 area={LONG_WORD} tcp=443 required\n"

GEN = "m365_gen_=2025120100"
EXCHANGE = f"m365_cat_=Optimize m365_area_=Exchange m365_id_=1 m365_why_=rule {GEN}"
MAIL = f"m365_cat_=Allow m365_area_=Mail m365_id_=2 m365_why_=rule {GEN}"
STATIC = f"m365_cat_=Default m365_area_=Common m365_id_=3 m365_why_=category {GEN}"
NUMERIC = f"m365_cat_=Optimize m365_area_=Common m365_id_=4 m365_why_=rule {GEN}"
PARTNER = f"m365_cat_=Allow m365_why_=rule {GEN}"


def why(word):
    return f"m365_why_={word} {GEN}"


NO_TABLE = "ERR m365_why_=no-table"
BAD_LINE = "ERR " + why("bad-line")
BAD_NAME = "ERR " + why("bad-name")
O365 = "outlook.office365.com"

# name, program, options, input, replies; `T` is the table
TRANSCRIPTS = [
    # channel-IDs
    ("no ID", ACL, "", f"{O365} - 443\n", [f"OK {EXCHANGE}"]),
    ("no ID, forced", ACL, "-C", f"{O365} - 443\n12345 - 443\n", [f"OK {EXCHANGE}", f"OK {NUMERIC}"]),
    ("ID found", ACL, "", f"0 {O365} - 443 -\n7 a.example - 443 -\n", [f"0 OK {EXCHANGE}", f"7 ERR {why('no-rule')}"]),
    ("ID forced", ACL, "-c", f"1 {O365} - 443\n2\n3 \n4 a\n",
     [f"1 OK {EXCHANGE}", f"2 {BAD_LINE}", f"3 {BAD_LINE}", f"4 {BAD_LINE}"]),
    ("ID forced, ten digits", ACL, "-c", f"1234567890 {O365} - 443\n", [f"1234567890 OK {EXCHANGE}"]),
    ("ID forced, 20 digits, leading zeros", ACL, "-c", f"00000000000000000007 {O365} - 443\n",
     [f"00000000000000000007 OK {EXCHANGE}"]),
    ("no ID: numeric host and two more tokens", ACL, "", "12345 - 443\n0 - 443\n",
     [f"OK {NUMERIC}", f"ERR {why('no-rule')}"]),
    ("no ID: numeric host after another one", ACL, "", "a.example - 443 -\n12345 - 443 -\n",
     [f"ERR {why('no-rule')}", f"OK {NUMERIC}"]),
    ("no ID: ten digits", ACL, "", "1234567890 a b -\n", [f"ERR {why('bad-port')}"]),
    ("no ID: an address", ACL, "", "192.0.2.1 - 443 -\n", [f"OK {EXCHANGE}"]),
    ("no ID: a number as a field that is ignored, and an argument", ACL, "-F ignore,dst,sni,port",
     f"3128 {O365} - 443 Optimize\nx {O365} - 443 Optimize\n3128 {O365} {O365} 443\n", [f"OK {EXCHANGE}"] * 3),
    ("no ID: a number as the SNI, and an argument", ACL, "-F sni,dst,port",
     f"7 192.0.2.1 443 Optimize\n{O365} 192.0.2.1 443 Optimize\n", [f"ERR {why('no-rule')}", f"OK {EXCHANGE}"]),
    ("ID in front of a field that is ignored", ACL, "-F ignore,dst,sni,port",
     f"1 3128 {O365} - 443 Optimize\n2 x {O365} - 443\n", [f"1 OK {EXCHANGE}", f"2 OK {EXCHANGE}"]),
    ("ID: the count of tokens follows -F", ACL, "-F dst", "12345 outlook.office365.com\n",
     [f"12345 OK {EXCHANGE}"]),
    ("ID with too few tokens after it, from the first line on", ACL, "", f"1 a\n2\n3 {O365} - 443 -\n4 a\n",
     [f"1 {BAD_LINE}", f"2 {BAD_LINE}", f"3 OK {EXCHANGE}", f"4 {BAD_LINE}"]),
    ("ID in front of a FORMAT with too few tokens", ACL, "", f"1 {O365} -\n2 {O365} - 443\n3 {O365} 443\n",
     [f"1 {BAD_LINE}", f"2 OK {EXCHANGE}", f"3 {BAD_LINE}"]),
    ("ID found after empty lines", ACL, "", f"\n  \n5 {O365} - 443 -\n", [BAD_LINE, BAD_LINE, f"5 OK {EXCHANGE}"]),
    # lines
    ("empty lines", ACL, "", f"{O365} - 443\n\n \n   \n{O365} - 443\n",
     [f"OK {EXCHANGE}", BAD_LINE, BAD_LINE, BAD_LINE, f"OK {EXCHANGE}"]),
    ("CR LF", ACL, "", f"{O365} - 443\r\n\r\n{O365} - 443 -\r\n", [f"OK {EXCHANGE}", BAD_LINE, f"OK {EXCHANGE}"]),
    ("no newline at the end", ACL, "", f"{O365} - 443\n{O365} - 443", [f"OK {EXCHANGE}", f"OK {EXCHANGE}"]),
    ("too few tokens", ACL, "", f"{O365}\n{O365} -\n", [BAD_LINE, BAD_LINE]),
    ("more spaces", ACL, "", f"  {O365}   -  443  \n", [f"OK {EXCHANGE}"]),
    ("a tab separates nothing", ACL, "", f"{O365}\t- - 443\n", [BAD_NAME]),
    ("upper case, trailing dot", ACL, "", "OUTLOOK.Office365.COM. - 443\n", [f"OK {EXCHANGE}"]),
    ("nothing is decoded", ACL, "", f"{O365}%00.evil.example - 443\n%6futlook.office365.com - 443\n",
     [BAD_NAME, BAD_NAME]),
    ("absent destination", ACL, "", "- - 443\n", [BAD_NAME]),
    ("absent port", ACL, "", f"{O365} - -\n", [f"OK {EXCHANGE}"]),
    ("bad ports", ACL, "", f"{O365} - 0\n{O365} - 65536\n{O365} - x\n{O365} - 443x\n", [f"ERR {why('bad-port')}"] * 4),
    ("another port", ACL, "", f"{O365} - 25\n", [f"ERR {why('port')}"]),
    ("SNI", ACL, "", f"{O365} {O365} 443\n{O365} evil.example 443\n{O365} 192.0.2.1 443\n",
     [f"OK {EXCHANGE}", f"ERR {why('sni-mismatch')}", f"ERR {why('sni-mismatch')}"]),
    ("addresses", ACL, "", "192.0.2.77 - 443\n%5B2001:db8:1::7%5D - 443\n::ffff:192.0.2.77 - 443\n192.0.3.1 - 443\n",
     [f"OK {EXCHANGE}"] * 3 + [f"ERR {why('no-rule')}"]),
    ("address and SNI", ACL, "", f"192.0.2.77 {O365} 443\n198.51.100.1 {O365} 443\n",
     [f"OK {EXCHANGE}", f"ERR {why('address-mismatch')}"]),
    ("local rules", ACL, "", "login.mail.example - 443\npartner.example - 8443\npartner.example - 443\n",
     [f"ERR {why('local-inspect')}", f"OK {PARTNER}", f"ERR {why('port')}"]),
    ("category that is not bypassed", ACL, "", "a.static.example - 443\n", [f"ERR {STATIC}"]),
    # ACL arguments
    ("a dash is not an argument", ACL, "", f"{O365} - 443 -\n", [f"OK {EXCHANGE}"]),
    ("category", ACL, "", f"{O365} - 443 Optimize\n{O365} - 443 Allow\nx.mail.example - 443 Allow\n",
     [f"OK {EXCHANGE}", f"ERR {EXCHANGE}", f"OK {MAIL}"]),
    ("categories", ACL, "", f"{O365} - 443 Allow Optimize\na.static.example - 443 Allow Optimize\n",
     [f"OK {EXCHANGE}", f"ERR {STATIC}"]),
    ("Default", ACL, "", f"a.static.example - 443 Default\n{O365} - 443 Default\n{O365} - 443 Optimize Default\n"
     "a.static.example - 25 Default\nlogin.mail.example - 443 Default\n",
     [f"OK {STATIC}", f"ERR {EXCHANGE}", f"OK {EXCHANGE}", f"ERR {why('port')}", f"ERR {why('local-inspect')}"]),
    ("Default: every identifier must agree", ACL, "-F dst,sni,la,port",
     "a.static.example b.static.example - 443 Default\na.static.example evil.example - 443 Default\n"
     "a.static.example - 203.0.113.1 443 Default\na.static.example a.static.example 203.0.113.1 443 Default\n"
     f"a.static.example {O365} - 443 Default\na.static.example login.mail.example - 443 Default\n",
     [f"OK {STATIC}", f"ERR {STATIC}", f"ERR {STATIC}", f"OK {STATIC}", f"OK {STATIC}", f"ERR {STATIC}"]),
    ("Default and other kinds", ACL, "", "a.static.example - 443 Default Common\na.static.example - 443 Default Mail\n"
     "a.static.example - 443 Default required\n", [f"OK {STATIC}", f"ERR {STATIC}", f"ERR {STATIC}"]),
    ("area", ACL, "", f"{O365} - 443 Exchange\n{O365} - 443 Mail\n{O365} - 443 Mail Exchange\n",
     [f"OK {EXCHANGE}", f"ERR {EXCHANGE}", f"OK {EXCHANGE}"]),
    ("required, expressroute", ACL, "", f"{O365} - 443 required\n{O365} - 443 expressroute required\n"
     "x.mail.example - 443 required\nx.mail.example - 443 expressroute\n",
     [f"OK {EXCHANGE}", f"OK {EXCHANGE}", f"ERR {MAIL}", f"ERR {MAIL}"]),
    ("kinds are combined", ACL, "", f"{O365} - 443 Optimize Exchange required\n{O365} - 443 Optimize Mail required\n"
     "x.mail.example - 443 Allow Mail Optimize\n", [f"OK {EXCHANGE}", f"ERR {EXCHANGE}", f"OK {MAIL}"]),
    ("arguments do not widen", ACL, "", f"{O365} evil.example 443 Optimize\nevil.example - 443 Optimize\n",
     [f"ERR {why('sni-mismatch')}", f"ERR {why('no-rule')}"]),
    # -F
    ("-F dst,sni,la,port", ACL, "-F dst,sni,la,port", f"{O365} {O365} 192.0.2.9 443 -\n{O365} - 203.0.113.9 443 -\n"
     "192.0.2.9 - 192.0.2.9 443 -\n", [f"OK {EXCHANGE}", f"ERR {why('address-mismatch')}", f"OK {EXCHANGE}"]),
    ("-F with ignore", ACL, "-F ignore,dst,ignore,port", f"5 {O365} x 443\n6 {O365} y 25 -\n",
     [f"OK {EXCHANGE}", f"ERR {why('port')}"]),
    ("-F dst,port with arguments", ACL, "-F dst,port", f"1 {O365} 443 Mail\n", [f"1 ERR {EXCHANGE}"]),
    # url_m365_rewrite
    ("URLs", URL, "", f"https://{O365}/owa?x=1 GET\nhttp://{O365} GET\nhttp://{O365}:25/ GET\n",
     [f"OK {EXCHANGE}", f"OK {EXCHANGE}", f"ERR {why('port')}"]),
    ("CONNECT", URL, "", f"3 {O365}:443 CONNECT\n4 [2001:db8:1::1]:443\n5 192.0.2.1:443 - -\n",
     [f"3 OK {EXCHANGE}", f"4 OK {EXCHANGE}", f"5 OK {EXCHANGE}"]),
    ("default extras", URL, "", f"1 http://{O365}/x?x=1%20 127.0.0.1/127.0.0.1 - GET myip=127.0.0.1 myport=3128\n",
     [f"1 OK {EXCHANGE}"]),
    ("sni=", URL, "", f"{O365}:443 CONNECT sni=-\n{O365}:443 sni={O365}\n{O365}:443 sni=evil.example\n"
     f"{O365}:443 sni={O365} sni=evil.example\n",
     [f"OK {EXCHANGE}", f"OK {EXCHANGE}", f"ERR {why('sni-mismatch')}", f"ERR {why('sni-mismatch')}"]),
    ("la=", URL, "", f"http://{O365}/ la=192.0.2.7\nhttp://{O365}/ la=203.0.113.7\nhttp://{O365}/ la=-\n",
     [f"OK {EXCHANGE}", f"ERR {why('address-mismatch')}", f"OK {EXCHANGE}"]),
    ("user part", URL, "", f"http://{O365}@evil.example/\nhttp://{O365}%00.evil.example/\n",
     [f"ERR {why('no-rule')}", BAD_NAME]),
    ("empty URLs", URL, "-c", "1 \n2\n3  \n", [f"1 {BAD_LINE}", f"2 {BAD_LINE}", f"3 {BAD_LINE}"]),
    ("Default is not bypassed", URL, "", "http://a.static.example/ Default\n", [f"ERR {STATIC}"]),
]


RULES = """\
# what is not bypassed
redirect 301 ~http://old\\.example/(.*) https://new.example/$1
block .bad.example https://page.example/blocked
rewrite cdn.example cache.example:443
rewrite ~http://cdn\\.example/(.*) http://cache.example/$1
block login.mail.example https://page.example/login
redirect 302 outlook.office365.com https://evil.example/
"""
# what a rule adds before the notes of the verdict
MOVED = 'OK status=301 url="https://new.example/{}" m365_line_=2 ' + why("no-rule")
BLOCKED = 'OK status=302 url="https://page.example/blocked" m365_line_=3 ' + why("no-rule")
TUNNEL = 'OK rewrite-url="cache.example:443" m365_line_=4 ' + why("no-rule")
FETCHED = 'OK rewrite-url="http://cache.example/{}" m365_line_=5 ' + why("no-rule")

# name, options, input, replies; with -r RULES
REWRITES = [
    ("a bypassed request is never touched", "", f"http://{O365}/ GET\n{O365}:443 CONNECT\nhttp://{O365}:25/ GET\n",
     [f"OK {EXCHANGE}", f"OK {EXCHANGE}", 'OK status=302 url="https://evil.example/" m365_line_=7 ' + why("port")]),
    ("an inspected one is", "", "http://login.mail.example/ GET\n",
     ['OK status=302 url="https://page.example/login" m365_line_=6 ' + why("local-inspect")]),
    ("a category that is not bypassed, no rule for it", "", "http://a.static.example/\n", [f"ERR {STATIC}"]),
    ("default extras", "",
     "1 http://old.example/x?x=1%20 127.0.0.1/127.0.0.1 - GET myip=127.0.0.1 myport=3128\n"
     "2 cdn.example:443 10.0.0.1/client.example alice CONNECT myip=10.0.0.2 myport=3128\n",
     ["1 " + MOVED.format("x?x=1%20"), "2 " + TUNNEL]),
    ("request line of Squid 3.5, intercepted", "",
     "0 http://old.example/ 10.0.0.1/- - GET myip=- myport=-\n1 203.0.113.10:443 10.0.0.1/- - CONNECT myip=- myport=-\n",
     ["0 " + MOVED.format(""), f"1 ERR {why('no-rule')}"]),
    ("only a method and no extras", "-C", "http://a.bad.example/ GET\nhttp://bad.example/\n", [BLOCKED, BLOCKED]),
    ("SNI and address as extras", "", f"http://old.example/a GET sni=- la=203.0.113.7\n{O365}:443 CONNECT sni=a.bad.example\n",
     [MOVED.format("a"), f"ERR {why('sni-mismatch')}"]),
    ("a bumped request", "", "https://www.bad.example/x GET sni=www.bad.example\n", [BLOCKED]),
    ("no URL for a CONNECT", "", "bad.example:443 CONNECT\nold.example:80 CONNECT\n", [f"ERR {why('no-rule')}"] * 2),
    ("quotes in a URL", "", 'http://old.example/"x\\y"?{z}\thttp://cdn.example/ GET\nhttp://cdn.example/" OK GET\n',
     [MOVED.format("%22x%5Cy%22?%7Bz%7D%09http://cdn.example/"), FETCHED.format("%22")]),
    ("lines without a URL", "-c", "1 \n2\n", [f"1 {BAD_LINE}", f"2 {BAD_LINE}"]),
]


class Place(stage.Place):
    """The folder of one test, with tables."""

    def compile(self, name, text=TABLE):
        source = self.write(name + ".rules", text)
        done = stage.run(CTL, "compile", "-o", self.path(name + ".image"), "-t", source)
        want("m365ctl compile", (done.returncode, done.stderr if done.returncode else ""), (0, ""))
        with open(self.path(name + ".image"), "rb") as image:
            return image.read()


class Helper:
    """A running helper on a socket."""

    def __init__(self, place, program, *options, kind=socket.SOCK_STREAM):
        self.ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
        for end in (self.ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.ours.settimeout(PATIENCE)
        self.stderr = tempfile.TemporaryFile(dir=place.top)
        self.child = subprocess.Popen([program, *options], stdin=theirs, stdout=theirs, stderr=self.stderr)
        theirs.close()
        self.rest = b""

    def send(self, data):
        self.ours.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        while b"\n" not in self.rest:
            got = self.ours.recv(1 << 16)
            if not got:
                raise Failed("the helper closed its end")
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode()

    def ask(self, data):
        self.send(data)
        return self.line()

    def finish(self):
        """Ends the input. Returns the remaining output, the exit status and the messages."""
        self.ours.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := self.ours.recv(1 << 20):
            pieces.append(piece)
        status = self.child.wait(PATIENCE)
        self.ours.close()
        return pieces, status, self.said()

    def said(self):
        return os.pread(self.stderr.fileno(), 1 << 20, 0).decode()

    def kill(self):
        self.ours.close()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.stderr.close()


def run(program, options, data, **more):
    done = stage.run(program, *options, input=data, text=False, **more)
    return done.stdout, done.returncode, done.stderr.decode()


def until(what, seconds, probe):
    """Repeats the probe until it is true."""
    end = time.monotonic() + seconds
    while not (got := probe()):
        if time.monotonic() > end:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return got


TESTS = []


def test(function):
    TESTS.append((function.__name__.replace("_", " "), function))
    return function


def add_transcripts():
    def make(program, options, data, replies):
        def check(place):
            out, status, said = run(program, ["-t", place.write("t.rules", TABLE), *options.split()], data.encode())
            want("replies", out.decode().split("\n"), [*replies, ""])
            want("status, stderr", (status, said), (0, ""))
        return check
    for name, program, options, data, replies in TRANSCRIPTS:
        TESTS.append((name, make(program, options, data, replies)))


def add_rewrites():
    def make(options, data, replies):
        def check(place):
            table, rules = place.write("t.rules", TABLE), place.write("rewrite", RULES)
            out, status, said = run(URL, ["-t", table, "-r", rules, *options.split()], data.encode())
            want("replies", out.decode().split("\n"), [*replies, ""])
            want("status, stderr", (status, said), (0, ""))
        return check
    for name, options, data, replies in REWRITES:
        TESTS.append(("rewrite: " + name, make(options, data, replies)))


def start(place, program=ACL, *options, **more):
    return Helper(place, program, "-t", place.write("t.rules", TABLE), *options, **more)


@test
def every_byte_in_a_line(place):
    """One reply for every byte. A line end in the SNI makes two lines, which is why FORMAT needs the hash sign."""
    table = place.write("t.rules", TABLE)
    data = b"".join(b"%d %s - 443 -\n%d a%cb %s 443 -\n" % (byte, O365.encode(), 1000 + byte, byte, O365.encode())
                    for byte in range(256) if byte != 10)
    out, status, said = run(ACL, ["-t", table], data)
    lines = out.decode().split("\n")
    want("count, status", (len(lines), status), (2 * 255 + 1, 0))
    want("stderr: with a space, the port becomes an argument", said.count("\n"), 1)
    for byte, (first, second) in zip((b for b in range(256) if b != 10), zip(lines[::2], lines[1::2])):
        want("good line", first, f"{byte} OK {EXCHANGE}")
        known = chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-_.")
        verdict = "bad-port" if byte == 32 else "no-rule" if known else "bad-name"
        want(f"byte {byte}", second, f"{1000 + byte} ERR {why(verdict)}")


@test
def noise(place):
    table = place.write("t.rules", TABLE)
    dice = random.Random(365)
    for options, ids in ((["-C"], False), (["-c"], True)):
        lines = [dice.randbytes(dice.randrange(300)).replace(b"\n", b"x") for _ in range(3000)]
        if ids:
            lines = [b"%d %s" % (number, line) for number, line in enumerate(lines)]
        out, status, _ = run(ACL, ["-t", table, *options], b"".join(line + b"\n" for line in lines))
        replies = out.decode().split("\n")
        want("replies, status", (len(replies), status), (len(lines) + 1, 0))
        for number, reply in enumerate(replies[:-1]):
            if not re.fullmatch((f"{number} " if ids else "") + r"(OK|ERR)( m365_[a-z]+_=[A-Za-z0-9._-]+)+", reply):
                raise Failed(f"reply {reply!r}")


@test
def long_lines(place):
    table = place.write("t.rules", TABLE)
    for size in (60000, LINE_MAX - 1, LINE_MAX, LINE_MAX + 1, 100000, 5 << 20):
        verdict = "bad-name" if size <= LINE_MAX else "bad-line"
        for head, prefix in ((b"", ""), (b"1 ", "1 ")):
            line = head + b"x" * (size - len(head) - len(b" - 443")) + b" - 443"
            good = head.replace(b"1", b"2") + O365.encode() + b" - 443\n"
            out, status, said = run(ACL, ["-t", table], line + b"\n" + good)
            replies = [f"{prefix}ERR {why(verdict)}", f"{prefix and '2 '}OK {EXCHANGE}", ""]
            want(f"{size} bytes", (out.decode().split("\n"), status, said), (replies, 0, ""))
            out, status, said = run(ACL, ["-t", table], line)
            want(f"{size} bytes without an end", (out.decode().split("\n"), status, said), ([replies[0], ""], 0, ""))


@test
def split_at_every_position(place):
    """A line, an ID or a CR LF may be split anywhere."""
    text = f"1 {O365} - 443 -\r\n22 x.mail.example - 143 Allow\n333 a\n".encode()
    replies = f"1 OK {EXCHANGE}\n22 OK {MAIL}\n333 {BAD_LINE}\n".encode()
    for at in range(1, len(text)):
        helper = start(place, kind=socket.SOCK_SEQPACKET)
        try:
            helper.send(text[:at])
            helper.send(text[at:])
            pieces, status, said = helper.finish()
            want(f"cut at {at}", (b"".join(pieces), status, said), (replies, 0, ""))
            want("every write ends a line", [p[-1:] for p in pieces], [b"\n"] * len(pieces))
        finally:
            helper.kill()


@test
def byte_by_byte(place):
    text = f"1 {O365} - 443 -\r\n22 x.mail.example - 143 Allow\n333 a\n".encode()
    helper = start(place, kind=socket.SOCK_SEQPACKET)
    try:
        for at in range(len(text)):
            helper.send(text[at:at + 1])
        pieces, status, said = helper.finish()
        want("pieces", pieces, [f"1 OK {EXCHANGE}\n".encode(), f"22 OK {MAIL}\n".encode(), f"333 {BAD_LINE}\n".encode()])
        want("status, stderr", (status, said), (0, ""))
    finally:
        helper.kill()


@test
def one_write_for_a_batch(place):
    """All replies to one read go out in one write; many go out in pieces of at most 16 KB that end with a line."""
    for count in (1, 50, 5000):
        helper = start(place, kind=socket.SOCK_SEQPACKET)
        try:
            helper.send("".join(f"{number} {O365} - 443 -\n" for number in range(count)))
            pieces, status, _ = helper.finish()
            replies = "".join(f"{number} OK {EXCHANGE}\n" for number in range(count)).encode()
            want("status", status, 0)
            want("replies", b"".join(pieces), replies)
            want("writes", len(pieces), 1 if len(replies) <= PIECE_MAX else len(pieces))
            if max(map(len, pieces)) > PIECE_MAX or len(pieces) > len(replies) / (PIECE_MAX - 400) + 2:
                raise Failed(f"pieces of {[len(p) for p in pieces]}")
            want("every piece ends a line", [p[-1:] for p in pieces], [b"\n"] * len(pieces))
        finally:
            helper.kill()


@test
def a_reader_that_stalls(place):
    count = 40000
    helper = start(place)
    try:
        data = "".join(f"{number} {O365} - 443 -\n" for number in range(count)).encode()
        helper.ours.setblocking(False)
        sent, got, slow = 0, b"", time.monotonic() + 1
        end = time.monotonic() + PATIENCE
        while got.count(b"\n") < count and time.monotonic() < end:
            try:
                sent += helper.ours.send(data[sent:sent + 65536]) if sent < len(data) else 0
            except BlockingIOError:
                pass
            try:
                got += helper.ours.recv(1 << 16) if time.monotonic() > slow else b""
            except BlockingIOError:
                time.sleep(0.001)
        helper.ours.settimeout(PATIENCE)
        want("replies", got, "".join(f"{number} OK {EXCHANGE}\n" for number in range(count)).encode())
        want("end", helper.finish(), ([], 0, ""))
    finally:
        helper.kill()


@test
def nobody_reads_any_more(place):
    helper = start(place)
    try:
        want("reply", helper.ask(f"{O365} - 443\n"), f"OK {EXCHANGE}")
        helper.send(f"{O365} - 443\n" * 3000)
        helper.ours.close()
        if helper.child.wait(PATIENCE) not in (0, 1):
            raise Failed(f"status {helper.child.returncode}")
    finally:
        helper.kill()


@test
def a_line_without_an_ID(place):
    helper = start(place)
    try:
        helper.send(f"1 {O365} - 443\n{O365} - 443\n\nx1 {O365} - 443\n123456789012345678901 {O365} - 443\n-1 a b c\n"
                    f"1x {O365} - 443\n2 {O365} - 443\n")
        want("replies", [helper.line(), helper.line()], [f"1 OK {EXCHANGE}", f"2 OK {EXCHANGE}"])
        pieces, status, said = helper.finish()
        want("end", (pieces, status), ([], 0))
        want("stderr", len(re.findall(r"^ext_m365_acl: ignored 1 line without a channel-ID; .*$", said, re.M)), 1)
    finally:
        helper.kill()


@test
def a_number_that_may_be_either(place):
    """It is echoed and said once; the next line that makes sense in one way alone decides."""
    table = place.write("t.rules", TABLE + "allow intranet\n")
    out, status, said = run(ACL, ["-t", table, "-F", "ignore,dst"], f"1 x intranet\n2 y intranet\n3 x {O365}\n4 x intranet\n".encode())
    want("replies", re.findall(r"^\d+ \w+", out.decode(), re.M), ["1 OK", "2 OK", "3 OK", "4 OK"])
    want("status, stderr", (status, said.count("\n"), "add -c if there is a concurrency=, else -C" in said), (0, 1, True))


@test
def unknown_arguments_are_said_once(place):
    table = place.write("t.rules", TABLE)
    data = f"{O365} - 443 Foo\n{O365} - 443 optimize\n{O365} - 443 Optimize -\n" * 50
    out, status, said = run(ACL, ["-t", table], data.encode())
    want("replies, status", (out.decode(), status), (f"ERR {EXCHANGE}\n" * 150, 0))
    want("stderr", re.findall(r"'([^']*)'", said), ["Foo", "optimize", "-"])
    data = "".join(f"{O365} - 443 Word{number % 40}\n" for number in range(100))
    out, status, said = run(ACL, ["-t", table], data.encode())
    want("many words", (out.count(b"\n"), said.count("\n")), (100, 16))


@test
def replies_stay_below_200_bytes(place):
    table = place.write("t.rules", LONG_TABLE)
    out, status, said = run(ACL, ["-t", table, "-c"], f"{'9' * 20} long.example - 443 {LONG_WORD}\n".encode())
    notes = f"m365_cat_=Optimize m365_area_={LONG_WORD} m365_id_=4294967295 m365_why_=rule m365_gen_={'9' * 32}"
    want("reply", out.decode(), f"{'9' * 20} OK {notes}\n")
    want("status, stderr, length", (status, said, len(out) < 200), (0, "", True))


@test
def options(place):
    for program, name in ((ACL, "ext_m365_acl"), (URL, "url_m365_rewrite")):
        out, status, said = run(program, ["-h"], b"")
        want("-h", (out, status, said.startswith(f"usage: {name} [-t FILE]...")), (b"", 0, True))
        out, status, said = run(program, ["-V"], b"")
        want("-V", (bool(re.fullmatch(rf"{name} \(squid-m365\) [0-9.]+\S*\n", out.decode())), status, said), (True, 0, ""))
        if program == URL:
            want("-r twice", run(URL, ["-r", "a", "-r", "b"], b"")[1], 1)
        else:
            want("ext_m365_acl has no -r", run(ACL, ["-r", "a"], b"")[1], 1)
        for bad in (["-x"], ["-t"], ["--help"], ["file"], ["-t", "a", "b"]):
            out, status, said = run(program, bad, b"a b c\n")
            want(f"{bad}", (out, status, said.startswith(f"{name}: ") and "\nusage: " in said), (b"", 1, True))
    for bad in ("port,dst", "dst,dst", "sni,port", "dst,", "", "host", "dst" + ",ignore" * 8):
        out, status, said = run(ACL, ["-F", bad], b"a b c\n")
        want(f"-F {bad}", (out, status, said.startswith("ext_m365_acl: -F: ")), (b"", 1, True))
    out, status, said = run(URL, ["-F", "dst"], b"")
    want("url_m365_rewrite has no -F", (out, status), (b"", 1))
    with open("/dev/full", "wb") as full:
        want("-V on a full disk", stage.run(ACL, "-V", capture_output=False, stdout=full).returncode, 1)


@test
def only_regular_files_are_tables(place):
    """Opening a pipe would wait for a writer, and standard input is what Squid writes to."""
    os.mkfifo(place.path("pipe"))
    for source, what in ((place.path("pipe"), "a pipe"), ("allow:" + place.path("pipe"), "a pipe"), ("/dev/null", "a device"),
                         ("-", "standard input"), ("inspect:-", "standard input")):
        for program, line in ((ACL, f"{O365} - 443\n{O365} - 443\n"), (URL, f"http://{O365}/ GET\n" * 2)):
            out, status, said = run(program, ["-t", source], line.encode())
            want(f"{source}: replies", (out.decode(), status), (f"{NO_TABLE}\n" * 2, 0))
            want(f"{source}: stderr", (said.count("\n"), f"it is {what}; name a regular file" in said), (1, True))
    table = place.write("t.rules", TABLE)
    for source, what in ((place.path("pipe"), "a pipe"), ("-", "standard input")):
        out, status, said = run(URL, ["-t", table, "-r", source], b"http://bad.example/ GET\n" * 2)
        want("replies", (out.decode(), status), (f"ERR {why('no-rule')}\n" * 2, 0))
        want("stderr", (said.count("\n"), f"it is {what}; name a regular file" in said), (1, True))


@test
def debug_lines(place):
    table = place.write("t.rules", TABLE)
    out, status, said = run(ACL, ["-t", table, "-d"], f"{O365} - 443\n\x1b[31m - 443\n".encode())
    want("replies", out.decode(), f"OK {EXCHANGE}\n{BAD_NAME}\n")
    want("stderr", (said.count("\n"), said.isascii(), "\x1b" in said, EXCHANGE in said), (2, True, False, True))


def drain(end):
    """All that is on its way. A terminal passes its bytes on a little later."""
    got = b""
    while select.select([end], [], [], 0.5)[0]:
        got += os.read(end, 1 << 16)
    return got


@test
def stderr_that_takes_nothing_delays_no_answer(place):
    """A pipe, socket or terminal is full: every answer comes, and the messages that were lost are counted and said."""
    def of_pipe():
        return os.pipe()

    def of_socket():
        return tuple(end.detach() for end in socket.socketpair())

    def of_terminal():
        return os.openpty()

    table, count = place.write("t.rules", TABLE), 4000
    for make in (of_pipe, of_socket, of_terminal):
        ours, theirs = make()
        helper = subprocess.Popen([ACL, "-t", table, "-d"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs)
        try:
            asked = threading.Thread(target=lambda h=helper: h.stdin.write(f"{O365} - 443\n".encode() * count) and h.stdin.flush())
            asked.start()
            for _ in range(count):
                want(make.__name__, helper.stdout.readline().decode(), f"OK {EXCHANGE}\n")
            asked.join()
            said = drain(ours)
            time.sleep(1.1)  # a helper looks at most once a second
            helper.stdin.write(f"{O365} - 443\n".encode())
            helper.stdin.flush()
            want("after that", helper.stdout.readline().decode(), f"OK {EXCHANGE}\n")
            helper.stdin.close()
            want("status", helper.wait(PATIENCE), 0)
            said = (said + drain(ours)).decode().replace("\r", "")
            lost = re.findall(r"^ext_m365_acl: ([0-9]+) messages? w\w+ lost while standard error took no bytes$", said, re.M)
            whole = len(re.findall(rf"^ext_m365_acl: '{O365} - 443' .*: OK {EXCHANGE}$", said, re.M))
            want(f"{make.__name__}: counted", (sum(map(int, lost)) > 0, sum(map(int, lost)) + whole), (True, count + 1))
            want("the mode of the file, which others use too", os.get_blocking(theirs), True)
        finally:
            helper.kill()
            helper.wait()
            for end in (ours, theirs):
                os.close(end)


@test
def rewrite_many_long_replies(place):
    """Pieces stay below 16 KB and end with a line, however long the replies are. None is lost."""
    table, rules = place.write("t.rules", TABLE), place.write("rewrite", RULES)
    helper = Helper(place, URL, "-t", table, "-r", rules, kind=socket.SOCK_SEQPACKET)
    try:
        tails = [chr(97 + number % 26) * (number * 331 % 8150) for number in range(20)]
        for number, tail in enumerate(tails):
            helper.send(f"{number} http://old.example/{tail} GET\n")
        helper.send("20 http://old.example/" + "x" * 8200 + " GET\n21 http://bad.example/ GET\n")
        pieces, status, said = helper.finish()
        replies = [f"{number} " + MOVED.format(tail) for number, tail in enumerate(tails)]
        want("replies", b"".join(pieces).decode().split("\n"), [*replies, f"20 ERR {why('no-rule')}", "21 " + BLOCKED, ""])
        want("status, stderr", (status, said), (0, ""))
        if max(map(len, pieces)) > PIECE_MAX or any(piece[-1:] != b"\n" for piece in pieces):
            raise Failed(f"pieces of {[len(p) for p in pieces]}")
    finally:
        helper.kill()


@test
def rewrite_noise(place):
    """Whatever a line contains, it gets one reply of the known form."""
    table = place.write("t.rules", TABLE)
    rules = place.write("rewrite", "redirect 301 ~(?s)http://a/(.*) http://b/$1\n"
                                   "rewrite ~(?s)(.*):(.*) $1:$2\n"
                                   "block * http://192.0.2.9/\n")
    dice = random.Random(365)
    lines = [b"%d %s%s" % (number, b"http://a/" * (number % 2), dice.randbytes(dice.randrange(300)).replace(b"\n", b"x"))
             for number in range(3000)]
    out, status, _ = run(URL, ["-t", table, "-r", rules, "-c"], b"".join(line + b"\n" for line in lines))
    replies = out.decode().split("\n")
    want("replies, status", (len(replies), status), (len(lines) + 1, 0))
    url = r'( (status=30[12] url|rewrite-url)="[!#-\[\]-~]+" m365_line_=[0-9]+)?'
    for number, reply in enumerate(replies[:-1]):
        if not re.fullmatch(rf"{number} (OK{url}|ERR)( m365_[a-z]+_=[A-Za-z0-9._-]+)+", reply):
            raise Failed(f"reply {reply!r}")


@test
def slow_rewrite_rules(place):
    """Missing or wrong rules leave every request alone. Changed rules are loaded, bad rules are not."""
    table, path = place.write("t.rules", TABLE), place.path("rewrite")
    helper = Helper(place, URL, "-t", table, "-r", path)
    plain = f"ERR {why('no-rule')}"

    def asked():
        return helper.ask("http://bad.example/ GET\n")
    try:
        want("without rules", asked(), plain)
        want("said", "rewrite" in helper.said() and "no rules are in use" in helper.said(), True)
        place.write("rewrite", RULES)
        until("the rules", 8, lambda: asked() == BLOCKED)
        want("said", helper.said().splitlines()[1:], ["url_m365_rewrite: using 6 rewrite rules"])
        place.write("rewrite", RULES + "block a.example relative\n")
        until("the complaint", 8, lambda: asked() == BLOCKED and "keeping the old rules" in helper.said())
        want("line", "line 8: 'relative' is not an absolute http or https URL" in helper.said(), True)
        place.write("rewrite", "# none\n")
        until("no rules left", 8, lambda: asked() == plain)
        want("end", helper.finish()[:2], ([], 0))
    finally:
        helper.kill()


@test
def rewrite_without_a_table(place):
    """Without a table nothing is bypassed, so the rules apply."""
    rules = place.write("rewrite", RULES)
    out, status, _ = run(URL, ["-t", place.path("missing"), "-r", rules], b"http://bad.example/ GET\nhttp://a.example/ GET\n")
    want("replies, status", (out.decode(), status),
         ('OK status=302 url="https://page.example/blocked" m365_line_=3 m365_why_=no-table\n' + NO_TABLE + "\n", 0))


def asks(helper, host=O365):
    return helper.ask(f"{host} - 443\n")


def starts_without(place, name, content):
    """Starts with a file that is not a table and gets a good one by rename."""
    path = place.path(name) if content is None else place.write(name, content)
    helper = Helper(place, ACL, "-t", path)
    try:
        end = time.monotonic() + 2.3
        while time.monotonic() < end:
            want("reply", asks(helper), NO_TABLE)
            time.sleep(0.1)
        said = helper.said()
        want("stderr", (said.count("\n"), said.startswith("ext_m365_acl: ")), (1, True))
        place.write(name, place.compile("good"))
        until("recovery", 8, lambda: asks(helper) == f"OK {EXCHANGE}")
        want("said", helper.said().splitlines()[1:], ["ext_m365_acl: using table '2025120100'"])
        want("end", helper.finish()[:2], ([], 0))
    finally:
        helper.kill()


@test
def slow_start_with_a_missing_file(place):
    starts_without(place, "image", None)


@test
def slow_start_with_a_damaged_image(place):
    image = bytearray(place.compile("good"))
    image[8:64] = b"\xff" * 56
    starts_without(place, "image", bytes(image))


@test
def slow_start_with_a_truncated_image(place):
    starts_without(place, "image", place.compile("good")[:-1])


@test
def slow_start_with_an_empty_image(place):
    starts_without(place, "image", place.compile("good")[:8])


@test
def slow_start_with_another_file(place):
    starts_without(place, "image", "no rules at all\n")


@test
def slow_start_with_a_folder(place):
    os.mkdir(place.path("folder"))
    helper = Helper(place, ACL, "-t", place.path("folder"))
    try:
        want("reply", asks(helper), NO_TABLE)
        want("end", helper.finish()[:2], ([], 0))
    finally:
        helper.kill()


@test
def slow_new_image(place):
    """A renamed image is used within two seconds. A bad one is refused, reported once, and the old one stays."""
    path = place.write("image", place.compile("old"))
    helper = Helper(place, ACL, "-t", path)
    try:
        want("old", asks(helper), f"OK {EXCHANGE}")
        place.write("image", place.compile("new", TABLE.replace("2025120100", "2026010100")))
        until("the new one", 3, lambda: asks(helper) == f"OK {EXCHANGE}".replace("2025120100", "2026010100"))
        place.write("image", place.compile("old")[:-8])
        end = time.monotonic() + 3
        while time.monotonic() < end:
            want("kept", asks(helper), f"OK {EXCHANGE}".replace("2025120100", "2026010100"))
            time.sleep(0.05)
        place.write("image", place.compile("old"))
        until("the old one again", 3, lambda: asks(helper) == f"OK {EXCHANGE}")
        lines = helper.said().splitlines()
        want("said", (len(lines), lines[0], "keeping the old table" in lines[1], lines[2]),
             (3, "ext_m365_acl: using table '2026010100'", True, "ext_m365_acl: using table '2025120100' again"))
        want("end", helper.finish()[:2], ([], 0))
    finally:
        helper.kill()


@test
def slow_new_generation(place):
    """Generations of one label are told apart by their number, in replies and in the sentence about the new table."""
    image = place.compile("published")

    def seal(number):
        os.mkdir(place.path(f"gen-{number:06}"))
        place.write(f"gen-{number:06}/image", image)

    def called(number):
        return f"OK {EXCHANGE}.{number}"

    def point(number):
        os.symlink(f"gen-{number:06}", place.path("next"))
        os.rename(place.path("next"), place.path("current"))

    for number in (3, 1000004):
        seal(number)
    point(3)
    helper = Helper(place, ACL, "-t", place.path("current/image"))
    try:
        want("the first", asks(helper), called(3))
        out, status, said = run(URL, ["-t", place.path("gen-000003/image")], f"{O365}:443 CONNECT\n".encode())
        want("the rewriter", (out.decode(), status, said), (called(3) + "\n", 0, ""))
        for number in (1000004, 3):
            point(number)
            until("the other one", 3, lambda: asks(helper) == called(number))  # pylint: disable=cell-var-from-loop
        want("said", helper.said().splitlines(),
             ["ext_m365_acl: using table '2025120100.1000004'", "ext_m365_acl: using table '2025120100.3'"])
        want("end", helper.finish()[:2], ([], 0))
    finally:
        helper.kill()


@test
def slow_changed_text(place):
    """A text is read again only after it has been unchanged for two seconds."""
    path = place.write("t.rules", TABLE)
    helper = Helper(place, ACL, "-t", path)
    try:
        want("old", asks(helper, "new.example"), f"ERR {why('no-rule')}")
        for _ in range(4):
            with open(path, "a", encoding="ascii") as text:
                text.write("# more\n")
            time.sleep(0.9)
            want("not yet", asks(helper, "new.example"), f"ERR {why('no-rule')}")
        with open(path, "a", encoding="ascii") as text:
            text.write("allow new.example\n")
        until("the new rule", 8, lambda: asks(helper, "new.example") == f"OK m365_cat_=Allow {why('rule')}")
        with open(path, "a", encoding="ascii") as text:
            text.write("allow new.example blah\n")
        until("the complaint", 8, lambda: asks(helper, "new.example") and "keeping the old table" in helper.said())
        want("kept", asks(helper, "new.example"), f"OK m365_cat_=Allow {why('rule')}")
        want("file and line in the message", f"{path}" in helper.said() and "blah" in helper.said(), True)
        want("end", helper.finish()[:2], ([], 0))
    finally:
        helper.kill()


def big_table():
    return TABLE + "".join(f"allow host-{number}.example id=9 area=Many tcp=443\n" for number in range(5000))


@test
def slow_image_cut_in_place(place):
    """A file shrinks while mapped: the helper answers no-table and keeps running, whatever is left of the file."""
    for left, wait in ((0, 0), (4096, 0), (5000, 0), (65536, 0), (0, 1.2), (65536, 1.2), (70000, 1.2)):
        path = place.write("image", place.compile("big", big_table()))
        helper = Helper(place, ACL, "-t", path)
        try:
            until("a table", 3, lambda: asks(helper) == f"OK {EXCHANGE}")
            os.truncate(path, left)
            time.sleep(wait)
            helper.send("".join(f"host-{number}.example - 443\n" for number in range(5000)))
            many = f"OK m365_cat_=Allow m365_area_=Many m365_id_=9 {why('rule')}"
            replies = [helper.line() for _ in range(5000)]
            want("replies", set(replies) - {many, NO_TABLE}, set())
            want("the last one", replies[-1], NO_TABLE)
            first = replies.index(NO_TABLE)
            want("only no-table after the first one", set(replies[first:]), {NO_TABLE})
            place.write("image", place.compile("big", big_table()))
            until("recovery", 8, lambda: asks(helper) == f"OK {EXCHANGE}")
            want("end", helper.finish()[:2], ([], 0))
        finally:
            helper.kill()


@test
def slow_image_cut_inside_its_last_page(place):
    """The rest of a cut page reads as zeros, without a signal. No reply may be based on these zeros."""
    table = "inspect bad.partner.example\nallow *.partner.example\nallow q.partner.example id=1\n" + "".join(
        f"allow host-{number}.example\n" for number in range(400))
    image = place.compile("small", table)
    for left in range(len(image) // 4096 * 4096, len(image), 61):
        path = place.write("image", image)
        helper = Helper(place, ACL, "-t", path)
        try:
            helper.send("bad.partner.example - 443\n")
            want("before", helper.line(), "ERR m365_why_=local-inspect")
            os.truncate(path, left)
            helper.send("bad.partner.example - 443\nq.partner.example - 443\n" * 20)
            want(f"cut at {left} of {len(image)}", {helper.line() for _ in range(40)}, {NO_TABLE})
            want("end", helper.finish()[:2], ([], 0))
        finally:
            helper.kill()


@test
def slow_complaints(place):
    """Two helpers with the same missing file: each reports it once, however often it is asked."""
    helpers = [Helper(place, program, "-t", place.path("image")) for program in (ACL, URL)]
    try:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            for helper in helpers:
                helper.send("a.example - 443\n" * 100)
                want("replies", {helper.line() for _ in range(100)}, {NO_TABLE})
            time.sleep(0.02)
        for helper, name in zip(helpers, ("ext_m365_acl", "url_m365_rewrite")):
            pieces, status, said = helper.finish()
            want("end", (pieces, status, said.count("\n")), ([], 0, 1))
            want("stderr", (said.startswith(f"{name}: "), "no-table" in said), (True, True))
    finally:
        for helper in helpers:
            helper.kill()


def attempt(tally, name, function):
    with Place() as place:
        tally.attempt(name, function, place)


def main():
    if not stage.built(ACL, URL, CTL):
        return 1
    add_transcripts()
    add_rewrites()
    tally = stage.Tally()
    chosen = stage.named(TESTS, sys.argv[1:])
    with concurrent.futures.ThreadPoolExecutor(max_workers=12) as pool:
        slow = [pool.submit(attempt, tally, *one) for one in chosen if one[0].startswith("slow")]
        for one in chosen:
            if not one[0].startswith("slow"):
                attempt(tally, *one)
        for future in slow:
            future.result()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
