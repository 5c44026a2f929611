# The shipped tables: each is in normal form, says in its head what it is, and was compiled as it is.

$ for table in worldwide china usgovdod usgovgcchigh; do
>     sed -n '1p; s/^.*\(endpoints\/[A-Za-z]*\)?.*$/\1/p' $table.rules
>     label=$(sed -n 's/^# version: //p' $table.rules); sed 1q $table.rules | grep -q "as of $(date -d $label-01 '+%B %Y')\.$" || echo "not $label"
>     sed '1,/^$/d' $table.rules > rows; m365ctl table -t $table.rules | sed 1d | cmp - rows
>     sed 's/.* source=\([^ ]*\)/\1/' rows | sort | uniq -c
>     m365ctl check -t $table.rules
>     m365ctl compile -t $table.rules -o again.image
>     cmp again.image "$BUILD/conf/$table.image"
> done
# Microsoft 365 endpoints, instance Worldwide (with GCC) and Intune (MEM), as of August 2026.
endpoints/Worldwide
    486 worldwide
m365ctl: 'worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
m365ctl: wrote 'again.image': 486 rules of 78 sets, 19456 bytes, label 2026-08
# Microsoft 365 endpoints, instance China (21Vianet), as of December 2025.
endpoints/China
    168 china
m365ctl: 'china.rules': line 60: '*.chinacloudapi.cn' covers names that any customer of the cloud 'blob.core.chinacloudapi.cn' may choose: inspect it with a line of your own until the document names hosts
m365ctl: 'china.rules': line 61: '*.chinacloudapp.cn' covers names that any customer of the cloud 'chinacloudapp.cn' may choose: inspect it with a line of your own until the document names hosts
m365ctl: 'china.rules': line 62: '*.chinacloudsites.cn' covers names that any customer of the cloud 'chinacloudsites.cn' may choose: inspect it with a line of your own until the document names hosts
china.rules: table, 168 rules: 27 optimize, 117 allow, 24 default, 0 inspect; label 2025-12
m365ctl: wrote 'again.image': 168 rules of 22 sets, 6848 bytes, label 2025-12
# Microsoft 365 endpoints, instance USGovDoD (US Department of Defense) and Intune (MEM), as of December 2025.
endpoints/USGovDoD
    135 usgovdod
usgovdod.rules: table, 135 rules: 19 optimize, 43 allow, 73 default, 0 inspect; label 2025-12
m365ctl: wrote 'again.image': 135 rules of 25 sets, 8064 bytes, label 2025-12
# Microsoft 365 endpoints, instance USGovGCCHigh (US government, GCC High), as of December 2025.
endpoints/USGovGCCHigh
    127 usgovgcchigh
usgovgcchigh.rules: table, 127 rules: 15 optimize, 50 allow, 62 default, 0 inspect; label 2025-12
m365ctl: wrote 'again.image': 127 rules of 26 sets, 7616 bytes, label 2025-12

No row has a note, or is a local line.

$ cat worldwide.rules china.rules usgovdod.rules usgovgcchigh.rules | sed '/^#/d; /^$/d' | grep -v ' id=[0-9]* area=[A-Za-z]* .*source=[a-z]*$'
[1]

Signing in, mail and Teams of each instance, and the SharePoint of a tenant. What the government clouds publish as Default stays Default.

