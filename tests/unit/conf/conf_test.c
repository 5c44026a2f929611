// SPDX-License-Identifier: GPL-2.0-or-later
/* conf_test.c - conf.h: every directive is read, and every mistake gets its own sentence. */
#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/place.h"
#include "cloud/instance.h"
#include "unit.h"

static struct conf *
read_text(const char *text)
{
    struct conf *conf = NULL;
    struct err err = {0};
    size_t len = strlen(text);
    char *bytes = guard_new(text, len);
    if (conf_read_bytes(&conf, "/etc/x/m365.conf", bytes, len, &err) != 0)
        fail_msg("'%s': %s", text, err.text);
    guard_free(bytes, len);
    return conf;
}

static void
defaults(void **state)
{
    (void)state;
    struct conf *conf = read_text("");
    assert_string_equal(conf->path, "/etc/x/m365.conf");
    assert_string_equal(conf->state, places_default.state);
    assert_string_equal(conf->data, places_default.data);
    assert_string_equal(conf->rules, "/etc/x/local.d");
    assert_false(conf->rules_named);
    assert_int_equal(conf->instance_count, 1);
    assert_string_equal(conf->instances[0], "Worldwide");
    assert_string_equal(conf->service_areas, "Common,Exchange,SharePoint,Skype,MEM");
    assert_null(conf->proxy);
    assert_null(conf->notice_command);
    assert_string_equal(conf->service_url, "https://endpoints.office.com");
    assert_int_equal(conf->connect_timeout_s, 20);
    assert_int_equal(conf->timeout_s, 120);
    assert_int_equal(conf->poll_minutes, 60);
    assert_int_equal(conf->review, REVIEW_PARTS);
    assert_int_equal(conf->shrink_percent, 30);
    assert_int_equal(conf->growth_percent, 30);
    assert_int_equal(conf->widest_ipv4, 8);
    assert_int_equal(conf->widest_ipv6, 24);
    assert_int_equal(conf->failed_hours, 24);
    assert_int_equal(conf->stale_hours, 960);
    assert_int_equal(conf->keep, 24);
    assert_int_equal(conf->policy.bypass, 0);
    assert_false(conf->policy.required_only);
    conf_free(conf);
    conf_free(NULL);
}

static void
folders_and_sources(void **state)
{
    (void)state;
    struct conf *conf = read_text("\xef\xbb\xbf# comment\r\n"
                                  "state /srv/state\r\n\n"
                                  "  data  \"my data\"   # a comment\n"
                                  "local_rules rules.d\n"
                                  "list Allow partners.txt\n"
                                  "list inspect /abs\n"
                                  "list domains:Allow partners.txt\n"
                                  "table \"a \\\"b\\\" \\\\c\"\n"
                                  "preset one two\npreset three");
    assert_string_equal(conf->state, "/srv/state");
    assert_string_equal(conf->data, "/etc/x/my data");
    assert_string_equal(conf->rules, "/etc/x/rules.d");
    assert_true(conf->rules_named);
    assert_int_equal(conf->list_count, 4);
    assert_string_equal(conf->lists[0], "allow:/etc/x/partners.txt");
    assert_string_equal(conf->lists[1], "inspect:/abs");
    assert_string_equal(conf->lists[2], "domains:allow:/etc/x/partners.txt");
    assert_string_equal(conf->lists[3], "/etc/x/a \"b\" \\c");
    assert_int_equal(conf->preset_count, 3);
    assert_string_equal(conf->presets[2], "three");
    conf_free(conf);
}

static void
service(void **state)
{
    (void)state;
    struct conf *conf = read_text("instance china USGOVDOD\n"
                                  "instance worldwide\n"
                                  "service_areas exchange,MEM teams\n"
                                  "tenant_name Contoso\n"
                                  "ipv6 off\n"
                                  "service_url https://mirror.example:8443/m365\n"
                                  "proxy http://proxy.example:3128\n"
                                  "ca_file ca.pem\n"
                                  "connect_timeout 1 minute\n"
                                  "timeout 90 seconds\n"
                                  "poll_interval 2 hours\n");
    assert_int_equal(conf->instance_count, 3);
    assert_string_equal(conf->instances[0], "China");
    assert_string_equal(conf->instances[1], "USGovDoD");
    assert_string_equal(conf->instances[2], "Worldwide");
    assert_string_equal(conf->service_areas, "Exchange,MEM,Skype");
    assert_string_equal(conf->tenant_name, "contoso");
    assert_true(conf->no_ipv6);
    assert_string_equal(conf->service_url, "https://mirror.example:8443/m365");
    assert_string_equal(conf->proxy, "http://proxy.example:3128");
    assert_string_equal(conf->ca_file, "/etc/x/ca.pem");
    assert_int_equal(conf->connect_timeout_s, 60);
    assert_int_equal(conf->timeout_s, 90);
    assert_int_equal(conf->poll_minutes, 120);
    conf_free(conf);
}

