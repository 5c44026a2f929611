#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""m365ctl update and import against a web service that misbehaves in every known way.

    top_builddir=DIR tests/update/service_test.py [WORD]...     only tests whose name contains a WORD

After each fault, the old table is still in use, a helper that kept running still answers from it, and one sentence says
what happened and what stays. The last line is `N passed, N failed`, followed by `, N skipped` if nginx or openssl is not
installed.
"""
import datetime
import email.utils
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

import web
from web import Answer, as_json, document, zipped

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from port import free_port  # noqa: E402
from stage import CTL, check, endpoint_set  # noqa: E402

FIRST, SECOND, THIRD = "2026010100", "2026020100", "2026030100"
HOUR, DAY = 3600, 86400
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def expect(done, code, *parts):
    """Checks the exit code and parts of the messages. A program must never end with a sanitizer report."""
    said = done.stdout + done.stderr
    check(done.returncode == code, f"exit {done.returncode} instead of {code}", said)
    for part in parts:
        check(part in done.stderr, f"not reported: {part}", said)
    return done


def installed(service):
    """A site that has published FIRST, and a helper that has loaded it."""
    site = web.Site(service)
    service.upstream.answers.clear()
    service.upstream.offer(FIRST)
    expect(site.update(), 0, "generation 1 is published")
    service.upstream.asked()
    answer(site.helper(), "mail.example.net", FIRST)
    return site


def answer(helper, name, version, verdict="OK"):
    said, notes = helper.ask(name)
    label, dot, number = notes.get("m365_gen_", "").rpartition(".")
    check(said == verdict and label == version and dot and number.isdigit(), f"{name}: {said} {notes}, not {verdict} of "
          f"{version}")


def unchanged(site, generations=1):
    """Nothing visible changed, and the running helper still answers from the old table."""
    check(site.link("current") == 1, "current is", site.link("current"))
    check(len(site.generations()) == generations, site.generations())
    check(site.link("pending") == 0, "pending is", site.link("pending"))
    answer(site.helpers[0], "mail.example.net", FIRST)
    left = [name for name in os.listdir(site.state) if name.startswith(".")]
    check(not left, "left over:", left)


def failed(site, done, *parts):
    """The update failed with one sentence that says so, and the status records it."""
    expect(done, 2, *parts, "generation 1 stays in use", "next try after")
    check(len([line for line in done.stderr.splitlines() if "stays in use" in line]) == 1, done)
    unchanged(site)
    check(site.status().get("error"), "the status has no error", site.status())
    check(int(site.status()["failed_since"]) > 0, site.status())


# ---- the normal case ---------------------------------------------------------------------------------------------------


@test
def first_update_publishes(service):
    with web.Site(service) as site:
        service.upstream.offer(FIRST)
        expect(site.update(), 0, "Worldwide: version 2026010100 fetched", "generation 1 is published")
        check(service.upstream.asked() == ["/version/Worldwide", "/endpoints/Worldwide"], "asked for something else")
        check(site.link("current") == 1, site.link("current"))
        source = site.read("state", "gen-000001", "source.json")
        check(source.encode() == as_json(document(note=FIRST)).replace(b"\r\n", b"\n"), "document")
        review = site.read("state", "gen-000001", "review.txt")
        check("version Worldwide 2026010100" in review, review)
        helper = site.helper()
        answer(helper, "mail.example.net", FIRST)
        answer(helper, "www.example.net", FIRST, "ERR")


@test
def state_is_readable_by_helpers_of_another_user(service):
    old = os.umask(0o077)
    try:
        site = installed(service)
    finally:
        os.umask(old)
    with site:
        for folder, _, names in os.walk(site.state):
            check(os.stat(folder).st_mode & 0o555 == 0o555, folder, oct(os.stat(folder).st_mode))
            for name in names:
                mode = os.stat(os.path.join(folder, name)).st_mode
                wanted = 0o600 if name.startswith("lock") else 0o644
                check(mode & 0o7777 == wanted, folder, name, oct(mode))


@test
def nothing_new_asks_for_the_version_only(service):
    with installed(service) as site:
        expect(site.next_update(), 0, "Worldwide: version 2026010100 is in use")
        check(service.upstream.asked() == ["/version/Worldwide"], "asked for more than the version")
        check(site.next_update("--quiet").stderr == "", "--quiet is not quiet")
        unchanged(site)


@test
def a_new_version_is_published_and_the_helper_sees_it(service):
    with installed(service) as site:
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 0, "generation 2 is published", "2026020100")
        check(service.upstream.asked() == ["/version/Worldwide", "/endpoints/Worldwide", "/changes/Worldwide/2026010100"],
              "asked for something else")
        check((site.link("current"), site.link("previous")) == (2, 1), site.link("current"))
        until = time.monotonic() + 10
        while site.helpers[0].ask("new.example.net")[0] != "OK":
            check(time.monotonic() < until, "the helper never sees the new table")
            time.sleep(0.2)
        answer(site.helpers[0], "new.example.net", SECOND)


@test
def poll_interval_is_kept(service):
    with installed(service) as site:
        expect(site.update(), 0, "asked already")
        check(not service.upstream.asked(), "asked within the hour")
        expect(site.update("--force"), 0, "nothing new: the result is generation 1, which is in use")
        check(service.upstream.asked() == ["/version/Worldwide", "/endpoints/Worldwide"], "--force does not ask")
        site.set_status(next_poll=int(time.time()) + 200)
        expect(site.update(), 0, "is in use")
        check(service.upstream.asked() == ["/version/Worldwide"], "a timer with jitter came too early")
        unchanged(site)


@test
def client_id_is_random_and_kept(service):
    upstream = service.upstream
    with installed(service) as site:
        mine = site.read("state", "client-id").strip()
        check(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", mine), mine)
        check(mine != "b10c5ed1-bad1-445f-b386-b919946339a7", "Microsoft's example")
        for _ in range(2):
            site.update("--force")
            upstream.asked()
            check({query["ClientRequestId"] for query in upstream.queries.values()} == {mine}, upstream.queries)
    with installed(service) as other:
        check(other.read("state", "client-id").strip() != mine, "two sites have the same id")
        with open(other.kept("client-id"), "w", encoding="ascii") as file:
            file.write("rubbish&x=y\n")
        expect(other.next_update(), 0, "does not contain a ClientRequestId; a new one is made")
        upstream.asked()
        new = other.read("state", "client-id").strip()
        check(upstream.queries["/version/Worldwide"]["ClientRequestId"] == new, "the new id is not used")


@test
def areas_tenant_and_ipv6_are_in_the_query(service):
    with installed(service) as site:
        query = service.upstream.queries["/endpoints/Worldwide"]
        check(query.get("ServiceAreas") == "Common,Exchange,SharePoint,Skype,MEM", "by default Intune too", query)
        site.configure(service_areas="Exchange,MEM", tenant_name="contoso", ipv6="off")
        expect(site.next_update(), 0, "Worldwide: version 2026010100 fetched")
        service.upstream.asked()
        query = service.upstream.queries["/endpoints/Worldwide"]
        check(query.pop("ClientRequestId") and query == {"ServiceAreas": "Exchange,MEM", "TenantName": "contoso",
                                                         "NoIPv6": "true"}, query)
        check(set(service.upstream.queries["/version/Worldwide"]) == {"ClientRequestId"}, service.upstream.queries)
        expect(site.next_update(), 0, "is in use")
        check(service.upstream.asked() == ["/version/Worldwide"], "another query is asked more than once")


@test
def a_compressed_answer_is_read(service):
    with installed(service) as site:
        service.upstream.offer(SECOND)
        service.upstream.answers["/endpoints/Worldwide"] = zipped(as_json(document()))
        expect(site.next_update(), 0, "generation 2 is published")


# ---- several instances -------------------------------------------------------------------------------------------------


def two_instances(service):
    site = web.Site(service)
    site.configure(instance="Worldwide China")
    service.upstream.answers.clear()
    service.upstream.offer(FIRST)
    service.upstream.offer("2025120100", [endpoint_set(1, "Allow", ["mail.example.org"])], "China")
    expect(site.update(), 0, "generation 1 is published: Worldwide 2026010100, China 2025120100")
    return site


@test
def several_instances_are_one_table(service):
    with two_instances(service) as site:
        check(service.upstream.asked() == ["/version/Worldwide", "/version/China",
                                           "/endpoints/Worldwide", "/endpoints/China"], "asked in another order")
        table = site.read("state", "current", "table.txt")
        check(re.search(r"(?m)^optimize mail\.example\.net .*id=1 .*source=worldwide", table), table)
        check(re.search(r"(?m)^allow +mail\.example\.org .*id=1 .*source=china", table), table)
        helper = site.helper()
        answer(helper, "mail.example.net", FIRST)
        answer(helper, "mail.example.org", FIRST)
        service.upstream.offer("2026010100", [endpoint_set(1, "Allow", ["post.example.org"])], "China")
        expect(site.next_update(), 0, "Worldwide: version 2026010100 is in use", "China: version 2026010100 fetched")
        check(service.upstream.asked() == ["/version/Worldwide", "/version/China",
                                           "/endpoints/China", "/changes/China/2025120100"], "fetched the version in use")
        check("mail.example.net" in site.read("state", "current", "table.txt"), "the other instance was lost")
        check("post.example.org" in site.read("state", "current", "table.txt"), "the new document is missing")


@test
def failure_of_one_instance_changes_nothing(service):
    with two_instances(service) as site:
        before = site.read("state", "current", "table.txt")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        service.upstream.offer(SECOND, [endpoint_set(1, "Allow", ["post.example.org"])], "China")
        for path, part in (("/version/China", "version/China"), ("/endpoints/China", "endpoints/China")):
            kept = service.upstream.answers[path]
            service.upstream.answers[path] = Answer(b"", 503)
            site.set_status(backoff_until=None)
            expect(site.next_update(), 2, part, "503", "generation 1 stays in use")
            check(site.generations() == [1] and site.read("state", "current", "table.txt") == before, site.generations())
            service.upstream.answers[path] = kept
        site.set_status(backoff_until=None)
        expect(site.next_update(), 0, "generation 2 is published: Worldwide 2026020100, China 2026020100")
        check("error" not in site.status() and "failed_since" not in site.status(), site.status())


@test
def a_version_that_changes_nothing_is_fetched_once(service):
    with two_instances(service) as site:
        renamed = endpoint_set(1, "Allow", ["mail.example.org"], serviceAreaDisplayName="Mail")
        service.upstream.offer(FIRST, [renamed], "China")
        expect(site.next_update(), 0, "nothing new: the result is generation 1, which is in use")
        service.upstream.asked()
        expect(site.next_update(), 0, "China: version 2026010100 changes nothing")
        check(service.upstream.asked() == ["/version/Worldwide", "/version/China"], "fetched again")
        check(site.generations() == [1], site.generations())


@test
def a_version_whose_document_is_late_is_fetched_until_it_comes(service):
    with installed(service) as site:
        service.upstream.offer(SECOND, document(note=FIRST))
        for _ in range(3):
            expect(site.next_update(), 0, "Worldwide: version 2026020100 is announced, but the document is still that of "
                   "version 2026010100; the next update fetches it again")
            check(service.upstream.asked() == ["/version/Worldwide", "/endpoints/Worldwide"], "not fetched once")
            unchanged(site)
        check("version Worldwide 2026010100" in site.read("state", "current", "review.txt"), "another version")
        check(site.next_update("--quiet").stderr == "", "--quiet is not quiet")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 0, "generation 2 is published: Worldwide 2026020100")
        check("late_Worldwide" not in site.status(), site.status())
        answer(site.helper(), "new.example.net", SECOND)


@test
def a_document_that_stays_late_for_a_day_gets_the_new_version(service):
    with installed(service) as site:
        service.upstream.offer(SECOND, document(note=FIRST))
        expect(site.next_update(), 0, "is announced")
        now = int(time.time())
        site.set_status(late_Worldwide=f"{SECOND} {now - DAY} {now - HOUR}")
        expect(site.next_update(), 0, "has been that of version 2026010100 for a day", "generation 2 is published")
        answer(site.helper(), "mail.example.net", SECOND)
        service.upstream.asked()
        expect(site.next_update(), 0, "version 2026020100 is in use")
        check(service.upstream.asked() == ["/version/Worldwide"], "fetched within the day")
        site.set_status(late_Worldwide=f"{SECOND} {now - 2 * DAY} {now - DAY}")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 0, "generation 3 is published")
        answer(site.helper(), "new.example.net", SECOND)


@test
def a_version_from_the_future_blocks_nothing(service):
    with installed(service) as site:
        service.upstream.offer("9999123100", document(endpoint_set(9, "Allow", ["new.example.net"])))
        failed(site, site.next_update(), "9999123100 of Worldwide, more than 31 days ahead of the clock")
        unchanged(site)
        path = write(site, "worldwide-9999123100.json", document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.run("import", path), 1, "held: the Worldwide document has version 9999123100, more than 31 days")
        service.upstream.offer(SECOND)
        site.set_status(backoff_until=None)
        expect(site.next_update(), 0, "generation 3 is published: Worldwide 2026020100")
        check(site.link("pending") == 0, "the future still waits")


@test
def an_empty_configuration_is_refused(service):
    with installed(service) as site:
        for command in ("update", "publish", "status", "history", "rollback"):
            with open(site.conf, "w", encoding="ascii"):
                pass
            expect(site.run(command), 2, "m365.conf': the file is empty; is the disk full?")


@test
def an_added_instance_is_fetched(service):
    with installed(service) as site:
        service.upstream.offer(FIRST, [endpoint_set(1, "Allow", ["mail.example.org"])], "China")
        site.configure(instance="Worldwide China")
        expect(site.next_update(), 0, "China: version 2026010100 fetched", "generation 2 is published")


# ---- faults ------------------------------------------------------------------------------------------------------------

HTML = b"<!DOCTYPE html>\r\n<html><head><title>Welcome to the hotel</title></head></html>"
PREVIEW = [{"id": 1, "serviceArea": "Exchange", "optimizeUrls": ["mail.example.net"]}]
GUID_ERROR = b"Valid ClientRequestId Guid is required in the query string.  Documentation is available elsewhere"


def version_of(latest, instance="Worldwide"):
    return Answer({"instance": instance, "latest": latest})


# Where it happens, what comes, what is reported.
FAULTS = [
    ("version", Answer(b"slow down", 429, "text/plain"), "answers 429, too many requests"),
    ("version", Answer(HTML, 500, "text/html"), "answers 500, a failure on its side"),
    ("version", Answer(b"", 503), "answers 503, a failure on its side"),
    ("version", Answer(b"x" * 200000, 502, "text/plain"), "answers 502, a failure on its side"),
    ("version", Answer(GUID_ERROR, 400, "text/plain"), "answers 400: Valid ClientRequestId Guid is required"),
    ("version", Answer(b"\x1b[31mred\r\nand blue", 404, "text/plain"), "answers 404: ?[31mred and blue"),
    ("version", Answer(HTML, 200, "text/html"), "a page of HTML instead of JSON"),
    ("version", Answer(HTML), "a page of HTML instead of JSON"),
    ("version", Answer(b""), "it is empty"),
    ("version", Answer(b"2026020100"), "'instance' or 'latest' is missing"),
    ("version", Answer(b"2026020100,"), "line 1: there is text after the end"),
    ("version", Answer([{"instance": "Worldwide", "latest": SECOND}]), "'instance' or 'latest' is missing"),
    ("version", version_of(SECOND, "China"), "it is about instance 'China'"),
    ("version", version_of("202602010"), "'202602010' is not a version of 10 digits"),
    ("version", version_of("20260201000"), "'20260201000' is not a version of 10 digits"),
    ("version", version_of("2026-02-01"), "'2026-02-01' is not a version of 10 digits"),
    ("version", version_of("2026130100"), "'2026130100' is not a version of 10 digits"),
    ("version", version_of("9999999999"), "'9999999999' is not a version of 10 digits"),
    ("version", version_of(""), "'' is not a version of 10 digits"),
    ("version", version_of(2026020100), "'instance' or 'latest' is missing"),
    ("version", version_of("2025120100"), "has version 2025120100 of Worldwide, older than 2026010100, which is in use"),
    ("version", Answer(as_json({"instance": "Worldwide", "latest": SECOND}), claim=4000), "the answer was cut off"),
    ("version", Answer(as_json({"instance": "Worldwide", "latest": SECOND}), kind="application/json; charset=utf-16"),
     "in charset 'utf-16', but JSON must be in UTF-8"),
    ("version", Answer(as_json({"instance": "Worldwide", "latest": SECOND}).decode().encode("utf-16")), "it is UTF-16 text"),
    ("version", Answer(b" " * 70000), "the answer is larger than 65536 bytes"),
    ("version", Answer(b"{}", headers=["Content-Encoding: gzip"]), "the compressed answer is damaged"),
    ("endpoints", Answer(b"slow down", 429, "text/plain"), "answers 429, too many requests"),
    ("endpoints", Answer(b"", 500), "answers 500, a failure on its side"),
    ("endpoints", Answer(b"", 204), "answers 204: nothing"),
    ("endpoints", Answer(HTML), "a page of HTML instead of JSON"),
    ("endpoints", Answer(b"\r\n"), "it is empty"),
    ("endpoints", Answer(as_json(document()), claim=1 << 20), "the answer was cut off"),
    ("endpoints", Answer(as_json(document())[:-40]), "not JSON"),
    ("endpoints", Answer(as_json(document()) + b"x"), "there is text after the end"),
    ("endpoints", Answer(as_json(document()).replace(b"mail", b"m\xe4il")), "is not UTF-8"),
    ("endpoints", Answer(as_json(document()), kind="application/json;charset=\"iso-8859-1\""), "in charset 'iso-8859-1'"),
    ("endpoints", Answer({"error": "no"}), "the document is not an array"),
    ("endpoints", Answer([]), "the document contains no endpoint sets"),
    ("endpoints", Answer(PREVIEW), "'category' is missing"),
    ("endpoints", Answer(document(endpoint_set(9, "Better", ["x.example.net"]))), "unknown category 'Better'"),
    ("endpoints", Answer(document(endpoint_set(9, "Default", ["a b"]))), "id 9"),
    ("endpoints", Answer(b"[" * 20000), "JSON"),
]


def run_fault(service, number):
    where, bad, part = FAULTS[number]
    with installed(service) as site:
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        service.upstream.answers[f"/{where}/Worldwide"] = bad
        failed(site, site.next_update(), part)
        service.upstream.offer(SECOND)
        site.set_status(backoff_until=None)
        expect(site.next_update(), 0, "generation 2 is published")


def add_faults():
    for number, (where, bad, part) in enumerate(FAULTS):
        def fault(service, number=number):
            run_fault(service, number)
        fault.__name__ = f"fault_{number:02}_{where}_{bad.status}: {part}"
        TESTS.append(fault)


add_faults()


@test
def a_service_that_hangs(service):
    with installed(service) as site:
        site.configure(timeout="1 seconds")
        service.upstream.answers["/version/Worldwide"] = Answer(b"{}", pause=20)
        started = time.monotonic()
        failed(site, site.next_update(), "no answer in time")
        check(time.monotonic() - started < 10, "it took", time.monotonic() - started)


@test
def a_service_that_drips(service):
    with installed(service) as site:
        site.configure(timeout="1 seconds")
        service.upstream.offer(SECOND)
        service.upstream.answers["/endpoints/Worldwide"] = Answer(as_json(document()), drip=0.05)
        failed(site, site.next_update(), "no answer in time")


@test
def nobody_answers(service):
    with installed(service) as site:
        site.configure(service_url=service.url(port=free_port()))
        failed(site, site.next_update(), "no connection")
        site.configure(service_url="https://nowhere.invalid")
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "cannot be resolved")


@test
def connections_that_break(service):
    for mode, part in (("reset", "the connection broke before the answer was complete"), ("cut", "cannot fetch"),
                       ("headers", "its header is larger than 65536 bytes"), ("silent", "no answer in time")):
        with installed(service) as site:
            service.raw.mode = mode
            site.configure(service_url=service.url(port=service.raw.port), timeout="2 seconds")
            failed(site, site.next_update(), part)
    with installed(service) as site:
        site.configure(service_url=service.url("/nothing"))
        failed(site, site.next_update(), "the connection broke before the answer was complete")


@test
def size_limits_hold(service):
    with installed(service) as site:
        service.upstream.offer(SECOND)
        service.upstream.answers["/endpoints/Worldwide"] = Answer(b" " * ((16 << 20) + 1))
        failed(site, site.next_update(), "the answer is larger than 16777216 bytes")
        bomb = zipped(b"[" + b" " * (64 << 20) + b"]")
        check(len(bomb.body) < 100000, "the bomb is not compressed")
        service.upstream.answers["/endpoints/Worldwide"] = bomb
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "the answer is larger than 16777216 bytes")
        service.upstream.answers["/version/Worldwide"] = zipped(b"\0" * (8 << 20))
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "the answer is larger than 65536 bytes")


# ---- TLS, redirects, proxy -----------------------------------------------------------------------------------------------


@test
def certificates_are_verified(service):
    with installed(service) as site:
        site.configure(ca_file=service.stranger)
        failed(site, site.next_update(), "its certificate is not trusted")
        site.configure(ca_file=None)
        site.set_status(backoff_until=None)
        failed(site, site.next_update(SSL_CERT_FILE=service.ca_file, CURL_CA_BUNDLE=service.ca_file),
               "its certificate is not trusted")
        site.configure(ca_file=service.ca_file, service_url=service.url(port=service.other))
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "its certificate is not trusted")
        site.configure(ca_file="/nonexistent.pem", service_url=service.url())
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "the file of trusted certificates cannot be read")
        check(not service.upstream.asked(), "something was asked")


@test
def redirects_stay_within_https(service):
    with installed(service) as site:
        service.upstream.offer(SECOND)
        site.configure(service_url=service.url("/plain"))
        failed(site, site.next_update(), "not https")
        check(not service.upstream.asked(), "http was asked")
        site.configure(service_url=service.url("/loop"))
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "redirects too many times")
        site.configure(service_url=service.url("/moved"))
        site.set_status(backoff_until=None)
        expect(site.next_update(), 0, "generation 2 is published")


@test
def the_configured_proxy_is_used_and_no_other(service):
    with installed(service) as site:
        service.upstream.offer(SECOND)
        nobody = f"http://127.0.0.1:{free_port()}"
        expect(site.next_update(https_proxy=nobody, HTTPS_PROXY=nobody, ALL_PROXY=nobody, all_proxy=nobody), 0,
               "generation 2 is published")
        service.upstream.offer(THIRD)
        site.configure(proxy=f"http://127.0.0.1:{service.proxy.port}")
        service.proxy.seen.clear()
        expect(site.next_update(no_proxy="*", NO_PROXY="*"), 0, "generation 3 is published")
        check(set(service.proxy.seen) == {f"CONNECT 127.0.0.1:{service.https}"}, service.proxy.seen)


@test
def a_proxy_that_fails_is_named(service):
    with installed(service) as site:
        working = f"http://127.0.0.1:{service.proxy.port}"
        nobody = f"http://127.0.0.1:{free_port()}"

        def names(proxy, *parts):
            site.configure(proxy=proxy)
            site.set_status(backoff_until=None)
            done = site.next_update()
            failed(site, done, *parts)
            check("secret" not in done.stderr, "a password is shown", done.stderr)

        names(nobody, f"no connection to the proxy '{nobody}' (")
        names("http://alice:secret@nowhere.invalid:3128", "the name of the proxy 'http://nowhere.invalid:3128' "
              "cannot be resolved (")
        try:
            service.proxy.refuse = 407
            names(working.replace("//", "//alice:secret@"), f"the proxy '{working}' wants another user or password and "
                  "answers 407 (")
            service.proxy.refuse = 502
            names(working, f"the proxy '{working}' does not let us through and answers 502 (")
        finally:
            service.proxy.refuse = None
        names(f"http://127.0.0.1:{service.upstream.port}", "the proxy 'http://127.0.0.1", "answers 404 (")
        names(service.url(port=service.other), "the certificate of the proxy 'https://127.0.0.1", "' is not trusted")
        service.raw.mode = "silent"
        site.configure(timeout="2 seconds")
        names(f"http://127.0.0.1:{service.raw.port}", "no answer in time from the proxy 'http://127.0.0.1")
        site.configure(timeout="5 seconds")
        service.raw.mode = "reset"
        names(f"http://127.0.0.1:{service.raw.port}", "the connection to the proxy 'http://127.0.0.1", "' broke (")
        site.configure(service_url="https://127.0.0.1:1")
        names(working, f"the connection to the proxy '{working}' broke (")
        site.configure(service_url=service.url(port=service.other))
        names(working, "its certificate is not trusted")
        site.configure(service_url=service.url("/nothing"))
        names(working, "the connection broke before the answer was complete")


# ---- back-off and clocks -------------------------------------------------------------------------------------------------


def waited(site):
    return int(site.status()["backoff_until"]) - int(site.status()["last_try"])


@test
def after_429_the_service_is_left_alone(service):
    with installed(service) as site:
        service.upstream.answers["/version/Worldwide"] = Answer(b"", 429)
        failed(site, site.next_update(), "answers 429")
        check(HOUR <= waited(site) <= HOUR * 9 // 8, "waits", waited(site))
        service.upstream.asked()
        done = expect(site.next_update(), 0, "is left alone until", "answers 429")
        check(not service.upstream.asked(), "asked during the backoff", done)
        check(site.next_update("--quiet").stderr == "", "--quiet is not quiet")
        unchanged(site)
        for factor in (2, 4, 8, 16, 24, 24):
            site.set_status(backoff_until=int(time.time()) - 1)
            failed(site, site.next_update(), "answers 429")
            check(factor * HOUR <= waited(site) <= factor * HOUR * 9 // 8, factor, waited(site))
        service.upstream.offer(SECOND)
        expect(site.update("--force"), 0, "generation 2 is published")
        check("backoff_until" not in site.status() and "failures" not in site.status(), site.status())


@test
def other_failures_wait_less(service):
    with installed(service) as site:
        service.upstream.answers["/version/Worldwide"] = Answer(b"", 503)
        for factor in (1, 2, 4, 8, 16, 16):
            failed(site, site.next_update(), "answers 503")
            check(factor * 900 <= waited(site) <= factor * 900 * 9 // 8, factor, waited(site))
            site.set_status(backoff_until=int(time.time()) - 1)
        service.upstream.answers["/version/Worldwide"] = Answer(b"", 429)
        failed(site, site.next_update(), "answers 429")
        check(HOUR <= waited(site) <= HOUR * 9 // 8, "another kind of failure starts again", waited(site))


@test
def retry_after_is_obeyed_up_to_a_day(service):
    for asked, least in ((60, HOUR), (2 * HOUR, 2 * HOUR), (10 * DAY, DAY)):
        with installed(service) as site:
            service.upstream.answers["/version/Worldwide"] = Answer(b"", 429, headers=[f"Retry-After: {asked}"])
            failed(site, site.next_update(), "answers 429")
            check(least <= waited(site) <= least * 9 // 8, asked, waited(site))
    with installed(service) as site:
        date = email.utils.formatdate(time.time() + 3 * HOUR, usegmt=True)
        service.upstream.answers["/version/Worldwide"] = Answer(b"", 429, headers=[f"Retry-After: {date}"])
        failed(site, site.next_update(), "answers 429")
        check(3 * HOUR - stage.PATIENCE <= waited(site) <= 3 * HOUR * 9 // 8, date, waited(site))


@test
def a_clock_that_jumped_back_does_not_stop_updates(service):
    with installed(service) as site:
        future = int(time.time()) + 400 * DAY
        service.upstream.offer(SECOND)
        site.set_status(next_poll=future, last_try=future, last_good=future)
        expect(site.update(), 0, "generation 2 is published")
        service.upstream.offer(THIRD)
        site.set_status(backoff_until=future, next_poll=future, failed_since=future, failures=3, backoff_first=3600,
                        error="the service answers 429")
        expect(site.update(), 0, "generation 3 is published")
        check(abs(int(site.status()["last_good"]) - time.time()) < stage.PATIENCE, site.status())


@test
def a_rubbish_status_does_not_stop_updates(service):
    with installed(service) as site:
        service.upstream.offer(SECOND)
        with open(site.kept("status"), "wb") as file:
            file.write(b"\0\xff\nbackoff_until soon\nnext_poll 99999999999999999999\nfailures -5\n" + b"x" * 5000)
        expect(site.update(), 0, "generation 2 is published")


# ---- Microsoft's remarks -------------------------------------------------------------------------------------------------

REMARKS = [
    {"id": 500, "endpointSetId": 9, "disposition": "Add", "version": SECOND, "impact": "AddedUrl",
     "current": {"expressRoute": "false", "serviceArea": "Common", "category": "Allow", "required": "true"},
     "add": {"effectiveDate": "20260301", "urls": ["NEW.example.net"]}},
    {"id": 501, "endpointSetId": "9", "disposition": "add", "version": SECOND, "impact": "AddedByMoonlight",
     "add": {"urls": ["late.example.net"]}},
    {"id": 502, "disposition": "Change", "version": SECOND, "add": {"effectiveDate": "soon", "ips": "none", "urls": [7]}},
    {"id": 1, "endpointSetId": 1, "version": FIRST, "impact": "OldNews", "add": {"urls": ["new.example.net"]}},
    "no record", None, 12,
]


@test
def changes_are_annotated(service):
    with installed(service) as site:
        more = endpoint_set(9, "Allow", ["new.example.net", "late.example.net"])
        service.upstream.offer(SECOND, document(more), changes=REMARKS)
        expect(site.next_update(), 0, "generation 2 is published")
        review = site.read("state", "gen-000002", "review.txt")
        check("AddedUrl" in review and "2026-03-01" in review.replace("20260301", "2026-03-01"), review)
        check("AddedByMoonlight" in review and "OldNews" not in review, review)
        check(os.path.exists(site.kept("gen-000002", "changes.json")), "the feed was not kept")


@test
def absent_or_broken_remarks_are_not_an_error(service):
    for bad in (Answer(b"", 404), Answer(b"", 429), Answer(HTML), Answer([]), Answer(b"[{]"), Answer({"x": 1}),
                Answer([[], {}, 1, "x", None, {"add": []}, {"add": {"urls": {}}, "version": {}}, {"remove": 3}]),
                Answer(b"[" + b" " * (17 << 20)), Answer(b"[]", claim=99)):
        with installed(service) as site:
            service.upstream.offer(SECOND)
            service.upstream.answers["/changes/Worldwide/2026010100"] = bad
            expect(site.next_update(), 0, "generation 2 is published")
            check("error" not in site.status() and "backoff_until" not in site.status(), site.status())


# ---- what a person decides -----------------------------------------------------------------------------------------------


@test
def what_waits_is_not_fetched_again(service):
    with installed(service) as site:
        site.configure(review="always")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 1, "generation 2 waits for approval", "held:", "m365ctl approve")
        check(site.link("pending") == 2 and site.link("current") == 1, site.link("pending"))
        answer(site.helpers[0], "mail.example.net", FIRST)
        service.upstream.asked()
        expect(site.next_update(), 1, "version 2026020100 waits for approval")
        check(service.upstream.asked() == ["/version/Worldwide"], "fetched what waits already")
        expect(site.update("--force"), 1, "generation 2, which waits for approval")
        check(site.generations() == [1, 2], site.generations())
        service.upstream.offer(THIRD, document(endpoint_set(9, "Allow", ["newer.example.net"])))
        expect(site.next_update(), 1, "generation 3 waits for approval")
        check(site.link("pending") == 3, site.link("pending"))
        site.configure(review="auto")
        service.upstream.offer("2026030200", document(endpoint_set(9, "Allow", ["newest.example.net"])))
        expect(site.next_update(), 0, "generation 4 is published", "generation 3 no longer waits")
        check(site.link("pending") == 0 and site.link("current") == 4, site.link("pending"))


@test
def what_waits_is_kept_when_another_instance_changes(service):
    with two_instances(service) as site:
        site.configure(review="always")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 1, "generation 2 waits")
        service.upstream.asked()
        service.upstream.offer(SECOND, [endpoint_set(1, "Allow", ["post.example.org"])], "China")
        expect(site.next_update(), 1, "generation 3 waits for approval: Worldwide 2026020100, China 2026020100")
        check("/endpoints/Worldwide" not in service.upstream.asked(), "fetched what waits already")
        table = site.read("state", "pending", "table.txt")
        check("new.example.net" in table and "post.example.org" in table, table)


@test
def a_rollback_is_not_undone(service):
    with installed(service) as site:
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 0, "generation 2 is published")
        expect(site.run("rollback"), 0)
        check(site.link("current") == 1, site.link("current"))
        expect(site.next_update(), 0, "was rejected or rolled back")
        expect(site.update("--force"), 0, "a person rejected or rolled back")
        check(site.link("current") == 1 and site.link("pending") == 0, site.link("current"))
        service.upstream.offer(THIRD, document(endpoint_set(9, "Allow", ["newer.example.net"])))
        expect(site.next_update(), 0, "generation 3 is published")


@test
def what_was_rejected_does_not_come_back(service):
    with installed(service) as site:
        site.configure(review="always")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 1, "generation 2 waits")
        expect(site.run("reject", "2"), 0)
        service.upstream.asked()
        expect(site.next_update(), 0, "was rejected or rolled back")
        check(service.upstream.asked() == ["/version/Worldwide"], "fetched what was rejected")
        expect(site.update("--force"), 0, "generation 2, which a person rejected")
        check(site.generations() == [1, 2] and site.link("pending") == 0, site.generations())


@test
def an_older_version_can_be_forced_into_the_review_only(service):
    with installed(service) as site:
        service.upstream.offer("2025120100", document(endpoint_set(9, "Allow", ["old.example.net"])))
        failed(site, site.next_update(), "older than 2026010100, which is in use; it is refused")
        expect(site.update("--force"), 1, "generation 2 waits for approval", "older")
        check(site.link("current") == 1, site.link("current"))


@test
def a_lost_pending_generation_is_fetched_again(service):
    with installed(service) as site:
        site.configure(review="always")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 1, "generation 2 waits")
        os.unlink(site.kept("pending"))
        expect(site.next_update(), 1, "version 2026020100 fetched", "generation 3 waits")


@test
def publishing_a_local_rule_keeps_what_waits(service):
    with installed(service) as site:
        site.configure(review="widening")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 1, "generation 2 waits")
        with open(site.path("local.d", "ours.rules"), "w", encoding="ascii") as file:
            file.write("inspect mail.example.net\n")
        expect(site.run("publish"), 0, "generation 3 is published", "generation 4 waits")
        answer(site.helper(), "mail.example.net", FIRST, "ERR")
        service.upstream.asked()
        expect(site.next_update(), 1, "2026020100 waits for approval")
        check(service.upstream.asked() == ["/version/Worldwide"], "fetched what waits already")
        expect(site.run("approve", "4"), 0)
        helper = site.helper()
        answer(helper, "new.example.net", SECOND)
        answer(helper, "mail.example.net", SECOND, "ERR")


def offered(site, service, version, *names):
    """The service has a version with these names; the next update will ask for it."""
    service.upstream.offer(version, document(endpoint_set(9, "Allow", names)))
    service.upstream.asked()
    site.set_status(next_poll=None)


def in_parts(service, waits):
    """Under `review parts`: old.example.net is in use; `waits`: new.example.net waits with the version before the next."""
    site = installed(service)
    offered(site, service, SECOND, "old.example.net", "older.example.net")
    expect(site.update(), 0, "generation 2 is published")
    site.configure(review=None)
    if waits:
        offered(site, service, THIRD, "older.example.net", "new.example.net")
        expect(site.update(), 1, "generation 3 is published", "generation 4 waits")
    return site


@test
def an_update_that_was_killed_between_its_parts_is_finished(service):
    last, between = "2026030200", []
    for waits, old in ((False, "old.example.net"), (True, "older.example.net")):
        for when in range(1, 40):
            with in_parts(service, waits) as site:
                was = site.link("current"), site.link("pending")
                offered(site, service, last, "newer.example.net", *(() if waits else ("older.example.net",)))
                done = site.ctl("update", before=stage.traced("-o", os.devnull, "-e",
                                                            f"inject=renameat:signal=SIGKILL:when={when}"))
                if done.returncode != -9:
                    break
                now = site.link("current"), site.link("pending")
                if now[0] != was[0] and now[1] == was[1]:
                    between.append(waits)
                expect(site.next_update(), 1)
                current, pending = (site.read("state", name, "table.txt") for name in ("current", "pending"))
                check(old not in current and "newer.example.net" not in current, when, now, current)
                check(old not in pending and "newer.example.net" in pending, when, now, pending)
                check(site.link("pending") > site.link("current"), "an older one waits", when, now)
                generations = site.generations()
                expect(site.next_update(), 1, f"version {last}")
                check(site.generations() == generations, "the parts are built again and again", site.generations())
        check(done.returncode == 1 and when > 4, "the walk did not end", when, done.stderr)
    check(set(between) == {False, True}, "never killed between the parts", between)


# ---- notices -------------------------------------------------------------------------------------------------------------


def told(site):
    """What the notice command received since the last call: (event, generation, subject, text)."""
    path = site.path("told")
    try:
        with open(path, encoding="utf-8") as file:
            pieces = file.read().split("\f\n")[1:]
    except FileNotFoundError:
        return []
    os.unlink(path)
    return [tuple(piece.split("\n", 3)) for piece in pieces]


# Writes a form feed, then event, generation, subject and text, each on a line of its own.
TELL = """#!/bin/sh
{{
    printf '\\f\\n%s\\n%s\\n%s\\n' "$M365_EVENT" "$M365_GENERATION" "$M365_SUBJECT"
    cat
}} >>{told}
"""


def with_notice(service):
    site = installed(service)
    script = site.write("tell", TELL.format(told=site.path("told")), 0o755)
    site.configure(notice_command=script, feed=f"{site.top}/feed.xml")
    return site


@test
def people_are_told_what_changed(service):
    with with_notice(service) as site:
        expect(site.next_update(), 0, "is in use")
        check(not told(site), "a notice although nothing happened")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
        expect(site.next_update(), 0, "generation 2 is published")
        (event, number, subject, text), = told(site)
        check((event, number) == ("published", "2") and "Worldwide 2026020100" in subject, event, number, subject)
        check("new.example.net" in text, text)
        site.configure(review="always")
        service.upstream.offer(THIRD, document(endpoint_set(9, "Allow", ["newer.example.net"])))
        expect(site.next_update("--quiet"), 1, "generation 3 waits for approval")
        (event, number, subject, text), = told(site)
        check((event, number) == ("pending", "3"), event, number)
        check("newer.example.net" in text and "held:" in text, text)
        expect(site.next_update("--quiet"), 1)
        check(not told(site), "told twice")
        feed = site.read("feed.xml")
        check("newer.example.net" in feed and "new.example.net" in feed and feed.count("<item>") == 2, feed)


@test
def people_are_told_about_lasting_failures(service):
    with with_notice(service) as site:
        service.upstream.answers["/version/Worldwide"] = Answer(b"", 503)
        failed(site, site.next_update(), "503")
        check(not told(site), "a notice at the first failure")
        now = int(time.time())
        site.set_status(backoff_until=None, failed_since=now - 25 * HOUR)
        failed(site, site.next_update(), "503")
        (event, _, _, text), = told(site)
        check(event == "failed" and "503" in text, event, text)
        site.set_status(backoff_until=None, last_good=now - 41 * DAY)
        failed(site, site.next_update(), "503")
        check([one[0] for one in told(site)] == ["stale"], "no notice about the silence")
        site.set_status(backoff_until=None)
        failed(site, site.next_update(), "503")
        check(not told(site), "told twice")
        service.upstream.offer(SECOND)
        site.set_status(backoff_until=None)
        expect(site.next_update(), 0)
        check([one[0] for one in told(site)] == ["published"], "no notice that it works again")


@test
def a_failing_notice_is_reported_and_stops_nothing(service):
    with installed(service) as site:
        site.configure(notice_command="/bin/false", feed="/nonexistent/feed.xml")
        service.upstream.offer(SECOND)
        expect(site.next_update(), 0, "generation 2 is published", "this notice is missing from the feed",
               "'/bin/false' exited with status 1; this notice was not delivered")


# ---- nothing published, or damaged ---------------------------------------------------------------------------------------


@test
def a_first_update_that_fails_leaves_nothing(service):
    with web.Site(service) as site:
        service.upstream.answers["/version/Worldwide"] = Answer(b"", 503)
        expect(site.update(), 2, "503", "nothing was published yet")
        check(site.generations() == [] and site.link("current") == 0, site.generations())
        mine = site.read("state", "client-id")
        site.set_status(backoff_until=None)
        service.upstream.offer(FIRST)
        expect(site.next_update(), 0, "generation 1 is published")
        check(site.read("state", "client-id") == mine, "another id after a failure")


@test
def a_damaged_generation_is_reported_until_it_is_repaired(service):
    with with_notice(service) as site:
        service.upstream.offer(SECOND)
        expect(site.next_update(), 0, "generation 2 is published")
        told(site)
        service.upstream.asked()
        os.unlink(site.kept("gen-000002", "image"))
        expect(site.next_update(), 2, "which has no 'image'",
               f"'m365ctl rollback -c {site.conf}' or 'm365ctl publish -c {site.conf}' repairs it")
        check(not service.upstream.asked(), "asked although there is nothing to compare with")
        site.set_status(failed_since=int(time.time()) - 25 * HOUR)
        expect(site.next_update(), 2, "which has no 'image'")
        check([one[0] for one in told(site)] == ["failed"], "nobody was told")
        expect(site.run("rollback", "1"), 0)
        expect(site.next_update(), 0)


# ---- more than one at a time ---------------------------------------------------------------------------------------------


@test
def two_updaters_at_once(service):
    with installed(service) as site:
        service.upstream.offer(SECOND)
        service.upstream.answers["/version/Worldwide"].pause = 1.5
        site.set_status(next_poll=None)
        first = subprocess.Popen([CTL, "update", "--config", site.conf], stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 20
        while "/version/Worldwide" not in [path for path, _ in service.upstream.requests]:
            check(time.monotonic() < until, "the first never asked")
            time.sleep(0.02)
        expect(site.update(), 2, f"another m365ctl (pid {first.pid}) is updating")
        answer(site.helpers[0], "mail.example.net", FIRST)
        talk = first.communicate(timeout=stage.PATIENCE)[1]
        check(first.returncode == 0 and "generation 2 is published" in talk, talk)
        check(service.upstream.asked().count("/version/Worldwide") == 1, "both asked")
        expect(site.next_update(), 0, "is in use")


def slow_update(service, site, path):
    """An update that waits for this answer of the service, once."""
    quick = service.upstream.answers[path]
    service.upstream.answers[path] = [Answer(quick.body, pause=4), quick]
    service.upstream.asked()
    site.configure(timeout="60 seconds")
    site.set_status(next_poll=None)
    slow = subprocess.Popen([CTL, "update", "--config", site.conf], stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 20
    while path not in [one for one, _ in service.upstream.requests]:
        check(time.monotonic() < until and slow.poll() is None, "the service was not asked")
        time.sleep(0.02)
    return slow


def in_time(site, *words):
    """A person's command, while an update waits for the service."""
    started = time.monotonic()
    done = expect(site.run(*words), 0)
    took = time.monotonic() - started
    check(took < 1, f"{words} took {took:.1f} s", done.stderr)


