# `m365ctl lookup --json`: keys in order, null for absent values.

$ m365ctl lookup -t m365.rules --json outlook.office365.com:443
{"query":"outlook.office365.com:443","host":"outlook.office365.com","port":443,"sni":null,"action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365"}

Every value of why.

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 --json outlook.office365.com:993 www.example.com outlook.office365.com:8080 officeapps.live.com login.microsoftonline.com partner.example
{"query":"outlook.office365.com:993","host":"outlook.office365.com","port":993,"sni":null,"action":"bypass","category":"Allow","why":"rule","rule":"outlook.office365.com","id":2,"area":"Exchange","required":false,"expressRoute":true,"source":"m365"}
{"query":"www.example.com","host":"www.example.com","port":443,"sni":null,"action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"outlook.office365.com:8080","host":"outlook.office365.com","port":8080,"sni":null,"action":"inspect","category":null,"why":"port","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"officeapps.live.com","host":"officeapps.live.com","port":443,"sni":null,"action":"inspect","category":"Default","why":"category","rule":"officeapps.live.com","id":53,"area":"Common","required":true,"expressRoute":false,"source":"m365"}
{"query":"login.microsoftonline.com","host":"login.microsoftonline.com","port":443,"sni":null,"action":"inspect","category":null,"why":"local-inspect","rule":"login.microsoftonline.com","id":null,"area":null,"required":false,"expressRoute":false,"source":"local"}
{"query":"partner.example","host":"partner.example","port":443,"sni":null,"action":"bypass","category":"Allow","why":"rule","rule":".partner.example","id":null,"area":null,"required":false,"expressRoute":false,"source":"local"}
[1]

