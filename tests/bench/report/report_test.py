#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py on tables of a few lines: medians, ratios of runs that took turns, verdicts, exit codes.

Where it sits: tests/bench/report/, run by `make check`; needs none of what `make bench` needs.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))
import stage  # noqa: E402  (of tests/)

REPORT = os.path.join(HERE, "report.py")

GOOD = """area,method,size,metric,value
host-patterns,ours,500,ns,40
host-patterns,ours,500,ns,400
host-patterns,ours,500,ns,42
host-patterns,hyperscan,500,ns,100
host-patterns,fnmatch,500,ns,4300
host-domains,ours,1000000,ns,100
host-domains,ours,1000000,ns,200
host-domains,hash,1000000,ns,200
host-domains,hash,1000000,ns,100
host-domains,ours,1000000,wrong,0
squid,ours,10000,requests-per-second,98
squid,echo,10000,requests-per-second,100
"""

RELOADS = "".join(f"reload,ours,10000000,steady-ms,{a}\nreload,ours,10000000,reload-ms,{b}\n" for a, b in ((1, 8), (17, 7), (3, 9)))

DIFFS = """diff,few,16777216,seconds,2
diff,few,16777216,json-seconds,0.1
diff,few,16777216,partial,0
diff,many,16777216,seconds,12
diff,many,16777216,json-seconds,0.1
diff,many,16777216,partial,1
diff,history,524288,seconds,3
diff,history,524288,json-seconds,0.002
"""

UPDATES = """update,auto-calm,40960,seconds,0.02
update,auto-calm,40960,json-seconds,0.001
update,parts-calm,40960,seconds,0.03
update,parts-calm,40960,json-seconds,0.001
update,parts-opening,51200,seconds,4
update,parts-opening,51200,json-seconds,0.001
"""

ADDRESSES = "".join(f"addresses,ours,2000000,seconds,{a}\naddresses,grepcidr,2000000,seconds,{b}\n" for a, b in ((1, 0.5), (0.5, 0.4), (4, 1)))

EXPORTS = """exports,table,1,seconds,0.01
exports,nft,1,seconds,0.02
exports,pac,1,seconds,0.06
exports,engine,1000,ms,8
exports,engine-fast,1000,ms,0.2
"""

PREFIXES = """prefix4,image,900000,ns-inside,30
prefix4,image-batched,900000,ns-inside,15
prefix4,rte_fib,900000,ns-inside,25
prefix4,rte_fib-bulk,900000,ns-inside,10.1
prefix4,image-batched,900000,ns-space,18
prefix4,rte_fib-bulk,900000,ns-space,11
prefix6,image-batched,200000,ns-inside,30
prefix6,rte_fib6-bulk,200000,ns-inside,60
"""

REPLAY = "replay,ours,2000000,seconds,1\nreplay,ours-all,2000000,seconds,0.7\nreplay,mawk,2000000,seconds,1.6\nreplay,goaccess,2000000,seconds,30\n" \
         "replay,ours-all,2000000,peak-mib,40\nreplay,sarg,2000000,seconds,19\n"
RULES = "squidconf,doctor,2000,seconds,0.03\nsquidconf,trace,2000,seconds,0.021\n"
COUNTERS = "line-pipe,ours,256,us-per-line,0.1\nline-pipe,ours-counted,256,us-per-line,0.103\n"

