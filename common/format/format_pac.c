// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * format_pac.c - the format `pac`: a proxy auto-config file, plain or with an index. Both give the same answers.
 *
 * The plain form is a list of tests, exceptions first, like that of Microsoft's Get-PacFile. The index looks up the
 * host and each of its parents; of all entries that match, the one that comes first in the list counts. Its keys begin
 * with a dot, so that a host called `constructor` finds nothing that every JavaScript object has.
 *
 * Both look at the host as the matcher does: in lower case, without one final dot. A browser hands over hosts in lower
 * case, but not every program does, and an exception that is missed opens. So --lowercase, which Get-PacFile has,
 * changes nothing.
 */
#include <string.h>

#include "base/err.h"
#include "export/export_build.h"
#include "export/export_names.h"
#include "format_write.h"
#include "table/table.h"

static void
add_why(struct buf *out, const struct export_name *entry, const struct table *table)
{
    const struct terms *terms = entry->terms;
    buf_add_fmt(out, " // %s", verb_title(terms->verb));
    if (terms->set.has_id)
        buf_add_fmt(out, ", set %u", terms->set.id);
    else
        buf_add_fmt(out, ", %s", table->sources[terms->set.source]);
    if (terms->area != NULL)
        buf_add_fmt(out, " %s", terms->area);
}

static void
add_test(struct buf *out, const struct export_name *entry)
{
    bool leading = memchr(entry->text + 1, '*', entry->len - 1u) == NULL && entry->text[0] == '*';
    if (entry->kind == PATTERN_EXACT) {
        buf_add_fmt(out, "host == \"%s\"", entry->text);
    } else if (entry->kind == PATTERN_UNDER || (entry->kind == PATTERN_GLOB && leading)) {
        buf_add_fmt(out, "shExpMatch(host, \"%s\")", entry->text);
    } else {
        buf_add_char(out, '/');
        export_name_expression(out, entry);
        buf_add_text(out, "/i.test(host)");
    }
}

static void
add_start(struct buf *out, const struct export_job *job)
{
    const struct export_wish *wish = job->wish;
    buf_add_fmt(out,
                "\nfunction FindProxyForURL(url, host) {\n"
                "    var direct = \"%s\";\n"
                "    var proxy = \"%s\";\n"
                "    host = host.toLowerCase();\n",
                wish->direct != NULL ? wish->direct : "DIRECT", wish->proxy);
    buf_add_text(out, "    if (host.charAt(host.length - 1) == \".\")\n"
                      "        host = host.substring(0, host.length - 1);\n");
}

static void
add_level_comment(struct buf *out, const struct export_name *entry)
{
    buf_add_text(out, entry->selected     ? "\n    // These go past the proxy:\n"
                      : entry->level == 0 ? "\n    // Exceptions: more specific than what follows, or inspected:\n"
                                          : "\n    // And these do not:\n");
}

static void
write_plain(struct buf *out, const struct export_job *job, const struct export_names *names)
{
    add_start(out, job);
    for (size_t i = 0; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        bool first = i == 0 || names->item[i - 1].level != entry->level;
        bool last = i + 1 == names->count || names->item[i + 1].level != entry->level;
        if (first)
            add_level_comment(out, entry);
        buf_add_text(out, first ? "    if (" : "        ");
        add_test(out, entry);
        buf_add_text(out, last ? ")" : " ||");
        add_why(out, entry, job->source->table);
        buf_add_char(out, '\n');
        if (last)
            buf_add_fmt(out, "        return %s;\n", entry->selected ? "direct" : "proxy");
    }
    buf_add_text(out, "\n    // Everything else:\n    return proxy;\n}\n");
}

/* The place in the list, times two, plus one if it goes past the proxy. */
static size_t
rank_of(const struct export_names *names, size_t i)
{
    return 2 * i + (names->item[i].selected ? 1 : 0);
}

static void
write_keys(struct buf *out, const struct export_job *job, const struct export_names *names, enum pattern_kind kind)
{
    buf_add_fmt(out, "\nvar %s = {", kind == PATTERN_EXACT ? "names" : "parents");
    bool more = false;
    for (size_t i = 0; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        if (entry->kind != kind)
            continue;
        buf_add_fmt(out, "%s\n    %s\".%s\": %zu", "", more ? "," : " ", entry->text + (kind == PATTERN_EXACT ? 0 : 2),
                    rank_of(names, i));
        add_why(out, entry, job->source->table);
        more = true;
    }
    buf_add_text(out, "\n};\n");
}

