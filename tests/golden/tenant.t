# The tenant guard: `*.sharepoint.com` belongs to every organisation. Names in the forms that SharePoint uses.

$ ask() { for name in contoso contoso-my contoso-files contoso-myfiles contoso-admin "$@"; do echo "$name"; done; }; \
    ask contoso-evil xcontoso contosox contoso-my-evil contoso-My1 -my contoso- fabrikam fabrikam-my | sed 's/$/.sharepoint.com/' | \
    m365ctl lookup -t m365.rules --tenant contoso
contoso.sharepoint.com                    bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-my.sharepoint.com                 bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-files.sharepoint.com              bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-myfiles.sharepoint.com            bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-admin.sharepoint.com              bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-evil.sharepoint.com               inspect  -         foreign-tenant
xcontoso.sharepoint.com                   inspect  -         foreign-tenant
contosox.sharepoint.com                   inspect  -         foreign-tenant
contoso-my-evil.sharepoint.com            inspect  -         foreign-tenant
contoso-My1.sharepoint.com                inspect  -         foreign-tenant
-my.sharepoint.com                        inspect  -         foreign-tenant
contoso-.sharepoint.com                   inspect  -         foreign-tenant
fabrikam.sharepoint.com                   inspect  -         foreign-tenant
fabrikam-my.sharepoint.com                inspect  -         foreign-tenant
[1]

Upper case and a trailing dot do not change a name. Look-alike suffixes do.

$ m365ctl lookup -t m365.rules --tenant contoso CONTOSO-MY.SharePoint.COM. contoso.sharepoint.com.evil.example contoso.sharepoint.com.evil.example:80 \
    evil-sharepoint.com contososharepoint.com contoso.sharepoint.co
CONTOSO-MY.SharePoint.COM.              bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso.sharepoint.com.evil.example     inspect  -         no-rule
contoso.sharepoint.com.evil.example:80  inspect  -         no-rule
evil-sharepoint.com                     inspect  -         no-rule
contososharepoint.com                   inspect  -         no-rule
contoso.sharepoint.co                   inspect  -         no-rule
[1]

Deeper names: the label directly before the suffix counts, whatever comes before it.

$ m365ctl lookup -t m365.rules --tenant contoso a.contoso.sharepoint.com a.b.contoso-files.sharepoint.com contoso.fabrikam.sharepoint.com \
    contoso.contoso-evil.sharepoint.com
a.contoso.sharepoint.com             bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
a.b.contoso-files.sharepoint.com     bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso.fabrikam.sharepoint.com      inspect  -         foreign-tenant
contoso.contoso-evil.sharepoint.com  inspect  -         foreign-tenant
[1]

The suffix itself is not guarded: it is not a tenant.

$ printf 'optimize sharepoint.com id=31\n' > apex.rules; m365ctl lookup -t apex.rules --tenant contoso sharepoint.com
sharepoint.com            bypass   Optimize  rule              sharepoint.com                  set 31, apex

Every suffix, including government, military and China, even if no rule matches. A local bypass does not open it.

$ for s in sharepoint.com sharepoint.us sharepoint-mil.us sharepoint.cn sharepoint.de; do printf 'optimize *.%s id=31\n' $s; done > all.rules; \
    for s in sharepoint.com sharepoint.us sharepoint-mil.us sharepoint.cn sharepoint.de; do echo contoso-my.$s; echo fabrikam.$s; done | \
    m365ctl lookup -t all.rules --tenant contoso
contoso-my.sharepoint.com                 bypass   Optimize  rule              *.sharepoint.com                set 31, all
fabrikam.sharepoint.com                   inspect  -         foreign-tenant
contoso-my.sharepoint.us                  bypass   Optimize  rule              *.sharepoint.us                 set 31, all
fabrikam.sharepoint.us                    inspect  -         foreign-tenant
contoso-my.sharepoint-mil.us              bypass   Optimize  rule              *.sharepoint-mil.us             set 31, all
fabrikam.sharepoint-mil.us                inspect  -         foreign-tenant
contoso-my.sharepoint.cn                  bypass   Optimize  rule              *.sharepoint.cn                 set 31, all
fabrikam.sharepoint.cn                    inspect  -         foreign-tenant
contoso-my.sharepoint.de                  bypass   Optimize  rule              *.sharepoint.de                 set 31, all
fabrikam.sharepoint.de                    inspect  -         foreign-tenant
[1]

$ m365ctl lookup -t m365.rules --tenant contoso fabrikam.sharepoint.us; printf 'allow fabrikam.sharepoint.com\n' > open.rules; \
    m365ctl lookup -t m365.rules -t open.rules --tenant contoso fabrikam.sharepoint.com
fabrikam.sharepoint.us    inspect  -         foreign-tenant
fabrikam.sharepoint.com   inspect  -         foreign-tenant
[1]

Several tenants. A local inspect line is reported first.

