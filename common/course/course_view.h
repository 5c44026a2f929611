/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * course_view.h - the requests that Squid sees or makes itself on the way. Private to course_walk.c, course_tls.c and
 * course_view.c.
 */
#ifndef COMMON_COURSE_VIEW_H
#define COMMON_COURSE_VIEW_H

#include "course_walk.h"

/* The client's request on an explicit port, or for plain HTTP also on an intercepting one. */
void view_request(struct walk *walk, struct view *ret);

/* The connection before anything was read from it. */
void view_connection(struct walk *walk, struct view *ret);

/* Step 1 of an intercepted connection: a bare request without method (postHttpsAccept). Before Squid 6 it does not know
 * the connection; since then it does, but neither address of the client. */
void view_bare(struct walk *walk, struct view *ret);

/* The CONNECT that Squid makes: for an intercepted connection, and again after a splice at step 2. `host` is where it
 * goes (buildFakeRequest). */
void view_made(struct walk *walk, struct view *ret, const char *host, int step);

/* A request inside a decrypted connection: GET of /, with the name that the client would use. */
void view_inside(struct walk *walk, struct view *ret, int step, bool has_cert);

/* A name without a dot gets append_domain (urlAppendDomain). */
const char *view_full_name(struct walk *walk, const char *host);

/* `METHOD URI`, for people. */
const char *view_words(struct walk *walk, const struct view *view);

#endif
