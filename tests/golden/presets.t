# The presets: each one loads together with the shipped tables. What it inspects, what it opens, what it leaves alone.

$ ln -s "$SOURCE/conf/presets" presets
$ for preset in presets/*.rules; do
>     m365ctl compile -t worldwide.rules -t china.rules -t $preset -o x.image 2> log || cat log
>     m365ctl check -t $preset
> done
presets/additional-endpoints.rules: table, 33 rules: 0 optimize, 0 allow, 33 default, 0 inspect; label none
presets/azure-portal.rules: table, 7 rules: 0 optimize, 7 allow, 0 default, 0 inspect; label none
presets/consumer-block.rules: table, 1 rule: 0 optimize, 0 allow, 0 default, 1 inspect; label none
presets/defender.rules: table, 37 rules: 0 optimize, 37 allow, 0 default, 0 inspect; label none
presets/portal-endpoints.rules: table, 124 rules: 0 optimize, 0 allow, 124 default, 0 inspect; label none
presets/revocation.rules: table, 26 rules: 0 optimize, 26 allow, 0 default, 0 inspect; label none
presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
presets/windows-update.rules: table, 4 rules: 0 optimize, 4 allow, 0 default, 0 inspect; label none

All of them together.

$ m365ctl compile -t worldwide.rules $(printf -- '-t %s ' presets/*.rules) -o all.image 2> log || cat log; m365ctl lookup -t all.image outlook.office365.com \
    login.live.com device.login.microsoftonline.com
outlook.office365.com             bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, worldwide
login.live.com                    inspect  -         local-inspect     login.live.com                  local, consumer-block
device.login.microsoftonline.com  bypass   Allow     rule              device.login.microsoftonline.com  set 56, Common, worldwide
[1]

tenant-restrictions: four names are inspected, two exact names are left alone, similar names are unchanged.

$ m365ctl lookup -t worldwide.rules -t presets/tenant-restrictions.rules login.microsoftonline.com login.microsoft.com login.windows.net login.live.com \
    login.microsoftonline.com:80 device.login.microsoftonline.com enterpriseregistration.windows.net
login.microsoftonline.com           inspect  -         local-inspect     login.microsoftonline.com       local, tenant-restrictions
login.microsoft.com                 inspect  -         local-inspect     login.microsoft.com             local, tenant-restrictions
login.windows.net                   inspect  -         local-inspect     login.windows.net               local, tenant-restrictions
login.live.com                      inspect  -         local-inspect     login.live.com                  local, tenant-restrictions
login.microsoftonline.com:80        inspect  -         local-inspect     login.microsoftonline.com       local, tenant-restrictions
device.login.microsoftonline.com    bypass   Allow     rule              device.login.microsoftonline.com  set 56, Common, worldwide
enterpriseregistration.windows.net  bypass   Allow     rule              enterpriseregistration.windows.net  local, tenant-restrictions
[1]

$ m365ctl lookup -t worldwide.rules -t presets/tenant-restrictions.rules ccs.login.microsoftonline.com login-us.microsoftonline.com graph.microsoft.com \
    x.login.microsoftonline.com login.microsoftonline.com.evil.example enterpriseregistration.windows.net:80
ccs.login.microsoftonline.com           bypass   Allow     rule              ccs.login.microsoftonline.com   set 56, Common, worldwide
login-us.microsoftonline.com            bypass   Allow     rule              login-us.microsoftonline.com    set 56, Common, worldwide
graph.microsoft.com                     bypass   Allow     rule              graph.microsoft.com             set 56, Common, worldwide
x.login.microsoftonline.com             inspect  Default   category          *.microsoftonline.com           set 59, Common, worldwide
login.microsoftonline.com.evil.example  inspect  -         no-rule
enterpriseregistration.windows.net:80   inspect  Default   category          enterpriseregistration.windows.net  set 59, Common, worldwide
[1]

Without the preset, the three names pass. With it, their addresses no longer pass either.

$ m365ctl lookup -t worldwide.rules login.microsoftonline.com login.microsoft.com login.windows.net 20.190.128.1
login.microsoftonline.com  bypass   Allow     rule              login.microsoftonline.com       set 56, Common, worldwide
login.microsoft.com        bypass   Allow     rule              login.microsoft.com             set 56, Common, worldwide
login.windows.net          bypass   Allow     rule              login.windows.net               set 56, Common, worldwide
20.190.128.1               bypass   Allow     rule              20.190.128.0/18                 set 56, Common, worldwide
    inside one prefix:
      20.190.128.0/18: set 56, Allow, Common, TCP 80,443, required, ExpressRoute, BGP community 12076:5100, from worldwide

$ m365ctl lookup -t worldwide.rules -t presets/tenant-restrictions.rules 20.190.128.1
20.190.128.1              inspect  -         local-inspect
    inside one prefix:
      20.190.128.0/18: set 56, Allow, Common, TCP 80,443, required, ExpressRoute, BGP community 12076:5100, from worldwide
[1]

$ m365ctl lookup -t worldwide.rules -t presets/tenant-restrictions.rules -F dst,sni,port 20.190.128.1,device.login.microsoftonline.com,443 \
    20.190.128.1,login.microsoftonline.com,443 device.login.microsoftonline.com,login.microsoftonline.com,443
20.190.128.1,device.login.microsoftonline.com,443 bypass   Allow     rule              device.login.microsoftonline.com  set 56, Common, worldwide
20.190.128.1,login.microsoftonline.com,443        inspect  -         local-inspect     login.microsoftonline.com       local, tenant-restrictions
device.login.microsoftonline.com,login.microsoftonline.com,443  inspect  -         sni-mismatch
[1]

consumer-block: one name and nothing else.

$ m365ctl lookup -t worldwide.rules -t presets/consumer-block.rules login.live.com account.live.com x.login.live.com login.microsoftonline.com
login.live.com             inspect  -         local-inspect     login.live.com                  local, consumer-block
account.live.com           inspect  Default   category          account.live.com                set 97, Common, worldwide
x.login.live.com           inspect  -         no-rule
login.microsoftonline.com  bypass   Allow     rule              login.microsoftonline.com       set 56, Common, worldwide
[1]

revocation: plain HTTP only. Everywhere else, set 125 is Default.

$ m365ctl lookup -t worldwide.rules -t presets/revocation.rules http://ocsp.digicert.com/x http://www.microsoft.com/pkiops/crl/a.crl http://x.verisign.com/ \
    https://www.microsoft.com/ ocsp.digicert.com verisign.com:80 http://www.microsoft.com:8080/
http://ocsp.digicert.com/x                 bypass   Allow     rule              ocsp.digicert.com               local, revocation
http://www.microsoft.com/pkiops/crl/a.crl  bypass   Allow     rule              www.microsoft.com               local, revocation
http://x.verisign.com/                     bypass   Allow     rule              *.verisign.com                  local, revocation
https://www.microsoft.com/                 inspect  Default   category          www.microsoft.com               set 125, Common, worldwide
ocsp.digicert.com                          inspect  Default   category          ocsp.digicert.com               set 125, Common, worldwide
verisign.com:80                            inspect  -         no-rule
http://www.microsoft.com:8080/             inspect  -         port
[1]

$ awk '$1 == "default" && /id=125 / { print "http://" $2 "/" }' worldwide.rules | sed 's/\*/any/' | \
    m365ctl lookup -t worldwide.rules -t presets/revocation.rules | \
    awk '{ print $2, $3, $4 }' | sort | uniq -c
     26 bypass Allow rule