def ends(slow, code, *parts):
    said = slow.communicate(timeout=stage.PATIENCE)[1]
    check(slow.returncode == code, f"exit {slow.returncode} instead of {code}", said)
    for part in parts:
        check(part in said, f"not reported: {part}", said)


def came_into_use_last(site, last, before):
    """What was fetched slowly came into use when the links say so, not when the update began. The two are seconds apart."""
    used = {one["generation"]: one["inUse"] for one in map(json.loads, site.run("history", "--json").stdout.splitlines())}
    switched = os.lstat(site.path("state", "current")).st_mtime
    told = datetime.datetime.fromisoformat(used[last].replace("Z", "+00:00")).timestamp()
    check(used[last] > used[before] and abs(told - switched) < 2.5, f"{last} since {used[last]}, {before} since {used[before]}")
    at = json.loads(site.run("status", "--json").stdout)["current"]["inUse"]
    check(at == used[last], f"status says {at}, history {used[last]}")


@test
def nobody_waits_for_a_slow_service(service):
    for path in ("/version/Worldwide", "/endpoints/Worldwide", "/changes/Worldwide/2026020100"):
        with installed(service) as site:
            service.upstream.offer(SECOND, document(endpoint_set(9, "Default", ["new.example.net"])))
            expect(site.next_update(), 0, "generation 2 is published")
            service.upstream.offer(THIRD, document(endpoint_set(9, "Default", ["newer.example.net"])))
            service.upstream.answers["/changes/Worldwide/2026020100"] = Answer([])
            slow = slow_update(service, site, path)
            in_time(site, "rollback")
            check(site.link("current") == 1, site.link("current"))
            check(slow.poll() is None, "the update was not slow")
            ends(slow, 0, "generation 3 is published")
            check((site.link("current"), site.link("previous")) == (3, 1), "not based on what was in use by then")
            came_into_use_last(site, 3, 1)


