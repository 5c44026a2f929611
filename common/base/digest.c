// SPDX-License-Identifier: GPL-2.0-or-later
/* digest.c - random identifiers. See digest.h. */
#include "digest.h"

#include <sodium.h>
#include <stdio.h>

void
digest_new_guid(char ret[GUID_TEXT_MAX])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b); /* libsodium initializes its random source by itself; this cannot fail */
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(ret, GUID_TEXT_MAX, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

uint32_t
digest_random(uint32_t most)
{
    return randombytes_uniform(most);
}
