// SPDX-License-Identifier: GPL-2.0-or-later
/* log_zstd.c - unpacks zstd (RFC 8878), also several frames in one file. See log_unpack.h. */
#include <zstd.h>

#include "base/err.h"
#include "log_unpack.h"

static int
open_zstd(void **ret, struct arena *arena, struct err *err)
{
    (void)arena; /* the library allocates its own */
    *ret = ZSTD_createDStream();
    return *ret != NULL ? 0 : err_set(err, ERR_MEM, "no memory to unpack zstd");
}

/* ZSTD_decompressStream() returns 0 where a frame ends, so that only there the file may end. Its context does not say
 * so afterwards, hence a look at the next input decides: at the end without one it wants more. */
static int
read_zstd(void *decoder, struct log_input *input, char *to, size_t room, size_t *ret_len, struct err *err)
{
    ZSTD_outBuffer out = {to, room, 0};
    while (out.pos == 0) {
        if (log_input_more(input, err) != 0)
            return -1;
        bool ended = input->at == input->len;
        ZSTD_inBuffer in = {input->bytes, input->len, input->at};
        size_t left = ZSTD_decompressStream(decoder, &out, &in);
        input->at = in.pos;
        if (ZSTD_isError(left))
            return err_set(err, ERR_CORRUPT, "'%s' is damaged zstd", input->path);
        if (ended && out.pos == 0) {
            *ret_len = 0;
            return input->whole ? 0 : err_set(err, ERR_CORRUPT, "'%s' ends in the middle", input->path);
        }
        input->whole = left == 0;
    }
    *ret_len = out.pos;
    return 0;
}

static void
close_zstd(void *decoder)
{
    ZSTD_freeDStream(decoder);
}

const struct log_packing log_zstd = {{0x28, 0xb5, 0x2f, 0xfd}, 4, open_zstd, read_zstd, close_zstd};
