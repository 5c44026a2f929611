/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence.h - what the access log had of each row of a comparison.
 *
 *     STATE/evidence/YYYY-MM-DD.UNTIL --.
 *     logs, counted now ----------------+--> [both verdicts] --> [the row that each belongs to] --> diff->seen
 *
 * Where it sits: room evidence, above report, change and traffic, whose files it reads. What is printed of it belongs
 * to room seen and to those who print comparisons.
 */
#ifndef COMMON_EVIDENCE_H
#define COMMON_EVIDENCE_H

#include <stdint.h>

struct conf;
struct diff;
struct err;
struct listener;
struct replay;

/* The days that are known, whether or not there were requests. */
struct evidence_days {
    uint32_t first, last; /* 0: those of the requests */
    uint32_t without;     /* days between them of which nothing is known */
    uint32_t unread;      /* days whose file is damaged */
};

/*
 * Judges all entries of a replay by both images of the comparison and fills in diff->seen. `days` may be NULL. Nothing
 * if the tables are the same. -1 with ERR_MEM or as replay_next(); then diff->seen is NULL. Cost: two look-ups for each
 * destination, some more for those that change.
 */
int evidence_judge(struct diff *diff, struct replay *replay, const struct evidence_days *days, struct err *err);

/*
 * The same with the files of the state folder of a configuration. Nothing if it has none, or if the configuration names
 * no logs: what was kept then grows old. Of the files the last TRAFFIC_DAYS days before today count
 * (traffic/traffic.h). One that is damaged is named to the listener and left out; so is any other trouble: a comparison
 * is shown without what the log had rather than not at all. Cost: the files are read once.
 */
void evidence_show(struct diff *diff, const struct conf *conf, uint32_t today, const struct listener *listener);

#endif
