#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests `m365ctl squid-conf --into`: the diff that puts the lines into an existing squid.conf.

    into_test.py [PART]...     last line: N passed, N failed[, N skipped]

The parts are:
- `public` has the configurations of tests/squidmodel/public patched: patch(1) applies the diff and takes nothing away, a second run
  has nothing to do, bypassed names end as they must, nothing ends less safe than before, and `squid -k parse` takes the result
  (of squid-openssl; skipped without it).
- `printed` finds nothing to do in what `m365ctl squid-conf` prints.
- `places` says before which line the lines come.
- `law` has rules of the administrator's own: which rules are added and where, and what is said (tests/squidmodel/laws.py).
- `groups` has the same for groups of users.
- `files` has includes, conditions, continued lines, other line ends and other bytes.
- `names` has relative and absolute names in one diff.
- `extras` adds extras, or says why not.
- `refused` tests what has no place: exit 1, one sentence with file and line, no diff.
- `noise` changes public configurations at random: the diff applies, a second run has nothing to do, or one sentence says why not;
  what `squid -k parse` took before it takes after, and nobody gets through who was denied.
- `bad` tests input that is no squid.conf, and options that do not go together: exit 1 or 2.

Where it sits: make check. What a running Squid does with the result belongs to tests/squidmodel (patched.py).
"""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "squidmodel")]
import laws  # noqa: E402  (of tests/squidmodel/)
import squidconf_test  # noqa: E402
import stage  # noqa: E402  (of tests/)

PUBLIC = HERE.parent / "squidmodel" / "public"
REFUSED = {"debian-12-m365.conf": "", "no-rules.conf": ": the file has no ssl_bump, so Squid decrypts what comes here",
           "debian-12.conf": ": http_access lets only this machine in",
           "user-names.conf": " lets in some users, and other rules let in others elsewhere",
           "user-names-cased.conf": " lets in some users, and other rules let in others elsewhere",
           "sandbox.conf": ": http_access lets no client in to the bypassed names that were tried"}
ASKED = ("groups.conf",)  # where a list of users decides: only what all of them get is let in without a password
LIMIT = 60
NOISE = 60  # configurations
CA = "ssl-bump tls-cert=@DIR@/m365-ca.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB"
PLAIN = """\
http_port 3128
acl localnet src 10.0.0.0/8
acl Safe_ports port 80 443
http_access deny !Safe_ports
http_access allow localhost manager
http_access deny manager
http_access allow localnet
http_access deny all
"""
BUMPING = f"""\
http_port 3128 {CA}
acl localnet src 10.0.0.0/8
acl step1 at_step SslBump1
acl own ssl::server_name .bank.example
http_access allow localnet
http_access deny all
ssl_bump peek step1
ssl_bump splice own
ssl_bump bump all
"""


class Stage:
    """A folder with a table, the helper's name, and one squid.conf."""

    def __init__(self, folder):
        self.folder = folder
        squidconf_test.fill(folder)
        shutil.copytree(PUBLIC / "lists", folder / "lists")

    def write(self, text, name="squid.conf"):
        data = text if isinstance(text, bytes) else text.replace("@DIR@", str(self.folder)).encode()
        (self.folder / name).write_bytes(data)

    def into(self, *options, name="squid.conf", limit=LIMIT):
        """(exit code, stdout, stderr)."""
        done = stage.run(stage.CTL, "squid-conf", "--into", name, "-t", str(self.folder / "m365.image"), "--helper",
                         str(self.folder / "ext_m365_acl"), *options, limit=limit, cwd=str(self.folder), text=False,
                         env=dict(os.environ, LC_ALL="C", TZ="UTC0"))
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def patch(self, diff):
        done = subprocess.run(["patch", "-s", "-p0"], cwd=self.folder, input=diff.encode(), capture_output=True, check=False,
                              timeout=LIMIT)
        return done.stdout.decode() if done.returncode else ""

    def read(self, name="squid.conf"):
        return (self.folder / name).read_bytes()

    def outcomes(self, name="squid.conf"):
        done = stage.run(stage.CTL, "doctor", "--outcomes", "--json", name, limit=LIMIT, cwd=str(self.folder))
        return json.loads(done.stdout)

    def patched(self, *options, name="squid.conf"):
        """The problem, or "": the diff applies, only adds, and there is nothing left to do."""
        before = self.read(name)
        code, diff, said = self.into(*options, name=name)
        if code != 0 or not diff:
            return f"exit {code}, {len(diff)} bytes of diff: {said}"
        if re.search(r"^-(?!-- )", diff, re.M) and before.endswith(b"\n"):
            return f"it takes lines away:\n{diff}"
        problem = self.patch(diff)
        if problem:
            return f"patch: {problem}\n{diff}"
        left = [line for line in self.read(name).splitlines() if line in before.splitlines()]
        if left != before.splitlines():
            return "a line of the file is not as it was"
        code, again, said = self.into(*options, name=name)
        if (code, again) != (0, "") or "nothing to do: " not in said:
            return f"a second run: exit {code}, {again}{said}"
        return ""


