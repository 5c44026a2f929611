// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_guard.c - a mapped file that shrinks must not kill a helper. Part of image.h.
 *
 * Touching a page beyond the new end of a mapped file raises SIGBUS. Lookups own nothing, so it is safe to jump out of
 * them. A page that is only written is replaced instead, since its writer may own anything. A SIGBUS outside of both
 * has another cause: the default action is restored, and the signal is raised again.
 */
#include "image_guard.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static sigjmp_buf way_out;
static volatile sig_atomic_t guarding, page_lost;
static char *volatile page;
static volatile size_t page_len;
static bool installed;

/* True if the page was touched, which has new memory now: mmap() is a plain system call. */
static bool
replace_page(const siginfo_t *info)
{
    const char *at = info->si_addr;
    if (info->si_code <= 0 || page == NULL || at < page || at >= page + page_len)
        return false;
    int before = errno;
    void *memory = mmap(page, page_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    errno = before;
    page_lost = memory != MAP_FAILED;
    return page_lost;
}

static void
on_bus_error(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    if (replace_page(info))
        return;
    if (guarding)
        siglongjmp(way_out, 1);
    signal(signal_number, SIG_DFL);
}

static void
install(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_NODEFER | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
    installed = true;
}

bool
image_guarded(void (*fn)(void *), void *arg)
{
    if (!installed)
        install();
    if (guarding) {
        fn(arg);
        return true;
    }
    if (sigsetjmp(way_out, 0) != 0) {
        guarding = 0;
        return false;
    }
    guarding = 1;
    fn(arg);
    guarding = 0;
    return true;
}

void
image_guard_page(void *new_page, size_t len)
{
    if (!installed)
        install();
    page = NULL;
    page_lost = 0;
    page_len = len;
    page = new_page;
}

bool
image_guard_page_lost(void)
{
    return page_lost;
}
