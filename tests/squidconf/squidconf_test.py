#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests what `m365ctl squid-conf` prints and what `m365ctl doctor` says.

    squidconf_test.py [--update] [PART]...     last line: N passed, N failed[, N skipped]

The parts are:
- `parse` gives every fragment that can be printed to `squid -k parse` (of squid-openssl; skipped without it).
- `clean` gives the same fragments to the doctor, which must find nothing.
- `files` compares what the doctor says about the files in good/ and bad/ with the lines at their ends that begin with
  `#> ` (--update writes these lines).
- `mistakes` has the doctor find the mistakes of mistakes.py, applies its corrections and gives the result to `squid -k parse`.
- `lines` gives single lines of lines.py and values.py to `squid -k parse` and to trace, which must refuse the same ones.
- `surplus` asks the helper what a token too many in FORMAT can do.
- `noise` feeds random lines to the doctor and to trace, which must exit with 0, 1 or 2.
- `wrong` tests options that are refused.
- `presets` compares the paths that are printed for other systems with those that their packages have.

In the files, @DIR@ is a folder with programs and tables, @HERE@ is this folder, and @FILE@ is the file itself.
Where it sits: make check. What a running Squid does with a fragment belongs to tests/e2e.
"""

import concurrent.futures
import itertools
import os
import pathlib
import pwd
import random
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import lines as single_lines  # noqa: E402
import mistakes  # noqa: E402
import stage  # noqa: E402  (of tests/)
import values  # noqa: E402

SHIPPED = pathlib.Path(stage.SOURCE) / "conf"
ME = pwd.getpwuid(os.getuid()).pw_name
LIMIT = 20  # seconds for one program

VERSIONS = ("3.5", "4", "5", "6", "7")
EXTRAS = ("adaptation", "cache", "url_rewrite", "always_direct", "expressroute", "delay_access", "logformat",
          "url_m365_rewrite")
REQUESTS = ("CONNECT a.example:443 sni=a.example", "GET http://a.example/", "INTERCEPT 192.0.2.1:443", "CONNECT", "GET \"")
PORTS = (("--explicit", "8080"), ("--intercept", "3130"), ("--explicit", "8080", "--intercept", "3130"),
         ("--explicit", "8080", "--intercept", "3130", "--intercept-http", "3129"),
         ("--intercept", "3130", "--intercept-http", "3129"))


def m365ctl(*arguments):
    done = stage.run(stage.CTL, *arguments, limit=LIMIT, capture_output=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                     text=False, env=dict(os.environ, LC_ALL="C", TZ="UTC0"), stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode("ascii", "backslashreplace")


def fill(folder):
    """Creates the programs and tables that the files in good/ and bad/ name."""
    os.chmod(folder, 0o755)
    for name in ("ext_m365_acl", "url_m365_rewrite", "basic_ncsa_auth", "security_file_certgen", "ssl_crtd"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    code, said = m365ctl("compile", "-t", str(SHIPPED / "worldwide.rules"), "-o", str(folder / "m365.image"))
    if code != 0:
        sys.exit(f"cannot compile: {said}")
    for name in ("secret", "damaged", "old"):
        shutil.copyfile(folder / "m365.image", folder / f"{name}.image")
    image = (folder / "m365.image").read_bytes()
    (folder / "damaged.image").write_bytes(image[:len(image) // 2] + b"\0" * (len(image) - len(image) // 2))
    os.utime(folder / "old.image", (978307200, 978307200))  # 2001-01-01
    os.chmod(folder / "secret.image", 0)
    fill_squid(folder)
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


def fill_squid(folder):
    """What Squid itself needs: a CA, the folder of certificates, a file of passwords. None of it is real."""
    certificate, key = (f"-----BEGIN {what}-----\n-----END {what}-----\n" for what in ("CERTIFICATE", "PRIVATE KEY"))
    for name, text in (("m365-ca.pem", key + certificate), ("ca.crt", certificate), ("ca.key", key), ("passwd", "")):
        (folder / name).write_text(text)
    for name in ("ssl_db", "empty_db", "roots_db"):
        (folder / name).mkdir()
        if name != "empty_db":
            (folder / name / "index.txt").write_text("")
        os.chmod(folder / name, 0o777 if name == "ssl_db" else 0o555)


def fill_state(folder, name, status):
    """A state folder with an image in use from 2001 and the status of the last update."""
    conf = folder / f"{name}.m365.conf"
    conf.write_text(f"state {folder / name}\ndata {SHIPPED}\n")
    code, said = m365ctl("publish", "-c", str(conf))
    if code != 0:
        sys.exit(f"cannot publish: {said}")
    (folder / name / "status").write_text(status)
    os.utime(folder / name / "current" / "image", (978307200, 978307200))


def squids_user():
    """A user other than root, whom file modes can keep out."""
    return "nobody" if os.getuid() == 0 else ME


def fragments(folder):
    """(options, text) of every fragment."""
    for version, ports, auth, bump in itertools.product(VERSIONS, PORTS, ("--auth", "--no-auth"), ("--bump", "--no-bump")):
        if bump == "--no-bump" and "--intercept-http" in ports:
            continue
        # Each extra on its own with the defaults, and all extras together with everything else.
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
    """The program, or None and the reason."""
    squid = shutil.which("squid", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if squid is None:
        return None, "no squid here (Debian: squid-openssl)"
    said = stage.run(squid, "-v", limit=LIMIT).stdout
    if "--with-openssl" not in said:
        return None, "this squid is built without OpenSSL (Debian: squid-openssl)"
    if shutil.which("openssl") is None:
        return None, "no openssl here to make a certificate"
    return squid, ""


def settle(text, folder):
    """A fragment with the paths of this machine, whose name no resolver has to know."""
    return "visible_hostname m365.example\n" + text.replace("/etc/squid/", f"{folder}/").replace("/var/log/squid/", f"{folder}/").replace(
        "/var/spool/squid/", f"{folder}/")


def parse_one(squid, folder, text):
    path = folder / "squid.conf"
    path.write_text(settle(text, folder))
    return parse_file(squid, path)


def parse_file(squid, path):
    """What Squid complains about; "" if nothing."""
    done = stage.run(squid, "-n", f"m365t{os.getpid()}", "-k", "parse", "-f", str(path), limit=LIMIT, capture_output=False,
                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
    bad = re.findall(r"^.*(?:FATAL|ERROR|WARNING|BUG).*$", done.stdout, re.M)
    if done.returncode != 0 and not bad:
        bad = [f"exit {done.returncode}"]
    return "\n".join(bad)


def make_ca(folder):
    """A certificate with its key, and what else a fragment names."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-keyout", str(folder / "key"), "-out", str(folder / "crt")], check=True,
                   capture_output=True, timeout=LIMIT)
    (folder / "m365-ca.pem").write_bytes((folder / "key").read_bytes() + (folder / "crt").read_bytes())
    (folder / "passwd").write_text("")


