// SPDX-License-Identifier: GPL-2.0-or-later
/* log_gzip.c - unpacks gzip (RFC 1952), also several members in one file. See log_unpack.h. */
#include <zlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "log_unpack.h"

struct gzip {
    z_stream stream;
    bool between; /* a member has ended: the file may end here */
};

static int
open_gzip(void **ret, struct arena *arena, struct err *err)
{
    struct gzip *gzip = arena_alloc(arena, sizeof *gzip);
    if (gzip == NULL || inflateInit2(&gzip->stream, 15 + 16) != Z_OK) /* 16: gzip, not zlib */
        return err_set(err, ERR_MEM, "no memory to unpack gzip");
    *ret = gzip;
    return 0;
}

static int
read_gzip(void *decoder, struct log_input *input, char *to, size_t room, size_t *ret_len, struct err *err)
{
    struct gzip *gzip = decoder;
    z_stream *stream = &gzip->stream;
    stream->next_out = (unsigned char *)to;
    stream->avail_out = (unsigned)room;
    while (stream->avail_out == room) {
        if (log_input_more(input, err) != 0)
            return -1;
        if (input->at == input->len) {
            *ret_len = 0;
            return gzip->between ? 0 : err_set(err, ERR_CORRUPT, "'%s' ends in the middle", input->path);
        }
        if (gzip->between && inflateReset(stream) != Z_OK)
            return err_set(err, ERR_CORRUPT, "'%s' is damaged", input->path);
        stream->next_in = input->bytes + input->at;
        stream->avail_in = (unsigned)(input->len - input->at);
        int status = inflate(stream, Z_NO_FLUSH);
        input->at = input->len - stream->avail_in;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return err_set(err, ERR_CORRUPT, "'%s' is damaged gzip", input->path);
        gzip->between = status == Z_STREAM_END;
    }
    *ret_len = room - stream->avail_out;
    return 0;
}

static void
close_gzip(void *decoder)
{
    struct gzip *gzip = decoder;
    inflateEnd(&gzip->stream);
}

const struct log_packing log_gzip = {{0x1f, 0x8b}, 2, open_gzip, read_gzip, close_gzip};
