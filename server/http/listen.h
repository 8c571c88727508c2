/* listen.h - open the sockets that fronts accept from. Used by the master before fork, and by tools
 * that connect to the same addresses.
 *
 * ADDRESS  HOST:PORT, [HOST]:PORT or unix:/path. HOST is a number or a name; empty or "*" = every
 * IPv4 address. PORT 0 asks the kernel for a free one. */
#ifndef PL_LISTEN_H
#define PL_LISTEN_H

#include "server/process/heritage.h"

enum { PL_LISTEN_BACKLOG = 4096, PL_LISTEN_HTTP_MODE = 0660, PL_LISTEN_ADMIN_MODE = 0600 };

/* pl_listen_open - bind and listen; non-blocking, close-on-exec.
 * mode    of a unix socket's file
 * out     address is as asked, but with the port that was really given
 * returns PL_E_INPUT (not an address), PL_E_BUSY (in use, also a unix socket that answers), PL_E_IO
 * after   a unix socket's file that nobody listens on any more was replaced */
enum pl_err pl_listen_open(const char *address, unsigned mode, struct pl_listener *out,
                           struct pl_error *error);
/* pl_listen_close - close; remove says whether a unix socket's file goes too (the master at its
 * end). */
void pl_listen_close(struct pl_listener *listener, bool remove);

/* pl_listen_connect - a blocking connection to such an address, each read and write at most
 * timeout_ms. A wildcard address is reached through loopback. PL_E_INPUT, PL_E_IO. */
enum pl_err pl_listen_connect(const char *address, unsigned timeout_ms, int *fd,
                              struct pl_error *error);

#endif
