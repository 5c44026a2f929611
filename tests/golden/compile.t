# `m365ctl compile`, `m365ctl check`, and how m365ctl reads its command line.

$ m365ctl compile -t m365.rules -o a.image; m365ctl compile -t m365.rules -o b.image; cmp a.image b.image; m365ctl lookup -t a.image outlook.office365.com
m365ctl: wrote 'a.image': 17 rules of 12 sets, 2048 bytes, label 2025120100
m365ctl: wrote 'b.image': 17 rules of 12 sets, 2048 bytes, label 2025120100
outlook.office365.com     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365

$ m365ctl compile -t m365.rules -t local.rules -o c.image --label 2026.1_x-y --tenant contoso --precedence highest --bypass Optimize; m365ctl check -t c.image
m365ctl: wrote 'c.image': 23 rules of 17 sets, 2752 bytes, label 2026.1_x-y
c.image: image, 23 rules, 2752 bytes; label 2026.1_x-y

$ m365ctl compile -t local.rules -o - > e.image; m365ctl check -t e.image; mkfifo pipe; m365ctl compile -t pipe -o d.image; m365ctl compile -t default:/dev/null -o d.image; m365ctl compile -t local.rules -o d.image; m365ctl check -t d.image
m365ctl: wrote '-': 6 rules of 5 sets, 1280 bytes, label none
e.image: image, 6 rules, 1280 bytes; label none
m365ctl: cannot read 'pipe': it is a pipe; name a regular file
m365ctl: cannot read '/dev/null': it is a device; name a regular file
m365ctl: wrote 'd.image': 6 rules of 5 sets, 1280 bytes, label none
d.image: image, 6 rules, 1280 bytes; label none

$ m365ctl compile -t m365.rules -o missing/folder.image
m365ctl: cannot write 'missing/folder.image': No such file or directory
[2]

$ m365ctl compile -t m365.rules; m365ctl compile -o x.image
m365ctl: no output file is named; add '-o FILE'
m365ctl: no table is named; add '-t FILE'
[2]

$ m365ctl compile -t m365.rules -o x.image --label 'a b'; m365ctl compile -t m365.rules -o x.image --tenant a.b; \
    m365ctl compile -t m365.rules -o x.image --precedence lowest; m365ctl compile -t m365.rules -o x.image --bypass allow; test -e x.image
m365ctl: 'a b' is not a label of 1 to 32 letters, digits, '.', '-' or '_'
m365ctl: 'a.b' is not a tenant name; write 'contoso' for contoso.sharepoint.com
m365ctl: unknown precedence 'lowest'; it is 'specific' or 'highest'
m365ctl: unknown category 'allow'; the list is of Optimize, Allow, Default
[1]

Check: clean, findings, refused.

$ m365ctl check -t m365.rules -t m365.json
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
m365.json: table, 6 rules: 5 optimize, 0 allow, 1 default, 0 inspect; label none

$ m365ctl check -t local.rules --at 2025-11-30
local.rules: table, 6 rules: 0 optimize, 4 allow, 0 default, 2 inspect; label none

$ m365ctl check -t local.rules --at 2025-12-15
m365ctl: 'local.rules': line 3: 'old.partner.example' expires on 2026-01-01, in 17 days; set a later day, or let it expire
m365ctl: 'local.rules': line 4: 'blocked.example' stays in force after 2026-01-01; remove the line, or set a later day
local.rules: table, 6 rules: 0 optimize, 4 allow, 0 default, 2 inspect; label none
[1]

$ m365ctl check -t local.rules --at 2026-01-01
m365ctl: 'local.rules': line 3: 'old.partner.example' expired: it has been left out since 2026-01-01; remove the line, or set a later day
m365ctl: 'local.rules': line 4: 'blocked.example' stays in force although its day was 2026-01-01, as an inspect line does; remove the line, or set a later day
local.rules: table, 6 rules: 0 optimize, 4 allow, 0 default, 2 inspect; label none
[1]

$ cat > twice.rules <<'END'
> allow a.example
> inspect b.example
> allow A.example
> allow a.example tcp=443
> END
$ m365ctl check -t twice.rules
m365ctl: 'twice.rules': line 3: 'a.example' says the same as line 1; remove one of the two
m365ctl: 'twice.rules': line 4: 'a.example' changes nothing: 'a.example' (Allow, 'twice.rules' line 1) already says so; remove the line
twice.rules: table, 3 rules: 0 optimize, 2 allow, 0 default, 1 inspect; label none
[1]

$ cat > bad.rules <<'END'
> allow a.example
> permit b
> allow *.com
> END
$ m365ctl check -t bad.rules -t missing.rules -t m365.rules
m365ctl: cannot load 'bad.rules': line 2: unknown verb 'permit'; a line begins with optimize, allow, default or inspect (and 1 more line is refused)
m365ctl: 'bad.rules': line 3: '*.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot open 'missing.rules': No such file or directory
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
[2]

