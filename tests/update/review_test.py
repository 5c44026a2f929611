#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The review from outside: m365ctl import, diff, approve, reject and blame on folders of the test's own.

    top_builddir=DIR tests/update/review_test.py [WORD]...     only tests whose name contains a WORD

Tests each mode and each gate. What is held waits. Approval is for exactly one content. What is rejected does not come
back. The notice and the feed contain the real entries. No network. The last line is `N passed, N failed[, N skipped]`.
"""
import datetime
import email.utils
import fcntl
import json
import os
import pty
import re
import subprocess
import sys
import termios
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, Skip, endpoint_set  # noqa: E402

SHIPPED = "optimize mail.example  id=1 area=Exchange tcp=80,443 required source=worldwide\n"


def endpoints(number, category, urls=(), ips=(), tcp="443", **more):
    return endpoint_set(number, category, urls, ips, tcp, **more)


FIRST = [
    endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24"]),
    endpoints(2, "Allow", ["*.files.example"], ["52.104.100.0/24"], area="SharePoint"),
    endpoints(3, "Default", ["www.example", "*.cdn.office.example", "a.static.example", "b.static.example"], area="Common"),
]


def changed(**sets):
    """FIRST, with the set of this number (s2=...) replaced or added. None removes it."""
    made = {"s%d" % one["id"]: one for one in FIRST}
    made.update(sets)
    return [one for one in made.values() if one is not None]


NARROWER = changed(s3=endpoints(3, "Default", ["www.example", "*.office.example", "a.static.example", "b.static.example"],
                                area="Common"))
WIDER = changed(s2=endpoints(2, "Allow", ["*.files.example", "new.example"], ["52.104.100.0/24"], area="SharePoint"))
WIDER_YET = changed(s2=endpoints(2, "Allow", ["*.files.example", "new.example", "newer.example"], ["52.104.100.0/24"],
                                 area="SharePoint"))
MORE_ADDRESSES = changed(s1=endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "52.112.113.0/24"]))


class Place(stage.Site):
    """A configuration and a state folder of its own."""

    def __init__(self, *lines):
        super().__init__()
        self.version = 2026010100
        os.mkdir(self.path("data"))
        self.write("data/worldwide.rules", SHIPPED)
        self.configure(*lines)

    def configure(self, *lines):
        base = ["state state", "data data", "feed feed.xml"]
        if not any("canar" in line for line in lines):
            base.append("default_canaries off")
        self.write("m365.conf", "\n".join([*base, *lines]) + "\n")

    def ctl(self, *words, want=None, **more):
        done = super().ctl(*words, **more)
        if want is not None:
            assert done.returncode == want, f"{words}: {done.returncode}, not {want}\n{done.stdout}{done.stderr}"
        return done

    def take(self, document, version=None, want=None):
        """Import a document as the next version."""
        if version is None:
            self.version += 100
            version = self.version
        self.write("document.json", json.dumps(document))
        return self.ctl("import", "--version", str(version), self.path("document.json"), want=want)

    def generation(self, number, name):
        return self.read("state", f"gen-{number:06}", name)

    def head(self, number, name="review.txt"):
        lines = self.generation(number, name).split("\n\n")[0].splitlines()
        return [tuple(line.split(" ", 1)) for line in lines]

    def reasons(self, number):
        return [value for key, value in self.head(number) if key == "reason"]

    def decision(self, number, index=1):
        return dict(self.head(number, f"decision-{index}.txt"))

    def digest(self, number):
        return dict(self.head(number))["digest"]

    def newest(self):
        """The number of the generation that a decision about rows names: what waits, else the last that was rejected or is in use."""
        current, numbers = self.link("current"), self.generations()
        last = [number for number in numbers if number > current and self.last_decision(number) == "rejected"]
        return str(self.link("pending") or max([current, *last]))

    def last_decision(self, number):
        made = [int(name[9:-4]) for name in os.listdir(self.path("state", f"gen-{number:06}")) if name.startswith("decision-")]
        return self.decision(number, max(made))["what"] if made else ""

    def items(self):
        root = xml.etree.ElementTree.parse(self.path("feed.xml")).getroot()
        assert root.tag == "rss" and root.get("version") == "2.0"
        return root.find("channel").findall("item")


def same(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def has(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


# ---- modes -------------------------------------------------------------------------------------------------------------


def test_widening_publishes_less_bypass_and_new_addresses():
    with Place() as place:
        place.take(FIRST, want=0)
        for document in (NARROWER, FIRST, MORE_ADDRESSES):
            before = place.link("current")
            place.take(document, want=0)
            same((place.link("current"), place.link("previous"), place.link("pending")), (before + 1, before, 0))
        same(dict(place.head(place.link("current")))["result"], "published")


def test_a_renumbered_set_takes_no_addresses_unseen():
    """The id of a set that was bypassed now belongs to another service. What it brings is held, with and without addresses before."""
    for before in ([], ["20.1.0.0/24"]):
        for kept in ([], ["mail.example.net"]):
            with Place("shrink_limit 100%") as place:
                place.take([endpoints(3, "Allow", ["mail.example.net"], before), endpoints(5, "Default", ["z.example"])])
                if place.link("pending"):
                    place.ctl("approve", place.digest(place.link("pending")), want=0)
                place.take([endpoints(3, "Allow", [*kept, "other.example.org"], ["20.200.0.0/16"], area="Exchange"),
                            endpoints(5, "Default", ["z.example"])], want=1)
                opened = "20.200.0.0/16" in place.generation(place.link("current"), "table.txt")
                same((before, kept, opened), (before, kept, bool(kept)))


def test_own_rows_with_an_id_are_not_published_by_an_import():
    """Addresses that were edited into a set of the administrator's own wait, and a set of the service is not his."""
    with Place("shrink_limit 100%", "table own.rules") as place:
        place.write("own.rules", "allow own.example id=3 tcp=443\nallow 20.1.0.0/24 id=3 tcp=443\n")
        place.ctl("publish")
        if place.link("pending"):
            place.ctl("approve", place.digest(place.link("pending")), want=0)
        with open(place.path("own.rules"), "a", encoding="utf-8") as file:
            file.write("allow 9.9.9.0/24 id=3 tcp=443\n")
        done = place.take(changed(), want=1)
        has(done.stderr, "9.9.9.0/24")
        assert "9.9.9.0/24" not in place.generation(place.link("current"), "table.txt")
    for name, text in (("local.d/worldwide.rules", "allow 8.8.8.0/24 id=1 tcp=443\n"),
                       ("local.d/own.rules", "inspect x.example\nallow 8.8.8.0/24 id=1 tcp=443 source=worldwide\n"),
                       ("own.rules", "allow 8.8.8.0/24 id=1 tcp=443 source=china\n")):
        with Place("table own.rules") as place:
            place.write("own.rules", "inspect y.example\n")
            place.take(changed())
            used = place.link("current")
            place.write(name, text)
            for words in (("check",), ("publish",)):
                done = place.ctl(*words, want=2)
                has(done.stderr, os.path.basename(name), "set 1 of '", "comes from the web service")
            done = place.take(changed(s9=endpoints(9, "Default", ["n.example"])), want=2)
            has(done.stderr, "comes from the web service")
            same(place.link("current"), used)