@test
def people_decide_during_an_update(service):
    for words, current in ((("approve",), 2), (("reject",), 1), (("publish",), 3)):
        with installed(service) as site:
            site.configure(review="widening")
            service.upstream.offer(SECOND, document(endpoint_set(9, "Allow", ["new.example.net"])))
            expect(site.next_update(), 1, "generation 2 waits")
            service.upstream.offer(THIRD, document(endpoint_set(9, "Default", ["newer.example.net"])))
            slow = slow_update(service, site, "/endpoints/Worldwide")
            if words == ("publish",):
                site.write("local.d/ours.rules", "inspect mail.example.net\n")
                expect(site.run(*words), 0, "generation 3 is published")
            else:
                in_time(site, *words, site.waiting())
            check(slow.poll() is None, "the update was not slow")
            check(site.link("current") == current, site.link("current"))
            ends(slow, 0, "is published")
            check(site.link("previous") == current and site.link("pending") == 0, site.link("previous"))
            came_into_use_last(site, site.link("current"), current)
            if words == ("publish",):
                answer(site.helper(), "mail.example.net", THIRD, "ERR")


@test
def a_rollback_during_an_update_is_not_undone(service):
    with two_instances(service) as site:
        service.upstream.offer(SECOND, [endpoint_set(1, "Allow", ["post.example.org"])], "China")
        expect(site.next_update(), 0, "generation 2 is published")
        service.upstream.offer(SECOND, document(endpoint_set(9, "Default", ["new.example.net"])))
        slow = slow_update(service, site, "/endpoints/Worldwide")
        in_time(site, "rollback")
        ends(slow, 0, "generation 3 is published: Worldwide 2026020100, China 2025120100")
        table = site.read("state", "current", "table.txt")
        check("mail.example.org" in table and "post.example.org" not in table, table)