# ---- public configurations ---------------------------------------------------------------------------------------------


def filled(folder, text):
    for name, value in (("SITE", folder), ("RUN", folder), ("LIBEXEC", "/usr/lib/squid"), ("EXPLICIT", "61128"), ("TLS", "61130"),
                        ("HTTP", "61129"), ("SECOND", "61131")):
        text = text.replace(f"@{name}@", str(value))
    return text.replace("squid-ca.pem", "m365-ca.pem")


def is_bypassed(one):
    return re.match(r"the bypassed name|a bypassed name(, (no|with a) password|, TLS 1.2)?$|plain HTTP to (a|the) bypassed name", one["situation"])


def ends_wrong(before, after, asked):
    """A bypassed name that does not get through although it was not refused, or anything that gets through where it did not."""
    known = {one["request"]: set(one["ends"] or ()) for one in before}
    for one in after:
        ends = set(one["ends"] or ())
        if "of your list" in one["situation"] and ("reverse name" in one["situation"] or one["request"].startswith("INTERCEPT")):
            continue  # trace does not know here what the address is called
        if known.get(one["request"]) == {"deny"} and "user=" not in one["request"] and ends != {"deny"}:
            return f"{one['request']}: denied before, {ends} now"
        if is_bypassed(one) and not asked and not ends <= {"splice", "allow"} and known.get(one["request"]) != {"deny"}:
            return f"{one['request']}: {ends}"
        loose = {"splice", "allow", "bump"} & ends
        if re.search("(a|the) bypassed", one["situation"]) and "stranger" not in one["situation"] and "unknown network" not in one["situation"]:
            continue
        was = known.get(one["request"], ends)
        if (loose and not was & {"splice", "allow", "bump"}) or ("splice" in ends and "splice" not in was):
            return f"{one['request']}: {was} before, {ends} now"
    return ""


def opened(before, after):
    """A client that was denied without a password, and gets through."""
    denied = {one["request"] for one in before if one["ends"] <= {"deny"}}
    for one in after:
        if one["request"] in denied and "user=" not in one["request"] and "of your list" not in one["situation"] and (
                {"splice", "allow", "bump"} & set(one["ends"] or ())):
            return f"{one['request']}: denied before, {one['ends']} now"
    return ""


def asked_before(place, requests):
    """How requests end in the file as it is: the doctor's situations are made for the patched one. One that names no port where
    several fit is left out."""
    own = [re.match(r"INTERCEPT (\S+):443 sni=(\S+)", one["request"]) for one in requests
           if one["situation"].startswith(("a bypassed name", "another name")) and "SNI" not in one["situation"]]
    place.write("".join(f"{name[1]} {name[2]}\n" for name in own if name), "own-hosts")
    done = stage.run(stage.CTL, "trace", "--json", "-c", "before.conf", "--hosts", "own-hosts", limit=LIMIT, cwd=str(place.folder),
                     input="".join(f"{one['request']}\n" for one in requests))
    found, at, decoder = [], 0, json.JSONDecoder()
    while done.stdout[at:].strip():
        one, at = decoder.raw_decode(done.stdout, at + len(done.stdout[at:]) - len(done.stdout[at:].lstrip()))
        found.append({"request": one["request"], "ends": {course["end"] for course in one["courses"]}})
    return found


def timeless(said):
    """What Squid says about a file, without the moment and the name of the file."""
    return [re.sub(r"^[0-9/]+ [0-9:]+\| ", "", line).replace("before.conf", "squid.conf") for line in said.splitlines()]