def test_widening_is_the_default_and_holds_what_opens():
    with Place() as place:
        place.take(FIRST, want=0)
        done = place.take(WIDER, want=1)
        has(done.stderr, "held: names bypassed now that no rule matched before: new.example port 443 (Allow, set 2")
        same((place.link("current"), place.link("pending")), (1, 2))
        same(place.reasons(2), ["names bypassed now that no rule matched before: new.example port 443 "
                                "(Allow, set 2, SharePoint, worldwide)"])
        same(dict(place.head(2))["result"], "held")


def test_more_reasons_than_are_said():
    was = [endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24"]), endpoints(2, "Default", ["d.example"], ["52.104.100.0/24"])]
    now = [endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24"], tcp="80,443"),
           endpoints(2, "Allow", ["d.example"], ["52.104.100.0/24"]), endpoints(4, "Allow", ["n.example"], ["52.112.0.0/24"])]
    with Place("review widening", "growth_limit 1000%") as place:
        place.take(was, want=0)
        done = place.take(now, want=1)
        same(len(place.reasons(2)), 6)
        has(done.stderr, "and 1 more reason\n")


def test_auto_publishes_what_passes_the_gates():
    with Place("review auto") as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=0)
        same((place.link("current"), place.link("pending")), (2, 0))


def test_always_holds_every_change():
    with Place("review always") as place:
        place.take(FIRST, want=1)
        has(place.reasons(1)[0], "the first table waits for a person")
        place.ctl("approve", place.waiting(), want=0)
        place.take(FIRST, want=0)
        same(place.link("pending"), 0)
        place.take(NARROWER, want=1)
        same(place.reasons(place.link("pending")), ["review is 'always': every change waits for a person"])


# ---- what is held ------------------------------------------------------------------------------------------------------

PARTS = changed(s2=endpoints(2, "Allow", ["*.files.example", "new.example", "*.<tenant>.apps.example"], ["52.104.100.0/24"],
                             area="SharePoint"),
                s3=endpoints(3, "Default", ["*.cdn.office.example", "b.static.example"], area="Common"),
                s4=endpoints(4, "Allow", ["www.example"], ["10.0.0.0/8"], area="Common"))
NEW = "allow    new.example  id=2 area=SharePoint tcp=443 required source=worldwide"
WWW_NOW = "default  www.example  id=3 area=Common tcp=443 required held source=worldwide"
WWW_NEW = "allow    www.example  id=4 area=Common tcp=443 required source=worldwide"


def held_place(*lines):
    """A table with rows in an older form, while the whole of it waits."""
    place = Place("review parts", *lines)
    place.take(FIRST, want=0)
    place.take(PARTS, want=1)
    same((place.link("current"), place.link("pending")), (2, 3))
    return place


def lookup(place, *words, image="current", want=1):
    done = stage.run(CTL, "lookup", "-t", place.path("state", image, "image"), *words)
    same((done.returncode, done.stderr), (want, ""))
    return done.stdout


def since(place):
    return re.search("^held (\\S+) ", place.generation(place.link("current"), "held.txt")).group(1)


def test_lookup_says_what_is_held():
    with held_place() as place:
        day = since(place)
        for image in ("current", "gen-000002"):
            said = lookup(place, "--explain", "new.example", image=image)
            has(said, f"'new.example' from worldwide has been held since {day}: what the newest sources say waits for a "
                "decision, in generation 3\n      in use: no such row\n      newest: " + NEW + "\n",
                "to use it: m365ctl approve -c FILE 3 --only 'new.example'; to keep what is in use: m365ctl reject -c FILE 3 --only 'new.example'")
        said = lookup(place, "--explain", "www.example")
        has(said, f"      in use: {WWW_NOW}\n      newest: {WWW_NEW}\n")
        has(lookup(place, "--explain", "10.1.2.3"), f"'10.0.0.0/8' from worldwide has been held since {day}")
        has(lookup(place, "--explain", "10.0.0.0/9"), "'10.0.0.0/8' from worldwide has been held", "\n      newest: allow    10.0.0.0/8")
        assert "held" not in lookup(place, "10.0.0.0/9") + lookup(place, "--explain", "12.0.0.0/8")
        same(json.loads(lookup(place, "--json", "--explain", "8.0.0.0/5"))["held"][0]["rule"], "10.0.0.0/8")
        said = lookup(place, "--explain", "*.<tenant>.apps.example", "*.other.example")
        has(said, "as 'm365ctl lookup x.contoso.apps.example'\n    '*.<tenant>.apps.example' from worldwide has been held since",
            "as 'm365ctl lookup x.other.example'\n    no row of this pattern is held\n")
        same(json.loads(lookup(place, "--json", "--explain", "*.<tenant>.apps.example"))["held"][0]["rule"], "*.<tenant>.apps.example")
        has(lookup(place, "--explain", "x.contoso.apps.example"), "'*.<tenant>.apps.example' from worldwide has been held")
        has(lookup(place, "--explain", "-F", "dst,sni", "192.0.2.1 new.example"), "'new.example' from worldwide has been held")
        for words in (["new.example"], ["--explain", "other.example"], ["--explain", "11.0.0.1"]):
            assert "held" not in lookup(place, *words)
        assert "held" not in lookup(place, "--explain", "new.example", image="pending", want=0)
        assert "held" not in lookup(place, "--explain", "new.example", image="previous")


def test_lookup_says_what_is_held_in_json():
    with held_place() as place:
        lines = lookup(place, "--json", "--explain", "new.example", "www.example", "other.example").splitlines()
        held = [json.loads(line)["held"] for line in lines]
        row = {"source": "worldwide", "since": since(place), "state": "waiting", "rejected": None, "generation": 3}
        same(held[0], [{"rule": "new.example", **row, "inUse": [], "newest": [NEW]}])
        same(held[1], [{"rule": "www.example", **row, "inUse": [WWW_NOW], "newest": [WWW_NEW]}])
        same(held[2], [])
        assert "held" not in json.loads(lookup(place, "--json", "new.example"))


def test_lookup_says_what_was_rejected():
    with held_place() as place:
        place.write("state/rejected", "rejected 2026-01-02 alice worldwide new.example\n")
        document = json.loads(json.dumps(PARTS))
        document[2]["urls"].append("c.static.example")
        place.take(document, want=1)
        said = lookup(place, "--explain", "new.example")
        has(said, "'new.example' from worldwide has been held since", ": what the newest sources say was rejected on 2026-01-02 by alice\n", NEW,
            f"\n    to use it after all: m365ctl approve -c FILE {place.newest()} --only 'new.example'\n")
        assert "m365ctl reject" not in said, said
        one = json.loads(lookup(place, "--json", "--explain", "new.example"))["held"][0]
        same((one["state"], one["generation"], one["rejected"]), ("rejected", None, {"day": "2026-01-02", "by": "alice", "note": None}))
        has(place.ctl("table", want=0).stdout, f", rejected 2026-01-02 by alice: {NEW}\n")
        has(place.ctl("status", want=1).stdout, "1 row was rejected, the oldest since")
        said = lookup(place, "--explain", "new.example", image="pending")
        has(said, ": what the newest sources say was rejected on 2026-01-02 by alice\n")
        assert "m365ctl approve" not in said, said