CASES = (
    ("the median of three runs counts", GOOD, 0, "| squid-m365   |    42.0 |"),
    ("met", GOOD, 0, "Microsoft table, one lookup |  <= 50.0 ns | 42.0 | - | 42.0 | met |"),
    ("a target that is not met is not a failure", GOOD, 0, "... to Hyperscan | <= 0.3 x | 42.0 | 100 | 0.42 | NOT MET |"),
    ("the other way round", GOOD, 0, "... fnmatch loop to it | >= 100 x | 4,300 | 42.0 | 102 | met |"),
    ("ratios are taken run by run", GOOD, 0, "1 M domains, one at a time, to hash | <= 0.9 x | 150 | 150 | 1.25 | NOT MET |"),
    ("at least", GOOD, 0, "Squid, uncached, to the echo helper | >= 0.97 x | 98.0 | 100 | 0.98 | met |"),
    ("what is missing is said", GOOD, 0, "10 M domains, batched, to hash | <= 0.35 x | - | - | - | not measured |"),
    ("what a rule costs", GOOD + "rules,regex-here,1,ns,50\nrules,regex-here,11,ns,250\n", 0, "| regex, same end | 50.0 | 250 | 20.0 |"),
    ("of the waits the median is judged, and the worst shown", GOOD + RELOADS, 0, "added by a reload, 10 M | <= 10.0 ms | 8.00 | 3.00 | 5.00 | met |"),
    ("the worst wait", GOOD + RELOADS, 0, "| 10 M | 3.00 | 17.0 | 8.00 | 9.00 |"),
    ("addresses one at a time", GOOD + PREFIXES, 0, "900 k IPv4 prefixes, to rte_fib one at a time | <= 2.00 x | 30.0 | 25.0 | 1.20 | met |"),
    ("addresses in bulk", GOOD + PREFIXES, 0, "batched, to rte_fib in bulk | <= 1.50 x | 15.0 | 10.1 | 1.49 | met |"),
    ("any address in bulk", GOOD + PREFIXES, 0, "batched, any address, to rte_fib in bulk | <= 1.50 x | 18.0 | 11.0 | 1.64 | NOT MET |"),
    ("IPv6 in bulk", GOOD + PREFIXES, 0, "200 k IPv6 prefixes, batched, to rte_fib6 in bulk | <= 1.00 x | 30.0 | 60.0 | 0.5 | met |"),
    ("the worst comparison", GOOD + DIFFS, 0, "the worst document of 16.0 MiB, compared | <= 10.0 s | 12.0 | - | 12.0 | NOT MET |"),
    ("next to cJSON", GOOD + DIFFS, 0, "| few, 16.0 MiB | 2.00 | 0.1 | 20.0 | whole |"),
    ("one that ended early", GOOD + DIFFS, 0, "| many, 16.0 MiB | 12.0 | 0.1 | 120 | in part |"),
    ("real documents", GOOD + DIFFS, 0, "all compared and reviewed | <= 30.0 s | 3.00 | - | 3.00 | met |"),
    ("an update", GOOD + UPDATES, 0, "| 200 rows differ, review parts, 40.0 KiB | 0.03 | 0.001 | 30.0 | 1.50 |"),
    ("an update with a safe part", GOOD + UPDATES, 0, "300 rows, 100 of them held | <= 3.00 s | 4.00 | - | 4.00 | NOT MET |"),
    ("an update that opens nothing", GOOD + UPDATES, 0, "opens nothing, to review auto | <= 1.20 x | 0.03 | 0.02 | 1.50 | NOT MET |"),
    ("addresses a second", GOOD + ADDRESSES, 0, "addresses from standard input | >= 1.00 million/s | 2.00 | - | 2.00 | met |"),
    ("next to grepcidr, run by run", GOOD + ADDRESSES, 0, "| m365ctl lookup | 2.00 | 2.00 | - |"),
    ("a log", GOOD + REPLAY, 0, "a log on one core, to mawk counting one field | <= 0.7 x | 1.00 | 1.60 | 0.625 | met |"),
    ("a log, to other programs", GOOD + REPLAY, 0, "... GoAccess's time to it | >= 20.0 x | 30.0 | 1.00 | 30.0 | met |"),
    ("a log, to the other one", GOOD + REPLAY, 0, "... SARG's time to it | >= 20.0 x | 19.0 | 1.00 | 19.0 | NOT MET |"),
    ("SARG's lines a second", GOOD + REPLAY, 0, "| SARG | 0.105 |"),
    ("lines a second", GOOD + REPLAY, 0, "| m365ctl replay, all cores | 2.86 | 0.437 | 40.0 |"),
    ("an export", GOOD + EXPORTS, 0, "| nft | 20.0 | 2.00 |"),
    ("the slowest export", GOOD + EXPORTS, 0, "the slowest export of the shipped table | <= 50.0 ms | 60.0 | - | 60.0 | NOT MET |"),
    ("a PAC file in an engine", GOOD + EXPORTS, 0, "plain PAC file to --fast | >= 20.0 x | 8.00 | 0.2 | 40.0 | met |"),
    ("a squid.conf", GOOD + RULES, 0, "a squid.conf of 2,000 lines, doctor | <= 200 ms | 30.0 | - | 30.0 | met |"),
    ("a squid.conf, traced", GOOD + RULES, 0, "a squid.conf of 2,000 lines, trace | <= 20.0 ms | 21.0 | - | 21.0 | NOT MET |"),
    ("what counting costs", GOOD + COUNTERS, 0, "with counters to one without, 256 in flight, line-pipe | <= 1.01 x | 0.103 | 0.1 | 1.03 | NOT MET |"),
    ("what counting costs a line", GOOD + COUNTERS, 0, "what counting a line costs, line-pipe | <= 2.00 ns | - | - | 3.00 | NOT MET |"),
    ("ours answers wrongly", GOOD + "host-domains,ours,1000000,wrong,3\n", 1, "BROKEN: host-domains, 1000000: ours answers wrongly 3 times"),
    ("a rival answers wrongly", GOOD + "host-domains,cdb,10000,wrong,1\n", 0, "rival: host-domains, 10000: cdb answers wrongly 1 times"),
    ("no numbers", "area,method,size,metric,value\n", 1, "has no numbers"),
    ("no table", "one,two\n", 1, "line 1: 'one,two' is not"),
)


def squeezed(text):
    return " ".join(text.replace("|", " | ").split())


def main():
    tally = stage.Tally()
    with stage.Place() as place:
        for why, text, status, want in CASES:
            done = stage.run(sys.executable, "-B", REPORT, "--plot", place.top, place.write("bench.csv", text))
            got = done.stdout + done.stderr
            good = done.returncode == status and squeezed(want) in squeezed(got)
            tally.case(why, None if good else f"status {done.returncode}\n{got}")
        data = place.read("hosts.dat")
        tally.case("the plot's data", None if '"squid-m365"\n1000000 150.00\n' in data else data)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
