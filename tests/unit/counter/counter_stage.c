// SPDX-License-Identifier: GPL-2.0-or-later
/* counter_stage.c - see counter_stage.h. */
#include "counter_stage.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "image/image_guard.h"
#include "unit.h"

const char *
stage_folder(void)
{
    return folder_path(".");
}

static void
do_nothing(void *arg)
{
    (void)arg;
}

/* image_guard.c installs its handler once, but cmocka installs its own before every test. */
static void
keep_guard(void)
{
    static struct sigaction guard;
    static bool kept;
    image_guarded(do_nothing, NULL);
    sigaction(SIGBUS, kept ? &guard : NULL, kept ? NULL : &guard);
    kept = true;
}

static void
live(enum counter_program program, uint64_t lines, void (*also)(struct counter *counter), int done)
{
    static const struct verdict verdict = {.why = WHY_NO_RULE};
    struct counter *counter = NULL;
    struct err err;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (counter_open(&counter, stage_folder(), program, &err) != 0 || counter == NULL)
        _exit(1);
    if (also != NULL)
        also(counter);
    counter_add(counter, COUNTS_LINES, lines);
    for (uint64_t i = 0; i < lines; i++)
        counter_add_verdicts(counter, &verdict, 1);
    if (write(done, "", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

pid_t
stage_begin(enum counter_program program, uint64_t lines, void (*also)(struct counter *counter))
{
    int done[2];
    char byte;
    assert_int_equal(pipe(done), 0);
    keep_guard();
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        live(program, lines, also, done[1]);
    close(done[1]);
    assert_int_equal(read(done[0], &byte, 1), 1);
    close(done[0]);
    return pid;
}

void
stage_end(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

void
stage_run(enum counter_program program, uint64_t lines)
{
    stage_end(stage_begin(program, lines, NULL));
}

struct tally
stage_read(void)
{
    struct tally tally;
    struct err err;
    if (tally_read(&tally, stage_folder(), &err) != 0)
        fail_msg("%s", err.text);
    return tally;
}

void
stage_hold(bool hold)
{
    static int fd = -1;
    if (!hold) {
        close(fd);
        return;
    }
    fd = open(stage_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
}

static unsigned
look(const char *suffix, char ret[256])
{
    unsigned count = 0;
    DIR *entries = opendir(stage_folder());
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        size_t len = strlen(entry->d_name), end = strlen(suffix);
        if (len < end || strcmp(entry->d_name + len - end, suffix) != 0 || entry->d_name[0] == '.')
            continue;
        count++;
        snprintf(ret, 256, "%s", entry->d_name);
    }
    closedir(entries);
    return count;
}

unsigned
stage_files(const char *suffix)
{
    char name[256];
    return look(suffix, name);
}

const char *
stage_file(const char *suffix)
{
    static char name[256];
    assert_int_equal(look(suffix, name), 1);
    return name;
}
