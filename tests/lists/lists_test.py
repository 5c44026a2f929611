#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists of other programs, read by m365ctl, compared with what the lists mean.

What it is for: random lists in each format, and for each of many names and addresses the question whether the list
means it. The answer comes from a plain reading of the format here (class List), from Python's ipaddress, and, where
they are installed, from the programs themselves: dnsmasq, unbound and named answer on loopback.

Two promises are tested. A list with the verb `inspect` inspects at least what it means. A list with the verb `allow`
bypasses at most what it means, and all of it that no exception has to do with.

    lists_test.py [WORD]...     the tests whose name holds a word; all without words

Where it sits: tests/lists/, run by `make check`. The sentences are in golden/lists.t.

What does not belong here: lookups in tables (oracle/), refusals of widths (unit/table).
"""

import ipaddress
import json
import os
import random
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import dns  # noqa: E402
import stage  # noqa: E402
from port import free_port  # noqa: E402

ROUNDS = 12
LABELS = ("a", "b", "c1")
TOP = "example"
LISTED = "192.0.2.99"  # what a list answers; the world answers dns.ADDRESS
PATIENCE = 20


def names():
    """All names of one to three labels below the top."""
    some = [f"{label}.{TOP}" for label in LABELS]
    for _ in range(2):
        some += [f"{label}.{name}" for name in some for label in LABELS]
    return sorted(set(some))


NAMES = names()


def is_below(name, above):
    return name == above or name.endswith("." + above)


class List:
    """Entries: (name, below, apex, exception). `below`: names below count; `apex`: the name itself does."""

    def __init__(self, entries, except_wins=False):
        self.entries, self.except_wins = entries, except_wins

    @staticmethod
    def matches(entry, name):
        return (entry[2] and name == entry[0]) or (entry[1] and name != entry[0] and is_below(name, entry[0]))

    def means(self, name):
        found = [entry for entry in self.entries if self.matches(entry, name)]
        if not found:
            return False
        if self.except_wins:
            return not any(entry[3] for entry in found)
        # The most specific decides: the longest name, an entry for the name itself before one for what is below it.
        best = max((len(entry[0]), entry[2] and entry[0] == name) for entry in found)
        return not any(entry[3] for entry in found if (len(entry[0]), entry[2] and entry[0] == name) == best)

    def is_free(self, name):
        """No exception has to do with any entry that matches the name."""
        entries = [entry for entry in self.entries if not entry[3] and self.matches(entry, name)]
        return not any(is_below(out[0], entry[0]) or is_below(entry[0], out[0])
                       for out in self.entries if out[3] for entry in entries)


def invent(rng, exact, exceptions, below=True):
    """Random entries: no name twice."""
    entries = []
    for name in rng.sample(NAMES, rng.randint(1, 8)):
        is_exact = exact and (not below or rng.random() < 0.4)
        entries.append((name, not is_exact, True, rng.random() < exceptions))
    if not any(not entry[3] for entry in entries):
        entries[0] = entries[0][:3] + (False,)
    return entries


def lookups(verb_and_path, queries):
    done = stage.run(stage.CTL, "lookup", "--json", "-t", verb_and_path, input="".join(f"{q}\n" for q in queries))
    if done.returncode == 2 and "no rule comes of it" in done.stderr:
        return dict.fromkeys(queries, {"action": "inspect", "why": "no-rule"}), done.stderr
    stage.check(done.returncode in (0, 1), done.stderr, verb_and_path)
    return {query: json.loads(line) for query, line in zip(queries, done.stdout.splitlines())}, done.stderr


def compare(place, name, text, meant, title):
    """Both promises, for one list."""
    path = place.write(name, text)
    seen, said = lookups(f"inspect:{path}", NAMES)
    stage.check(f"is read as {title}" in said, said, text)
    for query in NAMES:
        if meant.means(query):
            stage.want(f"inspect {query} of\n{text}", seen[query]["why"], "local-inspect")
        elif not any(entry[3] for entry in meant.entries):
            stage.want(f"not in the list: {query} of\n{text}", seen[query]["why"], "no-rule")
    seen, said = lookups(f"allow:{path}", NAMES)
    for query in NAMES:
        if not meant.means(query):
            stage.want(f"allow {query} of\n{text}", seen[query]["action"], "inspect")
        elif meant.is_free(query):
            stage.want(f"allow {query} of\n{text}", seen[query]["action"], "bypass")


def each(make, title, exact, exceptions, except_wins=False, below=True):
    """Random lists of one format."""
    rng = random.Random(20261130)
    with stage.Place() as place:
        for number in range(ROUNDS):
            entries = invent(rng, exact, exceptions if number % 3 else 0, below)
            compare(place, f"list{number}.txt", make(entries), List(entries, except_wins), title)


# ---- the formats -------------------------------------------------------------------------------------------------------


def write_hosts(entries):
    return "127.0.0.1 localhost\n" + "".join(f"0.0.0.0 {entry[0]} # x\n" for entry in entries)


def write_dnsmasq(entries):
    """`#` blocks as an address, and is the usual servers as a server."""
    listed = (f"address=/%s/{LISTED}", "address=/%s/#", "address=/%s/", "server=/%s/", "local=/%s/", "address=/%s/0.0.0.0")
    lines = []
    for number, (name, _, _, is_except) in enumerate(entries):
        form = ("server=/%s/#", "local=/%s/#")[number % 2] if is_except else listed[(number + len(name)) % len(listed)]
        lines.append(form % name + "\n")
    return "".join(lines)


def write_adblock(entries):
    return "[Adblock Plus 2.0]\n" + "".join(("@@" if entry[3] else "") + f"||{entry[0]}^\n" for entry in entries)


def write_clash(entries):
    return "".join(f"DOMAIN{'-SUFFIX' if entry[1] else ''},{entry[0]}\n" for entry in entries)


def write_unbound(entries):
    lines = ["server:"]
    for name, below, _, is_except in entries:
        if below:
            lines.append(f'local-zone: "{name}." ' + ("transparent" if is_except else "always_nxdomain"))
        else:
            lines.append(f'local-data: "{name}. A {LISTED}"')
    return "\n".join(lines) + "\n"


def write_rpz(entries):
    lines = ["$TTL 60", "$ORIGIN rpz.test.", "@ IN SOA localhost. root.localhost. (", "1 ; serial", "60 60 60", "60 )",
             "  IN NS localhost."]
    for number, (name, below, apex, is_except) in enumerate(entries):
        owner = name if number % 2 else f"{name}.rpz.test."
        target = "rpz-passthru." if is_except else "."
        itself = f"{name}." if is_except and len(name) % 2 else target  # the older form of an exception
        if apex:
            lines.append(f"{owner} CNAME {itself}")
        if below:
            lines.append(f"*.{owner} CNAME {target}")
    return "\n".join(lines) + "\n"


def write_edl(entries):
    return "".join(f"{entry[0]}/\n" for entry in entries)


def test_hosts():
    each(write_hosts, "a hosts file", exact=True, exceptions=0, below=False)


def test_dnsmasq():
    each(write_dnsmasq, "a configuration of dnsmasq", exact=False, exceptions=0.3)


def test_adblock():
    each(write_adblock, "a filter list of ad blockers", exact=False, exceptions=0.3, except_wins=True)


def test_clash():
    each(write_clash, "a rule list of Clash or Surge", exact=True, exceptions=0)


def test_unbound():
    each(write_unbound, "local zones of Unbound", exact=False, exceptions=0.3)


def test_rpz():
    each(write_rpz, "a response policy zone", exact=True, exceptions=0.3)


def test_edl():
    each(write_edl, "a URL list", exact=True, exceptions=0, below=False)


# ---- addresses -----------------------------------------------------------------------------------------------------------


def table_prefixes(path):
    done = stage.run(stage.CTL, "table", "-t", f"inspect:{path}")
    stage.want("exit code", done.returncode, 0)
    return [ipaddress.ip_network(line.split()[1]) for line in done.stdout.splitlines()]


def test_ranges():
    """The fewest prefixes that have exactly the addresses of a range, as Python finds them."""
    rng = random.Random(7)
    with stage.Place() as place:
        for _ in range(40):
            kind, bits = rng.choice(((ipaddress.IPv4Address, 32), (ipaddress.IPv6Address, 128)))
            size = rng.randint(0, min(bits, 40) - 1)
            first = kind(rng.randrange(1 << 30, (1 << bits) - (1 << size) - 1) if bits == 32 else
                         (0x20010db8 << 96) + rng.randrange(1 << 96))
            last = kind(int(first) + rng.randrange(1 << size))
            path = place.write("range.txt", f"{first} - {last}\n" if rng.random() < 0.5 else f"{first}-{last} ; x\n")
            stage.want(f"{first}-{last}", table_prefixes(path), list(ipaddress.summarize_address_range(first, last)))


def test_netmasks():
    with stage.Place() as place:
        for length in range(1, 33):
            net = ipaddress.ip_network(f"{ipaddress.ip_network(f'198.51.100.77/{length}', strict=False)}")
            for between in "/ ":
                path = place.write("mask.txt", f"{net.network_address}{between}{net.netmask}\n192.0.2.1-192.0.2.1\n")
                stage.want(f"{net.netmask}", sorted(table_prefixes(path)),
                           sorted({net, ipaddress.ip_network("192.0.2.1/32")}))
        path = place.write("mask.txt", "192.0.2.0/255.0.255.0\n192.0.2.1-192.0.2.1\n")
        done = stage.run(stage.CTL, "table", "-t", f"inspect:{path}")
        stage.check("is no netmask" in done.stderr and done.returncode == 2, done.stderr)


def test_rpz_addresses():
    """Prefixes in reverse, written here from Python's own notation."""
    rng = random.Random(11)
    lines, wanted = ["$ORIGIN rpz.test."], set()
    for _ in range(100):
        length = rng.randint(9, 32)
        net = ipaddress.ip_network((rng.randrange(1 << 32), length), strict=False)
        wanted.add(net)
        lines.append(f"{length}.{'.'.join(reversed(str(net.network_address).split('.')))}.rpz-ip CNAME .")
        length = rng.randint(25, 128)
        net = ipaddress.ip_network(((0x20010db8 << 96) + rng.randrange(1 << 96), length), strict=False)
        wanted.add(net)
        groups = str(net.network_address).replace("::", ":zz:").strip(":").split(":")
        lines.append(f"{length}.{'.'.join(reversed(groups))}.rpz-ip CNAME .")
    with stage.Place() as place:
        seen = table_prefixes(place.write("zone.rpz", "\n".join(lines) + "\n"))
    stage.want("prefixes", sorted(map(str, seen)), sorted(map(str, wanted)))


