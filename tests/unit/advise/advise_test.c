// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advise_test.c - advise.h: what is found about courses, what is tried, and that lack of memory is never "nothing
 * found".
 *
 * The sentences and corrections of whole files are in tests/squidconf; here are the cases that need no file.
 */
#include "advise/advise.h"

#include <string.h>

#include "alloc_fails.h"
#include "base/buf.h"
#include "base/err.h"
#include "lend.h"
#include "squidconf/squidconf.h"
#include "unit.h"

#define HEAD                                                                                                           \
    "http_port 3128 ssl-bump tls-cert=/x\nauth_param basic program /x\n# m365: meant\nexternal_acl_type m ttl=60 "     \
    "negative_ttl=60 "                                                                                                 \
    "concurrency=9 queue-size=900 %>rd %#ssl::>sni %>rP /x/ext_m365_acl\nacl m external m\n"                           \
    "acl users proxy_auth REQUIRED\nacl step1 at_step SslBump1\nacl own src 10.0.0.0/8\n"
#define GUESTS                                                                                                         \
    "http_port 3129 ssl-bump tls-cert=/x name=guest\n" HEAD                                                            \
    "acl guest_port myportname guest\nacl guests src 10.9.0.0/16\n"
#define ACCESS "http_access deny !own\nhttp_access allow m\nhttp_access allow users\nhttp_access deny all\n"
#define OPEN "http_access deny !own\nhttp_access allow m\nhttp_access allow own\nhttp_access deny all\n"
#define GUARD "acl noted note m365_why_ rule\nssl_bump bump !noted\n"
#define BUMP "ssl_bump peek step1\n" GUARD "ssl_bump splice m\nssl_bump bump all\n"

static const char table[] = "optimize outlook.office365.com id=1 source=x area=Exchange tcp=80,443\n"
                            "optimize 52.96.0.0/14 id=1 source=x area=Exchange tcp=80,443\n"
                            "optimize teams.microsoft.com id=11 source=x area=Skype tcp=443\n"
                            "allow *.sharepoint.com id=31 source=x area=SharePoint tcp=80,443\n"
                            "default login.live.com id=9 source=x area=Common tcp=443\n";

/* What the doctor says; only what is said about courses counts here. -1: it fails. */
static int
examine(struct buf *out, const char *conf)
{
    const char *path = folder_path("squid.conf");
    struct advise_about advise = {path, 5, lend_table, lend_take_back};
    const struct squidconf_about about = {
        .version = SQUIDCONF_5, .today = LEND_TODAY, .examine = advise_examine, .examine_arg = &advise};
    struct err err = {0};
    size_t findings = 0;
    folder_write("squid.conf", conf, strlen(conf));
    int result = squidconf_doctor(out, &findings, path, &about, &err);
    buf_add_char(out, '\0');
    if (result != 0)
        assert_true(err.text[0] != '\0');
    return buf_ok(out) ? result : -1;
}

