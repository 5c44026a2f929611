/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - counts as lines of text in the order of their keys: what a full ledger is written to, and the body of a file
 * that `replay --save` writes.
 *
 *     h <tab> host <tab> port <tab> SNI <tab> address <tab> day <tab> counts... <tab> first <tab> last <tab> clients
 *     c <tab> client <tab> 00000 <tab> - <tab> - <tab> day <tab> ...
 *
 * Where it sits: private to room replay, above ledger.h and log. A port has five digits, so that the order of the lines
 * is that of their bytes. m365-replay(5) describes the whole file.
 */
#ifndef COMMON_RUN_H
#define COMMON_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "ledger.h"

struct err;
struct log_file;

/* Writes lines to an open file. */
struct run_writer {
    int fd;
    struct buf out;
    struct digest_stream *digest; /* of all that is written to a file that is kept; NULL: none is made */
};

/* Starts writing; the caller keeps the descriptor. */
void run_writer_init(struct run_writer *writer, int fd);

/* Writes what is in writer->out. -1 with ERR_IO or ERR_MEM. */
int run_flush(struct run_writer *writer, struct err *err);

/* Writes an entry. -1 with ERR_IO or ERR_MEM. */
int run_add(struct run_writer *writer, const struct ledger_entry *entry, struct err *err);

/* Writes what is left and frees the memory. -1 with ERR_IO. */
int run_writer_end(struct run_writer *writer, struct err *err);

/* Reads lines from a file that is open. */
struct run_reader {
    struct log_file *file;
    const char *name;            /* for sentences */
    const char *at, *end;        /* what is left of the block */
    uint64_t number;             /* of the line */
    bool saved;                  /* a file of replay_save(), which must be whole */
    struct digest_stream digest; /* of what was read, if it is saved */
    struct ledger_entry entry;   /* without its clients */
    struct squid_word clients;   /* as clients_read() takes them */
    char text[LEDGER_KEY_MAX];
};

/* The next line, without its line end. 1, 0 at the end, or -1 with ERR_IO. */
int run_line(struct run_reader *reader, struct squid_word *ret, struct err *err);

/* Adds a line to the digest of a saved file. */
void run_digest(struct run_reader *reader, struct squid_word line);

/* Reads the next entry into reader->entry and reader->clients. 1, 0 at the end, or -1 with ERR_IO, or ERR_SYNTAX and
 * the line. They are valid until the next call. */
int run_next(struct run_reader *reader, struct err *err);

/* Adds the clients of the entry that was read to a set in the arena. -1 with ERR_MEM, or ERR_SYNTAX and the line. */
int run_clients(struct clients *to, const struct run_reader *reader, struct arena *arena, struct err *err);

#endif