windows-update, defender, azure-portal: TCP 443 only, each line with its reason and a source that the head names. No line is
wider than a domain of Microsoft's own, and no published name below them remains inspected, except downloads over plain HTTP.

$ for preset in windows-update defender azure-portal; do
>     grep -c '^allow  *[^ ]* *tcp=443 note="[^"]*\[[1-9]\][^"]*"$' presets/$preset.rules; grep -cv '^#\|^$' presets/$preset.rules
>     grep -o '^[^#].*' presets/$preset.rules | grep -o '\[[0-9]\]' | sort -u > used; sed -n 's/^#  *\(\[[0-9]\]\) [a-z].*/\1/p' presets/$preset.rules | cmp - used
>     sed -n 's/^allow  *\([^ ]*\).*/\1/p' presets/$preset.rules | grep -vE '(^|[.])(microsoft[.](com|us)|portal[.]azure[.](com|net)|ext[.]azure[.]com)$|^management[.]azure[.]com$'
>     sed -n 's/^allow  *\([^ ]*\).*/\1/p' presets/$preset.rules | sed 's/^[*]//; s/^[^.]/^&/; s/[.]/\\./g; s/$/$/' > tails
>     sed -n 's/^default  *\([^ ]*\).*/\1/p' worldwide.rules | grep -f tails | sed 's/^[*]/any/' | \
>         m365ctl lookup -t worldwide.rules -t presets/$preset.rules | awk '{ print $1, $2, $3 }'
> done
4
4
any.dl.delivery.mp.microsoft.com inspect Default
any.do.dsp.mp.microsoft.com bypass Allow
any.update.microsoft.com bypass Allow
dl.delivery.mp.microsoft.com inspect Default
tsfe.trafficshaping.dsp.mp.microsoft.com bypass Allow
37
37
7
7
informationprotection.hosting.portal.azure.net bypass Allow

