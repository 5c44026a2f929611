/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd_doctor.h - the second half of the doctor: the table of outcomes. Private to cmd_doctor*.c. */
#ifndef HELPER_CMD_DOCTOR_H
#define HELPER_CMD_DOCTOR_H

#include <stdbool.h>

struct buf;
struct err;

struct doctor_outcomes {
    const char *path, *against; /* against: NULL for the table of one configuration */
    unsigned version;           /* of Squid */
    bool json;
};

/* Appends the table situation x end, or what differs from `against`. Returns CMD_YES; CMD_NO if an end must be another
 * one or differs; CMD_TROUBLE with *err if a configuration cannot be read or Squid would refuse it. */
int doctor_outcomes(struct buf *ret, const struct doctor_outcomes *asked, struct err *err);

#endif