$ cat > list.txt <<'END'
> good.example
> *.com
> END
$ m365ctl check -t allow:list.txt
m365ctl: 'list.txt': line 2: '*.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: 'list.txt': 1 refused, the rest is loaded
m365ctl: 'list.txt': line 1: 'good.example' is that name alone, without the names below it; if those are meant as well, name the list as 'domains:allow:list.txt', in m365.conf 'list domains:allow list.txt', or write '.good.example'
list.txt: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
[1]

$ m365ctl check -t inspect:list.txt
m365ctl: 'list.txt': line 2: '*.com' is very wide, anybody can register a name that matches: an inspect line does no harm, but it takes the bypass from your own names too; name those that are meant
m365ctl: 'list.txt': line 1: 'good.example' is that name alone, without the names below it; if those are meant as well, name the list as 'domains:inspect:list.txt', in m365.conf 'list domains:inspect list.txt', or write '.good.example'
list.txt: table, 2 rules: 0 optimize, 0 allow, 0 default, 2 inspect; label none
[1]

$ : > empty.rules; m365ctl check -t empty.rules
m365ctl: cannot load 'empty.rules': the file is empty; is the disk full?
[2]

$ m365ctl compile -t m365.rules -o e.image 2>&1; printf 'X' | dd of=e.image bs=1 seek=1000 conv=notrunc 2> dd.log; m365ctl check -t e.image
m365ctl: wrote 'e.image': 17 rules of 12 sets, 2048 bytes, label 2025120100
m365ctl: cannot open image 'e.image': the checksum does not match: the file is damaged
[2]

$ head -c 500 a.image > f.image; m365ctl check -t f.image; m365ctl lookup -t f.image a.example
m365ctl: cannot open image 'f.image': it is truncated: 500 bytes instead of 2048
m365ctl: cannot open image 'f.image': it is truncated: 500 bytes instead of 2048
[2]

Command line.

$ m365ctl
usage: m365ctl COMMAND [OPTION]... [ARGUMENT]...
  lookup      shows whether a request is bypassed or inspected, and by which rule
  table       prints the merged table, or the one in use, in its normal form
  compile     compiles tables into an image for the helpers
  check       checks images and tables, and reports everything it finds
  update      asks Microsoft's web service, and publishes or holds what has changed
  import      takes a document of the web service from a file, on machines without a network
  publish     puts the configured sources into use, without a network
  status      shows what is in use, what waits, and when the service last answered
  diff        shows what changes between two tables, in entries and in verdicts
  approve     puts into use what waits for approval
  reject      rejects what waits for approval
  history     lists the generations: when, what, how, who
  rollback    returns to a table that was in use before
  blame       shows which rule decides about a host, and since which generation
  export      writes the table in the format of another program
  replay      shows from access logs what a table does, and what another one would change
  metrics     prints the table in use, what waits and what the helpers counted, for Prometheus
  squid-conf  prints squid.conf lines for a given setup, or puts them into a file
  doctor      reports what is wrong with a squid.conf
  trace       says what Squid would do with a request, and which line does it
  help        shows what the commands do and which arguments they take
'm365ctl help COMMAND' says more; the manual is m365ctl(8).
Exit codes: 0 yes or same, 1 no or differs, 2 trouble.
[2]

$ m365ctl help
usage: m365ctl COMMAND [OPTION]... [ARGUMENT]...
  lookup      shows whether a request is bypassed or inspected, and by which rule
  table       prints the merged table, or the one in use, in its normal form
  compile     compiles tables into an image for the helpers
  check       checks images and tables, and reports everything it finds
  update      asks Microsoft's web service, and publishes or holds what has changed
  import      takes a document of the web service from a file, on machines without a network
  publish     puts the configured sources into use, without a network
  status      shows what is in use, what waits, and when the service last answered
  diff        shows what changes between two tables, in entries and in verdicts
  approve     puts into use what waits for approval
  reject      rejects what waits for approval
  history     lists the generations: when, what, how, who
  rollback    returns to a table that was in use before
  blame       shows which rule decides about a host, and since which generation
  export      writes the table in the format of another program
  replay      shows from access logs what a table does, and what another one would change
  metrics     prints the table in use, what waits and what the helpers counted, for Prometheus
  squid-conf  prints squid.conf lines for a given setup, or puts them into a file
  doctor      reports what is wrong with a squid.conf
  trace       says what Squid would do with a request, and which line does it
  help        shows what the commands do and which arguments they take
'm365ctl help COMMAND' says more; the manual is m365ctl(8).
Exit codes: 0 yes or same, 1 no or differs, 2 trouble.

