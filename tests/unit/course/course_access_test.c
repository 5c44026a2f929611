// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_access_test.c - course.h: http_access and the ACLs. Each case names the law of Squid that it holds.
 */
#include "course/course.h"

#include "course_stage.h"
#include "unit.h"

#define PORT "http_port 3128\n"
#define AUTH PORT "auth_param basic program /x/auth\nacl users proxy_auth REQUIRED\n"
#define URL " http://other.example/ from=10.0.0.1"
#define EXACT "relaxed_header_parser off\n"
#define GET "GET http://other.example/ from=10.0.0.1"

static void
lists(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"the first rule whose acls all match decides",
         PORT "acl one src 10.0.0.1\nhttp_access deny one manager\nhttp_access allow one\nhttp_access deny all\n", GET,
         "access=allow@4 allow"},
        {"without a match the answer is the opposite of the last rule: deny last",
         PORT "acl two src 10.0.0.2\nhttp_access deny two\n", GET, "access=allow@- allow"},
        {"without a match the answer is the opposite of the last rule: allow last",
         PORT "acl two src 10.0.0.2\nhttp_access deny two\nhttp_access allow two\n", GET, "access=deny@- deny"},
        {"no rule at all denies", PORT, GET, "access=deny@- deny"},
        {"! turns a match round", PORT "acl two src 10.0.0.2\nhttp_access allow !two\nhttp_access deny all\n", GET,
         "access=allow@3 allow"},
        {"names of acls do not depend on case", PORT "acl One src 10.0.0.1\nhttp_access allow oNE\n", GET,
         "access=allow@3 allow"},
        {"several lines of an acl add up", PORT "acl one src 10.0.0.2\nacl one src 10.0.0.1\nhttp_access allow one\n",
         GET, "access=allow@4 allow"},
        {"any-of needs one, all lines together",
         PORT "acl a src 10.0.0.2\nacl b src 10.0.0.1\nacl g any-of a\nacl g any-of b\nhttp_access allow g\n", GET,
         "access=allow@6 allow"},
        {"all-of needs all of one line",
         PORT "acl a src 10.0.0.2\nacl b src 10.0.0.1\nacl g all-of a b\nacl g all-of b b\nhttp_access allow g\n", GET,
         "access=allow@6 allow"},
        {"a rule without acls, and one with an unknown action, are skipped",
         PORT "http_access allow\nhttp_access permit all\nhttp_access deny all\n", GET, "access=deny@4 deny"},
        {"a continued line loses its leading blanks, so this is no rule",
         PORT "http_access allow\\\n   all\nhttp_access deny all\n", GET, "access=deny@4 deny"},
        {"a rule may name its acls in a file that is missing: it is empty, and skipped",
         PORT "http_access allow \"/no/such/file\"\nhttp_access deny all\n", GET, "access=deny@3 deny"},
    };
    course_check(cases, ROWS(cases), 5);
}

#define WORKER "workers 3\nif ${process_number} = 2\n"

static void
workers(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"any worker may get the request", PORT WORKER "http_access allow all\nendif\nhttp_access deny all\n", GET,
         "[the request is in worker 1 or one like it] access=deny@6 deny | [the request is in worker 2] access=allow@4 "
         "allow"},
        {"what is not known in one of them",
         PORT "acl night time 22:00-23:00\n" WORKER "http_access allow night\nendif\nhttp_access deny all\n", GET,
         "[the request is in worker 1 or one like it] access=deny@7 deny | [the request is in worker 2] [`night` does "
         "not match] access=deny@7 deny | [the request is in worker 2] [`night` matches] access=allow@5 allow"},
        {"rules that do not matter for it leave it certain",
         PORT "acl other port 8080\n" WORKER "http_access allow other\nendif\nhttp_access deny all\n", GET,
         "access=deny@7 deny"},
        {"a port that only one of them has", "http_access allow all\n" WORKER PORT "endif\n", GET,
         "access=allow@1 allow"},
        {"more of them than are followed", PORT "workers 12\nacl x port ${process_number}\nhttp_access deny x\n", GET,
         "access=allow@- allow ..."},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
