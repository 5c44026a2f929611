# What is refused, with file, line and a sentence. A rules file with a refused line is refused as a whole.

$ try() { printf '%s\n' "$1" > bad.rules; m365ctl table -t bad.rules; }; \
    try 'permit a.example'; try 'allow'; try 'allow a.example color=red'; try 'allow a.example optional'; \
    try 'allow a_b.exa$mple'; try 'allow a..example'; try 'allow a%2eexample'; try 'allow 10.0.0.1/8'; try 'allow 10.0.0.0/33'; \
    try 'allow 10.0.0.0/x'; try 'allow 10.0.0/8'; try 'allow a.example tcp=0'; try 'allow a.example tcp=90-80'; try 'allow a.example tcp='; \
    try 'allow a.example tcp=80 tcp=81'; try 'allow a.example id=x'; try 'allow a.example expires=2026-02-30'; \
    try 'allow a.example expires=tomorrow'; try 'allow a.example note="open'; try 'allow a.example area=a,b'; \
    try 'allow a.example source="a b"'; try 'allow a.example note="a"b'; try 'allow a.example note="\n"'
m365ctl: cannot load 'bad.rules': line 1: unknown verb 'permit'; a line begins with optimize, allow, default or inspect
m365ctl: cannot load 'bad.rules': line 1: 'allow' has nothing after it; a host pattern or prefix follows the verb
m365ctl: cannot load 'bad.rules': line 1: unknown key 'color'
m365ctl: cannot load 'bad.rules': line 1: unknown word 'optional'
m365ctl: cannot load 'bad.rules': line 1: 'a_b.exa$mple' has a byte that is not allowed in a host name: '$' at position 8
m365ctl: cannot load 'bad.rules': line 1: 'a..example' has an empty label
m365ctl: cannot load 'bad.rules': line 1: 'a%2eexample' has a byte that is not allowed in a host name: '%' at position 2
m365ctl: cannot load 'bad.rules': line 1: '10.0.0.1/8' has host bits set; write '10.0.0.0/8' if that is meant
m365ctl: cannot load 'bad.rules': line 1: '10.0.0.0/33': the prefix length 33 is larger than 32
m365ctl: cannot load 'bad.rules': line 1: '10.0.0.0/x': the prefix length 'x' is not a number from 0 to 32
m365ctl: cannot load 'bad.rules': line 1: '10.0.0/8' is not an IP prefix
m365ctl: cannot load 'bad.rules': line 1: '0' is not a list of ports like '80,443,50000-59999'
m365ctl: cannot load 'bad.rules': line 1: '90-80' is not a list of ports like '80,443,50000-59999'
m365ctl: cannot load 'bad.rules': line 1: a port list is empty; leave the key out
m365ctl: cannot load 'bad.rules': line 1: the key 'tcp' is given twice
m365ctl: cannot load 'bad.rules': line 1: id 'x' is not a number from 0 to 4294967295
m365ctl: cannot load 'bad.rules': line 1: expires '2026-02-30' is not a day like 2027-03-01
m365ctl: cannot load 'bad.rules': line 1: expires 'tomorrow' is not a day like 2027-03-01
m365ctl: cannot load 'bad.rules': line 1: a quote is not closed
m365ctl: cannot load 'bad.rules': line 1: area 'a,b' is not a word of 1 to 32 letters, digits, '-' or '_'
m365ctl: cannot load 'bad.rules': line 1: source 'a b' is not a word of 1 to 32 letters, digits, '-' or '_'
m365ctl: cannot load 'bad.rules': line 1: something follows a closing quote; put a space after it
m365ctl: cannot load 'bad.rules': line 1: in quotes a backslash may only come before '"' or another backslash
[2]

Too wide for a bypass: prefixes, public suffixes, names that a stranger may register.

$ try() { printf '%s\n' "$1" > bad.rules; m365ctl table -t bad.rules; }; \
    try 'allow 10.0.0.0/7'; try 'optimize 2001::/23'; try 'allow *.com'; try 'allow .com'; try 'allow *.co.uk'; try 'allow *cdn.com'; \
    try 'allow *'; try 'allow www.*.com'; try 'allow *.azurewebsites.net'; try 'allow a.example.*'
