// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * notice_feed.c - the local feed, RSS 2.0 (https://www.rssboard.org/rss-specification). Part of notice.h.
 *
 * A description is HTML inside XML, so a text is escaped twice: as preformatted HTML and as XML. Otherwise a reader
 * would take `<tenant>` for a tag and drop it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "notice.h"

#define FEED_MAX ((size_t)32 << 20)
#define ITEM_BEGIN "<item>"
#define ITEM_END "</item>"
#define DATE_MAX 40

/* Formats date and time as RFC 822 requires, independent of the locale. */
static void
format_date(char ret[DATE_MAX], int64_t when)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(when < 0 ? 0 : when);
    struct tm tm = {0};
    ret[0] = '\0';
    if (gmtime_r(&seconds, &tm) != NULL)
        snprintf(ret, DATE_MAX, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * (size_t)tm.tm_wday, tm.tm_mday,
                 months + 3 * (size_t)tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The length of the character if XML 1.0 (section 2.2) allows it, and a terminal; otherwise 0. */
static size_t
allowed(const char *text, size_t len)
{
    size_t n = text[0] == '\n' || text[0] == '\t' ? 1 : utf8_printable(text, len);
    if (n == 3 && memcmp(text, "\xef\xbf", 2) == 0 && (unsigned char)text[2] >= 0xbe)
        return 0;
    return n;
}

/* Adds text as XML; with `html` it is HTML text inside XML. */
static void
add_escaped(struct buf *buf, const char *text, size_t len, bool html)
{
    for (size_t at = 0; at < len;) {
        size_t n = allowed(text + at, len - at);
        const char *entity = text[at] == '&' ? "amp;" : text[at] == '<' ? "lt;" : text[at] == '>' ? "gt;" : NULL;
        if (n == 0)
            buf_add_char(buf, '?');
        else if (entity == NULL)
            buf_add(buf, text + at, n);
        else
            buf_add_fmt(buf, "&%s%s", html ? "amp;" : "", entity);
        at += n == 0 ? 1 : n;
    }
}

static void
add_element(struct buf *buf, const char *name, const char *text)
{
    buf_add_fmt(buf, "<%s>", name);
    add_escaped(buf, text, strlen(text), false);
    buf_add_fmt(buf, "</%s>\n", name);
}

/* The length of the text up to the last whole line that fits. */
static size_t
cut(const char *text, size_t len)
{
    if (len <= NOTICE_ITEM_TEXT_MAX)
        return len;
    const char *feed = memrchr(text, '\n', NOTICE_ITEM_TEXT_MAX);
    return feed == NULL ? NOTICE_ITEM_TEXT_MAX : (size_t)(feed + 1 - text);
}

static void
add_item(struct buf *buf, const struct notice *notice, int64_t now)
{
    char date[DATE_MAX] = "";
    const char *word = notice_word(notice->event);
    size_t shown = cut(notice->text, notice->len);
    format_date(date, now);
    buf_add_text(buf, ITEM_BEGIN "\n");
    add_element(buf, "title", notice->subject);
    buf_add_text(buf, "<description>&lt;pre&gt;");
    add_escaped(buf, notice->text, shown, true);
    if (shown < notice->len)
        buf_add_text(buf, "... and more");
    buf_add_text(buf, "&lt;/pre&gt;</description>\n");
    add_element(buf, "category", word);
    buf_add_fmt(buf, "<guid isPermaLink=\"false\">squid-m365-%s-%u-%lld-%ld</guid>\n", word, notice->generation,
                (long long)now, (long)getpid());
    add_element(buf, "pubDate", date);
    buf_add_text(buf, ITEM_END "\n");
}

/* Copies the first complete items of an old feed. Text inside an item contains no literal `<`, so every tag is a real
 * one. */
static void
keep_items(struct buf *buf, const struct buf *old, size_t most)
{
    if (old->len == 0)
        return;
    const char *at = old->data, *end = old->data + old->len;
    for (size_t i = 0; i < most; i++) {
        const char *begin = memmem(at, (size_t)(end - at), ITEM_BEGIN, sizeof ITEM_BEGIN - 1);
        const char *stop = begin == NULL ? NULL : memmem(begin, (size_t)(end - begin), ITEM_END, sizeof ITEM_END - 1);
        if (stop == NULL)
            return;
        stop += sizeof ITEM_END - 1;
        buf_add(buf, begin, (size_t)(stop - begin));
        buf_add_char(buf, '\n');
        at = stop;
    }
}

static void
add_channel(struct buf *buf, const struct conf *conf, int64_t now)
{
    char date[DATE_MAX] = "";
    format_date(date, now);
    buf_add_text(buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n<channel>\n");
    add_element(buf, "title", "squid-m365: the Microsoft 365 bypass table of this proxy");
    add_element(buf, "link", conf->service_url != NULL ? conf->service_url : "https://endpoints.office.com");
    add_element(buf, "description", "What was published, what waits for approval, and what fails");
    add_element(buf, "lastBuildDate", date);
    add_element(buf, "generator", "squid-m365 " M365_VERSION);
}

int
notice_feed(const struct conf *conf, const struct notice *notice, int64_t now, struct err *err)
{
    struct buf old, feed;
    struct file_id id;
    if (conf->feed == NULL)
        return 0;
    buf_init(&old, FEED_MAX + ((size_t)1 << 20));
    buf_init(&feed, FEED_MAX);
    file_identify(&id, conf->feed);
    int result = id.inode == 0 ? 0 : file_read(&old, conf->feed, FEED_MAX, err);
    if (result == 0) {
        add_channel(&feed, conf, now);
        add_item(&feed, notice, now);
        keep_items(&feed, &old, NOTICE_ITEMS_MAX - 1);
        buf_add_text(&feed, "</channel>\n</rss>\n");
        result = buf_ok(&feed)
                     ? file_write(conf->feed, feed.data, feed.len, err)
                     : err_set(err, ERR_LIMIT, "the feed '%s' would be larger than %zu bytes", conf->feed, FEED_MAX);
    }
    buf_clear(&feed);
    buf_clear(&old);
    return result;
}