values(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"dstdomain with a dot takes the name and what is below",
         PORT "acl d dstdomain .other.example\nhttp_access allow d\n", "GET http://www.Other.example./ from=10.0.0.1",
         "access=allow@3 allow"},
        {"dstdomain without a dot takes the name alone", PORT "acl d dstdomain other.example\nhttp_access allow d\n",
         "GET http://www.other.example/ from=10.0.0.1", "access=deny@- deny"},
        {"an address without a reverse name matches `none`", PORT "acl d dstdomain none\nhttp_access allow d\n",
         "GET http://198.51.100.1/ from=10.0.0.1", "access=allow@3 allow"},
        {"an address matches by its reverse name", PORT "acl d dstdomain other.example\nhttp_access allow d\n",
         "GET http://203.0.113.9/ from=10.0.0.1", "access=allow@3 allow"},
        {"an address of IPv6 is in brackets",
         PORT "acl d dstdomain 2001:db8::7\nacl e dstdomain [2001:db8::7]\n"
              "http_access deny d\nhttp_access allow e\n",
         "GET http://[2001:db8::7]/ from=10.0.0.1", "access=allow@5 allow"},
        {"but not with -n", PORT "acl d dstdomain -n other.example\nhttp_access allow d\n",
         "GET http://203.0.113.9/ from=10.0.0.1", "access=deny@- deny"},
        {"dst looks the name up", PORT "acl d dst 203.0.113.0/24\nhttp_access allow d\n", GET, "access=allow@3 allow"},
        {"before Squid 7 the second of two ranges that overlap is left out",
         PORT "acl d dst 203.0.113.1 203.0.113.0/24\nhttp_access allow d\n", GET, "access=deny@- deny"},
        {"before Squid 7 ipv4 matches no address of IPv4", PORT "acl s src ipv4\nhttp_access allow s\n", GET,
         "access=deny@- deny"},
        {"ipv6 matches those of IPv6", PORT "acl s src ipv6\nhttp_access allow s\n",
         "GET http://other.example/ from=2001:db8::1", "access=allow@3 allow"},
        {"a mask of /0 is none", PORT "acl s src 10.0.0.0/0\nhttp_access allow s\n", GET, "access=deny@- deny"},
        {"0.0.0.0/0 is all", PORT "acl s src 0.0.0.0/0\nhttp_access allow s\n", GET, "access=allow@3 allow"},
        {"a prefix of IPv6 that has ::ffff in it has all addresses of IPv4",
         PORT "acl s src ::/8\nhttp_access allow s\n", GET, "access=allow@3 allow"},
        {"an address may be spelled in any way", PORT "acl d dst 203.0.113.9\nhttp_access allow d\n",
         "GET http://0xcb.0.28937./ from=10.0.0.1", "access=allow@3 allow"},
        {"an acl may name a host", PORT "acl d dst other.example\nhttp_access allow d\n",
         "GET http://203.0.113.9/ from=::1", "access=allow@3 allow"},
        {"a range with a mask", PORT "acl d dst 203.0.113.0-203.0.115.0/24\nhttp_access allow d\n", GET,
         "access=allow@3 allow"},
        {"an explicit CONNECT has no proto", PORT "acl p proto HTTP HTTPS\nhttp_access allow p\n",
         "CONNECT other.example:443 from=10.0.0.1", "access=deny@- deny"},
        {"port", PORT "acl p port 1-79 81-65535\nhttp_access deny p\n", GET, "access=allow@- allow"},
        {"localport is the listener's", PORT "acl p localport 3128\nhttp_access allow p\n", GET,
         "access=allow@3 allow"},
        {"myportname without name= is what the line says", PORT "acl p myportname 3128\nhttp_access allow p\n", GET,
         "access=allow@3 allow"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
methods(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"method without regard to case", PORT "acl m method get\nhttp_access allow m\n", GET, "access=allow@3 allow"},
        {"but not if Squid does not know it", PORT "acl m method FOO\nhttp_access allow m\n", "foo" URL,
         "access=deny@- deny"},
        {"such a one as it is written", PORT "acl m method FOO\nhttp_access allow m\n", "FOO" URL,
         "access=allow@3 allow"},
        {"PATCH is not known", PORT "acl m method patch\nhttp_access allow m\n", "PATCH" URL, "access=deny@- deny"},
        {"PURGE is", PORT "acl m method purge\nhttp_access allow m\n", "Purge" URL, "access=allow@3 allow"},
        {"with relaxed_header_parser off none is known in another case",
         EXACT PORT "acl m method get\nhttp_access deny m\nacl n method GET\nhttp_access allow n\n", GET,
         "access=allow@6 allow"},
        {"nor is the request's", EXACT PORT "acl m method GET\nhttp_access allow m\n", "Get" URL, "access=deny@- deny"},
        {"as is true of the lines below it", PORT "acl m method get\nacl m method post\n" EXACT "http_access allow m\n",
         GET, "access=allow@5 allow"},
        {"all dots at the end of a name go", PORT "acl m dstdomain other.example\nhttp_access allow m\n",
         "GET http://other.example.../ from=10.0.0.1", "access=allow@3 allow"},
    };
    course_check(cases, ROWS(cases), 5);
}

