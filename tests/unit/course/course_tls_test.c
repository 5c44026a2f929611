// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * course_tls_test.c - course.h: ssl_bump, step by step. Each case names the law of Squid that it holds.
 */
#include "course/course.h"

#include "course_stage.h"
#include "unit.h"

#define BUMP "http_port 3128 ssl-bump cert=/x\nacl step1 at_step SslBump1\n"
#define OPEN BUMP "http_access allow all\n"
#define TLS "https_port 3130 intercept ssl-bump cert=/x\nacl step1 at_step SslBump1\n"
#define TLS_OPEN TLS "http_access allow all\n"
#define NO_UNDERSCORE "check_hostnames on\nallow_underscore off\n"
#define AUTH "auth_param basic program /x/auth\nacl users proxy_auth REQUIRED\n"
#define CONNECT "CONNECT other.example:443 sni=other.example from=10.0.0.1"
#define INTERCEPT "INTERCEPT 203.0.113.9:443 sni=other.example from=10.0.0.1"
#define SPOOF "INTERCEPT 203.0.113.9:443 sni=teams.example from=10.0.0.1"

static void
steps(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"peek, then bump: a request inside goes through http_access", OPEN "ssl_bump peek step1\nssl_bump bump all\n",
         CONNECT, "access=allow@3 bump1=peek@4 bump2=bump@5 inside=allow@3 bump"},
        {"peek, then splice: http_access is asked again", OPEN "ssl_bump peek step1\nssl_bump splice all\n", CONNECT,
         "access=allow@3 bump1=peek@4 bump2=splice@5 again=allow@3 splice"},
        {"splice at step 1: it is not", OPEN "ssl_bump splice all\n", CONNECT, "access=allow@3 bump1=splice@4 splice"},
        {"bump at step 1 bumps the client first", OPEN "ssl_bump bump all\n", CONNECT,
         "access=allow@3 bump1=bump@4 inside=allow@3 bump"},
        {"terminate at step 1", OPEN "ssl_bump terminate all\n", CONNECT, "access=allow@3 bump1=terminate@4 terminate"},
        {"no match at step 1 is splice", OPEN "ssl_bump bump !all\n", CONNECT, "access=allow@3 bump1=splice@- splice"},
        {"no match at step 2 is splice, also after stare", OPEN "ssl_bump stare step1\n", CONNECT,
         "access=allow@3 bump1=stare@4 bump2=splice@- again=allow@3 splice"},
        {"peek at step 2 with TLS 1.3 splices at once: no step 3, no second http_access",
         OPEN "ssl_bump peek step1\nssl_bump peek all\nssl_bump terminate all\n", CONNECT,
         "access=allow@3 bump1=peek@4 bump2=peek@5 splice"},
        {"with TLS 1.2 step 3 runs, where peek is impossible", OPEN "ssl_bump peek all\nssl_bump terminate all\n",
         CONNECT " tls=1.2", "access=allow@3 bump1=peek@4 bump2=peek@4 bump3=terminate@5 terminate"},
        {"peek at step 2 rules bump out at step 3", OPEN "ssl_bump peek all\nssl_bump bump all\n", CONNECT " tls=1.2",
         "access=allow@3 bump1=peek@4 bump2=peek@4 bump3=splice@- splice"},
        {"stare at step 2 rules splice out, and no match is bump", OPEN "ssl_bump stare all\nssl_bump splice all\n",
         CONNECT, "access=allow@3 bump1=stare@4 bump2=stare@4 bump3=bump@- inside=allow@3 bump"},
        {"client-first, server-first and none are impossible after step 1",
         OPEN "ssl_bump peek step1\nssl_bump none all\nssl_bump server-first all\nssl_bump bump all\n", CONNECT,
         "access=allow@3 bump1=peek@4 bump2=bump@7 inside=allow@3 bump"},
        {"none at step 1 is splice", OPEN "ssl_bump none all\n", CONNECT, "access=allow@3 bump1=none@4 splice"},
        {"a rule without acls always matches", OPEN "ssl_bump splice\n", CONNECT,
         "access=allow@3 bump1=splice@4 splice"},
        {"without ssl_bump lines an explicit CONNECT is tunnelled", OPEN, CONNECT, "access=allow@3 splice"},
        {"on a port without ssl-bump too", "http_port 3128\nhttp_access allow all\nssl_bump bump all\n", CONNECT,
         "access=allow@2 splice"},
        {"at step 3 the certificate's names count, which nobody knows here",
         OPEN "acl n ssl::server_name other.example\nssl_bump stare all\nssl_bump terminate n\nssl_bump bump all\n",
         CONNECT,
         "[`n` does not match the server's certificate] access=allow@3 bump1=stare@5 bump2=stare@5 bump3=bump@7 "
         "inside=allow@3 bump | [`n` matches the server's certificate] access=allow@3 bump1=stare@5 bump2=stare@5 "
         "bump3=terminate@6 terminate"},
        {"ssl::server_name is the SNI once it is read, and before it the host",
         OPEN "acl n ssl::server_name other.example\nssl_bump peek step1 n\nssl_bump splice n\nssl_bump bump all\n",
         "CONNECT other.example:443 sni=far.example from=10.0.0.1",
         "access=allow@3 bump1=peek@5 bump2=bump@7 inside=allow@3 bump"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
access_around(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"a denied CONNECT on an ssl-bump port is bumped to show 403, without ssl_bump",
         BUMP "http_access deny all\n"
              "ssl_bump splice all\n",
         CONNECT, "access=deny@3 deny"},
        {"a 407 is not bumped", BUMP AUTH "http_access allow users\nssl_bump bump all\n", CONNECT, "access=ask@- ask"},
        {"the second http_access has no headers of the client, so this refuses it",
         BUMP "acl b browser .\nhttp_access allow b\nssl_bump peek step1\nssl_bump splice all\n", CONNECT " agent=x",
         "access=allow@4 bump1=peek@5 bump2=splice@6 again=deny@- deny"},
        {"its proto is HTTP before Squid 6",
         BUMP "acl p proto HTTP\nhttp_access deny p\nhttp_access allow all\nssl_bump peek step1\nssl_bump splice all\n",
         CONNECT, "access=allow@5 bump1=peek@6 bump2=splice@7 again=deny@4 deny"},
        {"it keeps the user of the CONNECT",
         BUMP AUTH "http_access allow users\nssl_bump peek step1\nssl_bump splice all\n", CONNECT " user=u",
         "access=allow@5 bump1=peek@6 bump2=splice@7 again=allow@5 splice"},
        {"without one it asks, in clear text into the TLS connection",
         BUMP AUTH "http_access allow step1\nhttp_access allow users\nssl_bump peek step1\nssl_bump splice all\n",
         CONNECT, "access=allow@5 bump1=peek@7 bump2=splice@8 again=ask@- ask"},
        {"its at_step is 2",
         BUMP "acl two at_step SslBump2\nhttp_access deny two\nhttp_access allow all\n"
              "ssl_bump peek step1\nssl_bump splice all\n",
         CONNECT, "access=allow@5 bump1=peek@6 bump2=splice@7 again=deny@4 deny"},
        {"inside the decrypted connection the user of the CONNECT counts",
         BUMP AUTH "http_access allow users\nssl_bump bump all\n", CONNECT " user=u",
         "access=allow@5 bump1=bump@6 inside=allow@5 bump"},
        {"inside, 403 takes the place of 407",
         BUMP AUTH "acl c method CONNECT\nhttp_access allow c\nhttp_access allow users\nssl_bump bump all\n", CONNECT,
         "access=allow@6 bump1=bump@8 inside=deny@- deny"},
        {"notes of the CONNECT do not reach requests inside",
         BUMP "acl a annotate_transaction x=y\nacl c method CONNECT\nacl n note x y\nhttp_access allow c a\n"
              "http_access allow n\nhttp_access deny all\nssl_bump bump all\n",
         CONNECT, "access=allow@6 bump1=bump@9 inside=deny@8 deny"},
        {"those of annotate_client do",
         BUMP "acl a annotate_client x=y\nacl c method CONNECT\nacl n note x y\nhttp_access allow c a\n"
              "http_access allow n\nhttp_access deny all\nssl_bump bump all\n",
         CONNECT, "access=allow@6 bump1=bump@9 inside=allow@7 bump"},
    };
    course_check(cases, ROWS(cases), 5);
    static const struct course_case later[] = {
        {"its proto is not HTTP since Squid 6",
         BUMP "acl p proto HTTP\nhttp_access deny p\nhttp_access allow all\nssl_bump peek step1\nssl_bump splice all\n",
         CONNECT, "access=allow@5 bump1=peek@6 bump2=splice@7 again=allow@5 splice"},
    };
    course_check(later, ROWS(later), 6);
}