def parse(tally, folder):
    squid, why = squid_program()
    if squid is None:
        tally.skip("parse", why)
        return
    make_ca(folder)
    known = {}
    for what, text in fragments(folder):
        if what.startswith("3.5 "):
            continue  # current versions of Squid cannot read it
        lines = text.split("\n", 1)[-1]
        if lines not in known:
            known[lines] = parse_one(squid, folder, text)
        problem = known[lines] if text else "nothing was printed"
        if what.startswith("4 ") and "annotate_" in text:
            problem = "annotate_*, which Squid 4.13 refuses (FATAL: Invalid ACL type)"
        tally.case(f"squid -k parse: {what}", problem)
    print(f"parse: {len(known)} different fragments")
    said = parse_one(squid, folder, "http_port 3128\nhttps_port 3130 intercept tls-cert=/etc/squid/m365-ca.pem\n")
    tally.case("squid refuses https_port intercept without ssl-bump", None if "requires ssl-bump" in said else said or "it does not")
    tally.case("squid -k parse sees a mistake", not parse_one(squid, folder, "http_port 3128\nacl m365 external nothing\n"))


# ---- the doctor --------------------------------------------------------------------------------------------------------


def doctor(folder, path, *options):
    code, said = m365ctl("doctor", "--user", squids_user(), *options, str(path))
    said = said.replace(str(path), "@FILE@").replace(str(folder), "@DIR@").replace(str(HERE), "@HERE@")
    said = said.replace(f"'{squids_user()}'", "'@USER@'")
    said = said.replace(f"chown -R {squids_user()} ", "chown -R @USER@ ")
    return code, re.sub(r"( of) \d{4}-\d\d-\d\d,", r"\1 @DAY@,", said)


