// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * host_cloud.c - names below which the customers of a cloud choose names. Part of host.h.
 *
 * The public suffix list knows some of them, depending on its age. For a bypass it makes no difference whether a
 * stranger registers a domain or rents a name. After `*.` comes a suffix whose customers' names are one label (a
 * region, a number) further down.
 */
#include <string.h>

#include "host.h"

#define CLOUD(head, tail)                                                                                              \
    {                                                                                                                  \
        head tail, sizeof(head) - 1                                                                                    \
    }

/* Sorted by their last two labels, because a name shares those with every cloud that it is in or above. */
static const struct {
    const char *text;
    size_t tail; /* where the last two labels start */
} clouds[] = {CLOUD("", "akamaiedge.net"),
              CLOUD("", "akamaihd.net"),
              CLOUD("", "akamaized.net"),
              CLOUD("s3.", "amazonaws.com"),
              CLOUD("", "appspot.com"),
              CLOUD("", "azure-api.net"),
              CLOUD("cloudapp.", "azure.com"),
              CLOUD("*.cloudapp.", "azure.com"),
              CLOUD("documents.", "azure.com"),
              CLOUD("vault.", "azure.net"),
              CLOUD("*.", "azurecontainer.io"),
              CLOUD("", "azurecontainerapps.io"),
              CLOUD("", "azurecr.io"),
              CLOUD("", "azureedge.net"),
              CLOUD("", "azurefd.net"),
              CLOUD("", "azurehdinsight.net"),
              CLOUD("", "azurestaticapps.net"),
              CLOUD("*.", "azurestaticapps.net"),
              CLOUD("", "azurewebsites.net"),
              CLOUD("", "azurewebsites.us"),
              CLOUD("blob.core.", "chinacloudapi.cn"),
              CLOUD("*.cloudapp.", "chinacloudapi.cn"),
              CLOUD("", "chinacloudapp.cn"),
              CLOUD("", "chinacloudsites.cn"),
              CLOUD("", "cloudapp.net"),
              CLOUD("", "cloudfront.net"),
              CLOUD("", "cloudfunctions.net"),
              CLOUD("", "digitaloceanspaces.com"),
              CLOUD("", "edgekey.net"),
              CLOUD("", "edgesuite.net"),
              CLOUD("", "fastly.net"),
              CLOUD("global.ssl.", "fastly.net"),
              CLOUD("", "firebaseapp.com"),
              CLOUD("", "github.io"),
              CLOUD("storage.", "googleapis.com"),
              CLOUD("", "herokuapp.com"),
              CLOUD("", "msappproxy.net"),
              CLOUD("vo.", "msecnd.net"),
              CLOUD("", "netlify.app"),
              CLOUD("", "ngrok-free.app"),
              CLOUD("", "ngrok.io"),
              CLOUD("", "pages.dev"),
              CLOUD("", "r2.dev"),
              CLOUD("", "run.app"),
              CLOUD("", "trafficmanager.cn"),
              CLOUD("", "trafficmanager.net"),
              CLOUD("blob.core.", "usgovcloudapi.net"),
              CLOUD("*.cloudapp.", "usgovcloudapi.net"),
              CLOUD("", "usgovcloudapp.net"),
              CLOUD("", "usgovtrafficmanager.net"),
              CLOUD("", "vercel.app"),
              CLOUD("", "web.app"),
              CLOUD("blob.core.", "windows.net"),
              CLOUD("database.", "windows.net"),
              CLOUD("dfs.core.", "windows.net"),
              CLOUD("file.core.", "windows.net"),
              CLOUD("queue.core.", "windows.net"),
              CLOUD("servicebus.", "windows.net"),
              CLOUD("table.core.", "windows.net"),
              CLOUD("*.web.core.", "windows.net"),
              CLOUD("", "workers.dev")};

#define CLOUDS (sizeof clouds / sizeof clouds[0])

/* True if `name` is `tail` or ends with a dot followed by `tail`. *ret_head gets the number of bytes before that
 * dot. */
static bool
is_below(const char *name, const char *tail, size_t *ret_head)
{
    size_t len = strlen(name), tail_len = strlen(tail);
    if (len < tail_len || strcmp(name + len - tail_len, tail) != 0)
        return false;
    *ret_head = len == tail_len ? 0 : len - tail_len - 1;
    return len == tail_len || name[len - tail_len - 1] == '.';
}

/* Returns the cloud if it lies below the name, or if the name is directly below a `*.` cloud; else NULL. */
static const char *
meets(size_t at, const char *name)
{
    bool deeper = clouds[at].text[0] == '*';
    const char *cloud = clouds[at].text + (deeper ? 2 : 0);
    size_t head;
    if (is_below(cloud, name, &head))
        return cloud;
    if (deeper && is_below(name, cloud, &head) && head > 0 && memchr(name, '.', head) == NULL)
        return cloud;
    return NULL;
}

/* The last two labels, or NULL if there is only one. */
static const char *
last_two(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL)
        return NULL;
    const char *before = memrchr(name, '.', (size_t)(dot - name));
    return before == NULL ? name : before + 1;
}

const char *
host_shared_cloud(const char *name)
{
    const char *tail = last_two(name);
    const char *cloud = NULL;
    size_t low = 0, high = tail == NULL ? 0 : CLOUDS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(clouds[middle].text + clouds[middle].tail, tail) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; cloud == NULL && low < CLOUDS && (tail == NULL || strcmp(clouds[low].text + clouds[low].tail, tail) == 0);
         low++)
        cloud = meets(low, name);
    return cloud;
}
