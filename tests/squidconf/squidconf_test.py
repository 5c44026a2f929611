#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `m365ctl squid-conf` prints and `m365ctl doctor` says.

    squidconf_test.py [--update] [PART]...     last line: N passed, N failed[, N skipped]

Parts: `parse` gives every fragment that can be printed to `squid -k parse` (of squid-openssl; a skip without it), `clean`
gives them to the doctor, who must find nothing; `files` compares what the doctor says about the files in good/ and bad/
with the lines that begin with `#> ` at their ends (--update writes those); `noise` feeds the doctor random lines, of which
none may end it otherwise than with 0, 1 or 2; `wrong` are options that are refused.

In the files @DIR@ is a folder with programs and tables, @HERE@ this folder, @FILE@ the file itself.
Where it sits: make check. What a running Squid does with a fragment is tests/e2e's business.
"""

import itertools
import os
import pathlib
import pwd
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
BUILD = pathlib.Path(os.environ.get("top_builddir") or SOURCE).resolve()
M365CTL = str(BUILD / "helper" / "m365ctl")
ME = pwd.getpwuid(os.getuid()).pw_name
LIMIT = 20  # seconds for one program

VERSIONS = ("3.5", "4", "5", "6", "7")
EXTRAS = ("adaptation", "cache", "url_rewrite", "always_direct", "expressroute", "delay_access", "logformat",
          "url_m365_rewrite")
PORTS = (("--explicit", "8080"), ("--intercept", "3130"), ("--explicit", "8080", "--intercept", "3130"),
         ("--explicit", "8080", "--intercept", "3130", "--intercept-http", "3129"),
         ("--intercept", "3130", "--intercept-http", "3129"))


class Count:
    """Cases, counted and said."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def case(self, what, problem):
        if problem:
            self.failed += 1
            print(f"not ok - {what}\n    " + str(problem).replace("\n", "\n    "))
        else:
            self.passed += 1

    def skip(self, why):
        self.skipped += 1
        print(f"skipped - {why}")


