# SPDX-License-Identifier: GPL-2.0-or-later
"""
squid.py - the real Squid for one configuration: started, asked, read and ended.

    configuration with @PLACES@ --> filled --> squid -N --> Situation.run() --> cache.log --> seen.course()

One request at a time, so that all that Squid writes between two requests is about one of them. Where it sits: tests/squidmodel/.
What does not belong here: the model.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

import seen
from situation import client

PATIENCE_S = 20
ATTEMPTS = 3
LISTEN = "0A"  # as /proc/net/tcp writes it
COMMON = """\
visible_hostname proxy.squidmodel.example
pid_filename @RUN@/squid.pid
coredump_dir @RUN@
cache_log @RUN@/cache.log
logformat model port=%>p method=%rm url=%#ru status=%>Hs result=%Ss bump=%ssl::bump_mode sni=%#ssl::>sni user=%un
access_log stdio:@RUN@/access.log logformat=model
debug_options ALL,1 28,3 33,2 83,3
netdb_filename none
pinger_enable off
cache deny all
cache_mem 0
memory_cache_shared off
shutdown_lifetime 0 seconds
hosts_file @SITE@/hosts
dns_nameservers 127.0.0.1
dns_timeout 1 second
connect_timeout 3 seconds
tls_outgoing_options cafile=@SITE@/origin-ca.crt
sslproxy_cert_error allow all
sslcrtd_program @LIBEXEC@/security_file_certgen -s @RUN@/ssl_db -M 4MB
sslcrtd_children 1 startup=1
"""
# What stands between Squid and the helper, so that the helper can be dead, or answer BH.
HELPER = """\
#!/bin/sh
[ "$(cat @RUN@/helper 2>/dev/null)" != exit ] || exit 1
exec python3 -B -S @RUN@/programs/between "$@"
"""
# `bh` is BH to everything. `busy N` answers the first query, which is that of http_access, then BH to that of ssl_bump and to
# Squid's two repetitions of it, then everything again.
BETWEEN = """\
import subprocess, sys
helper = subprocess.Popen(["@SITE@/programs/ext_m365_acl", *sys.argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
seen, count = "", 0
for line in sys.stdin.buffer:
    try:
        with open("@RUN@/helper", encoding="ascii") as file:
            state = file.read()
    except OSError:
        state = ""
    seen, count = state, count + 1 if state == seen else 1
    answer = line.split()[0] + b" BH\\n"
    if state != "bh" and not (state.startswith("busy") and 2 <= count <= 4):
        helper.stdin.write(line)
        helper.stdin.flush()
        answer = helper.stdout.readline()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
"""
PORT = re.compile(r"^\s*(https?_port)\s+(?:\S*:)?([0-9]+)\b(.*)", re.M)


class Refused(Exception):
    """Squid does not take the configuration; the text says why."""


class Died(Exception):
    """Squid ended while it was asked; the text says what it wrote."""


class Asked:
    """What Squid did with one situation. end: in the words of trace. access, bump: seen.course(). log: access.log."""

    def __init__(self, end, access, bump, answer, log):
        self.end, self.access, self.bump, self.answer, self.log = end, access, bump, answer, log

    def key(self):
        return self.end, tuple(self.access), tuple(self.bump)


class Site:
    """The folder that run.sh made, as each process of the test sees it."""

    def __init__(self, folder):
        self.folder = folder
        self.squid, self.libexec = os.environ["SQUID"], os.environ["SQUID_LIBEXEC"]
        self.user = os.environ["SQUID_USER"]
        self.origins = Origins(folder)
        with open(os.path.join(folder, "hosts"), encoding="ascii") as file:
            self.addresses = {name: address for address, name in (line.split()[:2] for line in file)}


class Origins(client.Site):
    """What the origins wrote, of which only the last part is about the request just made."""

    def origin_saw(self, random):
        path = os.path.join(self.folder, "origin", "log")
        with open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - 65536))
            return random.hex().encode() in file.read()


class Squid:
    """One at a time for each number. Use with `with`, after configure()."""

    def __init__(self, site, number):
        self.site, self.run = site, os.path.join(site.folder, f"squid{number}")
        self.base = 31000 + 10 * number
        self.process = self.conf = self.log = None
        self.ports, self.deaths, self.turn = {}, [], 0
        os.makedirs(os.path.join(self.run, "programs"))
        self._write("programs/ext_m365_acl", self.fill(HELPER), 0o755)
        self._write("programs/between", self.fill(BETWEEN))
        shutil.copytree(os.path.join(site.folder, "ssl_db"), os.path.join(self.run, "ssl_db"))
        subprocess.run(["chown", "-R", site.user, self.run], check=True)

    def _write(self, name, text, mode=0o644):
        path = os.path.join(self.run, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def fill(self, text):
        """Each @PLACE@ of a configuration, as this Squid has it."""
        for name, value in (("RUN", self.run), ("SITE", self.site.folder), ("LIBEXEC", self.site.libexec),
                            ("EXPLICIT", self.base), ("TLS", self.base + 1), ("HTTP", self.base + 2),
                            ("SECOND", self.base + 3)):
            text = text.replace(f"@{name}@", str(value))
        return text

    def configure(self, text):
        """Write squid.conf. Returns its path; the lines have the numbers that they have in `text`."""
        filled = self.fill(text)
        self.conf = seen.Conf(filled)
        first, _, rest = seen.labelled(filled).partition("\n")
        if not first.startswith("#"):
            raise ValueError("the first line of a configuration must be a comment: it becomes the include of the common part")
        self._write("common.conf", self.fill(COMMON) + self.conf.labels())
        self.ports = {}
        for directive, number, rest_of_port in PORT.findall(filled):
            kind = "explicit" if not re.search(r"\b(intercept|tproxy)\b", rest_of_port) else directive.replace("https_port", "tls")
            name = re.search(r"\bname=(\S+)", rest_of_port)
            found = (int(number), kind.replace("http_port", "http"))
            self.ports[name[1] if name else number] = self.ports[number] = found
        return self._write("squid.conf", f"include {self.run}/common.conf\n" + rest)

    def parse(self):
        """squid -k parse; raises Refused."""
        done = subprocess.run([self.site.squid, "-n", f"m{self.base}", "-k", "parse", "-f", f"{self.run}/squid.conf"],
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        bad = [line for line in done.stderr.splitlines() if re.search(r"FATAL|ERROR|Bungled|WARNING", line)]
        if done.returncode or any("WARNING" not in line for line in bad):
            raise Refused("\n".join(bad) or done.stderr[-500:])
        return bad

    def __enter__(self):
        for name in ("cache.log", "access.log", "helper", "squid.pid"):
            if os.path.exists(os.path.join(self.run, name)):
                os.remove(os.path.join(self.run, name))
        with open(os.path.join(self.run, "out"), "wb") as out:
            self.process = subprocess.Popen([self.site.squid, "-N", "-n", f"m{self.base}", "-f", f"{self.run}/squid.conf"],
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        until = time.monotonic() + PATIENCE_S
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise Refused(f"Squid did not start: {self._read('out')[-600:]}")
            time.sleep(0.005)
        self.log = open(os.path.join(self.run, "cache.log"), encoding="utf-8", errors="replace")
        return self

    def __exit__(self, *_):
        """With its helpers, and a helper that is just being started: it has the ports open."""
        self.process.send_signal(signal.SIGSTOP)
        until = time.monotonic() + PATIENCE_S
        while self._state() not in ("T", "") and time.monotonic() < until:
            time.sleep(0.001)
        children = self._children()
        self.process.kill()
        self.process.wait()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if self.log:
            self.log.close()
            self.log = None

    def _read(self, name):
        with open(os.path.join(self.run, name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def _listens(self):
        """Without a connection, which Squid would take for a client's."""
        if not os.path.exists(os.path.join(self.run, "cache.log")) or "| Accepting " not in self._read("cache.log"):
            return False
        listening = set()
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            with open(table, encoding="ascii") as file:
                words = [line.split() for line in file]
            listening.update(int(one[1].rpartition(":")[2], 16) for one in words[1:] if one[3] == LISTEN)
        return all(number in listening for number, _ in self.ports.values())

    def _state(self):
        """The letter of ps(1), as in T for stopped: a signal takes a moment. "" if the process is gone."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
                state = file.read().rpartition(")")[2].split()[0]
                return "" if state in "ZX" else state
        return ""

    def _children(self):
        with contextlib.suppress(FileNotFoundError):
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
                return [int(child) for child in file.read().split()]
        return []

    def _helper(self, state):
        """The helper from here on: "" is well, exit is dead, bh answers BH, busy only once."""
        was = self._read("helper") if os.path.exists(os.path.join(self.run, "helper")) else ""
        if state == "busy":
            self.turn += 1
            state = f"busy {self.turn}"
        if state == was:
            return
        self._write("helper", state)
        if "exit" not in (was, state):
            return
        for child in self._children():
            with contextlib.suppress(OSError), open(f"/proc/{child}/cmdline", "rb") as command:
                if b"programs/" in command.read():
                    os.kill(child, signal.SIGKILL)
        time.sleep(0.05)

    def ask(self, situation):
        """Make the request, and say what Squid did. Squid 5.7 sometimes dies of a helper that dies; it is asked again then. None
        if it died each time."""
        why = ""
        for _ in range(ATTEMPTS):
            try:
                return self._ask(situation)
            except (Died, OSError) as died:
                if self.process.poll() is None:
                    raise
                why = str(died)
                self.__exit__()
                self.__enter__()
        self.deaths.append((situation.text, why))
        return None

    def _ask(self, situation):
        self._helper({"": "", "dead": "exit", "full": "bh", "busy": "busy"}[situation.helper()])
        self.log.read()
        at = os.path.getsize(os.path.join(self.run, "access.log"))
        answer = situation.run(self.site.origins, self.ports, self.site.addresses)
        log = self._settled(answer.port)
        with open(os.path.join(self.run, "access.log"), encoding="utf-8", errors="replace") as file:
            file.seek(at)
            lines = [line for line in file.read().splitlines() if f"port={answer.port} " in line]
        access, bump = seen.course(log, self.conf)
        return Asked(situation.end(answer), access, bump, answer, lines)

    def _settled(self, port):
        """What Squid wrote until it was done with the client's connection."""
        end = re.compile(rf"swanSong: .*remote=[^ ]*:{port}\b")
        until, lines, part = time.monotonic() + 2, [], ""
        while time.monotonic() < until:
            part += self.log.read()
            new, part = part.rpartition("\n")[::2]
            lines += new.splitlines()
            if any(end.search(line) for line in new.splitlines()):
                return lines
            if self.process.poll() is not None:
                raise Died("\n".join(line for line in lines if "assertion" in line or "FATAL" in line) or "Squid died")
            time.sleep(0.002)
        return lines
