// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * data_tool.c - the lists and questions of data.h as text, for the programs that read files.
 *
 *     data_tool domains COUNT            one domain per line
 *     data_tool list COUNT               one `.domain` per line, for a list of m365ctl
 *     data_tool flat COUNT               the same, none below another, for Squid
 *     data_tool rules COUNT              Microsoft-like patterns as table text
 *     data_tool ask-flat COUNT ASKED     names to ask about a flat list, half of them in it
 *     data_tool ask-list COUNT ASKED     the same about a list
 *     data_tool ask-rules COUNT ASKED    the same about patterns
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

static void
print_list(const struct data_list *list, const char *before)
{
    for (size_t i = 0, len; i < list->count; i++)
        printf("%s%s\n", before, data_name(list, i, &len));
}

static void
print_rules(const struct data_list *list)
{
    static const char *const verbs[] = {"optimize", "allow", "allow", "default", "allow", "default"};
    static const char *const areas[] = {"Exchange", "SharePoint", "Skype", "Common"};
    for (size_t i = 0, len; i < list->count; i++) {
        size_t set = i / 6 + 1;
        printf("%s %s id=%zu area=%s tcp=80,443%s\n", verbs[set % 6], data_name(list, i, &len), set, areas[set % 4],
               set % 3 == 0 ? "" : " required");
    }
}

static void
print_questions(const struct data_list *list, size_t asked)
{
    const struct host *questions = data_questions(list, DATA_UNIFORM, asked);
    for (size_t i = 0; i < asked; i++)
        puts(questions[i].text);
}

int
main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    bool ask = strncmp(what, "ask-", 4) == 0;
    struct data_list list;
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (count == 0 || argc != (ask ? 4 : 3)) {
        fputs("usage: data_tool domains|list|flat|rules COUNT | ask-flat|ask-list|ask-rules COUNT ASKED\n", stderr);
        return 2;
    }
    if (strstr(what, "rules") != NULL)
        data_patterns(&list, count);
    else
        data_domains(&list, count, strstr(what, "flat") != NULL);
    if (ask)
        print_questions(&list, strtoul(argv[3], NULL, 10));
    else if (list.patterns)
        print_rules(&list);
    else
        print_list(&list, strcmp(what, "domains") == 0 ? "" : ".");
    return fflush(stdout) == 0 ? 0 : 2;
}
