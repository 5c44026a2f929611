# `m365ctl lookup`: the text form, exit codes, forms of a query.

$ m365ctl lookup -t m365.rules outlook.office365.com outlook.office365.com:993
outlook.office365.com      bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
outlook.office365.com:993  bypass   Allow     rule              outlook.office365.com           set 2, Exchange, m365

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 outlook.office365.com OUTLOOK.office365.com.:443 https://outlook.office365.com/owa/ \
    http://user@outlook.office365.com/ [2603:1006::1]:443 2603:1006::1 52.97.1.1 ::ffff:52.97.1.1 partner.example:8443 x.y.partner.example srv12.lab.example
outlook.office365.com               bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
OUTLOOK.office365.com.:443          bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
https://outlook.office365.com/owa/  bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
http://user@outlook.office365.com/  bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
[2603:1006::1]:443                  bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
    inside one prefix:
      2603:1006::/40: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
2603:1006::1                        bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
    inside one prefix:
      2603:1006::/40: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
52.97.1.1                           bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
      52.96.0.0/14: set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365
::ffff:52.97.1.1                    bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
      52.96.0.0/14: set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365
partner.example:8443                bypass   Allow     rule              .partner.example                local, local
x.y.partner.example                 bypass   Allow     rule              .partner.example                local, local
srv12.lab.example                   bypass   Allow     rule              ~srv[0-9]+\.lab\.example        local, local

Every value of why.

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 outlook.office365.com www.example.com outlook.office365.com:8080 officeapps.live.com login.microsoftonline.com
outlook.office365.com       bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
www.example.com             inspect  -         no-rule
outlook.office365.com:8080  inspect  -         port
officeapps.live.com         inspect  Default   category          officeapps.live.com             set 53, Common, m365
login.microsoftonline.com   inspect  -         local-inspect     login.microsoftonline.com       local, local
[1]

$ m365ctl lookup -t m365.rules --tenant contoso evil.sharepoint.com contoso-my.sharepoint.com sharepoint.com
evil.sharepoint.com        inspect  -         foreign-tenant
contoso-my.sharepoint.com  bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
sharepoint.com             inspect  -         no-rule
[1]

$ m365ctl lookup -t m365.rules -F dst,sni,port 'outlook.office365.com www.example.com 443' '52.120.0.1 outlook.office365.com 443'
outlook.office365.com www.example.com 443  inspect  -         sni-mismatch
52.120.0.1 outlook.office365.com 443       inspect  -         address-mismatch
[1]

$ m365ctl lookup -t m365.rules 'out%6cook.office365.com' outlook.office365.com:0 outlook.office365.com:x ''
out%6cook.office365.com   inspect  -         bad-name
outlook.office365.com:0   inspect  -         bad-port
outlook.office365.com:x   inspect  -         bad-port
                          inspect  -         bad-name
[1]

$ m365ctl lookup -t m365.rules -F dst,sni,port outlook.office365.com
outlook.office365.com     inspect  -         bad-line
[1]

The port of a URL is that of its scheme.

$ m365ctl lookup -t m365.rules http://cdn.odc.officeapps.live.com/ ftp://outlook.office365.com/ https://xcdn.onenote.net:443/
http://cdn.odc.officeapps.live.com/  inspect  Default   category          cdn.odc.officeapps.live.com     set 91, Common, m365
ftp://outlook.office365.com/         inspect  -         port
https://xcdn.onenote.net:443/        inspect  Default   category          *cdn.onenote.net                set 51, Common, m365
[1]

Lines of fields: spaces or commas; an empty field is absent; anything after the fields is ignored.

$ m365ctl lookup -t m365.rules -F dst,sni,la,port 'outlook.office365.com,-,-,443' 'outlook.office365.com,,,993' 'outlook.office365.com - 52.97.1.1 443 Optimize' '52.97.1.1,outlook.office365.com,-,443'
outlook.office365.com,-,-,443                   bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
outlook.office365.com,,,993                     bypass   Allow     rule              outlook.office365.com           set 2, Exchange, m365
outlook.office365.com - 52.97.1.1 443 Optimize  bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
52.97.1.1,outlook.office365.com,-,443           bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365

$ printf 'outlook.office365.com,-,-,443\n\n52.97.1.1 - - 443\n' | m365ctl lookup -t m365.rules -F dst,sni,la,port
outlook.office365.com,-,-,443             bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
                                          inspect  -         bad-line
52.97.1.1 - - 443                         bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
[1]

$ printf '17 outlook.office365.com - 443 -\n' | m365ctl lookup -t m365.rules -F ignore,dst,sni,port
17 outlook.office365.com - 443 -          bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365

