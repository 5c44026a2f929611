// SPDX-License-Identifier: GPL-2.0-or-later
/* run.c - counts as sorted lines. See run.h. */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/digits.h"
#include "base/err.h"
#include "base/file.h"
#include "log/log_file.h"

#define OUT_MAX ((size_t)256 << 10)
#define OUT_FULL ((size_t)128 << 10)
#define FIELDS (6 + LEDGER_COUNTS + 3)

void
run_writer_init(struct run_writer *writer, int fd)
{
    *writer = (struct run_writer){.fd = fd};
    buf_init(&writer->out, OUT_MAX);
}

int
run_flush(struct run_writer *writer, struct err *err)
{
    if (!buf_ok(&writer->out))
        return err_set(err, ERR_MEM, "no memory to write counts");
    if (file_write_all(writer->fd, writer->out.data, writer->out.len) != 0)
        return err_set(err, ERR_IO, "cannot write counts: %s", strerror(errno));
    if (writer->digest != NULL)
        digest_add(writer->digest, writer->out.data, writer->out.len);
    buf_reset(&writer->out);
    return 0;
}

/* printf(3) is slow, and most of a run is numbers. */
static void
add_number(struct buf *out, uint64_t number)
{
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    buf_add_char(out, '\t');
    buf_add(out, at, (size_t)(digits + sizeof digits - at));
}

int
run_add(struct run_writer *writer, const struct ledger_entry *entry, struct err *err)
{
    struct buf *out = &writer->out;
    char day[DAY_TEXT_MAX], port[] = "\t00000";
    day_format(day, entry->day);
    for (unsigned i = sizeof port - 2, rest = entry->port; rest > 0; rest /= 10)
        port[i--] = (char)('0' + rest % 10);
    buf_add_char(out, entry->kind == LEDGER_HOST ? 'h' : 'c');
    const char *text = entry->text;
    for (size_t i = 0; i < LEDGER_PARTS; text += entry->len[i++]) {
        buf_add_char(out, '\t');
        buf_add(out, text, entry->len[i]);
        if (i == 0)
            buf_add_text(out, port);
    }
    buf_add_char(out, '\t');
    buf_add_text(out, day);
    for (size_t i = 0; i < LEDGER_COUNTS; i++)
        add_number(out, entry->count[i]);
    add_number(out, (uint64_t)entry->first);
    add_number(out, (uint64_t)entry->last);
    buf_add_char(out, '\t');
    clients_print(out, &entry->clients, writer->digest != NULL);
    buf_add_char(out, '\n');
    return out->len > OUT_FULL || !buf_ok(out) ? run_flush(writer, err) : 0;
}

int
run_writer_end(struct run_writer *writer, struct err *err)
{
    int result = run_flush(writer, err);
    buf_clear(&writer->out);
    return result;
}

/* The line at `at`, cut at its tabs. False: it has another number of fields. */
static bool
cut(struct squid_word field[FIELDS], const char *at, const char *end)
{
    for (size_t i = 0; i < FIELDS; i++) {
        const char *tab = i + 1 < FIELDS ? memchr(at, '\t', (size_t)(end - at)) : end;
        if (tab == NULL)
            return false;
        field[i] = (struct squid_word){at, (size_t)(tab - at)};
        at = tab + (i + 1 < FIELDS);
    }
    return true;
}

static bool
read_number(uint64_t *ret, const struct squid_word *word, uint64_t most)
{
    return digits_read(ret, word->text, word->len, most);
}

static bool
is_part(struct squid_word word)
{
    size_t i = 0;
    while (i < word.len && word.text[i] > ' ' && word.text[i] < 0x7f && !(word.text[i] >= 'A' && word.text[i] <= 'Z'))
        i++;
    return i == word.len && word.len > 0 && word.len <= LEDGER_PART_MAX;
}