def public(tally, place):
    squid, why = squidconf_test.squid_program()
    if squid is None:
        tally.skip("public: squid -k parse", why)
    else:
        squidconf_test.make_ca(place.folder)
    for path in sorted(PUBLIC.glob("*.conf")):
        text = filled(place.folder, path.read_text(encoding="ascii"))
        place.write(text)
        place.write(text, "before.conf")
        if path.name in REFUSED:
            code, diff, said = place.into()
            good = (code, diff) == (1, "") and REFUSED[path.name] in said and said.count("\n") == 1
            tally.case(f"public/{path.name}: no place", None if good else f"exit {code}\n{diff}{said}")
            continue
        problem = place.patched()
        if not problem:
            after = place.outcomes()
            problem = ends_wrong(asked_before(place, after), after, path.name in ASKED)
        tally.case(f"public/{path.name}", problem or None)
        if squid and not problem:
            was = squidconf_test.parse_file(squid, place.folder / "before.conf")
            now = squidconf_test.parse_file(squid, place.folder / "squid.conf")
            tally.case(f"public/{path.name}: squid -k parse", now if timeless(now) and timeless(now) != timeless(was) else None)


def printed(tally, place):
    for what, text in squidconf_test.fragments(place.folder):
        if not what.startswith("5 ") or "--no-bump" in what and "--intercept" in what:
            continue
        place.write(text)
        code, diff, said = place.into("--squid-version", "5")
        good = (code, diff) == (0, "") and said.startswith("m365ctl: nothing to do: 'squid.conf'")
        tally.case(f"printed: {what}", None if good else f"exit {code}\n{diff}{said}")


# ---- places ------------------------------------------------------------------------------------------------------------


def follows(place, line):
    """The line of the file after one that was added."""
    lines = place.read().decode().splitlines()
    at = lines.index(line) + 1
    while lines[at].startswith(("#", "http_access allow m365", "ssl_bump splice m365")):
        at += 1
    return lines[at]


def places(tally, place):
    asking = "auth_param basic program /usr/lib/squid/basic_ncsa_auth /x\nacl users proxy_auth REQUIRED\n"
    cases = (
        ("no password", PLAIN, "http_access allow localnet m365", "http_access allow localnet"),
        ("a password", asking + PLAIN.replace("allow localnet", "allow localnet users"), "http_access allow localnet m365",
         "http_access allow localnet users"),
        ("a password by deny", asking + PLAIN.replace("http_access allow localnet", "http_access deny !users\nhttp_access allow localnet"),
         "http_access allow localnet m365", "http_access deny !users"),
        ("own splices", BUMPING, "ssl_bump splice m365_noted m365", "ssl_bump bump all"),
        ("a rule for some names that decides", BUMPING.replace("ssl_bump splice own\n", "").replace(
            "ssl_bump bump all", "acl teams ssl::server_name .office365.com\nssl_bump bump teams\nssl_bump splice own\nssl_bump bump all"),
         "ssl_bump splice m365_noted m365", "ssl_bump bump all"),
        ("own splices before a guard", BUMPING.replace("ssl_bump bump all", "acl noted note m365_why_ rule\nssl_bump bump !noted\n"
                                                       "ssl_bump bump all"),
         "ssl_bump splice m365_noted m365", "ssl_bump bump all"),
        ("bump at step 1", BUMPING.replace("ssl_bump peek step1\nssl_bump splice own\n", ""), "ssl_bump peek m365_step1",
         "ssl_bump bump all"),
    )
    for what, text, line, after in cases:
        place.write(text)
        problem = place.patched()
        found = "" if problem else follows(place, line)
        tally.case(f"places: {what}", problem or (None if found == after else f"'{line}' comes before '{found}'"))
    place.write(PLAIN.replace("http_access allow localnet", "# Our clients.\nhttp_access allow localnet"))
    problem = place.patched()
    above = b"http_access allow localnet m365\n# Our clients.\nhttp_access allow localnet\n" in place.read()
    tally.case("places: above a comment", problem or (None if above else place.read().decode()))
    place.write(asking + PLAIN.replace("http_access deny !Safe_ports", "http_access deny !users\nhttp_access deny !Safe_ports"))
    problem = place.patched()
    kept = b"http_access deny !Safe_ports m365\n" in place.read()
    tally.case("places: what is refused after the password is refused without one", problem or (None if kept else place.read().decode()))
    place.write(asking + BUMPING.replace("acl step1", f"https_port 3130 intercept {CA}\nacl hq src 10.1.0.0/16\nacl step1").replace(
        "http_access allow localnet", "http_access allow hq\nhttp_access allow localnet users"))
    problem = place.patched()
    allowed = [line for line in place.read().decode().splitlines() if line.startswith("http_access allow")]
    wanted = ["http_access allow hq m365_on_explicit m365", "http_access allow hq m365_on_intercept m365i", "http_access allow hq",
              "http_access allow localnet m365_on_explicit m365", "http_access allow localnet users"]
    tally.case("places: nobody gets into an intercepting port by a rule that lives from a password",
               problem or (None if allowed == wanted else "\n".join(allowed)))


