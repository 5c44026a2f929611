// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_guard.c - a mapped file that shrinks must not kill a helper. Part of image.h.
 *
 * Touching a page beyond the new end of a mapped file raises SIGBUS. Lookups own nothing, so it is safe to jump out of
 * them. A SIGBUS outside guarded code has another cause: the default action is restored, and the signal is raised
 * again.
 */
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

#include "image_guard.h"

static sigjmp_buf way_out;
static volatile sig_atomic_t guarding;
static bool installed;

static void
on_bus_error(int signal_number)
{
    if (guarding)
        siglongjmp(way_out, 1);
    signal(signal_number, SIG_DFL);
}

static void
install(void)
{
    struct sigaction action = {.sa_handler = on_bus_error, .sa_flags = SA_NODEFER};
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
