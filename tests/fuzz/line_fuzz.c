// SPDX-License-Identifier: GPL-2.0-or-later
/* line_fuzz.c - arbitrary bytes as a line from Squid: there must be one reply of one line, under 200 bytes, with only
 * the bytes a reply may contain. See fuzz.h. The first byte selects the fields. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "compile/compile.h"
#include "fuzz.h"
#include "image/image.h"
#include "squid/squid.h"
#include "table/table.h"
#include "verdict/request.h"
#include "verdict/verdict.h"

static const char lines[] = "# version: 2025120100\n"
                            "optimize a.example id=1 area=Exchange tcp=80,443 udp=443 required expressroute\n"
                            "optimize 10.0.0.0/8 id=1 area=Exchange tcp=80,443 udp=443 required\n"
                            "allow *.a.example id=2 area=Common tcp=443\n"
                            "allow 2603:1006::/40 id=2 area=Common tcp=443\n"
                            "allow *.sharepoint.com id=3\ninspect x.a.example\ninspect ~[ab]+\\.re\\.example\n"
                            "default *cdn.c.example\nallow .b.example tcp=8080\n";

static struct image *image;

static void
close_image(void)
{
    image_close(image);
}

static const struct image *
get_image(void)
{
    static const char *tenants[] = {"contoso"};
    const struct policy options = {.tenants = tenants, .tenant_count = 1};
    struct err err = {0};
    struct buf bytes;
    if (image != NULL)
        return image;
    struct table *table = table_new();
    MUST(table != NULL && table_read_bytes(table, "t.rules", lines, sizeof lines - 1, &err) == 0);
    MUST(compile_table(&bytes, table, &options, &err) == 0);
    table_free(table);
    MUST(image_from_buf(&image, &bytes, &err) == 0);
    atexit(close_image);
    return image;
}

static void
check_reply(const char *reply, size_t len, struct squid_word id)
{
    MUST(len > 0 && len < SQUID_REPLY_MAX && reply[len - 1] == '\n');
    for (size_t i = 0; i + 1 < len; i++)
        MUST((unsigned char)reply[i] >= 0x20 && (unsigned char)reply[i] < 0x7f);
    MUST(len > id.len && memcmp(reply, id.text, id.len) == 0);
    const char *word = reply + (id.len == 0 ? 0 : id.len + 1);
    MUST(memcmp(word, "OK ", 3) == 0 || memcmp(word, "ERR ", 4) == 0);
}

/* Checks that a verdict keeps the promises of verdict.h, with an image and without. */
static void
answer(const struct image *table, const struct request *request, struct squid_word id, struct squid_word args)
{
    static struct squid_tails tails;
    struct verdict verdict;
    char reply[SQUID_REPLY_MAX];
    struct squid_word unknown = {"", 0};
    verdict_decide(table, request, 20000, &verdict);
    MUST(!verdict.bypass || (table != NULL && verdict.why == WHY_RULE && verdict.has_rule));
    MUST(request->line_ok || verdict.why == WHY_BAD_LINE || verdict.why == WHY_NO_TABLE);
    bool ok = table != NULL && squid_args_allow(table, request, 20000, &verdict, args, &unknown);
    MUST(!ok || verdict.bypass || verdict.why == WHY_CATEGORY);
    MUST(!ok || verdict_agrees(table, request, 20000, 1u << VERB_DEFAULT));
    MUST(unknown.len == 0 || (unknown.text >= args.text && unknown.text + unknown.len <= args.text + args.len));
    check_reply(reply, squid_reply(&tails, reply, id, ok, table, &verdict), id);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const choices[] = {"dst,sni,port", "dst,sni,la,port", "dst", "ignore,dst,ignore,la", "sni,dst"};
    struct squid_fields fields = squid_fields_default;
    struct err err = {0};
    if (size == 0)
        return 0;
    MUST(squid_fields_parse(&fields, choices[data[0] % (sizeof choices / sizeof choices[0])], &err) == 0);
    const char *line = (const char *)data + 1;
    size_t len = size - 1;
    struct squid_word id = {"", 0}, args;
    struct request request;
    bool has_id = squid_has_id(line, len, fields.count);
    MUST(has_id || squid_detect_ids(line, len, fields.count, &fields) != SQUID_IDS_ON);
    bool taken = squid_take_id(&id, &line, &len);
    MUST(taken || !has_id);
    MUST(taken || (len == size - 1 && id.len == 0));
    MUST(id.len <= SQUID_ID_MAX && line + len == (const char *)data + size);
    for (size_t i = 0; i < id.len; i++)
        MUST(id.text[i] >= '0' && id.text[i] <= '9');
    squid_parse_line(&fields, line, len, &request, &args);
    MUST(args.len == 0 || (args.text >= line && args.text + args.len <= line + len));
    answer(get_image(), &request, id, args);
    answer(NULL, &request, id, args);
    return 0;
}
