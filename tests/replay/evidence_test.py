#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the access log had of the rows of a comparison, beside a naive count.

What it is for: random logs are counted here line by line. `m365ctl lookup` says under both tables which requests change,
and which name or address alone does. A row is then the narrowest pattern (a regular expression of Python's) that has it.
`diff --log` must say the same of every row: requests, clients, when last. The files of the state folder must give what
the logs give, whatever lies beside them, and without them every text is as if there were no log.

    evidence_test.py [WORD]...     the tests whose name holds a word; all without words

Where it sits: tests/replay/, run by `make check`. How a page looks is tested in export/page_live.py.

What does not belong here: counting logs (replay_test.py), finding what differs (unit/change).
"""

import gzip
import html.parser
import ipaddress
import json
import os
import pty
import random
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402
from stage import check, endpoint_set, want  # noqa: E402

OLD = """# version: old
optimize outlook.office365.com id=1 area=Exchange tcp=80,443 required source=worldwide
optimize 52.96.0.0/14 id=1 area=Exchange tcp=80,443 required source=worldwide
allow *.gone.example.com id=56 area=Common tcp=443 required source=worldwide
allow stays.gone.example.com id=57 area=Common tcp=443 required source=worldwide
default login.live.com id=97 area=Common tcp=443 source=worldwide
allow <tenant>.sharepoint.com id=31 area=SharePoint tcp=80,443 source=worldwide
allow with.example.com id=60 area=Common tcp=443 source=worldwide
allow 198.51.100.0/24 id=60 area=Common tcp=443 source=worldwide
allow any.example.com id=62 area=Common tcp=443 source=worldwide
allow 192.0.2.0/25 id=62 area=Common tcp=443 source=worldwide
allow .partner.example tcp=443 source=local
inspect bad.partner.example
allow ~old[0-9]+\\.regex\\.example tcp=443 source=local
"""
NEW = """# version: new
optimize outlook.office365.com id=1 area=Exchange tcp=80,443,8443 required source=worldwide
optimize 52.96.0.0/15 id=1 area=Exchange tcp=80,443,8443 required source=worldwide
allow stays.gone.example.com id=57 area=Common tcp=443 required source=worldwide
allow login.live.com id=97 area=Common tcp=443 source=worldwide
allow *.new.example.com id=98 area=Common tcp=443 source=worldwide
allow deep.new.example.com id=99 area=Common tcp=443,80 source=worldwide
allow 203.0.113.0/24 id=98 area=Common tcp=443 source=worldwide
allow 2001:db8::/64 id=98 area=Common tcp=443 source=worldwide
allow <tenant>.sharepoint.com id=31 area=SharePoint tcp=443 source=worldwide
allow <tenant>-my.sharepoint.com id=31 area=SharePoint tcp=443 source=worldwide
allow with.example.com id=60 area=Common tcp=443 source=worldwide
allow 198.51.100.0/23 id=60 area=Common tcp=443 source=worldwide
allow any.example.com id=62 area=Common tcp=443 source=worldwide
allow *cdn.glob.example id=61 area=Common tcp=443 source=worldwide
allow .partner.example tcp=443 source=local
allow ~new[0-9]+\\.regex\\.example tcp=443 source=local
"""
HOSTS = ["outlook.office365.com", "OutLook.office365.com", "x.gone.example.com", "a.b.gone.example.com", "stays.gone.example.com",
         "login.live.com", "y.new.example.com", "deep.new.example.com", "contoso.sharepoint.com", "contoso-my.sharepoint.com",
         "other.sharepoint.com", "with.example.com", "any.example.com", "1cdn.glob.example", "cdn.glob.example", "partner.example", "bad.partner.example",
         "old1.regex.example", "new22.regex.example", "www.example.com", "52.97.0.1", "52.98.0.1", "203.0.113.9", "2001:db8::9",
         "198.51.101.7", "192.0.2.1"]
ADDRESSES = ["-", "-", "198.51.100.9", "198.51.101.9", "52.98.0.7", "203.0.113.5", "192.0.2.9", "192.0.2.200"]
FORMAT = "%ts.%03tu %>a %rm %ru %>Hs sni=%ssl::>sni la=%>la"
CONF = "state state\ntenant contoso\nlog access.log\n"


class Request:
    """A request as a plain value."""

    def __init__(self, rand, when, hosts=tuple(HOSTS), addresses=tuple(ADDRESSES)):
        self.when = when
        self.client = f"10.0.0.{rand.randrange(60)}"
        host = rand.choice(hosts)
        self.host, self.port = host.lower(), rand.choice((443, 443, 443, 443, 80, 8443))
        self.sni = rand.choice(("-", "-", self.host, rand.choice(hosts).lower()))
        if is_address(self.sni):
            self.sni = "-"
        self.address = rand.choice(addresses)
        literal = f"[{host}]" if ":" in host else host
        self.line = f"{when}.000 {self.client} CONNECT {literal}:{self.port} 200 sni={self.sni} la={self.address}\n"

    def subject(self):
        return self.host, self.sni, self.address, self.port


class Site(stage.Site):
    """Two tables, a configuration and logs."""

    def __init__(self):
        super().__init__()
        self.write("m365.conf", CONF)
        self.old, self.new = self.write("old.rules", OLD), self.write("new.rules", NEW)

    def diff(self, *words, code=1):
        done = stage.run(stage.CTL, "diff", "-c", self.conf, *words, self.old, self.new)
        check(done.returncode == code, words, done.returncode, done.stdout, done.stderr)
        return done

    def bypassed(self, table, subjects):
        lines = "".join(f"{host} {sni} {address} {port}\n" for host, sni, address, port in subjects)
        done = stage.run(stage.CTL, "lookup", "-t", table, "--tenant", "contoso", "--json", "-F", "dst,sni,la,port", input=lines)
        return [json.loads(line)["action"] == "bypass" for line in done.stdout.splitlines()]

    def changes(self, subjects):
        """1: opens, -1: closes, 0: neither; of each."""
        subjects = sorted(set(subjects))
        return {one: int(is_now) - int(was) for one, was, is_now in
                zip(subjects, self.bypassed(self.old, subjects), self.bypassed(self.new, subjects), strict=True)}


def make(seed, count, first=1790000000, step=900):
    rand = random.Random(seed)
    return [Request(rand, first + i * step) for i in range(count)]


def text(requests):
    return "".join(one.line for one in requests)


# ---- the naive count ----


def has_port(ports, port):
    ranges = [part.split("-") for part in ports.split(",")]
    return any(int(part[0]) <= port <= int(part[-1]) for part in ranges)


def rank(pattern, name):
    """How narrow the pattern is; 0 if it does not have the name."""
    if pattern[0] == "~":
        return 0.5 if re.fullmatch(pattern[1:], name) else 0
    pattern = pattern.replace("<tenant>", "*")
    if pattern[0] == ".":
        good = name == pattern[1:] or name.endswith(pattern)
    elif pattern.startswith("*."):
        good = name.endswith(pattern[1:]) and name != pattern[1:]
    else:
        lead, rest = (".*", pattern[1:]) if pattern[0] == "*" else ("", pattern)
        good = re.fullmatch(lead + "[^.]+".join(re.escape(part) for part in rest.split("*")), name) is not None
    return good * (1000 if "*" not in pattern and pattern[0] != "." else 1 + len(pattern.replace("*", "")))


def is_address(word):
    return ":" in word or re.fullmatch(r"[0-9.]+", word) is not None


def holds(row, address):
    first, last, one = (ipaddress.ip_address(word) for word in (row["first"], row["last"], address))
    return one.version == first.version and first <= one <= last


def best(rows, word, port):
    """The number of the row that a name or an address belongs to; None."""
    found = [(holds(row, word) if is_address(word) and row.get("first") else
              0 if is_address(word) or row.get("pattern") is None else rank(row["pattern"], word), -i)
             for i, row in enumerate(rows) if has_port(row["ports"], port)]
    most = max(found, default=(0, 0))
    return -most[1] if most[0] else None


class Count:
    """What a row had."""

    def __init__(self):
        self.requests, self.clients, self.last = 0, set(), None

    def add(self, request):
        self.requests += 1
        self.clients.add(request.client)
        self.last = max(self.last or 0, request.when)

    def plain(self):
        last = self.last and time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.last))
        return {"requests": self.requests, "clients": len(self.clients), "clientsExact": True, "last": last}


def naive(site, requests, told):
    """Counts for each list of the comparison, for what opens and closes, and for what belongs to no row."""
    whole = site.changes(one.subject() for one in requests)
    alone = site.changes((word, "-", "-", one.port) for one in requests for word in (one.host, one.sni, one.address) if word != "-")
    counts = {name: [Count() for _ in told[name]] for name in ("openings", "verdicts", "ranges")}
    sums = {"opened": Count(), "closed": Count(), "noRow": Count()}
    for one in requests:
        change = whole[one.subject()]
        if change == 0:
            continue
        sums["opened" if change > 0 else "closed"].add(one)
        word = next((word for word in (one.host, one.sni) if word != "-" and alone[(word, "-", "-", one.port)] == change), None)
        found = False
        joined = one.address != "-" and alone[(one.address, "-", "-", one.port)] == change and one.address
        for name in ("openings", "verdicts", "ranges"):
            at = find(told, name, change, word, one)
            if at is None and joined and not word:
                at = find(told, name, change, joined, one)
            if at is not None:
                counts[name][at].add(one)
                found = True
        if not found:
            sums["noRow"].add(one)
    return counts, sums


def find(told, name, change, word, one):
    if name == "openings":
        if change < 0:
            return None
        kinds = ("name", "address") if word else ("with-address", "with-sni")
        rows = [row if row["kind"] in kinds else {**row, "ports": "0"} for row in told[name]]
        if word:
            return best(rows, word, one.port)
        rows = [{**row, "first": None, "pattern": subject_of(row)} for row in rows]
        at = best(rows, one.host, one.port)
        return at if at is not None or one.sni == "-" else best(rows, one.sni, one.port)
    rows = [row if row["opened"] == (change > 0) else {**row, "ports": "0"} for row in told[name]]
    return best(rows, word, one.port) if word else None


def subject_of(row):
    """The pattern that an opening is about; with-sni may be about either of two."""
    return row["pattern"]


# ---- the tests ----


def test_rows():
    """Every row, the sums, and what belongs to no row."""
    with Site() as site:
        for seed in range(4):
            requests = make(seed, 3000)
            site.write("log", text(requests))
            told = json.loads(site.diff("--json", "--logformat", FORMAT, "--log", site.path("log")).stdout)
            counts, sums = naive(site, requests, told)
            for name, rows in counts.items():
                for row, count in zip(told[name], rows, strict=True):
                    want(f"{name}, {row.get('pattern') or row.get('first')}:{row['ports']}", row["seen"], count.plain())
            for name, count in sums.items():
                want(name, told["log"][name], count.plain())
            want("days", (told["log"]["first"], told["log"]["last"]),
                 tuple(time.strftime("%Y-%m-%d", time.gmtime(one.when)) for one in (requests[0], requests[-1])))
            check(sums["noRow"].requests > 0 and sums["noRow"].requests < sums["opened"].requests, sums["noRow"].plain())
            check(any(row["seen"]["requests"] for row in told["openings"] if row["kind"] == "with-address"), "no opening with addresses")
            check(any("regex" in one for one in told["log"]["noRowSuchAs"]) or seed, told["log"]["noRowSuchAs"])


def mutate(rand, lines):
    """Rows that are gone, of another category, or with other ports."""
    made = []
    for line in lines:
        chance = rand.random()
        if chance < 0.12:
            continue
        if chance < 0.24:
            words = line.split(" ", 1)
            line = rand.choice(("optimize", "allow", "default")) + " " + words[1]
        elif chance < 0.3:
            line = line.replace("tcp=80,443", "tcp=443")
        made.append(line)
    return made


def sample(rand, line):
    """A name or an address of a row."""
    pattern = line.split()[1]
    if "/" in pattern:
        prefix = ipaddress.ip_network(pattern)
        return str(prefix[rand.randrange(min(prefix.num_addresses, 1 << 60))])
    name = pattern.replace("<tenant>", rand.choice(("contoso", "stranger")))
    while "*" in name:
        name = name.replace("*", rand.choice(("a", "x.y" if name.startswith("*.") else "b", "login")), 1)
    return name


def test_shipped():
    """The same with the shipped table and others that came of it, each way."""
    with open(os.path.join(stage.SOURCE, "conf", "worldwide.rules"), encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if line.split(" ")[0] in ("optimize", "allow", "default")]
    with Site() as site:
        for seed in range(6):
            rand = random.Random(seed)
            tables = [lines, mutate(rand, lines)]
            rand.shuffle(tables)
            for name, table in zip(("old", "new"), tables, strict=True):
                site.write(f"{name}.rules", f"# version: {name}\n" + "\n".join(table) + "\n")
            hosts = sorted({sample(rand, line) for line in lines for _ in range(2)})
            addresses = ("-", "-", *(host for host in hosts if is_address(host)))
            requests = [Request(rand, 1790000000 + i, hosts, addresses) for i in range(4000)]
            site.write("log", text(requests))
            told = json.loads(site.diff("--json", "--logformat", FORMAT, "--log", site.path("log")).stdout)
            counts, sums = naive(site, requests, told)
            for name, rows in counts.items():
                for row, count in zip(told[name], rows, strict=True):
                    if row.get("kind", "name") in ("name", "address"):
                        want(f"{seed}, {name}, {row.get('pattern') or row.get('first')}:{row['ports']}", row["seen"], count.plain())
            for name in ("opened", "closed"):
                want(name, told["log"][name], sums[name].plain())
            check(any(row["seen"]["requests"] > 3 for row in told["verdicts"] + told["ranges"]), "nothing was seen")


def test_text():
    """The words of a row, of a sum and of the last line."""
    with Site() as site:
        lines = [f"1790000000.000 10.0.0.{i % 7} CONNECT login.live.com:443 200 sni=- la=-\n" for i in range(1204)]
        lines.append("1790900000.000 10.0.0.1 CONNECT x.gone.example.com:443 200 sni=- la=-\n")
        lines.append("1790900000.000 10.0.0.1 CONNECT new1.regex.example:443 200 sni=- la=-\n")
        site.write("log", "".join(lines))
        said = site.diff("--logformat", FORMAT, "--log", site.path("lo?")).stdout
        check("\nOPENS login.live.com:443, 1,204 requests of 7 clients, last 2026-09-21  was Default (set 97)" in said, said)
        check("\nOPENS *.new.example.com:443, 0 requests  was no rule" in said, said)
        check(re.search(r"  - \*\.gone\.example\.com .*; rule -> no-rule; 1 request of 1 client, last 2026-10-02\n", said), said)
        check(said.endswith("\nlog: 2026-09-21 to 2026-10-02; 1 request changes that belongs to no row, to new1.regex.example:443\n"), said)
        check(re.search(r"^opens .*; 1,205 requests of 7 clients, last 2026-10-02\n", said), said)
        check(re.search(r"\ncloses .*; 1 request of 1 client, last 2026-10-02\n", said), said)
        want("the same table", stage.run(stage.CTL, "diff", "-c", site.conf, "--log", site.path("log"), "--logformat", FORMAT,
                                         site.old, site.old).stdout, "")


def test_refused():
    """Logs that cannot be had: no comparison, since it was asked with them."""
    with Site() as site:
        site.write("log", text(make(1, 5)))
        for words, said in ((("--log", site.path("nothing*")), "there is no file"), (("--log", site.path("nothing")), "no log can be read"), (("--log", site.old), "no line of the log"),
                            (("--log", site.path("log"), "--logformat", "own"), "there is no format 'own'")):
            done = site.diff(*words, code=2)
            check(said in done.stderr and done.stdout == "", words, done.stderr, done.stdout)


def test_partial():
    """What of the logs could not be read is said with the days, in each form."""
    with Site() as site:
        good = text(make(2, 300))
        site.write("log", good + "no line of a log\n" * 1500)
        packed = gzip.compress(good.encode())
        site.write("cut.gz", packed[:-len(packed) // 3])
        for words, lines, logs, said in ((("--log", site.path("log")), 1500, 0, "; 1,500 lines could not be read"),
                                         (("--log", site.path("log"), "--log", site.path("cut.gz"), "--log", site.path("none")), 1500, 2,
                                          "; 1,500 lines could not be read; 2 logs could not be read to their ends")):
            words = ("--logformat", FORMAT, *words)
            log = rows_of(site, *words)[1]
            want("JSON", (log["daysNotRead"], log["linesNotRead"], log["logsNotRead"]), (0, lines, logs))
            line = [line for line in site.diff(*words).stdout.splitlines() if line.startswith("log: ")]
            check(len(line) == 1 and said in line[0], words, line)
            site.diff(*words, "--html", site.path("page.html"))
            check(said in site.read("page.html"), words, site.read("page.html"))


def keep_days(site, requests, key):
    """The files of the folder, as an update keeps them: requests of each day, clients as hashes."""
    folder = site.kept("evidence")
    os.makedirs(folder, exist_ok=True)
    for day in sorted({one.when // 86400 for one in requests}):
        of_day = [one for one in requests if one.when // 86400 == day]
        name = f"{time.strftime('%Y-%m-%d', time.gmtime(day * 86400))}.{of_day[-1].when + 1}"
        done = stage.run(stage.CTL, "replay", "--logformat", FORMAT, "--key", key, "--save", os.path.join(folder, name), "-",
                         input=text(of_day))
        want("saved", done.returncode, 0)
    return folder


def rows_of(site, *words, code=1):
    """What is told without the days of the log, and those."""
    told = json.loads(site.diff("--json", *words, code=code).stdout)
    log = told.pop("log", None)
    return told, log


def test_folder():
    """The files of the state folder say what the logs say; the later file of a day counts; others are no matter."""
    today = int(time.time()) // 86400 * 86400
    with Site() as site:
        before = site.diff().stdout
        os.mkdir(site.state)
        key = site.write("key", "0123456789abcdef")
        requests = make(5, 2000, first=today - 29 * 86400, step=1100)
        site.write("log", text(requests))
        whole = rows_of(site, "--logformat", FORMAT, "--log", site.path("log"))
        want("an empty state folder", site.diff().stdout, before)
        folder = keep_days(site, requests, key)
        os.mkdir(site.path("aside"))
        names = sorted(os.listdir(folder))
        want("from the folder", rows_of(site)[0], whole[0])
        kept = rows_of(site)[1]
        site.write("m365.conf", CONF.replace("log ", "#log "))
        want("a folder, but no log in the configuration", site.diff().stdout, before)
        site.write("m365.conf", CONF)
        want("days", (kept["first"], kept["last"], kept["daysWithout"]), (names[0][:10], names[-1][:10], 0))
        done = stage.run(stage.CTL, "replay", "--logformat", FORMAT, "--save", os.path.join(folder, names[3][:11] + "1"), "-",
                         input=text(requests[:700]))
        want("an earlier file of a day", (done.returncode, rows_of(site)[0]), (0, whole[0]))
        old = time.strftime("%Y-%m-%d", time.gmtime(today - 31 * 86400))
        os.link(os.path.join(folder, names[3]), os.path.join(folder, f"{old}.{today}"))
        for name in ("key", "notes.txt", "2026-13-40.5", names[4] + "x", names[4][:11], names[4] + "0" * 18):
            site.write(os.path.join("state", "evidence", name), "x")
        want("older days and other files", rows_of(site)[0], whole[0])
        os.rename(os.path.join(folder, names[7]), site.path("aside", names[7]))
        want("a day without", rows_of(site)[1]["daysWithout"], 1)
        check(", without 1 day between" in site.diff().stdout, "said")
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        want("an empty folder", site.diff().stdout, before)


def test_damaged():
    """A damaged file is named and left out; the rest is told."""
    today = int(time.time()) // 86400 * 86400
    with Site() as site:
        os.mkdir(site.state)
        key = site.write("key", "0123456789abcdef")
        requests = make(6, 900, first=today - 3 * 86400, step=300)
        folder = keep_days(site, requests, key)
        names = sorted(os.listdir(folder))
        good = [one for one in requests if not time.strftime("%Y-%m-%d", time.gmtime(one.when)) == names[1][:10]]
        site.write("log", text(good))
        whole = rows_of(site, "--logformat", FORMAT, "--log", site.path("log"))[0]
        path = os.path.join(folder, names[1])
        with open(path, "rb") as file:
            content = file.read()
        for what, bad in (("cut", content[:-300]), ("no such file", b"hello\n"), ("empty", b""), ("changed", content.replace(b"\t00443\t", b"\t00444\t", 1)),
                          ("another version", content.replace(b"replay 2\n", b"replay 9\n")), ("packed", gzip.compress(content)[:-50])):
            site.write(os.path.join("state", "evidence", names[1]), bad)
            done = site.diff("--json")
            told = json.loads(done.stdout)
            check("log" in told, what, done.stderr)
            log = told.pop("log")
            want(f"{what}: days", (log["daysWithout"], log["daysNotRead"], log["linesNotRead"], log["logsNotRead"]), (1, 1, 0, 0))
            want(f"{what}: the rest", told, whole)
            check(done.stderr.count("\n") == 1 and "is left out" in done.stderr and names[1] in done.stderr, what, done.stderr)
        for what, make_one in (("a pipe", os.mkfifo), ("a link", lambda to: os.symlink(os.path.join(folder, names[0]), to)), ("a folder", os.mkdir)):
            os.unlink(path)
            make_one(path)
            done = site.diff("--json")
            check("not a regular file" in done.stderr and json.loads(done.stdout)["log"]["daysWithout"] == 1, what, done.stderr)


def test_owner():
    """Root's log and root's folder for the page, though the comparison is made as the owner of the state folder."""
    if os.geteuid() != 0:
        raise stage.Skip("needs root")
    with held_site("review widening") as site:
        os.chmod(site.top, 0o755)
        for folder, folders, files in os.walk(site.state):
            for name in ("", *folders, *files):
                os.chown(os.path.join(folder, name), 65534, 65534, follow_symlinks=False)
        site.write("log", "1790000000.000 10.0.0.1 CONNECT new.example:443 200 sni=- la=-\n", 0o600)
        os.mkdir(site.path("private"), 0o700)
        for words in (("--html", site.path("private", "page.html")), ()):
            done = site.ctl("diff", "--log", site.path("log"), "--logformat", FORMAT, *words)
            want("exit code", (done.returncode, done.stderr), (1, ""))
            said = site.read("private", "page.html") if words else done.stdout
            check("1 request of 1 client, last 2026-09-21" in said, said)
        os.chmod(site.kept("evidence"), 0)
        done = site.ctl("diff")
        check("is not shown: cannot read" in done.stderr and done.returncode == 1 and "requests" not in done.stdout, done.stderr)


FIRST = [endpoint_set(1, "Optimize", ["mail.example"], ["52.96.2.0/24"]),
         endpoint_set(2, "Allow", ["*.files.example", "gone.example"], ["52.104.100.0/24"], area="SharePoint")]
NEXT = [FIRST[0], endpoint_set(2, "Allow", ["*.files.example", "new.example"], ["52.104.100.0/24"], area="SharePoint")]


class Reader(html.parser.HTMLParser):
    """Texts, addresses and scripts of a page."""

    def __init__(self):
        super().__init__()
        self.texts, self.links, self.scripts, self.tag = [], [], 0, ""

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        self.scripts += tag == "script"
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        if self.tag != "style":
            self.texts.append(data)


def held_site(*lines):
    """A generation in use, another that waits, and five requests of three clients to what opens."""
    site = stage.Site()
    os.mkdir(site.path("data"))
    site.write("data/worldwide.rules", "optimize mail.example id=1 area=Exchange tcp=80,443 required source=worldwide\n")
    site.write("m365.conf", "state state\ndata data\ndefault_canaries off\nfeed feed.xml\nlog access.log\n" + "".join(line + "\n" for line in lines))
    for version, document in ((2026010100, FIRST), (2026010200, NEXT)):
        if version == 2026010200:
            today = int(time.time()) // 86400 * 86400
            requests = make(0, 0)
            for i in range(5):
                one = Request(random.Random(1), today - 86400 + i)
                one.line = f"{one.when}.000 10.0.0.{i % 3} CONNECT new.example:443 200 sni=- la=-\n"
                requests.append(one)
            keep_days(site, requests, site.write("key", "0123456789abcdef"))
        site.write("document.json", json.dumps(document))
        site.ctl("import", "--version", str(version), site.path("document.json"))
    return site


def test_notice():
    """What a notice and the feed say of what waits, and what the question of approve does; the record is as without a log."""
    with held_site("review widening") as site:
        day = time.strftime("%Y-%m-%d", time.gmtime(int(time.time()) // 86400 * 86400 - 86400))
        words = f"OPENS new.example:80,443, 5 requests of 3 clients, last {day}"
        feed = site.read("feed.xml")
        check(words in feed and f"log: {day} to {day}" in feed, feed)
        check(words in site.ctl("diff").stdout, site.ctl("diff").stdout)
        check("OPENS new.example:80,443  was" in site.read("state", "pending", "review.txt"), site.read("state", "pending", "review.txt"))
        check(words in ask(site), "not in the question")


def test_most_used():
    """A notice has no room for all that closes: it shows what is used most."""
    names = [f"n{i:02d}.example" for i in range(30)]
    today = int(time.time()) // 86400 * 86400
    with stage.Site() as site:
        os.mkdir(site.path("data"))
        site.write("data/worldwide.rules", "optimize mail.example id=1 area=Exchange tcp=80,443 required source=worldwide\n")
        site.write("m365.conf", "state state\ndata data\ndefault_canaries off\nfeed feed.xml\nlog access.log\nreview always\nshrink_limit 100%\n")
        requests = []
        for i, name in enumerate(names):
            for k in range(i % 17):
                one = Request(random.Random(1), today - 86400 + k)
                one.line = f"{one.when}.000 10.0.0.{k} CONNECT {name}:443 200 sni=- la=-\n"
                requests.append(one)
        keep = [endpoint_set(1, "Optimize", ["mail.example"], ["52.96.2.0/24"])]
        for version, document in ((2026010100, [*keep, endpoint_set(2, "Allow", names)]), (2026010200, keep)):
            site.write("document.json", json.dumps(document))
            if version == 2026010200:
                site.ctl("approve", site.waiting())
                keep_days(site, requests, site.write("key", "0123456789abcdef"))
            site.ctl("import", "--version", str(version), site.path("document.json"))
        said = site.read("feed.xml").split("</item>")[0]
        shown = re.findall(r"  - (n[0-9]+)\.example .*; rule -&amp;gt; no-rule; ([0-9]+) requests", said)
        most = sorted(range(30), key=lambda i: (-(i % 17), i))[:10]
        want("the ten most used", shown, [(f"n{i:02d}", str(i % 17)) for i in most])
        check("  and 20 more\n" in said, said)


def ask(site):
    """What approve shows on a terminal before the answer no."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([stage.CTL, "approve", "-c", site.conf], stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        said = b""
        try:
            while b"Type 'yes'" not in said:
                said += os.read(ours, 65536)
            os.write(ours, b"no\n")
            while os.read(ours, 65536):
                pass
        except OSError:
            pass
        child.wait(timeout=stage.PATIENCE)
    os.close(ours)
    return said.decode()


def test_page():
    """The page for those who agree: what opens and closes with what the log had, why it waits, and the command."""
    with held_site("review widening") as site:
        done = site.ctl("diff", "--html", site.path("page.html"))
        want("exit code and output", (done.returncode, done.stdout), (1, ""))
        reader = Reader()
        reader.feed(site.read("page.html"))
        said = " ".join(" ".join(reader.texts).split())
        want("links and scripts", (reader.links, reader.scripts), ([], 0))
        for words in ("generation 1, Worldwide 2026010100", "generation 2, Worldwide 2026010200", "waits for approval", "new.example:80,443",
                      "5 requests of 3 clients", "gone.example port 80,443", "0 requests", "Why it waits", "What closes, the most used first",
                      f"m365ctl approve -c {site.conf} {site.waiting()}", f"m365ctl reject -c {site.conf} {site.waiting()}", "keep closed: inspect new.example"):
            check(words in said, words, said)
        held = [line[len("held: "):] for line in site.ctl("diff").stdout.splitlines() if line.startswith("held: ")]
        check(held and all(line in said for line in held), held, said)
        os.chmod(site.path("page.html"), 0o600)
        site.ctl("diff", "--html", site.path("page.html"))
        want("its mode stays", os.stat(site.path("page.html")).st_mode & 0o777, 0o600)
        done = site.ctl("diff", "--html", site.path("no", "page.html"))
        check(done.returncode == 2 and "no/page.html" in done.stderr, done.stderr)
        same = site.ctl("diff", "--html", site.path("same.html"), "current", "current")
        want("nothing differs", (same.returncode, "approve" in site.read("same.html")), (0, False))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
