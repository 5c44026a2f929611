# SPDX-License-Identifier: GPL-2.0-or-later
"""
lines.py - single lines of squid.conf: with the ones Squid starts, with the others it does not.

Seen on Squid 5.7. squidconf_test.py asks `squid -k parse` and the model about each. Where it sits: beside mistakes.py. What does
not belong here: what becomes of requests.
"""

# What is before and after the line.
BEFORE = """\
http_port 3128 ssl-bump tls-cert=@DIR@/m365-ca.pem
auth_param basic program /bin/true
external_acl_type m ttl=60 %>rd /bin/true
acl localnet src 10.0.0.0/8
acl m external m
"""
AFTER = """\
http_access allow localnet
ssl_bump peek all
"""

STARTS = (
    "htcp_access allow all", "icp_access allow all", "icp_port 0", "htcp_port 0", "snmp_port 0", "via on", "cache deny all",
    "log_uses_indirect_client on", "icap_access x allow all",
    "acl x time 00:00-24:00", "acl x time 8:0-18:0", "acl x time MTWHF 08:00-18:00", "acl x time 08:00-18:00 MTWHF",
    "acl x time 08:00-08:00", "acl x time SMTWHFAD", "acl x time 08:00-18:00x", "acl x time 08:00-12:00 13:00-18:00",
    "acl x src 10.1", "acl x src 10", "acl x src 010.1.1.1", "acl x src 999", "acl x src 10.0.0.0/24/24", "acl x random 0.5",
    "acl x random 1/2", "acl x random 1:2", "acl x maxconn 5", "acl x maxconn 5 6", "acl x maxconn 10x", "acl x max_user_ip 2",
    "acl x max_user_ip -s 2", "acl x has request", "acl x has response", "acl x has ALE", "acl x transaction_initiator client",
    "acl x hier_code HIER_DIRECT", "log_fqdn on", "always_direct allow", "always_direct permit nosuch", "cache nosuch",
    "request_header_access From deny all", "cache_peer_access p allow nosuch", "delay_access 1 allow nosuch",
    "on_unsupported_protocol tunnel all", "access_log none all", "access_log /x/y squid", "access_log stdio:/x/y common all",
    "access_log stdio:/x/y logformat=squid all", "access_log stdio:/x/y squid !all", "access_log stdio:/x/y all",
    "auth_param basic children 5", "auth_param basic children 5 startup=1 idle=1", "auth_param negotiate keep_alive on",
    "auth_param basic credentialsttl 2 hours", "auth_param basic foo bar", "upgrade_http0.9 deny all", "acl x req_header",
    "acl x rep_header", "acl x req_header X-Y", "acl x ssl::server_name --consensus a",
    "acl x ssl::server_name --consensus --consensus a", "acl x browser", "acl x proxy_auth", "http_port 3129 accel vhost",
    "reply_body_max_size 10 MB all", "ssl_bump none all", "sslproxy_cert_sign signSelf all",
    "sslproxy_cert_error allow ssl::certHasExpired", "sslproxy_cert_sign signTrusted ssl::certUntrusted",
    "sslproxy_cert_adapt setCommonName ssl::certDomainMismatch", "sslproxy_cert_sign signSelf ssl::certSelfSigned",
    "sslproxy_cert_error allow ssl::certNotYetValid",
    "acl x src 10.0.0.0/8:80", "acl x src 10.0.0.0/8,10.1.0.0/16", "acl x src 10.0.0.1-10.0.0.3:80", "acl x src 10.0.0.1-10.0.0.3/24x",
    "acl x src 10.0.0.0/x", "acl x dst 2001:db8::/32x", "acl x src 2001:db8::1-2001:db8::2x", "acl x src fe80::1%lo",
    "acl x ssl_error 20 ssl::certHasExpired certUntrusted X509_V_ERR_PATH_LOOP SQUID_X509_V_ERR_DOMAIN_MISMATCH", "acl x ssl_error",
    "redirect_program /bin/true", "dns_nameservers 127.0.0.1", "zph_mode tos", "high_memory_warning 5 MB", "icap_class x", "http_access2 allow all",
    "response_delay_pool x individual-restore=5 individual-maximum=5", "response_delay_pool x aggregate-restore=-1",
    "response_delay_pool x aggregate-restore=5 aggregate-maximum=0", "ascii_port 3129", "cache_access_log /x/y squid all", "tcp_outgoing_ds 0x20 all", "redirect_children 5",
    "acl_uses_indirect_client on", "acl x src ::1", "acl x src 2001:db8::1-2001:db8::2", "acl x src 2001:db8::/32",
    "acl x src ::ffff:10.0.0.1", "include /dev/null", "include /", 'include "/dev/null"', 'include /dev/"null" /dev/null', "# a byte \0 in a comment",
    "acl x src 10.0.0.1-10.0.0.5#a", "acl x src 10.0.0.0/8#a", "acl x src #x", "acl x src 10.0.0.1 # x", "acl x annotate_transaction foo= bar",
    "acl x annotate_transaction foo=a bar=", 'acl x annotate_client foo=""', "acl x user_cert CN", "acl x user_cert emailAddress x",
    "acl x user_cert DN x", "acl x ca_cert O x", "acl x user_cert 1.2.3.4 x", "acl x squid_error ERR_ACCESS_DENIED ERR_NONE", "acl x squid_error",
    "acl x server_cert_fingerprint AA:BB", "acl x adaptation_service",
    "icap_service s reqmod_precache icap://127.0.0.1/x\nacl x adaptation_service s",
    "icap_service s reqmod_precache icap://127.0.0.1/x\nadaptation_service_set t s\nacl x adaptation_service t s",
    'url_rewrite_extras "%>a" x', "url_rewrite_extras %>a %>b", 'store_id_extras "%>a"',
)

