# Lists in the formats of other programs. Each is read with a verb that bypasses, and with one that does not.

$ m365ctl table -t allow:hosts.txt; m365ctl table -t domains:inspect:hosts.txt
m365ctl: 'hosts.txt' is read as a hosts file: 6 rules
m365ctl: 'hosts.txt': left out: names of the machine itself (7), the first in line 3: '127.0.0.1 localhost'
allow    ads.example          source=hosts
allow    one.example          source=hosts
allow    three.example        source=hosts
allow    tracker.ads.example  source=hosts
allow    two.example          source=hosts
allow    v6.example           source=hosts
m365ctl: 'hosts.txt' is read as a hosts file: 6 rules
m365ctl: 'hosts.txt': left out: names of the machine itself (7), the first in line 3: '127.0.0.1 localhost'
inspect  .ads.example          source=hosts
inspect  .one.example          source=hosts
inspect  .three.example        source=hosts
inspect  .tracker.ads.example  source=hosts
inspect  .two.example          source=hosts
inspect  .v6.example           source=hosts

$ m365ctl table -t allow:dnsmasq.conf; m365ctl table -t inspect:dnsmasq.conf
m365ctl: 'dnsmasq.conf' is read as a configuration of dnsmasq: 6 rules
m365ctl: 'dnsmasq.conf': left out: settings other than for domains (2), the first in line 2: 'no-resolv'
m365ctl: 'dnsmasq.conf': left out: exceptions (1), the first in line 8: 'server=/www.ads.example/#'
m365ctl: 'dnsmasq.conf': 2 more rules are left out, because exceptions concern part of what they match
allow    .a.example     source=dnsmasq
allow    .b.example     source=dnsmasq
allow    .corp.example  source=dnsmasq
allow    .lan.example   source=dnsmasq
allow    .null.example  source=dnsmasq
allow    .set.example   source=dnsmasq
m365ctl: 'dnsmasq.conf' is read as a configuration of dnsmasq: 8 rules
m365ctl: 'dnsmasq.conf': left out: settings other than for domains (2), the first in line 2: 'no-resolv'
m365ctl: 'dnsmasq.conf': left out: exceptions (1), the first in line 8: 'server=/www.ads.example/#'
inspect  .a.example     source=dnsmasq
inspect  .ads.example   source=dnsmasq
inspect  .b.example     source=dnsmasq
inspect  .corp.example  source=dnsmasq
inspect  .lan.example   source=dnsmasq
inspect  .null.example  source=dnsmasq
inspect  .set.example   source=dnsmasq

$ m365ctl table -t allow:adblock.txt
m365ctl: 'adblock.txt' is read as a filter list of ad blockers: 3 rules
m365ctl: 'adblock.txt': left out: filters that hide parts of pages (2), the first in line 12: '##.advertisement'
m365ctl: 'adblock.txt': left out: filters with options that narrow them ($...) (1), the first in line 4: '||tracker.example^$third-party'
m365ctl: 'adblock.txt': left out: filters for parts of a URL (2), the first in line 7: '||pages.example/ads/*'
m365ctl: 'adblock.txt': left out: exceptions (2), the first in line 8: '@@||good.ads.example^'
m365ctl: 'adblock.txt': left out: regular expressions (1), the first in line 15: '/^ad[0-9]+\.example$/'
m365ctl: 'adblock.txt': left out: names with a star inside, or without an end (1), the first in line 16: '||ad*.wild.example^'
m365ctl: 'adblock.txt': 2 more rules are left out, because exceptions concern part of what they match
m365ctl: 'adblock.txt': 5 refused, the rest is loaded
allow    .banner.example     source=adblock
allow    .important.example  source=adblock
allow    192.0.2.7/32        source=adblock

$ m365ctl table -t inspect:adblock.txt; grep -v '^/' adblock.txt | grep -v '\*' >adblock2.txt; m365ctl table -t inspect:adblock2.txt; m365ctl table -t default:adblock2.txt
m365ctl: cannot load 'adblock.txt': line 14: '||pages.example/ads/*': a table cannot express filters for parts of a URL; remove such lines, because without them a list with the verb 'inspect' would not keep closed what it should (and 2 more lines are refused)
m365ctl: 'adblock2.txt' is read as a filter list of ad blockers: 6 rules
m365ctl: 'adblock2.txt': taken for the whole host: filters with options that narrow them ($...) (1), the first in line 4: '||tracker.example^$third-party'
m365ctl: 'adblock2.txt': left out: filters that hide parts of pages (2), the first in line 11: '##.advertisement'
m365ctl: 'adblock2.txt': left out: exceptions (2), the first in line 7: '@@||good.ads.example^'
inspect  .ads.example        source=adblock2
inspect  .banner.example     source=adblock2
inspect  .important.example  source=adblock2
inspect  .news.example       source=adblock2
inspect  .tracker.example    source=adblock2
inspect  192.0.2.7/32        source=adblock2
m365ctl: cannot load 'adblock2.txt': line 4: '||tracker.example^$third-party': a table cannot express filters with options that narrow them ($...); remove such lines, because without them a list with the verb 'default' would not keep closed what it should (and 2 more lines are refused)
[2]

