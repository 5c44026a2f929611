// SPDX-License-Identifier: GPL-2.0-or-later
/* outcome_opened.c - whom a second configuration lets in without a password, and whom not any more. Part of
 * outcome_user.h. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "outcome_build.h"
#include "outcome_user.h"

#define SCRATCH_MAX ((size_t)64 << 20) /* for the courses of one client */

struct opened {
    const struct outcome_opened_about *about;
    struct outcome_opening *ret;
    struct arena *arena; /* for one client */
    bool foreign;        /* that client is of an unknown network */
    bool failed;
};

/* How a request ends for a user, or without a password; of several courses the most open end counts. */
struct answer {
    bool let;  /* http_access lets it in: what ssl_bump or a later list cuts off was let in */
    bool kept; /* a rule of the administrator's own inspects it or cuts it off, in some course */
    enum outcome_openness openness;
    enum course_end end;
    bool sure; /* let in whatever is assumed */
};

/* True if the lists of the rule take the name that the client asks for: which name a certificate has is not known. */
static bool
has_name(const struct rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        bool names = acl->kind == ACL_SERVER_NAME || acl->kind == ACL_DSTDOMAIN,
             regexes = acl->kind == ACL_SERVER_NAME_REGEX || acl->kind == ACL_DSTDOM_REGEX;
        if ((names && acl_names_hold(acl, name, false) == rule->uses.use[i].negated) ||
            (regexes && acl_regexes_hold(acl, name) == rule->uses.use[i].negated))
            return false;
    }
    return true;
}

static bool
is_kept(const struct course *course, const char *name)
{
    const struct course_step *step = outcome_blamed(OUTCOME_BYPASS, course);
    return (course->end == END_BUMP || course->end == END_TERMINATE) && step != NULL && step->rule != NULL &&
           role_is_own_bump(step->rule) && has_name(step->rule, name);
}

/* True if http_access lets the request in. */
static bool
is_let_in(const struct course *course)
{
    const struct course_step *step = outcome_blamed(0, course);
    bool later =
        step != NULL && (step->phase == PHASE_LATER || step->phase == PHASE_MISS || step->phase == PHASE_DIRECT);
    return later || (course->end != END_DENY && course->end != END_ASK);
}

static struct answer
ask(struct opened *opened, const struct ruleset *conf, const struct situation *situation,
    const struct outcome_user *user)
{
    struct situation one = *situation;
    struct outcome outcome = {.possible = true};
    struct answer answer = {.end = END_DENY};
    struct err ignored = {0};
    one.user = user == NULL ? NULL : user->name;
    one.grouped = true;
    one.group = user == NULL || user->list == NULL ? NULL : user->list->name;
    const struct course_question question = {conf, &one, opened->about->set->hosts, false};
    outcome.possible = course_find(&outcome.courses, &question, opened->arena, &ignored) == 0;
    opened->failed = opened->failed || ignored.kind == ERR_MEM;
    for (size_t i = 0; outcome.possible && i < outcome.courses.count; i++) {
        enum course_end end = outcome.courses.course[i].end;
        bool let = is_let_in(&outcome.courses.course[i]);
        answer.end = let || !answer.let ? end : answer.end;
        answer.let = answer.let || let;
        answer.kept = answer.kept || is_kept(&outcome.courses.course[i], one.host);
        answer.sure = (i == 0 || answer.sure) && let;
    }
    answer.openness = outcome_openness(&outcome);
    return answer;
}

/* The request of a case from another client, with another user. */
static const char *
request_of(struct opened *opened, const struct outcome_case *one, const char *client, const char *user)
{
    struct buf text;
    size_t len = strcspn(one->request, " ");
    buf_init(&text, (size_t)1 << 12);
    for (const char *at = one->request; *at != '\0'; at += len + (at[len] != '\0'), len = strcspn(at, " ")) {
        if (strncmp(at, "user=", 5) != 0 && strncmp(at, "from=", 5) != 0)
            buf_add_fmt(&text, "%.*s ", (int)len, at);
    }
    buf_add_fmt(&text, "%s%s%sfrom=%s", user == NULL ? "" : "user=", user == NULL ? "" : user, user == NULL ? "" : " ",
                client);
    const char *kept = buf_ok(&text) ? arena_text(opened->about->arena, text.data, text.len) : NULL;
    buf_clear(&text);
    opened->failed = opened->failed || kept == NULL;
    return kept;
}

/* True if an ACL of a rule takes the user and the client, as far as they decide. */
static bool
may_take(const struct acl_use *use, const struct outcome_user *user, const struct addr *client)
{
    enum outcome_takes takes = outcome_user_takes(use->acl, user);
    if (use->acl->kind == ACL_SRC)
        return acl_nets_hold(use->acl, client) != use->negated;
    return takes == TAKES_ELSE || (takes == TAKES_ALWAYS) != use->negated;
}