m365ctl: cannot load 'bad.rules': line 1: '10.0.0.0/7' is wider than /8, too wide for a bypass; name smaller prefixes
m365ctl: cannot load 'bad.rules': line 1: '2001::/23' is wider than /24, too wide for a bypass; name smaller prefixes
m365ctl: cannot load 'bad.rules': line 1: '*.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*.co.uk' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*cdn.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: 'www.*.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*.azurewebsites.net' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: 'a.example.*' lets anybody register a name that matches, too wide for a bypass; name the domains
[2]

Also too wide: clouds where customers choose names, however old the public suffix list is, and wildcards above them.

$ try() { printf '%s\n' "$1" > bad.rules; m365ctl table -t bad.rules; }; \
    try 'allow *.azureedge.net'; try 'allow .blob.core.windows.net'; try 'optimize *.cloudapp.net'; try 'allow *.windows.net'; \
    try 'allow *.westeurope.cloudapp.azure.com'; try 'allow *files.azurefd.net'; try 'allow *.contoso.azureedge.net'
m365ctl: cannot load 'bad.rules': line 1: '*.azureedge.net' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '.blob.core.windows.net' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*.cloudapp.net' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*.windows.net' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*.westeurope.cloudapp.azure.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: cannot load 'bad.rules': line 1: '*files.azurefd.net' lets anybody register a name that matches, too wide for a bypass; name the domains
allow    *.contoso.azureedge.net  source=bad

They are accepted on inspect and default lines, and on lines of a published set.

$ cat > wide.rules <<'END'
> inspect 0.0.0.0/0
> inspect *.com
> default *.com
> allow *.com id=7
> END
$ m365ctl table -t wide.rules
allow    *.com      id=7 source=wide
inspect  *.com      source=wide
default  *.com      source=wide
inspect  0.0.0.0/0  source=wide

But not on default lines if Default is bypassed.

$ m365ctl compile -t wide.rules -o wide.image --bypass Optimize,Allow,Default
m365ctl: source 'wide': line 3: '*.com' lets anybody register a name that matches, too wide for a bypass; name the domains (Default is bypassed here)
[2]

A published line must follow the web service's grammar.

$ try() { printf '%s\n' "$1" > bad.rules; m365ctl table -t bad.rules; }; \
    try 'allow .a.example id=1'; try 'allow *.a.*.example id=1'; try 'allow ~a\.example id=1'; try 'allow <tenant>.example'
m365ctl: cannot load 'bad.rules': line 1: '.a.example' begins with a dot; a published pattern is written '*.a.example'
m365ctl: cannot load 'bad.rules': line 1: '*.a.*.example' has more than one '*'
m365ctl: cannot load 'bad.rules': line 1: a regex cannot belong to a published endpoint set; leave out 'id='
m365ctl: cannot load 'bad.rules': line 1: '<tenant>.example' has a byte that is not allowed in a host name: '<' at position 1
[2]

Regexes.

$ try() { printf '%s\n' "$1" > bad.rules; m365ctl table -t bad.rules; }; try 'allow ~('; try 'allow ~'; try 'allow ~\C'
m365ctl: cannot load 'bad.rules': line 1: the regex '~(' is wrong at byte 2: missing closing parenthesis
m365ctl: cannot load 'bad.rules': line 1: '~' has no regex; write one after it
m365ctl: cannot load 'bad.rules': line 1: the regex '~\C' is wrong at byte 3: using \C is disabled by the application
[2]

Lines and files as a whole.

$ cat > bad.rules <<'END'
> allow good.example
> allow bad..example
> permit x
> END
$ m365ctl lookup -t bad.rules good.example
m365ctl: cannot load 'bad.rules': line 2: 'bad..example' has an empty label (and 1 more line is refused)
[2]

$ { printf 'allow a.example note='; head -c 70000 /dev/zero | tr '\0' x; echo; } > long.rules; m365ctl table -t long.rules
m365ctl: cannot load 'long.rules': line 1: the line is longer than 65536 bytes
[2]

$ printf 'allow a.exa\000mple\n' > nul.rules; m365ctl table -t nul.rules
m365ctl: cannot load 'nul.rules': line 1: 'a.exa' has a byte that is not allowed in a host name: the byte 0x00 at position 6
[2]