def clean(tally, folder):
    path = folder / "fragment.conf"
    for what, text in fragments(folder):
        path.write_text(settle(text, folder))
        code, said = doctor(folder, path, "--squid-version", what.split()[0])
        good = code == 0 and said.count("\n") == 1 and said.startswith("@FILE@: nothing found in ") and text.count("\n") > 20
        tally.case(f"doctor: {what}", None if good else f"exit {code}\n{said}")


def mended(tally, folder, copy, name, options):
    """The doctor finds nothing wrong with its own corrected line of a helper type."""
    lines = copy.read_text().splitlines()
    _, said = m365ctl("doctor", "--user", squids_user(), *options, str(copy))
    for where, line in re.findall(rf"^{re.escape(str(copy))}:(\d+): .*\n    (external_acl_type .*)$", said, re.M):
        if lines[int(where) - 1].split()[:2] != line.split()[:2]:
            continue
        lines[int(where) - 1] = line
        copy.write_text("\n".join(lines) + "\n")
        _, again = doctor(folder, copy, *options)
        tally.case(f"{name}, corrected", again if f"@FILE@:{where}:" in again else None)


def quiet(said):
    """Is the last line the one without findings, and nothing before it one that counts?"""
    return said[-1].startswith("@FILE@: nothing found in ") and all(
        re.match(r"    |@FILE@:\d+: (accepted|for now|note): |@FILE@:\d+: nothing was found here", line) for line in said[:-1])


def files(tally, folder, update):
    for path in sorted(HERE.glob("good/*.conf")) + sorted(HERE.glob("bad/*.conf")):
        lines = path.read_text(encoding="ascii").splitlines()
        expected = [line[3:] for line in lines if line.startswith("#> ")]
        lines = [line for line in lines if not line.startswith("#> ")]
        copy = folder / "squid.conf"
        options = [word.replace("@FILE@", str(copy)) for line in lines if line.startswith("#options ")
                   for word in line.split()[1:]]
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
        if wanted == 0 and not quiet(said):
            problem = "a finding that counts, or no last line"
        tally.case(f"{path.parent.name}/{path.name}", problem)
        mended(tally, folder, copy, path.name, options)
    code, said = m365ctl("doctor", "--user", "no-such-user", str(folder / "squid.conf"))
    tally.case("--user with an unknown name", None if code == 2 and "there is no user 'no-such-user'" in said else f"{code} {said}")
    for place in ("3", "squid.conf", "squid.conf:", ":3", "squid.conf:x", "squid.conf:-3"):
        code, said = m365ctl("doctor", "--accept", place, str(folder / "squid.conf"))
        tally.case(f"--accept {place}", None if code == 2 and "is not FILE:LINE" in said else f"{code} {said}")
    code, said = m365ctl("doctor", str(folder / "nowhere.conf"))
    tally.case("a missing file", None if code == 2 and "nowhere.conf" in said else f"{code} {said}")


# ---- mistakes ----------------------------------------------------------------------------------------------------------


def corrections(said):
    """Those of a report, each as {line: (lines before, whether it stays, lines after)}."""
    found, here, line = [], None, None
    for text in said.splitlines():
        place = re.match(r"    @FILE@:(\d+)$", text)
        if re.match(r"@FILE@:\d+: ", text):
            here = {}
            found.append(here)
        elif place:
            line = here[int(place[1])] = [[], True, []]
        elif line and text.startswith("    + "):
            line[0 if len(line) == 3 else 2].append(text[6:])
        elif line and text.startswith(("    - ", "      ")):
            line[1] = text[4] != "-"
            line.append("seen")
    return [one for one in found if one]