def test_lookup_without_the_held_rows_still_answers():
    """Damage is said; nothing is, if they cannot be read at the moment."""
    with held_place() as place:
        waiting = place.path("state", "gen-000003", "waiting.txt")
        image = place.path("state", "current", "image")
        os.rename(waiting, waiting + ".away")
        same(json.loads(stage.run(CTL, "lookup", "-t", image, "--json", "--explain", "new.example").stdout)["held"], None)
        for content, said in ((None, f"cannot open '{waiting}': No such file"), ("held\n", "generation 3 is not what was sealed")):
            if content is not None:
                place.write("state/gen-000003/waiting.txt", content)
            done = stage.run(CTL, "lookup", "-t", image, "--explain", "new.example")
            same(done.returncode, 1)
            assert "held since" not in done.stdout, done.stdout
            has(done.stderr, f"it is not known what is held: {said}")
            has(place.ctl("status").stderr, f"it is not known what is held: {said}")
            place.ctl("table", want=2)


def test_table_in_use_says_what_is_held():
    with held_place() as place:
        text = place.ctl("table", want=0).stdout
        sealed, day = place.generation(2, "table.txt"), since(place)
        assert text.startswith(sealed), text
        has(sealed, "default  www.example           id=3 area=Common tcp=443 required held source=worldwide\n")
        said = text[len(sealed):].splitlines()
        assert f"# held since {day}, waiting: {NEW}" in said, said
        assert f"# held since {day}, waiting: {WWW_NEW}" in said, said
        same(len(said), 4)
        place.write("again.rules", text)
        same(stage.run(CTL, "table", "-t", place.path("again.rules")).stdout, sealed)
        place.ctl("approve", place.waiting(), want=0)
        same(place.ctl("table", want=0).stdout, place.generation(3, "table.txt"))


def test_table_in_use_says_which_row_was_removed():
    with Place("review parts") as place:
        place.take(changed(s3=endpoints(3, "Default", ["a.files.example", "www.example"], area="Common")), want=0)
        place.take(changed(s3=endpoints(3, "Default", ["www.example", "b.static.example"], area="Common")), want=1)
        text = place.ctl("table", want=0).stdout
        has(text, " required held source=worldwide\n", ", waiting: no row for a.files.example source=worldwide\n")
        said = lookup(place, "--explain", "a.files.example")
        has(said, "      in use: default  a.files.example  id=3", "      newest: no such row\n")


def test_table_in_use_is_what_was_sealed():
    with held_place() as place:
        text = place.generation(2, "table.txt")
        os.unlink(place.path("state", "gen-000002", "table.txt"))
        place.write("state/gen-000002/table.txt", text.replace("b.static", "x.static"))
        done = place.ctl("table", want=2)
        same(done.stdout, "")


def test_status_counts_held_rows():
    with held_place() as place:
        day = since(place)
        has(place.ctl("status", want=1).stdout, f"held        4 rows wait for a decision, the oldest since {day}\n")
        same(json.loads(place.ctl("status", "--json", want=1).stdout)["held"],
             {"waiting": 4, "waitingSince": day, "rejected": 0, "rejectedSince": None})
        place.ctl("approve", place.waiting(), want=0)
        assert "\nheld" not in place.ctl("status").stdout
        same(json.loads(place.ctl("status", "--json").stdout)["held"],
             {"waiting": 0, "waitingSince": None, "rejected": 0, "rejectedSince": None})


def test_what_opened_once_waits_for_a_person():
    """Next to what is used at once, an address may open nothing: its set has that name by then. It waits all the same."""
    def documents(urls, ips=(), more=()):
        return changed(s4=endpoints(4, "Allow", ["other.example", *urls], ips, area="Common"), s5=endpoints(5, "Default", more))
    late, place_of = "52.104.200.0/24", "*.files.example"
    with Place() as place:
        place.take(documents([], more=["d.example"]), want=0)
        place.take(documents([place_of], [late], ["d.example"]), want=1)
        same((place.link("current"), place.link("pending")), (2, 3))
        same(place.reasons(3), ["addresses that join bypassed sets, and wait for a decision: "
                                f"{late} port 443 (Allow, set 4, Common, worldwide)"])
        has(place.generation(2, "table.txt"), place_of + "       id=4")
        place.version -= 100
        has(place.take(documents([place_of], [late], ["d.example"]), want=1).stderr, "generation 3, which waits for approval")
        for more in (["d.example", "e.example"], ["e.example"]):
            place.take(documents([place_of], [late], more), want=1)
            has(place.generation(place.link("current"), "table.txt"), "e.example")
            assert late not in place.generation(place.link("current"), "table.txt")
        place.ctl("approve", place.waiting(), want=0)
        has(place.generation(place.link("current"), "table.txt"), late)


# ---- publish -----------------------------------------------------------------------------------------------------------


def seen(place):
    """Every file and link of the place, with its content and the time it was written."""
    found = {}
    for folder, _, names in os.walk(place.top):
        for name in names:
            path = os.path.join(folder, name)
            content = os.readlink(path) if os.path.islink(path) else open(path, "rb").read()
            found[path] = (content, os.lstat(path).st_mtime_ns)
    return found


def test_publish_says_what_check_finds_in_local_lines():
    with Place("list allow domains.txt") as place:
        place.write("domains.txt", "example.com\n")
        place.take(FIRST, want=0)
        place.take(changed(s4=endpoints(4, "Allow", ["*.azureedge.net"])))
        place.ctl("approve", place.waiting(), want=0)
        place.write("local.d/ours.rules", "allow .office.example\ndefault a.example\ndefault a.example\n")
        done = place.ctl("publish", want=0)
        checked = place.ctl("check", want=1).stderr.splitlines()
        has(done.stderr, "line 1: '.office.example' leaves 1 published name inspected", "line 3: 'a.example' says the same as line 2",
            "'example.com' is that name alone", "local rules: 1 finding; 'm365ctl check -c ", "is published")
        assert "azureedge" not in done.stderr, done.stderr
        assert any("azureedge" in line for line in checked), checked
        same([line for line in checked if "azureedge" not in line], done.stderr.splitlines()[:3])
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        place.write("domains.txt", "www.example.com\n")
        assert "local rules" not in place.ctl("publish", want=0).stderr
        place.write("local.d/ours.rules", "allow *.com\n")
        done = place.ctl("publish", want=2)
        same(done.stderr.count("'*.com' lets anybody register"), 1)


