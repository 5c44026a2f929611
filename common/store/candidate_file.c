// SPDX-License-Identifier: GPL-2.0-or-later
/* candidate_file.c - see candidate_file.h. */
#include "candidate_file.h"

#include "candidate.h"
#include "compile/compile.h"
#include "compile/load.h"
#include "conf/conf.h"
#include "image/image.h"

int
candidate_read_file(struct candidate *ret, const struct conf *conf, const char *spec, const struct listener *listener,
                    struct err *err)
{
    const char *sources[] = {spec};
    const struct load_options options = {
        .sources = sources, .source_count = 1, .policy = conf->policy, .listener = listener};
    return load_table(&ret->table, &options, err);
}

int
candidate_compile_file(struct candidate *candidate, const struct conf *conf, struct err *err)
{
    buf_init(&candidate->image_bytes, IMAGE_MAX);
    if (compile_table(&candidate->image_bytes, candidate->table, &conf->policy, err) != 0)
        return -1;
    return image_from_memory(&candidate->image, candidate->image_bytes.data, candidate->image_bytes.len, err);
}