/* True if a rule lets the user in from this client to something. */
static bool
may_come(const struct ruleset *conf, const struct outcome_user *user, const struct addr *client)
{
    for (size_t i = 0; i < conf->access.count; i++) {
        const struct rule *rule = &conf->access.rule[i];
        bool may = role_is(rule, "allow");
        for (size_t u = 0; u < rule->uses.count && may; u++)
            may = may_take(&rule->uses.use[u], user, client);
        if (may)
            return true;
    }
    return false;
}

/* The user who counts and was not let in before; NULL: all who count were. Where none of them may come from the
 * client's network, nobody got in from there; and no password makes one of ours of a client of an unknown network,
 * unless what nobody knows of it, such as its machine, lets it in. */
static const struct outcome_user *
kept_out(struct opened *opened, const struct situation *situation, bool sure, enum course_end *ret_end)
{
    const struct outcome_opened_about *about = opened->about;
    const struct outcome_user *absent = opened->foreign ? about->password[0] : NULL;
    bool some = false;
    for (size_t i = 0; i < about->password_count; i++) {
        const struct answer was = ask(opened, about->before, situation, about->password[i]);
        *ret_end = was.let ? *ret_end : was.end;
        some = some || was.let;
        if (!was.let && (!about->apart || may_come(about->before, about->password[i], &situation->from)))
            return about->password[i];
        absent = was.let ? absent : about->password[i];
    }
    return some && !(opened->foreign && sure) ? NULL : absent;
}

/* Who gets through without a password only now, where a user who counts was kept out. */
static bool
opens(struct opened *opened, const struct outcome_case *one, const struct situation *situation, const char *client)
{
    const struct outcome_opened_about *about = opened->about;
    enum course_end was = END_DENY;
    const struct answer is = ask(opened, about->after, situation, NULL);
    if (is.openness == OUTCOME_CLOSED || ask(opened, about->before, situation, NULL).let)
        return false;
    const struct outcome_user *user = kept_out(opened, situation, is.sure, &was);
    if (user != NULL)
        *opened->ret = (struct outcome_opening){request_of(opened, one, client, NULL), user, course_end_word(was),
                                                course_end_word(is.end), false};
    return user != NULL;
}

/* A user who got through and does not any more, or who gets past a rule of ssl_bump that inspected or cut off. */
static bool
loses(struct opened *opened, const struct outcome_case *one, const struct situation *situation, const char *client)
{
    const struct outcome_opened_about *about = opened->about;
    for (size_t i = 0; i < about->users->count; i++) {
        const struct outcome_user *user = &about->users->user[i];
        const struct answer was = ask(opened, about->before, situation, user);
        const struct answer is = ask(opened, about->after, situation, user);
        bool lost = !about->closes && was.openness != OUTCOME_CLOSED && is.openness == OUTCOME_CLOSED;
        bool past = was.kept && was.openness != OUTCOME_OPEN && is.openness == OUTCOME_OPEN;
        if (!lost && !past)
            continue;
        *opened->ret = (struct outcome_opening){request_of(opened, one, client, user->name), user,
                                                course_end_word(was.end), course_end_word(is.end), true};
        return true;
    }
    return false;
}

/* A bypassed name at an explicit port, with nothing special about the request. */
static bool
is_plain(const struct outcome_case *one)
{
    const struct situation *situation = &one->situation;
    return (one->wants & (OUTCOME_BYPASS | OUTCOME_DENIED | OUTCOME_KEPT)) != 0 &&
           (one->wants & OUTCOME_THROUGH) == 0 && situation->kind != SITUATION_INTERCEPT &&
           situation->helper == HELPER_ANSWERS && situation->header_count == 0 && !situation->tls12;
}

/* Only this machine reaches the port. */
static bool
is_inward(const struct ruleset *conf, const struct outcome_case *one)
{
    size_t i = 0;
    while (i < conf->port_count && strcmp(conf->ports[i].address, one->listener) != 0)
        i++;
    return i < conf->port_count && build_is_loopback(&conf->ports[i]);
}

static bool
ask_client(struct opened *opened, const char *client)
{
    const struct outcome_set *set = opened->about->set;
    bool found = false;
    opened->arena = arena_new(SCRATCH_MAX);
    opened->failed = opened->failed || opened->arena == NULL;
    for (size_t i = 0; i < set->count && !found && !opened->failed; i++) {
        struct situation situation = set->cases[i].situation;
        situation.has_from = true;
        bool fits = is_plain(&set->cases[i]) && !(opened->foreign && is_inward(opened->about->before, &set->cases[i]));
        if (fits && addr_parse(&situation.from, client, strlen(client)))
            found =
                opens(opened, &set->cases[i], &situation, client) || loses(opened, &set->cases[i], &situation, client);
    }
    opened->failed = opened->failed || !arena_ok(opened->arena);
    arena_free(opened->arena);
    return found;
}