def test_publish_dry_run_writes_nothing():
    with Place() as place:
        place.write("tell.sh", '#!/bin/sh\necho told >>"$1"\n', 0o755)
        place.configure("must_not_bypass never.example", f"notice_command {place.path('tell.sh')} {place.path('told')}")
        has(place.ctl("publish", "--dry-run", want=2).stderr, "there is no state folder")
        assert not os.path.exists(place.state)
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        before = seen(place)
        has(place.ctl("publish", "--dry-run", want=0).stderr, "which is in use", "generation 2, which waits with other documents")
        same(seen(place), before)
        for words, want, parts in (((), 1, ("would wait for approval", "held: 'never.example' must not be bypassed")),
                                   (("--force",), 0, ("would be published", "in spite of: 'never.example'"))):
            place.write("local.d/ours.rules", "allow never.example\n")
            before = seen(place)
            done = place.ctl("publish", "--dry-run", *words, want=want)
            has(done.stderr, "dry run: it ", "never.example", *parts)
            same(seen(place), before)
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        before = seen(place)
        has(place.ctl("publish", "--dry-run", want=0).stderr, "dry run: it would be published", "secret.files.example")
        same(seen(place), before)
        same(place.link("current"), 1)
        has(place.ctl("publish", want=0).stderr, "generation 3 is published")
        place.write("local.d/ours.rules", "inspect a..b\n")
        has(place.ctl("publish", "--dry-run", want=2).stderr, "has an empty label")


def test_status_and_notices_say_what_expires():
    def day(days):
        return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days)).strftime("%Y-%m-%d")
    with Place() as place:
        place.write("tell.sh", '#!/bin/sh\ncat >"$1"\n', 0o755)
        place.configure(f"notice_command ./tell.sh {place.path('told')}", "notice_stale 3650 days")
        place.take(FIRST, want=0)
        place.write("local.d/ours.rules", f"allow later.example expires={day(20)} owner=alice ticket=NET-1\n")
        place.ctl("publish", want=0)
        has(place.read("told"), "Local lines that expire within 30 days", f"    {day(20)}, in 20 days: 'later.example' (allow, ours)")
        done = place.ctl("status", want=0)
        has(done.stdout, f"expires     {day(20)}, in 20 days: 'later.example' (allow, ours), owner 'alice', ticket NET-1\n")
        place.write("local.d/ours.rules", f"allow soon.example expires={day(3)}\ninspect kept.example expires={day(4)}\n" +
                    "".join(f"allow h{i}.example expires={day(-2)}\n" for i in range(9)))
        place.ctl("publish", want=0)
        done = place.ctl("status", want=1)
        has(done.stdout, f"expired     {day(-2)}, 2 days ago: 'h0.example'", f"expires     {day(3)}, in 3 days: 'soon.example'",
            "expires     and 1 more; --json lists them all\n", "attention   10 local lines expire or expired: ")
        place.write("local.d/ours.rules", f"inspect kept.example expires={day(2)}\n")
        done = place.ctl("publish", "--force", want=0)
        stays = f"{day(2)}, in 2 days: 'kept.example' (inspect, ours); stays in force, remove it or set a later day\n"
        has(done.stderr, f"'kept.example' stays in force after {day(2)}; remove the line, or set a later day")
        has(place.ctl("status", want=0).stdout, "look at     " + stays)
        has(place.read("told"), "\nInspect lines to look at within 30 days; they stay in force:\n    " + stays)
        for said in (done.stderr, place.ctl("status", want=0).stdout, place.read("told")):
            assert "expire" not in said, said
        place.write("local.d/ours.rules", f"allow soon.example expires={day(3)}\ninspect kept.example expires={day(4)}\n" +
                    "".join(f"allow h{i}.example expires={day(-2)}\n" for i in range(9)))
        place.ctl("publish", "--force", want=0)
        told = json.loads(place.ctl("status", "--json", want=1).stdout)
        same(len(told["expiring"]), 11)
        same(told["expiring"][10], {"rule": "kept.example", "verb": "inspect", "source": "ours", "expires": day(4), "owner": None,
                                    "ticket": None})


def test_a_rejected_document_says_what_to_do():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        place.ctl("reject", place.waiting(), want=0)
        place.version -= 100
        done = place.take(WIDER)
        has(done.stderr, "generation 2, which a person rejected or rolled back; "
            f"'m365ctl approve -c {place.conf} 2' publishes it after all")
        place.ctl("approve", "2", want=0)
        same(place.link("current"), 2)


# ---- gates -------------------------------------------------------------------------------------------------------------

GATES = {
    "shrink": ((), changed(s2=None, s3=None), "what 'worldwide' publishes shrinks from 8 rules to 2, by 75 %"),
    "canary": (("canary mail.example:443 Optimize",), changed(s1=endpoints(1, "Default", ["mail.example"], ["52.96.2.0/24"])),
               "canary 'mail.example:443' would be Default, but must be Optimize"),
    "must not bypass": (("must_not_bypass www.bank.example",),
                        changed(s9=endpoints(9, "Allow", ["*.bank.example"])),
                        "'www.bank.example' must not be bypassed, but would be by '*.bank.example'"),
    "wide prefix": ((), changed(s1=endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "40.0.0.0/7"])),
                    "bypassed prefixes wider than widest_prefix allows: 40.0.0.0/7 (Optimize, set 1"),
    "configured widest_prefix": (("widest_prefix /20 /40",),
                                 changed(s1=endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "2603:1006::/32"])),
                                 "2603:1006::/32"),
    "special-use addresses": ((), changed(s1=endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "10.1.0.0/16"])),
                              "10.1.0.0/16 private use (RFC 1918) (Optimize, set 1"),
    "documentation ranges": ((), changed(s1=endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "192.0.2.0/24"])),
                             "192.0.2.0/24 documentation (RFC 5737) (Optimize, set 1"),
    "growth": ((), changed(s1=endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "40.0.0.0/8"])),
               "gain 16777216 IPv4 addresses on top of 512, more than the growth_limit of 30 %"),
    "open wildcard": ((), changed(s1=endpoints(1, "Optimize", ["mail.example", "*.co.uk"], ["52.96.2.0/24"])),
                      "anybody can register a name: *.co.uk (Optimize, set 1"),
    "open below a tenant": ((), changed(s1=endpoints(1, "Optimize", ["mail.example", "*.<tenant>.com"], ["52.96.2.0/24"])),
                            "anybody can register a name: *.<tenant>.com (Optimize, set 1"),
}


def test_gates_hold_in_every_mode():
    for mode in ("auto", "widening", "always", "parts"):
        for name, (lines, document, sentence) in GATES.items():
            with Place("review auto", "default_canaries off", *lines) as place:
                place.take(FIRST, want=0)
                place.configure(f"review {mode}", "default_canaries off", *lines)
                place.take(document, want=1)
                found = [reason for reason in place.reasons(place.link("pending")) if sentence in reason]
                assert found, f"{name} under {mode}: {place.reasons(place.link('pending'))}"


def test_must_not_bypass_once_a_line_ends():
    """Until its end a line keeps the name inspected; import and publish say what comes then, and hold it."""
    want = ("'www.bank.example' must not be bypassed, but would be by '*.bank.example' (Allow, ours) from 2037-01-10 on")
    for mode in ("auto", "widening", "always", "parts"):
        for words in (("publish",), ("import",)):
            with Place("review auto", "must_not_bypass www.bank.example") as place:
                place.take(FIRST, want=0)
                place.configure(f"review {mode}", "must_not_bypass www.bank.example")
                place.write("local.d/ours.rules", "allow *.bank.example\ndefault www.bank.example expires=2037-01-10\n")
                done = place.ctl("publish", want=1) if words == ("publish",) else place.take(NARROWER)
                has(done.stderr, want)
                same((mode, words, lookup(place, "--at", "2037-01-10", "www.bank.example").split()[1]), (mode, words, "inspect"))


