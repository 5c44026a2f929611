// SPDX-License-Identifier: GPL-2.0-or-later
/* prefix_dpdk.c - DPDK's routing tables: rte_fib (dir24_8) and rte_fib6 (trie). rte_lpm takes minutes to build and is
 * left out. See prefix_rivals.h. */
#include "prefix_rivals.h"

#ifdef HAVE_DPDK
#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name/addr.h"

enum { BULK = 64, GROUPS6 = 1 << 19, GROUPS4 = 1 << 14 };

static void
begin(void)
{
    static bool begun;
    static char *arguments[] = {"bench", "--no-huge",   "--no-pci",          "--no-telemetry", "-m",
                                "2048",  "--no-shconf", "--log-level=error", "--lcores=0",     NULL};
    if (begun)
        return;
    begun = true;
    if (rte_eal_init((int)(sizeof arguments / sizeof *arguments) - 1, arguments) < 0)
        exit(2);
}

/* The library identifies a table by a unique name. */
static const char *
new_name(void)
{
    static unsigned number;
    static char name[16];
    snprintf(name, sizeof name, "bench%u", number++);
    return name;
}

static uint32_t
number(const struct addr *addr)
{
    return (uint32_t)addr->bytes[0] << 24 | (uint32_t)addr->bytes[1] << 16 | (uint32_t)addr->bytes[2] << 8 |
           addr->bytes[3];
}

static void *
prepare4(const struct addr *questions, size_t count)
{
    uint32_t *list = calloc(count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = number(&questions[i]);
    return list;
}

static void *
prepare6(const struct addr *questions, size_t count)
{
    uint8_t *list = calloc(count, 16);
    for (size_t i = 0; list != NULL && i < count; i++)
        memcpy(list + i * 16, questions[i].bytes, 16);
    return list;
}

static void *
build_fib(const struct prefix *routes, size_t count, enum rte_fib_dir24_8_nh_sz size)
{
    begin();
    struct rte_fib_conf conf = {.type = RTE_FIB_DIR24_8, .default_nh = 0, .max_routes = 1 << 20};
    conf.dir24_8.nh_sz = size;
    conf.dir24_8.num_tbl8 = size == RTE_FIB_DIR24_8_1B ? 127 : GROUPS4;
    struct rte_fib *fib = rte_fib_create(new_name(), 0, &conf);
    for (size_t i = 0; fib != NULL && i < count; i++) {
        if (rte_fib_add(fib, number(&routes[i].addr), routes[i].len, routes[i].len + 1u) != 0) {
            rte_fib_free(fib);
            return NULL;
        }
    }
    return fib;
}

static void *
fib_build_2(const struct prefix *routes, size_t count)
{
    return build_fib(routes, count, RTE_FIB_DIR24_8_2B);
}

static void *
fib_build_4(const struct prefix *routes, size_t count)
{
    return build_fib(routes, count, RTE_FIB_DIR24_8_4B);
}

static uint64_t
fib_run(void *built, const void *prepared, size_t count, uint8_t *ret, size_t at_once)
{
    uint64_t sum = 0, answers[BULK];
    uint32_t *questions = (uint32_t *)(uintptr_t)prepared;
    for (size_t i = 0; i < count; i += at_once) {
        size_t n = count - i < at_once ? count - i : at_once;
        rte_fib_lookup_bulk(built, questions + i, answers, (int)n);
        for (size_t j = 0; j < n; j++) {
            sum += answers[j];
            if (ret != NULL)
                ret[i + j] = (uint8_t)answers[j];
        }
    }
    return sum;
}

static uint64_t
fib_ask(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    return fib_run(built, prepared, count, ret, 1);
}

static uint64_t
fib_ask_bulk(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    return fib_run(built, prepared, count, ret, BULK);
}

static size_t
fib_bytes_2(void *built)
{
    (void)built;
    return ((size_t)1 << 24) * 2;
}

static size_t
fib_bytes_4(void *built)
{
    (void)built;
    return ((size_t)1 << 24) * 4;
}

static void
fib_drop(void *built)
{
    rte_fib_free(built);
}

static void *
fib6_build(const struct prefix *routes, size_t count)
{
    begin();
    struct rte_fib6_conf conf = {.type = RTE_FIB6_TRIE, .default_nh = 0, .max_routes = 1 << 19};
    conf.trie.nh_sz = RTE_FIB6_TRIE_4B;
    conf.trie.num_tbl8 = GROUPS6;
    struct rte_fib6 *fib = rte_fib6_create(new_name(), 0, &conf);
    for (size_t i = 0; fib != NULL && i < count; i++) {
        if (rte_fib6_add(fib, routes[i].addr.bytes, routes[i].len, routes[i].len + 1u) != 0) {
            rte_fib6_free(fib);
            return NULL;
        }
    }
    return fib;
}

static uint64_t
fib6_run(void *built, const void *prepared, size_t count, uint8_t *ret, size_t at_once)
{
    uint64_t sum = 0, answers[BULK];
    uint8_t(*questions)[16] = (uint8_t(*)[16])(uintptr_t)prepared;
    for (size_t i = 0; i < count; i += at_once) {
        size_t n = count - i < at_once ? count - i : at_once;
        rte_fib6_lookup_bulk(built, questions + i, answers, (int)n);
        for (size_t j = 0; j < n; j++) {
            sum += answers[j];
            if (ret != NULL)
                ret[i + j] = (uint8_t)answers[j];
        }
    }
    return sum;
}

static uint64_t
fib6_ask(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    return fib6_run(built, prepared, count, ret, 1);
}

static uint64_t
fib6_ask_bulk(void *built, const void *prepared, size_t count, uint8_t *ret)
{
    return fib6_run(built, prepared, count, ret, BULK);
}

static void
fib6_drop(void *built)
{
    rte_fib6_free(built);
}

struct rival rivals_dpdk[] = {
    {"rte_fib", true, false, fib_build_2, prepare4, fib_ask, fib_bytes_2, fib_drop, 0},
    {"rte_fib-bulk", true, false, fib_build_2, prepare4, fib_ask_bulk, fib_bytes_2, fib_drop, 0},
    {"rte_fib-wide", true, false, fib_build_4, prepare4, fib_ask, fib_bytes_4, fib_drop, 0},
    {"rte_fib6", false, true, fib6_build, prepare6, fib6_ask, NULL, fib6_drop, 0},
    {"rte_fib6-bulk", false, true, fib6_build, prepare6, fib6_ask_bulk, NULL, fib6_drop, 0},
    {.name = NULL},
};
#else
struct rival rivals_dpdk[] = {{.name = NULL}};
#endif
