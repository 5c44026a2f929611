/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * community.h - the BGP communities of Microsoft's ExpressRoute routes: one for each service area of a cloud.
 *
 * Where it sits: room cloud, beside instance.h. `lookup` and the exporters of routes use it. Whether the addresses of a
 * set are routed over ExpressRoute at all is up to the set: its flag `expressroute`.
 *
 * Taken from Microsoft's page "ExpressRoute routing requirements", its tables of services for the public cloud and for
 * US Government. The same page says that there are none for the cloud operated by 21Vianet.
 */
#ifndef COMMON_COMMUNITY_H
#define COMMON_COMMUNITY_H

#include <stddef.h>

/* Who operates an instance, and for whom. */
enum cloud { CLOUD_PUBLIC, CLOUD_GOVERNMENT, CLOUD_CHINA };

/* The cloud of a table's source, which is the name of an instance in any case: USGovDoD and USGovGCCHigh are
 * CLOUD_GOVERNMENT, China is CLOUD_CHINA, and everything else is CLOUD_PUBLIC. */
enum cloud community_cloud(const char *source, size_t len);

/* `12076:5010` and the like, for Exchange, SharePoint, Skype (Teams) and Common, spelled exactly so. NULL if the area
 * has none in this cloud. The text is constant. */
const char *community_find(enum cloud cloud, const char *area, size_t len);

#endif
