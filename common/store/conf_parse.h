/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf_parse.h - what the files of conf.h share: the state of the reader, and the values of words.
 *
 * Where it sits: floor 5, inside the module, below conf.c and conf_directives.c.
 */
#ifndef COMMON_CONF_PARSE_H
#define COMMON_CONF_PARSE_H

#include "conf.h"

#define CONF_WORDS_MAX 128 /* words of one line */

struct conf_reader {
    struct conf *conf;
    const char *folder; /* of the file */
    size_t line;
    const char *words[CONF_WORDS_MAX]; /* of the line at hand, the directive first */
    size_t word_count;
    size_t *first_lines; /* of each directive; 0: not met yet */
    size_t list_room, preset_room, tenant_room, canary_room, must_not_room;
};

struct directive {
    const char *name;
    const char *usage;  /* how it is written, without its name */
    size_t least, most; /* words after the name */
    bool many;          /* may be written more than once */
    int (*take)(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);
    size_t offset;      /* of the member it sets, for the functions that set just one */
    uint32_t unit_s;    /* of a duration */
    uint32_t low, high; /* of a number or duration */
};

extern const struct directive conf_directives[];
extern const size_t conf_directive_count;

/* The word of a list that is nearest to `word`, if it is near enough to be what was meant; else NULL. */
const char *conf_nearest(const char *word, const char *const *list, size_t count);

/* Appends ", did you mean 'x'?" to a sentence, or nothing. Always returns -1. */
int conf_suggest(struct err *err, const char *word, const char *const *list, size_t count);

/* Cuts a line into the reader's words. */
int conf_split(struct conf_reader *reader, const char *line, size_t len, struct err *err);

/* One of the words of a list, in any case; its index in *ret. `what` is for the sentence. */
int conf_choice(size_t *ret, const char *what, const char *word, const char *const *list, size_t count,
                struct err *err);

int conf_flag(bool *ret, const char *word, struct err *err);

/* A whole number from least to most. */
int conf_number(uint32_t *ret, const char *word, uint32_t least, uint32_t most, struct err *err);

/* NUMBER UNIT in whole units of `unit_s` seconds (1, 60, 3600), from least to most of them. */
int conf_duration(uint32_t *ret, const char **words, uint32_t unit_s, uint32_t least, uint32_t most, struct err *err);

/* A path, taken from the file's folder if it is not absolute. */
int conf_path(struct conf_reader *reader, const char **ret, const char *word, struct err *err);

int conf_no_memory(struct err *err);

#endif