@test
def answers_go_on_during_updates(service):
    with installed(service) as site:
        stop, wrong, seen = threading.Event(), [], []
        helper = site.helper()

        def keep_asking():
            while not stop.is_set():
                try:
                    said, notes = helper.ask("mail.example.net")
                except OSError as why:
                    wrong.append(why)
                    return
                seen.append(notes.get("m365_gen_"))
                if said != "OK" or seen[-1] not in (f"{FIRST}.1", f"{SECOND}.2", f"{THIRD}.3"):
                    wrong.append((said, notes))

        asker = threading.Thread(target=keep_asking)
        asker.start()
        try:
            for version in (SECOND, THIRD):
                service.upstream.offer(version)
                expect(site.next_update(), 0, "is published")
                service.upstream.answers["/version/Worldwide"] = Answer(b"", 500)
                expect(site.next_update(), 2)
                site.set_status(backoff_until=None)
        finally:
            stop.set()
            asker.join(stage.PATIENCE)
        check(not wrong, wrong[:3])
        check(len(seen) > 20 and not asker.is_alive(), f"only {len(seen)} answers")


# ---- import --------------------------------------------------------------------------------------------------------------


def write(site, name, body):
    path = site.path(name)
    with open(path, "wb") as file:
        file.write(body if isinstance(body, bytes) else as_json(body))
    return path