$ m365ctl table -t allow:clash.list; m365ctl table -t inspect:clash.list; grep -v PROCESS clash.list >hosts.list; m365ctl table -t inspect:hosts.list
m365ctl: 'clash.list' is read as a rule list of Clash or Surge: 4 rules
m365ctl: 'clash.list': line 6: 'DOMAIN-KEYWORD,intranet': '~.*intranet.*' matches names of strangers, too wide for a bypass; name the domains, or let it end with a dot and one, as in '~cdn[0-9]+\.b\.example'
m365ctl: 'clash.list': left out: programs (PROCESS-NAME) (1), the first in line 7: 'PROCESS-NAME,updater'
m365ctl: 'clash.list': 2 refused, the rest is loaded
allow    .corp.example       source=clash
allow    www.single.example  source=clash
allow    198.51.100.0/24     source=clash
allow    2001:db8:1::/48     source=clash
m365ctl: cannot load 'clash.list': line 7: 'PROCESS-NAME,updater': a table cannot express programs (PROCESS-NAME); remove such lines, because without them a list with the verb 'inspect' would not keep closed what it should
m365ctl: 'hosts.list' is read as a rule list of Clash or Surge: 5 rules
inspect  .corp.example       source=hosts
inspect  www.single.example  source=hosts
inspect  ~.*intranet.*       source=hosts
inspect  198.51.100.0/24     source=hosts
inspect  2001:db8:1::/48     source=hosts

$ echo 'DOMAIN,other.example,PROXY' >>hosts.list; m365ctl table -t allow:hosts.list
m365ctl: cannot load 'hosts.list': line 7: 'DOMAIN,other.example,PROXY': a list cannot have rules with a second policy; keep those of one policy (and 1 more line is refused)
[2]

$ m365ctl table -t allow:zone.rpz; m365ctl table -t inspect:zone.rpz
m365ctl: 'zone.rpz' is read as a response policy zone: 7 rules
m365ctl: 'zone.rpz': left out: exceptions (1), the first in line 13: 'good.bad.example     CNAME rpz-passthru.'
m365ctl: 'zone.rpz': left out: clients (rpz-client-ip) (1), the first in line 18: '32.1.2.0.192.rpz-client-ip     CNAME rpz-drop.'
m365ctl: 'zone.rpz': 1 more rule is left out, because exceptions concern part of what it matches
m365ctl: 'zone.rpz': 1 refused, the rest is loaded
allow    bad.example      source=zone
allow    garden.example   source=zone
allow    local.example    source=zone
allow    nodata.example   source=zone
allow    192.0.2.0/24     source=zone
allow    2001:db8:1::/48  source=zone
m365ctl: cannot load 'zone.rpz': line 18: '32.1.2.0.192.rpz-client-ip     CNAME rpz-drop.': a table cannot express clients (rpz-client-ip); remove such lines, because without them a list with the verb 'inspect' would not keep closed what it should
[2]

$ m365ctl table -t allow:unbound.conf; m365ctl table -t inspect:unbound.conf
m365ctl: 'unbound.conf' is read as local zones of Unbound: 4 rules
m365ctl: 'unbound.conf': left out: settings other than local zones (1), the first in line 8: '    hide-identity: yes'
m365ctl: 'unbound.conf': left out: exceptions (1), the first in line 4: '    local-zone: "good.ads.example" transparent'
m365ctl: 'unbound.conf': 1 more rule is left out, because exceptions concern part of what it matches
allow    .redirect.example  source=unbound
allow    .refused.example   source=unbound
allow    redirect.example   source=unbound
allow    single.example     source=unbound
m365ctl: 'unbound.conf' is read as local zones of Unbound: 5 rules
m365ctl: 'unbound.conf': left out: settings other than local zones (1), the first in line 8: '    hide-identity: yes'
m365ctl: 'unbound.conf': left out: exceptions (1), the first in line 4: '    local-zone: "good.ads.example" transparent'
inspect  .ads.example       source=unbound
inspect  .redirect.example  source=unbound
inspect  .refused.example   source=unbound
inspect  redirect.example   source=unbound
inspect  single.example     source=unbound

