// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_json.c - the format `json`: the published endpoint sets in the shape of the web service's answer, which
 * m365ctl and the tools for that service can read. Local lines have no place in it.
 *
 * A set has one category and one list of ports. A line that says otherwise, such as one that is held, is left out.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/json_write.h"
#include "export/export_build.h"
#include "format_write.h"
#include "name/pattern.h"
#include "name/verb.h"
#include "table/table.h"

#define PORTS_TEXT_MAX 4096

struct writing {
    struct json_writer json;
    struct export_job *job;
    size_t local, odd; /* lines left out */
};

/* True if a line says what the first line of its set says. */
static bool
same_terms(const struct terms *a, const struct terms *b)
{
    return a->verb == b->verb && ports_equal(&a->tcp, &b->tcp) && ports_equal(&a->udp, &b->udp) &&
           a->required == b->required && a->expressroute == b->expressroute;
}

static void
write_rows(struct writing *writing, const struct export_set *set, bool prefixes)
{
    const struct table *table = writing->job->source->table;
    bool open = false;
    char room[64];
    for (size_t i = set->first; i < set->end; i++) {
        const struct rule *rule = &table->rules[i];
        if ((rule->kind == PATTERN_PREFIX) != prefixes || !export_wants_rule(writing->job, rule, false))
            continue;
        if (!same_terms(&table->terms[rule->terms], set->terms)) {
            writing->odd++;
            continue;
        }
        if (!open)
            json_write_array(&writing->json, prefixes ? "ips" : "urls");
        open = true;
        json_write_text(&writing->json, NULL, table_rule_text(rule, room));
    }
    if (open)
        json_write_end(&writing->json);
}

static void
write_ports(struct writing *writing, const char *key, const struct ports *ports)
{
    struct buf text;
    if (ports->count == 0)
        return;
    buf_init(&text, PORTS_TEXT_MAX);
    ports_print(&text, ports);
    json_write_bytes(&writing->json, key, text.data, text.len);
    buf_clear(&text);
}

static void
write_set(struct writing *writing, const struct export_set *set)
{
    struct json_writer *json = &writing->json;
    const struct terms *terms = set->terms;
    const char *area = terms->area == NULL ? "Common" : terms->area;
    json_write_object(json, NULL);
    json_write_number(json, "id", terms->set.id);
    json_write_text(json, "serviceArea", area);
    json_write_text(json, "serviceAreaDisplayName", export_area_title(area));
    write_rows(writing, set, false);
    write_rows(writing, set, true);
    write_ports(writing, "tcpPorts", &terms->tcp);
    write_ports(writing, "udpPorts", &terms->udp);
    json_write_bool(json, "expressRoute", terms->expressroute);
    json_write_text(json, "category", verb_category(terms->verb));
    json_write_bool(json, "required", terms->required);
    if (terms->note != NULL)
        json_write_text(json, "notes", terms->note);
    json_write_end(json);
}

static bool
wants_any(const struct export_job *job, const struct export_set *set)
{
    for (size_t i = set->first; i < set->end; i++) {
        if (export_wants_rule(job, &job->source->table->rules[i], false))
            return true;
    }
    return false;
}

/* An id means something only within one instance. */
static int
two_sources(const struct export_job *job, const struct terms *a, const struct terms *b, struct err *err)
{
    const char **sources = job->source->table->sources;
    return err_set(err, ERR_USAGE,
                   "the table has endpoint sets of '%s' and of '%s', and their ids mean different things; name one of "
                   "the tables with '-t FILE'",
                   sources[a->set.source], sources[b->set.source]);
}

int
format_write_json(struct export_job *job, struct buf *out, struct err *err)
{
    struct writing writing = {.json = {.buf = out}, .job = job};
    struct export_set set;
    const struct terms *first = NULL;
    json_write_array(&writing.json, NULL);
    for (size_t at = 0; export_next_set(job, &at, &set);) {
        if (!set.terms->set.has_id)
            writing.local += set.end - set.first;
        if (!set.terms->set.has_id || set.terms->verb == VERB_INSPECT || !wants_any(job, &set))
            continue;
        if (first != NULL && first->set.source != set.terms->set.source)
            return two_sources(job, first, set.terms, err);
        first = set.terms;
        write_set(&writing, &set);
    }
    json_write_end(&writing.json);
    buf_add_char(out, '\n');
    if (writing.local > 0)
        export_note(job, "%zu local line%s left out: the format has published endpoint sets only", writing.local,
                    writing.local == 1 ? " is" : "s are");
    if (writing.odd > 0)
        export_note(job, "%zu line%s left out: category or ports are not those of the set", writing.odd,
                    writing.odd == 1 ? " is" : "s are");
    return 0;
}
