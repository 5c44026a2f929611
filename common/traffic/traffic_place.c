// SPDX-License-Identifier: GPL-2.0-or-later
/* traffic_place.c - see traffic_place.h. */
#include "traffic_place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digits.h"
#include "base/err.h"
#include "base/file.h"
#include "conf/conf.h"
#include "traffic_folder.h"

#define PLACE "place"
#define PLACE_MAX ((size_t)4 << 20)

static void
print(struct buf *out, int64_t until, const struct conf *conf)
{
    buf_add_fmt(out, "until %" PRId64 "\n", until);
    for (size_t i = 0; i < conf->log_count; i++)
        buf_add_fmt(out, "log %s\n", conf->logs[i]);
}

/* The number after `until`. False: this is no such file. */
static bool
read_until(int64_t *ret, const struct buf *text)
{
    static const char word[] = "until ";
    const char *end = text->len == 0 ? NULL : memchr(text->data, '\n', text->len);
    uint64_t until;
    if (end == NULL || text->data[text->len - 1] != '\n' || (size_t)(end - text->data) <= strlen(word) ||
        memcmp(text->data, word, strlen(word)) != 0 ||
        !digits_read(&until, text->data + strlen(word), (size_t)(end - text->data) - strlen(word), INT64_MAX))
        return false;
    *ret = (int64_t)until;
    return true;
}

static bool
has_log(const struct buf *text, const char *log)
{
    const char *end = text->data + text->len, *stop;
    size_t len = strlen(log);
    for (const char *at = text->data; at < end && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL;
         at = stop + 1) {
        if ((size_t)(stop - at) == len + 4 && memcmp(at, "log ", 4) == 0 && memcmp(at + 4, log, len) == 0)
            return true;
    }
    return false;
}

static void
compare(struct traffic_place *ret, const struct buf *text, const struct conf *conf)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->len; i++)
        lines += text->data[i] == '\n';
    for (size_t i = 0; i < conf->log_count; i++)
        ret->added = ret->added || !has_log(text, conf->logs[i]);
    ret->known = lines > 1;
    ret->added = ret->added && ret->known;
    ret->same = ret->known && !ret->added && lines == conf->log_count + 1;
}

int
traffic_place_read(struct traffic_place *ret, const struct traffic_folder *folder, const struct conf *conf,
                   struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    struct buf text;
    *ret = (struct traffic_place){0};
    int len = snprintf(path, sizeof path, "%s/" PLACE, folder->path);
    int fd = len > 0 && (size_t)len < sizeof path ? file_at_open(folder->dir, PLACE, O_RDONLY, &st, path, NULL) : -1;
    if (fd < 0)
        return 0;
    buf_init(&text, PLACE_MAX);
    int result = file_at_read(&text, fd, PLACE_MAX, path, err);
    close(fd);
    if (result != 0 && err->kind == ERR_LIMIT)
        result = 0;
    else if (result == 0 && read_until(&ret->until, &text) && conf != NULL)
        compare(ret, &text, conf);
    buf_clear(&text);
    return result;
}

int
traffic_place_write(const struct traffic_folder *folder, int64_t until, const struct conf *conf, struct err *err)
{
    struct buf text;
    buf_init(&text, PLACE_MAX);
    print(&text, until, conf);
    int fd = buf_ok(&text) ? traffic_folder_begin(folder, TRAFFIC_PLACE_NEW, err)
                           : err_set(err, ERR_MEM, "no memory for the names of the logs");
    int result = fd < 0 ? -1 : file_write_all(fd, text.data, text.len);
    buf_clear(&text);
    if (fd < 0 || result == 0)
        return fd < 0 ? -1 : traffic_folder_end(folder, fd, TRAFFIC_PLACE_NEW, PLACE, err);
    err_set(err, ERR_IO, "cannot write '%s/" PLACE "': %s", folder->path, strerror(errno));
    close(fd);
    traffic_folder_remove(folder, TRAFFIC_PLACE_NEW, NULL);
    return -1;
}
