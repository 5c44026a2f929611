// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_file.c - opens logs and cuts them into blocks of whole lines. See log_file.h.
 *
 * A part of a file has the lines that start in it: it begins after the first line end at or after the byte before it,
 * and ends with the line that the byte before its end is in. So every line is in one part, wherever the parts meet.
 */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "log_unpack.h"

#define PACKINGS 3

struct log_file {
    struct arena *arena; /* for decoders */
    struct log_input input;
    const struct log_packing *packing; /* NULL: plain */
    void *decoder;
    uint64_t delivered; /* bytes of lines */
    uint64_t place;     /* of the first byte of `bytes` in the unpacked log */
    uint64_t to;
    bool skipping; /* until the next line end */
    bool ended;
    struct err trouble; /* of the last read; told once the lines before it were given */
    struct log_rest rest;
    size_t given, len; /* bytes of `bytes` that were given, and that there are */
    char *bytes;
};

/* Plain bytes, also those that were read to see how the file is packed. */
static int
read_plain(struct log_file *file, char *to, size_t room, size_t *ret_len, struct err *err)
{
    struct log_input *input = &file->input;
    if (input->at < input->len) {
        size_t len = input->len - input->at < room ? input->len - input->at : room;
        memcpy(to, input->bytes + input->at, len);
        input->at += len;
        *ret_len = len;
        return 0;
    }
    ssize_t got;
    do
        got = input->ended ? 0 : read(input->fd, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_IO, "cannot read '%s': %s", input->path, strerror(errno));
    input->done += (uint64_t)got;
    input->ended = got == 0;
    *ret_len = (size_t)got;
    return 0;
}

static const struct log_packing *
find_packing(const struct log_input *input)
{
    static const struct log_packing *const packings[PACKINGS] = {&log_gzip, &log_zstd, &log_xz};
    for (size_t i = 0; i < PACKINGS; i++) {
        if (input->len >= packings[i]->magic_len &&
            memcmp(input->bytes, packings[i]->magic, packings[i]->magic_len) == 0)
            return packings[i];
    }
    return NULL;
}

/* A descriptor to read from; -1 with *err. */
static int
open_path(const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return STDIN_FILENO;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return err_set(err, ERR_IO, "'%s' is a folder; name the log files in it", path);
    }
    return fd >= 0 ? fd : err_set(err, ERR_IO, "cannot open '%s': %s", path, strerror(errno));
}

/* Opens the decoder, or goes to the start of the part. */
static int
begin(struct log_file *file, uint64_t from, struct err *err)
{
    struct log_input *input = &file->input;
    if (from > 0) {
        if (lseek(input->fd, (off_t)(from - 1), SEEK_SET) < 0)
            return err_set(err, ERR_IO, "cannot read '%s' from the middle: %s", input->path, strerror(errno));
        file->place = from - 1;
        file->skipping = true;
        return 0;
    }
    if (log_input_more(input, err) != 0)
        return -1;
    file->packing = find_packing(input);
    return file->packing == NULL ? 0 : file->packing->open(&file->decoder, file->arena, err);
}

struct log_file *
log_file_new(struct arena *arena)
{
    struct log_file *file = arena_alloc(arena, sizeof *file);
    char *bytes = arena_alloc(arena, LOG_BLOCK);
    unsigned char *packed = arena_alloc(arena, LOG_PACKED);
    if (file == NULL || bytes == NULL || packed == NULL)
        return NULL;
    *file = (struct log_file){.arena = arena, .input = {.fd = -1, .bytes = packed}, .bytes = bytes};
    return file;
}

int
log_file_open(struct log_file *file, const char *path, uint64_t from, uint64_t to, struct err *err)
{
    int fd = open_path(path, err);
    return fd < 0 ? -1 : log_file_take(file, fd, path, from, to, err);
}

int
log_file_take(struct log_file *file, int fd, const char *path, uint64_t from, uint64_t to, struct err *err)
{
    *file = (struct log_file){.arena = file->arena,
                              .input = {.path = path, .fd = fd, .bytes = file->input.bytes},
                              .bytes = file->bytes,
                              .to = to};
    if (begin(file, from, err) == 0)
        return 0;
    log_file_close(file);
    return -1;
}

void
log_file_close(struct log_file *file)
{
    if (file->decoder != NULL)
        file->packing->close(file->decoder);
    if (file->input.fd > STDIN_FILENO)
        close(file->input.fd);
    file->decoder = NULL;
    file->input.fd = -1;
}

/* Moves what was not given to the front, and reads until the block is full or the log ends. */
static void
fill(struct log_file *file)
{
    file->place += file->given;
    file->len -= file->given;
    memmove(file->bytes, file->bytes + file->given, file->len);
    file->given = 0;
    while (file->len < LOG_BLOCK && !file->ended) {
        size_t got = 0, room = LOG_BLOCK - file->len;
        char *to = file->bytes + file->len;
        int result = file->packing == NULL
                         ? read_plain(file, to, room, &got, &file->trouble)
                         : file->packing->read(file->decoder, &file->input, to, room, &got, &file->trouble);
        file->len += got;
        file->ended = result != 0 || got == 0;
    }
}

/* Drops what is before the next line end. */
static void
skip(struct log_file *file)
{
    const char *end = memchr(file->bytes, '\n', file->len);
    file->given = end == NULL ? file->len : (size_t)(end - file->bytes) + 1;
    file->skipping = end == NULL;
}

/* How many bytes of the block are whole lines of this part. */
static size_t
measure(const struct log_file *file)
{
    size_t len = file->len;
    if (file->place + len > file->to) {
        size_t last = (size_t)(file->to - file->place) - 1;
        const char *end = memchr(file->bytes + last, '\n', len - last);
        if (end != NULL)
            return (size_t)(end - file->bytes) + 1;
    }
    const char *end = memrchr(file->bytes, '\n', len);
    return end == NULL ? 0 : (size_t)(end - file->bytes) + 1;
}

int
log_file_next(struct log_file *file, const char **ret, size_t *ret_len, struct err *err)
{
    for (;;) {
        fill(file);
        if (file->len > 0 && file->skipping) {
            skip(file);
            continue;
        }
        if (file->place >= file->to)
            return 0;
        size_t len = measure(file);
        if (len > 0) {
            *ret = file->bytes;
            *ret_len = file->given = len;
            file->delivered += len;
            return 1;
        }
        if (file->ended) {
            file->rest.half = file->len;
            file->len = 0;
            return file->trouble.kind == ERR_NONE ? 0 : err_set(err, file->trouble.kind, "%s", file->trouble.text);
        }
        file->rest.too_long++;
        file->skipping = true;
    }
}

bool
log_file_is_packed(const struct log_file *file)
{
    return file->packing != NULL;
}

uint64_t
log_file_done(const struct log_file *file)
{
    return file->packing == NULL ? file->delivered : file->input.done;
}

void
log_file_get_rest(const struct log_file *file, struct log_rest *ret)
{
    *ret = file->rest;
}

uint64_t
log_file_divisible(const char *path)
{
    struct stat st;
    unsigned char bytes[LOG_MAGIC];
    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    int fd = open_path(path, NULL);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, bytes, sizeof bytes);
    close(fd);
    struct log_input input = {.bytes = bytes, .len = got > 0 ? (size_t)got : 0};
    return got > 0 && find_packing(&input) == NULL ? (uint64_t)st.st_size : 0;
}