def applied(lines, correction):
    """The lines of a file after a correction. A continued line is one."""
    out = []
    for number, line in enumerate(lines, 1):
        before, stays, after = correction.get(number, ([], True, []))[:3]
        out += before + ([line] if stays else []) + after
    return out


def ask_about(folder, path, mistake):
    (folder / "own.list").write_text(".bank.example\n")
    options = ["--squid-version", "5", *mistake.options, "-t", str(folder / "m365.image"), "--helper", str(folder / "ext_m365_acl"),
               "--squid-helpers", str(folder)]
    _, printed = m365ctl("squid-conf", *options)
    path.write_text(settle(mistake.text(printed), folder).replace("@LIST@", str(folder / "own.list")))
    return doctor(folder, path, "--squid-version", "5")


def correct(folder, path, said, squid):
    """Applies one correction after the other. Returns (the last exit code, what is said then, the first complaint of Squid)."""
    code = 1
    for _ in range(8):
        found = corrections(said)
        if not found:
            break
        path.write_text("\n".join(applied(path.read_text().splitlines(), found[0])).replace("@DIR@", str(folder)) + "\n")
        if squid:
            done = parse_file(squid, path)
            if done:
                return code, said, done
        code, said = doctor(folder, path, "--squid-version", "5")
    return code, said, ""


def find_mistakes(tally, folder):
    squid, why = squid_program()
    path = folder / "mistake.conf"
    if squid:
        make_ca(folder)
    else:
        tally.skip("corrections, parsed by Squid", why)
    for mistake in (*mistakes.MUST_FIND, mistakes.REFUSED):
        code, said = ask_about(folder, path, mistake)
        tally.case(f"found: {mistake.name}", None if code == 1 and mistake.found in said else f"exit {code}\n{said}")
        refused = parse_file(squid, path) if squid and mistake is not mistakes.REFUSED else ""
        tally.case(f"Squid starts with it: {mistake.name}", refused)
        code, said, complaint = correct(folder, path, said, squid)
        tally.case(f"corrected, and Squid starts: {mistake.name}", complaint)
        if mistake.corrected:
            tally.case(f"corrected, and clean: {mistake.name}", None if code == 0 else f"exit {code}\n{said}\n{path.read_text()}")
    for mistake in mistakes.MUST_NOT_ALARM:
        code, said = ask_about(folder, path, mistake)
        tally.case(f"no alarm: {mistake.name}", None if code == 0 else f"exit {code}\n{said}")


def ask_line(folder, squid, job):
    """What the model and Squid say about one line: ((exit code, text) of each); Squid's is None without one."""
    number, line = job
    path = folder / f"line{number}.conf"
    path.write_text(settle(single_lines.BEFORE + line + "\n" + single_lines.AFTER, folder).replace("@DIR@", str(folder)))
    ours = m365ctl("trace", "-c", str(path), "--squid-version", "5", "CONNECT www.example.com:443 port=3128")
    theirs = None
    if squid:
        done = stage.run(squid, "-n", f"m365t{os.getpid()}", "-k", "parse", "-f", str(path), limit=LIMIT, errors="replace")
        theirs = done.returncode, done.stderr[-300:]
    path.unlink()
    return ours, theirs


def find_lines(tally, folder):
    """Squid and the model refuse the same lines."""
    squid, why = squid_program()
    if squid:
        make_ca(folder)
    else:
        tally.skip("single lines, parsed by Squid", why)
    asked = [(line, False) for line in single_lines.STARTS] + [(line, True) for line in single_lines.REFUSED] + [*values.lines()]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda job: ask_line(folder, squid, job), enumerate(line for line, _ in asked))
        for (line, refused), ((code, said), theirs) in zip(asked, answers):
            tally.case(f"{line}: trace", None if code == (2 if refused else 0) else f"exit {code}\n{said}")
            if theirs:
                tally.case(f"{line}: squid -k parse", None if (theirs[0] != 0) == refused else f"{theirs[0]}\n{theirs[1]}")