REFUSED = (
    "acl x time 23:59-24:01", "acl x time 8-18", "acl x time 08:60-09:70", "acl x time 24:00-24:00", "acl x time 10:00-9:00",
    "http_acess deny all", "http_accces allow all", "acls x src all", "ssl_bumps bump all", "htp_port 3129", "auth_params basic realm x",
    "external_acl_types a %SRC /bin/true", "acl x random 1", "acl x random 0", "log_access deny all",
    "acl x random 1.5", "acl x random", "acl x random 3/2", "acl x maxconn 0", "acl x max_user_ip x", "acl x has foo",
    "log_icap deny all", "always_direct allow !nosuch", "never_direct deny nosuch", "cache deny all nosuch",
    "no_cache deny nosuch", "icp_access allow nosuch", "htcp_access allow nosuch", "snmp_access allow nosuch",
    "url_rewrite_access allow nosuch", "store_id_access allow nosuch", "send_hit deny nosuch", "store_miss deny nosuch",
    "stats_collection deny nosuch", "broken_posts allow nosuch", "spoof_client_ip deny nosuch", "miss_access allow nosuch",
    "adapted_http_access allow nosuch", "request_header_access From deny nosuch", "reply_header_access Server deny nosuch",
    "tcp_outgoing_address 10.0.0.1 nosuch", "tcp_outgoing_tos 0x20 nosuch", "tcp_outgoing_mark 0x20 nosuch",
    "clientside_tos 0x20 nosuch", "ident_lookup_access allow nosuch", "on_unsupported_protocol tunnel nosuch",
    "on_unsupported_protocol foo all", "access_log none nosuch", "access_log stdio:/x/y logformat=nosuch all",
    "access_log stdio:/x/y nosuch", "access_log", "auth_param basic children x", "auth_param basic children",
    "auth_param digest children x", "auth_param foo program /bin/true", "auth_param basic realm",
    "auth_param basic credentialsttl x", "auth_param basic casesensitive maybe", "auth_param",
    "acl x ssl::server_name --consensus --client-requested a", "http_port 3129 intercept tproxy",
    "http_port 3129 intercept accel", "http_port 3129 tproxy accel", "http_port 3129 foo", "https_port 3129",
    "https_port 3129 intercept ssl-bump", "include", "note a b nosuch", "request_header_add X y nosuch",
    "reply_body_max_size 10 MB nosuch", "ssl_bump allow all", "sslproxy_cert_error allow nosuch",
    "sslproxy_cert_sign signSelf nosuch", "sslproxy_cert_adapt setCommonName nosuch",
    "http_access_allow deny all", "acl_x src all", "ssl_bump_all peek all", "auth_param_basic realm x", "access_log_x none",
    "always_direct_x allow all", "tls_outgoing_options_x a", "http_port_x 3129", "deny_info_x a b",
    "acl x src 10.0.0.1 !10.0.0.2", "acl x dst !10.0.0.0/8", "acl x localip !10.0.0.1", "acl x src a@b.example",
    "http_accessdeny all", "cache_memx", "cache_mem_x 5 MB", "visible_hostname_x a", "nonsense", "notebook a", "aclx a src all",
    "response_delay_pool x individual-restore=5", "response_delay_pool x aggregate-maximum=0",
    "response_delay_pool x aggregate-restore=5 aggregate-maximum=-1", "response_delay_pool x aggregate-restore=5 y", "ascii_port x", "tcp_outgoing_dscp 0x20 nosuch", "redirector_access allow nosuch", "http_access2 deny nosuch", "redirect_children x",
    "storeurl_rewrite_children x", "cache_access_log", "cache_swap_log", "storeurl_rewrite_access allow nosuch",
    "acl x src 10.0.0.1:80", "acl x dst 10.0.0.1:80", "acl x localip 10.0.0.1:80", "acl x src a.example:80", "acl x src abc:",
    "acl x src 2001:db8::1x", "acl x src 2001:db8::/x", "acl x src [::1]", "acl x src [::1]:80", "acl x ssl_error expired", "acl x ssl_error ALL",
    "acl x ssl_error X509_V_ERR_CERT_EXPIRED", "acl x ssl_error x509_v_err_path_loop", "acl x ssl_error ssl::certExpired",
    "http_port 3129 ssl-bump cert= generate-host-certificates=on", "http_port 3129 tls-cert=", "https_port 3129 cert=",
    "acl x src 10.0.0.1=5", "acl x src 10.0.0.1?",
    "acl x src 10.0.0.1#printer", "acl x src 10.0.0.1-", "acl x src 10.0.0.1-x", "acl x dst 10.0.0.1_", "acl x localip 10.0.0.1%a",
    "acl x src a.example#x", "acl x annotate_client foo=", "acl x annotate_transaction foo+=", "acl x user_cert XX", "acl x user_cert cn x",
    "acl x ca_cert XX x", "acl x server_cert_fingerprint -sha1 AA:BB", "acl x server_cert_fingerprint -sha1", "acl x adaptation_service nosuch",
    "acl x adaptation_service s\nicap_service s reqmod_precache icap://127.0.0.1/x", 'url_rewrite_extras "%>a', "url_rewrite_extras '%>a",
    'store_id_extras "%>a',
    "include /dev/null # comment", "include '/dev/null'", "include /dev/\\null x", 'include ""',
)
