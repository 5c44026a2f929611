# `m365ctl check`: each thing it finds in local rules, with file, line and what to do. Exit 1 if anything was found.

Clean: the shipped table, and local rules that each do something.

$ cat > good.rules <<'END'
> allow .partner.example tcp=443 owner=alice ticket=NET-1
> inspect www.partner.example
> allow 198.51.100.0/24
> allow autodiscover.office365.com
> END
$ m365ctl check -t worldwide.rules -t good.rules
m365ctl: 'worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
good.rules: table, 4 rules: 0 optimize, 3 allow, 0 default, 1 inspect; label none

Duplicates: in one file, across files, with other words on the line. Not duplicates: other ports, another verb, another day.

$ cat > twice.rules <<'END'
> allow a.example owner=alice
> allow A.example. owner=bob
> allow 192.0.2.0/24
> allow b.example tcp=443
> allow b.example tcp=80
> allow 192.0.2.0/24
> END
$ printf 'allow a.example\n' > other.rules; m365ctl check -t twice.rules -t other.rules
m365ctl: 'twice.rules': line 2: 'a.example' says the same as line 1; remove one of the two
m365ctl: 'twice.rules': line 6: '192.0.2.0/24' says the same as line 3; remove one of the two
m365ctl: 'other.rules': line 1: 'a.example' says the same as line 1 of 'twice.rules'; remove one of the two
twice.rules: table, 5 rules: 0 optimize, 5 allow, 0 default, 0 inspect; label none
other.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
[1]

$ printf 'a.example\nb.example\nc.example\n' > again.txt; m365ctl check -t allow:again.txt -t allow:again.txt
m365ctl: 'again.txt': line 1: 'a.example' is that name alone, without the names below it, and so are 2 more lines; if those are meant as well, name the list as 'domains:allow:again.txt', in m365.conf 'list domains:allow again.txt', or write '.a.example'
m365ctl: 'again.txt': line 1: 'a.example' says the same as itself, because the file is named twice; name it once
m365ctl: 'again.txt': line 1: 'a.example' is that name alone, without the names below it, and so are 2 more lines; if those are meant as well, name the list as 'domains:allow:again.txt', in m365.conf 'list domains:allow again.txt', or write '.a.example'
again.txt: table, 3 rules: 0 optimize, 3 allow, 0 default, 0 inspect; label none
again.txt: table, 3 rules: 0 optimize, 3 allow, 0 default, 0 inspect; label none
[1]

$ cat > published.rules <<'END'
> allow a.example id=7
> allow a.example id=7
> END
$ m365ctl check -t published.rules
m365ctl: 'published.rules': line 2: 'a.example' says the same as line 1; remove one of the two
published.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
[1]

Never decides: an inspect rule always wins, and so does a rule that is as specific and stronger.

$ cat > beaten.rules <<'END'
> allow x.lab.example
> inspect *.lab.example
> allow 10.1.0.0/16
> inspect 10.0.0.0/8
> allow .shop.example
> inspect .shop.example
> END
$ cat > weaker.rules <<'END'
> default outlook.office365.com
> allow *.sharepoint.com tcp=443
> allow 52.96.0.0/14 tcp=443
> allow media.example udp=3478
> allow srv7.example
> inspect ~srv[0-9]\.example
> END
$ m365ctl check -t m365.rules -t beaten.rules; m365ctl check -t m365.rules -t weaker.rules
m365ctl: 'beaten.rules': line 1: 'x.lab.example' never decides: the inspect rule '*.lab.example' (inspect, 'beaten.rules' line 2) wins over everything; remove the one that is not meant
m365ctl: 'beaten.rules': line 3: '10.1.0.0/16' never decides: the inspect rule '10.0.0.0/8' (inspect, 'beaten.rules' line 4) wins over everything; remove the one that is not meant
m365ctl: 'beaten.rules': line 5: '.shop.example' never decides: the inspect rule '.shop.example' (inspect, 'beaten.rules' line 6) wins over everything; remove the one that is not meant
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
beaten.rules: table, 6 rules: 0 optimize, 3 allow, 0 default, 3 inspect; label none
m365ctl: 'weaker.rules': line 1: 'outlook.office365.com' closes less than it says: on the ports of both 'outlook.office365.com' (Allow, set 2, 'm365.rules' line 6) wins, being stronger, and is bypassed; write 'inspect' if that is what is meant
m365ctl: 'weaker.rules': line 2: '*.sharepoint.com' never decides: '*.sharepoint.com' (Optimize, set 31, 'm365.rules' line 12) wins, being stronger; remove the line, or write 'inspect' if that is what is meant
m365ctl: 'weaker.rules': line 3: '52.96.0.0/14' never decides: '52.96.0.0/14' (Optimize, set 1, 'm365.rules' line 4) wins, being stronger; remove the line, or write 'inspect' if that is what is meant
m365ctl: 'weaker.rules': line 4: 'media.example' never decides: it speaks for UDP ports only, and no request to a proxy has one; leave out 'udp=' or add 'tcp='
m365ctl: 'weaker.rules': line 5: 'srv7.example' never decides: the inspect rule '~srv[0-9]\.example' (inspect, 'weaker.rules' line 6) wins over everything; remove the one that is not meant
m365ctl: 'weaker.rules': line 6: '~srv[0-9]\.example' is very wide, anybody can register a name that matches: an inspect line does no harm, but it takes the bypass from your own names too; name those that are meant
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
weaker.rules: table, 6 rules: 0 optimize, 4 allow, 1 default, 1 inspect; label none
[1]