static void
review_and_notice(void **state)
{
    (void)state;
    struct conf *conf = read_text("tenant contoso Fabrikam\n"
                                  "precedence highest\n"
                                  "bypass Optimize\n"
                                  "publish_only required\n"
                                  "review always\n"
                                  "shrink_limit 5%\n"
                                  "growth_limit 250%\n"
                                  "widest_prefix /10 /32\n"
                                  "canary teams.microsoft.com allow\n"
                                  "canary outlook.office365.com:993 Allow\n"
                                  "default_canaries off\n"
                                  "must_not_bypass www.bank.example 192.0.2.1:8443\n"
                                  "must_not_bypass login.example\n"
                                  "notice_command /usr/bin/mail -s \"M365 list\" ops@example.com\n"
                                  "feed /var/www/m365.xml\n"
                                  "notice_failed 2 days\n"
                                  "notice_stale 60 days\n"
                                  "keep_generations 100\n"
                                  "log /var/log/squid/access.log* old/*.gz\n"
                                  "log \"a b.log\"\n"
                                  "log_format \"%ts %>a  \\\"%rm %ru\\\" %Hs\"\n");
    assert_int_equal(conf->policy.tenant_count, 2);
    assert_string_equal(conf->policy.tenants[1], "fabrikam");
    assert_true(conf->policy.highest);
    assert_int_equal(conf->policy.bypass, 1u << VERB_OPTIMIZE);
    assert_true(conf->policy.required_only);
    assert_int_equal(conf->review, REVIEW_ALWAYS);
    assert_int_equal(conf->shrink_percent, 5);
    assert_int_equal(conf->growth_percent, 250);
    assert_int_equal(conf->widest_ipv4, 10);
    assert_int_equal(conf->widest_ipv6, 32);
    assert_int_equal(conf->canary_count, 2);
    assert_string_equal(conf->canaries[1].query, "outlook.office365.com:993");
    assert_int_equal(conf->canaries[1].verb, VERB_ALLOW);
    assert_true(conf->no_default_canaries);
    assert_int_equal(conf->must_not_bypass_count, 3);
    assert_string_equal(conf->must_not_bypass[2], "login.example");
    assert_string_equal(conf->notice_command[2], "M365 list");
    assert_null(conf->notice_command[4]);
    assert_string_equal(conf->feed, "/var/www/m365.xml");
    assert_int_equal(conf->failed_hours, 48);
    assert_int_equal(conf->log_count, 3);
    assert_string_equal(conf->logs[0], "/var/log/squid/access.log*");
    assert_string_equal(strrchr(conf->logs[1], '/'), "/*.gz");
    assert_true(conf->logs[1][0] != '*');
    assert_string_equal(conf->log_format, "%ts %>a  \"%rm %ru\" %Hs");
    assert_int_equal(conf->stale_hours, 60 * 24);
    assert_int_equal(conf->keep, 100);
    conf_free(conf);
}

/* Only the program is a path; no shell searches for it. */
static void
command(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"./tell.sh", "/etc/x/./tell.sh"}, {"bin/tell", "/etc/x/bin/tell"}, {"/bin/tell", "/bin/tell"}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[100];
        snprintf(text, sizeof text, "notice_command %s ./a\n", rows[i][0]);
        struct conf *conf = read_text(text);
        assert_string_equal(conf->notice_command[0], rows[i][1]);
        assert_string_equal(conf->notice_command[1], "./a");
        assert_null(conf->notice_command[2]);
        conf_free(conf);
    }
}