$ m365ctl lookup -t m365.rules --tenant contoso --json evil.sharepoint.com
{"query":"evil.sharepoint.com","host":"evil.sharepoint.com","port":443,"sni":null,"action":"inspect","category":null,"why":"foreign-tenant","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
[1]

$ m365ctl lookup -t m365.rules --json -F dst,sni,port 'outlook.office365.com WWW.example.com 443' '52.120.0.1 outlook.office365.com 443' '52.97.1.1 outlook.office365.com 443' 'outlook.office365.com 1.2.3.4 443' '%5B2603:1006:0::1%5D - 443'
{"query":"outlook.office365.com WWW.example.com 443","host":"outlook.office365.com","port":443,"sni":"www.example.com","action":"inspect","category":null,"why":"sni-mismatch","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"52.120.0.1 outlook.office365.com 443","host":"52.120.0.1","port":443,"sni":"outlook.office365.com","action":"inspect","category":null,"why":"address-mismatch","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"52.97.1.1 outlook.office365.com 443","host":"52.97.1.1","port":443,"sni":"outlook.office365.com","action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365"}
{"query":"outlook.office365.com 1.2.3.4 443","host":"outlook.office365.com","port":443,"sni":null,"action":"inspect","category":null,"why":"sni-mismatch","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"%5B2603:1006:0::1%5D - 443","host":"2603:1006::1","port":443,"sni":null,"action":"bypass","category":"Optimize","why":"rule","rule":"2603:1006::/40","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365"}
[1]

$ m365ctl lookup -t m365.rules --json 'out%6cook.office365.com' outlook.office365.com:0 ''
{"query":"out%6cook.office365.com","host":null,"port":443,"sni":null,"action":"inspect","category":null,"why":"bad-name","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"outlook.office365.com:0","host":"outlook.office365.com","port":null,"sni":null,"action":"inspect","category":null,"why":"bad-port","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"","host":null,"port":443,"sni":null,"action":"inspect","category":null,"why":"bad-name","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
[1]

$ printf 'outlook.office365.com\n\n- - 443\n52.97.1.1 - 99999\n' | m365ctl lookup -t m365.rules --json -F dst,sni,port
{"query":"outlook.office365.com","host":null,"port":null,"sni":null,"action":"inspect","category":null,"why":"bad-line","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"","host":null,"port":null,"sni":null,"action":"inspect","category":null,"why":"bad-line","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"- - 443","host":null,"port":443,"sni":null,"action":"inspect","category":null,"why":"bad-name","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
{"query":"52.97.1.1 - 99999","host":"52.97.1.1","port":null,"sni":null,"action":"inspect","category":null,"why":"bad-port","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
[1]

Strings: quotes, control characters, invalid UTF-8 (overlong, surrogate, truncated, beyond the end).

$ printf 'a"b\\c\td\001e\177f\n' | m365ctl lookup -t m365.rules --json | cut -d, -f1
{"query":"a\"b\\c\td\u0001e\u007ff"

$ printf 'ü€😀\n\300\257\n\355\240\200\n\342\202\n\364\220\200\200\n\377x\360\237\230y\n' | m365ctl lookup -t m365.rules --json | cut -d, -f1
{"query":"ü€😀"
{"query":"��"
{"query":"���"
{"query":"�"
{"query":"����"
{"query":"�x�y"

$ printf 'a\000b\n' | m365ctl lookup -t m365.rules --json
{"query":"a\u0000b","host":null,"port":443,"sni":null,"action":"inspect","category":null,"why":"bad-name","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null}
[1]

The other matching rules, and why they lost.

$ m365ctl lookup -t m365.rules --json --explain outlook.office365.com cdn.odc.officeapps.live.com 52.112.0.1 52.97.1.1 www.example.com
{"query":"outlook.office365.com","host":"outlook.office365.com","port":443,"sni":null,"action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365","others":[{"rule":"outlook.office365.com","category":"Allow","id":2,"area":"Exchange","source":"m365","by":"dst","lost":"port"},{"rule":"*.office365.com","category":"Default","id":71,"area":"Common","source":"m365","by":"dst","lost":"less-specific"}],"held":[]}
{"query":"cdn.odc.officeapps.live.com","host":"cdn.odc.officeapps.live.com","port":443,"sni":null,"action":"inspect","category":"Default","why":"category","rule":"cdn.odc.officeapps.live.com","id":91,"area":"Common","required":false,"expressRoute":false,"source":"m365","others":[{"rule":"*.officeapps.live.com","category":"Allow","id":46,"area":"Common","source":"m365","by":"dst","lost":"less-specific"}],"held":[]}
{"query":"52.112.0.1","host":"52.112.0.1","port":443,"sni":null,"action":"inspect","category":null,"why":"port","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null,"others":[{"rule":"52.112.0.0/14","category":"Optimize","id":11,"area":"Skype","source":"m365","by":"dst","lost":"udp-only"}],"held":[],"inside":[{"rule":"52.112.0.0/14","category":"Optimize","id":11,"area":"Skype","source":"m365","required":true,"expressRoute":true,"community":"12076:5030","tcp":null,"udp":"3478-3481"}]}
{"query":"52.97.1.1","host":"52.97.1.1","port":443,"sni":null,"action":"bypass","category":"Optimize","why":"rule","rule":"52.96.0.0/14","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365","others":[{"rule":"52.96.0.0/14","category":"Allow","id":2,"area":"Exchange","source":"m365","by":"dst","lost":"port"}],"held":[],"inside":[{"rule":"52.96.0.0/14","category":"Optimize","id":1,"area":"Exchange","source":"m365","required":true,"expressRoute":true,"community":"12076:5010","tcp":"80,443","udp":"443"},{"rule":"52.96.0.0/14","category":"Allow","id":2,"area":"Exchange","source":"m365","required":false,"expressRoute":true,"community":"12076:5010","tcp":"143,587,993,995","udp":null}]}
{"query":"www.example.com","host":"www.example.com","port":443,"sni":null,"action":"inspect","category":null,"why":"no-rule","rule":null,"id":null,"area":null,"required":null,"expressRoute":null,"source":null,"others":[],"held":[]}
[1]

$ m365ctl lookup -t m365.rules -t local.rules --at 2026-06-01 --json --explain login.microsoftonline.com old.partner.example:8443
{"query":"login.microsoftonline.com","host":"login.microsoftonline.com","port":443,"sni":null,"action":"inspect","category":null,"why":"local-inspect","rule":"login.microsoftonline.com","id":null,"area":null,"required":false,"expressRoute":false,"source":"local","others":[{"rule":"login.microsoftonline.com","category":"Allow","id":56,"area":"Common","source":"m365","by":"dst","lost":"local-inspect"}],"held":[]}
{"query":"old.partner.example:8443","host":"old.partner.example","port":8443,"sni":null,"action":"bypass","category":"Allow","why":"rule","rule":".partner.example","id":null,"area":null,"required":false,"expressRoute":false,"source":"local","others":[{"rule":"old.partner.example","category":"Allow","id":null,"area":null,"source":"local","by":"dst","lost":"expired"}],"held":[]}
[1]

$ m365ctl lookup -t m365.rules --json --explain -F dst,sni,la,port '52.97.1.1,outlook.office365.com,52.97.1.2,443'
{"query":"52.97.1.1,outlook.office365.com,52.97.1.2,443","host":"52.97.1.1","port":443,"sni":"outlook.office365.com","action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,"area":"Exchange","required":true,"expressRoute":true,"source":"m365","others":[{"rule":"52.96.0.0/14","category":"Allow","id":2,"area":"Exchange","source":"m365","by":"dst","lost":"port"},{"rule":"52.96.0.0/14","category":"Optimize","id":1,"area":"Exchange","source":"m365","by":"dst","lost":"overruled"},{"rule":"outlook.office365.com","category":"Allow","id":2,"area":"Exchange","source":"m365","by":"sni","lost":"port"},{"rule":"*.office365.com","category":"Default","id":71,"area":"Common","source":"m365","by":"sni","lost":"less-specific"},{"rule":"52.96.0.0/14","category":"Allow","id":2,"area":"Exchange","source":"m365","by":"la","lost":"port"},{"rule":"52.96.0.0/14","category":"Optimize","id":1,"area":"Exchange","source":"m365","by":"la","lost":"overruled"}],"held":[],"inside":[{"rule":"52.96.0.0/14","category":"Optimize","id":1,"area":"Exchange","source":"m365","required":true,"expressRoute":true,"community":"12076:5010","tcp":"80,443","udp":"443"},{"rule":"52.96.0.0/14","category":"Allow","id":2,"area":"Exchange","source":"m365","required":false,"expressRoute":true,"community":"12076:5010","tcp":"143,587,993,995","udp":null}]}
