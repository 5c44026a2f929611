// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * outcome_claim.c - what a client says of itself and http_access allows or ssl_bump splices or peeks by: a header, the
 * method, the path. Anybody can say it. Part of outcome_parts.h.
 */
#include <regex.h>
#include <string.h>
#include <strings.h>

#include "outcome_parts.h"

#define CLAIMS_MAX 8
#define SAMPLE_BYTES_MAX 200

struct claims {
    struct build *build;
    build_claims *fn;
    const struct acl *seen[CLAIMS_MAX];
    size_t count;
    bool splices;
};

/* The end of a bracket expression: after its `]`. */
static const char *
skip_bracket(const char *at)
{
    at += 1 + (at[1] == '^');
    at += *at == ']';
    while (*at != '\0' && *at != ']')
        at++;
    return *at == ']' ? at + 1 : at;
}

/* Writes one text that the regex may match: of alternatives the first, of a repetition one. */
static void
write_sample(char ret[SAMPLE_BYTES_MAX + 1], const char *at)
{
    size_t n = 0;
    while (*at != '\0' && *at != '|' && n < SAMPLE_BYTES_MAX) {
        if (*at == '[') {
            ret[n++] = at[1] == '^' ? 'x' : at[1];
            at = skip_bracket(at);
        } else if (*at == '\\' && at[1] != '\0') {
            ret[n++] = at[1];
            at += 2;
        } else if (strchr("^$()?*+", *at) != NULL) {
            at++;
        } else {
            ret[n++] = *at == '.' ? 'x' : *at;
            at++;
        }
    }
    ret[n] = '\0';
}

const char *
build_sample(struct build *build, const struct acl_regex *regex)
{
    char text[SAMPLE_BYTES_MAX + 1];
    write_sample(text, regex->pattern);
    bool plain = *text != '\0' && strpbrk(text, "\"\\\r\n") == NULL && text[strspn(text, " \t")] != '\0';
    return plain && regexec(&regex->compiled, text, 0, NULL, 0) == 0 ? build_text(build, "%s", text) : NULL;
}

/* A path of another name's URL that the ACL takes, whatever the name is; or NULL. */
static const char *
path_of(struct build *build, const struct acl *acl)
{
    for (size_t i = 0; i < acl->regex_count; i++) {
        const char *sample = build_sample(build, &acl->regexes[i]);
        if (sample == NULL || strchr(sample, ' ') != NULL)
            continue;
        const char *path = build_text(build, "%s%s", *sample == '/' ? "" : "/", sample);
        const char *url = build_text(build, "http://%s%s", outcome_other.name, path);
        if (acl_regexes_hold(acl, acl->kind == ACL_URL_REGEX ? url : path))
            return path;
    }
    return NULL;
}

static void
add_claim(void *arg, const struct acl *acl, bool negated)
{
    struct claims *claims = arg;
    struct build_claim claim = {.acl = acl, .header = acl->header, .splices = claims->splices};
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->seen[i] == acl)
            return;
    }
    if (negated || claims->count == CLAIMS_MAX)
        return;
    if (!claims->splices && acl->kind == ACL_METHOD && acl->text_count > 0 && strcmp(acl->texts[0], "CONNECT") != 0)
        claim.method = acl->texts[0];
    if (!claims->splices && (acl->kind == ACL_URL_REGEX || acl->kind == ACL_URLPATH_REGEX))
        claim.path = path_of(claims->build, acl);
    for (size_t i = 0; acl->kind == ACL_REQ_HEADER && i < acl->regex_count && claim.value == NULL; i++)
        claim.value = build_sample(claims->build, &acl->regexes[i]);
    claim.credentials = claim.header != NULL && strcasecmp(claim.header, "Proxy-Authorization") == 0;
    if (claim.path == NULL && claim.method == NULL && (claim.value == NULL || claim.header == NULL))
        return;
    claims->seen[claims->count++] = acl;
    claims->fn(claims->build, &claim);
}

void
build_each_claim(struct build *build, build_claims *fn)
{
    struct claims claims = {.build = build, .fn = fn};
    for (size_t i = 0; i < build->conf->access.count; i++) {
        if (role_is(&build->conf->access.rule[i], "allow"))
            build_each_acl(&build->conf->access.rule[i], add_claim, &claims);
    }
    claims.splices = true;
    claims.count = 0;
    for (size_t i = 0; i < build->conf->bump.count; i++) {
        const struct rule *rule = &build->conf->bump.rule[i];
        if (role_is(rule, "splice") || role_is(rule, "peek")) /* a second peek ends as a splice */
            build_each_acl(rule, add_claim, &claims);
    }
}
