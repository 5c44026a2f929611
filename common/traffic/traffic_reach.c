// SPDX-License-Identifier: GPL-2.0-or-later
/* traffic_reach.c - which days there are. Part of traffic.h. */
#include <string.h>

#include "base/err.h"
#include "state/state.h"
#include "traffic.h"
#include "traffic_folder.h"
#include "traffic_place.h"

int
traffic_look(struct traffic_reach *ret, const struct state *state, struct err *err)
{
    struct traffic_folder folder;
    bool found;
    *ret = (struct traffic_reach){0};
    if (traffic_folder_open(&folder, state_folder(state), false, &found, err) != 0)
        return -1;
    if (!found)
        return 0;
    int result = traffic_folder_list(&folder, err);
    for (size_t i = 0; result == 0 && i < folder.count; i++) {
        const struct traffic_day *day = &folder.days[i];
        ret->days += i == 0 || day->day != folder.days[i - 1].day;
        ret->since = i == 0 ? day->day : ret->since;
        ret->until = day->until;
    }
    struct traffic_place place = {0};
    if (result == 0)
        result = traffic_place_read(&place, &folder, NULL, err);
    ret->until = place.until > ret->until ? place.until : ret->until;
    traffic_folder_close(&folder);
    return result;
}
