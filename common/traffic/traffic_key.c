// SPDX-License-Identifier: GPL-2.0-or-later
/* traffic_key.c - see traffic_key.h. */
#include "traffic_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/say.h"
#include "traffic_folder.h"

#define KEY_NEW ".key.new"

static int
make_key(struct buf *key, const struct traffic_folder *folder, struct err *err)
{
    for (size_t i = 0; i < TRAFFIC_KEY_LEN; i++)
        buf_add_char(key, (char)digest_random(256));
    if (!buf_ok(key))
        return err_set(err, ERR_MEM, "no memory for a key");
    int fd = traffic_folder_begin(folder, KEY_NEW, err);
    if (fd < 0)
        return -1;
    if (file_write_all(fd, key->data, key->len) == 0)
        return traffic_folder_end(folder, fd, KEY_NEW, TRAFFIC_KEY, err);
    err_set(err, ERR_IO, "cannot write '%s/" KEY_NEW "': %s", folder->path, strerror(errno));
    close(fd);
    traffic_folder_remove(folder, KEY_NEW, NULL);
    return -1;
}

/* 1: the key is read. 0: there is none that could be one. */
static int
read_key(struct buf *key, const struct traffic_folder *folder, bool *ret_absent, struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    struct err why = {0};
    int len = snprintf(path, sizeof path, "%s/" TRAFFIC_KEY, folder->path);
    int fd =
        len > 0 && (size_t)len < sizeof path ? file_at_open(folder->dir, TRAFFIC_KEY, O_RDONLY, &st, path, &why) : -1;
    *ret_absent = fd < 0 && errno == ENOENT;
    if (fd < 0)
        return *ret_absent || errno == ELOOP || errno == EINVAL ? 0 : err_set(err, ERR_IO, "%s", why.text);
    int result = st.st_size != TRAFFIC_KEY_LEN ? 0 : file_at_read(key, fd, TRAFFIC_KEY_LEN, path, err) != 0 ? -1 : 1;
    close(fd);
    return result == 1 && key->len != TRAFFIC_KEY_LEN ? 0 : result;
}

int
traffic_secret(unsigned char *ret, const struct traffic_folder *folder, const struct listener *listener,
               struct err *err)
{
    bool absent = false;
    struct buf key;
    buf_init(&key, (size_t)1 << 20);
    int result = read_key(&key, folder, &absent, err);
    if (result == 0 && !absent) {
        say(listener,
            "'%s/" TRAFFIC_KEY "' is no key and was set aside; clients that were counted before count as others",
            folder->path);
        result = traffic_folder_set_aside(folder, TRAFFIC_KEY, err);
        buf_reset(&key);
    }
    if (result == 0)
        result = make_key(&key, folder, err);
    if (result >= 0)
        digest_key(ret, key.data, key.len);
    buf_clear(&key);
    return result < 0 ? -1 : 0;
}