$ m365ctl help lookup compile
usage: m365ctl lookup [OPTION]... [QUERY]...
shows whether a request is bypassed or inspected, and by which rule
  -t, --table FILE      image, table text, JSON document or [FORMAT:]VERB:FILE; may be repeated
  --as FORMAT           format of lists; by default it is told by their content
  -F, --fields FIELDS   each query is a line of these fields: dst, sni, la, port, ignore
  --json                one JSON object per line
  --explain             explain the verdict, why other rules do not decide, and what is held
  --also FILE           Azure service tags (JSON) or Microsoft's public prefixes (CSV); may be repeated
  --at YYYY-MM-DD       answer as of another day (for expires=)
  --tenant NAME         your own tenant, as in NAME.sharepoint.com; may be repeated
  --precedence RULE     specific (default) or highest
  --bypass LIST         categories that are bypassed, default Optimize,Allow
QUERY is a host, host:port, a URL (with or without its scheme), an address, [v6]:port, or a prefix:
what it holds, what holds it, and what the addresses in it get. An address is answered with
every prefix that contains it. With -F, QUERY is a line of fields separated by spaces or commas,
as in outlook.office365.com,-,443.
Without QUERY, each line of standard input is one.
Exit code: 0 all are bypassed, 1 some are inspected, 2 trouble.
usage: m365ctl compile [OPTION]...
compiles tables into an image for the helpers
  -o, --output FILE     the image file; written completely or not at all
  -t, --table FILE      table text, JSON document or [FORMAT:]VERB:FILE; may be repeated
  --as FORMAT           format of lists; by default it is told by their content
  --label LABEL         version of the table; default: the table's own
  --tenant NAME         your own tenant, as in NAME.sharepoint.com; may be repeated
  --precedence RULE     specific (default) or highest
  --bypass LIST         categories that are bypassed, default Optimize,Allow
The same sources and options give the same bytes on any machine.

$ m365ctl help nonsense; m365ctl nonsense
m365ctl: there is no command 'nonsense'; 'm365ctl help' lists them
m365ctl: there is no command 'nonsense'; 'm365ctl help' lists them
[2]

$ m365ctl --version | sed 's/ [0-9].*/ VERSION/'; m365ctl check --help
m365ctl VERSION
usage: m365ctl check [OPTION]...
checks images and tables, and reports everything it finds
  -t, --table FILE      image, table text, JSON document or [FORMAT:]VERB:FILE; may be repeated
  --as FORMAT           format of lists; by default it is told by their content
  -c, --config FILE     check everything that this configuration names
  --at YYYY-MM-DD       check as of another day (for expires=)
  --tenant NAME         your own tenant, as in NAME.sharepoint.com; may be repeated
  --precedence RULE     specific (default) or highest
  --bypass LIST         categories that are bypassed, default Optimize,Allow
An image is read completely: the checksum and every record. Tables are read as a helper would and
compared with each other. Reported are lines that are refused, have expired or expire within 30 days,
are duplicates, never decide, change nothing, match names of strangers, or work against a preset (a
file in a folder 'presets'). Said but not counted are published names that stay inspected below a local
wildcard, and domains in a list without the names below them. With -c the tables are the documents in
use, presets, local rules and lists of a configuration, checked with its options. Without -c and -t the
image in use is checked.
Exit code: 0 clean, 1 something was found, 2 something cannot be read or is refused.

$ m365ctl lookup --nonsense; m365ctl lookup -x; m365ctl lookup -t; m365ctl lookup --json=1; m365ctl lookup --at; m365ctl lookup --at yesterday; m365ctl table extra
m365ctl: option '--nonsense' is unknown; see 'm365ctl help lookup'
m365ctl: option '-x' is unknown; see 'm365ctl help lookup'
m365ctl: option '-t' needs a value; see 'm365ctl help lookup'
m365ctl: option '--json=1' takes no value; see 'm365ctl help lookup'
m365ctl: option '--at' needs a value; see 'm365ctl help lookup'
m365ctl: 'yesterday' is not a day like 2027-03-01
m365ctl: table takes no arguments, not 'extra'; see 'm365ctl help table'
[2]

$ m365ctl lookup -t m365.rules -F dst,snoo x; m365ctl lookup -t m365.rules -F port,dst x; m365ctl lookup -t m365.rules -F sni x; m365ctl lookup -t m365.rules -F dst,dst x
m365ctl: unknown field 'snoo'; known fields are dst, sni, la, port and ignore
m365ctl: field 'port' must not be first: it looks like a channel-ID
m365ctl: fields 'sni' have no 'dst'
m365ctl: field 'dst' is given twice
[2]

An output that cannot be written is an error (exit code 2).

$ m365ctl table -t m365.rules > /dev/full
m365ctl: cannot write to standard output: No space left on device
[2]

$ m365ctl lookup -t m365.rules outlook.office365.com > /dev/full
m365ctl: cannot write to standard output: No space left on device
[2]