Not reported if the line wins for some of the ports or names, or if the inspect line speaks for other ports.

$ cat > partly.rules <<'END'
> allow x.lab.example tcp=443
> inspect *.lab.example tcp=80
> allow .b.example
> inspect *.b.example
> allow *a.c.example
> inspect .a.c.example
> END
$ m365ctl check -t partly.rules
partly.rules: table, 6 rules: 0 optimize, 3 allow, 0 default, 3 inspect; label none

Another organisation's tenant, with the tenant guard on.

$ cat > tenant.rules <<'END'
> allow fabrikam.sharepoint.com
> allow *.fabrikam-my.sharepoint.com
> END
$ m365ctl check -t tenant.rules --tenant contoso
m365ctl: 'tenant.rules': line 1: 'fabrikam.sharepoint.com' never decides: it is another organisation's tenant, which the tenant guard inspects; configure the tenant if it is yours, else remove the line
m365ctl: 'tenant.rules': line 2: '*.fabrikam-my.sharepoint.com' never decides: it is another organisation's tenant, which the tenant guard inspects; configure the tenant if it is yours, else remove the line
tenant.rules: table, 2 rules: 0 optimize, 2 allow, 0 default, 0 inspect; label none
[1]

Covered by a published rule, or by a local one.

$ cat > covered.rules <<'END'
> allow word.officeapps.live.com
> allow *.edit.officeapps.live.com tcp=443
> allow 20.190.129.0/24 tcp=443
> optimize outlook.office365.com tcp=443
> allow .partner.example
> allow a.partner.example tcp=443
> inspect *.evil.example
> inspect a.evil.example
> END
$ m365ctl check -t m365.rules -t covered.rules
m365ctl: 'covered.rules': line 2: '*.edit.officeapps.live.com' changes nothing: the published '*.officeapps.live.com' (Allow, set 46, 'm365.rules' line 13) already says so; remove the line
m365ctl: 'covered.rules': line 3: '20.190.129.0/24' changes nothing: the published '20.190.128.0/18' (Allow, set 56, 'm365.rules' line 17) already says so; remove the line
m365ctl: 'covered.rules': line 6: 'a.partner.example' changes nothing: '.partner.example' (Allow, 'covered.rules' line 5) already says so; remove the line
m365ctl: 'covered.rules': line 8: 'a.evil.example' changes nothing: '*.evil.example' (inspect, 'covered.rules' line 7) already says so; remove the line
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
covered.rules: table, 8 rules: 1 optimize, 5 allow, 0 default, 2 inspect; label none
[1]

Not reported if the line overrules a more specific published rule, is stronger, or speaks for more ports.

$ cat > useful.rules <<'END'
> allow cdn.odc.officeapps.live.com
> optimize word.officeapps.live.com
> allow excel.officeapps.live.com tcp=443,8443
> allow outlook.office365.com tcp=110
> END
$ m365ctl check -t m365.rules -t useful.rules
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
useful.rules: table, 4 rules: 1 optimize, 3 allow, 0 default, 0 inspect; label none

With precedence highest, less specific rules also win.

$ printf 'default a.officeapps.live.com tcp=443\n' > low.rules; m365ctl check -t m365.rules -t low.rules; m365ctl check -t m365.rules -t low.rules --precedence highest
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
low.rules: table, 1 rule: 0 optimize, 0 allow, 1 default, 0 inspect; label none
m365ctl: 'low.rules': line 1: 'a.officeapps.live.com' never decides: '*.officeapps.live.com' (Allow, set 46, 'm365.rules' line 13) wins, being stronger; remove the line, or write 'inspect' if that is what is meant
m365.rules: table, 17 rules: 5 optimize, 8 allow, 4 default, 0 inspect; label 2025120100
low.rules: table, 1 rule: 0 optimize, 0 allow, 1 default, 0 inspect; label none
[1]

