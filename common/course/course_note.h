/* SPDX-License-Identifier: GPL-2.0-or-later */
/* course_note.h - the notes of a helper's reply. Private to course_helper.c and course_note.c. */
#ifndef COMMON_COURSE_NOTE_H
#define COMMON_COURSE_NOTE_H

#include "course_walk.h"

/* Takes over the `name=value` words of a reply. */
void note_reply(struct walk *walk, struct notes *notes, const char *reply);

#endif
