# `m365ctl lookup --explain`: sentences for a person.

$ m365ctl lookup -t m365.rules --explain outlook.office365.com
outlook.office365.com     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
    decided by 'outlook.office365.com' (set 1, Optimize, Exchange, required, ExpressRoute, from m365): the most specific rule for TCP 443, and Optimize is bypassed
    'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    '*.office365.com' (set 71, Default) is less specific

$ m365ctl lookup -t m365.rules --explain outlook.office365.com:993
outlook.office365.com:993  bypass   Allow     rule              outlook.office365.com           set 2, Exchange, m365
    decided by 'outlook.office365.com' (set 2, Allow, Exchange, ExpressRoute, from m365): the most specific rule for TCP 993, and Allow is bypassed
    'outlook.office365.com' (set 1, Optimize) is for TCP 80,443 only: does not speak for TCP 993
    '*.office365.com' (set 71, Default) is for TCP 80,443 only: does not speak for TCP 993

The most specific rule wins, even if a stronger category matches.

$ m365ctl lookup -t m365.rules --explain cdn.odc.officeapps.live.com
cdn.odc.officeapps.live.com  inspect  Default   category          cdn.odc.officeapps.live.com     set 91, Common, m365
    decided by 'cdn.odc.officeapps.live.com' (set 91, Default, Common, from m365): the most specific rule for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
    '*.officeapps.live.com' (set 46, Allow) is less specific
[1]

$ m365ctl lookup -t m365.rules --explain --precedence highest cdn.odc.officeapps.live.com
cdn.odc.officeapps.live.com  bypass   Allow     rule              *.officeapps.live.com           set 46, Common, m365
    decided by '*.officeapps.live.com' (set 46, Allow, Common, required, from m365): the strongest category for TCP 443, and Allow is bypassed
    'cdn.odc.officeapps.live.com' (set 91, Default) has a weaker category

$ m365ctl lookup -t m365.rules --explain --bypass Optimize login.microsoftonline.com
login.microsoftonline.com  inspect  Allow     category          login.microsoftonline.com       set 56, Common, m365
    decided by 'login.microsoftonline.com' (set 56, Allow, Common, required, from m365): the most specific rule for TCP 443, and Allow is not bypassed
    categories that are bypassed here: Optimize
[1]

$ m365ctl lookup -t m365.rules --explain xcdn.onenote.net
xcdn.onenote.net          inspect  Default   category          *cdn.onenote.net                set 51, Common, m365
    decided by '*cdn.onenote.net' (set 51, Default, Common, required, from m365): the most specific rule for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
[1]

Names and addresses that are not listed.

$ m365ctl lookup -t m365.rules --explain www.example.com
www.example.com           inspect  -         no-rule
    no rule in force matches 'www.example.com': it is not on any list, so it is inspected like any other Internet traffic
[1]

$ m365ctl lookup -t m365.rules --explain teams.microsoft.com
teams.microsoft.com       inspect  -         no-rule
    no rule in force matches 'teams.microsoft.com': it is not on any list, so it is inspected like any other Internet traffic
    '*.teams.microsoft.com' matches the names below 'teams.microsoft.com', but not 'teams.microsoft.com' itself
[1]

$ m365ctl lookup -t m365.rules --explain 13.89.219.246
13.89.219.246             inspect  -         no-rule
    no prefix in force contains 13.89.219.246
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
[1]

Addresses.

$ m365ctl lookup -t m365.rules --explain 52.114.119.85
52.114.119.85             inspect  -         port
    rules match, but none of them speaks for TCP 443: a rule speaks only for the ports of its set
    inside 52.112.0.0/14, set 11, UDP 3478-3481 only: does not speak for TCP 443
    set 11 is for calls and meetings: their media uses UDP 3478-3481, which never reaches Squid; allow it on the firewall
    inside one prefix:
      52.112.0.0/14: set 11, Optimize, Skype, UDP 3478-3481, required, ExpressRoute, BGP community 12076:5030, from m365
[1]

