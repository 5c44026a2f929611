/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load.h - from what an administrator names (`-t`, or nothing) to an open image, and again when it changes.
 *
 * Where it sits: room compile, above compile.h and sealed.h. A compiled image is mapped; for one of another layout in a
 * generation its sealed table is compiled. Table texts, JSON documents and lists are read, merged and compiled in
 * memory. Helpers and m365ctl both come through here. Nothing is printed: sentences are returned.
 */
#ifndef COMMON_LOAD_H
#define COMMON_LOAD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/policy.h"

struct err;
struct image;
struct listener;
struct places;
struct table;
struct table_progress;

#define LOAD_SOURCES_MAX 64

/* What to load. Without sources: what load_default_image() finds. */
struct load_options {
    const char **sources; /* as in spec.h; kept by the caller */
    size_t source_count;
    const char *list_format;         /* of lists that name none, see list.h; NULL: told by their content */
    struct policy policy;            /* for sources that are compiled here */
    bool has_policy;                 /* a policy was given: an image cannot take one */
    const struct listener *listener; /* hears what a successful load has to say; NULL: none */
    void (*progress)(void *arg, const struct table_progress *at); /* of a load that reads tables; may be NULL */
    void *progress_arg;
};

/*
 * The image to use when none is named. If something was published (there is a `current`), that one. Else the shipped
 * one, as long as there are no local rules in local.d and m365.conf says nothing. -1 with ERR_IO if local rules or
 * settings wait to be published, if m365.conf has 0 bytes, if `current` is not a link of the form gen-NNNNNN or is
 * missing although the list `published` is there, or if any of these cannot be examined or is a dangling link: the
 * shipped table must not replace a policy. -1 with ERR_LIMIT if a path is too long. Cost: a few looks at files; with
 * nothing published also a read of local.d and m365.conf.
 */
int load_default_image(char ret[PATH_MAX], const struct places *places, struct err *err);

/* The number of the published generation that the image at a path belongs to: that of the folder `gen-NNNNNN` which
 * links lead to. 0 if there is none. Cost: a look at each folder of the path. */
uint32_t load_generation(const char *path);

/* Like sealed_open(), and the image knows its generation. While `current` changes again and again it may not. */
int load_open_image(struct image **ret, const char *path, const struct listener *listener, struct err *err);

/* Opens an image once. -1: what is wrong with which source. The caller closes the image. */
int load_image(struct image **ret, const struct load_options *options, struct err *err);

/* Reads and merges sources into a sorted table (m365ctl). The caller frees the table. -1 with ERR_USAGE if one of them
 * is an image, or as table_read(). */
int load_table(struct table **ret, const struct load_options *options, struct err *err);

struct load;

/* A watch over the sources. NULL without memory. Opens nothing yet; `options` and what it points to must outlive it. */
struct load *load_new(const struct load_options *options);
void load_free(struct load *load);

/* The image in use, or NULL: no-table. Valid until the next load_refresh(). */
const struct image *load_current(const struct load *load);

enum load_change { LOAD_SAME, LOAD_NEW, LOAD_FAILED };

/*
 * Looks whether the sources changed (at most one stat each; `now_ms` is any steady clock) and opens the new image
 * before the old one is closed. LOAD_FAILED sets *err; the old image stays if there was one. A text source is read
 * again only once its size and time have been still for two seconds. To be called at most once a second, between
 * answers.
 *
 * A text source that was read and refused is not read again before it changes, as that takes long. What could not be
 * read is tried again, after longer and longer waits (watch.h).
 */
enum load_change load_refresh(struct load *load, uint64_t now_ms, struct err *err);

/* Says that the current image was found unreadable (SIGBUS): it is closed and opened again by the next load_refresh().
 */
void load_drop(struct load *load);

#endif