$ m365ctl table -t missing.rules; mkdir folder; m365ctl table -t folder; m365ctl table -t allow:missing.txt
m365ctl: cannot open 'missing.rules': No such file or directory
m365ctl: cannot read 'folder': it is a folder
m365ctl: cannot open 'missing.txt': No such file or directory
[2]

Lists: a bypass list loads without its refused lines, an inspect list is refused as a whole.

$ cat > list.txt <<'END'
> good.example
> bad..example
> *.com
> 10.0.0.0/7
> two words
> END
$ m365ctl table -t allow:list.txt
m365ctl: 'list.txt': line 2: 'bad..example' has an empty label
m365ctl: 'list.txt': line 3: '*.com' lets anybody register a name that matches, too wide for a bypass; name the domains
m365ctl: 'list.txt': line 4: '10.0.0.0/7' is wider than /8, too wide for a bypass; name smaller prefixes
m365ctl: 'list.txt': line 5: a list has one domain or prefix per line; 'words' follows
m365ctl: 'list.txt': 4 refused, the rest is loaded
allow    good.example  source=list

$ m365ctl table -t inspect:list.txt
m365ctl: cannot load 'list.txt': line 2: 'bad..example' has an empty label (and 1 more line is refused)
[2]

$ m365ctl table -t m365.rules -t inspect:list.txt
m365ctl: cannot load 'list.txt': line 2: 'bad..example' has an empty label (and 1 more line is refused)
[2]

Documents that do not have the form of the web service's answer.

$ try() { printf '%s' "$1" > bad.json; m365ctl table -t bad.json; }; \
    try '{"error": "Valid ClientRequestId Guid is required"}'; try '[]'; try '[1]'; try '[{"id": 1}]'; \
    try '[{"id": 1, "serviceArea": "Common"}]'; try '[{"id": "1", "serviceArea": "Common", "category": "Allow"}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Urgent", "urls": ["a.example"]}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Allow", "tcpPorts": "many", "urls": ["a.example"]}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Allow", "required": "true", "urls": ["a.example"]}]'; \
    try '[{"id": 1, "id": 2, "serviceArea": "Common", "category": "Allow"}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Allow", "urls": "a.example"}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Default", "urls": ["a..example"]}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Allow", "ips": ["10.0.0.1/8"]}]'; \
    try '[{"id": 1, "serviceArea": "Common", "category": "Allow", "urls": ["a.exa\u0000mple"]}]'; \
    try '[{"id": 1'; try '[]]'
m365ctl: cannot load 'bad.json': the document is not an array; is this an answer of /endpoints?
m365ctl: cannot load 'bad.json': the document contains no endpoint sets
m365ctl: cannot load 'bad.json': endpoint set [0]: not an object; is this an answer of /endpoints?
m365ctl: cannot load 'bad.json': endpoint set [0]: 'serviceArea' is missing or not a word
m365ctl: cannot load 'bad.json': endpoint set [0]: 'category' is missing or not text; is this an answer of /endpoints?
m365ctl: cannot load 'bad.json': endpoint set [0]: 'id' is missing or not a whole number; is this an answer of /endpoints?
m365ctl: cannot load 'bad.json': endpoint set [0]: unknown category 'Urgent'
m365ctl: cannot load 'bad.json': endpoint set [0]: 'tcpPorts': 'many' is not a list of ports like '80,443,50000-59999'
m365ctl: cannot load 'bad.json': endpoint set [0]: 'required' is neither true nor false
m365ctl: cannot load 'bad.json': endpoint set [0]: 'id' appears twice
m365ctl: cannot load 'bad.json': endpoint set [0]: id 1: 'urls' is not an array
m365ctl: cannot load 'bad.json': endpoint set [0]: id 1: urls[0]: 'a..example' has an empty label
m365ctl: cannot load 'bad.json': endpoint set [0]: id 1: none of its 1 'ips' can be read
m365ctl: cannot load 'bad.json': line 1: a NUL in a JSON document
m365ctl: cannot load 'bad.json': line 1: not JSON
m365ctl: cannot load 'bad.json': line 1: there is text after the end of the JSON document
[2]

Rows that cannot be represented are left out, counted and named.

