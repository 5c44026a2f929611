/* SPDX-License-Identifier: GPL-2.0-or-later */
/* course_worker.h - between course_worker.c (all of Squid's workers) and course_find.c (one of them). Private to room
 * course. */
#ifndef COMMON_COURSE_WORKER_H
#define COMMON_COURSE_WORKER_H

struct arena;
struct course_question;
struct courses;
struct err;

/* course_find() for the rules of one worker. */
int walk_courses(struct courses *ret, const struct course_question *question, struct arena *arena, struct err *err);

#endif
