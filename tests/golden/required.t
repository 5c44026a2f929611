# `publish_only required`: sets that are not required are Default. What was published, why, and what removing the setting opens.

$ printf 'data .\nstate state\n' > plain.conf; (cat plain.conf; echo 'publish_only required') > only.conf
$ m365ctl publish -c only.conf 2>&1 | sed 's/: 0 rules.*//; s/; 0 rules.*//'
m365ctl: generation 1 is published: Worldwide as shipped
$ m365ctl lookup -t state/current/image --explain smtp.office365.com:587 outlook.office365.com outlook.office365.com:993 13.107.6.152:993
smtp.office365.com:587     inspect  Default   category          smtp.office365.com              set 2, Exchange, worldwide
    decided by 'smtp.office365.com' (set 2, Default, published as Allow, Exchange, ExpressRoute, from worldwide): the most specific rule for TCP 587, and Default is not bypassed
    it is published as Allow, but is not required, and only required sets are bypassed here (publish_only in m365.conf)
    '*.office365.com' (set 71, Default) is for TCP 80,443 only: does not speak for TCP 587
outlook.office365.com      bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, worldwide
    decided by 'outlook.office365.com' (set 1, Optimize, Exchange, required, ExpressRoute, from worldwide): the most specific rule for TCP 443, and Optimize is bypassed
    'outlook.office365.com' (set 2, Default) is for TCP 143,587,993,995 only: does not speak for TCP 443
    '*.office365.com' (set 71, Default) is less specific
outlook.office365.com:993  inspect  Default   category          outlook.office365.com           set 2, Exchange, worldwide
    decided by 'outlook.office365.com' (set 2, Default, published as Allow, Exchange, ExpressRoute, from worldwide): the most specific rule for TCP 993, and Default is not bypassed
    it is published as Allow, but is not required, and only required sets are bypassed here (publish_only in m365.conf)
    'outlook.office365.com' (set 1, Optimize) is for TCP 80,443 only: does not speak for TCP 993
    '*.office365.com' (set 71, Default) is for TCP 80,443 only: does not speak for TCP 993
13.107.6.152:993           inspect  Default   category          13.107.6.152/31                 set 2, Exchange, worldwide
    decided by 13.107.6.152/31 (set 2, Default, published as Allow, Exchange, ExpressRoute, from worldwide): the longest prefix for TCP 993, and Default is not bypassed
    it is published as Allow, but is not required, and only required sets are bypassed here (publish_only in m365.conf)
    inside 13.107.6.152/31, set 1, TCP 80,443 only: does not speak for TCP 993
    inside one prefix:
      13.107.6.152/31: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from worldwide
      13.107.6.152/31: set 2, Default, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from worldwide
[1]

A naive reading of the same setting: awk changes the verb of those lines. Every name and address of the table gets the same verdict.

$ awk '/^(optimize|allow)/ && !/ required/ { $1 = "default" } { print }' worldwide.rules > naive.rules
$ awk '$1 ~ /^(optimize|allow|default)$/ { sub(/^\*/, "any", $2); sub(/\/.*/, "", $2); gsub(/\*|<tenant>/, "x", $2); print $2 }' worldwide.rules | sort -u > names
$ for port in 25 80 443 587 993; do sed "s/.*:.*/[&]/; s/\$/:$port/" names; done > q; m365ctl lookup -t state/current/image < q > is; m365ctl lookup -t naive.rules < q > want; cmp is want; m365ctl lookup -t worldwide.rules < q > all; wc -l < q; diff all is | grep -c '^<'
2195
58

The table says what was published, and can be read again.

$ m365ctl table -t state/current/table.txt > again.txt; cmp again.txt state/current/table.txt; grep office365.com.*id=2 again.txt; grep -c published=allow again.txt; grep -cv ' required' worldwide.rules
default  outlook.office365.com                             id=2 area=Exchange tcp=143,587,993,995 expressroute published=allow source=worldwide
default  smtp.office365.com                                id=2 area=Exchange tcp=143,587,993,995 expressroute published=allow source=worldwide
29
84
$ echo 'allow a.example id=1 published=allow' > bad.rules; m365ctl table -t bad.rules; echo 'default a.example published=allow' > bad.rules; m365ctl table -t bad.rules; echo 'default a.example id=1 published=default' > bad.rules; \
    m365ctl table -t bad.rules