$ m365ctl lookup -t worldwide.rules -t presets/windows-update.rules fe2.update.microsoft.com sls.update.microsoft.com fe3.delivery.mp.microsoft.com \
    geo.prod.do.dsp.mp.microsoft.com sls.update.microsoft.com:80 update.microsoft.com download.windowsupdate.com x.tlu.dl.delivery.mp.microsoft.com www.microsoft.com
fe2.update.microsoft.com            bypass   Allow     rule              *.update.microsoft.com          local, windows-update
sls.update.microsoft.com            bypass   Allow     rule              *.update.microsoft.com          local, windows-update
fe3.delivery.mp.microsoft.com       bypass   Allow     rule              *.delivery.mp.microsoft.com     local, windows-update
geo.prod.do.dsp.mp.microsoft.com    bypass   Allow     rule              *.do.dsp.mp.microsoft.com       local, windows-update
sls.update.microsoft.com:80         inspect  Default   category          *.update.microsoft.com          set 164, MEM, worldwide
update.microsoft.com                inspect  Default   category          *.microsoft.com                 set 50, Common, worldwide
download.windowsupdate.com          inspect  Default   category          *.windowsupdate.com             set 164, MEM, worldwide
x.tlu.dl.delivery.mp.microsoft.com  inspect  Default   category          *.dl.delivery.mp.microsoft.com  set 164, MEM, worldwide
www.microsoft.com                   inspect  Default   category          www.microsoft.com               set 125, Common, worldwide
[1]

$ m365ctl lookup -t worldwide.rules -t presets/defender.rules mdav.us.endpoint.security.microsoft.com endpoint.security.microsoft.com eu.x.cp.wd.microsoft.com \
    wdcp.microsoft.com us-v20.events.data.microsoft.com other.events.data.microsoft.com winatp-gw-neu3.microsoft.com winatp-gw-neu4.microsoft.com \
    wsus1eastprod.blob.core.windows.net go.microsoft.com security.microsoft.com
mdav.us.endpoint.security.microsoft.com  bypass   Allow     rule              *.endpoint.security.microsoft.com  local, defender
endpoint.security.microsoft.com          bypass   Allow     rule              *.security.microsoft.com        set 64, Common, worldwide
eu.x.cp.wd.microsoft.com                 bypass   Allow     rule              *.wd.microsoft.com              local, defender
wdcp.microsoft.com                       bypass   Allow     rule              wdcp.microsoft.com              local, defender
us-v20.events.data.microsoft.com         bypass   Allow     rule              us-v20.events.data.microsoft.com  local, defender
other.events.data.microsoft.com          inspect  Default   category          *.events.data.microsoft.com     set 69, Common, worldwide
winatp-gw-neu3.microsoft.com             bypass   Allow     rule              winatp-gw-neu3.microsoft.com    local, defender
winatp-gw-neu4.microsoft.com             inspect  Default   category          *.microsoft.com                 set 50, Common, worldwide
wsus1eastprod.blob.core.windows.net      inspect  -         no-rule
go.microsoft.com                         inspect  Default   category          go.microsoft.com                set 89, Common, worldwide
security.microsoft.com                   bypass   Allow     rule              security.microsoft.com          set 64, Common, worldwide
[1]