void
outcome_opened_passwords(struct outcome_opened_about *about, const struct outcome_user *usual)
{
    about->password_count = 0;
    for (size_t i = 1; usual->list != NULL && i < about->users->count; i++)
        about->password[about->password_count++] = &about->users->user[i];
    if (usual->list == NULL)
        about->password[about->password_count++] = usual;
}

/* With `unknown` the first one may be of a network that no rule names: build->foreign. */
static int
find_clients(struct outcome_clients *ret, struct build *build, bool unknown, struct err *err)
{
    ret->count = build_addresses(ret->from, OUTCOME_CLIENTS_MAX, build, unknown);
    for (size_t i = 0; i < ret->count; i++) {
        ret->addr[i] = (struct addr){.v6 = false};
        addr_parse(&ret->addr[i], ret->from[i], strlen(ret->from[i]));
    }
    return build->failed ? err_set(err, ERR_MEM, "no memory for the clients") : 0;
}

int
outcome_clients_find(struct outcome_clients *ret, const struct ruleset *conf, struct arena *arena, struct err *err)
{
    struct build build = {.conf = conf, .arena = arena};
    if (find_clients(ret, &build, true, err) != 0)
        return -1;
    if (ret->count > 0 && ret->from[0] == build.foreign) {
        ret->count--;
        memmove(ret->from, ret->from + 1, ret->count * sizeof *ret->from);
        memmove(ret->addr, ret->addr + 1, ret->count * sizeof *ret->addr);
    }
    return 0;
}

int
outcome_opened(struct outcome_opening *ret, const struct outcome_opened_about *about, struct err *err)
{
    struct build build = {.conf = about->before, .arena = about->arena};
    struct opened opened = {.about = about, .ret = ret};
    struct outcome_clients clients;
    *ret = (struct outcome_opening){.request = NULL};
    if (find_clients(&clients, &build, about->unknown, err) != 0)
        return -1;
    bool found = false;
    for (size_t i = 0; i < clients.count && !found && !opened.failed; i++) {
        opened.foreign = clients.from[i] == build.foreign;
        found = ask_client(&opened, clients.from[i]);
    }
    return opened.failed ? err_set(err, ERR_MEM, "no memory to ask for other clients") : 0;
}

int
outcome_lets_in(const struct ruleset *conf, const struct outcome_set *set, const struct outcome_case *one,
                const struct outcome_user *user, struct err *err)
{
    const struct outcome_opened_about about = {.set = set};
    struct opened opened = {.about = &about, .arena = arena_new(SCRATCH_MAX)};
    bool through = opened.arena != NULL && ask(&opened, conf, &one->situation, user).openness != OUTCOME_CLOSED;
    opened.failed = opened.failed || opened.arena == NULL || !arena_ok(opened.arena);
    arena_free(opened.arena);
    return opened.failed ? err_set(err, ERR_MEM, "no memory to ask for another user") : through;
}

int
outcome_kept_out(const struct outcome_opened_about *about, const struct outcome_case *one, struct err *err)
{
    struct opened opened = {.about = about, .arena = arena_new(SCRATCH_MAX)};
    enum course_end ignored = END_DENY;
    bool kept = opened.arena != NULL && kept_out(&opened, &one->situation, true, &ignored) != NULL;
    opened.failed = opened.failed || opened.arena == NULL || !arena_ok(opened.arena);
    arena_free(opened.arena);
    return opened.failed ? err_set(err, ERR_MEM, "no memory to ask for other users") : kept;
}

/* 1: the user gets in to some other name. */
static int
is_served(const struct ruleset *conf, const struct outcome_set *set, const struct outcome_user *user, struct err *err)
{
    int lets = 0;
    for (size_t i = 0; i < set->count && lets == 0; i++) {
        const struct situation *situation = &set->cases[i].situation;
        if (outcome_is_other(&set->cases[i]) && situation->user != NULL && situation->helper == HELPER_ANSWERS)
            lets = outcome_lets_in(conf, set, &set->cases[i], user, err);
    }
    return lets;
}

int
outcome_usual_user(struct outcome_user *ret, const struct outcome_set *set, const struct outcome_users *users,
                   const struct ruleset *conf, struct err *err)
{
    int served = 0;
    *ret = (struct outcome_user){set->user, NULL};
    for (size_t i = users->count; i > 0; i--) {
        if (strcmp(users->user[i - 1].name, set->user) == 0)
            *ret = users->user[i - 1];
    }
    for (size_t i = 0; i < users->count && served == 0; i++) {
        if (strcmp(users->user[i].name, set->user) == 0 && (served = is_served(conf, set, &users->user[i], err)) > 0)
            *ret = users->user[i];
    }
    return served < 0 ? -1 : 0;
}