def files(tally, place):
    (place.folder / "conf.d").mkdir()
    place.write(PLAIN, "conf.d/10 rules.conf")
    place.write('include "conf.d/10 rules.conf"\n')
    _, diff, _ = place.into()
    problem = place.patch(diff)
    good = "--- conf.d/10 rules.conf\t\n" in diff and b"allow localnet m365\n" in place.read("conf.d/10 rules.conf")
    tally.case("files: an included file, with a blank in its name", problem or (None if good else diff))
    place.write(PLAIN[:PLAIN.index("http_access allow localnet")], "rules.conf")
    place.write("include rules.conf\nhttp_access allow localnet\nhttp_access deny all\n")
    tally.case("files: two files", place.patched() or (
        None if b"m365 external m365\n" in place.read("rules.conf") and b"allow localnet m365" in place.read() else place.read().decode()))
    place.write(PLAIN.replace("http_access allow localnet\n", "if true\nhttp_access allow localnet\nendif\n"))
    inside = r"\nif true\n#.*\nhttp_access allow localnet m365\nhttp_access allow localnet\nendif\n"
    tally.case("files: inside a condition", place.patched() or (None if re.search(inside, place.read().decode()) else place.read().decode()))
    place.write(PLAIN.replace("http_access allow localnet\n", "if false\nhttp_access allow all\nelse\nhttp_access allow localnet\nendif\n"))
    inside = r"\nif false\nhttp_access allow all\nelse\n#.*\nhttp_access allow localnet m365\nhttp_access allow localnet\nendif\n"
    tally.case("files: the other branch of a condition", place.patched() or (None if re.search(inside, place.read().decode()) else place.read().decode()))
    place.write(f"if true\n{PLAIN}endif\n")
    inside = r"^if true\nhttp_port(.*\n){2,4}external_acl_type m365 "
    tally.case("files: all inside a condition", place.patched() or (None if re.search(inside, place.read().decode()) else place.read().decode()))
    place.write("if ${process_number} = 1\n" + PLAIN[PLAIN.index("http_access"):PLAIN.index("http_access deny all")] + "endif\nhttp_access deny all\n",
                "rules.conf")
    place.write(PLAIN[:PLAIN.index("http_access")] + "include rules.conf\n")
    inside = r"^# .*\nexternal_acl_type m365 .*\nacl m365 .*\nif \$(.*\n)*http_access allow localnet m365\nhttp_access allow localnet\nendif\n"
    tally.case("files: definitions before a condition that has a macro",
               place.patched() or (None if re.search(inside, place.read("rules.conf").decode()) else place.read("rules.conf").decode()))
    place.write(PLAIN.replace("http_access allow localnet\n", "http_access allow \\\n# a comment\n  localnet\n"))
    before = b"http_access allow localnet m365\nhttp_access allow \\\n"
    tally.case("files: a continued line", place.patched() or (None if before in place.read() else place.read().decode()))
    place.write(PLAIN.replace("\n", "\r\n"))
    tally.case("files: CR LF", place.patched() or None)
    place.write(PLAIN.encode().replace(b"http_access allow localnet", b"# f\xfcr\nhttp_access allow localnet"))
    tally.case("files: bytes that are no UTF-8", place.patched() or None)
    place.write(PLAIN.rstrip("\n"))
    tally.case("files: no line end at the end", place.patched("--extra", "cache") or None)
    nested = "".join(f"acl n{i} src 10.1.{i % 250}.1\n" for i in range(2000))
    place.write(nested + PLAIN)
    tally.case("files: 2,000 lines", place.patched() or None)