static bool
read_key(struct run_reader *reader, const struct squid_word *field)
{
    static const uint8_t places[LEDGER_PARTS] = {1, 3, 4};
    struct ledger_entry *entry = &reader->entry;
    uint64_t port;
    if (field[0].len != 1 || (*field[0].text != 'h' && *field[0].text != 'c') ||
        !read_number(&port, &field[2], UINT16_MAX) || !day_parse(&entry->day, field[5].text, field[5].len))
        return false;
    entry->kind = *field[0].text == 'h' ? LEDGER_HOST : LEDGER_CLIENT;
    entry->port = (uint16_t)port;
    char *text = reader->text;
    entry->text = text;
    for (size_t i = 0; i < LEDGER_PARTS; i++) {
        struct squid_word part = field[places[i]];
        if (!is_part(part))
            return false;
        memcpy(text, part.text, part.len);
        entry->len[i] = (uint8_t)part.len;
        text += part.len;
    }
    return true;
}

static bool
read_entry(struct run_reader *reader, const struct squid_word *field)
{
    struct ledger_entry *entry = &reader->entry;
    uint64_t first, last;
    if (!read_key(reader, field))
        return false;
    for (size_t i = 0; i < LEDGER_COUNTS; i++) {
        if (!read_number(&entry->count[i], &field[6 + i], UINT64_MAX))
            return false;
    }
    if (!read_number(&first, &field[6 + LEDGER_COUNTS], INT64_MAX) ||
        !read_number(&last, &field[7 + LEDGER_COUNTS], INT64_MAX))
        return false;
    entry->first = (int64_t)first;
    entry->last = (int64_t)last;
    reader->clients = field[8 + LEDGER_COUNTS];
    return true;
}

int
run_line(struct run_reader *reader, struct squid_word *ret, struct err *err)
{
    if (reader->at == reader->end) {
        size_t len;
        int more = log_file_next(reader->file, &reader->at, &len, err);
        if (more != 1) {
            reader->at = reader->end = NULL;
            return more;
        }
        reader->end = reader->at + len;
    }
    const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    *ret = (struct squid_word){reader->at, (size_t)(end - reader->at)};
    if (ret->len > 0 && ret->text[ret->len - 1] == '\t') /* Hadoop adds one to a line without */
        ret->len--;
    reader->number++;
    reader->at = end + 1;
    return 1;
}

void
run_digest(struct run_reader *reader, struct squid_word line)
{
    digest_add(&reader->digest, line.text, line.len);
    digest_add(&reader->digest, "\n", 1);
}

/* A saved file ends with its digest. */
static int
check_end(struct run_reader *reader, const struct squid_word *line, struct err *err)
{
    char digest[DIGEST_TEXT_MAX];
    struct squid_word more;
    digest_end(&reader->digest, digest);
    const size_t len = 4 + DIGEST_TEXT_MAX - 1;
    if (line->len != len || !squid_word_begins(*line, "end ") || memcmp(line->text + 4, digest, len - 4) != 0)
        return err_set(err, ERR_SYNTAX, "%s:%" PRIu64 ": the digest is another one; the file is damaged", reader->name,
                       reader->number);
    int result = run_line(reader, &more, err);
    return result <= 0
               ? result
               : err_set(err, ERR_SYNTAX, "%s:%" PRIu64 ": there is more after the end", reader->name, reader->number);
}

static int
refuse(const struct run_reader *reader, struct err *err)
{
    return err_set(err, ERR_SYNTAX, "%s:%" PRIu64 ": no line of counts; the file is damaged", reader->name,
                   reader->number);
}

int
run_next(struct run_reader *reader, struct err *err)
{
    struct squid_word line = {"", 0}, field[FIELDS] = {0};
    int more = run_line(reader, &line, err);
    if (more < 0 || (more == 0 && !reader->saved))
        return more;
    if (more == 0)
        return err_set(err, ERR_SYNTAX, "'%s' is cut off after line %" PRIu64, reader->name, reader->number);
    if (reader->saved && line.len > 0 && *line.text == 'e')
        return check_end(reader, &line, err);
    if (reader->saved)
        run_digest(reader, line);
    return cut(field, line.text, line.text + line.len) && read_entry(reader, field) ? 1 : refuse(reader, err);
}

int
run_clients(struct clients *to, const struct run_reader *reader, struct arena *arena, struct err *err)
{
    if (clients_read(to, arena, reader->clients.text, reader->clients.len))
        return 0;
    return arena_ok(arena) ? refuse(reader, err) : err_set(err, ERR_MEM, "no memory to add up counts");
}