static void
write_rest(struct buf *out, const struct export_job *job, const struct export_names *names)
{
    buf_add_text(out, "\nvar expressions = [");
    bool more = false;
    for (size_t i = 0; i < names->count; i++) {
        const struct export_name *entry = &names->item[i];
        if (entry->kind <= PATTERN_UNDER)
            continue;
        buf_add_fmt(out, "\n    %s[%zu, /", more ? "," : " ", rank_of(names, i));
        export_name_expression(out, entry);
        buf_add_text(out, "/i]");
        add_why(out, entry, job->source->table);
        more = true;
    }
    buf_add_text(out, "\n];\n");
}

static const char fast_end[] =
    "    var key = \".\" + host;\n"
    "    var none = -1, best = none;\n"
    "    var rank = names[key];\n"
    "    if (rank !== undefined)\n"
    "        best = rank;\n"
    "    for (var dot = key.indexOf(\".\", 1); dot > 0; dot = key.indexOf(\".\", dot + 1)) {\n"
    "        rank = parents[key.substring(dot)];\n"
    "        if (rank !== undefined && (best === none || rank < best))\n"
    "            best = rank;\n"
    "    }\n"
    "    for (var i = 0; i < expressions.length; i++) {\n"
    "        rank = expressions[i][0];\n"
    "        if ((best === none || rank < best) && expressions[i][1].test(host))\n"
    "            best = rank;\n"
    "    }\n"
    "    return best !== none && best % 2 === 1 ? direct : proxy;\n"
    "}\n";

static void
write_fast(struct buf *out, const struct export_job *job, const struct export_names *names)
{
    buf_add_text(out, "\n// An odd number goes past the proxy. Of several that match, the smallest counts.\n");
    write_keys(out, job, names, PATTERN_EXACT);
    write_keys(out, job, names, PATTERN_UNDER);
    write_rest(out, job, names);
    add_start(out, job);
    buf_add_text(out, fast_end);
}

static int
check_restrictions(const struct export_job *job, struct err *err)
{
    const struct table *table = job->source->table;
    for (size_t i = 0; i < table->source_count; i++) {
        if (strcmp(table->sources[i], EXPORT_RESTRICTIONS) == 0)
            return 0;
    }
    return job->wish->type != 3 ? 0
                                : err_set(err, ERR_USAGE,
                                          "type 3 leaves out the names of the preset '%s', which is not in this table; "
                                          "add 'preset %s' to m365.conf, or use type 2",
                                          EXPORT_RESTRICTIONS, EXPORT_RESTRICTIONS);
}

static void
note_type(struct export_job *job)
{
    struct buf said;
    buf_init(&said, EXPORT_NOTE_MAX);
    bool several = export_add_categories(&said, job->selected);
    buf_add_text(&said, several ? " go past the proxy" : " goes past the proxy");
    if (job->wish->type == 3)
        buf_add_text(&said, ", but no name of the preset " EXPORT_RESTRICTIONS);
    export_note(job, "type %u: %.*s", job->wish->type, (int)said.len, said.data == NULL ? "" : said.data);
    job->notes.failed = job->notes.failed || !buf_ok(&said);
    buf_clear(&said);
}

int
format_write_pac(struct export_job *job, struct buf *out, struct err *err)
{
    struct export_names names;
    uint16_t port = export_port(job);
    if (check_restrictions(job, err) != 0 || export_names(&names, job, port, err) != 0 ||
        export_names_fit(&names, job, EXPORT_CAN_GLOB | EXPORT_CAN_REGEX | EXPORT_CAN_EXCEPT, err) != 0 ||
        export_names_layer(&names, job->arena, err) != 0)
        return -1;
    note_type(job);
    export_note(job, "names as decided for TCP port %u, at every port; addresses go through the proxy", port);
    if (export_given(job, EXPORT_FAST))
        write_fast(out, job, &names);
    else
        write_plain(out, job, &names);
    return 0;
}