def extras(tally, place):
    for name in squidconf_test.EXTRAS:
        place.write(PLAIN + "logformat own %ts\naccess_log stdio:/tmp/x own\n")
        tally.case(f"extras: {name}", place.patched("--extra", name) or None)
    place.write(PLAIN + "cache deny all\n")
    code, diff, said = place.into("--extra", "cache")
    good = (code, diff) == (1, "") and "squid.conf:9: the file has 'cache' lines of its own" in said
    tally.case("extras: lines of the same kind", None if good else f"exit {code}\n{diff}{said}")
    place.write(PLAIN)
    problem = place.patched()
    code, diff, said = place.into("--extra", "cache")
    good = code == 0 and re.findall(r"^\+[^+#\n].*", diff, re.M) == ["+cache deny m365"]
    tally.case("extras: added later", problem or (None if good else f"exit {code}\n{diff}{said}"))
    code, diff, said = place.into("--extra", "expressroute")
    tally.case("extras: expressroute later", None if (code, diff) == (1, "") and "no certain place" in said else f"{code}\n{diff}{said}")


def asking():
    return "auth_param basic program /usr/lib/squid/basic_ncsa_auth @DIR@/passwd\nacl users proxy_auth REQUIRED\n"


def parsed(squid, place, name="squid.conf"):
    """What Squid complains about, once the machine has a name; a bare one has none."""
    path = place.folder / "named.conf"
    path.write_bytes(b"visible_hostname m365.example\n" + place.read(name))
    return squidconf_test.parse_file(squid, path)


def law(tally, place):
    squid, _ = squidconf_test.squid_program()
    if squid:
        squidconf_test.make_ca(place.folder)
    for one in laws.LAWS:
        place.write(filled(place.folder, one.text))
        said = [line for line in place.into()[2].splitlines() if line.startswith("m365ctl: ")]
        problem = place.patched()
        found = laws.rules_of(place.read().decode())
        if not problem and found != one.after:
            problem = "\n".join(["found:", *found, "wanted:", *one.after])
        for line, wanted in zip(said, one.said):
            if not re.match(r"m365ctl: squid\.conf:\d+: ", line) or not re.search(wanted, line):
                problem = problem or f"said: {line}"
        if not problem and len(said) != len(one.said):
            problem = f"said: {said}"
        if squid and not problem:
            problem = parsed(squid, place)
        tally.case(f"law: {one.name}", problem or None)
    for one, wanted in laws.REFUSED:
        place.write(filled(place.folder, one.text))
        code, diff, said = place.into()
        good = (code, diff) == (1, "") and re.match(f"m365ctl: {wanted}", said) and said.count("\n") == 1
        tally.case(f"law: refused: {one.name}", None if good else f"exit {code}\n{diff}{said}")
    place.write("external_acl_type m365 %SRC /bin/x\n" + PLAIN)
    problem = place.patched()
    good = b"external_acl_type m365_2 " in place.read() and b"acl m365 external m365_2\n" in place.read()
    tally.case("law: a type that is taken", problem or (None if good else place.read().decode()))
    program = "@DIR@/ext_m365_acl -t @DIR@/m365.image"
    own = "acl m365 external m365\n"
    for what, text, wanted in (
            ("that asks about less", f"external_acl_type m365 %DST {program}\n", ("m365_2", "m365")),
            ("that asks for a password", f"external_acl_type m365 ttl=60 %LOGIN %>rd %#ssl::>sni %>rP {program} -F ignore,dst,sni,port\n",
             ("m365_2", "m365")),
            ("with an SNI that is not escaped", f"external_acl_type m365 ttl=60 %>rd %ssl::>sni %>rP {program}\n{own}", ("m365_2", "m365_2")),
            ("that ignores the SNI, with its ACL", f"external_acl_type m365 %>rd {program} -F dst\n{own}", ("m365_2", "m365_2")),
            ("that is enough", f"external_acl_type m365 ttl=60 %>rd %#ssl::>sni %>rP {program}\n", ("m365", "m365")),
            ("that is enough, with its ACL", f"external_acl_type m365 ttl=60 %>rd %#ssl::>sni %>rP {program}\n{own}", ("m365", "m365"))):
        place.write(text + (asking() + BUMPING).replace("allow localnet", "allow localnet users"))
        problem = place.patched()
        added = place.read().decode()
        kind, name = wanted
        good = (f"\nhttp_access allow localnet {name}\n" in added and f"\nssl_bump splice m365_noted {name}\n" in added and
                f"\nacl {name} external {kind}\n" in added and ("\nexternal_acl_type m365_2 " in added) == (kind == "m365_2"))
        problem = problem or (None if good else added)
        if squid and not problem:
            problem = parsed(squid, place)
        if not problem:
            ends = {one["situation"]: one["ends"] for one in place.outcomes()}
            good = ends["a bypassed name, no password"] == ["splice"] and ends["another name, no password"] == ["ask"]
            problem = None if good else str(ends)
        tally.case(f"law: a type {what}", problem or None)