static void
lists_that_stop(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"a dead helper inside ssl_bump is splice, whatever the action",
         OPEN "%m\nacl m external m\nssl_bump peek step1\nssl_bump bump !m\nssl_bump bump all\n",
         CONNECT " helper=dead", "access=allow@3 bump1=peek@6 bump2=splice@- again=allow@3 splice"},
        {"at step 3 after stare it is bump",
         OPEN "%m\nacl m external m\nacl three at_step SslBump3\nssl_bump stare !three\nssl_bump terminate m\n",
         CONNECT " helper=dead", "access=allow@3 bump1=stare@7 bump2=stare@7 bump3=bump@- inside=allow@3 bump"},
        {"a guard on a note that the helper did not leave bumps first",
         OPEN "%m\nacl m external m\nacl noted note m365_why_ rule\nssl_bump peek step1\nssl_bump bump !noted\n"
              "ssl_bump splice m\n",
         CONNECT " helper=dead", "access=allow@3 bump1=peek@7 bump2=bump@8 inside=allow@3 bump"},
        {"proxy_auth in ssl_bump without a user is splice, also for terminate", OPEN AUTH "ssl_bump terminate users\n",
         CONNECT, "access=allow@3 bump1=splice@- splice"},
        {"with a user it matches", OPEN AUTH "ssl_bump terminate users\n", CONNECT " user=u",
         "access=allow@3 bump1=terminate@6 terminate"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
interception(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"step 1 comes before http_access, and the name is verified after a splice at step 2",
         TLS_OPEN "ssl_bump peek step1\nssl_bump splice all\n", INTERCEPT,
         "bump1=peek@4 access=allow@3 bump2=splice@5 verify=verified again=allow@3 splice"},
        {"an SNI that does not resolve to the address is a conflict",
         TLS_OPEN "ssl_bump peek step1\nssl_bump splice all\n", SPOOF,
         "bump1=peek@4 access=allow@3 bump2=splice@5 verify=conflict conflict"},
        {"but not after peek at step 2 with TLS 1.3", TLS_OPEN "ssl_bump peek all\nssl_bump terminate all\n", SPOOF,
         "bump1=peek@4 access=allow@3 bump2=peek@4 splice"},
        {"whether an unknown name resolves to the address is followed both ways",
         TLS_OPEN "ssl_bump peek step1\nssl_bump splice all\n", "INTERCEPT 203.0.113.9:443 sni=far.example",
         "['far.example' does not resolve to 203.0.113.9] bump1=peek@4 access=allow@3 bump2=splice@5 verify=conflict "
         "conflict | ['far.example' resolves to 203.0.113.9] bump1=peek@4 access=allow@3 bump2=splice@5 "
         "verify=verified "
         "again=allow@3 splice"},
        {"at step 1 there is no method, afterwards it is CONNECT",
         TLS_OPEN "ssl_bump bump CONNECT\nssl_bump peek all\n", INTERCEPT,
         "bump1=peek@5 access=allow@3 bump2=bump@4 inside=allow@3 bump"},
        {"at step 1 localport is the listener, afterwards the destination port",
         TLS_OPEN "acl l localport 3130\nacl d localport 443\nssl_bump peek l\nssl_bump bump d\n", INTERCEPT,
         "bump1=peek@6 access=allow@3 bump2=bump@7 inside=allow@3 bump"},
        {"at step 1 ssl::server_name sees none",
         TLS_OPEN "acl n ssl::server_name none\nssl_bump peek n\nssl_bump bump all\n", INTERCEPT,
         "bump1=peek@5 access=allow@3 bump2=bump@6 inside=allow@3 bump"},
        {"proxy_auth never matches an intercepted request, !users does",
         TLS AUTH "http_access deny users\nhttp_access allow !users\nssl_bump bump all\n", INTERCEPT,
         "bump1=bump@7 access=allow@6 inside=allow@6 bump"},
        {"at step 1 it stops the list, which splices", TLS_OPEN AUTH "ssl_bump bump users\n", INTERCEPT,
         "bump1=splice@- access=allow@3 splice"},
        {"a denial whose last acl is proxy_auth asks under Squid's certificate",
         TLS AUTH "http_access deny !users\nssl_bump bump all\n", INTERCEPT, "bump1=bump@6 access=ask@5 ask"},
        {"the Host of the CONNECT that Squid makes has an address of IPv6 in brackets",
         TLS "acl h req_header Host ^\\[2001:db8::7\\]$\nhttp_access allow h\nssl_bump splice all\n",
         "INTERCEPT [2001:db8::7]:443 from=::1", "bump1=splice@5 access=allow@4 splice"},
        {"terminate at step 1 comes before http_access", TLS_OPEN "ssl_bump terminate all\n", INTERCEPT,
         "bump1=terminate@4 terminate"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
characters(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"check_hostnames checks requests inside", NO_UNDERSCORE TLS_OPEN "ssl_bump peek step1\nssl_bump bump all\n",
         "INTERCEPT 203.0.113.9:443 sni=o_x.example", "bump1=peek@6 access=allow@5 bump2=bump@7 verify=refused deny"},
        {"also where the connection is refused", NO_UNDERSCORE TLS "http_access deny all\nssl_bump stare step1\n",
         "INTERCEPT 203.0.113.9:443 sni=o_x.example", "bump1=stare@6 access=deny@5 verify=refused deny"},
        {"but not the CONNECT that Squid makes for a splice",
         NO_UNDERSCORE TLS_OPEN "ssl_bump peek step1\nssl_bump splice all\n",
         "INTERCEPT 203.0.113.9:443 sni=far_x.example",
         "['far_x.example' does not resolve to 203.0.113.9] bump1=peek@6 access=allow@5 bump2=splice@7 verify=conflict "
         "conflict | ['far_x.example' resolves to 203.0.113.9] bump1=peek@6 access=allow@5 bump2=splice@7 "
         "verify=verified again=allow@5 splice"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
inside_interception(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"without ssl_bump lines the connection is decrypted, and http_access sees the Host",
         TLS "acl d dstdomain other.example\nhttp_access allow d\n", INTERCEPT, "inside=allow@4 bump"},
        {"our helper with the original address: a foreign address is no bypass",
         TLS "%i\nacl i external i\nhttp_access allow all\nssl_bump peek step1\nssl_bump splice i\nssl_bump bump all\n",
         SPOOF, "bump1=peek@6 access=allow@5 bump2=bump@8 inside=allow@5 bump"},
        {"and one of the table is",
         TLS "%i\nacl i external i\nhttp_access allow all\nssl_bump peek step1\nssl_bump splice i\nssl_bump bump all\n",
         "INTERCEPT 192.0.2.10:443 sni=teams.example from=10.0.0.1",
         "bump1=peek@6 access=allow@5 bump2=splice@7 verify=verified again=allow@5 splice"},
        {"the Host of a request inside loses the dot at its end and its capitals",
         TLS "acl d dstdom_regex ^other\\.example$\nhttp_access allow d\n",
         "INTERCEPT 203.0.113.9:443 sni=OTHER.example.", "inside=allow@4 bump"},
        {"under host_verify_strict a request inside must go where its Host resolves to",
         "host_verify_strict on\n" TLS_OPEN "ssl_bump bump all\n", SPOOF,
         "bump1=bump@5 access=allow@4 verify=conflict conflict"},
        {"before Squid 6 at_step inside is the step that decided",
         TLS "acl two at_step SslBump2\nacl c method CONNECT\nhttp_access allow c\nhttp_access allow two\n"
             "ssl_bump peek step1\nssl_bump bump all\n",
         INTERCEPT, "bump1=peek@7 access=allow@5 bump2=bump@8 inside=allow@6 bump"},
        {"at step 1 the connection has the proto none, and no method",
         TLS_OPEN "acl p proto none\nacl m method NONE CONNECT\nssl_bump bump m\nssl_bump terminate p\n", INTERCEPT,
         "bump1=terminate@7 terminate"},
        {"the Host of the CONNECT after a splice has brackets around an address of IPv6",
         BUMP "acl h req_header Host ^[0-9]\nhttp_access deny h\nssl_bump peek step1\nssl_bump splice all\n",
         "CONNECT [2001:db8::7]:443 from=10.0.0.1", "access=allow@- bump1=peek@5 bump2=splice@6 again=allow@- splice"},
        {"append_domain also counts in the CONNECT after a splice",
         "append_domain .example\n" BUMP "acl d dstdomain other.example\nhttp_access allow d\nssl_bump peek step1\n"
         "ssl_bump splice all\n",
         "CONNECT other:443 sni=other.example from=10.0.0.1",
         "access=allow@5 bump1=peek@6 bump2=splice@7 again=allow@5 splice"},
        {"before Squid 6 src is right at step 1", TLS_OPEN "acl one src 10.0.0.1\nssl_bump terminate one\n", INTERCEPT,
         "bump1=terminate@5 terminate"},
    };
    course_check(cases, ROWS(cases), 5);
    static const struct course_case later[] = {
        {"since Squid 6 it is 3 once the server was asked",
         TLS "acl three at_step SslBump3\nacl c method CONNECT\nhttp_access allow c\nhttp_access allow three\n"
             "ssl_bump peek step1\nssl_bump bump all\n",
         INTERCEPT, "bump1=peek@7 access=allow@5 bump2=bump@8 inside=allow@6 bump"},
        {"since Squid 6 the client's address is empty at step 1",
         TLS_OPEN "acl one src 10.0.0.1\nssl_bump terminate one\nssl_bump splice all\n", INTERCEPT,
         "bump1=splice@6 access=allow@3 splice"},
        {"and ssl::server_name sees the address", TLS_OPEN "acl n ssl::server_name 203.0.113.9\nssl_bump splice n\n",
         INTERCEPT, "bump1=splice@5 access=allow@3 splice"},
    };
    course_check(later, ROWS(later), 6);
}

#define SIX                                                                                                            \
    TLS "acl n dstdomain six.example\nhttp_access allow n\nhttp_access deny all\nssl_bump splice all\n",               \
        "INTERCEPT [2001:db8::8]:443 from=10.0.0.1"

static void
names(void **state)
{
    (void)state;
    static const struct course_case four[] = {
        {"Squid 4 writes an address of IPv6 without brackets into the Host of its CONNECT after a splice",
         BUMP "acl h req_header Host ^[0-9]\nhttp_access deny h\nssl_bump peek step1\nssl_bump splice all\n",
         "CONNECT [2001:db8::7]:443 from=10.0.0.1", "access=allow@- bump1=peek@5 bump2=splice@6 again=deny@4 deny"},
        {"Squid 4 looks no name up for an address of IPv6 in its own CONNECT", SIX,
         "bump1=splice@6 access=deny@5 deny"},
    };
    course_check(four, ROWS(four), 4);
    static const struct course_case five[] = {
        {"since Squid 5 it does", SIX, "bump1=splice@6 access=allow@4 splice"},
    };
    course_check(five, ROWS(five), 5);
    static const struct course_case wildcard[] = {
        {"an SNI `*.x` matches every value below x",
         TLS_OPEN
         "acl n ssl::server_name www.far.example\nssl_bump peek step1\nssl_bump terminate n\nssl_bump bump all\n",
         "INTERCEPT 203.0.113.9:443 sni=*.far.example from=10.0.0.1",
         "bump1=peek@5 access=allow@3 bump2=terminate@6 terminate"},
    };
    course_check(wildcard, ROWS(wildcard), 6);
    static const struct course_case seven[] = {
        {"since Squid 7 it is no name",
         TLS_OPEN "acl n ssl::server_name none\nssl_bump peek step1\nssl_bump terminate n\nssl_bump bump all\n",
         "INTERCEPT 203.0.113.9:443 sni=*.far.example from=10.0.0.1",
         "bump1=peek@5 access=allow@3 bump2=terminate@6 terminate"},
    };
    course_check(seven, ROWS(seven), 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps),        cmocka_unit_test(access_around), cmocka_unit_test(lists_that_stop),
        cmocka_unit_test(interception), cmocka_unit_test(characters),    cmocka_unit_test(inside_interception),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