Too wide, and clouds where customers choose names. On a bypass line the file is refused.

$ cat > wide.rules <<'END'
> default *.com
> inspect *.co.uk
> inspect 0.0.0.0/0
> default *.azureedge.net
> inspect *.blob.core.windows.net
> default *.windows.net
> allow *.cloudapp.net id=7
> default *.cloudapp.net id=8
> allow contoso.azureedge.net
> END
$ m365ctl check -t wide.rules
m365ctl: 'wide.rules': line 1: '*.com' is very wide, anybody can register a name that matches: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: 'wide.rules': line 2: '*.co.uk' is very wide, anybody can register a name that matches: an inspect line does no harm, but it takes the bypass from your own names too; name those that are meant
m365ctl: 'wide.rules': line 3: '0.0.0.0/0' is very wide: an inspect line does no harm, but it takes the bypass from your own names too; name those that are meant
m365ctl: 'wide.rules': line 4: '*.azureedge.net' covers names that any customer of the cloud 'azureedge.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: 'wide.rules': line 5: '*.blob.core.windows.net' covers names that any customer of the cloud 'blob.core.windows.net' may choose: an inspect line does no harm, but it takes the bypass from your own names too; name those that are meant
m365ctl: 'wide.rules': line 6: '*.windows.net' covers names that any customer of the cloud 'blob.core.windows.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: 'wide.rules': line 7: '*.cloudapp.net' covers names that any customer of the cloud 'cloudapp.net' may choose: inspect it with a line of your own until the document names hosts
m365ctl: 'wide.rules': line 8: '*.cloudapp.net' covers names that any customer of the cloud 'cloudapp.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
wide.rules: table, 9 rules: 0 optimize, 2 allow, 4 default, 3 inspect; label none
[1]

$ printf 'default *.trafficmanager.net id=8\n' > remark.rules; m365ctl check -t remark.rules; m365ctl check -t remark.rules --bypass Optimize,Allow,Default
m365ctl: 'remark.rules': line 1: '*.trafficmanager.net' covers names that any customer of the cloud 'trafficmanager.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
remark.rules: table, 1 rule: 0 optimize, 0 allow, 1 default, 0 inspect; label none
m365ctl: 'remark.rules': line 1: '*.trafficmanager.net' covers names that any customer of the cloud 'trafficmanager.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
remark.rules: table, 1 rule: 0 optimize, 0 allow, 1 default, 0 inspect; label none
[1]

$ printf 'allow *.cloudapp.net\n' > refused.rules; m365ctl check -t refused.rules
m365ctl: cannot load 'refused.rules': line 1: '*.cloudapp.net' lets anybody register a name that matches, too wide for a bypass; name the domains
[2]

Dates.

$ cat > dates.rules <<'END'
> allow a.example expires=2026-03-31 owner=alice ticket=NET-1
> allow b.example expires=2026-04-01
> allow c.example expires=2026-03-01 ticket=NET-2
> inspect d.example expires=2026-02-01 owner="Bob B."
> allow e.example expires=2026-03-02
> END
$ m365ctl check -t dates.rules --at 2026-03-01
m365ctl: 'dates.rules': line 1: 'a.example' expires on 2026-03-31, in 30 days, owner 'alice', ticket NET-1; set a later day, or let it expire
m365ctl: 'dates.rules': line 3: 'c.example' expired: it has been left out since 2026-03-01, ticket NET-2; remove the line, or set a later day
m365ctl: 'dates.rules': line 4: 'd.example' stays in force although its day was 2026-02-01, as an inspect line does, owner 'Bob B.'; remove the line, or set a later day
m365ctl: 'dates.rules': line 5: 'e.example' expires on 2026-03-02, in 1 day; set a later day, or let it expire
dates.rules: table, 5 rules: 0 optimize, 4 allow, 0 default, 1 inspect; label none
[1]

$ m365ctl check -t dates.rules --at 2026-01-01; m365ctl check -t dates.rules --at someday
dates.rules: table, 5 rules: 0 optimize, 4 allow, 0 default, 1 inspect; label none
m365ctl: 'someday' is not a day like 2027-03-01
[2]

A line that has expired covers nothing and wins over nothing.