$ cat > part.json <<'END'
> [{"id": 1, "serviceArea": "Common", "category": "Allow",
>   "urls": ["a.example", "a..b", "https://c.example/"],
>   "ips": ["192.0.2.0/24", "10.0.0.1/8", "10.0.0.1"]}]
> END
$ m365ctl table -t part.json
m365ctl: 'part.json': set 1, urls[1]: 'a..b' has an empty label
m365ctl: 'part.json': set 1, urls[2]: 'https://c.example/' is not a host pattern
m365ctl: 'part.json': set 1, ips[1]: '10.0.0.1/8' has host bits set; write '10.0.0.0/8' if that is meant
m365ctl: 'part.json': set 1, ips[2]: '10.0.0.1' is not a prefix
m365ctl: 'part.json': 4 refused, the rest is loaded
allow    a.example     id=1 area=Common source=part
allow    192.0.2.0/24  id=1 area=Common source=part

An error page given as a document.

$ cat > page.json <<'END'
> <!DOCTYPE html>
> <html><head><title>502 Bad Gateway</title></head>
> <body>Bad Gateway</body></html>
> END
$ m365ctl table -t page.json
m365ctl: cannot load 'page.json': it is an HTML or XML page, neither a table nor an answer of the web service
[2]

$ printf 'Valid ClientRequestId Guid is required in the query string.' > plain.json; m365ctl table -t plain.json
m365ctl: cannot load 'plain.json': line 1: unknown verb 'Valid'; a line begins with optimize, allow, default or inspect
[2]

Lines that people paste, and regexes that match anything.

$ cat > paste.rules <<'END'
> allow https://a.example/x
> allow a.example:8443
> allow ~.*
> allow ~([a-z.]+\.)?[a-z]{3,}
> inspect ~.*
> END
$ m365ctl check -t paste.rules
m365ctl: cannot load 'paste.rules': line 1: 'https://a.example/x' is a URL; write 'a.example' (and 3 more lines are refused)
m365ctl: 'paste.rules': line 2: 'a.example:8443' has a port; write 'a.example tcp=8443'
m365ctl: 'paste.rules': line 3: '~.*' matches names of strangers, too wide for a bypass; name the domains, or let it end with a dot and one, as in '~cdn[0-9]+\.b\.example'
m365ctl: 'paste.rules': line 4: '~([a-z.]+\.)?[a-z]{3,}' matches names of strangers, too wide for a bypass; name the domains, or let it end with a dot and one, as in '~cdn[0-9]+\.b\.example'
[2]

An image cannot replace the sources it is made from; a source without a file; a source with an unknown verb.

$ printf 'inspect a.example\n' > own.rules; m365ctl compile -t own.rules -o ./own.rules; cat own.rules
m365ctl: './own.rules' is one of the tables; name another file with -o
inspect a.example

$ m365ctl compile -t inspect:own.rules -o own.rules
m365ctl: 'own.rules' is one of the tables; name another file with -o
[2]

$ m365ctl table -t allow:; m365ctl table -t permit:own.rules
m365ctl: 'allow:' names no file
m365ctl: cannot open 'permit:own.rules': No such file or directory; lists are default:, allow:, optimize: or inspect:FILE, or domains: before one of these
[2]

A pipe, a device and standard input are no tables: nothing could be read again.

$ mkfifo pipe; for file in /dev/stdin - pipe /dev/null allow:pipe default:-; do cat own.rules | m365ctl table -t $file; done
m365ctl: cannot read '/dev/stdin': it is a pipe; name a regular file
m365ctl: cannot read '-': it is standard input; name a regular file
m365ctl: cannot read 'pipe': it is a pipe; name a regular file
m365ctl: cannot read '/dev/null': it is a device; name a regular file
m365ctl: cannot read 'pipe': it is a pipe; name a regular file
m365ctl: cannot read '-': it is standard input; name a regular file
[2]
$ cat own.rules | m365ctl lookup -t - a.example; m365ctl lookup -t pipe a.example; m365ctl check -t pipe
m365ctl: cannot read '-': it is standard input; name a regular file
m365ctl: cannot read 'pipe': it is a pipe; name a regular file
m365ctl: cannot read 'pipe': it is a pipe; name a regular file
[2]

What a file is that is no table is said in one sentence, whatever it is given as.

