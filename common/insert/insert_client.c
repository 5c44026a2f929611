// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insert_client.c - clients and users whom ssl_bump inspects by rules of their own. Part of insert_build.h.
 *
 * The situations have one usual client. `bump pilot` above `splice all` is about others, and so is what comes after
 * `splice !pilot`: each such client goes to a bypassed name here, too, so that the splice gets its place above them.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "insert_build.h"

#define WAYS_MAX 8
#define SCRATCH_MAX ((size_t)64 << 20) /* for the courses at one port */

struct search {
    struct insert *insert;
    struct arena *arena;            /* for the courses at one port */
    const struct outcome_case *one; /* whose request it is */
    const struct rule *ways[WAYS_MAX];
    size_t way_count;
};

/* The rule of ssl_bump by which it is inspected in some course; NULL: it is not. */
static const struct rule *
inspects(struct search *search, struct outcome_case *one)
{
    struct insert *insert = search->insert;
    const struct trial *probe = &insert->first;
    struct outcome_set set = probe->set;
    struct outcome outcome;
    set.cases = one;
    set.count = 1;
    insert->failed = insert->failed || outcome_find(&outcome, &set, probe->conf, search->arena, insert->err) != 0;
    for (size_t i = 0; !insert->failed && outcome.possible && i < outcome.courses.count; i++) {
        const struct course *course = &outcome.courses.course[i];
        const struct course_step *step = outcome_blamed(OUTCOME_BYPASS, course);
        if (course->end == END_BUMP && step != NULL && step->rule != NULL)
            return step->rule;
    }
    return NULL;
}

/* True for a rule that was not met yet. */
static bool
is_new(struct search *search, const struct rule *rule)
{
    for (size_t i = 0; i < search->way_count; i++) {
        if (search->ways[i] == rule)
            return false;
    }
    if (rule == NULL || search->way_count == WAYS_MAX)
        return false;
    search->ways[search->way_count++] = rule;
    return true;
}

/* True if the file lets it in, perhaps with the password of some user. */
static bool
is_let_in(struct search *search, const struct outcome_case *one, const struct outcome_user *user)
{
    struct insert *insert = search->insert;
    const struct outcome_user *users = user == NULL ? insert->users.user : user;
    size_t count = user == NULL ? insert->users.count : 1;
    int is = 0;
    for (size_t i = 0; i < count && is == 0; i++)
        is = outcome_lets_in(insert->conf, &insert->first.set, one, &users[i], insert->err);
    insert->failed = insert->failed || is < 0;
    return is > 0;
}

/* The request of the case from another client. */
static const char *
request_of(struct search *search, const char *from, const struct outcome_user *user)
{
    struct buf text;
    const char *at = search->one->request;
    buf_init(&text, (size_t)1 << 12);
    for (size_t len = strcspn(at, " "); len > 0; at += len + (at[len] != '\0'), len = strcspn(at, " ")) {
        if (strncmp(at, "from=", 5) == 0)
            buf_add_fmt(&text, "%s%s%sfrom=%s ", user == NULL ? "" : "user=", user == NULL ? "" : user->name,
                        user == NULL ? "" : " ", from);
        else
            buf_add_fmt(&text, "%.*s ", (int)len, at);
    }
    text.len -= text.len > 0;
    return insert_keep(search->insert, &text);
}

/* Adds the situation if a rule inspects this client that was not met yet. */
static void
look_at(struct search *search, const char *from, const struct addr *addr, const struct outcome_user *user)
{
    struct insert *insert = search->insert;
    struct outcome_case one = *search->one;
    const struct outcome_set more = {.cases = &one, .count = 1};
    one.situation.has_from = true;
    one.situation.from = *addr;
    one.situation.user = user == NULL ? NULL : user->name;
    if (!is_new(search, inspects(search, &one)) || !is_let_in(search, &one, user))
        return;
    one.title = insert_text(insert, "a bypassed name, %s %s", user == NULL ? "client" : "user",
                            user == NULL ? from : user->name);
    one.request = one.situation.text = request_of(search, from, user);
    one.wants = OUTCOME_BYPASS | OUTCOME_THROUGH;
    insert->failed = insert->failed || one.request == NULL || outcome_add(&insert->more, &more, insert->err) != 0;
}

/* A user of a list by which ssl_bump decides; NULL: there is none. */
static const char *
user_of(const struct rule *rule)
{
    for (size_t i = 0; i < rule->uses.count; i++) {
        const struct acl *acl = rule->uses.use[i].acl;
        if (acl->kind == ACL_PROXY_AUTH && acl->text_count > 0)
            return acl->texts[0];
    }
    return NULL;
}

/* The address that the request of the case has; NULL: none. */
static const char *
usual_client(struct search *search)
{
    const char *from = strstr(search->one->request, " from=");
    from = from == NULL ? NULL : from + strlen(" from=");
    return from == NULL ? NULL : insert_text(search->insert, "%.*s", (int)strcspn(from, " "), from);
}

static void
look_at_port(struct search *search, const struct outcome_clients *clients)
{
    struct insert *insert = search->insert;
    const struct rules *bump = &insert->conf->bump;
    struct outcome_case usual = *search->one;
    const char *from = usual_client(search);
    search->way_count = 0;
    is_new(search, inspects(search, &usual));
    for (size_t i = 0; i < clients->count && !insert->failed; i++)
        look_at(search, clients->from[i], &clients->addr[i], NULL);
    for (size_t i = 0; i < bump->count && !insert->failed; i++) {
        const struct outcome_user user = {.name = user_of(&bump->rule[i])};
        if (user.name != NULL && from != NULL && search->one->situation.kind == SITUATION_CONNECT)
            look_at(search, from, &search->one->situation.from, &user);
    }
}

/* A bypassed name in TLS, with nothing special about the request; the first one of its port. */
static bool
is_plain(const struct outcome_set *set, size_t at)
{
    const struct outcome_case *one = &set->cases[at];
    const struct situation *situation = &one->situation;
    return one->wants == OUTCOME_BYPASS && situation->kind != SITUATION_URL && situation->user == NULL &&
           situation->header_count == 0 && !situation->tls12 && strcmp(situation->sni, set->bypassed) == 0 &&
           (at == 0 || strcmp(one->listener, one[-1].listener) != 0 || strcmp(one->kind, one[-1].kind) != 0);
}

int
insert_more_clients(struct insert *insert, struct err *err)
{
    const struct outcome_set *set = &insert->first.set;
    struct outcome_clients clients;
    insert->more = (struct outcome_set){.arena = insert->arena};
    if (outcome_clients_find(&clients, insert->conf, insert->arena, err) != 0)
        return -1;
    for (size_t i = 0; i < set->count && !insert->failed; i++) {
        if (set->bypassed == NULL || !is_plain(set, i))
            continue;
        struct search search = {.insert = insert, .arena = arena_new(SCRATCH_MAX), .one = &set->cases[i]};
        if (search.arena == NULL)
            return err_set(err, ERR_MEM, "no memory for the clients");
        look_at_port(&search, &clients);
        arena_free(search.arena);
    }
    return insert->failed ? -1 : 0;
}