$ m365ctl lookup -t worldwide.rules -t presets/azure-portal.rules portal.azure.com ms.portal.azure.com sandbox-1.reactblade.portal.azure.net \
    iam.hosting.portal.azure.net informationprotection.hosting.portal.azure.net management.azure.com x.cloudapp.azure.com portal.azure.us shell.azure.com
portal.azure.com                                bypass   Allow     rule              portal.azure.com                local, azure-portal
ms.portal.azure.com                             bypass   Allow     rule              *.portal.azure.com              local, azure-portal
sandbox-1.reactblade.portal.azure.net           bypass   Allow     rule              *.reactblade.portal.azure.net   local, azure-portal
iam.hosting.portal.azure.net                    bypass   Allow     rule              *.hosting.portal.azure.net      local, azure-portal
informationprotection.hosting.portal.azure.net  bypass   Allow     rule              informationprotection.hosting.portal.azure.net  local, azure-portal
management.azure.com                            bypass   Allow     rule              management.azure.com            local, azure-portal
x.cloudapp.azure.com                            inspect  -         no-rule
portal.azure.us                                 inspect  -         no-rule
shell.azure.com                                 inspect  -         no-rule
[1]

Local lines that work against them are found.

$ mkdir local.d; printf 'data .\nstate state\npreset windows-update defender azure-portal\n' > m365.conf
$ echo 'inspect .delivery.mp.microsoft.com' > local.d/a.rules; echo 'inspect winatp-gw-neu.microsoft.com tcp=443' > local.d/b.rules; echo 'inspect management.azure.com' > local.d/c.rules
$ m365ctl check -c m365.conf 2>&1 | grep local.d
m365ctl: './local.d/a.rules': line 1: '.delivery.mp.microsoft.com' inspects '*.delivery.mp.microsoft.com', which a preset leaves alone ('././presets/windows-update.rules' line 23): an inspect line wins; leave that name out, or switch the preset off
m365ctl: './local.d/b.rules': line 1: 'winatp-gw-neu.microsoft.com' inspects 'winatp-gw-neu.microsoft.com', which a preset leaves alone ('././presets/defender.rules' line 45): an inspect line wins; leave that name out, or switch the preset off
m365ctl: './local.d/c.rules': line 1: 'management.azure.com' inspects 'management.azure.com', which a preset leaves alone ('././presets/azure-portal.rules' line 25): an inspect line wins; leave that name out, or switch the preset off
./local.d/a.rules: table, 1 rule: 0 optimize, 0 allow, 0 default, 1 inspect; label none
./local.d/b.rules: table, 1 rule: 0 optimize, 0 allow, 0 default, 1 inspect; label none
./local.d/c.rules: table, 1 rule: 0 optimize, 0 allow, 0 default, 1 inspect; label none

portal-endpoints and additional-endpoints: known by row, and no verdict changes. The names and addresses of both, with a host
below each wildcard, are asked with and without.

$ names() { sed -n 's/^default *\([^ ]*\).*/\1/p' presets/$1.rules | sed 's/<tenant>/*/; s/^\*/any/; s,/[0-9]*$,,'; }
> for preset in portal-endpoints additional-endpoints; do
>     for table in worldwide china; do
>         for port in 443 80 993 5061; do
>             names $preset | sed "s/\$/:$port/" > q
>             m365ctl lookup -t $table.rules < q | awk '{ print $1, $2 }' > without
>             m365ctl lookup -t $table.rules -t presets/$preset.rules < q | awk '{ print $1, $2 }' > with
>             cmp without with
>         done
>     done
>     names $preset | wc -l
> done
124
33

The names that were left out for that reason are still bypassed.

$ m365ctl lookup -t worldwide.rules -t presets/portal-endpoints.rules -t presets/additional-endpoints.rules nexus.officeapps.live.com \
    nexusrules.officeapps.live.com odc.officeapps.live.com
