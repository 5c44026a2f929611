// SPDX-License-Identifier: GPL-2.0-or-later
/* log_xz.c - unpacks xz, also several streams in one file. See log_unpack.h. */
#include <lzma.h>

#include "base/arena.h"
#include "base/err.h"
#include "log_file.h"
#include "log_unpack.h"

static int
open_xz(void **ret, struct arena *arena, struct err *err)
{
    lzma_stream *xz = arena_alloc(arena, sizeof *xz); /* all zero is LZMA_STREAM_INIT */
    if (xz == NULL || lzma_stream_decoder(xz, LOG_XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
        return err_set(err, ERR_MEM, "no memory to unpack xz");
    *ret = xz;
    return 0;
}

static int
read_xz(void *decoder, struct log_input *input, char *to, size_t room, size_t *ret_len, struct err *err)
{
    lzma_stream *xz = decoder;
    xz->next_out = (uint8_t *)to;
    xz->avail_out = room;
    lzma_ret status = LZMA_OK;
    while (xz->avail_out == room && status != LZMA_STREAM_END) {
        if (log_input_more(input, err) != 0)
            return -1;
        xz->next_in = input->bytes + input->at;
        xz->avail_in = input->len - input->at;
        status = lzma_code(xz, input->at == input->len ? LZMA_FINISH : LZMA_RUN);
        input->at = input->len - xz->avail_in;
        if (status == LZMA_BUF_ERROR)
            return err_set(err, ERR_CORRUPT, "'%s' ends in the middle", input->path);
        if (status == LZMA_MEMLIMIT_ERROR)
            return err_set(err, ERR_LIMIT, "'%s' needs more than %u MiB to be unpacked; unpack it with xz -dc",
                           input->path, (unsigned)(LOG_XZ_MEMORY >> 20));
        if (status != LZMA_OK && status != LZMA_STREAM_END)
            return err_set(err, ERR_CORRUPT, "'%s' is damaged xz", input->path);
    }
    *ret_len = room - xz->avail_out;
    return 0;
}

static void
close_xz(void *decoder)
{
    lzma_end(decoder);
}

const struct log_packing log_xz = {{0xfd, '7', 'z', 'X', 'Z', 0}, 6, open_xz, read_xz, close_xz};