static const struct {
    const char *in, *says;
} wrong[] = {
    {"reviwe auto", "line 1: unknown directive 'reviwe'; did you mean 'review'?"},
    {"\n\nservice-areas MEM", "line 3: unknown directive 'service-areas'; did you mean 'service_areas'?"},
    {"http_access allow all", "unknown directive 'http_access'; m365.conf(5) lists them"},
    {"review fast", "'review': unknown review 'fast'; write auto, parts, widening or always"},
    {"review alwasy", "did you mean 'always'?"},
    {"review", "wrong number of words; write 'review auto|parts|widening|always'"},
    {"review auto always", "wrong number of words"},
    {"review auto\n\nreview auto", "line 3: 'review' is given twice; the first is in line 1"},
    {"instance Germany", "unknown instance 'Germany'; write Worldwide, China, USGovDoD or USGovGCCHigh"},
    {"instance China china", "'China' is named twice"},
    {"instance China\ninstance China", "line 2: 'instance': 'China' is named twice"},
    {"instance a b c d e", "wrong number of words"},
    {"service_areas Exchange,Team",
     "unknown service area 'Team'; write Common, Exchange, SharePoint, Skype, MEM or Teams; did you mean 'Teams'?"},
    {"service_areas Teams Skype", "'Skype' is named twice"},
    {"service_areas Skype,teams", "'Skype' is named twice; 'Teams' is another word for it"},
    {"service_areas Exchange,,MEM", "unknown service area ''"},
    {"service_areas MEM,mem", "'MEM' is named twice"},
    {"tenant_name a.b", "not a tenant name"},
    {"tenant a a", "'a' is named twice"},
    {"ipv6 yes", "unknown value 'yes'; write off or on"},
    {"service_url http://x", "does not begin with 'https://'"},
    {"service_url https://", "does not begin with"},
    {"service_url https://x/", "no slash at the end"},
    {"proxy proxy.example:3128", "write 'proxy http://proxy.example:3128'"},
    {"timeout 20", "wrong number of words; write 'timeout 120 seconds'"},
    {"timeout 20 sec", "unknown unit of time 'sec'"},
    {"timeout 0 seconds", "'0 seconds' is not from 1 to 3600 seconds"},
    {"timeout -1 seconds", "'-1' is not a whole number"},
    {"timeout 1.5 hours", "'1.5' is not a whole number"},
    {"timeout 99999999999999999999 days", "is not from"},
    {"timeout 999999999 days", "is not from 1 to 3600 seconds"},
    {"poll_interval 90 seconds", "'90 seconds' is not a whole number of minutes"},
    {"notice_stale 30 minutes", "is not a whole number of hours"},
    {"list block x", "unknown verb 'block'; write optimize, allow, default or inspect"},
    {"list allow", "wrong number of words; write 'list [domains:][FORMAT:]optimize|allow|default|inspect FILE'"},
    {"table \"\"", "the path is empty"},
    {"preset ../x", "'../x' is not the name of a preset"},
    {"precedence lowest", "unknown precedence 'lowest'"},
    {"bypass optimise", "unknown category 'optimise'"},
    {"publish_only optional", "'publish_only': unknown value 'optional'; write required"},
    {"publish_only", "wrong number of words; write 'publish_only required'"},
    {"publish_only required\nbypass Allow,Default", "line 2: 'bypass': 'publish_only required' makes"},
    {"bypass Allow,Default\npublish_only required",
     "line 2: 'publish_only': 'publish_only required' makes the other sets Default, and 'bypass' bypasses Default; "
     "leave one of the two out"},
    {"shrink_limit 30", "'30' is not a percentage like '30%'"},
    {"shrink_limit 101%", "is not from 0 to 100"},
    {"shrink_limit 1234567890%", "'1234567890%' is not a percentage like '30%'"},
    {"growth_limit 30", "'30' is not a percentage like '30%'"},
    {"growth_limit %", "'%' is not a percentage like '30%'"},
    {"growth_limit -5%", "'-5' is not a whole number"},
    {"growth_limit 10001%", "'10001' is not from 0 to 10000"},
    {"widest_prefix 8 24", "'8' is not a prefix length like '/8'"},
    {"widest_prefix /33 /24", "'33' is not from 0 to 32"},
    {"canary a..b Optimize", "'a..b' does not contain a host name"},
    {"canary a.example:0 Optimize", "the port of 'a.example:0' is not from 1 to 65535"},
    {"canary a.example Best", "unknown category 'Best'"},
    {"must_not_bypass a.example b_!", "does not contain a host name"},
    {"notice_command mail x",
     "'mail' is the name of a program without its folder, and no shell searches for it; write its path, or './mail'"},
    {"keep_generations 3", "'3' is not from 4 to 10000"},
    {"log", "wrong number of words; write 'log PATH...'"},
    {"log -", "'-' is no file; name the log that Squid writes"},
    {"log a b\nlog a", "/a' is named twice"},
    {"log_format clf", "there is no format 'clf'; name squid, m365, combined or common, or write the text"},
    {"log_format \"%zz\"", "line 1: 'log_format': "},
    {"log_format \"%>a %ru\"", "the format has no time (%ts, %tS, or %tl without a form of its own)"},
    {"log_format \"[%{%H:%M}tl] %ru\"", "the format has no time (%ts, %tS, or %tl without a form of its own)"},
    {"log_format squid\nlog_format m365", "'log_format' is given twice; the first is in line 1"},
    {"table \"open", "a double quote is not closed"},
    {"table \"a\"b", "a space is missing after a closing double quote"},
    {"table a\"b\"", "there is a double quote inside 'a\"b\"'"},
    {"tenant a \\", "cannot be continued"},
    {"state a\001b", "there is a control character (0x01) in column 8"},
    {"state a\rb", "a control character (0x0d)"},
};