Queries from standard input: every line is answered, CRLF is accepted, the last line needs no newline.

$ printf 'outlook.office365.com\r\n\nwww.example.com' | m365ctl lookup -t m365.rules
outlook.office365.com                     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
                                          inspect  -         bad-name
www.example.com                           inspect  -         no-rule
[1]

$ printf '' | m365ctl lookup -t m365.rules

A long input gets the same answers as its queries one by one: what was printed once is used again only for its like.

$ awk '/^[a-z]/ { sub("/.*", "", $2); print $2 } END { for (i = 0; i < 300; i++) print i % 223 ".7." i ".9" }' worldwide.rules > asked
$ m365ctl lookup -t worldwide.rules < asked | tr -s ' ' > stream; xargs -n 200 m365ctl lookup -t worldwide.rules < asked | grep -v '^ ' | tr -s ' ' | cmp - stream && cut -d' ' -f4 stream | sort | uniq -c
    133 bad-name
    151 category
    256 no-rule
      1 port
    245 rule

$ head -c 70000 /dev/zero | tr '\0' a | m365ctl lookup -t m365.rules --json | cut -c 65530-
aaaaaaaaaaaaaaaaa","host":null,"port":null,"sni":null,"action":"inspect","category":null,"why":"bad-line","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}

$ { head -c 400000 /dev/zero | tr '\0' a; printf '\noutlook.office365.com\n'; } | m365ctl lookup -t m365.rules | cut -c 65525-
aaaaaaaaaaaa  inspect  -         bad-line



Unicode names, and what must not reach a terminal.

$ printf 'allow bücher.example\n' > unicode.rules; m365ctl lookup -t unicode.rules bücher.example BÜCHER.example:443 https://bücher.example/weg?q=ü xn--bcher-kva.example
bücher.example                    bypass   Allow     rule              xn--bcher-kva.example           local, unicode
BÜCHER.example:443                bypass   Allow     rule              xn--bcher-kva.example           local, unicode
https://bücher.example/weg?q=ü    bypass   Allow     rule              xn--bcher-kva.example           local, unicode
xn--bcher-kva.example             bypass   Allow     rule              xn--bcher-kva.example           local, unicode

