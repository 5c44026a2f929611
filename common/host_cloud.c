// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host_cloud.c - names below which the customers of a cloud choose names. Part of host.h.
 *
 * The public suffix list knows some of these and not others, depending on its age; for a bypass it makes no difference
 * whether a stranger buys a domain or rents a name. Behind `*.` stands a suffix whose customers' names lie one label
 * (a region, a number) deeper.
 */
#include <string.h>

#include "host.h"

static const char *const clouds[] = {
    /* Microsoft */
    "azure-api.net", "*.azurecontainer.io", "azurecontainerapps.io", "azurecr.io", "azureedge.net", "azurefd.net",
    "azurehdinsight.net", "azurestaticapps.net", "*.azurestaticapps.net", "azurewebsites.net", "blob.core.windows.net",
    "cloudapp.azure.com", "*.cloudapp.azure.com", "cloudapp.net", "database.windows.net", "dfs.core.windows.net",
    "documents.azure.com", "file.core.windows.net", "msappproxy.net", "queue.core.windows.net",
    "servicebus.windows.net", "table.core.windows.net", "trafficmanager.net", "vault.azure.net", "vo.msecnd.net",
    "*.web.core.windows.net",
    /* Microsoft, sovereign clouds */
    "azurewebsites.us", "blob.core.chinacloudapi.cn", "blob.core.usgovcloudapi.net", "chinacloudapp.cn",
    "chinacloudsites.cn", "*.cloudapp.chinacloudapi.cn", "*.cloudapp.usgovcloudapi.net", "trafficmanager.cn",
    "usgovcloudapp.net", "usgovtrafficmanager.net",
    /* others */
    "akamaiedge.net", "akamaihd.net", "akamaized.net", "appspot.com", "cloudfront.net", "cloudfunctions.net",
    "digitaloceanspaces.com", "edgekey.net", "edgesuite.net", "fastly.net", "firebaseapp.com", "github.io",
    "global.ssl.fastly.net", "herokuapp.com", "netlify.app", "ngrok-free.app", "ngrok.io", "pages.dev", "r2.dev",
    "run.app", "s3.amazonaws.com", "storage.googleapis.com", "vercel.app", "web.app", "workers.dev"};

/* True if `name` is `tail` or ends with a dot and `tail`; *ret_head gets the bytes before the dot. */
static bool
is_below(const char *name, const char *tail, size_t *ret_head)
{
    size_t len = strlen(name), tail_len = strlen(tail);
    if (len < tail_len || strcmp(name + len - tail_len, tail) != 0)
        return false;
    *ret_head = len == tail_len ? 0 : len - tail_len - 1;
    return len == tail_len || name[len - tail_len - 1] == '.';
}

const char *
host_shared_cloud(const char *name)
{
    for (size_t i = 0; i < sizeof clouds / sizeof clouds[0]; i++) {
        bool deeper = clouds[i][0] == '*';
        const char *cloud = clouds[i] + (deeper ? 2 : 0);
        size_t head;
        if (is_below(cloud, name, &head))
            return cloud;
        if (deeper && is_below(name, cloud, &head) && head > 0 && memchr(name, '.', head) == NULL)
            return cloud;
    }
    return NULL;
}
