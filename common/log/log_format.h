/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_format.h - a compiled format: what stands between the values of a line, and what they are.
 *
 * Where it sits: private to room log. log_format.c makes one, log_line.c reads lines by it.
 */
#ifndef COMMON_LOG_FORMAT_H
#define COMMON_LOG_FORMAT_H

#include "log.h"

#define LOG_STEPS_MAX 64
#define LOG_TEXT_MAX 2048 /* bytes of a format */

/* One value and the text after it. */
struct log_step {
    uint8_t field; /* enum log_field */
    uint8_t after; /* bytes of text after the value; 0: the value reaches to the end of the line */
    uint16_t text; /* where that text starts in `texts` */
    char stop;     /* its first byte */
    bool spaces;   /* spaces may come before the value, as Squid pads with them */
    bool trails;   /* spaces may come after the value, as Squid pads a width with a minus */
    bool quoted;   /* the stop is a quote, which the value itself writes as \" */
};

struct log_format {
    unsigned fields; /* bits: 1 << enum log_field */
    unsigned count;
    uint8_t before; /* bytes of text before the first value, at the start of `texts` */
    struct log_step steps[LOG_STEPS_MAX];
    char texts[LOG_TEXT_MAX];
};

#endif