def test_must_not_bypass_at_any_port():
    """Without a port every one is meant; a port, or a URL, is that one."""
    bank = endpoints(72, "Allow", ["www.bank.example"], area="Common", tcp="80,8443")
    asked = {"www.bank.example": "would be at port 80 by 'www.bank.example'", "www.bank.example:8443": "would be by 'www.bank.example'",
             "http://www.bank.example": "would be by 'www.bank.example'", "www.bank.example:443": None}
    for query, says in asked.items():
        for mode in ("auto", "parts"):
            with Place("review auto", f"must_not_bypass {query}") as place:
                place.take(FIRST, want=0)
                place.configure(f"review {mode}", f"must_not_bypass {query}")
                done = place.take([*FIRST, bank], want=0 if says is None and mode == "auto" else 1)
                if says is None:
                    assert "must not be bypassed" not in done.stderr, done.stderr
                    continue
                has(done.stderr, f"'{query}' must not be bypassed, but {says} (Allow, worldwide)")
                for port in (80, 8443):
                    same((query, mode, port, lookup(place, f"www.bank.example:{port}").split()[1]), (query, mode, port, "inspect"))
    with Place("review auto", "must_not_bypass n.q.example 198.51.100.7") as place:
        place.take(FIRST, want=0)
        place.write("local.d/ours.rules", "allow n.q.example tcp=8000-9000\nallow 198.51.100.7 tcp=25\n")
        done = place.ctl("publish", want=1)
        has(done.stderr, "'n.q.example' must not be bypassed, but would be at port 8000 by 'n.q.example' (Allow, ours)",
            "'198.51.100.7' must not be bypassed, but would be at port 25 by '198.51.100.7/32' (Allow, ours)")


def test_what_opens_later_is_an_opening_for_programs_too():
    """Exit status and JSON of `diff` know what opens once a line ends, and regexes that may open names."""
    with Place("review auto") as place:
        place.take(FIRST, want=0)
        place.write("local.d/ours.rules", "allow *.bank.example\ndefault www.bank.example\n")
        place.ctl("publish", want=0)
        place.write("local.d/ours.rules", "allow *.bank.example\ndefault www.bank.example expires=2037-01-10\n")
        place.ctl("publish", want=0)
        opened = place.ctl("diff", "--opened", want=1).stdout
        has(opened, "opens       nothing; 1 more when a line ends\n", "OPENS www.bank.example from 2037-01-10 on, when a line ends\n")
        made = json.loads(place.ctl("diff", "--json", want=1).stdout)
        same((made["openings"], made["later"]), ([], [{"pattern": "www.bank.example", "day": "2037-01-10"}]))
        same((made["laterPartial"], made["partial"]), (False, False))
        same(place.ctl("diff", "--opened", "current", "previous", want=0).stdout, "")
        place.write("local.d/ours.rules", "allow ~^a[0-9]+\\.bank\\.example$\n")
        place.ctl("publish", want=0)
        has(place.ctl("diff", "--opened", want=1).stdout, "opens       1 regex whose names nobody can list\n")


def test_built_in_canaries():
    with Place("default_canaries on") as place:
        place.take(FIRST, want=1)
        has(" ".join(place.reasons(1)), "canary 'outlook.office365.com:443' would have no category, but must be Optimize")
        good = [endpoints(1, "Optimize", ["outlook.office365.com", "outlook.office.com"], tcp="80,443"),
                endpoints(12, "Allow", ["teams.microsoft.com"], area="Skype"),
                endpoints(56, "Allow", ["login.microsoftonline.com"], area="Common")]
        place.take(good, want=0)
        same((place.link("current"), place.link("pending")), (2, 0))


def test_older_document():
    with Place("review auto") as place:
        place.take(FIRST, version=2026020100, want=0)
        place.take(NARROWER, version=2026010100, want=1)
        same(place.reasons(2), ["the Worldwide document has version 2026010100, older than 2026020100 in use"])


# ---- approve and reject ------------------------------------------------------------------------------------------------


def test_approve_records_who_when_why_and_what():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        done = place.ctl("approve", "--by", "alice", "--note", "CHG-7: asked for\nwhat forged", "2", want=0)
        has(done.stdout, "generation 2 is in use, approved by alice\n", f"digest {place.digest(2)}\n")
        same((place.link("current"), place.link("previous"), place.link("pending")), (2, 1, 0))
        decision = place.decision(2)
        same((decision["what"], decision["by"], decision["note"], decision["digest"]),
             ("approved", "alice", "CHG-7: asked for what forged", place.digest(2)))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", decision["at"])
        text = place.generation(2, "decision-1.txt").split("\n\n", 1)[1]
        assert text.startswith("opens       1 name\ncloses      nothing\n\nOPENS new.example:443  "), text
        has(place.generation(2, "decision-1.txt"), "bypassed now, inspected before:\n  + new.example",
            "held: names bypassed now")
        has(place.ctl("history", want=0).stdout, "approved by alice: CHG-7")


def test_approve_is_for_one_content():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        looked_at = place.digest(2)
        done = place.take(WIDER_YET, want=1)
        has(done.stderr, "new.example port 443 (Allow, set 2, SharePoint, worldwide); newer.example port 443 (Allow, set 2, ")
        same(place.link("pending"), 3)
        for word, says in (("2", "generation 2 does not wait for approval, generation 3 does"),
                           (looked_at[:12], "what waits is generation 3 with digest"),
                           (looked_at, "what waits is generation 3 with digest"),
                           ("99", "there is no generation 99"), ("nonsense", "is neither the number of a generation")):
            has(place.ctl("approve", word, want=2).stderr, says)
        same((place.link("current"), place.link("pending")), (1, 3))
        assert not os.path.exists(place.path("state", "gen-000003", "decision-1.txt"))
        place.ctl("approve", place.digest(3)[:12], want=0)
        same(place.link("current"), 3)


def test_a_decision_without_an_argument_needs_a_terminal():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        done = place.ctl("approve", want=2, input="yes\n")
        has(done.stderr, "approve needs to know what you looked at: see "
            f"'m365ctl diff -c {place.conf}', then run 'm365ctl approve -c {place.conf} {place.digest(2)[:12]}'")
        same(done.stdout, "")
        same((place.link("current"), place.link("pending")), (1, 2))
        done = place.ctl("reject", want=2, input="yes\n")
        has(done.stderr, f"reject needs to know what you looked at: see 'm365ctl diff -c {place.conf}', then run "
            f"'m365ctl reject -c {place.conf} {place.digest(2)[:12]}'")
        same(done.stdout, "")
        same((place.link("current"), place.link("pending"), os.path.exists(place.path("state", "rejected"))), (1, 2, False))
        has(place.ctl("reject", "2", want=0).stdout, "generation 2 is rejected\n")
        same((place.link("current"), place.link("pending")), (1, 0))


def paste(text, start):
    """Runs in a shell, in another folder, the command between `start` and the end of the line."""
    command = text.split(start, 1)[1].split("\n")[0]
    return stage.run("/bin/sh", "-c", command, cwd="/", env={**os.environ, "PATH": f"{os.path.dirname(CTL)}:/usr/bin:/bin"})


