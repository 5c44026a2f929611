// SPDX-License-Identifier: GPL-2.0-or-later
/* log_input.c - the packed bytes of a file. See log_unpack.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "log_unpack.h"

int
log_input_more(struct log_input *input, struct err *err)
{
    if (input->at < input->len || input->ended)
        return 0;
    ssize_t got;
    do
        got = read(input->fd, input->bytes, LOG_PACKED);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_IO, "cannot read '%s': %s", input->path, strerror(errno));
    input->at = 0;
    input->len = (size_t)got;
    input->done += (uint64_t)got;
    input->ended = got == 0;
    return 0;
}