$ printf 'a\033[31mb\302\233c\377d\342\200\256e\n' | m365ctl lookup -t m365.rules
a?[31mb??c?d???e                          inspect  -         bad-name
[1]

Days.

$ m365ctl lookup -t local.rules --at 2025-12-31 old.partner.example blocked.example
old.partner.example       bypass   Allow     rule              old.partner.example             local, local
blocked.example           inspect  -         local-inspect     blocked.example                 local, local
[1]

$ m365ctl lookup -t local.rules --at 2026-01-01 old.partner.example blocked.example
old.partner.example       bypass   Allow     rule              .partner.example                local, local
blocked.example           inspect  -         local-inspect     blocked.example                 local, local
[1]

The options of compile apply to tables.

$ m365ctl lookup -t m365.rules --precedence highest cdn.odc.officeapps.live.com
cdn.odc.officeapps.live.com  bypass   Allow     rule              *.officeapps.live.com           set 46, Common, m365

$ m365ctl lookup -t m365.rules --bypass Optimize outlook.office365.com outlook.office365.com:993
outlook.office365.com      bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
outlook.office365.com:993  inspect  Allow     category          outlook.office365.com           set 2, Exchange, m365
[1]

$ m365ctl lookup -t m365.rules --bypass Optimize,Allow,Default officeapps.live.com
officeapps.live.com       bypass   Default   rule              officeapps.live.com             set 53, Common, m365

They do not apply to images, which carry their own.

$ m365ctl compile -t m365.rules -o m365.image --label test-1 --tenant Contoso
m365ctl: wrote 'm365.image': 17 rules of 12 sets, 2112 bytes, label test-1

$ m365ctl lookup -t m365.image contoso.sharepoint.com fabrikam.sharepoint.com
contoso.sharepoint.com    bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
fabrikam.sharepoint.com   inspect  -         foreign-tenant
[1]

$ m365ctl lookup -t m365.image --tenant contoso contoso.sharepoint.com
m365ctl: 'm365.image' is a compiled image: precedence, bypass, tenants and label were fixed when it was compiled
[2]

$ m365ctl lookup -t m365.image --precedence highest contoso.sharepoint.com
m365ctl: 'm365.image' is a compiled image: precedence, bypass, tenants and label were fixed when it was compiled
[2]

$ m365ctl lookup -t m365.image --bypass Allow contoso.sharepoint.com
m365ctl: 'm365.image' is a compiled image: precedence, bypass, tenants and label were fixed when it was compiled
[2]

Lists and documents.

$ m365ctl lookup -t allow:partners.txt one.example x.two.example two.example 198.51.100.7
one.example               bypass   Allow     rule              one.example                     local, partners
x.two.example             bypass   Allow     rule              *.two.example                   local, partners
two.example               inspect  -         no-rule
198.51.100.7              bypass   Allow     rule              198.51.100.0/24                 local, partners
    inside one prefix:
      198.51.100.0/24: local line, Allow, from partners
[1]

$ m365ctl lookup -t inspect:partners.txt -t m365.json outlook.example.com one.example 198.51.100.7 192.0.2.1
outlook.example.com       bypass   Optimize  rule              outlook.example.com             set 1, Exchange, m365
one.example               inspect  -         local-inspect     one.example                     local, partners
198.51.100.7              inspect  -         local-inspect     198.51.100.0/24                 local, partners
    inside one prefix:
      198.51.100.0/24: local line, inspect, from partners
      198.51.100.0/24: set 11, Optimize, Skype, UDP 3478-3481, required, ExpressRoute, BGP community 12076:5030, from m365
192.0.2.1                 bypass   Optimize  rule              192.0.2.0/24                    set 1, Exchange, m365
    inside one prefix:
      192.0.2.0/24: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
[1]

What people paste: without scheme, with user, path, brackets, a dot or a slash at the end, an empty port.

$ m365ctl lookup -t m365.rules outlook.office365.com/owa/ 'https://user:pass@outlook.office365.com:993/x' outlook.office365.com./ \
>     '<https://outlook.office365.com/>' '"outlook.office365.com"' //outlook.office365.com/owa outlook.office365.com: 'me@outlook.office365.com' ' outlook.office365.com '
outlook.office365.com/owa/                     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
https://user:pass@outlook.office365.com:993/x  bypass   Allow     rule              outlook.office365.com           set 2, Exchange, m365
outlook.office365.com./                        bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
<https://outlook.office365.com/>               bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
"outlook.office365.com"                        bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
//outlook.office365.com/owa                    bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
outlook.office365.com:                         bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
me@outlook.office365.com                       bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
 outlook.office365.com                         bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
$ m365ctl lookup -t m365.rules 'outlook.office365.com@evil.example/x' 'evil.example/outlook.office365.com' 'evil.example\@outlook.office365.com' '[2603:1006::1]:443/x'
outlook.office365.com@evil.example/x  inspect  -         no-rule
evil.example/outlook.office365.com    inspect  -         no-rule
evil.example\@outlook.office365.com   inspect  -         no-rule
[2603:1006::1]:443/x                  bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
    inside one prefix:
      2603:1006::/40: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
[1]
$ m365ctl lookup -t m365.rules --json outlook.office365.com/owa/
{"query":"outlook.office365.com/owa/","host":"outlook.office365.com","port":443,"sni":null,"action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365"}
$ printf 'outlook.office365.com\0.evil.example\n' | m365ctl lookup -t m365.rules
outlook.office365.com?.evil.example       inspect  -         bad-name
[1]

A prefix: what it holds, what holds it, and what the addresses in it get.

$ cat > nets.rules <<'END'
> optimize 52.96.0.0/14 id=1 area=Exchange tcp=80,443
> allow 52.112.0.0/14 id=11 area=Skype tcp=443
> inspect 52.97.0.0/16
> allow 2001:db8::/32
> END
$ m365ctl lookup -t nets.rules 52.96.0.0/14
52.96.0.0/14              mixed    3 ranges
52.96.0.0-52.96.255.255   bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
52.97.0.0-52.97.255.255   inspect  -         local-inspect     52.97.0.0/16                    local, nets
52.98.0.0-52.99.255.255   bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    holds 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
    holds 52.97.0.0/16 (local line, inspect, from nets)
    inside no wider prefix
[1]
$ m365ctl lookup -t nets.rules 52.98.0.0/16
52.98.0.0/16              bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    holds no prefix of a rule
    inside 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
$ m365ctl lookup -t nets.rules 52.0.0.0/8
52.0.0.0/8                mixed    7 ranges
52.0.0.0-52.95.255.255    inspect  -         no-rule
52.96.0.0-52.96.255.255   bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
52.97.0.0-52.97.255.255   inspect  -         local-inspect     52.97.0.0/16                    local, nets
52.98.0.0-52.99.255.255   bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
52.100.0.0-52.111.255.255 inspect  -         no-rule
52.112.0.0-52.115.255.255 bypass   Allow     rule              52.112.0.0/14                   set 11, Skype, nets
52.116.0.0-52.255.255.255 inspect  -         no-rule
    holds 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
    holds 52.97.0.0/16 (local line, inspect, from nets)
    holds 52.112.0.0/14 (set 11, Allow, Skype, TCP 443, optional, from nets)
    inside no wider prefix
[1]
$ m365ctl lookup -t nets.rules 52.97.3.0/24 192.0.2.0/24 2001:db8:1::/48 2001:db8::/31
52.97.3.0/24              inspect  -         local-inspect     52.97.0.0/16                    local, nets
    holds no prefix of a rule
    inside 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
    inside 52.97.0.0/16 (local line, inspect, from nets)
192.0.2.0/24              inspect  -         no-rule
    holds no prefix of a rule
    inside no wider prefix
2001:db8:1::/48           bypass   Allow     rule              2001:db8::/32                   local, nets
    holds no prefix of a rule
    inside 2001:db8::/32 (local line, Allow, from nets)
2001:db8::/31             mixed    2 ranges
2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff  bypass   Allow     rule              2001:db8::/32                   local, nets
2001:db9::-2001:db9:ffff:ffff:ffff:ffff:ffff:ffff  inspect  -         no-rule
    holds 2001:db8::/32 (local line, Allow, from nets)
    inside no wider prefix
[1]
$ m365ctl lookup -t nets.rules 52.98.7.9/16 52.98.7.9/32 52.98.7.9
52.98.7.9/16              bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    holds no prefix of a rule
    inside 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
52.98.7.9/32              bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    holds no prefix of a rule
    inside 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
52.98.7.9                 bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, optional, from nets
$ m365ctl lookup -t nets.rules --json 52.96.0.0/14 52.98.0.0/16 192.0.2.0/24
{"query":"52.96.0.0/14","prefix":"52.96.0.0/14","port":443,"action":"mixed","ranges":[{"first":"52.96.0.0","last":"52.96.255.255","action":"bypass","category":"Optimize","why":"rule","rule":"52.96.0.0/14","id":1,"area":"Exchange","source":"nets"},{"first":"52.97.0.0","last":"52.97.255.255","action":"inspect","category":null,"why":"local-inspect","rule":"52.97.0.0/16","id":null,"area":null,"source":"nets"},{"first":"52.98.0.0","last":"52.99.255.255","action":"bypass","category":"Optimize","why":"rule","rule":"52.96.0.0/14","id":1,"area":"Exchange","source":"nets"}],"holds":[{"rule":"52.96.0.0/14","category":"Optimize","id":1,"area":"Exchange","source":"nets","required":false,"expressRoute":false,"community":null,"tcp":"80,443","udp":null},{"rule":"52.97.0.0/16","category":null,"id":null,"area":null,"source":"nets","required":false,"expressRoute":false,"community":null,"tcp":"1-65535","udp":null}],"inside":[]}
{"query":"52.98.0.0/16","prefix":"52.98.0.0/16","port":443,"action":"bypass","ranges":[{"first":"52.98.0.0","last":"52.98.255.255","action":"bypass","category":"Optimize","why":"rule","rule":"52.96.0.0/14","id":1,"area":"Exchange","source":"nets"}],"holds":[],"inside":[{"rule":"52.96.0.0/14","category":"Optimize","id":1,"area":"Exchange","source":"nets","required":false,"expressRoute":false,"community":null,"tcp":"80,443","udp":null}]}
{"query":"192.0.2.0/24","prefix":"192.0.2.0/24","port":443,"action":"inspect","ranges":[{"first":"192.0.2.0","last":"192.0.2.255","action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"source":null}],"holds":[],"inside":[]}
[1]
$ printf '52.98.0.0/16\n52.98.0.0/33\n52.98.0.0/999999999999\n::ffff:52.98.0.0/112\n::ffff:52.98.0.1/112\n52.98.0.0/x\n' | m365ctl lookup -t nets.rules
52.98.0.0/16                              bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    holds no prefix of a rule
    inside 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
52.98.0.0/33                              inspect  -         bad-name
52.98.0.0/999999999999                    inspect  -         bad-name
::ffff:52.98.0.0/112                      bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
    holds no prefix of a rule
    inside 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, optional, from nets)
::ffff:52.98.0.1/112                      inspect  -         bad-name
52.98.0.0/x                               bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, nets
[1]
$ awk 'BEGIN { for (i = 0; i < 60; i++) print "allow 10.0." i ".0/24 id=" i; }' > many.rules
$ m365ctl lookup -t many.rules 10.0.0.0/16
10.0.0.0/16               mixed    61 ranges
    bypass, Allow: 60 ranges, 15360 addresses
    inspect, no-rule: 1 range, 50176 addresses
    holds 60 prefixes of rules:
      1 prefix, /24: set 0, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 1, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 2, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 3, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 4, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 5, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 6, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 7, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 8, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 9, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 10, Allow, TCP 80,443, optional, from many
      1 prefix, /24: set 11, Allow, TCP 80,443, optional, from many
      and those of 48 more sets
    inside no wider prefix
    --explain lists every range and every prefix
[1]
$ m365ctl lookup -t many.rules --explain 10.0.0.0/16 | wc -l
123
$ m365ctl lookup -t worldwide.rules 0.0.0.0/0 | head -n 1; m365ctl lookup -t worldwide.rules ::/0 | head -n 1
0.0.0.0/0                 mixed    223 ranges
::/0                      mixed    111 ranges

What is pasted is understood, or refused: never answered as something else.

$ m365ctl lookup -t m365.rules 52.96.1.1/255.252.0.0 '52.96.1.1 255.252.0.0' 52.96.0.0/14:443 52.96.0.0-52.99.255.255 '52.96.0.0 - 52.99.255.255' \
    2603:1006::-2603:1006:ff:ffff:ffff:ffff:ffff:ffff | grep -v '^ '
52.96.1.1/255.252.0.0                             bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
52.96.1.1 255.252.0.0                             bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
52.96.0.0/14:443                                  bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
52.96.0.0-52.99.255.255                           bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
52.96.0.0 - 52.99.255.255                         bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
2603:1006::-2603:1006:ff:ffff:ffff:ffff:ffff:ffff bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
$ m365ctl lookup -t m365.rules --json 52.96.1.1/255.252.0.0 | grep -o '"query":.*"port"'
"query":"52.96.1.1/255.252.0.0","prefix":"52.96.0.0/14","port"
$ m365ctl lookup -t m365.rules '"outlook.office365.com",' 'outlook.office365.com;' '‘outlook.office365.com’' '„outlook.office365.com“' \
    hxxps://outlook.office365.com hxxps://outlook[.]office365[.]com/x https:/outlook.office365.com/ https//outlook.office365.com 'https:\\outlook.office365.com'
"outlook.office365.com",             bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
outlook.office365.com;               bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
‘outlook.office365.com’              bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
„outlook.office365.com“              bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
hxxps://outlook.office365.com        bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
hxxps://outlook[.]office365[.]com/x  bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
https:/outlook.office365.com/        bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
https//outlook.office365.com         bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
https:\\outlook.office365.com        bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
$ m365ctl lookup -t m365.rules 52.96.0.0/14:80 52.96.0.0/255.0.255.0 52.96.0.0-52.98.0.0 52.99.0.0-52.96.0.0 300.1.1.1 10.1 10.0.0/8 0x34.96.0.0x1 \
    2130706433 52.96.0.1. 52.96.0.0-255 '*.office365.com' '<tenant>.sharepoint.com' '~out.*'
52.96.0.0/14:80           inspect  -         bad-name
52.96.0.0/255.0.255.0     inspect  -         bad-name
52.96.0.0-52.98.0.0       inspect  -         bad-name
52.99.0.0-52.96.0.0       inspect  -         bad-name
300.1.1.1                 inspect  -         bad-name
10.1                      inspect  -         bad-name
10.0.0/8                  inspect  -         bad-name
0x34.96.0.0x1             inspect  -         bad-name
2130706433                inspect  -         bad-name
52.96.0.1.                inspect  -         bad-name
52.96.0.0-255             inspect  -         bad-name
*.office365.com           inspect  -         bad-name
<tenant>.sharepoint.com   inspect  -         bad-name
~out.*                    inspect  -         bad-name
[1]
$ m365ctl lookup -t m365.rules 2603:1006::1:443 [2603:1006::1]:443 2603:1006:0:0:0:0:0:1:443 2603::443
m365ctl: '2603:1006::1:443' is read as an address without a port; with one, write '[2603:1006::1]:443'
2603:1006::1:443           bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
    inside one prefix:
      2603:1006::/40: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
[2603:1006::1]:443         bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
    inside one prefix:
      2603:1006::/40: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
2603:1006:0:0:0:0:0:1:443  bypass   Optimize  rule              2603:1006::/40                  set 1, Exchange, m365
    inside one prefix:
      2603:1006::/40: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
2603::443                  inspect  -         no-rule
    no prefix in force contains 2603::443
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
[1]
