# `m365ctl trace`: what Squid would do with a request, and which line does it.

A bypassed name on the explicit port: no password, and spliced at step 2.

$ m365ctl trace -c trace.conf --hosts trace.hosts 'CONNECT outlook.office365.com:443 sni=outlook.office365.com from=10.1.1.1'
CONNECT outlook.office365.com:443 sni=outlook.office365.com from=10.1.1.1
  http_access, CONNECT outlook.office365.com:443: allow
      trace.conf:17: http_access deny !clients
          no: `clients` matches
      trace.conf:18: http_access allow redirected
          no: `redirected` does not match
    > trace.conf:19: http_access allow m365
  ssl_bump, step 1, CONNECT outlook.office365.com:443: peek
    > trace.conf:24: ssl_bump peek step1
  ssl_bump, step 2, CONNECT outlook.office365.com:443: splice
      trace.conf:24: ssl_bump peek step1
          no: `step1` does not match
      trace.conf:25: ssl_bump splice bank
          no: `bank` does not match
      trace.conf:26: ssl_bump splice redirected m365i
          no: `redirected` does not match
      trace.conf:27: ssl_bump bump !noted
          no: `noted` matches
    > trace.conf:28: ssl_bump splice m365
  http_access, again after the splice, CONNECT outlook.office365.com:443: allow
      trace.conf:17: http_access deny !clients
          no: `clients` matches
      trace.conf:18: http_access allow redirected
          no: `redirected` does not match
    > trace.conf:19: http_access allow m365
  Squid splices: the connection stays as the client and the server encrypt it (splice)

Another name: whether it gets through depends on the hour.

$ m365ctl trace -c trace.conf --hosts trace.hosts 'CONNECT www.example.com:443 sni=www.example.com from=10.1.1.1 user=ann'
CONNECT www.example.com:443 sni=www.example.com from=10.1.1.1 user=ann
if `office_hours` does not match:
  http_access, CONNECT www.example.com:443: deny
      trace.conf:17: http_access deny !clients
          no: `clients` matches
      trace.conf:18: http_access allow redirected
          no: `redirected` does not match
      trace.conf:19: http_access allow m365
          no: `m365` does not match: asked 'www.example.com - 443 -', the helper answers ERR m365_why_=no-rule m365_gen_=2025120100
    > trace.conf:20: http_access deny !office_hours
  Squid answers 200, and then 403 under its own certificate (deny)
if `office_hours` matches:
  http_access, CONNECT www.example.com:443: allow
      trace.conf:17: http_access deny !clients
          no: `clients` matches
      trace.conf:18: http_access allow redirected
          no: `redirected` does not match
      trace.conf:19: http_access allow m365
          no: `m365` does not match: asked 'www.example.com - 443 -', the helper answers ERR m365_why_=no-rule m365_gen_=2025120100
      trace.conf:20: http_access deny !office_hours
          no: `office_hours` matches: assumed
    > trace.conf:21: http_access allow users
  ssl_bump, step 1, CONNECT www.example.com:443: peek
    > trace.conf:24: ssl_bump peek step1
  ssl_bump, step 2, CONNECT www.example.com:443: bump
      trace.conf:24: ssl_bump peek step1
          no: `step1` does not match
      trace.conf:25: ssl_bump splice bank
          no: `bank` does not match
      trace.conf:26: ssl_bump splice redirected m365i
          no: `redirected` does not match
    > trace.conf:27: ssl_bump bump !noted
  http_access, inside the decrypted connection, GET https://www.example.com/: allow
      trace.conf:17: http_access deny !clients
          no: `clients` matches
      trace.conf:18: http_access allow redirected
          no: `redirected` does not match
      trace.conf:19: http_access allow m365
          no: `m365` does not match: asked 'www.example.com www.example.com 443 -', the helper answers ERR m365_why_=no-rule m365_gen_=2025120100
      trace.conf:20: http_access deny !office_hours
          no: `office_hours` matches: assumed
    > trace.conf:21: http_access allow users
  Squid decrypts the connection, and requests inside are allowed (bump)

Without a user Squid asks, and a stranger is turned away.

