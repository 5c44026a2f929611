/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_unpack.h - bytes of a log file as they were before it was packed.
 *
 * Where it sits: private to room log, below log_file.c. One file for each way of packing: log_gzip.c, log_zstd.c,
 * log_xz.c; each is the only one that includes its library's header.
 */
#ifndef COMMON_LOG_UNPACK_H
#define COMMON_LOG_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

#define LOG_PACKED ((size_t)64 << 10) /* packed bytes that are read at once */
#define LOG_MAGIC 6                   /* first bytes that tell how a file is packed */

/* The packed bytes of a file. */
struct log_input {
    const char *path; /* for sentences; kept by the caller */
    int fd;
    uint64_t done;     /* bytes read */
    bool ended, whole; /* the file itself; what is packed in it */
    size_t at, len;    /* what of `bytes` is not used yet */
    unsigned char *bytes;
};

/* Reads more if nothing is left. -1 with ERR_IO. At the end `len` stays `at`. */
int log_input_more(struct log_input *input, struct err *err);

/* A way of packing. `open` makes the decoder in the arena, `read` gives up to `room` bytes (0: the end) or -1 with
 * ERR_CORRUPT or ERR_IO, `close` frees the decoder. */
struct log_packing {
    unsigned char magic[LOG_MAGIC];
    size_t magic_len;
    int (*open)(void **ret, struct arena *arena, struct err *err);
    int (*read)(void *decoder, struct log_input *input, char *to, size_t room, size_t *ret_len, struct err *err);
    void (*close)(void *decoder);
};

extern const struct log_packing log_gzip, log_zstd, log_xz;

#endif