#define FOLLOW PORT "acl lan src 10.0.0.0/8\nacl front src 192.0.2.8 192.0.2.9\nhttp_access allow lan\n"
#define FRONT "GET http://other.example/ from=192.0.2.9 header=\"X-Forwarded-For: "

static void
forwarded(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"by default X-Forwarded-For does not count", FOLLOW, FRONT "10.1.1.1\"", "access=deny@- deny"},
        {"it does if the client is trusted", FOLLOW "follow_x_forwarded_for allow front\n", FRONT "10.1.1.1\"",
         "follow=10.1.1.1 access=allow@4 allow"},
        {"and not otherwise", FOLLOW "follow_x_forwarded_for allow lan\n", FRONT "10.1.1.1\"",
         "follow=192.0.2.9 access=deny@- deny"},
        {"addresses count from the last one, as long as each is trusted", FOLLOW "follow_x_forwarded_for allow front\n",
         FRONT "10.2.2.2, 198.51.100.1, 192.0.2.8\"", "follow=198.51.100.1 access=deny@- deny"},
        {"also over several headers", FOLLOW "follow_x_forwarded_for allow front\n",
         FRONT "10.2.2.2\" header=\"x-forwarded-for: 192.0.2.8 ,\"", "follow=10.2.2.2 access=allow@4 allow"},
        {"up to a word that is no address", FOLLOW "follow_x_forwarded_for allow all\n",
         FRONT "10.2.2.2, unknown, 192.0.2.8\"", "follow=192.0.2.8 access=deny@- deny"},
        {"an address may be spelled in any way", FOLLOW "follow_x_forwarded_for allow all\n", FRONT "0x0a010101\"",
         "follow=10.1.1.1 access=allow@4 allow"},
        {"with a port it is none", FOLLOW "follow_x_forwarded_for allow all\n", FRONT "10.1.1.1:99\"",
         "follow=192.0.2.9 access=deny@- deny"},
        {"without the header nothing is asked", FOLLOW "follow_x_forwarded_for allow all\n",
         "GET http://other.example/ from=10.1.1.1", "access=allow@4 allow"},
        {"an empty header changes nothing", FOLLOW "follow_x_forwarded_for allow front\n", FRONT " \"",
         "access=deny@- deny"},
        {"a client that is not known may be told by a proxy that is trusted",
         FOLLOW "follow_x_forwarded_for allow all\n", "GET http://other.example/ header=\"X-Forwarded-For: 10.1.1.1\"",
         "follow=10.1.1.1 access=allow@4 allow"},
        {"without acl_uses_indirect_client src sees the connection",
         FOLLOW "follow_x_forwarded_for allow all\nacl_uses_indirect_client off\n", FRONT "10.1.1.1\"",
         "access=deny@- deny"},
        {"the end of the list is the opposite of its last rule", FOLLOW "follow_x_forwarded_for deny lan\n",
         FRONT "10.1.1.1\"", "follow=10.1.1.1 access=allow@4 allow"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
characters(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"check_hostnames refuses a host before http_access", "check_hostnames on\n" PORT "http_access allow all\n",
         "CONNECT a*b.example:443", "verify=refused deny"},
        {"it takes _", "check_hostnames on\n" PORT "http_access allow all\n", "GET http://a_b.example/",
         "access=allow@3 allow"},
        {"not without allow_underscore",
         "check_hostnames enable\nallow_underscore off\n" PORT "http_access allow all\n", "GET http://a_b.example/",
         "verify=refused deny"},
        {"alone that does nothing", "allow_underscore off\n" PORT "http_access allow all\n", "GET http://a_b.example/",
         "access=allow@3 allow"},
        {"an address is not checked", "check_hostnames on\n" PORT "http_access allow all\n",
         "GET http://[2001:db8::1]/", "access=allow@3 allow"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
headers(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"append_domain makes a name without a dot whole",
         "append_domain .example\n" PORT "acl d dstdomain other.example\nhttp_access allow d\n",
         "GET http://OTHER/ from=10.0.0.1", "access=allow@4 allow"},
        {"under host_verify_strict the Host is not that name any more",
         "append_domain .example\nhost_verify_strict on\n" PORT "http_access allow all\n", "GET http://other/",
         "verify=conflict conflict"},
        {"and no other", "append_domain .example\n" PORT "acl d dstdomain other.example\nhttp_access allow d\n",
         "GET http://other.org/ from=10.0.0.1", "access=deny@- deny"},
        {"never_direct deny all is the default", PORT "never_direct deny all\nhttp_access allow all\n", GET,
         "access=allow@3 allow"},
        {"browser without the header does not match", PORT "acl b browser .\nhttp_access allow b\n", GET,
         "access=deny@- deny"},
        {"browser", PORT "acl b browser -i teams\nhttp_access allow b\n", GET " agent=\"My Teams 1\"",
         "access=allow@3 allow"},
        {"req_header", PORT "acl h req_header X-Zone ^lab$\nhttp_access allow h\n", GET " header=\"x-zone: lab\"",
         "access=allow@3 allow"},
        {"url_regex", PORT "acl u url_regex ^http://other\\.example/\nhttp_access allow u\n", GET,
         "access=allow@3 allow"},
        {"at_step is 1 outside ssl_bump", PORT "acl s at_step SslBump1\nhttp_access allow s\n", GET,
         "access=allow@3 allow"},
        {"under host_verify_strict the Host must be that of the URL",
         "host_verify_strict on\n" PORT "http_access allow all\n", GET " header=\"Host: far.example\"",
         "verify=conflict conflict"},
        {"which it is by default", "host_verify_strict on\n" PORT "http_access allow all\n", GET,
         "access=allow@3 allow"},
        {"a header without a name is none", PORT "acl h req_header\nhttp_access allow h\n", GET, "access=deny@- deny"},
        {"an acl that needs a reply never matches", PORT "acl r rep_header Server .\nhttp_access allow r\n", GET,
         "access=deny@- deny"},
        {"annotate_transaction matches and leaves a note",
         PORT "acl a annotate_transaction seen=yes\nacl n note seen yes\nhttp_access deny !a\nhttp_access allow n\n",
         GET, "access=allow@5 allow"},
    };
    course_check(cases, ROWS(cases), 5);
    static const struct course_case later[] = {
        {"Squid 7 takes ipv4 for all addresses of IPv4", PORT "acl s src ipv4\nhttp_access allow s\n", GET,
         "access=allow@3 allow"},
        {"Squid 7 takes both of two ranges that overlap",
         PORT "acl d dst 203.0.113.1 203.0.113.0/24\nhttp_access allow d\n", GET, "access=allow@3 allow"},
    };
    course_check(later, ROWS(later), 7);
}