# ---- the programs themselves ---------------------------------------------------------------------------------------------


def ask_all(process, port, log, listed):
    """`listed` is a name that the list has: named answers some time before it has read its policy."""
    until = time.monotonic() + PATIENCE
    while dns.resolves(port, f"start.{TOP}x", 2) is None or dns.resolves(port, listed, 2) is not False:
        with open(log, encoding="utf-8", errors="replace") as file:
            said = file.read()
        if process.poll() is not None or time.monotonic() > until:
            if "ermission denied" in said:
                raise stage.Skip("the program may not read files here")
            raise stage.Failed(f"no answer\n{said}")
        time.sleep(0.05)
    answers = {}
    for name in NAMES:
        for _ in range(5):
            answers[name] = dns.resolves(port, name, 2)  # true: the world's answer, so that it is not listed
            if answers[name] is not None:
                break
    return answers


def program(*candidates):
    for name in candidates:
        found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if found:
            return found
    raise stage.Skip(f"{candidates[0]} is not installed")


def consume(make, command, exact, except_wins=False):
    """What a program says about each name is what the plain reading says, which the tests above use."""
    rng = random.Random(3)
    with dns.server() as world:
        for number in range(2):
            entries = invent(rng, exact, 0.3)
            meant = List(entries, except_wins)
            with stage.Place() as place:
                os.chmod(place.top, 0o755)
                text, port, log = make(entries), free_port(), place.path("log")
                words = command(place, text, port, world)
                with open(log, "wb") as out:
                    process = subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
                try:
                    answers = ask_all(process, port, log, next(name for name in NAMES if meant.means(name)))
                finally:
                    process.terminate()
                    process.wait()
            for name in NAMES:
                stage.want(f"{number}: {name} of\n{text}", answers[name], not meant.means(name))