$ cat > gone.rules <<'END'
> allow .p.example expires=2026-01-01
> allow a.p.example
> END
$ m365ctl check -t gone.rules --at 2026-06-01; m365ctl check -t gone.rules --at 2025-06-01
m365ctl: 'gone.rules': line 1: '.p.example' expired: it has been left out since 2026-01-01; remove the line, or set a later day
gone.rules: table, 2 rules: 0 optimize, 2 allow, 0 default, 0 inspect; label none
m365ctl: 'gone.rules': line 2: 'a.p.example' changes nothing: '.p.example' (Allow, 'gone.rules' line 1) already says so; remove the line
gone.rules: table, 2 rules: 0 optimize, 2 allow, 0 default, 0 inspect; label none
[1]

Against a preset: names that it keeps inspected, their addresses, and names that it leaves alone.

$ ln -s "$SOURCE/conf/presets" presets
$ cat > local.rules <<'END'
> allow login.microsoftonline.com
> allow *.microsoftonline.com
> default login.live.com
> allow ~login\.windows\.net
> allow 20.190.129.0/24
> allow 192.0.2.0/24
> inspect *.login.microsoftonline.com
> inspect *.digicert.com
> END
$ m365ctl check -t worldwide.rules -t presets/tenant-restrictions.rules -t presets/revocation.rules -t local.rules
m365ctl: 'worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: 'local.rules': line 1: 'login.microsoftonline.com' would re-open 'login.microsoftonline.com', which a preset keeps inspected ('presets/tenant-restrictions.rules' line 13): the preset wins, and this line does nothing for that name; remove the line, or switch the preset off
m365ctl: 'local.rules': line 2: '*.microsoftonline.com' would re-open 'login.microsoftonline.com', which a preset keeps inspected ('presets/tenant-restrictions.rules' line 13): the preset wins, and this line does nothing for that name; remove the line, or switch the preset off
m365ctl: 'local.rules': line 4: '~login\.windows\.net' would re-open 'login.windows.net', which a preset keeps inspected ('presets/tenant-restrictions.rules' line 15): the preset wins, and this line does nothing for that name; remove the line, or switch the preset off
m365ctl: 'local.rules': line 5: '20.190.129.0/24' opens addresses of set 56, whose 'login.microsoft.com' a preset keeps inspected ('presets/tenant-restrictions.rules' line 14): without a server name a connection to them would pass; leave addresses to the published document, or name hosts
m365ctl: 'local.rules': line 7: '*.login.microsoftonline.com' inspects 'device.login.microsoftonline.com', which a preset leaves alone ('presets/tenant-restrictions.rules' line 19): an inspect line wins; leave that name out, or switch the preset off
m365ctl: 'local.rules': line 8: '*.digicert.com' inspects 'cacerts.digicert.com', which a preset leaves alone ('presets/revocation.rules' line 18): an inspect line wins; leave that name out, or switch the preset off
worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
presets/revocation.rules: table, 26 rules: 0 optimize, 26 allow, 0 default, 0 inspect; label none
local.rules: table, 8 rules: 0 optimize, 5 allow, 1 default, 2 inspect; label none
[1]

$ m365ctl check -t worldwide.rules -t presets/consumer-block.rules -t local.rules --bypass Optimize,Allow,Default 2>&1 | grep re-open
m365ctl: 'local.rules': line 3: 'login.live.com' would re-open 'login.live.com', which a preset keeps inspected ('presets/consumer-block.rules' line 17): the preset wins, and this line does nothing for that name; remove the line, or switch the preset off

Many findings at once: each check prints at most fifty lines.

$ awk 'BEGIN { for (i = 0; i < 60; i++) print "allow x.example"; }' > many.rules; m365ctl check -t many.rules 2>&1 | tail -n 2
m365ctl: 'many.rules': and 9 more lines decide nothing
many.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none

A local wildcard does not open what Microsoft publishes as Default below it. The names are listed, and the advice works.