static void
helpers(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"the table decides", PORT "%m\nacl m external m\nhttp_access allow m\n",
         "CONNECT teams.example:443 from=10.0.0.1", "access=allow@4 splice"},
        {"for another port it does not", PORT "%m\nacl m external m\nhttp_access allow m\n",
         "CONNECT teams.example:444 from=10.0.0.1", "access=deny@- deny"},
        {"arguments narrow", PORT "%m\nacl m external m Allow\nhttp_access allow m\n",
         "CONNECT teams.example:443 from=10.0.0.1", "access=deny@- deny"},
        {"notes stay for later rules, also those of ERR",
         PORT "%m\nacl m external m\nacl n note m365_why_ no-rule\nhttp_access deny m\nhttp_access allow n\n",
         "CONNECT other.example:443 from=10.0.0.1", "access=allow@6 splice"},
        {"a dead helper ends http_access, and that denies",
         PORT "%m\nacl m external m\nhttp_access allow m\nhttp_access allow all\n",
         "CONNECT teams.example:443 from=10.0.0.1 helper=dead", "access=deny@- deny"},
        {"a helper of somebody else may leave notes, but none of ours",
         PORT "external_acl_type x %DST /x/other\nacl x external x\nacl n note m365_why_ rule\nacl o note seen a\n"
              "http_access deny x n\nhttp_access allow x o\nhttp_access deny all\n",
         GET,
         "[`x` does not match] access=deny@8 deny | [`x` matches] [`o` does not match] access=deny@8 deny | "
         "[`x` matches] [`o` matches] access=allow@7 allow"},
        {"so does a full queue", PORT "%m\nacl m external m\nhttp_access allow !m\nhttp_access allow all\n",
         "CONNECT teams.example:443 from=10.0.0.1 helper=full", "access=deny@- deny"},
    };
    course_check(cases, ROWS(cases), 5);
}

