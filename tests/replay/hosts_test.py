#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs that are counted where they are: the commands that m365-replay(7) shows for many machines, and one report.

    GNU parallel --ssh--> proxy1, proxy2, proxy3 (m365ctl replay --save -) --> files --> m365ctl replay --merge

What it is for: the counts of three hosts are those of one machine that reads all logs, byte for byte. A host that cannot
be reached, and a file that is cut off, are named, and the others are counted. What Hadoop, Spark and Kubernetes run for
each part of a log does the same.

    hosts_test.py [WORD]...     the tests whose name holds a word; all without words

Where it sits: tests/replay/, run by `make update`. A host is a network namespace with an sshd, a key and a /var/log of its
own. All of them are in namespaces of this test, also for processes: they end with it, however it ends.

What does not belong here: what is counted (replay_test.py), what of a saved file is refused (there, too).
"""

import contextlib
import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import replay_test  # noqa: E402
import stage  # noqa: E402
from stage import CTL, SOURCE, Failed, Skip, check, run, want  # noqa: E402

INSIDE = "--inside"
HOSTS = ("proxy1", "proxy2", "proxy3")
PORT = 2222
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
APART = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
SSHD = """\
Port {port}
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
SetEnv PATH={path}
"""
SSH = """\
Host {name}
    HostName {address}
    IdentityFile {folder}/key
"""
EVERY = """\
Host *
    User root
    Port {port}
    BatchMode yes
    IdentitiesOnly yes
    ConnectTimeout 20
    StrictHostKeyChecking yes
    UserKnownHostsFile {top}/known_hosts
"""
# Run in a host's namespaces: folder, address, sshd. The network card comes once the first line was read.
HOST = """\
echo here && read -r _ && ip link set lo up && ip address add "$2/24" dev eth && ip link set eth up &&
    mount -t tmpfs -o mode=755 run /run && mkdir /run/sshd &&
    mount -t tmpfs -o mode=755 log /var/log && cp -R "$1/squid" /var/log && exec "$3" -D -e -f "$1/sshd_config"
"""


def example(words):
    """The display of m365-replay(7) that holds these words, as an administrator would copy it."""
    with open(os.path.join(SOURCE, "conf", "m365-replay.7"), encoding="ascii") as file:
        shown = [part.split("\n.Ed", 1)[0] for part in re.split(r"^\.Bd -literal.*\n", file.read(), flags=re.M)[1:]]
    found = [part for part in shown if words in part]
    want(f"examples with '{words}'", len(found), 1)
    return found[0].replace("\\e", "\\") + "\n"


def logs(place):
    """Each host's folder with logs, packed and rotated. Returns their paths."""
    requests, paths = replay_test.make(70, 3000), []
    for number, name in enumerate(HOSTS):
        os.makedirs(place.path(name, "squid"))
        own = requests[number::3]
        paths += [place.write(f"{name}/squid/access.log", replay_test.text(own[600:], "squid")),
                  place.write(f"{name}/squid/access.log.1.gz", gzip.compress(replay_test.text(own[:600], "squid")))]
    return paths


class Reports:
    """What one machine reports of all logs, and a merge compared with it."""

    def __init__(self, place, paths):
        self.table, self.count = place.write("hosts.rules", replay_test.TABLE), len(paths)
        self.wanted = [self.of(*form, *paths) for form in ((), ("--json",))]
        self.saved = run(CTL, "replay", "--save", "-", *paths).stdout

    def of(self, *words):
        done = run(CTL, "replay", "-t", self.table, *words)
        want("a report", (done.returncode, done.stderr), (0, ""))
        return done.stdout

    def compare(self, files):
        """The saved files give the same. Only the first line says what was read."""
        text = self.of("--merge", *files).replace(f" in {len(files)} saved files,", f" in {self.count} logs,", 1)
        same("text", text, self.wanted[0])
        same("JSON", self.of("--json", "--merge", *files), self.wanted[1])
        same("saved again", run(CTL, "replay", "--merge", "--save", "-", *files).stdout, self.saved)


def same(what, got, wanted):
    check(got == wanted and got, what, "got", got, "want", wanted)


# ---- GNU parallel over ssh ----