$ printf 'inspect fabrikam.sharepoint.com\n' > closed.rules; m365ctl lookup -t m365.rules -t closed.rules --tenant contoso --tenant Contoso-DE \
    contoso.sharepoint.com contoso-de-my.sharepoint.com contoso-de.sharepoint.com contoso-fr.sharepoint.com fabrikam.sharepoint.com
contoso.sharepoint.com        bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-de-my.sharepoint.com  bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-de.sharepoint.com     bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
contoso-fr.sharepoint.com     inspect  -         foreign-tenant
fabrikam.sharepoint.com       inspect  -         local-inspect     fabrikam.sharepoint.com         local, closed
[1]

Our tenant as the destination with a stranger's as the SNI, and the other way round.

$ m365ctl lookup -t m365.rules --tenant contoso -F dst,sni,port contoso.sharepoint.com,fabrikam.sharepoint.com,443 fabrikam.sharepoint.com,contoso.sharepoint.com,443 \
    contoso.sharepoint.com,contoso-my.sharepoint.com,443
contoso.sharepoint.com,fabrikam.sharepoint.com,443  inspect  -         sni-mismatch
fabrikam.sharepoint.com,contoso.sharepoint.com,443  inspect  -         foreign-tenant
contoso.sharepoint.com,contoso-my.sharepoint.com,443  bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
[1]

Explanations: which suffix, which tenants.

$ m365ctl lookup -t m365.rules --tenant contoso --tenant adatum --explain contoso-my.sharepoint.com fabrikam-my.sharepoint.com x.fabrikam.sharepoint.us
contoso-my.sharepoint.com   bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
    decided by '*.sharepoint.com' (set 31, Optimize, SharePoint, required, from m365): the most specific rule for TCP 443, and Optimize is bypassed
    'contoso-my' below 'sharepoint.com' belongs to your tenant 'contoso'
fabrikam-my.sharepoint.com  inspect  -         foreign-tenant
    'fabrikam-my' below 'sharepoint.com' is not one of your tenants (contoso, adatum)
    traffic to other organisations' tenants is inspected, because data could leave through them unseen; if the tenant is yours, add it to the configuration
    '*.sharepoint.com' (set 31, Optimize) would decide on its own
x.fabrikam.sharepoint.us    inspect  -         foreign-tenant
    'fabrikam' below 'sharepoint.us' is not one of your tenants (contoso, adatum)
    traffic to other organisations' tenants is inspected, because data could leave through them unseen; if the tenant is yours, add it to the configuration
[1]

$ m365ctl lookup -t m365.rules --explain fabrikam.sharepoint.com
fabrikam.sharepoint.com   bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, m365
    decided by '*.sharepoint.com' (set 31, Optimize, SharePoint, required, from m365): the most specific rule for TCP 443, and Optimize is bypassed
    no tenants are configured, so the tenants of all organisations are bypassed

In an image the tenants are fixed. The shipped tables have the prefixes of SharePoint, and an address alone does not identify a tenant.

$ m365ctl compile -t worldwide.rules -o guarded.image --tenant contoso; m365ctl lookup -t guarded.image contoso.sharepoint.com contoso-evil.sharepoint.com; \
    m365ctl lookup -t guarded.image --explain 13.107.136.9; m365ctl lookup -t guarded.image -F dst,sni,port 13.107.136.9,contoso.sharepoint.com,443 \
    13.107.136.9,contoso-evil.sharepoint.com,443
m365ctl: wrote 'guarded.image': 486 rules of 78 sets, 19520 bytes, label 2026-08
contoso.sharepoint.com       bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, worldwide
contoso-evil.sharepoint.com  inspect  -         foreign-tenant
13.107.136.9              inspect  -         foreign-tenant
    the address 13.107.136.9 serves all tenants, and without an SNI nobody can tell whether one of yours is meant (contoso)
    traffic to other organisations' tenants is inspected, because data could leave through them unseen; if the tenant is yours, add it to the configuration
    inside 13.107.136.0/22, set 31 would decide on its own
    inside one prefix:
      13.107.136.0/22: set 31, Optimize, SharePoint, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5020, from worldwide
13.107.136.9,contoso.sharepoint.com,443       bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, worldwide
13.107.136.9,contoso-evil.sharepoint.com,443  inspect  -         foreign-tenant
[1]

$ m365ctl compile -t china.rules -o china.image --tenant contoso; m365ctl lookup -t china.image contoso.sharepoint.cn contoso-my.sharepoint.cn fabrikam.sharepoint.cn
m365ctl: wrote 'china.image': 168 rules of 22 sets, 6912 bytes, label 2025-12
contoso.sharepoint.cn     bypass   Allow     rule              *.sharepoint.cn                 set 4, SharePoint, china
contoso-my.sharepoint.cn  bypass   Allow     rule              *.sharepoint.cn                 set 4, SharePoint, china
fabrikam.sharepoint.cn    inspect  -         foreign-tenant
[1]
