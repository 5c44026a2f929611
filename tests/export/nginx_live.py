#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
nginx_live.py - a real nginx with the file of the format `nginx` answers as the matcher does, about hosts and addresses.

Where it sits: tests/export/. Run by `make export`.
"""

import os
import socket
import sys

import live
import names
import truth
from port import free_port
from truth import stage

CONF = """\
daemon off;
master_process off;
error_log stderr warn;
pid {top}/nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {top}/body;
    proxy_temp_path {top}/proxy;
    fastcgi_temp_path {top}/fastcgi;
    uwsgi_temp_path {top}/uwsgi;
    scgi_temp_path {top}/scgi;
    map $host $m365_host {{ default $host; }}
    include {top}/m365.conf;
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 10000;
        location / {{ return 200 "$m365 $m365_address"; }}
    }}
}}
"""

STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"
STREAM = """\
load_module {module};
daemon off;
master_process off;
error_log stderr warn;
pid {top}/nginx.pid;
events {{ }}
stream {{
    map $ssl_preread_server_name $m365_host {{ default $ssl_preread_server_name; }}
    include {top}/m365.conf;
    server {{
        listen 127.0.0.1:{port};
        ssl_preread on;
        return "$m365";
    }}
}}
"""


def ask_sni(port, host):
    with socket.create_connection(("127.0.0.1", port), stage.PATIENCE) as one:
        one.sendall(live.hello(host))
        return one.recv(10)


def test_names_and_addresses():
    """Addresses are asked as an argument of the URL: the block reads that instead of the address of the server."""
    nginx, = live.need("nginx")
    with stage.Place() as place:
        for table in truth.tables(place):
            text = truth.export(table, "nginx")
            place.write("m365.conf", text.replace("geo $server_addr", "geo $arg_a"))
            port = free_port()
            conf = place.write("nginx.conf", CONF.format(port=port, top=place.top))
            command = [nginx, "-p", place.top, "-e", "stderr", "-c", conf]
            stage.check("[warn]" not in live.checked(*command, "-t"), "warnings")
            hosts, asked = truth.hosts(table), truth.addresses(table)
            wanted, inside = truth.selected(table, hosts), {str(one) for one in truth.selected(table, asked)}
            hosts, asked = names.sample(hosts, wanted), names.sample([str(one) for one in asked], inside)
            with live.running(*command, ready=live.listens(port)):
                got = {host for host, (_, _, body) in live.ask(port, hosts).items() if body[0] == "1"}
                addresses = live.ask(port, asked, "/?a={}", header="Asked")
            truth.compare(table.name, hosts, got, wanted & set(hosts))
            truth.compare(table.name, asked, {one for one, (_, _, body) in addresses.items() if body[2] == "1"},
                          inside & set(asked))


def test_sni():
    """The same file in a `stream` block, asked by the SNI."""
    nginx, = live.need("nginx")
    if not os.path.exists(STREAM_MODULE):
        raise stage.Skip("libnginx-mod-stream is not installed")
    with stage.Place() as place:
        table = next(iter(truth.tables(place)))
        place.write("m365.conf", truth.export(table, "nginx"))
        port = free_port()
        conf = place.write("nginx.conf", STREAM.format(port=port, top=place.top, module=STREAM_MODULE))
        command = [nginx, "-p", place.top, "-e", "stderr", "-c", conf]
        live.checked(*command, "-t")
        hosts = truth.hosts(table)
        wanted = truth.selected(table, hosts)
        hosts = [host for host in names.sample(hosts, wanted) if "_" not in host]
        with live.running(*command, ready=live.listens(port)):
            got = {host for host in hosts if ask_sni(port, host) == b"1"}
        truth.compare("SNI", hosts, got, wanted & set(hosts))
        stage.check(len(got) > 20, f"only {len(got)} of {len(hosts)}")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