def surplus(tally, folder):
    """A client that writes the token after those that -F names asks for what it likes, if the ACL has an argument."""
    for extra, wanted in (("- Optimize", "ERR"), ("x Optimize", "ERR"), ("Default Optimize", "OK"), ("Default -", "ERR")):
        done = stage.run(stage.ACL, "-t", str(folder / "m365.image"), limit=LIMIT, input=f"login.live.com - 443 {extra}\n")
        tally.case(f"FORMAT with a token too many: {extra}", None if done.stdout.split(" ")[0] == wanted else done.stdout)


# ---- noise -------------------------------------------------------------------------------------------------------------


def noise(tally, folder):
    pick = random.Random(365)
    words = ["acl", "external_acl_type", "http_access", "ssl_bump", "include", "if", "else", "endif", "true", "false", "allow",
             "deny", "splice", "bump", "peek", "m365", "!m365", "any-of", "all-of", "external", "note", "proxy_auth", "%>rd",
             "%ssl::>sni", "%#ssl::>sni", "%\"ssl::>sni", "ssl::>sni", "%", "%>la", "%LOGIN", "/x/ext_m365_acl", "-t", "-F",
             "-C", "-c", "dst,sni,port", "ttl=99999999999999999999", "ttl=-1", "concurrency=x", "queue-size=", "\"", "'",
             "\"a b", "#", "\\", "\n", "\n", "\n", "\\\n", "\0", "\r\n", "http_port", "https_port", "3128", "intercept",
             "access_log", "logformat", "tcp_outgoing_address", "url_rewrite_program", "url_rewrite_extras",
             "/x/url_m365_rewrite", "annotate_transaction", "m365_why", "m365_way_=x", "%{m365_gen}note", "auth_param", "basic",
             "program", "sslcrtd_program", "/x/basic_ncsa_auth", "-s", "/x", "ssl-bump", "tls-cert=/x", "key=", "-m", "#m365: meant",
             "optimise", "external m365", "acl e external m365", "cache_effective_user", "nobody", "optimize:/dev/null", "!", "!!", "all", "%s%n%p",
             "\x7f\x1b[31m", "\xff\xfe", "a" * 3000, str(folder / "noise.conf"), str(folder / "*.conf")]
    (folder / "noise").mkdir(exist_ok=True)
    path = folder / "noise" / "squid.conf"
    for n in range(250):
        text = "".join(pick.choice(words) + pick.choice((" ", " ", " ", "\t", "")) for _ in range(pick.randrange(300)))
        path.write_bytes(text.encode("latin-1"))
        code, said = m365ctl("doctor", "--squid-version", pick.choice(VERSIONS), str(path))
        foul = re.search(r"[^\n\t -~]", said)
        tally.case(f"noise {n}", None if code in (0, 1, 2) and said and not foul else f"exit {code}\n{text!r}\n{said}")
        path.write_bytes(text.replace("http_port", "\nhttp_port 3128\n").encode("latin-1"))
        code, said = m365ctl("trace", "-c", str(path), pick.choice(REQUESTS))
        tally.case(f"trace {n}", None if code in (0, 2) and said else f"exit {code}\n{text!r}\n{said}")


def wrong(tally):
    for options in (["--squid-version", "3"], ["--squid-version", "8"], ["--squid-version", "66"], ["--explicit", "0"],
                    ["--explicit", "65536"], ["--explicit", "31x"], ["--intercept", "-1"], ["--extra", "caches"],
                    ["--helper", "ext_m365_acl"], ["--helper", "/a b"], ["--helper", "/a\nb"], ["--children", "0"],
                    ["--concurrency", "164"], ["--preset", "suse"], ["--squid-user", ""], ["--squid-user", "a b"],
                    ["--squid-user", "a;b"], ["--squid-user", "-R"], ["--explicit", "80", "--intercept", "80"], ["--intercept-http", "80"],
                    ["--intercept", "443", "--intercept-http", "80", "--no-bump"], ["more"]):
        code, said = m365ctl("squid-conf", *options)
        good = code == 2 and said.startswith("m365ctl: ") and said.count("\n") == 1
        tally.case(f"squid-conf {options}", None if good else f"exit {code}\n{said}")
    code, said = m365ctl("squid-conf", "--squid-version", "7", "--concurrency", "600")
    tally.case("Squid 7 reads more at once", None if code == 0 and "concurrency=600" in said else said)