nexus.officeapps.live.com       bypass   Allow     rule              *.officeapps.live.com           set 46, Common, worldwide
nexusrules.officeapps.live.com  bypass   Allow     rule              *.officeapps.live.com           set 46, Common, worldwide
odc.officeapps.live.com         bypass   Allow     rule              *.officeapps.live.com           set 46, Common, worldwide

$ m365ctl lookup -t worldwide.rules -t presets/portal-endpoints.rules --explain suite.office.net testconnectivity.microsoft.com:80 13.67.59.89 x.blob.core.windows.net
suite.office.net                   inspect  Default   category          suite.office.net                set 3, Portal, portal-endpoints
    decided by 'suite.office.net' (set 3, Default, Portal, required, from portal-endpoints): the most specific rule for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
    '*.office.net' (set 47, Default) is less specific
    '*.office.net' (set 10, Default) is less specific
testconnectivity.microsoft.com:80  inspect  Default   category          testconnectivity.microsoft.com  set 14, Portal, portal-endpoints
    decided by 'testconnectivity.microsoft.com' (set 14, Default, Portal, from portal-endpoints): the most specific rule for TCP 80, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
    '*.microsoft.com' (set 50, Default) is for TCP 443 only: does not speak for TCP 80
    '*.microsoft.com' (set 78, Default) is less specific
    '*.microsoft.com' (set 10, Default) is less specific
13.67.59.89                        inspect  Default   category          13.67.59.89/32                  set 14, Portal, portal-endpoints
    decided by 13.67.59.89/32 (set 14, Default, Portal, from portal-endpoints): the longest prefix for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
    inside one prefix:
      13.67.59.89/32: set 14, Default, Portal, TCP 80,443, optional, from portal-endpoints
x.blob.core.windows.net            inspect  Default   category          *.blob.core.windows.net         local, Portal, portal-endpoints
    decided by '*.blob.core.windows.net' (local line, Default, Portal, from portal-endpoints): the most specific rule for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
[1]

$ m365ctl lookup -t worldwide.rules -t presets/additional-endpoints.rules --explain api.diagnostics.office.com domains.live.com:80 40.118.209.192 \
    app-contoso.msappproxy.net
api.diagnostics.office.com  inspect  Default   category          api.diagnostics.office.com      set 2, Additional, additional-endpoints
    decided by 'api.diagnostics.office.com' (set 2, Default, Additional, from additional-endpoints): the most specific rule for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
    '*.office.com' (set 147, Default) is less specific
domains.live.com:80         inspect  Default   category          domains.live.com                set 9, Additional, additional-endpoints
    decided by 'domains.live.com' (set 9, Default, Additional, from additional-endpoints): the most specific rule for TCP 80, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
40.118.209.192              inspect  Default   category          40.118.209.192/32               set 9, Additional, additional-endpoints
    decided by 40.118.209.192/32 (set 9, Default, Additional, from additional-endpoints): the longest prefix for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
    inside one prefix:
      40.118.209.192/32: set 9, Default, Additional, TCP 80,443, optional, from additional-endpoints
app-contoso.msappproxy.net  inspect  Default   category          *.msappproxy.net                local, Additional, additional-endpoints
    decided by '*.msappproxy.net' (local line, Default, Additional, from additional-endpoints): the most specific rule for TCP 443, and Default is not bypassed
    Default means normal Internet traffic: Microsoft lists the name but asks for no special treatment, so it is meant to be inspected and authenticated
[1]

If Default is bypassed, a line that covers names of strangers' choice is refused with its file, and the message quotes it.

$ for preset in portal-endpoints additional-endpoints; do m365ctl compile -t presets/$preset.rules -o x.image --bypass Optimize,Allow,Default; done
m365ctl: source 'portal-endpoints': line 99: '*.blob.core.windows.net' lets anybody register a name that matches, too wide for a bypass; name the domains (Default is bypassed here)
m365ctl: source 'additional-endpoints': line 64: '*.chinacloudapi.cn' lets anybody register a name that matches, too wide for a bypass; name the domains (Default is bypassed here)
[2]
