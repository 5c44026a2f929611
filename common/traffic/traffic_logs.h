/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * traffic_logs.h - the logs that may have lines since some moment, open, each once.
 *
 * Where it sits: private to room traffic. Logs are rotated and packed while they are looked for. What is open stays the
 * same file whatever its name becomes, so all are opened before any is read, and the names are looked up once more.
 */
#ifndef COMMON_TRAFFIC_LOGS_H
#define COMMON_TRAFFIC_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct conf;
struct err;

struct traffic_log {
    const char *path;
    uint64_t device, inode, size;
    int64_t changed; /* the last line was written then, in seconds since 1970 */
    int fd;          /* -1: not open */
};

struct traffic_logs {
    struct arena *arena;
    size_t count, room;
    struct traffic_log *logs;
    uint64_t files_before; /* how many files could be open before more were allowed; 0: as many as now */
};

/*
 * Opens the logs of the configuration that were written to at a moment or later. A packed log beside the plain one of
 * the same name is only being made, and of a log that is being copied only the longer one counts. -1 with ERR_IO (a
 * pattern matches no log, one cannot be read; the sentence says who must be allowed what), ERR_LIMIT or ERR_MEM; then
 * none is open. If there are more than the process may have open, it allows itself as many as the system lets it, until
 * they are closed; if these are too few, that is ERR_LIMIT. Cost: the names are looked up twice, or more often while
 * they change.
 */
int traffic_logs_open(struct traffic_logs *ret, const struct conf *conf, int64_t since, struct err *err);
void traffic_logs_close(struct traffic_logs *logs);

/* When the last log ended that ends before a moment, in seconds since 1970; 0: none does. */
int64_t traffic_logs_last(const struct traffic_logs *logs, int64_t before);

/* About how many bytes of lines the logs have that were written to at a moment or later. */
uint64_t traffic_logs_bytes(const struct traffic_logs *logs, int64_t since);

#endif
