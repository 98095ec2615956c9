/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event loop of a front end (epoll): descriptors, timers, and results of lanes. One thread owns it.
 * Signals are the front end's: it watches a signalfd as any descriptor, or has its handler call rv_loop_end().
 * Ownership: the loop owns its sources until they are removed; user pointers are the caller's. */
#ifndef REEVE_RUN_LOOP_H
#define REEVE_RUN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <reeve/err.h>

struct rv_loop;
typedef void rv_loop_fd(int fd, uint32_t events, void *user);
typedef void rv_loop_timer(void *user);

int rv_loop_new(struct rv_loop **ret, struct rv_err *err) RV_CHECK;
void rv_loop_free(struct rv_loop *loop);
/* events are EPOLLIN | EPOLLOUT; a descriptor is watched once. fd 0 may be a file: then it is always ready. */
int rv_loop_watch(struct rv_loop *loop, int fd, uint32_t events, rv_loop_fd *call, void *user,
                  struct rv_err *err) RV_CHECK;
void rv_loop_unwatch(struct rv_loop *loop, int fd);
/* Calls once after ms milliseconds (boot clock); returns an id > 0 for rv_loop_cancel, 0 when there is no memory. */
unsigned rv_loop_after(struct rv_loop *loop, unsigned ms, rv_loop_timer *call, void *user);
void rv_loop_cancel(struct rv_loop *loop, unsigned id);
/* Makes this and every later rv_loop_turn() return RV_CANCELLED; may be called in a signal handler and any thread. */
void rv_loop_end(struct rv_loop *loop);
/* Waits for and handles one batch of events; timeout_ms -1 waits without limit. A signal cuts the wait short. Returns
 * 0, or RV_CANCELLED after rv_loop_end(); that is no failure, and fills no error. */
int rv_loop_turn(struct rv_loop *loop, int timeout_ms, struct rv_err *err) RV_CHECK;

#endif