$ m365ctl table -t allow:edl.txt; m365ctl table -t inspect:edl.txt
m365ctl: 'edl.txt' is read as a URL list with a slash after each host: 3 rules
m365ctl: 'edl.txt': left out: paths (1), the first in line 5: 'pages.example/mail'
m365ctl: 'edl.txt': left out: ports (1), the first in line 6: 'ports.example:8443/'
m365ctl: 'edl.txt': 2 refused, the rest is loaded
allow    *.corp.example    source=edl
allow    plain.example     source=edl
allow    www.corp.example  source=edl
m365ctl: 'edl.txt' is read as a URL list with a slash after each host: 5 rules
m365ctl: 'edl.txt': taken for the whole host: paths (1), the first in line 5: 'pages.example/mail'
m365ctl: 'edl.txt': taken for the whole host: ports (1), the first in line 6: 'ports.example:8443/'
inspect  *.corp.example    source=edl
inspect  pages.example     source=edl
inspect  plain.example     source=edl
inspect  ports.example     source=edl
inspect  www.corp.example  source=edl

$ m365ctl table -t allow:sets.ipset; m365ctl table -t allow:sets.ipset#corp; m365ctl table -t inspect:sets.ipset#corp; m365ctl table -t allow:sets.ipset#corp6; m365ctl table -t allow:sets.ipset#other
m365ctl: cannot load 'sets.ipset': line 6: 'add corp6 2001:db8:1::/48': a list cannot have entries of a second set; name one of the sets, as in VERB:FILE#SET
m365ctl: 'sets.ipset' is read as a saved set of ipset: 1 rule
m365ctl: 'sets.ipset': left out: exceptions (1), the first in line 5: 'add corp 192.0.2.128/25 nomatch'
m365ctl: 'sets.ipset': 1 more rule is left out, because exceptions concern part of what it matches
allow    198.51.100.7/32  source=sets
m365ctl: 'sets.ipset' is read as a saved set of ipset: 2 rules
m365ctl: 'sets.ipset': left out: exceptions (1), the first in line 5: 'add corp 192.0.2.128/25 nomatch'
inspect  192.0.2.0/24     source=sets
inspect  198.51.100.7/32  source=sets
m365ctl: 'sets.ipset' is read as a saved set of ipset: 1 rule
allow    2001:db8:1::/48  source=sets
m365ctl: cannot load 'sets.ipset': nothing in it belongs to 'other', which is named after '#'
[2]

$ m365ctl table -t allow:ranges.txt
m365ctl: 'ranges.txt' is read as a list of addresses: 10 rules
allow    192.0.2.1/32       source=ranges
allow    192.0.2.2/31       source=ranges
allow    192.0.2.4/31       source=ranges
allow    192.0.2.6/32       source=ranges
allow    198.51.100.0/25    source=ranges
allow    198.51.100.128/25  source=ranges
allow    203.0.113.0/24     source=ranges
allow    2001:db8::1/128    source=ranges
allow    2001:db8::2/127    source=ranges
allow    2001:db8::4/128    source=ranges

$ m365ctl table -t allow:servicetags.json; m365ctl table -t allow:servicetags.json#azureactivedirectory; m365ctl table -t allow:servicetags.json#AzureFrontDoor; m365ctl table -t allow:hosts.txt#part
m365ctl: cannot load 'servicetags.json': it is a document of service tags; name one of them, as in VERB:FILE#AzureActiveDirectory
m365ctl: 'servicetags.json' is read as a document of service tags: 2 rules
allow    192.0.2.0/25     source=servicetags
allow    2001:db8:6::/48  source=servicetags
m365ctl: cannot load 'servicetags.json': it has no service tag 'AzureFrontDoor'; the nearest is 'AzureFrontDoor.Frontend'
m365ctl: cannot load 'hosts.txt': a hosts file has no parts; write the file without '#part'
[2]

# A format that cannot be told, and one that is forced.