/* The words of a REQUEST. */
static void
requests(void **state)
{
    (void)state;
    static const char conf[] = PORT "http_access allow all\n";
    static const struct course_case cases[] = {
        {"a header may come again", conf, GET " header=\"A: 1\" header=\"A: 2\" agent=x", "access=allow@2 allow"},
        {"another word may not", conf, GET " from=10.0.0.2", "refused: 'from=' is given twice; a request has one"},
        {"a word has a value", conf, GET " sni=", "refused: 'sni=' has no value; leave the word out if there is none"},
        {"a word that is not known", conf, GET " zni=a",
         "refused: unknown word 'zni=a' in the request; known are sni=, from=, via=, user=, password=wrong, port=, "
         "agent=, "
         "header=, tls= and helper="},
        {"a password has words of its own", conf, GET " header=\"proxy-authorization: Basic YQ==\"",
         "refused: 'header=proxy-authorization: Basic YQ==' is told by user=NAME, perhaps with password=wrong"},
        {"Squid answers 400", conf, "GET http://a..b/", "refused: 'a..b' is not a host"},
        {"and here", conf, "CONNECT .b.example:443", "refused: '.b.example' is not a host"},
    };
    course_check(cases, ROWS(cases), 5);
}

#define TWICE(n, m) "acl g" #n " any-of g" #m " g" #m "\n"
#define FIVE(a, b, c, d, e, f) TWICE(b, a) TWICE(c, b) TWICE(d, c) TWICE(e, d) TWICE(f, e)

