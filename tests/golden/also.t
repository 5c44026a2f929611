# `m365ctl lookup --also`: whose an address is that no endpoint set publishes.

$ cat > tags.json <<'END'
> {
>   "changeNumber": 391,
>   "cloud": "Public",
>   "values": [
>     {"name": "AzureCloud", "id": "AzureCloud", "properties": {"changeNumber": 1, "region": "", "regionId": 0, "platform": "Azure",
>      "systemService": "", "addressPrefixes": ["13.104.0.0/14", "51.144.0.0/15", "2603:1020:200::/46"], "networkFeatures": null}},
>     {"name": "AzureCloud.westeurope", "id": "AzureCloud.westeurope", "properties": {"changeNumber": 1, "region": "westeurope",
>      "regionId": 18, "platform": "Azure", "systemService": "", "addressPrefixes": ["13.107.246.0/24", "51.144.0.0/16", "2603:1020:200::/46"]}},
>     {"name": "AzureFrontDoor.Frontend", "id": "AzureFrontDoor.Frontend", "properties": {"changeNumber": 1, "region": "",
>      "regionId": 0, "platform": "Azure", "systemService": "AzureFrontDoor", "addressPrefixes": ["13.107.246.0/24", "2620:1ec:bdf::/48"],
>      "networkFeatures": ["API", "NSG", "UDR", "FW"]}},
>     {"name": "AzureActiveDirectory", "id": "AzureActiveDirectory", "properties": {"changeNumber": 1, "region": "", "regionId": 0,
>      "platform": "Azure", "systemService": "AzureAD", "addressPrefixes": ["20.190.128.0/18"]}}
>   ]
> }
> END
$ cat > public.csv <<'END'
> Prefix,Type
> 13.104.0.0/14, MSFT Public IP Address Block
> 20.184.0.0/13, MSFT Public IP Address Block
> 131.107.0.0/16, MSFT Public IP Address Block
> 2620:1ec::/36, MSFT Public IP Address Block
> END

$ m365ctl lookup -t m365.rules --also tags.json --also public.csv 13.107.246.10 51.144.1.1 51.145.1.1 131.107.1.1 2620:1ec:bdf::10 20.190.128.1 8.8.8.8 outlook.office365.com
13.107.246.10             inspect  -         no-rule
    no prefix in force contains 13.107.246.10
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    Azure, AzureFrontDoor.Frontend, westeurope: Microsoft's, not Microsoft 365's
51.144.1.1                inspect  -         no-rule
    no prefix in force contains 51.144.1.1
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    Azure, AzureCloud.westeurope, westeurope: Microsoft's, not Microsoft 365's
51.145.1.1                inspect  -         no-rule
    no prefix in force contains 51.145.1.1
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    Azure, AzureCloud: Microsoft's, not Microsoft 365's
131.107.1.1               inspect  -         no-rule
    no prefix in force contains 131.107.1.1
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    MSFT Public IP Address Block, 131.107.0.0/16: Microsoft's, not Microsoft 365's
2620:1ec:bdf::10          inspect  -         no-rule
    no prefix in force contains 2620:1ec:bdf::10
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    Azure, AzureFrontDoor.Frontend: Microsoft's, not Microsoft 365's
20.190.128.1              bypass   Allow     rule              20.190.128.0/18                 set 56, Common, m365
    inside one prefix:
      20.190.128.0/18: set 56, Allow, Common, TCP 80,443, required, from m365
    Azure, AzureActiveDirectory: Microsoft's, and Microsoft 365 publishes it
8.8.8.8                   inspect  -         no-rule
    no prefix in force contains 8.8.8.8
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    no prefix of the other lists contains it
outlook.office365.com     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
[1]

One line more for each address from standard input.

$ printf '13.107.246.10\n131.107.1.1\noutlook.office365.com\n' | m365ctl lookup -t m365.rules --also tags.json --also public.csv
13.107.246.10                             inspect  -         no-rule
    Azure, AzureFrontDoor.Frontend, westeurope: Microsoft's, not Microsoft 365's
131.107.1.1                               inspect  -         no-rule
    MSFT Public IP Address Block, 131.107.0.0/16: Microsoft's, not Microsoft 365's
outlook.office365.com                     bypass   Optimize  rule              outlook.office365.com           set 1, Exchange, m365
[1]

Every tag, for a person and for a script.

$ m365ctl lookup -t m365.rules --also tags.json --also public.csv --explain 13.107.246.10
13.107.246.10             inspect  -         no-rule
    no prefix in force contains 13.107.246.10
    Default sets publish no addresses: a Microsoft address that is not listed most likely serves names of Default sets and is meant to be inspected; look up the host name instead
    Azure, AzureFrontDoor.Frontend, westeurope: Microsoft's, not Microsoft 365's
      13.107.246.0/24: AzureFrontDoor.Frontend, from 'tags.json'
      13.107.246.0/24: AzureCloud.westeurope, westeurope, from 'tags.json'
      13.104.0.0/14: AzureCloud, from 'tags.json'
      13.104.0.0/14: MSFT Public IP Address Block, from 'public.csv'
