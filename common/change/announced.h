/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * announced.h - what Microsoft announces: the change feed of the web service, as a list.
 *
 * Where it sits: room change, above document.h. diff.h adds the words of the feed to the changes that it finds by
 * itself. Nothing is decided by them. The feed is fetched by service.h.
 */
#ifndef COMMON_ANNOUNCED_H
#define COMMON_ANNOUNCED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct documents;

/* What the feed says about one name or prefix. */
struct announced {
    const char *value;     /* URL or prefix as in the feed, but lower case; printable ASCII without spaces */
    const char *impact;    /* `AddedUrl` and others (letters and digits); NULL if absent */
    const char *effective; /* YYYYMMDD; NULL if absent */
    uint32_t set;          /* id of the endpoint set; 0 if absent */
    bool removed;
};

/*
 * Reads an answer of /changes and takes what is newer than version `since`. Booleans written as strings, unknown
 * impacts and missing dates are accepted. Returns how many there are, at most 100000. Never an error: nonsense, or a
 * lack of memory, gives 0. The array and its texts belong to the arena. Cost: the answer is parsed whole.
 */
size_t announced_read(struct announced **ret, struct arena *arena, const char *bytes, size_t len, const char *since);

/* Reads the feeds of all these documents. Of each instance it takes what is newer than the old document of that
 * instance, or everything if there was none. Otherwise as announced_read(). */
size_t announced_since(struct announced **ret, struct arena *arena, const struct documents *documents,
                       const struct documents *old_documents);

#endif
