/* SPDX-License-Identifier: GPL-2.0-or-later */
/* course_onward.h - the lists before and after http_access and ssl_bump. Private to course_find.c, course_walk.c,
 * course_tls.c and course_onward.c. */
#ifndef COMMON_COURSE_ONWARD_H
#define COMMON_COURSE_ONWARD_H

#include "course_walk.h"

/* Whether a proxy in front may say whose connection it is; added as a step if there is one. False: Squid closes, and
 * the course has its end. */
bool walk_proxy(struct walk *walk);

/* What comes before Squid asks a server: miss_access, and whether it may go there itself; added as steps. False: it
 * does not get there, and the course has its end. */
bool walk_onward(struct walk *walk, const struct view *view);

#endif
