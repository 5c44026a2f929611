# Everything a configuration names, compared with each other: the shipped table or the documents in use, presets, local rules, lists.

A local line re-opens a name that the configured preset keeps inspected. Nothing was ever published, and no state folder is made.

$ mkdir shipped local.d; cp worldwide.rules shipped/; ln -s "$SOURCE/conf/presets" shipped/presets
$ cat > m365.conf <<'END'
> state state
> data shipped
> preset tenant-restrictions
> END
$ echo 'allow login.microsoftonline.com' > local.d/ours.rules; \
    m365ctl check -c m365.conf; code=$?; ls -d state; exit $code
m365ctl: './shipped/worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: './local.d/ours.rules': line 1: 'login.microsoftonline.com' would re-open 'login.microsoftonline.com', which a preset keeps inspected ('./shipped/presets/tenant-restrictions.rules' line 13): the preset wins, and this line does nothing for that name; remove the line, or switch the preset off
./shipped/worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
./shipped/presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
./local.d/ours.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
ls: cannot access 'state': No such file or directory
[1]

A line that does not work against anything.

$ echo 'allow app.contoso.example' > local.d/ours.rules; m365ctl check -c m365.conf
m365ctl: './shipped/worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
./shipped/worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
./shipped/presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
./local.d/ours.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none

Without the preset, the line does not re-open anything.

$ echo 'allow login.microsoftonline.com' > local.d/ours.rules
$ cat > none.conf <<'END'
> state state
> data shipped
> END
$ m365ctl check --config none.conf
m365ctl: './shipped/worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
./shipped/worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
./local.d/ours.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none

Tenants, precedence and bypass are taken from the configuration; lists are checked too.

$ printf 'allow fabrikam.sharepoint.com\n' > local.d/ours.rules; echo '*.microsoftonline.com' > names.txt
$ cat > tenant.conf <<'END'
> state state
> data shipped
> preset tenant-restrictions
> tenant contoso
> list allow names.txt
> END
$ m365ctl check -c tenant.conf
m365ctl: './shipped/worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: './local.d/ours.rules': line 1: 'fabrikam.sharepoint.com' never decides: it is another organisation's tenant, which the tenant guard inspects; configure the tenant if it is yours, else remove the line
m365ctl: './names.txt': line 1: '*.microsoftonline.com' would re-open 'login.microsoftonline.com', which a preset keeps inspected ('./shipped/presets/tenant-restrictions.rules' line 13): the preset wins, and this line does nothing for that name; remove the line, or switch the preset off
./shipped/worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
./shipped/presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
./local.d/ours.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
./names.txt: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none
[1]

The document in use represents its instance; a document that waits does not.

$ echo 'allow app.contoso.example' > local.d/ours.rules; m365ctl import -c m365.conf --version 2025120100 --quiet m365.json > log 2>&1; \
    m365ctl check -c m365.conf 2>&1 | head -n 2; m365ctl approve -c m365.conf --by alice 1 > log 2>&1 || cat log; m365ctl check -c m365.conf
m365ctl: './shipped/worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
./shipped/worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
worldwide.json: table, 6 rules: 5 optimize, 0 allow, 1 default, 0 inspect; label 2025120100
./shipped/presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
./local.d/ours.rules: table, 1 rule: 0 optimize, 1 allow, 0 default, 0 inspect; label none

Files that cannot be read, or that are named twice.

$ cat > bad.conf <<'END'
> preset nothing
> state state
> data shipped
> END
$ m365ctl check -c bad.conf
m365ctl: there is no preset 'nothing': no file './shipped/presets/nothing.rules'; m365-tables(5) lists the presets
worldwide.json: table, 6 rules: 5 optimize, 0 allow, 1 default, 0 inspect; label 2025120100
[2]

$ echo 'allow *.co.uk' > local.d/ours.rules; m365ctl check -c m365.conf
m365ctl: cannot load './local.d/ours.rules': line 1: '*.co.uk' lets anybody register a name that matches, too wide for a bypass; name the domains
worldwide.json: table, 6 rules: 5 optimize, 0 allow, 1 default, 0 inspect; label 2025120100
./shipped/presets/tenant-restrictions.rules: table, 6 rules: 0 optimize, 2 allow, 0 default, 4 inspect; label none
[2]

