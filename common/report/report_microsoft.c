// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * report_microsoft.c - whether a name belongs to Microsoft: for the list of names that no rule has. Nothing else
 * depends on it, least of all a verdict. See report_build.h.
 */
#include <string.h>

#include "report_build.h"

/* Domains that the endpoint sets have names of, and their neighbours that Microsoft uses for the same services. */
static const char *const domains[] = {
    "microsoft.com",
    "microsoftonline.com",
    "microsoftonline-p.com",
    "microsoftonline-p.net",
    "microsoftonline.us",
    "office.com",
    "office.net",
    "office365.com",
    "office365.us",
    "officeapps.live.com",
    "outlook.com",
    "sharepoint.com",
    "sharepoint.us",
    "sharepointonline.com",
    "onmicrosoft.com",
    "live.com",
    "live.net",
    "msauth.net",
    "msauthimages.net",
    "msftauth.net",
    "msftauthimages.net",
    "msftidentity.com",
    "msidentity.com",
    "msocdn.com",
    "msecnd.net",
    "onenote.com",
    "onenote.net",
    "skype.com",
    "skypeforbusiness.com",
    "lync.com",
    "teams.microsoft",
    "cloud.microsoft",
    "static.microsoft",
    "usercontent.microsoft",
    "svc.ms",
    "azure.com",
    "azure.net",
    "azureedge.net",
    "azurefd.net",
    "windows.net",
    "windowsazure.com",
    "windows.com",
    "bing.com",
    "bing.net",
    "msn.com",
    "yammer.com",
    "yammerusercontent.com",
    "powerapps.com",
    "powerbi.com",
    "dynamics.com",
    "sfbassets.com",
    "sway.com",
    "phonefactor.net",
    "hockeyapp.net",
    "aadrm.com",
    "aka.ms",
    "trafficmanager.net",
    "visualstudio.com",
    "windowsupdate.com",
    "microsoftstream.com",
    "microsoftusercontent.com",
    "office365.microsoft.us",
    "acompli.net",
    "gfx.ms",
    "assets-yammer.com",
};

bool
report_is_microsoft(struct squid_word name)
{
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        size_t len = strlen(domains[i]);
        if (name.len >= len && memcmp(name.text + name.len - len, domains[i], len) == 0 &&
            (name.len == len || name.text[name.len - len - 1] == '.'))
            return true;
    }
    return false;
}