static const struct {
    const char *why, *conf;
    const char *want, *also; /* parts of the report; NULL: nothing about courses */
} rows[] = {
    {"as it should be", HEAD ACCESS BUMP, NULL, NULL},
    {"a new ACL gets a name of its own",
     HEAD "acl m365_noted src 10.1.1.1\n" ACCESS "ssl_bump peek step1\nssl_bump splice m\nssl_bump bump all\n",
     "helper busy during ssl_bump: spliced",
     "+ acl m365_noted2 note m365_why_ rule\n    + ssl_bump bump !m365_noted2\n"},
    {"what a rule says beside `all` stays",
     HEAD ACCESS "ssl_bump peek own\n" GUARD "ssl_bump splice m\nssl_bump bump all\n",
     "spliced by this line (ssl_bump, step 2)", "+ ssl_bump peek step1 own\n"},
    {"a rule that is on no way through ssl_bump", HEAD ACCESS BUMP "acl late at_step SslBump3\nssl_bump splice late\n",
     "no request reaches this rule: none gets to a step at which it could decide", NULL},
    {"a rule that matches nothing", HEAD "http_access deny !all\n" ACCESS BUMP, NULL, NULL},
    {"a rule that more ACLs restrict", HEAD "acl mail port 25\nhttp_access deny own mail\n" ACCESS BUMP, NULL, NULL},
    {"rules behind one that takes them all are one finding",
     HEAD ACCESS "http_access allow own\nacl late src 10.3.3.3\nhttp_access allow late\n" BUMP,
     "no request reaches this rule: 'http_access deny all'", "; 1 more below it"},
    {"no http_access at all", HEAD BUMP, "a bypassed name, no password: refused by this line", NULL},
    {"what Squid refuses is the only finding", HEAD "acl x external y\n" ACCESS BUMP,
     "no line above defines the external_acl_type 'y', so Squid does not start", NULL},
    {"networks that are not too wide",
     HEAD "acl wide src 0.0.0.0/8 10.0.0.0/8 11.0.0.0/8 100.64.0.0/10 2001:db8::/32 fc00::/7 fe80::/10\n"
          "http_access deny !wide\n" ACCESS BUMP,
     NULL, NULL},
    {"networks that are too wide together",
     HEAD "acl wide src 11.0.0.0/8 12.0.0.0/9\nhttp_access deny !wide\n" ACCESS BUMP,
     "squid.conf:9: `wide` takes more public addresses than a /8 for clients of yours, among them all of 11.0.0.0/8",
     NULL},
    {"a network that is a digit short", HEAD "acl wide src 172.16.0.0/2\nhttp_access deny !wide\n" ACCESS BUMP,
     "among them all of 128.0.0.0/2", NULL},
    {"a range", HEAD "acl wide src 20.0.0.0-40.255.255.255\nhttp_access allow wide users\n" ACCESS BUMP,
     "all of 20.0.0.0-40.255.255.255", NULL},
    {"a wide network that is refused", HEAD "acl wide src 128.0.0.0/1\nhttp_access deny wide\n" ACCESS BUMP, NULL,
     NULL},
    {"nothing can be inspected", HEAD ACCESS "ssl_bump peek all\nssl_bump splice all\n",
     "squid.conf:1: note: this port has ssl-bump, but no rule", NULL},
    {"what is wrong in one worker",
     HEAD "workers 3\nif ${process_number} = 2\nhttp_access allow own\nendif\n" ACCESS BUMP,
     "squid.conf:11: in worker 2: another name, no password: let in by this line", NULL},
    {"all workers are to inspect if one does",
     HEAD ACCESS "workers 3\nif ${process_number} = 2\n" BUMP "else\nssl_bump splice all\nendif\n",
     "squid.conf:21: in worker 1 (and others like it): a bypassed name with another SNI: spliced by this line", NULL},
    {"what is wrong in all of them is one finding, with its correction",
     HEAD "workers 2\nif ${process_number} = 2\nhttp_access deny manager\nendif\n" ACCESS
          "ssl_bump peek step1\nssl_bump splice m\nssl_bump bump all\n",
     "squid.conf:18: another name, helper busy during ssl_bump: spliced", "+ ssl_bump bump !m365_noted\n"},
    {"a rule that is dead in one worker only",
     HEAD "workers 2\nacl late src 10.3.3.3\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow users\n"
          "if ${process_number} = 2\nhttp_access deny all\nendif\nhttp_access deny late\nhttp_access deny all\n" BUMP,
     NULL, NULL},
    {"more workers than are asked",
     HEAD "workers 12\nacl late port ${process_number}\nhttp_access deny late\n" ACCESS BUMP,
     "squid.conf:9: note: more workers have rules of their own than the doctor asks", NULL},
    {"what one worker refuses", HEAD "workers 2\nif ${process_number} = 2\nacl x external y\nendif\n" ACCESS BUMP,
     "squid.conf:11: in worker 2: no line above defines the external_acl_type 'y'", NULL},
    {"what the master refuses", HEAD "if ${process_number} = 0\nacl x external y\nendif\n" ACCESS BUMP,
     "squid.conf:10: no line above defines the external_acl_type 'y'", NULL},
    {"a port for guests", GUESTS "http_access deny guest_port !guests\n" ACCESS BUMP, NULL, NULL},
    {"a port for guests that asks them for nothing",
     GUESTS
     "http_access deny guest_port !guests\nhttp_access allow guests m\nhttp_access allow guest_port guests\n" ACCESS
         BUMP,
     NULL, NULL},
    {"a port for guests where nothing is bypassed",
     GUESTS "http_access deny guest_port !guests\nhttp_access allow guest_port guests\n" ACCESS BUMP,
     "a bypassed name, no password: inspected by this line", NULL},
    {"whoever connects chooses the client",
     "http_port 3129 require-proxy-header\n" HEAD "proxy_protocol_access allow all\n" ACCESS BUMP,
     "squid.conf:10: another name, a client of an unknown network that says it is another one: let in by this line "
     "(proxy_protocol_access)",
     NULL},
    {"whoever is not this machine chooses the client",
     "http_port 3129 require-proxy-header\n" HEAD
     "proxy_protocol_access deny localhost\nproxy_protocol_access allow all\n" ACCESS BUMP,
     "squid.conf:11: another name, a client of an unknown network that says", NULL},
    {"whoever is not the proxy chooses the client",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl front src 10.9.9.9\nproxy_protocol_access deny front\n" ACCESS BUMP,
     "let in after this line, as no rule matches (proxy_protocol_access)", NULL},
    {"only IPv6 chooses the client",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl wide src 2000::/3\nproxy_protocol_access allow wide\n" ACCESS BUMP,
     "via=2001:db8:ffff::77 port=3129'", NULL},
    {"a client that is denied chooses another address",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl bad src 10.9.0.0/16\nhttp_access deny bad\nproxy_protocol_access allow own\n" ACCESS BUMP,
     "another name, a client that is denied that says it is another one: let in", NULL},
    {"an ACL without a request",
     "http_port 3129 require-proxy-header\n" HEAD "proxy_protocol_access allow !CONNECT\n" ACCESS BUMP,
     "a client of an unknown network that says it is another one: let in by this line", NULL},
    {"an ACL that no connection has",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl front src 10.9.9.9\nproxy_protocol_access allow CONNECT\nproxy_protocol_access allow front\n" ACCESS BUMP,
     NULL, NULL},
    {"proxies at some time of the day",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl day time 08:00-18:00\nproxy_protocol_access allow day\n" ACCESS BUMP,
     "let in by this line (proxy_protocol_access)", NULL},
    {"proxies at an address of Squid",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl inside localip 10.0.0.1\nproxy_protocol_access allow inside\n" ACCESS BUMP,
     "let in by this line (proxy_protocol_access)", NULL},
    {"proxies by their network cards",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl front arp 00:11:22:33:44:55\nproxy_protocol_access allow front\n" ACCESS BUMP,
     NULL, NULL},
    {"proxies of a documented network",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl front src 198.51.100.0/24\nproxy_protocol_access allow front\n" ACCESS BUMP,
     NULL, NULL},
    {"a wide network of proxies",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl front src 128.0.0.0/2\nproxy_protocol_access allow front\n" ACCESS BUMP,
     "`front` takes more public addresses than a /8 for proxies of yours", NULL},
    {"a proxy in front says whose client it is",
     "http_port 3129 require-proxy-header\n" HEAD
     "acl front src 10.9.9.9\nproxy_protocol_access allow front\n" ACCESS BUMP,
     NULL, NULL},
    {"every miss is refused", HEAD ACCESS BUMP "miss_access deny all\n",
     "squid.conf:18: a bypassed name, no password: refused by this line (miss_access)",
     "+ miss_access allow noted\n      miss_access deny all\n"},
    {"by two rules", HEAD ACCESS BUMP "miss_access deny manager\nmiss_access deny all\n",
     "squid.conf:19: a bypassed name, no password: refused by this line (miss_access)", NULL},
    {"by an ACL with everybody in it", HEAD ACCESS BUMP "acl g any-of manager all\nmiss_access deny g\n",
     "squid.conf:19: a bypassed name, no password: refused by this line (miss_access)", NULL},
    {"of another bypassed name", HEAD ACCESS BUMP "acl t dstdomain .teams.microsoft.com\nmiss_access deny t\n",
     "squid.conf:19: note: the bypassed name teams.microsoft.com: refused by this line (miss_access)", NULL},
    {"another bypassed name has no way", HEAD ACCESS BUMP "acl t dstdomain .sharepoint.com\nnever_direct allow t\n",
     "squid.conf:19: the bypassed name contoso.sharepoint.com: refused by this line (never_direct", NULL},
    {"by an ACL of everybody", HEAD ACCESS BUMP "acl w src 0.0.0.0/0 ::/0\nmiss_access deny w\n",
     "squid.conf:19: a bypassed name, no password: refused by this line (miss_access)", NULL},
    {"by the opposite of the last rule", HEAD ACCESS BUMP "acl t dstdomain .b.example\nmiss_access allow t\n",
     "squid.conf:19: a bypassed name, no password: refused after this line, as no rule matches (miss_access)",
     "+ miss_access allow noted\n"},
    {"some misses are refused", HEAD ACCESS BUMP "miss_access deny !own\n", NULL, NULL},
    {"misses are refused by a list of one's own",
     HEAD ACCESS BUMP "acl t dstdomain .office365.com\nmiss_access deny t\n",
     "squid.conf:19: note: a bypassed name, no password: refused by this line (miss_access); a rule of your own", NULL},
    {"what is bypassed is refused later", HEAD ACCESS BUMP "miss_access deny m\n",
     "squid.conf:18: a bypassed name, no password: refused by this line (miss_access)", "- miss_access deny m\n"},
    {"a list that cannot wait", "http_port 3127\n" HEAD ACCESS BUMP "miss_access deny !m\n", NULL, NULL},
    {"everything is refused, and no name is bypassed",
     "http_port 3128\nacl own src 10.0.0.0/8\nhttp_access allow own\nhttp_access deny all\nmiss_access deny all\n",
     "squid.conf:5: this refuses every request that http_access lets in", NULL},
    {"adapted_http_access refuses",
     HEAD ACCESS BUMP "adapted_http_access deny CONNECT\nadapted_http_access allow all\n",
     "squid.conf:18: a bypassed name, no password: refused by this line (adapted_http_access)",
     "+ adapted_http_access allow m\n"},
    {"adapted_http_access asks", HEAD ACCESS BUMP "adapted_http_access allow users\nadapted_http_access deny all\n",
     "squid.conf:18: a bypassed name, no password: asked for a password by this line (adapted_http_access)",
     "+ adapted_http_access allow m\n"},
    {"there is no way to servers", HEAD ACCESS BUMP "never_direct allow all\n",
     "squid.conf:18: a bypassed name, no password: refused by this line (never_direct, and no cache_peer is a parent)",
     "+ always_direct allow m\n"},
    {"there is no way for bypassed names", HEAD ACCESS BUMP "never_direct allow m\n",
     "refused by this line (never_direct, and no cache_peer is a parent)", "- never_direct allow m\n"},
    {"a sibling is no way", HEAD ACCESS BUMP "cache_peer 192.0.2.8 sibling 3128 0 no-query\nnever_direct allow all\n",
     "refused by this line (never_direct, and no cache_peer is a parent)", NULL},
    {"a parent is one", HEAD ACCESS BUMP "cache_peer 192.0.2.8 parent 3128 0 no-query\nnever_direct allow all\n",
     "squid.conf:19: note: bypassed names go to a cache_peer by this line", NULL},
    {"past the parent",
     HEAD ACCESS BUMP "cache_peer 192.0.2.8 parent 3128 0 no-query\nalways_direct allow m\nnever_direct allow all\n",
     NULL, NULL},
    {"always_direct wins", HEAD ACCESS BUMP "always_direct allow all\nnever_direct allow all\n", NULL, NULL},
    {"always_direct denies, which is nothing", HEAD ACCESS BUMP "always_direct deny all\nnever_direct allow all\n",
     "squid.conf:19: a bypassed name, no password: refused by this line (never_direct", "+ always_direct allow m\n"},
    {"a port that only a part of the clients may use, and not for what is bypassed",
     "http_port 3130 ssl-bump tls-cert=/x name=second\n" HEAD "acl second myportname second\nacl kids src 10.7.0.0/16\n"
     "http_access deny kids m\nhttp_access deny second !kids\n" ACCESS BUMP,
     "squid.conf:12: note: a bypassed name, no password: refused by this line (http_access); a rule of your own", NULL},
    {"what is bypassed is denied to all clients", HEAD "http_access deny own m\n" ACCESS BUMP,
     "squid.conf:9: a bypassed name, no password: refused by this line (http_access), but it must pass", NULL},
    {"networks that the file uses for something else",
     HEAD "acl some src 10.1.0.0/16\nacl upd dstdomain .b.example\nhttp_access allow some upd\n"
          "http_access allow m\nhttp_access allow users\nhttp_access deny all\n" BUMP,
     "squid.conf:12: a bypassed name, client of an unknown network: let in by this line",
     "+ acl m365_clients src 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 fc00::/7 ::1\n"
     "    + http_access deny !m365_clients\n      http_access allow m\n"},
    {"networks that the file lets in",
     HEAD "acl some src 10.1.0.0/16\nhttp_access allow m\nhttp_access allow some users\nhttp_access allow own users\n"
          "http_access deny all\n" BUMP,
     "client of an unknown network: let in by this line", "+ http_access deny !own\n      http_access allow m\n"},
    {"a port instead of a password",
     HEAD "acl g port 8080\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow g\nhttp_access allow users\n"
          "http_access deny all\n" BUMP,
     "squid.conf:12: plain HTTP to another name, no password, but port 8080 of `g`: let in by this line",
     "+ http_access allow users\n      http_access allow g\n"},
    {"the end of a range, and a tunnel",
     HEAD "acl g port 80 443-445\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow g\n"
          "http_access allow users\nhttp_access deny all\n" BUMP,
     "squid.conf:12: another name, no password: let in by this line", NULL},
    {"a tunnel at one port, too",
     HEAD "acl g port 9443\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow g\n"
          "http_access allow users\nhttp_access deny all\n" BUMP,
     "port 9443 of `g`: let in by this line (http_access), but it must not get in without a password; 2 situations",
     NULL},
    {"only some ports ask",
     HEAD "acl g port 80 443\nhttp_access deny !own\nhttp_access allow m\nhttp_access deny g !users\n"
          "http_access allow own\nhttp_access deny all\n" BUMP,
     "squid.conf:13: plain HTTP to another name, no password, but port 81 of `g`: let in by this line", NULL},
    {"all but some ports",
     HEAD "acl g port 80 443 8080\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow !g\n"
          "http_access allow users\nhttp_access deny all\n" BUMP,
     "no password, but port 81 of `g`: let in by this line", NULL},
    {"a port instead of a network", HEAD "acl g port 8080\nhttp_access allow g\n" OPEN BUMP,
     "squid.conf:10: plain HTTP, client of an unknown network, but port 8080 of `g`: let in by this line",
     "+ http_access deny !own\n      http_access allow g\n"},
    {"of several ports those that are safe",
     HEAD
     "acl safe port 80 443 1025-65535\nhttp_access deny !safe\nacl g port 81 82 83 84 8080\nhttp_access deny !own\n"
     "http_access allow m\nhttp_access allow g\nhttp_access allow users\nhttp_access deny all\n" BUMP,
     "squid.conf:14: plain HTTP to another name, no password, but port 8080 of `g`: let in by this line", NULL},
    {"a method at a port",
     HEAD
     "acl post method POST\nacl g port 8080\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow post g\n"
     "http_access allow users\nhttp_access deny all\n" BUMP,
     "squid.conf:13: POST to another name, no password, but port 8080 of `g`: let in by this line", NULL},
    {"a port that is not safe",
     HEAD "acl safe port 80 443\nhttp_access deny !safe\nacl g port 8080\nhttp_access deny !own\nhttp_access allow m\n"
          "http_access allow g\nhttp_access allow users\nhttp_access deny all\n" BUMP,
     NULL, NULL},
    {"a port with a password",
     HEAD "acl g port 8080\nhttp_access deny !own\nhttp_access allow m\nhttp_access allow g users\n"
          "http_access allow users\nhttp_access deny all\n" BUMP,
     NULL, NULL},
    {"a list of one's own that denies another bypassed name",
     HEAD "acl t dstdomain .teams.microsoft.com\nhttp_access deny t\n" ACCESS BUMP,
     "squid.conf:10: note: the bypassed name teams.microsoft.com: refused by this line (http_access); a rule of your "
     "own",
     NULL},
    {"one that asks for a password", HEAD "acl t dstdomain .sharepoint.com\nhttp_access allow t users\n" ACCESS BUMP,
     "squid.conf:10: the bypassed name contoso.sharepoint.com: asked for a password by this line (http_access)",
     "+ http_access allow own t m\n      http_access allow t users\n"},
    {"one inside another ACL",
     HEAD "acl t dstdomain .sharepoint.com\nacl g any-of t\nhttp_access allow g users\n" ACCESS BUMP,
     "squid.conf:11: the bypassed name contoso.sharepoint.com: asked for a password by this line (http_access)", NULL},
    {"one of URLs", HEAD "acl t url_regex -i teams[.]\nhttp_access allow t users\n" ACCESS BUMP,
     "squid.conf:10: the bypassed name teams.microsoft.com: asked for a password by this line (http_access)", NULL},
    {"one of URLs of plain HTTP",
     HEAD "acl t url_regex ^http://[a-z]*.sharepoint\nhttp_access allow t users\n" ACCESS BUMP,
     "squid.conf:10: plain HTTP to the bypassed name contoso.sharepoint.com: asked for a password by this line", NULL},
    {"one that lacks a bypassed name",
     HEAD "acl t dstdomain .office365.com .b.example\nhttp_access deny !t\n" ACCESS BUMP,
     "squid.conf:10: note: the bypassed name teams.microsoft.com: refused by this line (http_access); a rule of your "
     "own",
     NULL},
    {"one that inspects",
     HEAD ACCESS "acl t ssl::server_name .teams.microsoft.com\nssl_bump peek step1\nssl_bump bump t\n" BUMP,
     "note: the bypassed name teams.microsoft.com: inspected by this line (ssl_bump, step 2); a rule of your own",
     NULL},
    {"one that closes",
     HEAD ACCESS "acl t ssl::server_name .teams.microsoft.com\nssl_bump peek step1\nssl_bump terminate t\n" BUMP,
     "note: the bypassed name teams.microsoft.com: cut off by this line (ssl_bump, step 2); a rule of your own", NULL},
    {"two lists, of which each has a name of its own",
     HEAD "acl t dstdomain teams.microsoft.com\nacl u dstdomain teams.microsoft.com .sharepoint.com\n"
          "http_access deny t\nhttp_access allow u users\n" ACCESS BUMP,
     "squid.conf:12: the bypassed name contoso.sharepoint.com: asked for a password by this line", NULL},
    {"lists behind the bypass are none",
     HEAD "http_access deny !own\nhttp_access allow m\nacl t dstdomain .sharepoint.com\n"
          "http_access allow t users\nhttp_access allow users\nhttp_access deny all\n" BUMP,
     NULL, NULL},
    {"a port where clients speak TLS to the proxy",
     "https_port 3443 tls-cert=/x name=sec\n" HEAD
     "acl sec myportname sec\nhttp_access deny !own\nhttp_access allow m\n"
     "http_access allow sec\nhttp_access allow users\nhttp_access deny all\n" BUMP,
     "another name, no password: let in by this line", NULL},
    {"no plain HTTP at all", HEAD "acl tls port 443\nhttp_access deny !tls\n" ACCESS BUMP, NULL, NULL},
    {"a list of one's own with a name that the table inspects",
     HEAD "acl live ssl::server_name login.live.com\nacl live_host dstdomain login.live.com\nhttp_access deny !own\n"
          "http_access allow m\nhttp_access allow live_host\nhttp_access allow users\nhttp_access deny all\n"
          "ssl_bump peek step1\nssl_bump splice live_host live\n" GUARD "ssl_bump splice m\nssl_bump bump all\n",
     NULL, NULL},
    {"a name that the table inspects, by a note",
     HEAD ACCESS "acl noted note m365_cat_\nssl_bump peek step1\nssl_bump splice noted\nssl_bump bump all\n",
     "a name that the table inspects: spliced by this line", NULL},
    {"a tab in a line that is corrected",
     HEAD ACCESS "ssl_bump\tpeek\town\n" GUARD "ssl_bump splice m\nssl_bump bump all\n",
     "spliced by this line (ssl_bump, step 2)", "    - ssl_bump\tpeek\town\n"},
    {"an acl of Squid's own", HEAD ACCESS BUMP "sslproxy_cert_error allow ssl::certHasExpired own\n", NULL, NULL},
    {"a port for nobody", GUESTS "http_access deny guest_port\n" ACCESS BUMP, NULL, NULL},
    {"a rule about names and users that asks for a password",
     HEAD "acl bob proxy_auth bob\nacl mail dstdomain .office365.com\nhttp_access deny !own\n"
          "http_access deny bob mail\n" ACCESS BUMP,
     "note: a bypassed name, no password: asked for a password by this line", NULL},
    {"names that only some users may reach, by a rule that asks everybody",
     HEAD "acl boss proxy_auth boss\nacl mail dstdomain .office365.com\nhttp_access allow own boss\n"
          "http_access deny mail\n" ACCESS BUMP,
     "note: a bypassed name, no password: asked for a password by this line", NULL},
    {"a user who is let in before the bypass",
     HEAD "acl boss proxy_auth boss\nhttp_access allow own boss\n" ACCESS BUMP,
     "a bypassed name, no password: asked for a password by this line (http_access), but it must pass",
     "    - http_access allow own boss\n"},
    {"a client that is denied claims another address where HTTP is intercepted",
     "http_port 3131 intercept\n" HEAD "acl bad src 10.9.0.0/16\nfollow_x_forwarded_for allow all\n"
     "http_access deny bad\n" ACCESS BUMP,
     "; a claimed address: let in by this line (follow_x_forwarded_for)", NULL},
    {"a user with a capital letter who may come by another scheme",
     HEAD "auth_param ntlm program /x\nacl out proxy_auth Mallory\nhttp_access deny out\n" ACCESS BUMP,
     "note: auth_param basic makes the names of users lower case, so nobody who comes by it is 'Mallory'", NULL},
    {"names of users that no rule asks for", HEAD "acl out proxy_auth Mallory\n" ACCESS BUMP, NULL, NULL},
    {"names of users on two lines",
     HEAD "acl out proxy_auth trudy\nacl out proxy_auth Mallory\nhttp_access deny out\n" ACCESS BUMP,
     "so nobody is 'Mallory', which `out` names; write it in lower case, or put -i before the names\n", NULL},
    {"a list with an option of its own has no list of hosts beside it",
     HEAD ACCESS "ssl_bump peek step1\nacl bank ssl::server_name --client-requested .bank.example\n"
                 "ssl_bump splice bank\n" GUARD "ssl_bump splice m\nssl_bump bump all\n",
     "a stranger with an SNI of your list `bank`: spliced", NULL},
};