def test_printed_commands_act_on_the_configuration_in_use():
    for folder in ("plain", "it's $HOME"):
        with Place() as place:
            os.mkdir(place.path(folder))
            place.conf = place.write(f"{folder}/my.conf", place.read("m365.conf").replace("state state", "state ../state")
                                     .replace("data data", "data ../data"))
            place.take(FIRST, want=0)
            place.take(WIDER, want=1)
            told = place.ctl("diff", want=1).stdout
            has(paste(told, "\nreject      ").stdout, "generation 2 is rejected\n")
            same(place.link("pending"), 0)
            place.take(WIDER_YET, want=1)
            relative = stage.run(CTL, "diff", "-c", f"{folder}/my.conf", cwd=place.top).stdout
            same(relative, place.ctl("diff", want=1).stdout)
            same(paste(relative, "\napprove     ").returncode, 0)
            same(place.link("current"), 3)


def on_terminal(place, command, answer, meanwhile=None, words=()):
    """Runs the command on a terminal, answers its question, and returns the exit code with all that it printed."""
    ours, theirs = pty.openpty()
    settings = termios.tcgetattr(theirs)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    with subprocess.Popen([CTL, command, "--config", place.conf, *words], stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        try:
            while not seen.endswith(b": "):
                seen += os.read(ours, 4096)
            if meanwhile is not None:
                meanwhile()
            os.write(ours, answer)
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:  # the other side is closed
            pass
        code = process.wait(stage.PATIENCE)
    os.close(ours)
    return code, seen.decode().replace("\r\n", "\n")


def test_approve_asks_on_a_terminal():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        for answer in (b"y\n", b"no\n", b"\n", b"YES\n", b" yes\n", b"yes please\n", b"\x04"):
            code, seen = on_terminal(place, "approve", answer)
            same(code, 1)
            has(seen, "nothing is decided; generation 2 still waits")
            same((place.link("current"), place.link("pending")), (1, 2))
        code, seen = on_terminal(place, "approve", b"yes\n")
        same(code, 0)
        assert seen.startswith("decide by   no date is announced\nopens       1 name\n"), seen
        has(seen, "OPENS new.example:443  was no rule, now Allow (set 2)\n  keep closed: inspect new.example  # also closes addresses of set 2 without a name\n",
            "held: names bypassed now that no rule matched before",
            f"Type 'yes' to approve generation 2, digest {place.digest(2)[:12]}: ", f"digest {place.digest(2)}\n")
        same((place.link("current"), place.link("pending")), (2, 0))


def test_reject_asks_on_a_terminal():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        code, seen = on_terminal(place, "reject", b"yes\n")
        has(seen, "Type 'yes' to reject generation 2", "generation 2 is rejected\n")
        same((code, place.link("current"), place.link("pending")), (0, 1, 0))


def test_the_answer_is_for_what_was_shown():
    changes = {
        "something else waits": lambda place: place.take(WIDER_YET, want=1),
        "something else is in use": lambda place: place.take(NARROWER, want=0),
        "it was rejected": lambda place: place.ctl("reject", "2", want=0),
        "it waits no longer and then again": lambda place: (place.ctl("reject", "2", want=0), place.ctl("approve", "2", want=0),
                                                            place.ctl("rollback", want=0)),
    }
    for name, change in changes.items():
        for command in ("approve", "reject"):
            with Place() as place:
                place.take(FIRST, want=0)
                place.take(WIDER, want=1)
                code, seen = on_terminal(place, command, b"yes\n", lambda place=place, change=change: change(place))
                assert code == 2, (name, command, seen)
                assert "is in use, approved" not in seen and "is rejected" not in seen, (name, command, seen)
                assert place.link("current") != 2, (name, command)


def test_a_first_table_is_compared_with_the_shipped_one():
    """Whoever used the shipped table learns what the first list closes, wherever the state folder is."""
    with Place() as place:
        place.write("data/worldwide.rules", SHIPPED + "allow *.manage.example id=170 area=MEM tcp=443 source=worldwide\n")
        says = "compared with the shipped table, which is not in use here, it closes 2 names: *.manage.example, mail.example, and opens 1 name: *.files.example"
        has(place.take(FIRST, want=0).stderr, says)
        assert "shipped" not in place.take(NARROWER, want=0).stderr


def test_approve_when_nothing_waits():
    with Place() as place:
        has(place.ctl("approve", want=1).stderr, "nothing waits for approval")
        place.take(FIRST, want=0)
        has(place.ctl("approve", want=1).stderr, "nothing waits for approval")
        has(place.ctl("reject", want=1).stderr, "nothing waits for approval")
        has(place.ctl("approve", "1", want=2).stderr, "generation 1 does not wait for approval; nothing does")


def test_approve_computes_the_digest_again():
    for name in ("table.txt", "image", "source.json"):
        with Place() as place:
            place.take(FIRST, want=0)
            place.take(WIDER, want=1)
            path = place.path("state", "gen-000002", name)
            os.chmod(path, 0o644)
            with open(path, "r+b") as file:
                content = file.read()
                file.seek(content.rindex(b"e"))
                file.write(b"f")
            done = place.ctl("approve", "2", want=2)
            has(done.stderr, "generation 2 cannot be approved or rejected")
            same((place.link("current"), place.link("pending")), (1, 2))
            assert not os.path.exists(place.path("state", "gen-000002", "decision-1.txt")), name


def test_approve_does_not_wait_for_another_writer():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        with open(place.path("state", "lock"), "r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            place.ctl("approve", place.waiting(), want=2)
            place.ctl("reject", place.waiting(), want=2)
            place.ctl("diff", want=1)
        same((place.link("current"), place.link("pending")), (1, 2))


def test_the_caller_of_sudo_decides():
    if os.geteuid() != 0:
        raise Skip("not root")
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        place.ctl("approve", place.waiting(), want=0, env={**os.environ, "SUDO_USER": "carol"})
        same(place.decision(2)["by"], "carol")


def test_reject_is_remembered():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, version=2026030100, want=1)
        rejected = place.digest(2)
        done = place.ctl("reject", "--by", "bob", "--note", "not ours", rejected[:8], want=0)
        has(done.stdout, "generation 2 is rejected\n")
        same((place.link("current"), place.link("pending")), (1, 0))
        decision = place.decision(2)
        same((decision["what"], decision["by"], decision["note"], decision["digest"]),
             ("rejected", "bob", "not ours", rejected))
        place.take(WIDER, version=2026030100)
        same((place.link("current"), place.link("pending")), (1, 0))
        place.take(WIDER_YET, version=2026040100, want=1)
        same(place.link("pending"), 3)


def test_rejected_by_mistake():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        place.ctl("reject", place.waiting(), want=0)
        has(place.ctl("reject", "2", want=2).stderr, "generation 2 does not wait for approval; nothing does")
        place.ctl("approve", "2", want=0)
        same(place.link("current"), 2)
        same([place.decision(2, 1)["what"], place.decision(2, 2)["what"]], ["rejected", "approved"])
        place.take(WIDER_YET, want=1)
        place.ctl("reject", place.waiting(), want=0)
        place.take(NARROWER, want=0)
        has(place.ctl("approve", "3", want=2).stderr, "generation 3 does not wait for approval")


# ---- diff --------------------------------------------------------------------------------------------------------------


def test_diff_of_the_pending_generation():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        done = place.ctl("diff", want=1)
        head = f"""\
decide by   no date is announced
opens       1 name
closes      nothing
approve     m365ctl approve -c {place.conf} {place.digest(2)[:12]}
reject      m365ctl reject -c {place.conf} {place.digest(2)[:12]}

OPENS new.example:443  was no rule, now Allow (set 2)
  keep closed: inspect new.example  # also closes addresses of set 2 without a name

--- generation 1, Worldwide 2026010200
+++ generation 2, Worldwide 2026010300, waits for approval
held: names bypassed now that no rule matched before: new.example port 443 (Allow, set 2, SharePoint, worldwide)
8 rules -> 9
"""
        same(done.stdout, f"""{head}\
added:
  + new.example  Allow, set 2, SharePoint, worldwide
""")
        same(place.ctl("diff", "--all", want=1).stdout, f"""{head}\
bypassed now, inspected before:
  + new.example  443        Allow, set 2, SharePoint, worldwide; no-rule -> rule
added:
  + new.example  Allow, set 2, SharePoint, worldwide
""")
        same(place.ctl("diff", "1", "1", want=0).stdout, "")
        same(place.ctl("diff", "current", "pending", want=1).stdout, done.stdout)
        same(place.ctl("diff", "pending", want=1).stdout, done.stdout)
        same(place.ctl("diff", "1", "gen-000002", want=1).stdout, done.stdout)
        opened = place.ctl("diff", "--opened", want=1).stdout
        has(opened, "OPENS new.example:443", "bypassed now, inspected before:\n  + new.example")
        assert "added:" not in opened
        same(place.ctl("diff", "--opened", "pending", "current", want=0).stdout, "")
        made = json.loads(place.ctl("diff", "--json", want=1).stdout)
        same(made["counts"]["added"], 1)
        entry = made["entries"][0]
        same((entry["kind"], entry["text"], entry["old"], entry["new"]["id"], entry["new"]["verb"]),
             ("added", "new.example", None, 2, "allow"))
        opening = made["openings"][0]
        same((opening["kind"], opening["pattern"], opening["ports"], opening["request"], opening["oldWhy"], opening["oldRule"],
              opening["old"], opening["newRule"]),
             ("name", "new.example", "443", "new.example - - 443", "no-rule", None, None, "new.example"))
        same((opening["new"]["category"], opening["new"]["id"], opening["new"]["area"]), ("Allow", 2, "SharePoint"))
        same((made["oldLabel"], made["newLabel"], made["oldGeneration"], made["newGeneration"]), ("2026010200", "2026010300", 1, 2))
        verdict = made["verdicts"][0]
        same((verdict["pattern"], verdict["ports"], verdict["opened"], verdict["oldWhy"]),
             ("new.example", "443", True, "no-rule"))


def test_the_third_answer_keeps_it_closed():
    with Place() as place:
        place.take(FIRST, want=0)
        opens = changed(s2=endpoints(2, "Allow", ["*.files.example", "new.example", "*.wide.example"], ["52.104.100.0/24"],
                                     area="SharePoint"),
                        s4=endpoints(4, "Allow", [], ["52.120.0.0/24"], area="SharePoint"))
        place.take(opens, want=1)
        text = place.ctl("diff", want=1).stdout
        lines = re.findall(r"^  keep closed: (inspect .*)$", text, re.M)
        same([line.split()[1] for line in lines], ["*.wide.example", "new.example", "52.120.0.0/24"])
        place.write("local.d/closed.rules", "\n".join(lines) + "\n")
        place.ctl("publish", want=0)
        same(place.link("pending"), 0)
        for name, answer in (("new.example", "inspect"), ("a.wide.example", "inspect"), ("52.120.0.9", "inspect"),
                             ("a.files.example", "bypass")):
            has(stage.run(CTL, "lookup", "-t", place.path("state", "current", "image"), name).stdout, answer)
        same(dict(place.head(place.link("current")))["version"], "Worldwide 2026010300")


def test_diff_of_earlier_generations():
    with Place() as place:
        has(place.ctl("diff", want=2).stderr, "there is no state folder")
        place.take(FIRST, want=0)
        has(place.ctl("diff", want=2).stderr, "no table waits for approval, and none was in use before; name two tables")
        place.take(NARROWER, want=0)
        text = place.ctl("diff", want=1).stdout
        assert text.startswith("opens       nothing\ncloses      nothing\n\n--- generation 1"), text
        has(text, "+++ generation 2", "not listed: 1 that are bypassed neither before nor now\n")
        assert "broadened" not in text
        text = place.ctl("diff", "--all", want=1).stdout
        has(text, "--- generation 1", "+++ generation 2",
            "broadened: a wider entry replaces what it covers:\n  ~ *.office.example",
            "replaces *.cdn.office.example; Default, set 3, Common, worldwide")
        same(place.ctl("diff", "current", want=0).stdout, "")
        same(place.ctl("diff", "2", "2", want=0).stdout, "")
        for words in (("3",), ("pending",), ("1", "2", "3"), ("1", "no-such-file")):
            place.ctl("diff", *words, want=2)


def test_diff_of_files():
    with Place() as place:
        place.write("january.json", json.dumps(FIRST))
        place.write("february.json", json.dumps(WIDER))
        place.write("same.rules", "# nothing\n")
        text = place.ctl("diff", place.path("january.json"), place.path("february.json"), want=1).stdout
        has(text, "added:\n  + new.example")
        assert "moved" not in text and "removed" not in text, text
        assert not os.path.exists(place.state)
        same(place.ctl("diff", place.path("january.json"), place.path("january.json"), want=0).stdout, "")
        place.write("partners.txt", "partner.example\n")
        has(place.ctl("diff", "same.rules", "allow:partners.txt", want=1, cwd=place.top).stdout,
            "local lines:\n  + partner.example", "allow, partners")
        place.write("more.txt", "partner.example\nother.example\n")
        same(place.ctl("diff", "allow:partners.txt", "allow:more.txt", want=1, cwd=place.top).stdout.count("partner.example"), 0)
        place.take(FIRST, want=0)
        same(place.ctl("diff", "current", place.path("january.json"), want=0).stdout, "")
        has(place.ctl("diff", "current", place.path("february.json"), want=1).stdout, "+ new.example")


# ---- blame -------------------------------------------------------------------------------------------------------------


def test_blame():
    with Place() as place:
        place.ctl("blame", "new.example", want=2)
        place.take(FIRST, want=0)
        place.take(NARROWER, want=0)
        place.take(WIDER, want=1)
        waiting = place.ctl("blame", "new.example", want=1).stdout
        has(waiting, "bypass, rule: new.example, Allow, set 2, worldwide\n    with generation 4, which waits for approval\n",
            "inspect, no-rule\n    at least since generation 1, Worldwide 2026010200, import, in use from 20")
        place.ctl("approve", "--by", "alice", "--note", "CHG-7", place.waiting(), want=0)
        place.take(MORE_ADDRESSES + [endpoints(9, "Default", ["new.example"])], want=0)
        lines = place.ctl("blame", "new.example/mail/inbox", want=1).stdout.splitlines()
        same([lines[0], lines[2], lines[4]],
             ["inspect, category: new.example, Default, set 9, worldwide",
              "bypass, rule: new.example, Allow, set 2, worldwide", "inspect, no-rule"])
        has(lines[1], "    since generation 5, Worldwide 2026010500, import, in use from 20")
        told = [json.loads(line) for line in place.ctl("history", "--json", want=0).stdout.splitlines()]
        approved = next(generation["inUse"] for generation in told if generation["generation"] == 4)
        has(lines[3], f"    since generation 4, Worldwide 2026010400, import, in use from {approved}, {approved} approved by "
            "alice: CHG-7")
        has(lines[5], "    at least since generation 1, ")
        same(place.ctl("blame", "mail.example", want=0).stdout.count("since"), 1)
        place.ctl("blame", want=2)


# ---- notice and feed ---------------------------------------------------------------------------------------------------


def test_notice_and_feed_contain_the_entries():
    with Place() as place:
        place.write("tell.sh", '#!/bin/sh\n{ echo "$M365_EVENT $M365_GENERATION $M365_SUBJECT"; cat; echo ----; } >>"$1"\n',
                    0o755)
        place.configure(f"notice_command {place.path('tell.sh')} {place.path('told')}")
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        place.ctl("approve", "--by", "alice", "--note", "<CHG-7> & more", place.waiting(), want=0)
        told = place.read("told").split("----\n")
        has(told[0], "published 1 ", "mail.example")
        has(told[1], f"pending 2 generation 2 waits for approval: Worldwide 2026010300\ndecide by   no date is announced\n"
            f"opens       1 name\ncloses      nothing\napprove     m365ctl approve -c {place.conf} {place.digest(2)[:12]}\n"
            f"reject      m365ctl reject -c {place.conf} {place.digest(2)[:12]}\n\nOPENS new.example:443  was no rule, now Allow (set 2)\n",
            "held: names bypassed now that no rule matched before: new.example", "+ new.example")
        has(told[2], "published 2 generation 2 is approved and published: Worldwide 2026010300\nopens ",
            "approved by alice: <CHG-7> & more", "+ new.example")
        items = place.items()
        same([item.findtext("category") for item in items], ["published", "pending", "published"])
        for item in items:
            assert email.utils.parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
            assert item.findtext("title") and item.find("guid").get("isPermaLink") == "false"
        same(len({item.findtext("guid") for item in items}), 3)
        has(items[0].findtext("description"), "<pre>opens ", "\napproved by alice: &lt;CHG-7&gt; &amp; more\n", "+ new.example",
            "</pre>")
        has(items[1].findtext("description"), "held: names bypassed now that no rule matched before: new.example")
        channel = xml.etree.ElementTree.parse(place.path("feed.xml")).getroot().find("channel")
        assert all(channel.findtext(name) for name in ("title", "link", "description", "lastBuildDate"))


TELL = ('#!/bin/sh\ntest ! -e "$2" || exit 3\n'
        '{ echo "$M365_EVENT $M365_GENERATION $M365_SUBJECT"; cat; echo ----; } >>"$1"\n')


def teller(place, *lines):
    """Everything that is told goes into the file `told`; nothing while there is a file `deaf`."""
    place.write("tell.sh", TELL, 0o755)
    place.configure(f"notice_command {place.path('tell.sh')} {place.path('told')} {place.path('deaf')}", *lines)


def test_rejection_and_rollback_are_told():
    with Place() as place:
        teller(place)
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        place.ctl("reject", "--by", "bob", "--note", "not ours", "2", want=0)
        has(place.ctl("status", want=1).stdout, ", generation 2 rejected by bob: not ours\n")
        place.take(NARROWER, want=0)
        place.ctl("rollback", "--by", "carol", "--note", "it broke", want=0)
        told = place.read("told").split("----\n")
        has(told[2], "rejected 2 generation 2 is rejected: Worldwide 2026010300\n"
            "it is not used; this is what it would have changed:\n\nopens ", "OPENS new.example:443",
            "rejected by bob: not ours\n")
        assert "m365ctl approve" not in told[2]
        done = place.ctl("status", want=1).stdout
        assert re.search(r"\ndecision    \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, generation [13] roll(back|ed-back) by carol: (to|from) generation "
                         r"[13]: it broke\n", done), done
        same(json.loads(place.ctl("status", "--json").stdout)["decision"]["by"], "carol")
        has(told[4], "rolled-back 1 generation 1 is in use again: Worldwide 2026010200\nopens ",
            "rolled back by carol: from generation 3: it broke\n")
        same([item.findtext("category") for item in place.items()], ["rolled-back", "published", "rejected", "pending", "published"])


def test_rollback_from_a_damaged_table_is_told():
    with Place() as place:
        teller(place)
        place.take(FIRST, want=0)
        place.take(NARROWER, want=0)
        os.chmod(place.path("state", "gen-000002", "image"), 0o644)
        place.write("state/gen-000002/image", b"nonsense")
        place.ctl("rollback", "--by", "carol", want=0)
        has(place.read("told").split("----\n")[2], "rolled-back 1 ", "rolled back by carol: from generation 2\n",
            "what changed cannot be shown: ")


def test_refused_rows_are_told():
    broken = changed(s2=endpoints(2, "Allow", ["*.files.example", "b@d.example", "wor\u202ese.example", "a b.example", "c d.example", "ok.example"],
                                  ["198.51.100.0/24"], area="SharePoint"))
    with Place() as place:
        teller(place)
        place.take(FIRST, want=0)
        place.take(broken, want=1)
        refused = [value for key, value in place.head(3) if key == "refused"]
        same(len(refused), 1)
        has(refused[0], "rows: ", "set 2, urls[1]", "set 2, urls[2]", "; and ")
        assert "\u202e" not in refused[0]
        has(place.read("told").split("----\n")[1], f"refused {refused[0]}\n")
        has(place.ctl("status", want=1).stdout, f"  refused   {refused[0]}\n")
        same(json.loads(place.ctl("status", "--json", want=1).stdout)["pending"]["refused"], refused[0])
        same(json.loads(place.ctl("status", "--json", want=1).stdout)["current"]["refused"], refused[0])


def test_a_failing_notice_is_remembered():
    with Place() as place:
        teller(place)
        place.write("deaf", "")
        place.take(FIRST, want=0)
        place.take(WIDER, want=1)
        has(place.read("state", "status"), "notice_again published 1 1 c, pending 2 1 c\n")


def test_a_failing_notice_stops_nothing():
    with Place("notice_command /bin/false") as place:
        done = place.take(FIRST, want=0)
        has(done.stderr, "the notice command '/bin/false' exited with status 1")
        done = place.take(WIDER, want=1)
        done = place.ctl("approve", place.waiting(), want=0)
        has(done.stderr, "the notice command '/bin/false' exited with status 1")
        same(place.link("current"), 2)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