def groups(tally, place):
    """Groups that a helper of somebody else knows: no lab has one, so the model alone is asked."""
    head = asking() + "external_acl_type grp %LOGIN /usr/lib/squid/ext_unix_group_acl\nacl chiefs external grp chiefs\nacl all_staff external grp staff\n"
    head += "acl kids src 10.7.0.0/16\nacl mail dstdomain .office365.com\nacl white dstdomain www.example.com\n"
    for what, rules, wanted in (
            ("for a network", "allow localnet chiefs\ndeny kids\nallow localnet users\n", ["allow localnet !kids m365"]),
            ("in the place of a password", "allow localnet all_staff\n", ["allow localnet m365"]),
            ("after the rule that asks", "deny !users\nallow chiefs\ndeny kids\nallow localnet\n", ["allow localnet !kids m365"]),
            ("in the place of a password, and what is denied after it", "allow localnet all_staff\ndeny kids\n", ["allow localnet !kids m365"]),
            ("two, one of a part", "allow localnet chiefs\nallow localnet !kids all_staff\n", ["allow localnet !kids m365"]),
            ("two, one without some names", "allow localnet chiefs\nallow localnet !mail all_staff\n", ["allow localnet !mail m365"]),
            ("two, with other names each", "deny !users\nallow localnet chiefs\ndeny mail\nallow white localnet all_staff\n", None)):
        own = "".join(f"http_access {rule}\n" for rule in rules.splitlines())
        place.write(head + BUMPING.replace("http_access allow localnet\n", own))
        if wanted is None:
            code, diff, said = place.into()
            good = (code, diff) == (1, "") and "lets in some users, and other rules let in others elsewhere" in said
            tally.case(f"law: groups {what}", None if good else f"exit {code}\n{diff}{said}")
            continue
        problem = place.patched()
        added = [line[12:] for line in place.read().decode().splitlines() if line.startswith("http_access ") and "m365" in line]
        tally.case(f"law: groups {what}", problem or (None if added == wanted else "\n".join(added)))


def names(tally, place):
    """Headers of the diff: patch(1) ignores absolute names in a folder, and patches the rest."""
    (place.folder / "conf.d").mkdir()
    rules = PLAIN[PLAIN.index("http_access"):]
    port, peek = f"http_port 3128 {CA}\n", "acl step1 at_step SslBump1\nssl_bump peek step1\nssl_bump bump all\n"
    acls = PLAIN[PLAIN.index("acl"):PLAIN.index("http_access")]
    for what, name, include in (("relative", "squid.conf", "conf.d/*.conf"), ("mixed", "squid.conf", f"{place.folder}/conf.d/*.conf"),
                                ("mixed, the other way round", f"{place.folder}/squid.conf", "conf.d/*.conf"),
                                ("absolute", f"{place.folder}/squid.conf", f"{place.folder}/conf.d/*.conf"),
                                ("up", "conf.d/../squid.conf", "conf.d/*.conf")):
        place.write(rules, "conf.d/rules.conf")
        place.write(f"{port}{acls}include {include}\n{peek}")
        code, diff, said = place.into(name=name)
        heads = re.findall(r"^--- (\S+)", diff, re.M)
        root = what != "relative"
        wanted = [f"{place.folder}/squid.conf" if root else "squid.conf", f"{place.folder}/conf.d/rules.conf" if root else "conf.d/rules.conf"]
        good = code == 0 and sorted(heads) == sorted(wanted) and ("(cd / && patch -p0) <FILE" in said) == root
        done = subprocess.run(["patch", "-s", "-p0"], cwd="/" if root else place.folder, input=diff.encode(), capture_output=True,
                              check=False, timeout=LIMIT)
        whole = b"allow localnet m365\n" in place.read("conf.d/rules.conf") and b"splice m365_noted m365\n" in place.read()
        tally.case(f"names: {what}", None if good and done.returncode == 0 and whole else f"exit {code}\n{diff}{said}{done.stdout.decode()}")