$ m365ctl lookup -t m365.rules --explain 52.97.1.1
52.97.1.1                 bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
    decided by 52.96.0.0/14 (set 1, Optimize, Exchange, required, ExpressRoute, from m365): the longest prefix for TCP 443, and Optimize is bypassed
    inside 52.96.0.0/14, set 2, TCP 143,587,993,995 only: does not speak for TCP 443
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
      52.96.0.0/14: set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365

$ m365ctl lookup -t m365.rules --explain 52.97.1.1:993
52.97.1.1:993             bypass   Allow     rule              52.96.0.0/14                    set 2, Exchange, m365
    decided by 52.96.0.0/14 (set 2, Allow, Exchange, ExpressRoute, from m365): the longest prefix for TCP 993, and Allow is bypassed
    inside 52.96.0.0/14, set 1, TCP 80,443 only: does not speak for TCP 993
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
      52.96.0.0/14: set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365

Ports.

$ m365ctl lookup -t m365.rules --explain outlook.office365.com:8080
outlook.office365.com:8080  inspect  -         port
    rules match, but none of them speaks for TCP 8080: a rule speaks only for the ports of its set
    'outlook.office365.com' (set 1, Optimize) is for TCP 80,443 only: does not speak for TCP 8080
    'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 8080
    '*.office365.com' (set 71, Default) is for TCP 80,443 only: does not speak for TCP 8080
[1]

$ m365ctl lookup -t m365.rules --explain outlook.office365.com:70000
outlook.office365.com:70000  inspect  -         bad-port
    a port is a number from 1 to 65535
[1]

Local lines.

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 --explain login.microsoftonline.com
login.microsoftonline.com  inspect  -         local-inspect     login.microsoftonline.com       local, local
    decided by 'login.microsoftonline.com' (local line, inspect, from local): an inspect line beats every other rule, even a more specific one
    to change this, edit that line in its file: no other rule can overrule it
    'login.microsoftonline.com' (set 56, Allow) loses to the inspect line
[1]

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 --explain 20.190.128.1
20.190.128.1              inspect  -         local-inspect
    the address 20.190.128.1 alone would be bypassed, but an inspect line matches a name of the same endpoint set, and without an SNI nobody can tell which name is meant
    let Squid peek at the SNI (ssl_bump peek at step 1) and send it to the helper, or look up the host name
    inside 20.190.128.0/18, set 56 would decide on its own
    inside one prefix:
      20.190.128.0/18: set 56, Allow, Common, TCP 80,443, required, from m365
[1]

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 --explain partner.example old.partner.example blocked.example srv1.lab.example 203.0.113.9
partner.example           bypass   Allow     rule              .partner.example                local, local
    decided by '.partner.example' (local line, Allow, from local): the most specific rule for TCP 443, and Allow is bypassed
old.partner.example       bypass   Allow     rule              .partner.example                local, local
    decided by '.partner.example' (local line, Allow, from local): the most specific rule for TCP 443, and Allow is bypassed
    'old.partner.example' (local line, Allow) expired on 2026-01-01
blocked.example           inspect  -         local-inspect     blocked.example                 local, local
    decided by 'blocked.example' (local line, inspect, from local): an inspect line beats every other rule, even a more specific one
    the day of that line was 2026-01-01, but an inspect line stays in force after its day
    to change this, edit that line in its file: no other rule can overrule it
srv1.lab.example          bypass   Allow     rule              ~srv[0-9]+\.lab\.example        local, local
    decided by '~srv[0-9]+\.lab\.example' (local line, Allow, from local): the most specific rule for TCP 443, and Allow is bypassed
203.0.113.9               bypass   Allow     rule              203.0.113.0/24                  local, local
    decided by 203.0.113.0/24 (local line, Allow, from local): the longest prefix for TCP 443, and Allow is bypassed
    inside one prefix:
      203.0.113.0/24: local line, Allow, from local
[1]

Tenants.

$ m365ctl lookup -t m365.rules --explain contoso.sharepoint.com
contoso.sharepoint.com    bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
    decided by '*.sharepoint.com' (set 31, Optimize, SharePoint, required, from m365): the most specific rule for TCP 443, and Optimize is bypassed
    no tenants are configured, so the tenants of all organisations are bypassed

