// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * image_open.c - maps an image and checks what lookups rely on. Part of image.h.
 *
 * Checked here: magic, size, and that every section is inside the file, at a multiple of 8, and made of whole records.
 * Section bounds are copied out of the mapping, so that later changes of the file cannot move them. All other numbers
 * are checked when they are used (image_find.c); that keeps the cost of opening independent of the size.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "image_guard.h"
#include "image_handle.h"
#include "name/pattern.h"

#define HANDLE_MEMORY_MAX ((size_t)256 << 20)
#define MARK_ZEROS_MAX 4096u /* at most this many bytes at the end of an image are searched for a non-zero one */

static const uint16_t record_size[SECTION_COUNT] = {
    [SECTION_TEXT] = 1,           [SECTION_PORTS] = 2,
    [SECTION_SETS] = SET_SIZE,    [SECTION_AREAS] = REF_SIZE,
    [SECTION_TENANTS] = REF_SIZE, [SECTION_BUCKETS] = BUCKET_SIZE,
    [SECTION_POOL] = 1,           [SECTION_CLASSES] = CLASS_SIZE,
    [SECTION_NODES] = NODE_SIZE,  [SECTION_RULES] = RULE_SIZE,
    [SECTION_REGEXES] = 4,        [SECTION_TREE4] = 4,
    [SECTION_TREE6] = 4,
};

bool
image_looks_like(const char *head, size_t len)
{
    return len >= 7 && memcmp(head, IMAGE_MAGIC, 7) == 0;
}

static int
check_sections(struct image *image, struct err *err)
{
    for (unsigned i = 0; i < SECTION_COUNT; i++) {
        const unsigned char *entry = image->base + HEADER_SECTIONS + (size_t)i * 16;
        uint64_t offset = get64(entry), size = get64(entry + 8);
        if (offset < HEADER_SIZE || offset > image->size || size > image->size - offset || offset % 8 != 0 ||
            size % record_size[i] != 0 || (i != SECTION_POOL && size / record_size[i] > UINT32_MAX))
            return err_set(err, ERR_CORRUPT, "section %u is outside the file", i);
        image->part[i] = (struct part){image->base + offset, size};
    }
    image->rules = (uint32_t)(image->part[SECTION_RULES].size / RULE_SIZE);
    return 0;
}

/* In a small index most missing suffixes are recognized by their tag alone. */
static void
read_filter(struct image *image)
{
    const struct part *buckets = &image->part[SECTION_BUCKETS];
    bool small = buckets->size / BUCKET_SIZE * BUCKET_SLOTS <= FILTER_WORDS * 64 / 4;
    memset(image->filter, small ? 0 : 0xff, sizeof image->filter);
    for (uint64_t at = 0; small && at < buckets->size; at += BUCKET_SIZE) {
        for (size_t slot = 0; slot < BUCKET_SLOTS; slot++) {
            uint16_t tag = get16(buckets->bytes + at + BUCKET_TAGS + 2 * slot);
            image->filter[tag / 64 % FILTER_WORDS] |= (uint64_t)1 << tag % 64;
        }
    }
}

/* If the file is truncated, its last non-zero byte becomes zero or raises SIGBUS. */
static void
set_mark(struct image *image)
{
    size_t at = image->size - 1;
    while (image->size - at < MARK_ZEROS_MAX && at > 0 && image->base[at] == 0)
        at--;
    image->mark = image->base + at;
    image->mark_value = *image->mark;
}

/* Copies what every lookup needs, so that later changes of the file cannot affect it. */
static void
read_header(struct image *image)
{
    uint32_t options = get32(image->base + HEADER_OPTIONS);
    image->seed = get64(image->base + HEADER_SEED);
    image->buckets = get32(image->base + HEADER_BUCKETS);
    image->spill = get32(image->base + HEADER_SPILL);
    image->loose = get32(image->base + HEADER_LOOSE);
    image->labels = get64(image->base + HEADER_LABELS);
    image->info = (struct image_info){
        .label = image_slice(image, get32(image->base + HEADER_LABEL), get32(image->base + HEADER_LABEL + 4)),
        .bypass = get32(image->base + HEADER_BYPASS),
        .highest = (options & OPTION_HIGHEST) != 0,
        .rules = get64(image->base + HEADER_RULES),
        .sets = image->part[SECTION_SETS].size / SET_SIZE,
        .size = image->size,
        .tenants = (uint32_t)(image->part[SECTION_TENANTS].size / REF_SIZE),
    };
}

static int
check_header(struct image *image, struct err *err)
{
    if (image->size < HEADER_SIZE)
        return err_set(err, ERR_CORRUPT, "it is too short for an image");
    if (!image_looks_like((const char *)image->base, image->size))
        return err_set(err, ERR_CORRUPT, "it is not a compiled image");
    if (image->base[7] != IMAGE_MAGIC[7])
        return err_set(err, ERR_CORRUPT, "it has layout version %u, this program reads %u; compile it again",
                       image->base[7], (unsigned)IMAGE_MAGIC[7]);
    if (get64(image->base + HEADER_FILE_SIZE) != image->size)
        return err_set(err, ERR_CORRUPT, "it is truncated: %zu bytes instead of %llu", image->size,
                       (unsigned long long)get64(image->base + HEADER_FILE_SIZE));
    if (check_sections(image, err) != 0)
        return -1;
    read_header(image);
    read_filter(image);
    set_mark(image);
    if (image->spill > SPILL_MAX)
        return err_set(err, ERR_CORRUPT, "its names are up to %u buckets apart", image->spill);
    return 0;
}

