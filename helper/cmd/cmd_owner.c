// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_owner.c - see cmd_owner.h. */
#include "cmd_owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

#define NO_GROUP ((gid_t)65534)

static char owner[64];

const char *
cmd_owner(void)
{
    return owner[0] == '\0' ? NULL : owner;
}

/* Without an entry in the list of users, the group of the folder has to do, but never that of root. */
static gid_t
group_of(const struct passwd *user, const struct stat *folder)
{
    return user != NULL ? user->pw_gid : folder->st_gid != 0 ? folder->st_gid : NO_GROUP;
}

/* -1 with errno set. That nothing of root is left is tested as well: the kernel can be told to keep it. */
static int
become(const struct passwd *user, uid_t uid, gid_t gid)
{
    if ((user != NULL ? initgroups(user->pw_name, gid) : setgroups(0, NULL)) != 0 || setgid(gid) != 0 ||
        setuid(uid) != 0)
        return -1;
    if (getuid() == uid && geteuid() == uid && getgid() == gid && getegid() == gid && setuid(0) != 0 && setgid(0) != 0)
        return 0;
    errno = EPERM;
    return -1;
}

/* For the notice command, which must not look for anything in root's home. */
static int
set_environment(const struct passwd *user)
{
    return setenv("HOME", user == NULL ? "/" : user->pw_dir, 1) == 0 && setenv("USER", owner, 1) == 0 &&
                   setenv("LOGNAME", owner, 1) == 0
               ? 0
               : -1;
}

int
cmd_become_owner(const char *folder, struct err *err)
{
    struct stat st;
    if (geteuid() != 0 || stat(folder, &st) != 0 || st.st_uid == 0)
        return 0;
    const struct passwd *user = getpwuid(st.st_uid);
    if (user == NULL)
        snprintf(owner, sizeof owner, "%lu", (unsigned long)st.st_uid);
    else
        snprintf(owner, sizeof owner, "%s", user->pw_name);
    if (become(user, st.st_uid, group_of(user, &st)) == 0 && set_environment(user) == 0)
        return 0;
    return err_set(err, ERR_IO, "root cannot become the user '%s', who owns '%s': %s; run it as that user", owner,
                   folder, strerror(errno));
}

/* What the child writes first; its text follows. */
struct report {
    int result;
    struct err err;
};

static _Noreturn void
run_child(int to, int (*make)(void *arg, struct buf *out, struct err *err), void *arg, size_t ceiling)
{
    struct report report = {0};
    struct buf out;
    buf_init(&out, ceiling);
    report.result = make(arg, &out, &report.err);
    bool written = file_write_all(to, &report, sizeof report) == 0 && file_write_all(to, out.data, out.len) == 0;
    _exit(written ? 0 : 1);
}

static int
read_child(int from, struct report *report, struct buf *out)
{
    struct buf all;
    ssize_t n = 1;
    buf_init(&all, out->ceiling + sizeof *report);
    while (n != 0 && buf_reserve(&all, (size_t)1 << 16)) {
        n = read(from, all.data + all.len, (size_t)1 << 16);
        if (n < 0 && errno != EINTR)
            break;
        all.len += n > 0 ? (size_t)n : 0;
    }
    bool whole = n == 0 && buf_ok(&all) && all.len >= sizeof *report;
    if (whole) {
        memcpy(report, all.data, sizeof *report);
        buf_add(out, all.data + sizeof *report, all.len - sizeof *report);
    }
    buf_clear(&all);
    return whole ? 0 : -1;
}

int
cmd_apart(int (*make)(void *arg, struct buf *out, struct err *err), void *arg, struct buf *out, struct err *err)
{
    int ends[2], status = 0;
    if (geteuid() != 0)
        return make(arg, out, err);
    fflush(NULL);
    if (pipe(ends) != 0)
        return err_set(err, ERR_IO, "no pipe to a child process: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_child(ends[1], make, arg, out->ceiling);
    }
    struct report report = {0};
    close(ends[1]);
    int result = child < 0 ? -1 : read_child(ends[0], &report, out);
    close(ends[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (result != 0 || status != 0)
        return err_set(err, ERR_IO, "the child process that reads the state folder ended early");
    if (report.result != 0 && err != NULL)
        *err = report.err;
    return report.result;
}
