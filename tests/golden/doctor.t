# `m365ctl doctor --outcomes` and `--against`: how a fixed set of situations ends, and what a change changes.

Rows that must end otherwise have a mark: a list that trusts the SNI, and a rule that lets intercepted clients in without
asking the helper, so that Squid splices everything once that is dead.

$ m365ctl doctor --outcomes trace.conf
port 3128, explicit
  a bypassed name, no password                       splice           CONNECT outlook.office365.com:443 sni=outlook.office365.com from=10.1.0.5
  a bypassed name, TLS 1.2                           splice           CONNECT outlook.office365.com:443 sni=outlook.office365.com tls=1.2 from=10.1.0.5
  a bypassed name, with a password                   splice           CONNECT outlook.office365.com:443 sni=outlook.office365.com user=alice from=10.1.0.5
  a bypassed name with another SNI                   deny             CONNECT outlook.office365.com:443 sni=www.example.com user=alice from=10.1.0.5
  a bypassed name, helper dead                       deny             CONNECT outlook.office365.com:443 sni=outlook.office365.com user=alice helper=dead from=10.1.0.5
  a bypassed name, helper's queue full               deny             CONNECT outlook.office365.com:443 sni=outlook.office365.com user=alice helper=full from=10.1.0.5
  a bypassed name, helper busy during ssl_bump       splice           CONNECT outlook.office365.com:443 sni=outlook.office365.com user=alice helper=busy from=10.1.0.5
  another name, no password                          deny or ask      CONNECT www.example.com:443 sni=www.example.com from=10.1.0.5
  another name                                       bump or deny     CONNECT www.example.com:443 sni=www.example.com user=alice from=10.1.0.5
  another name, TLS 1.2                              bump or deny     CONNECT www.example.com:443 sni=www.example.com user=alice tls=1.2 from=10.1.0.5
  another name, helper dead                          deny             CONNECT www.example.com:443 sni=www.example.com user=alice helper=dead from=10.1.0.5
  another name, no password, helper dead             deny             CONNECT www.example.com:443 sni=www.example.com helper=dead from=10.1.0.5
  another name, helper's queue full                  deny             CONNECT www.example.com:443 sni=www.example.com user=alice helper=full from=10.1.0.5
  another name, helper busy during ssl_bump          bump or deny     CONNECT www.example.com:443 sni=www.example.com user=alice helper=busy from=10.1.0.5
  a stranger with a bypassed SNI                     bump or deny     CONNECT stranger.example:443 sni=outlook.office365.com user=alice from=10.1.0.5
  a stranger with a bypassed SNI, TLS 1.2            bump or deny     CONNECT stranger.example:443 sni=outlook.office365.com user=alice tls=1.2 from=10.1.0.5
  a stranger with a bypassed SNI, no password        deny or ask      CONNECT stranger.example:443 sni=outlook.office365.com from=10.1.0.5
  a stranger's address with a bypassed SNI           bump or deny     CONNECT 203.0.113.99:443 sni=outlook.office365.com user=alice from=10.1.0.5
  a name that the table inspects                     bump or deny     CONNECT officeapps.live.com:443 sni=officeapps.live.com user=alice from=10.1.0.5
  a name that the table inspects, no password        deny or ask      CONNECT officeapps.live.com:443 sni=officeapps.live.com from=10.1.0.5
  plain HTTP to a bypassed name, no password         allow            GET http://outlook.office365.com/ from=10.1.0.5
  plain HTTP to another name, no password            deny or ask      GET http://www.example.com/ from=10.1.0.5
  plain HTTP to another name                         deny or allow    GET http://www.example.com/ user=alice from=10.1.0.5
  CONNECT to an odd port                             bump or deny     CONNECT www.example.com:22 sni=www.example.com user=alice from=10.1.0.5
  CONNECT to another port of TLS                     bump or deny     CONNECT www.example.com:8443 sni=www.example.com user=alice from=10.1.0.5
  plain HTTP to an odd port                          deny or allow    GET http://www.example.com:22/ user=alice from=10.1.0.5
  CONNECT to the proxy's own machine                 bump or deny     CONNECT 127.0.0.1:443 user=alice from=10.1.0.5
  the manager of the proxy                           deny or allow    GET http://www.example.com/squid-internal-mgr/info user=alice from=10.1.0.5
  a bypassed name, client of an unknown network      deny             CONNECT outlook.office365.com:443 sni=outlook.office365.com from=198.51.100.77
  another name, client of an unknown network         deny             CONNECT www.example.com:443 sni=www.example.com from=198.51.100.77
  plain HTTP to another name, unknown network        deny             GET http://www.example.com/ from=198.51.100.77
  a name of your list `bank`                         splice or deny   CONNECT www.bank.example:443 sni=www.bank.example user=alice from=10.1.0.5