$ m365ctl lookup -t m365.rules --explain --tenant contoso --tenant fabrikam evil.sharepoint.com contoso.sharepoint.com
evil.sharepoint.com       inspect  -         foreign-tenant
    'evil' below 'sharepoint.com' is not one of your tenants (contoso, fabrikam)
    traffic to other organisations' tenants is inspected, because data could leave through them unseen; if the tenant is yours, add it to the configuration
    '*.sharepoint.com' (set 31, Optimize) would decide on its own
contoso.sharepoint.com    bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
    decided by '*.sharepoint.com' (set 31, Optimize, SharePoint, required, from m365): the most specific rule for TCP 443, and Optimize is bypassed
    'contoso' below 'sharepoint.com' belongs to your tenant 'contoso'
[1]

Destination, SNI and address that do not agree.

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port 'outlook.office365.com,www.example.com,443'
outlook.office365.com,www.example.com,443  inspect  -         sni-mismatch
    the destination 'outlook.office365.com' alone would be bypassed, but the SNI 'www.example.com' is inspected (why no-rule)
    a client can name one host in its CONNECT and talk to another in TLS, so both must be bypassed; if the SNI belongs to the service, it needs a rule of its own
    'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    '*.office365.com' (set 71, Default) is less specific
    'outlook.office365.com' (set 1, Optimize) would decide on its own
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port 'outlook.office365.com,1.2.3.4,443'
outlook.office365.com,1.2.3.4,443  inspect  -         sni-mismatch
    the destination 'outlook.office365.com' alone would be bypassed, but the SNI is not a host name and is therefore inspected (why bad-name)
    a client can name one host in its CONNECT and talk to another in TLS, so both must be bypassed; if the SNI belongs to the service, it needs a rule of its own
    'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    '*.office365.com' (set 71, Default) is less specific
    'outlook.office365.com' (set 1, Optimize) would decide on its own
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port '52.120.0.1,outlook.office365.com,443'
52.120.0.1,outlook.office365.com,443  inspect  -         address-mismatch
    'outlook.office365.com' alone would be bypassed (set 1, Optimize), but the address 52.120.0.1 is not in any prefix of that set
    a client can claim any name for any address; if the claim is honest, client and proxy got different answers from DNS: let both use the same resolver
    inside 52.120.0.0/14, set 12 would decide on its own
    SNI: 'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    SNI: '*.office365.com' (set 71, Default) is less specific
    SNI: 'outlook.office365.com' (set 1, Optimize) would decide on its own
    inside one prefix:
      52.120.0.0/14: set 12, Allow, Skype, TCP 80,443, UDP 443, required, from m365
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port '52.97.1.1,outlook.office365.com,443'
52.97.1.1,outlook.office365.com,443  bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
    decided by 'outlook.office365.com', found by the SNI (set 1, Optimize, Exchange, required, ExpressRoute, from m365): the most specific rule for TCP 443, and Optimize is bypassed
    inside 52.96.0.0/14, set 2, TCP 143,587,993,995 only: does not speak for TCP 443
    inside 52.96.0.0/14, set 1: it belongs to the endpoint set that decides, as it must
    SNI: 'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    SNI: '*.office365.com' (set 71, Default) is less specific
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
      52.96.0.0/14: set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port 'outlook.office365.com,www.teams.microsoft.com,443'
outlook.office365.com,www.teams.microsoft.com,443 bypass   Allow     rule              *.teams.microsoft.com           set 12, Skype, m365
    decided by '*.teams.microsoft.com', found by the SNI (set 12, Allow, Skype, required, from m365): the most specific rule for TCP 443, and Allow is bypassed; the weaker category of destination and SNI counts
    'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    '*.office365.com' (set 71, Default) is less specific
    'outlook.office365.com' (set 1, Optimize) would decide on its own