$ m365ctl table -t allow:mixed.txt; m365ctl table -t allow:prose.txt; m365ctl table -t bare:allow:mixed.txt; m365ctl table -t hosts:allow:mixed.txt; m365ctl table --as hosts -t allow:mixed.txt
m365ctl: cannot load 'mixed.txt': its format cannot be told: line 1 is of a bare list, line 3 of a hosts file; split the file, or write bare:VERB:FILE or hosts:VERB:FILE
m365ctl: cannot load 'prose.txt': its format cannot be told: line 1, 'These are the hosts of our partners,', is none that is known; write FORMAT:VERB:FILE, with bare, dstdomain, addresses, edl, hosts, dnsmasq, adblock, clash, ipset, unbound, rpz or servicetags
m365ctl: 'mixed.txt': line 3: a list has one domain or prefix per line; 'c.example' follows
m365ctl: 'mixed.txt': 1 refused, the rest is loaded
allow    a.example  source=mixed
allow    b.example  source=mixed
m365ctl: 'mixed.txt' is read as a hosts file: 1 rule
m365ctl: 'mixed.txt': line 1: 'a.example' is no address; a line of a hosts file is an address and then names
m365ctl: 'mixed.txt': line 2: 'b.example' is no address; a line of a hosts file is an address and then names
m365ctl: 'mixed.txt': 2 refused, the rest is loaded
allow    c.example  source=mixed
m365ctl: 'mixed.txt' is read as a hosts file: 1 rule
m365ctl: 'mixed.txt': line 1: 'a.example' is no address; a line of a hosts file is an address and then names
m365ctl: 'mixed.txt': line 2: 'b.example' is no address; a line of a hosts file is an address and then names
m365ctl: 'mixed.txt': 2 refused, the rest is loaded
allow    c.example  source=mixed

$ m365ctl table -t host:allow:hosts.txt; m365ctl table --as host -t allow:hosts.txt; m365ctl table -t dstdomain:allow:partners.txt
m365ctl: cannot load 'hosts.txt': 'host' is no format of lists; known are bare, dstdomain, addresses, edl, hosts, dnsmasq, adblock, clash, ipset, unbound, rpz or servicetags
m365ctl: '--as host' is no format of lists; known are bare, dstdomain, addresses, edl, hosts, dnsmasq, adblock, clash, ipset, unbound, rpz or servicetags
m365ctl: 'partners.txt' is read as a dstdomain file of Squid: 3 rules
allow    *.two.example    source=partners
allow    one.example      source=partners
allow    198.51.100.0/24  source=partners

$ m365ctl check -t allow:hosts.txt; m365ctl check -t allow:edl.txt; m365ctl check --as hosts -t inspect:mixed.txt
m365ctl: 'hosts.txt' is read as a hosts file: 6 rules
m365ctl: 'hosts.txt': left out: names of the machine itself (7), the first in line 3: '127.0.0.1 localhost'
m365ctl: 'hosts.txt': line 11: 'ads.example' is that name alone, without the names below it, and so are 4 more lines; if those are meant as well, name the list as 'domains:allow:hosts.txt', in m365.conf 'list domains:allow hosts.txt', or write '.ads.example'
hosts.txt: table, 6 rules: 0 optimize, 6 allow, 0 default, 0 inspect; label none
m365ctl: 'edl.txt' is read as a URL list with a slash after each host: 3 rules
m365ctl: 'edl.txt': left out: paths (1), the first in line 5: 'pages.example/mail'
m365ctl: 'edl.txt': left out: ports (1), the first in line 6: 'ports.example:8443/'
m365ctl: 'edl.txt': 2 refused, the rest is loaded
m365ctl: 'edl.txt': line 2: 'www.corp.example' changes nothing: '*.corp.example' (Allow, 'edl.txt' line 3) already says so; remove the line
m365ctl: 'edl.txt': line 4: 'plain.example' is that name alone, without the names below it; if those are meant as well, name the list as 'domains:allow:edl.txt', in m365.conf 'list domains:allow edl.txt', or write '.plain.example'
edl.txt: table, 3 rules: 0 optimize, 3 allow, 0 default, 0 inspect; label none
m365ctl: cannot load 'mixed.txt': line 1: 'a.example' is no address; a line of a hosts file is an address and then names (and 1 more line is refused)
m365ctl: 'mixed.txt': line 2: 'b.example' is no address; a line of a hosts file is an address and then names
[2]

$ cp hosts.txt 'a#b.txt'; m365ctl table -t 'allow:a#b.txt'; m365ctl lookup -t 'allow:a#b.txt#' ads.example
m365ctl: cannot open 'a': No such file or directory; what follows the last '#' names a part of the file, so a file name with a '#' needs one more at its end
m365ctl: 'a#b.txt' is read as a hosts file: 6 rules
m365ctl: 'a#b.txt': left out: names of the machine itself (7), the first in line 3: '127.0.0.1 localhost'
ads.example               bypass   Allow     rule              ads.example                     local, a-b