# ---- presets -----------------------------------------------------------------------------------------------------------

# System: helpers, Squid's user, configuration, certificates, logs.
SYSTEMS = {"debian": ("/usr/lib/squid", "proxy", "/etc/squid", "/var/spool/squid/ssl_db", "/var/log/squid"),
           "rhel": ("/usr/lib64/squid", "squid", "/etc/squid", "/var/spool/squid/ssl_db", "/var/log/squid"),
           "freebsd": ("/usr/local/libexec/squid", "squid", "/usr/local/etc/squid", "/var/squid/ssl_db", "/var/log/squid"),
           "pfsense": ("/usr/local/libexec/squid", "squid", "/usr/local/etc/squid", "/var/squid/lib/ssl_db", "/var/squid/logs"),
           "opnsense": ("/usr/local/libexec/squid", "squid", "/usr/local/etc/squid", "/var/squid/ssl_crtd", "/var/log/squid")}


def presets(tally):
    for system, (helpers, user, conf, certs, logs) in SYSTEMS.items():
        code, text = m365ctl("squid-conf", "--preset", system, "--extra", "all")
        wanted = {f"{helpers}/ext_m365_acl", f"{helpers}/url_m365_rewrite", f"{helpers}/security_file_certgen",
                  f"{helpers}/basic_ncsa_auth", f"{conf}/m365-ca.pem", f"{conf}/passwd", certs, f"{logs}/m365.log",
                  f"{logs}/access.log"}
        seen = set(re.findall(r"(?<![\w:/.])/(?:usr|etc|var)/[^ \n:]*|(?<=:)/var/[^ \n]*", text))
        good = code == 0 and seen == wanted and f"&& chown -R {user} {certs}\n" in text
        tally.case(f"--preset {system}", None if good else f"{code} {sorted(seen ^ wanted)}\n{text}")
    squid, why = squid_program()
    said = stage.run(squid, "-v", limit=LIMIT).stdout if squid else ""
    if "Debian" not in said:
        tally.skip("the preset debian and this Squid", why or "not Debian's")
    else:
        built = [re.findall(rf"'--{name}=([^']*)'", said)[-1]  # the last one counts
                 for name in ("libexecdir", "with-default-user", "sysconfdir", "with-logdir")]
        tally.case("the preset debian and this Squid", None if built == [*SYSTEMS["debian"][:3], SYSTEMS["debian"][4]] else built)
    for order in (("--preset", "rhel", "--helper", "/x/ext_m365_acl"), ("--helper", "/x/ext_m365_acl", "--preset", "rhel")):
        _, text = m365ctl("squid-conf", *order, "--squid-user", "cache")
        good = " /x/ext_m365_acl\n" in text and "/usr/lib64/squid/basic_ncsa_auth" in text and "chown -R cache " in text
        tally.case(f"{' '.join(order)}: what is named wins", None if good else text)


def main():
    if not stage.built(stage.CTL, stage.ACL):
        return 1
    tally = stage.Tally()
    arguments = [word for word in sys.argv[1:] if word != "--update"]
    with stage.Place() as place:
        folder = pathlib.Path(place.top)
        fill(folder)
        parts = {"parse": lambda: parse(tally, folder), "clean": lambda: clean(tally, folder),
                 "files": lambda: files(tally, folder, "--update" in sys.argv), "mistakes": lambda: find_mistakes(tally, folder),
                 "lines": lambda: find_lines(tally, folder), "surplus": lambda: surplus(tally, folder),
                 "noise": lambda: noise(tally, folder),
                 "wrong": lambda: wrong(tally), "presets": lambda: presets(tally)}
        for part in arguments or parts:
            parts[part]()
        for name in ("locked", "roots_db", "empty_db"):
            os.chmod(folder / name, 0o700)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