$ m365ctl lookup -t m365.rules --explain -F dst,sni,la,port 'outlook.office365.com,-,198.51.100.1,443'
outlook.office365.com,-,198.51.100.1,443  inspect  -         address-mismatch
    'outlook.office365.com' alone would be bypassed (set 1, Optimize), but the original destination 198.51.100.1 is not in any prefix of that set
    a client can claim any name for any address; if the claim is honest, client and proxy got different answers from DNS: let both use the same resolver
    'outlook.office365.com' (set 2, Allow) is for TCP 143,587,993,995 only: does not speak for TCP 443
    '*.office365.com' (set 71, Default) is less specific
    'outlook.office365.com' (set 1, Optimize) would decide on its own
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,la,port 'x.officeapps.live.com,-,198.51.100.1,443'
x.officeapps.live.com,-,198.51.100.1,443  inspect  -         address-mismatch
    'x.officeapps.live.com' alone would be bypassed (set 46, Allow), but the original destination 198.51.100.1 cannot be checked: that set publishes no addresses, and there is no SNI
    a client can claim any name for any address; if the claim is honest, client and proxy got different answers from DNS: let both use the same resolver
    '*.officeapps.live.com' (set 46, Allow) would decide on its own
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,la,port 'x.officeapps.live.com,-,nonsense,443'
x.officeapps.live.com,-,nonsense,443  inspect  -         address-mismatch
    'x.officeapps.live.com' alone would be bypassed (set 46, Allow), but the original destination is not an address
    a client can claim any name for any address; if the claim is honest, client and proxy got different answers from DNS: let both use the same resolver
    '*.officeapps.live.com' (set 46, Allow) would decide on its own
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,la,port 'x.officeapps.live.com,x.officeapps.live.com,198.51.100.1,443'
x.officeapps.live.com,x.officeapps.live.com,198.51.100.1,443  bypass   Allow     rule              *.officeapps.live.com           set 46, Common, m365
    decided by '*.officeapps.live.com' (set 46, Allow, Common, required, from m365): the most specific rule for TCP 443, and Allow is bypassed

Names that are not valid.

$ m365ctl lookup -t m365.rules --explain 'out%6cook.office365.com' 'a b' 'a..b' ''
out%6cook.office365.com   inspect  -         bad-name
    a host name cannot contain '%' (byte 4); nothing is decoded
    without a valid name no rule can match, so the request is inspected
a b                       inspect  -         bad-name
    a host name cannot contain a space (byte 2)
    without a valid name no rule can match, so the request is inspected
a..b                      inspect  -         bad-name
    that is not a host name: it must have labels of 1 to 63 letters, digits, '-' or '_', and at most 253 bytes
    without a valid name no rule can match, so the request is inspected
                          inspect  -         bad-name
    there is no destination
    without a valid name no rule can match, so the request is inspected
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port 'outlook.office365.com,443'
outlook.office365.com,443  inspect  -         bad-line
    the line has fewer fields than -F names; write '-' for a field that is absent
[1]

$ m365ctl lookup -t m365.rules --explain -F dst,sni,port '52.97.1.1,1.2.3.4,443'
52.97.1.1,1.2.3.4,443     inspect  -         bad-name
    the SNI is not a host name, and an address does not count as one
    without a valid name no rule can match, so the request is inspected
    inside 52.96.0.0/14, set 2, TCP 143,587,993,995 only: does not speak for TCP 443
    inside 52.96.0.0/14, set 1 would decide on its own
    inside one prefix:
      52.96.0.0/14: set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365
      52.96.0.0/14: set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365
[1]

A regex that takes too long counts as matching on an inspect line, and as not matching on any other line.

$ cat > slow.rules <<'END'
> allow ~(a+)+c[0-9]
> inspect ~(x+)+z[0-9]
> END
$ m365ctl lookup -t slow.rules --explain aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxz
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac  inspect  -         no-rule
    no rule in force matches 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac': it is not on any list, so it is inspected like any other Internet traffic
    '~(a+)+c[0-9]' (local line, Allow) took too long on this name, so it counts as not matching
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxz  inspect  -         local-inspect     ~(x+)+z[0-9]                    local, slow
    decided by '~(x+)+z[0-9]' (local line, inspect, from slow): an inspect line beats every other rule, even a more specific one
    to change this, edit that line in its file: no other rule can overrule it
