// SPDX-License-Identifier: GPL-2.0-or-later
/* course_stage.c - see course_stage.h. */
#include "course_stage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "compile/load.h"
#include "course/course.h"
#include "course/situation.h"
#include "image/image.h"
#include "ruleset/ruleset.h"
#include "unit.h"

#define ARENA_MAX ((size_t)64 << 20)
#define TODAY 20000

static const char table[] =
    "optimize teams.example id=1 source=x area=Skype tcp=443\noptimize 192.0.2.0/24 id=1 source=x area=Skype tcp=443\n";
static const char hosts_text[] =
    "192.0.2.10 teams.example\n203.0.113.9 other.example www.other.example\n2001:db8::8 six.example\n";

/* Writes the configuration, with the lines that %m and %i stand for. */
static void
write_conf(const char *conf)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (const char *at = conf; *at != '\0'; at++) {
        if (*at != '%' || (at[1] != 'm' && at[1] != 'i')) {
            buf_add_char(&text, *at);
            continue;
        }
        bool plain = *++at == 'm';
        buf_add_fmt(&text, "external_acl_type %s %%>rd %%#ssl::>sni %s%%>rP /x/ext_m365_acl%s", plain ? "m" : "i",
                    plain ? "" : "%>la ", plain ? "" : " -F dst,sni,la,port");
    }
    folder_write("squid.conf", text.data, text.len);
    buf_clear(&text);
}

static void
add_step(struct buf *ret, const struct course_step *step)
{
    static const char *const names[] = {"access", "bump",  "again", "inside", "verify",
                                        "follow", "proxy", "later", "miss",   "direct"};
    buf_add_text(ret, names[step->phase]);
    if (step->phase == PHASE_BUMP)
        buf_add_fmt(ret, "%d", step->step);
    buf_add_fmt(ret, "=%s", step->action);
    if (step->phase == PHASE_VERIFY || step->phase == PHASE_FOLLOW)
        buf_add_char(ret, ' ');
    else if (step->rule == NULL || step->stopped)
        buf_add_text(ret, "@- ");
    else
        buf_add_fmt(ret, "@%u ", step->rule->number);
}

static void
add_course(struct buf *ret, const struct course *course)
{
    for (size_t i = 0; i < course->assumption_count; i++)
        buf_add_fmt(ret, "[%s %s] ", course->assumptions[i].subject,
                    course->assumptions[i].value ? course->assumptions[i].rest : course->assumptions[i].unless);
    for (size_t i = 0; i < course->step_count; i++)
        add_step(ret, &course->steps[i]);
    buf_add_text(ret, course_end_word(course->end));
}

static struct image *
open_table(void)
{
    struct image *image = NULL;
    struct err err = {0};
    const char *source = folder_path("m365.rules");
    const struct load_options options = {.sources = &source, .source_count = 1};
    folder_write("m365.rules", table, sizeof table - 1);
    if (load_image(&image, &options, &err) != 0)
        fail_msg("%s", err.text);
    return image;
}

static void
walk(struct buf *ret, const struct course_case *one, const struct ruleset *conf, struct arena *arena)
{
    struct situation situation;
    struct courses courses;
    struct course_question question = {.conf = conf, .situation = &situation, .explain = true};
    struct hosts *hosts;
    struct err err = {0};
    folder_write("hosts", hosts_text, sizeof hosts_text - 1);
    if (hosts_read(&hosts, folder_path("hosts"), true, arena, &err) != 0)
        fail_msg("%s", err.text);
    question.hosts = hosts;
    if (situation_parse(&situation, one->request, arena, &err) != 0 ||
        course_find(&courses, &question, arena, &err) != 0) {
        buf_add_fmt(ret, "refused: %s", err.text);
        return;
    }
    for (size_t i = 0; i < courses.count; i++) {
        buf_add_text(ret, i == 0 ? "" : " | ");
        add_course(ret, &courses.course[i]);
    }
    buf_add_text(ret, courses.cut ? " ..." : "");
}

static void
check(const struct course_case *one, unsigned version, const struct image *image)
{
    struct arena *arena = arena_new(ARENA_MAX);
    const struct ruleset_about about = {.version = version, .arena = arena};
    struct ruleset *conf = NULL;
    struct err err = {0};
    struct buf got;
    buf_init(&got, 1 << 20);
    write_conf(one->conf);
    if (chdir(folder_path(".")) != 0 || ruleset_open(&conf, "squid.conf", &about, &err) != 0)
        fail_msg("%s: %s", one->why, err.text);
    for (size_t i = 0; conf != NULL && i < conf->helper_count; i++) {
        conf->helpers[i].image = image;
        conf->helpers[i].today = TODAY;
    }
    walk(&got, one, conf, arena);
    check_text(one->why, got.data, got.len, one->want);
    ruleset_close(conf);
    buf_clear(&got);
    arena_free(arena);
}

void
course_check(const struct course_case *cases, size_t count, unsigned version)
{
    folder_make();
    struct image *image = open_table();
    for (size_t i = 0; i < count; i++)
        check(&cases[i], version, image);
    image_close(image);
    folder_remove();
}

void
course_refuses(const char *why, const char *conf, const char *want)
{
    struct arena *arena = arena_new(ARENA_MAX);
    const struct ruleset_about about = {.version = 5, .arena = arena};
    struct ruleset *ruleset = NULL;
    struct err err = {0};
    folder_make();
    write_conf(conf);
    CHECK(why, ruleset_open(&ruleset, folder_path("squid.conf"), &about, &err) == -1);
    check_says(why, err.text, want);
    folder_remove();
    arena_free(arena);
}