# ---- what is refused ---------------------------------------------------------------------------------------------------


def refused(tally, place):
    ours = f"external_acl_type m365 ttl=60 %>rd %#ssl::>sni %>rP {place.folder}/ext_m365_acl -t {place.folder}/m365.image\n"
    late = ours + "acl m365 external m365\n" + PLAIN + "http_access allow m365\n"
    asking = "auth_param basic program /x /y\nacl users proxy_auth REQUIRED\n"
    cases = (
        ("no port", "http_access deny all\n", r"squid.conf:1: the file has no port for clients"),
        ("no http_access", "http_port 3128\n", r"squid.conf:1: the file has no http_access"),
        ("a name that is taken too often", "".join(f"acl m365{end} src 10.0.0.1\n" for end in ("", *(f"_{n}" for n in range(2, 10)))) + PLAIN,
         r"squid.conf:1: the name 'm365' is taken"),
        ("the bypass too late", late.replace("http_access allow localnet", asking + "http_access allow users"),
         r"squid.conf:\d+: .*would end as ask; the bypass is there already: see what m365ctl doctor says"),
        ("what Squid refuses", PLAIN + "http_access allow nobody\n", r"squid.conf:9: .*nobody"),
        ("an intercepting port without ssl_bump", f"https_port 3130 intercept {CA}\n" + PLAIN, r"squid.conf:1: the file has no ssl_bump"),
        ("workers with rules of their own", "workers 2\n" + PLAIN + "if ${process_number} = 2\nhttp_access allow all\nendif\n",
         r"squid.conf:11: Squid's workers do not all read 'http_access allow all' \(\$\{process_number\}\), so no place"),
        ("a worker with a port of its own", "workers 2\n" + PLAIN.replace("acl ", "if ${process_number} = 1\nhttp_port 9999\nendif\nacl ", 1),
         r"squid.conf:4: Squid's workers do not all read 'http_port 9999' "),
        ("the second worker with a port of its own", "workers 2\n" + PLAIN.replace("acl ", "if ${process_number} = 2\nhttp_port 9999\nendif\nacl ", 1),
         r"squid.conf:4: Squid's workers do not all read 'http_port 9999' "),
        ("workers with a port each", "workers 2\nhttp_port 300${process_number}\n" + PLAIN,
         r"squid.conf:2: Squid's workers do not all read 'http_port 3001' "),
        ("workers with other settings", "workers 2\n" + PLAIN + "if ${process_number} = 2\nhost_verify_strict on\nendif\n",
         r"squid.conf:1: Squid's workers read different lines here "),
    )
    for what, text, wanted in cases:
        place.write(text)
        code, diff, said = place.into()
        good = (code, diff) == (1, "") and re.match(rf"m365ctl: (?:{wanted})", said) and said.count("\n") == 1
        tally.case(f"refused: {what}", None if good else f"exit {code}\n{diff}{said}")
    (place.folder / "conf.d").mkdir()
    place.write(PLAIN.replace("http_access allow localnet\nhttp_access deny all\n", "include conf.d/*.conf\n"))
    place.write(asking + "http_access deny !users\n", "conf.d/20-auth.conf")
    place.write("# Ours.\nacl hq src 10.1.0.0/16\nacl bad dstdomain .bad.example\nhttp_access deny bad\nhttp_access allow hq\nhttp_access deny all\n",
                "conf.d/30-hq.conf")
    code, diff, said = place.into()
    wanted = ("m365ctl: conf.d/30-hq.conf:3: 'acl bad' is defined here, but lines that need it belong before conf.d/20-auth.conf:3; "
              "move it up\n")
    tally.case("refused: an ACL that is defined below", None if (code, diff, said) == (1, "", wanted) else f"exit {code}\n{diff}{said}")
    place.write(PLAIN)
    code, diff, said = place.into("-t", str(place.folder / "nowhere.image"))
    tally.case("refused: no table", None if (code, diff) == (1, "") and "the helper has no table" in said else f"{code}\n{diff}{said}")