/* What comes after a rule for some users and denies keeps the others out: no correction puts the bypass above both. */
static void
others(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(examine(&out,
                             HEAD "acl boss proxy_auth boss\nacl kids src 10.7.0.0/16\nhttp_access allow own boss\n"
                                  "http_access deny kids\n" ACCESS BUMP),
                     0);
    check_says("the finding", out.data,
               "a bypassed name, no password: asked for a password by this line (http_access)");
    assert_null(strstr(out.data, "+ http_access allow"));
    assert_null(strstr(out.data, "- http_access allow"));
    buf_clear(&out);
}

static void
findings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf out;
        buf_init(&out, 1 << 20);
        assert_int_equal(examine(&out, rows[i].conf), 0);
        if (rows[i].want != NULL)
            check_says(rows[i].why, out.data, rows[i].want);
        else
            CHECK(rows[i].why, strstr(out.data, "ssl_bump, step") == NULL && strstr(out.data, "(http_access") == NULL &&
                                   strstr(out.data, "no request reaches") == NULL);
        if (rows[i].also != NULL)
            check_says(rows[i].why, out.data, rows[i].also);
        buf_clear(&out);
    }
}

/* A list with addresses of its own is never taken out. */
static void
lists(void **state)
{
    (void)state;
    static const struct {
        const char *why, *conf;
    } kept[] = {
        {"addresses of its own and of the table",
         HEAD OPEN "ssl_bump peek step1\nacl bank dst 198.51.100.0/24 52.96.0.0/14\nssl_bump splice bank\n" GUARD
                   "ssl_bump splice m\nssl_bump bump all\n"},
        {"names that nobody can guess",
         HEAD OPEN "ssl_bump peek step1\nacl bank dstdom_regex -n ^[a-z]+(look|in)[^.]*\\.office365\\.com$\n"
                   "ssl_bump splice bank\n" GUARD "ssl_bump splice m\nssl_bump bump all\n"},
    };
    for (size_t i = 0; i < ROWS(kept); i++) {
        struct buf out;
        buf_init(&out, 1 << 20);
        assert_int_equal(examine(&out, kept[i].conf), 0);
        check_says(kept[i].why, out.data, "a bypassed name with another SNI: spliced by this line");
        CHECK(kept[i].why, strstr(out.data, "- ssl_bump splice bank") == NULL);
        buf_clear(&out);
    }
}