$ printf 'allow .microsoft.com\n' > open.rules; m365ctl check -t worldwide.rules -t open.rules 2>&1 | grep open.rules
m365ctl: 'open.rules': line 1: '.microsoft.com' leaves 39 published names inspected, because a more specific rule wins: '*.aria.microsoft.com', '*.dl.delivery.mp.microsoft.com', '*.do.dsp.mp.microsoft.com', '*.events.data.microsoft.com', '*.flow.microsoft.com', '*.support.services.microsoft.com', '*.trouter.communication.microsoft.com', '*.trouter.teams.microsoft.com', '*.update.microsoft.com', 'activation.sls.microsoft.com', 'admin.microsoft.com', 'appsforoffice.microsoft.com', 'c1.microsoft.com', 'crl.microsoft.com', 'dgps.support.microsoft.com', 'dl.delivery.mp.microsoft.com', 'docs.microsoft.com', 'ecs.communication.microsoft.com', 'edge.microsoft.com', 'ekcert.spserv.microsoft.com', 'fd.api.orgmsg.microsoft.com', 'go.microsoft.com', 'mscrl.microsoft.com', 'msdn.microsoft.com', 'o15.officeredir.microsoft.com', 'office15client.microsoft.com', 'officecdn.microsoft.com', 'officeclient.microsoft.com', 'officepreviewredir.microsoft.com', 'officeredir.microsoft.com', 'oneocsp.microsoft.com', 'r.office.microsoft.com', 'remotehelp.microsoft.com', 'ris.prod.api.personalization.ideas.microsoft.com', 'support.microsoft.com', 'technet.microsoft.com', 'tsfe.trafficshaping.dsp.mp.microsoft.com', 'wcpstatic.microsoft.com', 'www.microsoft.com'; write a line 'allow NAME' for each that is meant as well
open.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
$ printf 'allow .shop.example\n' > shop.rules
$ printf 'default pay.shop.example id=1\ndefault *.cdn.shop.example id=2\n' > sold.rules
$ m365ctl check -t sold.rules -t shop.rules; m365ctl lookup -t sold.rules -t shop.rules pay.shop.example www.shop.example
m365ctl: 'shop.rules': line 1: '.shop.example' leaves 2 published names inspected, because a more specific rule wins: '*.cdn.shop.example', 'pay.shop.example'; write a line 'allow NAME' for each that is meant as well
sold.rules: table, 2 rules: 0 optimize, 0 allow, 2 default, 0 inspect; label none
shop.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
pay.shop.example          inspect  Default   category          pay.shop.example                set 1, sold
www.shop.example          bypass   Allow     rule              .shop.example                   local, shop
[1]
$ printf 'allow pay.shop.example\nallow *.cdn.shop.example\n' >> shop.rules
$ m365ctl check -t sold.rules -t shop.rules; m365ctl lookup -t sold.rules -t shop.rules pay.shop.example a.cdn.shop.example
sold.rules: table, 2 rules: 0 optimize, 0 allow, 2 default, 0 inspect; label none
shop.rules: table, 3 rules: 0 optimize, 3 allow, 0 default, 0 inspect; label none
pay.shop.example          bypass   Allow     rule              pay.shop.example                local, shop
a.cdn.shop.example        bypass   Allow     rule              *.cdn.shop.example              local, shop

A list from another program, whose domains mean everything below them. The hint is followed.

$ printf 'example.com\nexample.org\n' > domains.txt; m365ctl check -t allow:domains.txt
m365ctl: 'domains.txt': line 1: 'example.com' is that name alone, without the names below it, and so is 1 more line; if those are meant as well, name the list as 'domains:allow:domains.txt', in m365.conf 'list domains:allow domains.txt', or write '.example.com'
domains.txt: table, 2 rules: 0 optimize, 2 allow, 0 default, 0 inspect; label none
$ m365ctl lookup -t allow:domains.txt www.example.com
www.example.com           inspect  -         no-rule
[1]
$ m365ctl check -t domains:allow:domains.txt; m365ctl lookup -t domains:allow:domains.txt example.com www.example.com
domains.txt: table, 2 rules: 0 optimize, 2 allow, 0 default, 0 inspect; label none
example.com               bypass   Allow     rule              .example.com                    local, domains
www.example.com           bypass   Allow     rule              .example.com                    local, domains
$ m365ctl table -t domains:allow:domains.txt
allow    .example.com  source=domains
allow    .example.org  source=domains

A port in a list: both pieces of advice are followed.

$ printf 'h.example:443\n' > ports.txt; m365ctl check -t allow:ports.txt
m365ctl: cannot load 'ports.txt': no rule comes of it, read as a bare list: line 1: 'h.example:443' has a port; write 'h.example' for all ports, or in a rules file the line 'allow h.example tcp=443'
[2]
$ printf 'h.example\n' > ports.txt; printf 'allow h.example tcp=443\n' > ports.rules
$ m365ctl lookup -t allow:ports.txt h.example:8080; m365ctl lookup -t ports.rules h.example:443 h.example:8080
h.example:8080            bypass   Allow     rule              h.example                       local, ports
h.example:443             bypass   Allow     rule              h.example                       local, ports
h.example:8080            inspect  -         port
[1]