def mutated(rand, text):
    """A few lines taken away, doubled, moved, put into a condition, continued, or ended otherwise."""
    lines = text.split("\n")
    for _ in range(rand.randint(1, 6)):
        at, what = rand.randrange(len(lines)), rand.randrange(6)
        if what == 0:
            del lines[at:at + rand.randint(1, 3)]
        elif what == 1:
            lines.insert(rand.randrange(len(lines)), lines[at])
        elif what == 2:
            line = lines.pop(at)
            lines.insert(rand.randrange(len(lines) + 1), line)
        elif what == 3:
            lines.insert(at, "if true")
            lines.insert(min(len(lines), at + rand.randint(2, 5)), "endif")
        elif what == 4:
            lines[at] = lines[at].replace(" ", " \\\n ", 1)
        else:
            lines[at] += rand.choice(("\r", " # x", "\\", "\xe9"))
        lines = lines or [""]
    return "\n".join(lines) + rand.choice(("", "\n"))


def noise(tally, place):
    squid, _ = squidconf_test.squid_program()
    if squid:
        squidconf_test.make_ca(place.folder)
    texts = [filled(place.folder, path.read_text(encoding="ascii")) for path in sorted(PUBLIC.glob("*.conf"))]
    changed = 0
    for seed in range(NOISE):
        rand = random.Random(f"into {seed}")
        text = mutated(rand, rand.choice(texts)).encode("latin-1")
        place.write(text)
        place.write(text, "before.conf")
        code, diff, said = place.into()
        if code != 0 or not diff:
            good = code in (0, 1) and not diff and said.startswith("m365ctl: ") and said.count("\n") == 1 and "(null)" not in said
            tally.case(f"noise: {seed}", None if good else f"exit {code}\n{diff}{said}")
            continue
        changed += 1
        problem = place.patched()
        after = [] if problem else place.outcomes()
        problem = problem or opened(asked_before(place, after), after)
        if not problem and squid and not parsed(squid, place, "before.conf"):
            problem = parsed(squid, place)
        tally.case(f"noise: {seed}", problem or None)
    tally.case("noise: most of it gets a diff", None if changed > NOISE / 3 else f"{changed} of {NOISE}")


def bad(tally, place):
    cases = (
        ("binary", bytes(range(256)) * 40, 1), ("byte order mark", b"\xef\xbb\xbf" + PLAIN.encode(), 1),
        ("missing include", b"include nowhere.conf\n" + PLAIN.encode(), 1), ("recursion", b"include squid.conf\n" + PLAIN.encode(), 1),
        ("empty", b"", 1), ("open condition", b"if true\n" + PLAIN.encode(), 1), ("byte 0", PLAIN.encode() + b"acl a\0b src all\n", 1),
        ("16 MiB", PLAIN.encode() + b"# x\n" * (4 << 20), 2), ("200,001 lines", b"acl a src 10.0.0.1\n" * 200001 + PLAIN.encode(), 2),
        ("a line of 9,000 bytes", b"# " + b"x" * 9000 + b"\n" + PLAIN.encode(), 1),
    )
    for what, data, wanted in cases:
        place.write(data)
        code, diff, said = place.into()
        good = (code, diff) == (wanted, "") and said.startswith("m365ctl: ") and said.count("\n") == 1
        tally.case(f"bad: {what}", None if good else f"exit {code}\n{diff[:300]}{said[:600]}")
    code, diff, said = place.into(name="nowhere.conf")
    tally.case("bad: no such file", None if code == 2 and "nowhere.conf" in said and not diff else f"{code} {said}")
    place.write(PLAIN)
    for option in (("--explicit", "1"), ("--intercept", "1"), ("--no-auth",), ("--auth",), ("--bump",), ("--no-bump",)):
        code, diff, said = place.into(*option)
        good = code == 2 and not diff and f"{option[0]} does not go with --into" in said
        tally.case(f"bad: {' '.join(option)}", None if good else f"{code} {diff}{said}")


PARTS = (public, printed, places, law, groups, names, files, extras, refused, noise, bad)


def main():
    if not stage.built(stage.CTL, stage.ACL):
        return 1
    wanted = sys.argv[1:] or [part.__name__ for part in PARTS]
    tally = stage.Tally()
    if shutil.which("patch") is None:
        tally.skip("all", "no patch here (Debian: patch)")
        return tally.finish()
    for part in PARTS:
        if part.__name__ in wanted:
            with stage.Place() as place:
                part(tally, Stage(pathlib.Path(place.top)))
                for name in ("locked", "roots_db", "empty_db"):
                    os.chmod(place.path(name), 0o700)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