$ m365ctl trace -c trace.conf --hosts trace.hosts --json 'CONNECT outlook.office365.com:443 from=192.0.2.1' \
    'GET http://www.example.com/ from=10.1.1.1'
{"request":"CONNECT outlook.office365.com:443 from=192.0.2.1","end":"deny","certain":true,"courses":[{"assuming":[],"follow_x_forwarded_for":null,"http_access":{"action":"deny","file":"trace.conf","line":17,"rule":"http_access deny !clients","stopped":false,"why":null},"ssl_bump":[],"http_access_again":null,"http_access_inside":null,"end":"deny","sentence":"Squid answers 200, and then 403 under its own certificate"}]}
{"request":"GET http://www.example.com/ from=10.1.1.1","end":null,"certain":false,"courses":[{"assuming":["`office_hours` does not match"],"follow_x_forwarded_for":null,"http_access":{"action":"deny","file":"trace.conf","line":20,"rule":"http_access deny !office_hours","stopped":false,"why":null},"ssl_bump":[],"http_access_again":null,"http_access_inside":null,"end":"deny","sentence":"Squid answers 403: access denied"},{"assuming":["`office_hours` matches"],"follow_x_forwarded_for":null,"http_access":{"action":"ask","file":"trace.conf","line":21,"rule":"http_access allow users","stopped":true,"why":"`users` ends the list: there is no password, so Squid must ask"},"ssl_bump":[],"http_access_again":null,"http_access_inside":null,"end":"ask","sentence":"Squid answers 407: it asks for a password"}]}

Intercepted: the name and the address agree; they do not; the administrator's own list.

$ m365ctl trace -c trace.conf --hosts trace.hosts 'INTERCEPT 52.97.1.1:443 sni=outlook.office365.com from=10.1.1.1' \
    'INTERCEPT 203.0.113.5:443 sni=outlook.office365.com from=10.1.1.1' 'INTERCEPT 203.0.113.5:443 sni=www.bank.example from=10.1.1.1' | \
    grep -v '^      '
INTERCEPT 52.97.1.1:443 sni=outlook.office365.com from=10.1.1.1
  ssl_bump, step 1, the connection to 52.97.1.1:443: peek
    > trace.conf:24: ssl_bump peek step1
  http_access, CONNECT 52.97.1.1:443: allow
    > trace.conf:18: http_access allow redirected
  ssl_bump, step 2, CONNECT 52.97.1.1:443: splice
    > trace.conf:26: ssl_bump splice redirected m365i
  host verification, CONNECT outlook.office365.com:443: verified
    > 'outlook.office365.com' resolves to 52.97.1.1, where the client goes
  http_access, again after the splice, CONNECT outlook.office365.com:443: allow
    > trace.conf:18: http_access allow redirected
  Squid splices: the connection stays as the client and the server encrypt it (splice)
INTERCEPT 203.0.113.5:443 sni=outlook.office365.com from=10.1.1.1
  ssl_bump, step 1, the connection to 203.0.113.5:443: peek
    > trace.conf:24: ssl_bump peek step1
  http_access, CONNECT 203.0.113.5:443: allow
    > trace.conf:18: http_access allow redirected
  ssl_bump, step 2, CONNECT 203.0.113.5:443: bump
    > trace.conf:27: ssl_bump bump !noted
  http_access, inside the decrypted connection, GET https://outlook.office365.com/: allow
    > trace.conf:18: http_access allow redirected
  Squid decrypts the connection, and requests inside are allowed (bump)
INTERCEPT 203.0.113.5:443 sni=www.bank.example from=10.1.1.1
  ssl_bump, step 1, the connection to 203.0.113.5:443: peek
    > trace.conf:24: ssl_bump peek step1
  http_access, CONNECT 203.0.113.5:443: allow
    > trace.conf:18: http_access allow redirected
  ssl_bump, step 2, CONNECT 203.0.113.5:443: splice
    > trace.conf:25: ssl_bump splice bank
  host verification, CONNECT www.bank.example:443: conflict
    > 'www.bank.example' does not resolve to 203.0.113.5, where the client goes
  Squid answers 409, in clear text into the TLS connection: the SNI does not belong to the address (conflict)

The helper is dead.

$ m365ctl trace -c trace.conf --hosts trace.hosts 'CONNECT outlook.office365.com:443 from=10.1.1.1 helper=dead'
CONNECT outlook.office365.com:443 from=10.1.1.1 helper=dead
  http_access, CONNECT outlook.office365.com:443: deny
      trace.conf:17: http_access deny !clients
          no: `clients` matches
      trace.conf:18: http_access allow redirected
          no: `redirected` does not match
    > trace.conf:19: http_access allow m365
          `m365` ends the list: the helper does not answer
  Squid answers 200, and then 403 under its own certificate (deny)