static void
mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(wrong); i++) {
        struct conf *conf = NULL;
        struct err err = {0};
        size_t len = strlen(wrong[i].in);
        char *bytes = guard_new(wrong[i].in, len);
        CHECK(wrong[i].in, conf_read_bytes(&conf, "m365.conf", bytes, len, &err) == -1 && conf == NULL);
        check_says(wrong[i].in, err.text, wrong[i].says);
        check_says(wrong[i].in, err.text, "cannot read 'm365.conf': line ");
        guard_free(bytes, len);
    }
}

/* Any bytes are either read or refused. */
static void
nonsense(void **state)
{
    (void)state;
    static const char *const pieces[] = {"state", "list",   "\"",     "\\",    " ",       "\n",    "#",
                                         "allow", "/8",     "%",      "\t",    "\r",      "20",    "seconds",
                                         "\xff",  "tenant", "canary", "a.b:1", "timeout", "review"};
    uint64_t seed = 4711;
    for (int round = 0; round < 20000; round++) {
        char text[256] = "";
        size_t len = 0;
        for (uint32_t n = next_random(&seed) % 12; n > 0; n--) {
            const char *piece = pieces[next_random(&seed) % ROWS(pieces)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        struct conf *conf = NULL;
        struct err err = {0};
        char *bytes = guard_new(text, len);
        if (conf_read_bytes(&conf, "x", bytes, len, &err) == 0)
            conf_free(conf);
        else
            check_says(text, err.text, "cannot read 'x'");
        guard_free(bytes, len);
    }
}

static void
files(void **state)
{
    (void)state;
    struct conf *conf;
    struct err err = {0};
    folder_make();
    folder_write("m365.conf", "state here\n", 11);
    assert_int_equal(conf_read(&conf, folder_path("m365.conf"), &err), 0);
    assert_string_equal(conf->state, folder_path("here"));
    conf_free(conf);
    assert_int_equal(conf_read(&conf, folder_path("absent"), &err), -1);
    assert_int_equal(err.kind, ERR_IO);
    folder_write("empty.conf", "", 0);
    assert_int_equal(conf_read(&conf, folder_path("empty.conf"), &err), -1);
    assert_int_equal(err.kind, ERR_SYNTAX);
    check_says("0 bytes", err.text, "empty.conf': the file is empty; is the disk full?");
    folder_write("comment.conf", "#\n", 2);
    assert_int_equal(conf_read(&conf, folder_path("comment.conf"), &err), 0);
    conf_free(conf);
    folder_write("utf16.conf", "\xff\xfes\0", 4);
    assert_int_equal(conf_read(&conf, folder_path("utf16.conf"), &err), -1);
    check_says("another encoding", err.text, "it is UTF-16 text; save it as UTF-8");
    folder_remove();
}

static void
instances(void **state)
{
    (void)state;
    assert_string_equal(instance_find("usgovGCChigh"), "USGovGCCHigh");
    assert_null(instance_find("Germany"));
    assert_null(instance_find(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),  cmocka_unit_test(folders_and_sources),
        cmocka_unit_test(service),   cmocka_unit_test(review_and_notice),
        cmocka_unit_test(command),   cmocka_unit_test(mistakes),
        cmocka_unit_test(nonsense),  cmocka_unit_test(files),
        cmocka_unit_test(instances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
