/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_owner.h - a command that root started gives up being root before it opens anything in the state folder.
 *
 *     configuration, a file to import --> cmd_become_owner() --> state folder, local rules, notices
 *
 * Where it sits: room cmd, below cmd_state.h. The folder belongs to the unprivileged user of the updater, who could
 * otherwise make root read or write any file. Room store refuses to write there as root (state.h).
 */
#ifndef HELPER_CMD_OWNER_H
#define HELPER_CMD_OWNER_H

struct buf;
struct err;

/*
 * If root runs this, and the folder exists and belongs to somebody else: becomes that user for good, with the user's
 * groups, and HOME, USER and LOGNAME in the environment. Otherwise nothing changes. -1 with ERR_IO if that is not
 * possible; the sentence names the user. The caller must then end without opening anything.
 */
int cmd_become_owner(const char *folder, struct err *err);

/*
 * Calls make(arg, out, err), which appends to *out, and returns what it returns. If root runs this, that happens in a
 * child process: the child may become the owner of a folder, and the caller is still root and can write where only root
 * may. -1 also with ERR_IO if there can be no child, or if it ends early.
 */
int cmd_apart(int (*make)(void *arg, struct buf *out, struct err *err), void *arg, struct buf *out, struct err *err);

/* The name (or number) of the user that cmd_become_owner() became, or NULL. */
const char *cmd_owner(void);

#endif