$ printf 'allow a.example\n' | iconv -t UTF-16 > utf16.rules; printf 'allow a.example\n' | gzip > rules.gz; printf '\211PNG\r\n\032\n' > logo.png; \
    printf '// ours\nfunction FindProxyForURL(url, host) {\n  return "DIRECT";\n}\n' > proxy.pac; printf '<!DOCTYPE html>\n<html>' > page.html
$ for file in utf16.rules rules.gz logo.png proxy.pac page.html; do m365ctl table -t $file; m365ctl lookup -t allow:$file a.example; done
m365ctl: cannot load 'utf16.rules': it is UTF-16 text; save it as UTF-8
m365ctl: cannot load 'utf16.rules': it is UTF-16 text; save it as UTF-8
m365ctl: cannot load 'rules.gz': it is compressed; unpack it first
m365ctl: cannot load 'rules.gz': it is compressed; unpack it first
m365ctl: cannot load 'logo.png': it is a picture, not a text
m365ctl: cannot load 'logo.png': it is a picture, not a text
m365ctl: cannot load 'proxy.pac': it is a PAC file (proxy auto-configuration), a program for browsers; list its names, one a line
m365ctl: cannot load 'proxy.pac': it is a PAC file (proxy auto-configuration), a program for browsers; list its names, one a line
m365ctl: cannot load 'page.html': it is an HTML or XML page, neither a table nor an answer of the web service
m365ctl: cannot load 'page.html': it is an HTML or XML page, not a text of lines
[2]
$ printf 'allow caf\351.example\n' > latin.rules; printf 'allow a.example,b.example\n' > comma.rules; printf 'allow a.exa\342\200\213mple\n' > unseen.rules; \
    m365ctl table -t latin.rules; m365ctl table -t comma.rules; m365ctl table -t unseen.rules; m365ctl table -t allow:m365.json
m365ctl: cannot load 'latin.rules': line 1: the label 'caf?' is not an international name: the byte 0xE9 at position 4 is not UTF-8; save the text as UTF-8
m365ctl: cannot load 'comma.rules': line 1: 'a.example,b.example' has a byte that is not allowed in a host name: ',' at position 10
allow    a.example  source=unseen
m365ctl: cannot load 'm365.json': it is a JSON document, not a list; name it without a verb
[2]

A list of a category that is not bypassed keeps something closed, so no line of it is left out: of Default never, of Allow where a policy says so.

$ printf 'a.example\nb!\n' > names.txt; m365ctl table -t allow:names.txt; m365ctl table -t default:names.txt
m365ctl: 'names.txt': line 2: 'b!' has a byte that is not allowed in a host name: '!' at position 2
m365ctl: 'names.txt': 1 refused, the rest is loaded
allow    a.example  source=names
m365ctl: cannot load 'names.txt': line 2: 'b!' has a byte that is not allowed in a host name: '!' at position 2
[2]
$ m365ctl compile -t allow:names.txt -o names.image --bypass Optimize; m365ctl compile -t allow:names.txt -o names.image --bypass Optimize,Allow,Default
m365ctl: cannot load 'names.txt': line 2: 'b!' has a byte that is not allowed in a host name: '!' at position 2
m365ctl: 'names.txt': line 2: 'b!' has a byte that is not allowed in a host name: '!' at position 2
m365ctl: 'names.txt': 1 refused, the rest is loaded
m365ctl: wrote 'names.image': 1 rule of 1 set, 768 bytes, label none
$ mkdir -p shipped local.d; cp worldwide.rules shipped/; printf 'state state\ndata shipped\nbypass Optimize\nlist allow names.txt\n' > narrow.conf; \
    m365ctl check -c narrow.conf 2>&1 | grep names; m365ctl publish -c narrow.conf
m365ctl: cannot load './names.txt': line 2: 'b!' has a byte that is not allowed in a host name: '!' at position 2
m365ctl: './shipped/worldwide.rules': line 209: '*.msecnd.net' covers names that any customer of the cloud 'vo.msecnd.net' may choose: that is harmless until Default is bypassed; name the hosts that are meant
m365ctl: './names.txt': line 1: 'a.example' is that name alone, without the names below it; if those are meant as well, name the list as 'domains:allow:./names.txt', in m365.conf 'list domains:allow ./names.txt', or write '.a.example'
m365ctl: cannot load './names.txt': line 2: 'b!' has a byte that is not allowed in a host name: '!' at position 2; the table in use stays
[2]