[1]

What cannot be asked, and what to ask instead.

$ m365ctl lookup -t m365.rules --tenant contoso --explain '*.Auth.microsoft.com' 'https://<tenant>-my.sharepoint.com/x' .office.com 'a.*.b.example' '~srv[0-9]+\.example'
*.Auth.microsoft.com                  inspect  -         bad-name
    '*.auth.microsoft.com' is a pattern, not a host name; ask about a host that it matches, as 'm365ctl lookup x.auth.microsoft.com'
    no row of this pattern is held
https://<tenant>-my.sharepoint.com/x  inspect  -         bad-name
    '<tenant>-my.sharepoint.com' is a pattern, not a host name; ask about a host that it matches, as 'm365ctl lookup contoso-my.sharepoint.com'
    no row of this pattern is held
.office.com                           inspect  -         bad-name
    '.office.com' is a pattern, not a host name; ask about a host that it matches, as 'm365ctl lookup x.office.com'
    no row of this pattern is held
a.*.b.example                         inspect  -         bad-name
    'a.*.b.example' is a pattern, not a host name; ask about a host that it matches, as 'm365ctl lookup a.x.b.example'
    no row of this pattern is held
~srv[0-9]+\.example                   inspect  -         bad-name
    '~srv[0-9]+\.example' is a regex, not a host name; ask about a host that it matches
    no row of this pattern is held
[1]
$ m365ctl lookup -t m365.rules --explain '<tenant>.sharepoint.com' 300.1.1.1 10.0.0/8 52.96.0.0/0.3.255.255 52.96.0.0/255.0.255.0 52.96.0.0/33 \
    52.96.0.0/14:80 2603:1006::/40:80 52.99.0.0-52.96.0.0 52.96.0.0-52.100.255.255 0.0.0.1-0.0.0.254 255.255.255.254-255.255.255.255
<tenant>.sharepoint.com          inspect  -         bad-name
    '<tenant>.sharepoint.com' is a pattern, not a host name; ask about a host that it matches, as 'm365ctl lookup contoso.sharepoint.com'
    no row of this pattern is held
300.1.1.1                        inspect  -         bad-name
    '300.1.1.1' is neither a name nor an address; write addresses as 192.0.2.1 or 192.0.2.0/24
10.0.0/8                         inspect  -         bad-name
    '10.0.0' is neither a name nor an address; write addresses as 192.0.2.1 or 192.0.2.0/24
52.96.0.0/0.3.255.255            inspect  -         bad-name
    '0.3.255.255' is not a netmask but a wildcard mask; ask about '52.96.0.0/14'
52.96.0.0/255.0.255.0            inspect  -         bad-name
    '255.0.255.0' is not a netmask; write a prefix as 192.0.2.0/24
52.96.0.0/33                     inspect  -         bad-name
    '52.96.0.0/33': the prefix length 33 is larger than 32
52.96.0.0/14:80                  inspect  -         bad-name
    a prefix is asked about at port 443; at port 80 ask about an address in it, as '52.96.0.0:80'
2603:1006::/40:80                inspect  -         bad-name
    a prefix is asked about at port 443; at port 80 ask about an address in it, as '[2603:1006::]:80'
52.99.0.0-52.96.0.0              inspect  -         bad-name
    the range ends before it begins
52.96.0.0-52.100.255.255         inspect  -         bad-name
    that range is more than one prefix; ask about each: 52.96.0.0/14 52.100.0.0/16
0.0.0.1-0.0.0.254                inspect  -         bad-name
    that range is more than one prefix; ask about each: 0.0.0.1/32 0.0.0.2/31 0.0.0.4/30 0.0.0.8/29 and more
255.255.255.254-255.255.255.255  inspect  -         no-rule
    holds no prefix of a rule
    inside no wider prefix
[1]