$ m365ctl check -c nowhere.conf
m365ctl: cannot open 'nowhere.conf': No such file or directory
[2]

$ m365ctl check -c m365.conf -t worldwide.rules
m365ctl: with -c the configuration names tables, tenants, precedence and bypass; leave out the other options
[2]

$ m365ctl check -c m365.conf --tenant contoso
m365ctl: with -c the configuration names tables, tenants, precedence and bypass; leave out the other options
[2]

In local rules: a default line that closes nothing, lines copied from a published table, and a file that is not read.

$ mkdir own own/local.d own/local.d/later; printf 'default outlook.office365.com\ninspect outlook.office.com\n' > own/local.d/a.rules; \
    printf 'allow foo.example id=5\nallow *.com id=6\nallow bar.example held\n' > own/local.d/b.rules; \
    cd own/local.d && for name in foo.txt foo.rule; do echo 'inspect foo.example' > $name; done; \
    touch foo.rules~ .foo.rules.swp foo.rules.bak '#foo#' README README.md; printf 'state state\ndata ../shipped\n' > ../m365.conf
$ m365ctl check -c own/m365.conf > log 2>&1; code=$?; grep -v msecnd log | sort; exit $code
m365ctl: 'own/local.d/a.rules': line 1: 'outlook.office365.com' closes less than it says: on the ports of both 'outlook.office365.com' (Allow, set 2, 'own/../shipped/worldwide.rules' line 42) wins, being stronger, and is bypassed; write 'inspect' if that is what is meant
m365ctl: 'own/local.d/b.rules': line 1: 'foo.example' has an id= and so is a row of endpoint set 5 of 'b', as if Microsoft had published it, and not a line of your own; leave out 'id=5'
m365ctl: 'own/local.d/b.rules': line 2: '*.com' has an id= and so is a row of endpoint set 6 of 'b', as if Microsoft had published it, and not a line of your own; leave out 'id=6'
m365ctl: 'own/local.d/b.rules': line 2: '*.com' is very wide, anybody can register a name that matches: name the hosts that are meant
m365ctl: 'own/local.d/b.rules': line 3: 'bar.example' has the flag 'held', which marks rows of a published table and does not hold this line back; remove 'held', or the line
m365ctl: 'own/local.d/foo.rule' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away
m365ctl: 'own/local.d/foo.txt' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away
m365ctl: 'own/local.d/later' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away
own/../shipped/worldwide.rules: table, 486 rules: 44 optimize, 217 allow, 225 default, 0 inspect; label 2026-08
own/local.d/a.rules: table, 2 rules: 0 optimize, 0 allow, 1 default, 1 inspect; label none
own/local.d/b.rules: table, 3 rules: 0 optimize, 3 allow, 0 default, 0 inspect; label none
[1]
$ m365ctl publish -c own/m365.conf 2>&1 | head -n 9 | sed "s,$PWD,PWD," | sort
m365ctl: 'own/local.d/a.rules': line 1: 'outlook.office365.com' closes less than it says: on the ports of both 'outlook.office365.com' (Allow, set 2, 'own/../shipped/worldwide.rules' line 42) wins, being stronger, and is bypassed; write 'inspect' if that is what is meant
m365ctl: 'own/local.d/b.rules': line 1: 'foo.example' has an id= and so is a row of endpoint set 5 of 'b', as if Microsoft had published it, and not a line of your own; leave out 'id=5'
m365ctl: 'own/local.d/b.rules': line 2: '*.com' has an id= and so is a row of endpoint set 6 of 'b', as if Microsoft had published it, and not a line of your own; leave out 'id=6'
m365ctl: 'own/local.d/b.rules': line 2: '*.com' is very wide, anybody can register a name that matches: name the hosts that are meant
m365ctl: 'own/local.d/b.rules': line 3: 'bar.example' has the flag 'held', which marks rows of a published table and does not hold this line back; remove 'held', or the line
m365ctl: 'own/local.d/foo.rule' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away
m365ctl: 'own/local.d/foo.txt' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away
m365ctl: 'own/local.d/later' is not read: the name of a file of local rules ends in '.rules'; rename it, or move it away
m365ctl: local rules: 8 findings; 'm365ctl check -c PWD/own/m365.conf' has them all