/* Regexes are compiled once, from a copy of their text: the mapping may vanish while PCRE2 reads. */
static int
compile_regexes(struct image *image, struct err *err)
{
    uint64_t count = image->part[SECTION_REGEXES].size / 4;
    if (count == 0)
        return 0;
    if (count > IMAGE_REGEX_MAX)
        return err_set(err, ERR_CORRUPT, "it has %llu regexes", (unsigned long long)count);
    image->regexes = arena_array(image->arena, count, sizeof(struct regex *));
    image->regex_rules = arena_array(image->arena, count, sizeof *image->regex_rules);
    if (image->regexes == NULL || image->regex_rules == NULL)
        return err_set(err, ERR_MEM, "no memory for regexes");
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry = image->part[SECTION_REGEXES].bytes + (size_t)i * 4;
        char room[IMAGE_RULE_MAX], text[REGEX_MAX + 1];
        struct image_text rule = image_rule_text(image, (struct image_rule){get32(entry), NULL}, room);
        if (rule.len < 2 || rule.len > REGEX_MAX + 1 || rule.text[0] != '~')
            return err_set(err, ERR_CORRUPT, "regex %u has no text", i);
        memcpy(text, rule.text + 1, rule.len - 1);
        image->regex_rules[i] = get32(entry);
        if (regex_new(&image->regexes[i], i == 0 ? NULL : image->regexes[0], image->arena, text, rule.len - 1, err) !=
            0)
            return -1;
        image->regex_count = i + 1;
    }
    return 0;
}

static int
new_handle(struct image **ret, struct err *err)
{
    struct arena *arena = arena_new(HANDLE_MEMORY_MAX);
    struct image *image = arena == NULL ? NULL : arena_alloc(arena, sizeof *image);
    if (image == NULL) {
        arena_free(arena);
        return err_set(err, ERR_MEM, "no memory for an image");
    }
    static uint64_t opened;
    image->arena = arena;
    image->serial = ++opened;
    *ret = image;
    return 0;
}

static int
check_image(struct image *image, struct err *err)
{
    return check_header(image, err) != 0 || compile_regexes(image, err) != 0 ? -1 : 0;
}

int
image_from_memory(struct image **ret, const void *bytes, size_t len, struct err *err)
{
    struct image *image;
    if (new_handle(&image, err) != 0)
        return -1;
    image->base = bytes;
    image->size = len;
    if (check_image(image, err) != 0) {
        image_close(image);
        return -1;
    }
    *ret = image;
    return 0;
}

int
image_from_buf(struct image **ret, struct buf *bytes, struct err *err)
{
    struct image *image;
    if (image_from_memory(&image, bytes->data, bytes->len, err) != 0)
        return -1;
    image->owned = *bytes;
    buf_init(bytes, bytes->ceiling);
    *ret = image;
    return 0;
}

static int
map_file(struct image *image, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not be waited for */
    struct stat st;
    if (fd < 0)
        return err_set(err, ERR_IO, "%s", strerror(errno));
    int result = 0;
    if (fstat(fd, &st) != 0) {
        result = err_set(err, ERR_IO, "%s", strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        result = err_set(err, ERR_IO, "it is not a regular file");
    } else if (st.st_size < HEADER_SIZE || (uint64_t)st.st_size > IMAGE_MAX) {
        result = err_set(err, ERR_CORRUPT, "it has %lld bytes, which no image has", (long long)st.st_size);
    } else {
        image->size = (size_t)st.st_size;
        void *base = mmap(NULL, image->size, PROT_READ, MAP_SHARED, fd, 0);
        if (base == MAP_FAILED)
            result = err_set(err, ERR_IO, "cannot map it: %s", strerror(errno));
        image->base = base == MAP_FAILED ? NULL : base;
        image->mapped = base != MAP_FAILED;
    }
    close(fd);
    return result;
}

struct opening {
    struct image *image;
    struct err *err;
    int result;
};

static void
check_mapped(void *arg)
{
    struct opening *opening = arg;
    opening->result = check_image(opening->image, opening->err);
    if (opening->result == 0 && opening->image->size <= IMAGE_VERIFY_MAX)
        opening->result = image_verify(opening->image, opening->err);
}

int
image_open(struct image **ret, const char *path, struct err *err)
{
    struct image *image;
    if (new_handle(&image, err) != 0)
        return -1;
    struct opening opening = {.image = image, .err = err, .result = -1};
    if (map_file(image, path, err) == 0 && !image_guarded(check_mapped, &opening))
        opening.result = err_set(err, ERR_CORRUPT, "it was truncated while it was being read");
    if (opening.result != 0) {
        image_close(image);
        return err_add(err, "cannot open image '%s'", path);
    }
    *ret = image;
    return 0;
}

bool
image_is_at(const char *path)
{
    char head[sizeof IMAGE_MAGIC - 1];
    size_t len;
    struct err ignored;
    return file_peek(head, sizeof head, &len, path, &ignored) == 0 && image_looks_like(head, len);
}

uint64_t
image_serial(const struct image *image)
{
    return image->serial;
}

bool
image_is_whole(const struct image *image)
{
    return *image->mark == image->mark_value;
}

bool
image_is_mapped(const struct image *image)
{
    return image->mapped;
}

void
image_close(struct image *image)
{
    if (image == NULL)
        return;
    if (image->mapped)
        munmap((void *)(uintptr_t)image->base, image->size);
    buf_clear(&image->owned);
    arena_free(image->arena);
}
