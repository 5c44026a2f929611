/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traffic_key.h - the key under which clients are kept. Private to room traffic. */
#ifndef COMMON_TRAFFIC_KEY_H
#define COMMON_TRAFFIC_KEY_H

struct err;
struct listener;
struct traffic_folder;

#define TRAFFIC_KEY "key"
#define TRAFFIC_KEY_LEN 16 /* bytes */

/*
 * The secret (LEDGER_SECRET bytes, replay/ledger.h) of the key of the folder, which is made if there is none. One that
 * is damaged is set aside, which the listener hears: clients of earlier days then count as others. -1 with ERR_IO.
 */
int traffic_secret(unsigned char *ret, const struct traffic_folder *folder, const struct listener *listener,
                   struct err *err);

#endif