/* True if the finding is there, with its correction, and another one is accepted. */
static bool
finds(const char *conf)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    bool good = examine(&out, conf) == 0 && strstr(out.data, "accepted: the helper") != NULL &&
                strstr(out.data, "+ ssl_bump bump !m365_noted\n") != NULL;
    buf_clear(&out);
    return good;
}

static void
memory(void **state)
{
    (void)state;
    alloc_each_fails(finds, HEAD ACCESS "ssl_bump peek step1\nssl_bump splice m\nssl_bump bump all\n", 10);
    alloc_each_fails(finds,
                     HEAD "acl bad src 10.9.0.0/16\nfollow_x_forwarded_for allow own\nhttp_access deny bad\n"
                          "acl upd browser Updater\nacl mail dstdomain .office365.com\nhttp_access deny !own\n"
                          "http_access allow m\nhttp_access deny mail\nhttp_access allow users\nhttp_access deny all\n"
                          "acl bank ssl::server_name .bank.example\nssl_bump peek step1\nssl_bump peek bank\n"
                          "ssl_bump splice upd\nssl_bump splice m\nssl_bump bump all\n",
                     10);
}

static int
set_up(void **state)
{
    return lend_open(state, table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(findings), cmocka_unit_test(others), cmocka_unit_test(lists),
                                       cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, set_up, lend_close);
}
