/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf_parse.h - what the files of conf.h share: the state of the reader, and the values of words.
 *
 * Where it sits: room conf, private to conf.c, conf_directives.c and conf_parse.c.
 */
#ifndef COMMON_CONF_PARSE_H
#define COMMON_CONF_PARSE_H

#include "conf.h"

#define CONF_WORDS_MAX 128 /* words of one line */

struct conf_reader {
    struct conf *conf;
    const char *folder; /* of the file */
    size_t line;
    const char *words[CONF_WORDS_MAX]; /* of the current line, the directive first */
    size_t word_count;
    size_t *first_lines; /* of each directive; 0: not seen yet */
    size_t list_room, preset_room, tenant_room, canary_room, must_not_room, export_room, log_room;
};

struct directive {
    const char *name;
    const char *usage;  /* the words after its name */
    size_t least, most; /* words after the name */
    bool many;          /* may be given more than once */
    int (*set)(struct conf_reader *reader, const struct directive *directive, size_t count, struct err *err);
    size_t offset;      /* of the member, for functions that set only one */
    uint32_t unit_s;    /* of a duration */
    uint32_t low, high; /* of a number or duration */
};

extern const struct directive conf_directives[];
extern const size_t conf_directive_count;

/* The word of the list that is closest to `word`, or NULL if none is close enough to be what was meant. */
const char *conf_nearest(const char *word, const char *const *list, size_t count);

/* Appends "; did you mean 'x'?" to a sentence if a word is close. Always returns -1. */
int conf_suggest(struct err *err, const char *word, const char *const *list, size_t count);

/* Splits a line into the reader's words. */
int conf_split(struct conf_reader *reader, const char *line, size_t len, struct err *err);

/* Finds a word in a list, ignoring case; its index is in *ret. `what` is for the sentence. */
int conf_choice(size_t *ret, const char *what, const char *word, const char *const *list, size_t count,
                struct err *err);

int conf_flag(bool *ret, const char *word, struct err *err);

/* A whole number from least to most. */
int conf_number(uint32_t *ret, const char *word, uint32_t least, uint32_t most, struct err *err);

/* The same followed by `%`. */
int conf_percent(uint32_t *ret, const char *word, uint32_t least, uint32_t most, struct err *err);

/* NUMBER UNIT in whole units of `unit_s` seconds (1, 60, 3600), from least to most of them. */
int conf_duration(uint32_t *ret, const char **words, uint32_t unit_s, uint32_t least, uint32_t most, struct err *err);

/* A path; a relative one starts in the folder of the file. */
int conf_path(struct conf_reader *reader, const char **ret, const char *word, struct err *err);

int conf_no_memory(struct err *err);

/* Appends a text to an array in the arena of the configuration. -1 with ERR_MEM. */
int conf_add_text(struct conf_reader *reader, const char ***array, size_t *count, size_t *room, const char *text,
                  struct err *err);

/* Says that a word is named twice. Always returns -1. */
int conf_refuse_twice(const char *word, struct err *err);

#endif