One request a line. A line that is wrong is reported, and the others are traced.

$ printf '%s\n' '# a comment' '' 'GET http://www.example.com/ from=10.1.1.1 port=3128' 'GET www.example.com' \
    'CONNECT www.example.com' 'INTERCEPT www.example.com:443' 'CONNECT a.example:443 from=x' 'CONNECT a.example:443 sni' \
    'CONNECT a.example:443 tls=1.1' 'CONNECT a.example:443 agent="x' 'GET http://a.example/ port=9' | \
    m365ctl trace -c trace.conf --hosts trace.hosts --json 2>&1 | sed 's/"courses":.*/.../'
m365ctl: 'www.example.com' is not a URL with its scheme, such as http://host.example/
m365ctl: 'www.example.com' is not HOST:PORT
m365ctl: an intercepted connection goes to an address, but 'www.example.com:443' is a name
m365ctl: 'from=x' is not an address
m365ctl: unknown word 'sni' in the request; known are sni=, from=, via=, user=, password=wrong, port=, agent=, header=, tls= and helper=
m365ctl: 'tls=1.1' is not 1.2 or 1.3
m365ctl: the request 'CONNECT a.example:443 agent="x' lacks a closing double quote
m365ctl: no port of the configuration for a request with a URL is called '9'
{"request":"GET http://www.example.com/ from=10.1.1.1 port=3128","end":null,"certain":false,...

What Squid refuses is said to be refused, with file and line.

The lists around http_access: who may say whose connection it is, and what may go to a server.

$ printf 'http_port 3128 require-proxy-header\nacl front src 10.9.9.9\nproxy_protocol_access allow front\nhttp_access allow all\nadapted_http_access allow all\nmiss_access deny !front\nnever_direct allow all\n' >around.conf; m365ctl trace -c around.conf 'GET http://a.example/ from=10.1.1.1 via=10.9.9.9' 'GET http://a.example/ from=10.9.9.9'; m365ctl trace --json -c around.conf 'GET http://a.example/ from=10.9.9.9 via=10.9.9.8' 'GET http://a.example/ from=10.9.9.9 via=10.9.9.9'
GET http://a.example/ from=10.1.1.1 via=10.9.9.9
  proxy_protocol_access, the connection: allow
    > around.conf:3: proxy_protocol_access allow front
  http_access, GET http://a.example/: allow
    > around.conf:4: http_access allow all
  adapted_http_access, GET http://a.example/: allow
    > around.conf:5: adapted_http_access allow all
  miss_access, GET http://a.example/: deny
    > around.conf:6: miss_access deny !front
  Squid answers 403: it may not ask a server for this (deny)
GET http://a.example/ from=10.9.9.9
  http_access, GET http://a.example/: allow
    > around.conf:4: http_access allow all
  adapted_http_access, GET http://a.example/: allow
    > around.conf:5: adapted_http_access allow all
  miss_access, GET http://a.example/: allow
      around.conf:6: miss_access deny !front
          no: `front` matches
    > no rule matches, and the last one denies
  never_direct, GET http://a.example/: deny
    > around.conf:7: never_direct allow all
  Squid answers that it cannot forward the request: it may not ask the server itself, and no cache_peer is a parent (deny)
{"request":"GET http://a.example/ from=10.9.9.9 via=10.9.9.8","end":"deny","certain":true,"courses":[{"assuming":[],"follow_x_forwarded_for":null,"http_access":null,"ssl_bump":[],"http_access_again":null,"http_access_inside":null,"proxy_protocol_access":[{"action":"deny","file":null,"line":null,"rule":null,"stopped":false,"why":"no rule matches, and the last one allows"}],"end":"deny","sentence":"Squid closes the connection: it takes no PROXY protocol from there"}]}
{"request":"GET http://a.example/ from=10.9.9.9 via=10.9.9.9","end":"deny","certain":true,"courses":[{"assuming":[],"follow_x_forwarded_for":null,"http_access":{"action":"allow","file":"around.conf","line":4,"rule":"http_access allow all","stopped":false,"why":null},"ssl_bump":[],"http_access_again":null,"http_access_inside":null,"proxy_protocol_access":[{"action":"allow","file":"around.conf","line":3,"rule":"proxy_protocol_access allow front","stopped":false,"why":null}],"adapted_http_access":[{"action":"allow","file":"around.conf","line":5,"rule":"adapted_http_access allow all","stopped":false,"why":null}],"miss_access":[{"action":"allow","file":null,"line":null,"rule":null,"stopped":false,"why":"no rule matches, and the last one denies"}],"never_direct":[{"action":"deny","file":"around.conf","line":7,"rule":"never_direct allow all","stopped":false,"why":null}],"end":"deny","sentence":"Squid answers that it cannot forward the request: it may not ask the server itself, and no cache_peer is a parent"}]}

$ printf 'http_port 3128\nhttp_access allow office\n' >bad.conf; m365ctl trace -c bad.conf 'GET http://a.example/'
m365ctl: bad.conf:2: no line above defines the acl 'office', so Squid does not start
[2]
$ printf '\357\273\277http_port 3128\n' >bad.conf; m365ctl trace -c bad.conf 'GET http://a.example/'
m365ctl: bad.conf:1: the file begins with a byte order mark, so Squid does not know its first directive; save the file without it
[2]
$ printf 'http_port 3128\ninclude bad.conf\n' >bad.conf; m365ctl trace -c bad.conf 'GET http://a.example/'
m365ctl: bad.conf:2: 'include bad.conf': the file includes itself, directly or through another file
[2]
$ head -c 2000 /dev/zero >bad.conf; m365ctl trace -c bad.conf 'GET http://a.example/'
m365ctl: bad.conf:1: the line has a byte 0, where Squid stops reading it: is this a squid.conf?
[2]
$ m365ctl trace -c none.conf 'GET http://a.example/'
m365ctl: cannot open 'none.conf': No such file or directory
[2]
$ m365ctl trace --squid-version 3.5 -c trace.conf
m365ctl: '3.5' is not a version that trace knows; those are 4, 5, 6 and 7
[2]

A table that cannot be read is no reason to stop: the helper answers ERR without it.

$ sed 's/-t m365.rules/-t none.rules/' trace.conf >other.conf; \
    m365ctl trace -c other.conf --hosts trace.hosts 'CONNECT outlook.office365.com:443 from=10.1.1.1 user=ann'
m365ctl: other.conf:5: the helper has no table and answers ERR: cannot open 'none.rules': No such file or directory
m365ctl: other.conf:6: the helper has no table and answers ERR: cannot open 'none.rules': No such file or directory
CONNECT outlook.office365.com:443 from=10.1.1.1 user=ann
if `office_hours` does not match:
  http_access, CONNECT outlook.office365.com:443: deny
      other.conf:17: http_access deny !clients
          no: `clients` matches
      other.conf:18: http_access allow redirected
          no: `redirected` does not match
      other.conf:19: http_access allow m365
          no: `m365` does not match: asked 'outlook.office365.com - 443 -', the helper answers ERR m365_why_=no-table
    > other.conf:20: http_access deny !office_hours
  Squid answers 200, and then 403 under its own certificate (deny)
if `office_hours` matches:
  http_access, CONNECT outlook.office365.com:443: allow
      other.conf:17: http_access deny !clients
          no: `clients` matches
      other.conf:18: http_access allow redirected
          no: `redirected` does not match
      other.conf:19: http_access allow m365
          no: `m365` does not match: asked 'outlook.office365.com - 443 -', the helper answers ERR m365_why_=no-table
      other.conf:20: http_access deny !office_hours
          no: `office_hours` matches: assumed
    > other.conf:21: http_access allow users
  ssl_bump, step 1, CONNECT outlook.office365.com:443: peek
    > other.conf:24: ssl_bump peek step1
  ssl_bump, step 2, CONNECT outlook.office365.com:443: bump
      other.conf:24: ssl_bump peek step1
          no: `step1` does not match
      other.conf:25: ssl_bump splice bank
          no: `bank` does not match
      other.conf:26: ssl_bump splice redirected m365i
          no: `redirected` does not match
    > other.conf:27: ssl_bump bump !noted
  http_access, inside the decrypted connection, GET https://outlook.office365.com/: allow
      other.conf:17: http_access deny !clients
          no: `clients` matches
      other.conf:18: http_access allow redirected
          no: `redirected` does not match
      other.conf:19: http_access allow m365
          no: `m365` does not match: asked 'outlook.office365.com - 443 -', the helper answers ERR m365_why_=no-table
      other.conf:20: http_access deny !office_hours
          no: `office_hours` matches: assumed
    > other.conf:21: http_access allow users
  Squid decrypts the connection, and requests inside are allowed (bump)