m365ctl: cannot load 'bad.rules': line 1: the key 'published' belongs to a default line with an id; leave it out
m365ctl: cannot load 'bad.rules': line 1: the key 'published' belongs to a default line with an id; leave it out
m365ctl: cannot load 'bad.rules': line 1: published 'default' is neither 'allow' nor 'optimize'
[2]

Publishing without the setting is a decision, and says what opens.

$ m365ctl publish -c plain.conf; m365ctl lookup -t state/current/image smtp.office365.com:587
m365ctl: generation 2 is published: Worldwide as shipped; 486 rules -> 486: 29 raised (outlook.office365.com Default -> Allow, smtp.office365.com Default -> Allow, 13.107.128.0/22 Default -> Allow and 26 more). Bypassed now, inspected before: outlook.office365.com port 143,587,993,995, smtp.office365.com port 143,587,993,995. Addresses bypassed now, inspected before: 13.107.6.152/31, 13.107.18.10/31, 13.107.128.0/22 and 19 more.
smtp.office365.com:587    bypass   Allow     rule              smtp.office365.com              set 2, Exchange, worldwide

An update after the setting is gone opens nothing by itself: the rows wait, as they are in use.

$ cat > one.json <<'END'
> [{"id": 1, "serviceArea": "Exchange", "category": "Allow", "required": true, "urls": ["mail.example.org", "*.mail.example.org"], "ips": ["52.96.1.0/24"], "tcpPorts": "443"},
>  {"id": 2, "serviceArea": "Exchange", "category": "Optimize", "required": false, "urls": ["smtp.example.org", "big.mail.example.org"], "ips": ["52.96.1.0/25"], "tcpPorts": "443,587"},
>  {"id": 3, "serviceArea": "Common", "category": "Default", "required": false, "urls": ["cdn.example.org"], "tcpPorts": "443"}]
> END
$ sed 's/cdn.example/cdn2.example/' one.json > two.json; printf 'data .\nstate other\ndefault_canaries off\n' > plain.conf; (cat plain.conf; echo 'publish_only required') > only.conf
$ m365ctl import -c only.conf --version 2026010100 one.json; m365ctl lookup -t other/current/image mail.example.org big.mail.example.org smtp.example.org:587 52.96.1.1 52.96.1.200
m365ctl: generation 1 is published: Worldwide 2026010100; 0 rules -> 7: 7 added (*.mail.example.org, big.mail.example.org, cdn.example.org and 4 more). Bypassed now, inspected before: *.mail.example.org port 443, mail.example.org port 443. Addresses bypassed now, inspected before: 52.96.1.128/25.
m365ctl: compared with the shipped table, which is not in use here, it closes 50 names: *.auth.microsoft.com, *.lync.com, *.mail.protection.outlook.com, *.manage.microsoft.com, *.msftidentity.com, *.msidentity.com, *.mx.microsoft, *.officeapps.live.com, *.online.office.com, *.protection.office.com and 40 more, and opens 2 names: *.mail.example.org, mail.example.org
mail.example.org          bypass   Allow     rule              mail.example.org                set 1, Exchange, worldwide
big.mail.example.org      inspect  Default   category          big.mail.example.org            set 2, Exchange, worldwide
smtp.example.org:587      inspect  Default   category          smtp.example.org                set 2, Exchange, worldwide
52.96.1.1                 inspect  Default   category          52.96.1.0/25                    set 2, Exchange, worldwide
    inside 2 prefixes, the widest 52.96.1.0/24, the narrowest 52.96.1.0/25:
      52.96.1.0/24: set 1, Allow, Exchange, TCP 443, required, from worldwide
      52.96.1.0/25: set 2, Default, Exchange, TCP 443,587, optional, from worldwide
52.96.1.200               bypass   Allow     rule              52.96.1.0/24                    set 1, Exchange, worldwide
    inside one prefix:
      52.96.1.0/24: set 1, Allow, Exchange, TCP 443, required, from worldwide