/* Asked without a memory, these are more than a billion questions. */
static void
nested(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"groups of groups",
         PORT "acl g0 src 10.9.9.9\n" FIVE(0, 1, 2, 3, 4, 5) FIVE(5, 6, 7, 8, 9, 10) FIVE(10, 11, 12, 13, 14, 15)
             FIVE(15, 16, 17, 18, 19, 20) FIVE(20, 21, 22, 23, 24, 25) FIVE(25, 26, 27, 28, 29, 30)
                 FIVE(30, 31, 32, 33, 34, 35) "http_access allow g35\nhttp_access deny all\n",
         GET, "access=deny@39 deny"},
        {"a note that comes meanwhile counts",
         PORT "%m\nacl m external m\nacl n note m365_why_\nacl g all-of n\nhttp_access deny g\nhttp_access deny m\n"
              "http_access allow g\n",
         "CONNECT other.example:443 from=10.0.0.1", "access=allow@8 splice"},
        {"and one of an annotation",
         PORT "acl a annotate_transaction seen=a\nacl n note seen a\nacl g any-of n\nhttp_access deny g\n"
              "http_access deny !a\nhttp_access allow g\n",
         GET, "access=allow@7 allow"},
        {"random in a group is thrown anew all the same",
         PORT "acl r random 1/2\nacl g any-of r\nhttp_access deny g\nhttp_access allow g\n", GET,
         "[`r` does not match at throw 1] [`r` does not match at throw 2] access=deny@- deny | "
         "[`r` does not match at throw 1] [`r` matches at throw 2] access=allow@5 allow | "
         "[`r` matches at throw 1] access=deny@4 deny"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
later(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"never_direct without a cache_peer stops what is allowed",
         PORT "never_direct allow all\nhttp_access allow all\n", GET, "access=allow@3 direct=deny@2 deny"},
        {"with one it chooses the way",
         PORT "cache_peer 192.0.2.1 parent 3128 0\nnever_direct allow all\nhttp_access allow all\n", GET,
         "access=allow@4 direct=parent@3 allow"},
        {"unless that is no parent",
         PORT "cache_peer 192.0.2.1 sibling 3128 0\nnever_direct allow all\nhttp_access allow all\n", GET,
         "access=allow@4 direct=deny@3 deny"},
        {"always_direct comes first", PORT "always_direct allow all\nnever_direct allow all\nhttp_access allow all\n",
         GET, "access=allow@4 allow"},
        {"if it allows", PORT "always_direct deny all\nnever_direct allow all\nhttp_access allow all\n", GET,
         "access=allow@4 direct=deny@3 deny"},
        {"miss_access is asked before a server", PORT "http_access allow all\nmiss_access deny all\n", GET,
         "access=allow@2 miss=deny@3 deny"},
        {"and ends with the opposite of its last rule",
         PORT "acl a src 10.0.0.9\nhttp_access allow all\nmiss_access allow a\n", GET,
         "access=allow@3 miss=deny@- deny"},
        {"a password ends it, which denies nothing",
         PORT "auth_param basic program /x\nacl u proxy_auth REQUIRED\nhttp_access allow all\nmiss_access deny "
              "u\nmiss_access deny all\n",
         GET, "access=allow@4 miss=allow@- allow"},
        {"a helper that was not asked before, too",
         PORT "%m\nacl m external m\nhttp_access allow all\nmiss_access deny !m\nmiss_access deny all\n", GET,
         "access=allow@4 miss=allow@- allow"},
        {"adapted_http_access comes after http_access", PORT "http_access allow all\nadapted_http_access deny all\n",
         GET, "access=allow@2 later=deny@3 deny"},
        {"it may ask for a password",
         PORT
         "auth_param basic program /x\nacl u proxy_auth REQUIRED\nhttp_access allow all\nadapted_http_access allow u\n",
         GET, "access=allow@4 later=ask@- ask"},
        {"the PROXY protocol, from a client that may use it",
         "http_port 3128 require-proxy-header\nacl f src 10.9.9.9\nproxy_protocol_access allow f\nhttp_access allow "
         "all\n",
         GET " via=10.9.9.9", "proxy=allow@3 access=allow@4 allow"},
        {"and from one that may not",
         "http_port 3128 require-proxy-header\nacl f src 10.9.9.9\nproxy_protocol_access allow f\nhttp_access allow "
         "all\n",
         GET " via=10.9.9.8", "proxy=deny@- deny"},
        {"without a rule nobody may", "http_port 3128 require-proxy-header\nhttp_access allow all\n",
         GET " via=10.9.9.8", "proxy=deny@- deny"},
        {"localport is what that proxy says",
         "http_port 3128 require-proxy-header\nacl f src 10.9.9.9\nproxy_protocol_access allow f\n"
         "acl p localport 3128\nhttp_access allow p\n",
         GET " via=10.9.9.9",
         "[`p` does not match] proxy=allow@3 access=deny@- deny | [`p` matches] proxy=allow@3 access=allow@5 allow"},
        {"elsewhere via= is nothing", PORT "http_access allow all\n", GET " via=10.9.9.8", "access=allow@2 allow"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
forks(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"an acl that depends on the time is followed both ways",
         PORT "acl hours time 08:00-18:00\nhttp_access allow hours\n", GET,
         "[`hours` does not match] access=deny@- deny | [`hours` matches] access=allow@3 allow"},
        {"once for all uses", PORT "acl hours time 08:00-18:00\nhttp_access deny !hours\nhttp_access allow hours\n",
         GET, "[`hours` does not match] access=deny@3 deny | [`hours` matches] access=allow@4 allow"},
        {"random is thrown anew each time", PORT "acl r random 1/2\nhttp_access deny r\nhttp_access allow r\n", GET,
         "[`r` does not match at throw 1] [`r` does not match at throw 2] access=deny@- deny | "
         "[`r` does not match at throw 1] [`r` matches at throw 2] access=allow@4 allow | "
         "[`r` matches at throw 1] access=deny@3 deny"},
        {"a question that makes no difference is left out",
         PORT "acl hours time 08:00-18:00\nacl one src 10.0.0.2\nhttp_access deny hours one\nhttp_access allow all\n",
         GET, "access=allow@5 allow"},
        {"what may stop it later is said, of each kind once",
         PORT "http_access allow all\nurl_rewrite_program /x\nurl_rewrite_program /y\nhttp_reply_access allow all\n",
         GET, "[`url_rewrite_program` (squid.conf:3) changes nothing] access=allow@2 allow"},
        {"but not if it did not get that far", PORT "http_access deny all\nmiss_access deny all\n", GET,
         "access=deny@2 deny"},
        {"a client that is not named", PORT "acl one src 10.0.0.1\nhttp_access allow one\n",
         "GET http://other.example/",
         "[`one` does not match the client's address] access=deny@- deny | "
         "[`one` matches the client's address] access=allow@3 allow"},
        {"`all` matches any client", PORT "http_access allow all\n", "GET http://other.example/",
         "access=allow@2 allow"},
        {"a name that does not resolve", PORT "acl d dst 10.0.0.0/8\nhttp_access deny d\n",
         "GET http://far.example/ from=10.0.0.1",
         "[`d` does not match an address of 'far.example'] access=allow@- allow | "
         "[`d` matches an address of 'far.example'] access=deny@3 deny"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
ports(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"two ports fit", "http_port 3128\nhttp_port 8080 name=b\nhttp_access allow all\n", GET,
         "refused: 2 ports of the configuration are for a request with a URL; say which one with port=NUMBER or "
         "port=NAME"},
        {"by name", "http_port 3128\nhttp_port 8080 name=b\nacl b myportname b\nhttp_access allow b\n", GET " port=b",
         "access=allow@4 allow"},
        {"by number", "http_port 3128\nhttp_port 10.1.1.1:8080\nacl b localip 10.1.1.1\nhttp_access allow b\n",
         GET " port=8080", "access=allow@4 allow"},
        {"none of that name", PORT "http_access allow all\n", GET " port=9",
         "refused: no port of the configuration for a request with a URL is called '9'"},
        {"no port for interception", PORT "http_access allow all\n", "INTERCEPT 192.0.2.1:443",
         "refused: the configuration has no port for an intercepted TLS connection"},
    };
    course_check(cases, ROWS(cases), 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),   cmocka_unit_test(values),  cmocka_unit_test(forwarded), cmocka_unit_test(characters),
        cmocka_unit_test(methods), cmocka_unit_test(headers), cmocka_unit_test(requests),  cmocka_unit_test(nested),
        cmocka_unit_test(helpers), cmocka_unit_test(forks),   cmocka_unit_test(later),     cmocka_unit_test(ports),
        cmocka_unit_test(workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
