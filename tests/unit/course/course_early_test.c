// SPDX-License-Identifier: GPL-2.0-or-later
/* course_early_test.c - course.h: ACLs about what a transaction gets only later. */
#include "course/course.h"

#include "course_stage.h"
#include "unit.h"

#define BUMP "http_port 3128 ssl-bump cert=/x\nhttp_access allow all\n"
#define CERT "https_port 3130 cert=/x clientca=/x\n"
#define CONNECT "CONNECT other.example:443 sni=other.example from=10.0.0.1"
#define SPLICED "access=allow@2 bump1=splice@4 splice"
#define BUMPED "access=allow@2 bump1=bump@5 inside=allow@2 bump"
#define ANSWERED BUMP "acl step1 at_step SslBump1\nssl_bump peek step1\n"
#define LATER "\nssl_bump splice !e\nssl_bump terminate all\n"
#define RULES "\nssl_bump splice !e\nssl_bump bump all\n"

/* `splice !e`: what e says at step 1. */
static void
before_there_is_any(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"no server is chosen", BUMP "acl e hier_code HIER_DIRECT ORIGINAL_DST" RULES, CONNECT, SPLICED},
        {"which is HIER_NONE", BUMP "acl e hier_code HIER_NONE" RULES, CONNECT, BUMPED},
        {"no peer is chosen", BUMP "acl e peername x" RULES, CONNECT, SPLICED},
        {"there is no error", BUMP "acl e squid_error ERR_ACCESS_DENIED" RULES, CONNECT, SPLICED},
        {"which is ERR_NONE", BUMP "acl e squid_error ERR_NONE" RULES, CONNECT, BUMPED},
        {"there is no response", BUMP "acl e has response" RULES, CONNECT, SPLICED},
        {"but a request", BUMP "acl e has request" RULES, CONNECT, BUMPED},
        {"and what logs it", BUMP "acl e has ALE" RULES, CONNECT, BUMPED},
        {"nor its status", BUMP "acl e http_status 200-599" RULES, CONNECT, SPLICED},
        {"nor its headers", BUMP "acl e rep_header Server ." RULES, CONNECT, SPLICED},
        {"nor its type", BUMP "acl e rep_mime_type ." RULES, CONNECT, SPLICED},
        {"the client has no certificate", BUMP "acl e user_cert CN x" RULES, CONNECT, SPLICED},
        {"nor has what signed it", BUMP "acl e ca_cert CN x" RULES, CONNECT, SPLICED},
        {"no certificate of the server was read", BUMP "acl e server_cert_fingerprint AA:BB" RULES, CONNECT, SPLICED},
        {"nor found wrong", BUMP "acl e ssl_error X509_V_ERR_CERT_HAS_EXPIRED" RULES, CONNECT, SPLICED},
        {"a CONNECT comes in unencrypted", BUMP "acl e connections_encrypted" RULES, CONNECT, SPLICED},
        {"a client began it", BUMP "acl e transaction_initiator client" RULES, CONNECT, BUMPED},
        {"or anybody", BUMP "acl e transaction_initiator all" RULES, CONNECT, BUMPED},
        {"but not Squid", BUMP "acl e transaction_initiator internal esi" RULES, CONNECT, SPLICED},
        {"no helper has said a tag", BUMP "acl e tag x" RULES, CONNECT, SPLICED},
        {"nor a user", BUMP "acl e ext_user x" RULES, CONNECT, SPLICED},
        {"nor any", BUMP "acl e ext_user_regex ." RULES, CONNECT, SPLICED},
        {"a CONNECT has no user in its URL", BUMP "acl e urllogin ." RULES, CONNECT, SPLICED},
        {"it is not SNMP", BUMP "acl e snmp_community x" RULES, CONNECT, SPLICED},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
once_there_is(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"at step 3 Squid may not have noted which server is chosen",
         BUMP "acl e hier_code HIER_NONE\nacl step3 at_step SslBump3\nssl_bump terminate step3 e\nssl_bump stare all\n"
              "ssl_bump bump all\n",
         CONNECT,
         "[`e` does not match at step 3] access=allow@2 bump1=stare@6 bump2=stare@6 bump3=bump@7 inside=allow@2 bump | "
         "[`e` matches at step 3] access=allow@2 bump1=stare@6 bump2=stare@6 bump3=terminate@5 terminate"},
        {"which is nothing to a rule that cannot count there",
         BUMP "acl e hier_code HIER_NONE\nssl_bump stare !all\nssl_bump stare e\nssl_bump terminate all\n", CONNECT,
         "access=allow@2 bump1=stare@5 bump2=stare@5 bump3=terminate@6 terminate"},
        {"nobody knows which",
         BUMP "acl e hier_code HIER_DIRECT\nssl_bump terminate e\nssl_bump stare all\nssl_bump bump all\n", CONNECT,
         "[`e` does not match at step 3] access=allow@2 bump1=stare@5 bump2=stare@5 bump3=bump@6 inside=allow@2 bump | "
         "[`e` matches at step 3] access=allow@2 bump1=stare@5 bump2=stare@5 bump3=terminate@4 terminate"},
        {"a port with clientca= asks for a certificate", CERT "acl e user_cert CN x\nhttp_access allow e\n", CONNECT,
         "[`e` does not match] access=deny@- deny | [`e` matches] access=allow@3 splice"},
        {"a port with TLS is encrypted", CERT "acl e connections_encrypted\nhttp_access allow e\n", CONNECT,
         "access=allow@3 splice"},
        {"a helper of somebody else may say a tag",
         "http_port 3128\nexternal_acl_type h %SRC /x/other\nacl h external h\nacl e tag x\nhttp_access deny !h\n"
         "http_access allow e\n",
         CONNECT,
         "[`h` does not match] access=deny@5 deny | [`h` matches] [`e` does not match] access=deny@- deny | "
         "[`h` matches] [`e` matches] access=allow@6 splice"},
    };
    course_check(cases, ROWS(cases), 5);
}

/* The answer to a CONNECT, once step 1 is over. */
static void
once_it_is_answered(void **state)
{
    (void)state;
    static const struct course_case before[] = {
        {"has response", ANSWERED "acl e has response" LATER, CONNECT,
         "access=allow@2 bump1=peek@4 bump2=splice@6 again=allow@2 splice"},
        {"its status", ANSWERED "acl e http_status 200" LATER, CONNECT,
         "access=allow@2 bump1=peek@4 bump2=splice@6 again=allow@2 splice"},
    };
    static const struct course_case since[] = {
        {"has response", ANSWERED "acl e has response" LATER, CONNECT,
         "access=allow@2 bump1=peek@4 bump2=terminate@7 terminate"},
        {"its status", ANSWERED "acl e http_status 200" LATER, CONNECT,
         "[`e` does not match] access=allow@2 bump1=peek@4 bump2=splice@6 again=allow@2 splice | "
         "[`e` matches] access=allow@2 bump1=peek@4 bump2=terminate@7 terminate"},
        {"it has no headers", ANSWERED "acl e rep_header Server ." LATER, CONNECT,
         "access=allow@2 bump1=peek@4 bump2=splice@6 again=allow@2 splice"},
    };
    course_check(before, ROWS(before), 5);
    course_check(since, ROWS(since), 6);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_there_is_any),
        cmocka_unit_test(once_there_is),
        cmocka_unit_test(once_it_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