def test_dnsmasq_itself():
    path = program("dnsmasq")

    def command(place, text, port, world):
        conf = place.write("dnsmasq.conf", text)
        return [path, "--keep-in-foreground", "--log-facility=-", f"--port={port}", "--listen-address=127.0.0.1",
                "--bind-interfaces", "--no-hosts", "--no-resolv", f"--server=127.0.0.1#{world}", "--pid-file=",
                "--user=root" if os.geteuid() == 0 else "--cache-size=0", f"--conf-file={conf}"]

    consume(write_dnsmasq, command, exact=False)


def test_unbound_itself():
    path = program("unbound")

    def command(place, text, port, world):
        conf = place.write("unbound.conf", f"""server:
    interface: 127.0.0.1
    port: {port}
    do-not-query-localhost: no
    do-daemonize: no
    use-syslog: no
    chroot: ""
    username: ""
    directory: "{place.top}"
    pidfile: "{place.path('pid')}"
    module-config: "iterator"
{text}
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{world}
remote-control:
    control-enable: no
""")
        return [path, "-d", "-c", conf]

    consume(write_unbound, command, exact=False)


def test_named_itself():
    path = program("named")

    def command(place, text, port, world):
        zone = place.write("zone", text)
        conf = place.write("named.conf", f"""options {{
    directory "{place.top}";
    pid-file "{place.path('named.pid')}";
    session-keyfile "{place.path('session.key')}";
    managed-keys-directory "{place.top}";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion yes;
    forward only;
    forwarders {{ 127.0.0.1 port {world}; }};
    dnssec-validation no;
    response-policy {{ zone "rpz.test"; }} qname-wait-recurse no;
}};
controls {{ }};
zone "rpz.test" {{ type primary; file "{zone}"; }};
""")
        return [path, "-g", "-c", conf]

    consume(write_rpz, command, exact=True)


def main():
    if not stage.built(stage.CTL):
        return 1
    tally = stage.Tally()
    for name, test in stage.named(stage.tests_in(globals()), sys.argv[1:]):
        tally.attempt(name, test)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