[1]
$ m365ctl import -c plain.conf --version 2026020100 two.json 2>&1 | sed 's,-c /[^ ]*/,-c ,g; s/conf [0-9a-f]\{12\}/conf .../g'; m365ctl lookup -t other/current/image big.mail.example.org smtp.example.org:587 cdn2.example.org
m365ctl: generation 2 is published: Worldwide 2026020100; 7 rules -> 7: 1 added (cdn2.example.org), 1 removed (cdn.example.org). Nothing is bypassed that was inspected.
m365ctl: generation 3 waits for approval: Worldwide 2026020100; 7 rules -> 7: 3 raised (big.mail.example.org Default -> Optimize, smtp.example.org Default -> Optimize, 52.96.1.0/25 Default -> Optimize). Bypassed now, inspected before: big.mail.example.org port 443,587, smtp.example.org port 443,587. Addresses bypassed now, inspected before: 52.96.1.0/25.
m365ctl: held: names bypassed now whose category was not bypassed before: big.mail.example.org port 443,587 (Optimize, set 2, Exchange, worldwide); smtp.example.org port 443,587 (Optimize, set 2, Exchange, worldwide)
m365ctl: held: addresses bypassed now whose category was not bypassed before: 52.96.1.0/25 port 443,587 (Optimize, set 2, Exchange, worldwide)
m365ctl: see 'm365ctl diff -c plain.conf'; then 'm365ctl approve -c plain.conf ...' (this content and no other) or 'm365ctl reject -c plain.conf ...'
big.mail.example.org      inspect  Default   category          big.mail.example.org            set 2, Exchange, worldwide
smtp.example.org:587      inspect  Default   category          smtp.example.org                set 2, Exchange, worldwide
cdn2.example.org          inspect  Default   category          cdn2.example.org                set 3, Common, worldwide
[1]
$ m365ctl table -t other/current/table.txt
allow    *.mail.example.org    id=1 area=Exchange tcp=443 required source=worldwide
allow    mail.example.org      id=1 area=Exchange tcp=443 required source=worldwide
allow    52.96.1.0/24          id=1 area=Exchange tcp=443 required source=worldwide
default  big.mail.example.org  id=2 area=Exchange tcp=443,587 held published=optimize source=worldwide
default  smtp.example.org      id=2 area=Exchange tcp=443,587 held published=optimize source=worldwide
default  52.96.1.0/25          id=2 area=Exchange tcp=443,587 held published=optimize source=worldwide
default  cdn2.example.org      id=3 area=Common tcp=443 source=worldwide

The setting is back: nothing waits any more.

$ m365ctl publish -c only.conf; m365ctl status -c only.conf | grep -c waits; m365ctl diff -c only.conf current two.json; m365ctl diff -c plain.conf current two.json
m365ctl: nothing new: the result is generation 2, which is in use
m365ctl: generation 3, which waits, is rebuilt
m365ctl: generation 4 is published: Worldwide 2026020100; Nothing changed.
m365ctl: generation 3 no longer waits: it was made before what is in use now
0
opens       2 names, 1 address range
closes      nothing
OPENS big.mail.example.org:443,587  was Default (set 2), now Optimize (set 2)
  keep closed: inspect big.mail.example.org  # also closes addresses of set 1 without a name
OPENS smtp.example.org:443,587  was Default (set 2), now Optimize (set 2)
  keep closed: inspect smtp.example.org
OPENS 52.96.1.0/25:443,587  was Default (set 2), now Optimize (set 2)
  keep closed: inspect 52.96.1.0/25  # also closes set 1 at these addresses
--- generation 4, Worldwide 2026020100
+++ two.json
7 rules -> 7
category raised:
  ~ big.mail.example.org  Default -> Optimize, set 2, Exchange, worldwide
  ~ smtp.example.org      Default -> Optimize, set 2, Exchange, worldwide
addresses, by set:
  set 2, Exchange, worldwide: 1 raised: 52.96.1.0/25
[1]

A set whose category falls where it counts as Default already: no verdict changes, and the full difference says what did.

$ sed '/"id": 2/s/Optimize/Default/' two.json > three.json; m365ctl diff --all -c only.conf current three.json
opens       nothing
closes      nothing
--- generation 4, Worldwide 2026020100
+++ three.json
7 rules -> 7
attributes changed:
  ~ big.mail.example.org  published as Optimize -> Default; Default, set 2, Exchange, worldwide
  ~ smtp.example.org      published as Optimize -> Default; Default, set 2, Exchange, worldwide
  ~ 52.96.1.0/25          published as Optimize -> Default; Default, set 2, Exchange, worldwide
[1]

Default must stay inspected then.

$ (cat only.conf; echo 'bypass Optimize,Allow,Default') > bad.conf; m365ctl publish -c bad.conf; echo 'publish_only optional' > bad.conf; m365ctl publish -c bad.conf
m365ctl: cannot read 'bad.conf': line 5: 'bypass': 'publish_only required' makes the other sets Default, and 'bypass' bypasses Default; leave one of the two out
m365ctl: cannot read 'bad.conf': line 1: 'publish_only': unknown value 'optional'; write required
[2]