! a stranger with an SNI of your list `bank`         splice or deny   CONNECT stranger.example:443 sni=www.bank.example user=alice from=10.1.0.5
  an address with a reverse name of your list `bank` bump or deny     CONNECT 203.0.113.101:443 user=alice from=10.1.0.5
port 3130, intercept
  a bypassed name                                    splice           INTERCEPT 52.96.0.1:443 sni=outlook.office365.com from=10.1.0.5
  a bypassed name, TLS 1.2                           splice           INTERCEPT 52.96.0.1:443 sni=outlook.office365.com tls=1.2 from=10.1.0.5
  a bypassed address, no SNI                         splice           INTERCEPT 52.96.0.1:443 from=10.1.0.5
  a bypassed address with another SNI                bump             INTERCEPT 52.96.0.1:443 sni=www.example.com from=10.1.0.5
  a bypassed name, helper dead                       splice           INTERCEPT 52.96.0.1:443 sni=outlook.office365.com helper=dead from=10.1.0.5
  another name                                       bump             INTERCEPT 192.0.2.80:443 sni=www.example.com from=10.1.0.5
  another name, TLS 1.2                              bump             INTERCEPT 192.0.2.80:443 sni=www.example.com tls=1.2 from=10.1.0.5
! another name, helper dead                          splice           INTERCEPT 192.0.2.80:443 sni=www.example.com helper=dead from=10.1.0.5
! another name, helper's queue full                  splice           INTERCEPT 192.0.2.80:443 sni=www.example.com helper=full from=10.1.0.5
  another name, helper busy during ssl_bump          splice           INTERCEPT 192.0.2.80:443 sni=www.example.com helper=busy from=10.1.0.5
  a stranger with a bypassed SNI                     bump             INTERCEPT 203.0.113.66:443 sni=outlook.office365.com from=10.1.0.5
  a stranger with a bypassed SNI, TLS 1.2            bump             INTERCEPT 203.0.113.66:443 sni=outlook.office365.com tls=1.2 from=10.1.0.5
  a stranger's address, no SNI                       bump             INTERCEPT 203.0.113.99:443 from=10.1.0.5
  a name that the table inspects                     bump             INTERCEPT 192.0.2.94:443 sni=officeapps.live.com from=10.1.0.5
  a bypassed name, client of an unknown network      deny             INTERCEPT 52.96.0.1:443 sni=outlook.office365.com from=198.51.100.77
  another name, client of an unknown network         deny             INTERCEPT 192.0.2.80:443 sni=www.example.com from=198.51.100.77
  a name of your list `bank`                         splice           INTERCEPT 192.0.2.100:443 sni=www.bank.example from=10.1.0.5
  a stranger with an SNI of your list `bank`         conflict         INTERCEPT 203.0.113.66:443 sni=www.bank.example from=10.1.0.5
  an address with a reverse name of your list `bank` bump             INTERCEPT 203.0.113.101:443 from=10.1.0.5
[1]

Only what a change changes; the requests go to trace.

$ sed "/^ssl_bump bump !noted/d" trace.conf >new.conf; m365ctl doctor --against trace.conf new.conf
port 3128, explicit
! another name, helper busy during ssl_bump          bump or deny     -> splice or deny   CONNECT www.example.com:443 sni=www.example.com user=alice helper=busy from=10.1.0.5
[1]

$ m365ctl doctor --against trace.conf --json new.conf
[{"port":"3128","kind":"explicit","situation":"another name, helper busy during ssl_bump","request":"CONNECT www.example.com:443 sni=www.example.com user=alice helper=busy from=10.1.0.5","before":["deny","bump"],"after":["deny","splice"],"wrong":true}]
[1]

$ m365ctl doctor --against trace.conf trace.conf

$ m365ctl doctor --outcomes no.conf
m365ctl: cannot open 'no.conf': No such file or directory
[2]

$ m365ctl doctor --json trace.conf
m365ctl: --json goes with --outcomes or --against
[2]

$ m365ctl doctor --outcomes --against trace.conf trace.conf
m365ctl: --outcomes prints all situations and --against those that changed; give one of them
[2]