$ m365ctl lookup -t worldwide.rules outlook.office365.com teams.microsoft.com login.microsoftonline.com contoso.sharepoint.com
outlook.office365.com      bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, worldwide
teams.microsoft.com        bypass   Allow     rule              teams.microsoft.com             set 12, Skype, worldwide
login.microsoftonline.com  bypass   Allow     rule              login.microsoftonline.com       set 56, Common, worldwide
contoso.sharepoint.com     bypass   Optimize  rule              *.sharepoint.com                set 31, SharePoint, worldwide
$ m365ctl lookup -t china.rules partner.outlook.cn login.partner.microsoftonline.cn contoso.sharepoint.cn
partner.outlook.cn                bypass   Optimize  rule              partner.outlook.cn              set 1, Exchange, china
login.partner.microsoftonline.cn  bypass   Allow     rule              login.partner.microsoftonline.cn  set 17, Common, china
contoso.sharepoint.cn             bypass   Allow     rule              *.sharepoint.cn                 set 4, SharePoint, china
$ m365ctl lookup -t usgovdod.rules webmail.apps.mil webmail.apps.mil:993 dod.teams.microsoft.us login.microsoftonline.us login.microsoftonline.com contoso.sharepoint-mil.us
webmail.apps.mil           bypass   Optimize  rule              webmail.apps.mil                set 1, Exchange, usgovdod
webmail.apps.mil:993       inspect  Default   category          webmail.apps.mil                set 4, Exchange, usgovdod
dod.teams.microsoft.us     bypass   Optimize  rule              dod.teams.microsoft.us          set 7, Skype, usgovdod
login.microsoftonline.us   bypass   Allow     rule              login.microsoftonline.us        set 13, Common, usgovdod
login.microsoftonline.com  inspect  Default   category          login.microsoftonline.com       set 14, Common, usgovdod
contoso.sharepoint-mil.us  bypass   Optimize  rule              *.sharepoint-mil.us             set 9, SharePoint, usgovdod
[1]
$ m365ctl lookup -t usgovgcchigh.rules outlook.office365.us outlook.office365.us:993 gov.teams.microsoft.us login.microsoftonline.us login.microsoftonline.com \
    contoso.sharepoint.us
outlook.office365.us       bypass   Optimize  rule              outlook.office365.us            set 1, Exchange, usgovgcchigh
outlook.office365.us:993   inspect  Default   category          outlook.office365.us            set 5, Exchange, usgovgcchigh
gov.teams.microsoft.us     bypass   Allow     rule              gov.teams.microsoft.us          set 31, Skype, usgovgcchigh
login.microsoftonline.us   bypass   Allow     rule              login.microsoftonline.us        set 13, Common, usgovgcchigh
login.microsoftonline.com  inspect  Default   category          login.microsoftonline.com       set 14, Common, usgovgcchigh
contoso.sharepoint.us      bypass   Optimize  rule              *.sharepoint.us                 set 9, SharePoint, usgovgcchigh
[1]

All four in one table: a set is known by its source and its number.

$ m365ctl compile -t worldwide.rules -t china.rules -t usgovdod.rules -t usgovgcchigh.rules -o all.image
m365ctl: wrote 'all.image': 916 rules of 151 sets, 36416 bytes, label 2026-08
$ m365ctl lookup -t all.image outlook.office365.com partner.outlook.cn webmail.apps.mil outlook.office365.us
outlook.office365.com     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, worldwide
partner.outlook.cn        bypass   Optimize  rule              partner.outlook.cn              set 1, Exchange, china
webmail.apps.mil          bypass   Optimize  rule              webmail.apps.mil                set 1, Exchange, usgovdod
outlook.office365.us      bypass   Optimize  rule              outlook.office365.us            set 1, Exchange, usgovgcchigh

A first publish takes the table of the configured instance, and the built-in canaries of that instance are in it.

$ for instance in Worldwide China USGovDoD USGovGCCHigh; do
>     printf 'instance %s\ndata .\nstate %s.state\n' $instance $instance > m365.conf
>     m365ctl publish -c m365.conf 2>&1 | sed '/approve/d; s/: 0 rules.*//; s/; 0 rules.*//'
> done
m365ctl: generation 1 is published: Worldwide as shipped
m365ctl: generation 1 waits for approval: China as shipped
m365ctl: held: bypassed wildcards under which anybody can register a name: *.chinacloudapi.cn (Allow, set 7, Common, china); *.chinacloudapp.cn (Allow, set 7, Common, china); *.chinacloudsites.cn (Allow, set 7, Common, china)
m365ctl: generation 1 is published: USGovDoD as shipped
m365ctl: generation 1 is published: USGovGCCHigh as shipped
