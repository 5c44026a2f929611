// SPDX-License-Identifier: GPL-2.0-or-later
/* course_user_test.c - course.h: passwords, and the names of users. Each case names the law of Squid that it holds. */
#include "course/course.h"

#include "course_stage.h"
#include "unit.h"

#define PORT "http_port 3128\n"
#define AUTH PORT "auth_param basic program /x/auth\nacl users proxy_auth REQUIRED\n"
#define CASED "auth_param basic casesensitive on\n"
#define BOB(names) "acl bob proxy_auth " names "\nhttp_access allow bob all\nhttp_access deny all\n"
#define GET "GET http://other.example/ from=10.0.0.1"

static void
passwords(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"proxy_auth asks when it is reached", AUTH "http_access allow users\n", GET, "access=ask@- ask"},
        {"proxy_auth does not ask when it is not reached",
         AUTH "acl one src 10.0.0.1\nhttp_access allow one\nhttp_access allow users\n", GET, "access=allow@5 allow"},
        {"a user with a good password matches", AUTH "http_access allow users\n", GET " user=u",
         "access=allow@4 allow"},
        {"a wrong password asks again", AUTH "http_access allow users\n", GET " user=u password=wrong",
         "access=ask@- ask"},
        {"deny with proxy_auth last asks a user who is logged in again", AUTH "http_access deny all users\n",
         GET " user=u", "access=ask@4 ask"},
        {"deny with another acl last does not", AUTH "http_access deny users all\n", GET " user=u",
         "access=deny@4 deny"},
        {"the end of a list whose last acl was proxy_auth asks too",
         AUTH "acl bob proxy_auth bob\nhttp_access allow bob\n", GET " user=u", "access=ask@- ask"},
        {"basic makes names of users lower case", AUTH BOB("bob"), GET " user=BOB", "access=allow@5 allow"},
        {"so a list with capital letters takes nobody", AUTH BOB("Bob"), GET " user=Bob", "access=deny@6 deny"},
        {"unless the acl has -i", AUTH BOB("-i Bob"), GET " user=BOB", "access=allow@5 allow"},
        {"regexes of names see lower case, too",
         AUTH "acl bob proxy_auth_regex ^Bob\nhttp_access allow bob all\nhttp_access deny all\n", GET " user=Bob",
         "access=deny@6 deny"},
        {"names of users depend on case with casesensitive", AUTH CASED BOB("bob"), GET " user=BOB",
         "access=deny@7 deny"},
        {"and are as they are written", AUTH CASED BOB("Bob"), GET " user=Bob", "access=allow@6 allow"},
        {"the last casesensitive counts", AUTH CASED "auth_param basic casesensitive off\n" BOB("bob"), GET " user=Bob",
         "access=allow@7 allow"},
        {"that of another scheme does not", AUTH "auth_param digest casesensitive on\n" BOB("bob"), GET " user=Bob",
         "access=allow@6 allow"},
        {"other schemes keep names", PORT "auth_param ntlm program /x/auth\n\n" BOB("bob"), GET " user=Bob",
         "access=deny@6 deny"},
        {"with several the client chooses", AUTH "auth_param ntlm program /x/auth\n" BOB("bob"), GET " user=Bob",
         "[the password does not come by Basic, which makes names lower case] access=deny@7 deny | "
         "[the password comes by Basic, which makes names lower case] access=allow@6 allow"},
        {"where that matters", AUTH "auth_param ntlm program /x/auth\n" BOB("bob"), GET " user=bob",
         "access=allow@6 allow"},
        {"an external acl with %LOGIN asks first",
         AUTH "external_acl_type x %LOGIN /x/other\nacl x external x\nhttp_access allow x\n", GET, "access=ask@- ask"},
    };
    course_check(cases, ROWS(cases), 5);
}

static void
credentials(void **state)
{
    (void)state;
    static const struct course_case cases[] = {
        {"the password is in a header", AUTH "acl h req_header Proxy-Authorization ^Basic\nhttp_access allow h\n",
         GET " user=u password=wrong", "access=allow@5 allow"},
        {"which nobody sends who has none", AUTH "acl h req_header proxy-authorization .\nhttp_access allow h\n", GET,
         "access=deny@- deny"},
        {"and what it says is not known", AUTH "acl h req_header Proxy-Authorization ^Basic.QW\nhttp_access allow h\n",
         GET " user=u", "[`h` does not match] access=deny@- deny | [`h` matches] access=allow@5 allow"},
        {"nor which scheme it is of",
         "auth_param negotiate program /x/auth\n" AUTH
         "acl h req_header Proxy-Authorization ^Basic\nhttp_access allow h\n",
         GET " user=u", "[`h` does not match] access=deny@- deny | [`h` matches] access=allow@6 allow"},
    };
    course_check(cases, ROWS(cases), 5);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords),
        cmocka_unit_test(credentials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
