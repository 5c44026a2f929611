// SPDX-License-Identifier: GPL-2.0-or-later
/* community.c - see community.h. */
#include "community.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *area;
    const char *public, *government;
} areas[] = {
    {"Exchange", "12076:5010", "12076:5110"},
    {"SharePoint", "12076:5020", "12076:5120"},
    {"Skype", "12076:5030", "12076:5130"},
    {"Common", "12076:5100", "12076:5200"}, /* Microsoft's "other Office 365 services" */
};

static const struct {
    const char *instance;
    enum cloud cloud;
} clouds[] = {{"USGovDoD", CLOUD_GOVERNMENT}, {"USGovGCCHigh", CLOUD_GOVERNMENT}, {"China", CLOUD_CHINA}};

enum cloud
community_cloud(const char *source, size_t len)
{
    for (size_t i = 0; i < sizeof clouds / sizeof clouds[0]; i++) {
        if (strlen(clouds[i].instance) == len && strncasecmp(clouds[i].instance, source, len) == 0)
            return clouds[i].cloud;
    }
    return CLOUD_PUBLIC;
}

const char *
community_find(enum cloud cloud, const char *area, size_t len)
{
    for (size_t i = 0; cloud != CLOUD_CHINA && i < sizeof areas / sizeof areas[0]; i++) {
        if (strlen(areas[i].area) == len && memcmp(areas[i].area, area, len) == 0)
            return cloud == CLOUD_GOVERNMENT ? areas[i].government : areas[i].public;
    }
    return NULL;
}