def m365ctl(*arguments):
    done = subprocess.run([M365CTL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, check=False,
                          env=dict(os.environ, LC_ALL="C", TZ="UTC0"), stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode("ascii", "backslashreplace")


def fill(folder):
    """Programs and tables, as the files of good/ and bad/ name them."""
    os.chmod(folder, 0o755)
    for name in ("ext_m365_acl", "url_m365_rewrite", "basic_ncsa_auth", "security_file_certgen", "ssl_crtd"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    code, said = m365ctl("compile", "-t", str(SOURCE / "conf" / "worldwide.rules"), "-o", str(folder / "m365.image"))
    if code != 0:
        sys.exit(f"cannot compile: {said}")
    for name in ("secret", "damaged", "old"):
        shutil.copyfile(folder / "m365.image", folder / f"{name}.image")
    image = (folder / "m365.image").read_bytes()
    (folder / "damaged.image").write_bytes(image[:len(image) // 2] + b"\0" * (len(image) - len(image) // 2))
    os.utime(folder / "old.image", (978307200, 978307200))  # 2001-01-01
    os.chmod(folder / "secret.image", 0)
    now = int(time.time())
    fill_state(folder, "heard", f"last_good {now}\n")
    fill_state(folder, "silent", "last_good 1000000000\nfailed_since 1000000000\nerror the service does not answer\n")
    fill_state(folder, "waiting", f"last_good {now}\nfailed_since {now}\nerror the service does not answer\n")
    fill_state(folder, "forgetful", "")
    shutil.copytree(folder / "waiting" / "gen-000001", folder / "waiting" / "gen-000002")
    (folder / "waiting" / "pending").symlink_to("gen-000002")
    for name, text in (("empty", ""), ("wide", "allow a.example\nallow *.com\n"), ("good", "allow a.example\n")):
        (folder / f"{name}.rules").write_text(text)
    (folder / "locked").mkdir()
    shutil.copy(folder / "ext_m365_acl", folder / "locked")
    os.chmod(folder / "locked", 0o600)


def fill_state(folder, name, status):
    """A state folder whose image in use was written in 2001, with what the last update saw."""
    conf = folder / f"{name}.m365.conf"
    conf.write_text(f"state {folder / name}\ndata {SOURCE / 'conf'}\n")
    code, said = m365ctl("publish", "-c", str(conf))
    if code != 0:
        sys.exit(f"cannot publish: {said}")
    (folder / name / "status").write_text(status)
    os.utime(folder / name / "current" / "image", (978307200, 978307200))


def squids_user():
    """Somebody who is not root, whom a mode can keep out."""
    return "nobody" if os.getuid() == 0 else ME


def fragments(folder):
    """(options, text) of every fragment."""
    for version, ports, auth, bump in itertools.product(VERSIONS, PORTS, ("--auth", "--no-auth"), ("--bump", "--no-bump")):
        if bump == "--no-bump" and "--intercept-http" in ports:
            continue
        # One by one with the defaults, and all together with everything else.
        sets = [(), ("all",)] + ([(name,) for name in EXTRAS] if auth == "--auth" and bump == "--bump" else [])
        for extras in sets:
            options = ["--squid-version", version, *ports, auth, bump, "-t", str(folder / "m365.image"), "--helper",
                       str(folder / "ext_m365_acl"), "--rewriter", str(folder / "url_m365_rewrite"), "--squid-helpers",
                       str(folder)]
            for name in extras:
                options += ["--extra", name]
            code, text = m365ctl("squid-conf", *options)
            yield " ".join([version, *ports, auth, bump, *extras]), text if code == 0 else ""


# ---- squid -k parse ----------------------------------------------------------------------------------------------------


def squid_program():
    """The program, or None and why not."""
    squid = shutil.which("squid", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if squid is None:
        return None, "no squid here (Debian: squid-openssl)"
    said = subprocess.run([squid, "-v"], capture_output=True, text=True, timeout=LIMIT, check=False).stdout
    if "--with-openssl" not in said:
        return None, "this squid is built without OpenSSL (Debian: squid-openssl)"
    if shutil.which("openssl") is None:
        return None, "no openssl here to make a certificate with"
    return squid, ""


def settle(text, folder):
    """A fragment with the places of this machine, whose name nobody has to know."""
    return "visible_hostname m365.example\n" + text.replace("/etc/squid/", f"{folder}/").replace("/var/log/squid/", f"{folder}/").replace(
        "/var/spool/squid/", f"{folder}/")


def parse_one(squid, folder, text):
    path = folder / "squid.conf"
    path.write_text(settle(text, folder))
    done = subprocess.run([squid, "-n", f"m365t{os.getpid()}", "-k", "parse", "-f", str(path)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False, errors="replace")
    bad = re.findall(r"^.*(?:FATAL|ERROR|WARNING|BUG).*$", done.stdout, re.M)
    if done.returncode != 0 and not bad:
        bad = [f"exit {done.returncode}"]
    return "\n".join(bad)


def parse(count, folder):
    squid, why = squid_program()
    if squid is None:
        count.skip(f"parse: {why}")
        return
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-keyout", str(folder / "key"), "-out", str(folder / "crt")], check=True,
                   capture_output=True, timeout=LIMIT)
    (folder / "m365-ca.pem").write_bytes((folder / "key").read_bytes() + (folder / "crt").read_bytes())
    (folder / "passwd").write_text("")
    known = {}
    for what, text in fragments(folder):
        if what.startswith("3.5 "):
            continue  # no Squid of today reads it
        lines = text.split("\n", 1)[-1]
        if lines not in known:
            known[lines] = parse_one(squid, folder, text)
        count.case(f"squid -k parse: {what}", known[lines] if text else "nothing was printed")
    print(f"parse: {len(known)} different fragments")
    count.case("squid -k parse sees a mistake", not parse_one(squid, folder, "http_port 3128\nacl m365 external nothing\n"))


# ---- the doctor --------------------------------------------------------------------------------------------------------


def doctor(folder, path, *options):
    code, said = m365ctl("doctor", "--user", squids_user(), *options, str(path))
    said = said.replace(str(path), "@FILE@").replace(str(folder), "@DIR@").replace(str(HERE), "@HERE@")
    said = said.replace(f"'{squids_user()}'", "'@USER@'")
    return code, re.sub(r"( of) \d{4}-\d\d-\d\d,", r"\1 @DAY@,", said)


def clean(count, folder):
    path = folder / "fragment.conf"
    for what, text in fragments(folder):
        path.write_text(text)
        code, said = doctor(folder, path, "--squid-version", what.split()[0])
        good = code == 0 and said.count("\n") == 1 and said.startswith("@FILE@: nothing found in ") and text.count("\n") > 20
        count.case(f"doctor: {what}", None if good else f"exit {code}\n{said}")


def mended(count, folder, copy, name, options):
    """The corrected line of a helper type, put in, is one that the doctor likes."""
    lines = copy.read_text().splitlines()
    _, said = m365ctl("doctor", "--user", squids_user(), *options, str(copy))
    for where, line in re.findall(rf"^{re.escape(str(copy))}:(\d+): .*\n    (external_acl_type .*)$", said, re.M):
        if lines[int(where) - 1].split()[:2] != line.split()[:2]:
            continue
        lines[int(where) - 1] = line
        copy.write_text("\n".join(lines) + "\n")
        _, again = doctor(folder, copy, *options)
        count.case(f"{name}, mended", again if f"@FILE@:{where}:" in again else None)


def files(count, folder, update):
    for path in sorted(HERE.glob("good/*.conf")) + sorted(HERE.glob("bad/*.conf")):
        lines = path.read_text(encoding="ascii").splitlines()
        expected = [line[3:] for line in lines if line.startswith("#> ")]
        lines = [line for line in lines if not line.startswith("#> ")]
        options = [word for line in lines if line.startswith("#options ") for word in line.split()[1:]]
        copy = folder / "squid.conf"
        text = "\n".join(lines) + "\n"
        here = folder / "here"
        shutil.copytree(HERE / "parts", here / "parts", dirs_exist_ok=True)
        for part in (here / "parts").iterdir():
            part.write_text(part.read_text().replace("@DIR@", str(folder)))
        copy.write_text(text.replace("@HERE@", str(here)).replace("@DIR@", str(folder)).replace("@FILE@", str(copy)))
        code, said = doctor(folder, copy, *options)
        said = said.replace("@DIR@/here", "@HERE@").splitlines()
        if update and said != expected:
            path.write_text(text + "".join(f"#> {line}\n" for line in said), encoding="ascii")
        wanted = 0 if path.parent.name == "good" else 1
        problem = None if said == expected and code == wanted else f"exit {code}\n" + "\n".join(said)
        if wanted == 0 and len(said) != 1:
            problem = "more than one line"
        count.case(f"{path.parent.name}/{path.name}", problem)
        mended(count, folder, copy, path.name, options)
    code, said = m365ctl("doctor", "--user", "no-such-user", str(folder / "squid.conf"))
    count.case("--user nobody has", None if code == 2 and "there is no user 'no-such-user'" in said else f"{code} {said}")
    code, said = m365ctl("doctor", str(folder / "nowhere.conf"))
    count.case("a file that is not there", None if code == 2 and "nowhere.conf" in said else f"{code} {said}")


# ---- noise -------------------------------------------------------------------------------------------------------------


def noise(count, folder):
    pick = random.Random(365)
    words = ["acl", "external_acl_type", "http_access", "ssl_bump", "include", "if", "else", "endif", "true", "false", "allow",
             "deny", "splice", "bump", "peek", "m365", "!m365", "any-of", "all-of", "external", "note", "proxy_auth", "%>rd",
             "%ssl::>sni", "%#ssl::>sni", "%\"ssl::>sni", "ssl::>sni", "%", "%>la", "%LOGIN", "/x/ext_m365_acl", "-t", "-F",
             "-C", "-c", "dst,sni,port", "ttl=99999999999999999999", "ttl=-1", "concurrency=x", "queue-size=", "\"", "'",
             "\"a b", "#", "\\", "\n", "\n", "\n", "\\\n", "\0", "\r\n", "http_port", "https_port", "3128", "intercept",
             "access_log", "logformat", "tcp_outgoing_address", "url_rewrite_program", "url_rewrite_extras",
             "/x/url_m365_rewrite", "cache_effective_user", "nobody", "optimize:/dev/null", "!", "!!", "all", "%s%n%p",
             "\x7f\x1b[31m", "\xff\xfe", "a" * 3000, str(folder / "noise.conf"), str(folder / "*.conf")]
    (folder / "noise").mkdir(exist_ok=True)
    path = folder / "noise" / "squid.conf"
    for n in range(250):
        text = "".join(pick.choice(words) + pick.choice((" ", " ", " ", "\t", "")) for _ in range(pick.randrange(300)))
        path.write_bytes(text.encode("latin-1"))
        code, said = m365ctl("doctor", "--squid-version", pick.choice(VERSIONS), str(path))
        foul = re.search(r"[^\n -~]", said)
        count.case(f"noise {n}", None if code in (0, 1, 2) and said and not foul else f"exit {code}\n{text!r}\n{said}")


def wrong(count):
    for options in (["--squid-version", "3"], ["--squid-version", "8"], ["--squid-version", "66"], ["--explicit", "0"],
                    ["--explicit", "65536"], ["--explicit", "31x"], ["--intercept", "-1"], ["--extra", "caches"],
                    ["--helper", "ext_m365_acl"], ["--helper", "/a b"], ["--helper", "/a\nb"], ["--children", "0"],
                    ["--concurrency", "164"], ["--explicit", "80", "--intercept", "80"], ["--intercept-http", "80"],
                    ["--intercept", "443", "--intercept-http", "80", "--no-bump"], ["more"]):
        code, said = m365ctl("squid-conf", *options)
        good = code == 2 and said.startswith("m365ctl: ") and said.count("\n") == 1
        count.case(f"squid-conf {options}", None if good else f"exit {code}\n{said}")
    code, said = m365ctl("squid-conf", "--squid-version", "7", "--concurrency", "600")
    count.case("Squid 7 reads more at once", None if code == 0 and "concurrency=600" in said else said)


def main():
    count = Count()
    arguments = [word for word in sys.argv[1:] if word != "--update"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        fill(folder)
        parts = {"parse": lambda: parse(count, folder), "clean": lambda: clean(count, folder),
                 "files": lambda: files(count, folder, "--update" in sys.argv), "noise": lambda: noise(count, folder),
                 "wrong": lambda: wrong(count)}
        for part in arguments or parts:
            parts[part]()
        os.chmod(folder / "locked", 0o700)
    print(f"{count.passed} passed, {count.failed} failed" + (f", {count.skipped} skipped" if count.skipped else ""))
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
