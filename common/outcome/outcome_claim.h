/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome_claim.h - what a client says of itself and rules go by. Private to room outcome; outcome_build.h has the
 * rest of the set while it is made. */
#ifndef COMMON_OUTCOME_CLAIM_H
#define COMMON_OUTCOME_CLAIM_H

#include "outcome_build.h"

/* What a client may say by itself, and some http_access rule allows by. */
struct build_claim {
    const struct acl *acl;
    const char *path;           /* or NULL: */
    const char *method;         /* or NULL: */
    const char *header, *value; /* that the ACL takes */
    bool splices;               /* a rule of ssl_bump splices by it */
};

/* For each ACL of headers, methods or URLs in a rule of http_access that allows, and of headers in a rule of ssl_bump
 * that splices: `fn`. One whose values are too clever for a sample is left out. */
typedef void build_claims(struct build *build, const struct build_claim *claim);
void build_each_claim(struct build *build, build_claims *fn);

/* A text that the regex matches, or NULL if it is too clever. */
const char *build_sample(struct build *build, const struct acl_regex *regex);

#endif
