# SPDX-License-Identifier: GPL-2.0-or-later
"""
stage.py - what the Python tests share: the programs just built, a run with a time limit, folders that are removed at
the end, and the tally whose last line is `N passed, N failed[, N skipped]`.

Where it sits: tests/, above the folders whose tests use it. totals.py reads the last line. Standard library only.
What does not belong here: what one kind of test knows (web.py has the web service, oracle.py the contract).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.environ.get("top_builddir") or SOURCE)
ACL, URL, CTL = (os.path.join(BUILD, "helper", name) for name in ("ext_m365_acl", "url_m365_rewrite", "m365ctl"))
PATIENCE = 60  # seconds until something that must come counts as lost


class Failed(Exception):
    """A check failed; the text says which."""


class Skip(Exception):
    """The test cannot run on this machine; the text says why."""


def check(good, *why):
    if not good:
        raise Failed("\n".join(f"{one!s:.2000}" for one in why))


def want(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what}: got\n{got!r:.2000}\nwant\n{wanted!r:.2000}")


def run(*command, limit=PATIENCE, **more):
    """A program from start to end: returncode, stdout and stderr (text; bytes with text=False)."""
    return subprocess.run(command, timeout=limit, check=False, **{"capture_output": True, "text": True, **more})


class Place:
    """A folder of one test."""

    def __init__(self, under=None):
        self.top = tempfile.mkdtemp(prefix="m365-test.", dir=under)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.top, *names)

    def write(self, name, content, mode=0o644):
        """Writes the whole file or nothing, as an editor does: another process may be reading. Returns the path."""
        new = f"{self.path(name)}.{threading.get_ident()}"
        with open(new, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(new, mode)
        os.replace(new, self.path(name))
        return self.path(name)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()


def traced(*options):
    """The words before a command that is traced or made to fail at a call. LeakSanitizer does not work under strace."""
    path = shutil.which("strace")
    if path is None or run(path, "-qq", "-o", os.devnull, "true").returncode != 0:
        raise Skip("no strace here, or it is not permitted to trace")
    return "env", f"ASAN_OPTIONS={os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0", path, "-qq", "-f", *options


def generation(name):
    """The number of a generation's folder."""
    check(re.fullmatch(r"gen-[0-9]{6}", name), "not the name of a generation", name)
    return int(name[4:])


class Site(Place):
    """A place with a configuration and a state folder."""

    def __init__(self, under=None):
        super().__init__(under)
        self.state, self.conf = self.path("state"), self.path("m365.conf")
        os.mkdir(self.path("local.d"))

    def ctl(self, *words, before=(), **more):
        """m365ctl on this configuration; `before` is a program that runs it, such as strace."""
        return run(*before, CTL, words[0], "--config", self.conf, *words[1:], **more)

    def kept(self, *names):
        """The path of something in the state folder."""
        return os.path.join(self.state, *names)

    def link(self, name):
        """The generation that a link names; 0 without one."""
        return generation(os.readlink(self.kept(name))) if os.path.islink(self.kept(name)) else 0

    def waiting(self):
        """The digits that name what waits."""
        return self.read("state", "pending", "review.txt").split("\ndigest ")[1][:12]

    def generations(self):
        return sorted(generation(name) for name in os.listdir(self.state) if name.startswith("gen-"))


def endpoint_set(number, category, urls=(), ips=(), tcp="80,443", area="Exchange", **more):
    """An endpoint set as the web service writes it; of `more` None takes a key away."""
    made = {"id": number, "serviceArea": area, "serviceAreaDisplayName": area, "urls": list(urls), "ips": list(ips),
            "tcpPorts": tcp, "expressRoute": False, "category": category, "required": True}
    made.update(more)
    return {key: value for key, value in made.items() if value not in ([], None)}


class Tally:
    """Counts and prints cases. `show` is how many failures are printed in full."""

    def __init__(self, show=sys.maxsize):
        self.passed = self.failed = self.skipped = 0
        self.show = show
        self.lock = threading.Lock()

    def good(self, count=1):
        with self.lock:
            self.passed += count

    def bad(self, name, *why):
        with self.lock:
            self.failed += 1
            if self.failed <= self.show:
                said = "\n".join(str(one) for one in why)
                print(f"not ok - {name}\n    " + said.replace("\n", "\n    "), flush=True)

    def skip(self, name, why):
        with self.lock:
            self.skipped += 1
            print(f"skipped - {name}: {why}", flush=True)

    def same(self, name, seen, wanted):
        """One case, printed with what was seen."""
        if seen != wanted:
            self.bad(name, f"seen:   {seen}", f"wanted: {wanted}")
            return
        self.good()
        print(f"ok - {name} -> {seen}", flush=True)

    def case(self, name, problem):
        """One case: good without a problem."""
        if problem:
            self.bad(name, problem)
        else:
            self.good()

    def attempt(self, name, test, *arguments):
        """A test that raises what is wrong. The tests after it still run."""
        try:
            test(*arguments)
        except Skip as why:
            self.skip(name, why)
        except Failed as why:
            lines = [f"line {frame.lineno}" for frame in traceback.extract_tb(why.__traceback__)
                     if os.path.basename(frame.filename) != "stage.py"]
            self.bad(name, ", ".join(lines), why)
        except Exception:  # pylint: disable=broad-except
            self.bad(name, traceback.format_exc())
        else:
            self.good()
            print(f"ok - {name}", flush=True)

    def finish(self):
        """Prints the last line. Returns the exit code; a run without a case has failed."""
        print(f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else ""))
        return 1 if self.failed or not self.passed + self.skipped else 0


def built(*programs):
    """False if one of the programs is missing; prints that as a failure."""
    missing = [program for program in programs if not os.access(program, os.X_OK)]
    if missing:
        print(f"not built: {', '.join(missing)}; is top_builddir right?\n0 passed, 1 failed")
    return not missing


def named(tests, words):
    """Of pairs (name, test) those whose name holds a word; all without words."""
    return [one for one in tests if not words or any(word in one[0] for word in words)]


def tests_in(module):
    """The functions test_... of a module (its globals()), by name without `test_`, in their order."""
    return [(name[len("test_"):], one) for name, one in module.items() if name.startswith("test_")]


def run_tests(module, *programs):
    """Runs the tests of a module (its globals()) that the command line names, and says how long each took. Returns the exit code."""
    if not built(*programs):
        return 1
    tally = Tally()
    for name, test in named(tests_in(module), sys.argv[1:]):
        started = time.monotonic()
        tally.attempt(name, test)
        print(f"    {time.monotonic() - started:.1f} s", flush=True)
    return tally.finish()
