# `m365ctl table`: the normal form, and that it can be read again.

$ m365ctl table -t m365.rules
# version: 2025120100
optimize outlook.office365.com           id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 52.96.0.0/14                    id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 2603:1006::/40                  id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
allow    outlook.office365.com           id=2 area=Exchange tcp=143,587,993,995 expressroute source=m365
allow    52.96.0.0/14                    id=2 area=Exchange tcp=143,587,993,995 expressroute source=m365
allow    autodiscover.*.onmicrosoft.com  id=8 area=Exchange tcp=80,443 required source=m365
optimize 52.112.0.0/14                   id=11 area=Skype udp=3478-3481 required expressroute source=m365
allow    *.teams.microsoft.com           id=12 area=Skype tcp=80,443 udp=443 required source=m365
allow    52.120.0.0/14                   id=12 area=Skype tcp=80,443 udp=443 required source=m365
optimize *.sharepoint.com                id=31 area=SharePoint tcp=80,443 required source=m365
allow    *.officeapps.live.com           id=46 area=Common tcp=80,443 required source=m365
default  *cdn.onenote.net                id=51 area=Common tcp=443 required source=m365
default  officeapps.live.com             id=53 area=Common tcp=443 required source=m365
allow    login.microsoftonline.com       id=56 area=Common tcp=80,443 required source=m365
allow    20.190.128.0/18                 id=56 area=Common tcp=80,443 required source=m365
default  *.office365.com                 id=71 area=Common tcp=80,443 source=m365
default  cdn.odc.officeapps.live.com     id=91 area=Common tcp=80,443 source=m365

$ m365ctl table -t m365.rules > once.rules; m365ctl table -t once.rules > twice.rules; cmp once.rules twice.rules

$ m365ctl table -t local.rules
allow    .partner.example           tcp=443,8443 source=local
inspect  blocked.example            source=local expires=2026-01-01
inspect  login.microsoftonline.com  source=local owner=alice ticket=NET-1234 note="tenant restrictions"
allow    old.partner.example        source=local expires=2026-01-01
allow    ~srv[0-9]+\.lab\.example   source=local
allow    203.0.113.0/24             source=local

$ m365ctl table -t m365.json
optimize *.mail.example.com   id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize outlook.example.com  id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 192.0.2.0/24         id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 2001:db8::/32        id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 198.51.100.0/24      id=11 area=Skype udp=3478-3481 required expressroute source=m365 note="media  only"
default  cdn.example.net      id=26 area=Common tcp=443 source=m365

$ m365ctl table -t allow:partners.txt
allow    *.two.example    source=partners
allow    one.example      source=partners
allow    198.51.100.0/24  source=partners

$ m365ctl table -t m365.json -t allow:partners.txt -t local.rules > a.rules; m365ctl table -t a.rules | cmp - a.rules

The order of the sources only affects the order of their rules.

$ m365ctl table -t allow:partners.txt -t m365.json
allow    *.two.example        source=partners
allow    one.example          source=partners
allow    198.51.100.0/24      source=partners
optimize *.mail.example.com   id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize outlook.example.com  id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 192.0.2.0/24         id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 2001:db8::/32        id=1 area=Exchange tcp=80,443 udp=443 required expressroute source=m365
optimize 198.51.100.0/24      id=11 area=Skype udp=3478-3481 required expressroute source=m365 note="media  only"
default  cdn.example.net      id=26 area=Common tcp=443 source=m365

A byte order mark, CRLF line ends, empty lines, no newline at the end.

$ printf '\357\273\277# version: 1\r\n\r\nallow a.example\r\ninspect b.example' > crlf.rules; m365ctl table -t crlf.rules
# version: 1
allow    a.example  source=crlf
inspect  b.example  source=crlf

$ printf '' > empty.rules; m365ctl table -t empty.rules
m365ctl: cannot load 'empty.rules': the file is empty; is the disk full?
[2]

$ cat > twice.rules <<'END'
> allow a.example
> allow a.example
> allow A.EXAMPLE.
> END
$ m365ctl table -t twice.rules
allow    a.example  source=twice

Quotes, prefixes, ports, names of every form.

$ cat > forms.rules <<'END'
> default a.example note="with \"quotes\" and \\ and # in it" owner=bob ticket="A 1" gen=7
> allow .b.example tcp=443,80,81,8000-8002,8003
> allow *.c.example
> allow *d.e.example
> allow f.*.g.example
> allow f-*.h.example
> inspect ~.*\.i\.example
> inspect "~a b"
> allow 192.0.2.1
> allow ::ffff:198.51.100.0/120
> allow 2001:DB8:0:0::/48
> inspect *
> default bücher.example
> END
> m365ctl table -t forms.rules > forms.out; cat forms.out; m365ctl table -t forms.out | cmp - forms.out
inspect  *                      source=forms
allow    *.c.example            source=forms
allow    *d.e.example           source=forms
allow    .b.example             tcp=80-81,443,8000-8003 source=forms
default  a.example              source=forms owner=bob ticket="A 1" gen=7 note="with \"quotes\" and \\ and # in it"
allow    f-*.h.example          source=forms
allow    f.*.g.example          source=forms
default  xn--bcher-kva.example  source=forms
inspect  ~.*\.i\.example        source=forms
inspect  "~a b"                 source=forms
allow    192.0.2.1/32           source=forms
allow    198.51.100.0/24        source=forms
allow    2001:db8::/48          source=forms

Documents: members in any order, unknown, empty and missing members, CRLF and a byte order mark, a tenant to fill in.

$ cat > plain.json <<'END'
> [
> {"category":"Allow","unknown":{"a":[1]},"urls":["<tenant>.config.example","autodiscover.*.mail.example"],
>  "tcpPorts":"443,80","notes":"","serviceArea":"Common","id":7},
> {"id":8,"serviceArea":"MEM","category":"Default","udpPorts":"","ips":[],"urls":["x.example"]}
> ]
> END
$ { printf '\357\273\277\r\n'; awk '{ printf "%s%s", end, $0; end = "\r\n" }' plain.json; } > Some.Name-2025120100.json; \
    m365ctl table -t Some.Name-2025120100.json; m365ctl lookup -t Some.Name-2025120100.json --tenant contoso contoso.config.example other.config.example
# version: 2025120100
allow    <tenant>.config.example      id=7 area=Common tcp=80,443 source=Some-Name-2025120100
allow    autodiscover.*.mail.example  id=7 area=Common tcp=80,443 source=Some-Name-2025120100
default  x.example                    id=8 area=MEM source=Some-Name-2025120100
contoso.config.example    bypass   Allow     rule              contoso.config.example          set 7, Common, Some-Name-2025120100
other.config.example      inspect  -         no-rule
[1]

$ printf '[{"id":1,"serviceArea":"Common","category":"Allow","urls":["a.example"]}]' > list-2024-04.json; m365ctl table -t list-2024-04.json
# version: 2024-04
allow    a.example  id=1 area=Common source=list-2024-04

An image does not contain table text.

$ m365ctl compile -t m365.rules -o m365.image; m365ctl table -t m365.image
m365ctl: wrote 'm365.image': 17 rules of 12 sets, 2048 bytes, label 2025120100
m365ctl: 'm365.image' is a compiled image and cannot be merged or printed; name the tables it was made from
[2]

Without a table it is the one in use. -c says whose.

$ mkdir state; printf 'state state\n' >m365.conf; m365ctl table -c m365.conf; m365ctl table -c m365.conf -t m365.rules
m365ctl: nothing is published yet; name a table with '-t FILE'
m365ctl: -c prints the table in use, -t prints another one; leave out one of them
[2]
