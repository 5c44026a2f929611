// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * traffic_stage.c - traffic.h at any time of day, for traffic_test.py: `traffic_stage CONF SECONDS`.
 *
 * Where it sits: tests/update/. `m365ctl update` does the same at the time of the clock.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/say.h"
#include "conf/conf.h"
#include "state/state.h"
#include "traffic/traffic.h"

static void
hear(void *arg, const char *sentence)
{
    (void)arg;
    fprintf(stderr, "%s\n", sentence);
}

int
main(int argc, char **argv)
{
    const struct listener listener = {hear, NULL};
    struct conf *conf;
    struct state *state;
    struct err err = {0};
    if (argc != 3 || conf_read(&conf, argv[1], &err) != 0) {
        fprintf(stderr, "traffic_stage: %s\n", err.text);
        return 2;
    }
    if (state_open(&state, conf->state, true, &err) != 0) {
        fprintf(stderr, "traffic_stage: %s\n", err.text);
        conf_free(conf);
        return 2;
    }
    traffic_take(&(struct traffic){conf, state, &listener, strtoll(argv[2], NULL, 10)});
    state_close(state);
    conf_free(conf);
    return 0;
}