[1]
$ m365ctl lookup -t m365.rules --also tags.json --also public.csv --json 13.107.246.10 131.107.1.1 8.8.8.8 outlook.office365.com
{"query":"13.107.246.10","host":"13.107.246.10","port":443,"sni":null,"action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null,"also":[{"prefix":"13.107.246.0/24","name":"AzureFrontDoor.Frontend","platform":"Azure","region":null,"service":"AzureFrontDoor","file":"tags.json"},{"prefix":"13.107.246.0/24","name":"AzureCloud.westeurope","platform":"Azure","region":"westeurope","service":null,"file":"tags.json"},{"prefix":"13.104.0.0/14","name":"AzureCloud","platform":"Azure","region":null,"service":null,"file":"tags.json"},{"prefix":"13.104.0.0/14","name":"MSFT Public IP Address Block","platform":null,"region":null,"service":null,"file":"public.csv"}]}
{"query":"131.107.1.1","host":"131.107.1.1","port":443,"sni":null,"action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null,"also":[{"prefix":"131.107.0.0/16","name":"MSFT Public IP Address Block","platform":null,"region":null,"service":null,"file":"public.csv"}]}
{"query":"8.8.8.8","host":"8.8.8.8","port":443,"sni":null,"action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null,"also":[]}
{"query":"outlook.office365.com","host":"outlook.office365.com","port":443,"sni":null,"action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365","also":null}
[1]
$ m365ctl lookup -t m365.rules --also tags.json --json --explain 13.107.246.10
{"query":"13.107.246.10","host":"13.107.246.10","port":443,"sni":null,"action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null,"others":[],"held":[],"inside":[],"also":[{"prefix":"13.107.246.0/24","name":"AzureFrontDoor.Frontend","platform":"Azure","region":null,"service":"AzureFrontDoor","file":"tags.json"},{"prefix":"13.107.246.0/24","name":"AzureCloud.westeurope","platform":"Azure","region":"westeurope","service":null,"file":"tags.json"},{"prefix":"13.104.0.0/14","name":"AzureCloud","platform":"Azure","region":null,"service":null,"file":"tags.json"}]}
[1]

A prefix: what contains all of it, and how much is in it.

$ m365ctl lookup -t m365.rules --also tags.json --also public.csv 13.107.0.0/16 51.144.3.0/24 20.190.128.0/19 20.184.0.0/13 0.0.0.0/0
13.107.0.0/16             inspect  -         no-rule
    holds no prefix of a rule
    inside no wider prefix
    Azure, AzureCloud: Microsoft's, not Microsoft 365's
    holds 2 prefixes of the other lists
51.144.3.0/24             inspect  -         no-rule
    holds no prefix of a rule
    inside no wider prefix
    Azure, AzureCloud.westeurope, westeurope: Microsoft's, not Microsoft 365's
20.190.128.0/19           bypass   Allow     rule              20.190.128.0/18                 set 56, Common, m365
    holds no prefix of a rule
    inside 20.190.128.0/18 (set 56, Allow, Common, TCP 80,443, required, from m365)
    Azure, AzureActiveDirectory: Microsoft's, and Microsoft 365 publishes it
20.184.0.0/13             mixed    3 ranges
20.184.0.0-20.190.127.255 inspect  -         no-rule
20.190.128.0-20.190.191.255  bypass   Allow     rule              20.190.128.0/18                 set 56, Common, m365
20.190.192.0-20.191.255.255  inspect  -         no-rule
    holds 20.190.128.0/18 (set 56, Allow, Common, TCP 80,443, required, from m365)
    inside no wider prefix
    MSFT Public IP Address Block, 20.184.0.0/13: Microsoft's, and Microsoft 365 publishes parts of it
    holds 2 prefixes of the other lists
0.0.0.0/0                 mixed    9 ranges
0.0.0.0-20.190.127.255    inspect  -         no-rule
20.190.128.0-20.190.191.255  bypass   Allow     rule              20.190.128.0/18                 set 56, Common, m365
20.190.192.0-52.95.255.255  inspect  -         no-rule
52.96.0.0-52.99.255.255   bypass   Optimize  rule              52.96.0.0/14                    set 1, Exchange, m365
52.100.0.0-52.111.255.255 inspect  -         no-rule
52.112.0.0-52.115.255.255 inspect  -         port
52.116.0.0-52.119.255.255 inspect  -         no-rule
52.120.0.0-52.123.255.255 bypass   Allow     rule              52.120.0.0/14                   set 12, Skype, m365
52.124.0.0-255.255.255.255  inspect  -         no-rule
    holds 20.190.128.0/18 (set 56, Allow, Common, TCP 80,443, required, from m365)
    holds 52.96.0.0/14 (set 1, Optimize, Exchange, TCP 80,443, UDP 443, required, ExpressRoute, BGP community 12076:5010, from m365)
    holds 52.96.0.0/14 (set 2, Allow, Exchange, TCP 143,587,993,995, optional, ExpressRoute, BGP community 12076:5010, from m365)
    holds 52.112.0.0/14 (set 11, Optimize, Skype, UDP 3478-3481, required, ExpressRoute, BGP community 12076:5030, from m365)
    holds 52.120.0.0/14 (set 12, Allow, Skype, TCP 80,443, UDP 443, required, from m365)
    inside no wider prefix
    no prefix of the other lists contains it
    holds 9 prefixes of the other lists
[1]
$ m365ctl lookup -t m365.rules --also tags.json --json 51.144.3.0/24
{"query":"51.144.3.0/24","prefix":"51.144.3.0/24","port":443,"action":"inspect","ranges":[{"first":"51.144.3.0","last":"51.144.3.255","action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"source":null}],"holds":[],"inside":[],"also":[{"prefix":"51.144.0.0/16","name":"AzureCloud.westeurope","platform":"Azure","region":"westeurope","service":null,"file":"tags.json"},{"prefix":"51.144.0.0/15","name":"AzureCloud","platform":"Azure","region":null,"service":null,"file":"tags.json"}]}
[1]

A mark before the text, CRLF, quotes, more columns and rows without a type are accepted.

$ printf '\357\273\277Prefix,Type,Comment\r\n"131.107.0.0/16","MSFT",x\r\n\r\n13.64.0.0/11\r\n' > odd.csv; m365ctl lookup -t m365.rules --also odd.csv 131.107.1.1 13.64.1.1 | grep "Microsoft's,"
    MSFT, 131.107.0.0/16: Microsoft's, not Microsoft 365's
    13.64.0.0/11: Microsoft's, not Microsoft 365's

A file is read whole or refused.

$ printf 'Prefix,Type\n131.107.0.0/16,MSFT\n131.107.1.0/15,MSFT\n' > bits.csv; m365ctl lookup -t m365.rules --also bits.csv 8.8.8.8
m365ctl: 'bits.csv': line 3: '131.107.1.0/15' has host bits set; write '131.106.0.0/15' if that is meant
[2]
$ printf 'Prefix,Type\n' > none.csv; m365ctl lookup -t m365.rules --also none.csv 8.8.8.8
m365ctl: 'none.csv': it has no prefix
[2]
$ printf 'prefix;type\n131.107.0.0/16;MSFT\n' > other.csv; m365ctl lookup -t m365.rules --also other.csv 8.8.8.8
m365ctl: 'other.csv': it is neither Microsoft's service tags (JSON) nor its public prefixes (CSV, first line 'Prefix,Type')
[2]
$ printf 'Prefix,Type\n131.107.0.0/16,MS\033[31mFT\n' > colour.csv; m365ctl lookup -t m365.rules --also colour.csv 8.8.8.8
m365ctl: 'colour.csv': line 2: 'MS?[31mFT' has a byte that is not printable ASCII
[2]
$ m365ctl lookup -t m365.rules --also m365.json 8.8.8.8
m365ctl: 'm365.json': it looks like an answer of /endpoints, which is a table for -t
[2]
$ sed 's,20.190.128.0/18,20.190.128.0/33,' tags.json > long.json; m365ctl lookup -t m365.rules --also long.json 8.8.8.8
m365ctl: 'long.json': values[3]: 'AzureActiveDirectory', addressPrefixes[0]: '20.190.128.0/33': the prefix length 33 is larger than 32
[2]
$ echo '{"values":[{"name":"A"}]}' > empty.json; m365ctl lookup -t m365.rules --also empty.json 8.8.8.8
m365ctl: 'empty.json': values[0]: it has no 'addressPrefixes'; is this a list of service tags?
[2]
$ echo '{"value":[]}' > value.json; m365ctl lookup -t m365.rules --also value.json 8.8.8.8
m365ctl: 'value.json': it has no 'values'; a list of service tags is wanted, such as ServiceTags_Public.json
[2]
$ head -c 900 tags.json > cut.json; m365ctl lookup -t m365.rules --also cut.json 8.8.8.8
m365ctl: 'cut.json': line 11: not JSON
[2]
$ gzip -c tags.json > tags.json.gz; m365ctl lookup -t m365.rules --also tags.json.gz 8.8.8.8
m365ctl: 'tags.json.gz': it is compressed; unpack it first
[2]
$ m365ctl lookup -t m365.rules --also missing.json 8.8.8.8
m365ctl: cannot open 'missing.json': No such file or directory
[2]
$ m365ctl lookup -t m365.rules --also . 8.8.8.8
m365ctl: cannot read '.': it is a folder
[2]
$ m365ctl lookup -t m365.rules --also - 8.8.8.8 < public.csv
m365ctl: cannot read '-': it is standard input; name a regular file
[2]