def accounts(place):
    """An account of root with a home and a shell of this test, and one for sshd, for the programs in this namespace."""
    home = f"root:x:0:0::{place.top}:/bin/sh\nsshd:x:65530:65534::/run/sshd:/usr/sbin/nologin\n"
    for name, content in (("passwd", home), ("shadow", "root:*:20000:0:99999:7:::\nsshd:*:20000:0:99999:7:::\n")):
        checked("mount", "--bind", place.write(name, content), f"/etc/{name}")


def checked(*command, **more):
    done = run(*command, **more)
    check(done.returncode == 0, " ".join(command), done.stdout, done.stderr)
    return done.stdout


def until_open(address, child, log):
    end = time.monotonic() + 20
    while True:
        with socket.socket() as one:
            one.settimeout(1)
            if one.connect_ex((address, PORT)) == 0:
                return
        if child.poll() is not None or time.monotonic() > end:
            with open(log, encoding="utf-8", errors="replace") as file:
                raise Failed(f"sshd at {address} does not answer", file.read())
        time.sleep(0.1)


@contextlib.contextmanager
def host(place, number, name):
    """A host with a running sshd, from its start to its end."""
    folder, address = place.path(name), f"10.77.{number}.2"
    for key in ("key", "host_key"):
        checked("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", f"{folder}/{key}")
    shutil.copy(f"{folder}/key.pub", f"{folder}/authorized_keys")
    with open(place.path("known_hosts"), "a", encoding="ascii") as file:
        file.write(f"[{address}]:{PORT} {place.read(name, 'host_key.pub')}")
    path = os.pathsep.join([os.path.dirname(CTL), "/usr/bin", "/bin"])
    place.write(f"{name}/sshd_config", SSHD.format(port=PORT, address=address, folder=folder, path=path))
    with open(f"{folder}/log", "wb") as log:
        child = subprocess.Popen(  # pylint: disable=consider-using-with
            ["unshare", "--net", "--mount", "sh", "-c", HOST, "host", folder, address, shutil.which("sshd", path=PATH)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
    try:
        want("a host", child.stdout.readline(), b"here\n")
        checked("ip", "link", "add", name, "type", "veth", "peer", "name", "eth", "netns", str(child.pid))
        checked("ip", "address", "add", f"10.77.{number}.1/24", "dev", name)
        checked("ip", "link", "set", name, "up")
        child.stdin.write(b"go\n")
        child.stdin.close()
        until_open(address, child, f"{folder}/log")
        yield child
    finally:
        child.terminate()
        child.wait()
        child.stdout.close()


def gather(place, folder, command):
    """What the manual's command says when it is run in a new folder, and the paths of its files."""
    os.mkdir(place.path(folder))
    done = run("sh", "-c", command, cwd=place.path(folder), stdin=subprocess.DEVNULL,
               env={"PATH": PATH, "HOME": place.top, "LC_ALL": "C"})
    want("its files", sorted(os.listdir(place.path(folder))), [f"{name}.counts" for name in HOSTS])
    return done, [place.path(folder, f"{name}.counts") for name in HOSTS]


def without(reports, files, bad, sentence):
    """One file is refused by name, and the report is that of the others."""
    good = [file for file in files if file != bad]
    note = "1 log or saved file could be read only in part, or not at all"
    for words, cut in (((), lambda text: text.split("\n", 1)[1].replace(f"note: {note}\n", "")),
                       (("--json",), lambda text: text.replace(f',"{note}"', ""))):
        done = run(CTL, "replay", "-t", reports.table, *words, "--merge", *files)
        want(f"without {bad}", (done.returncode, done.stderr), (2, f"m365ctl: {sentence}\n"))
        check(note in done.stdout, "the note", done.stdout)
        same("the report of the others", cut(done.stdout), cut(reports.of(*words, "--merge", *good)))
    check(len(good) == 2, "one of three is bad")


def over_ssh(place):
    reports = Reports(place, logs(place))
    accounts(place)
    os.makedirs(place.path(".ssh"))
    os.makedirs(place.path(".parallel"))
    place.write(".parallel/will-cite", "")  # no notice
    place.write(".ssh/config", "".join(SSH.format(name=name, address=f"10.77.{number}.2", folder=place.path(name))
                                       for number, name in enumerate(HOSTS)) + EVERY.format(port=PORT, top=place.top), 0o600)
    counting, merging = example("parallel -j 0").split("\nm365ctl", 1)
    with contextlib.ExitStack() as stack:
        children = [stack.enter_context(host(place, number, name)) for number, name in enumerate(HOSTS)]
        done, files = gather(place, "all", counting)
        want("parallel", (done.returncode, done.stdout, done.stderr), (0, "", ""))
        reports.compare(files)
        merged = checked("sh", "-c", f"'{CTL}' replay -t '{reports.table}'" + merging.removeprefix(" replay"), cwd=place.path("all"))
        same("the manual's second command", merged, reports.of("--merge", *files))
        with open(files[1], "rb") as file:
            lines = file.readlines()[:-20]
        with open(files[1], "wb") as file:
            file.writelines(lines)
        without(reports, files, files[1], f"'{files[1]}' is cut off after line {len(lines)}")
        children[2].terminate()
        children[2].wait()
        done, files = gather(place, "two", counting)
        want("parallel without a host", (done.returncode, done.stdout, f"ssh: connect to host 10.77.2.2 port {PORT}: " in done.stderr), (1, "", True))
        want("the file of that host", os.path.getsize(files[2]), 0)
        without(reports, files, files[2], f"{files[2]}:0: no file that 'm365ctl replay --save' wrote")


def test_parallel():
    if os.geteuid() != 0:
        raise Skip("network namespaces with an sshd need root")
    for program in ("ip", "unshare", "parallel", "ssh", "ssh-keygen", "sshd"):
        if shutil.which(program, path=PATH) is None:
            raise Skip(f"{program} is not installed")
    if "GNU parallel" not in run("parallel", "--version").stdout:
        raise Skip("parallel is not GNU parallel")
    if run(*APART, "ip", "link", "set", "lo", "up").returncode != 0:
        raise Skip("no namespaces here")
    done = run(*APART, sys.executable, "-B", os.path.abspath(__file__), INSIDE, limit=120)
    check(done.returncode == 0, done.stdout, done.stderr)


# ---- what other engines run for each part ----

def part_of(engine, command, place, number, part):
    """The file that comes of one part of the log."""
    command = command.replace("/logs", place.top).replace("/counts", place.top)
    path = place.write(f"{number}.counts", "")
    done = run("sh", "-c", command, text=False, input=b"" if engine == "kubernetes" else part,
               env={"PATH": os.pathsep.join([os.path.dirname(CTL), PATH]), "JOB_COMPLETION_INDEX": str(number)})
    want(engine, (done.returncode, done.stderr, done.stdout != b""), (0, b"", engine != "kubernetes"))
    if done.stdout:
        end = b"\t\n" if engine == "hadoop" else b"\n"  # an empty value
        place.write(f"{number}.counts", b"".join(line if b"\t" in line else line[:-1] + end
                                                 for line in done.stdout.splitlines(keepends=True)))
    return path


def test_engines():
    hadoop, = re.findall(r"-mapper '(.*)'", example("-mapper"))
    spark, = re.findall(r'pipe\("(.*?)"', example(".pipe("))
    kubernetes, = re.findall(r"\[sh, -c, '(.*?)'\]", example("kind: Job"), re.S)
    kubernetes = " ".join(kubernetes.split())  # as YAML folds it
    lines = replay_test.text(replay_test.make(71, 3000), "squid").splitlines(keepends=True)
    with stage.Place() as place:
        parts = [b"".join(lines[number * 400:][:400]) for number in range(9)]  # the last one is empty
        reports = Reports(place, [place.write(f"access.log.{number}", part) for number, part in enumerate(parts)])
        for engine, command in (("hadoop", hadoop), ("spark", spark), ("kubernetes", kubernetes)):
            reports.compare([part_of(engine, command, place, number, part) for number, part in enumerate(parts)])


def inside():
    checked("ip", "link", "set", "lo", "up")
    with stage.Place() as place:
        over_ssh(place)
    return 0


if __name__ == "__main__":
    sys.exit(inside() if INSIDE in sys.argv[1:] else stage.run_tests(globals(), CTL))