@test
def import_is_reviewed_like_an_update(service):
    with web.Site(service) as site:
        expect(site.run("import", write(site, "worldwide-2026010100.json", document())), 0, "generation 1 is published: "
               "Worldwide 2026010100")
        review = site.read("state", "gen-000001", "review.txt")
        check("by import" in review, review)
        check(not service.upstream.asked(), "import asked the service")
        answer(site.helper(), "mail.example.net", FIRST)
        more = document(endpoint_set(9, "Allow", ["new.example.net"]))
        expect(site.run("import", "--version", SECOND, "-", stdin=as_json(more).decode()), 0, "generation 2 is published")
        expect(site.run("import", "--version", SECOND, write(site, "again.json", more)), 0, "nothing new")
        site.configure(review="always")
        expect(site.run("import", write(site, f"x{THIRD}.json", document())), 1, "generation 3 waits for approval")
        service.upstream.offer(SECOND, more)
        expect(site.next_update(), 1, "2026020100 is in use")


@test
def import_refuses(service):
    with installed(service) as site:
        good = write(site, "good.json", document())
        for arguments, part in (
                ([write(site, "page.json", HTML)], "a page of HTML instead of JSON"),
                ([write(site, "empty.json", b"")], "it is empty"),
                ([write(site, "latin.json", b'["\xe4"]')], "is not UTF-8"),
                ([write(site, "object.json", {})], "the document is not an array"),
                ([write(site, "none.json", [])], "the document contains no endpoint sets"),
                ([write(site, "preview.json", PREVIEW)], "'category' is missing"),
                ([write(site, "table.rules", b"allow mail.example.net id=1\n")], "not JSON"),
                ([site.kept("missing.json")], "cannot open"),
                (["--version", "20260201", good], "'20260201' is not a version of 10 digits"),
                (["--instance", "Mars", good], "there is no instance 'Mars'; name one of Worldwide, China"),
                (["--instance", "China", good], "instance China is not configured"),
                ([], "import takes one file"),
                ([good, good], "import takes one file")):
            done = site.run("import", *arguments)
            expect(done, 2, part)
            check(len(done.stderr.splitlines()) <= 2, done)
            unchanged(site)
        big = write(site, "big.json", b"")
        os.truncate(big, (16 << 20) + 1)
        expect(site.run("import", big), 2, "larger than 16777216 bytes")
        expect(site.run("import", "--version", "2025120100", good), 1, "waits for approval", "older")


@test
def import_of_one_of_two_instances(service):
    with two_instances(service) as site:
        path = write(site, "china-2026010100.json", [endpoint_set(1, "Allow", ["post.example.org"])])
        expect(site.run("import", path), 2, "2 instances are configured; say which one with --instance")
        expect(site.run("import", "--instance", "china", path), 0, "Worldwide 2026010100, China 2026010100")
        table = site.read("state", "current", "table.txt")
        check("mail.example.net" in table and "post.example.org" in table and "mail.example.org" not in table, table)


def main():
    tally = stage.Tally()
    chosen = stage.named([(one.__name__, one) for one in TESTS], sys.argv[1:])
    missing = [name for name, path in (("nginx", web.nginx_path()), ("openssl", shutil.which("openssl"))) if not path]
    if missing:
        for name, _ in chosen:
            tally.skip(name, f"{' and '.join(missing)} not installed")
        tally.finish()
        return 77
    if not stage.built(CTL):
        return 1
    service = web.Service()
    try:
        for name, one in chosen:
            service.upstream.asked()
            service.upstream.answers.clear()
            tally.attempt(name, one, service)
    finally:
        service.close()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
