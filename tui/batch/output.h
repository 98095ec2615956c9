/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard output, written in large pieces through one buffer that remembers when it could not be written.
 * Ownership: the output owns its buffer and borrows its descriptor. */
#ifndef REEVE_BATCH_OUTPUT_H
#define REEVE_BATCH_OUTPUT_H

#include "core/base/buf.h"

struct rv_output {
        struct rv_buf buf; /* what is to be written next; emitters append here */
        int fd;
        bool terminal, color, utf8;
        unsigned width; /* cells of a line on a terminal (its last column stays free); 0: no terminal */
        int failed;     /* errno of the first write that failed, 0: none */
        bool told;      /* and that was reported */
};

/* Looks at the descriptor; color and width follow from what it is. Standard output must not raise SIGPIPE. */
void rv_output_init(struct rv_output *output, int fd);
void rv_output_free(struct rv_output *output);
#define RV_OUTPUT_CLEANUP __attribute__((cleanup(rv_output_free)))
/* Writes what has gathered when it is a large piece, or all of it. After a failure they do nothing but empty the
 * buffer. false: nothing more can be written, so a producer may stop. */
bool rv_output_pump(struct rv_output *output);
bool rv_output_flush(struct rv_output *output);
/* The last word about it: RV_OK; RV_OUTPUT with err filled (the first time); RV_OUTPUT_CLOSED when the reader has gone,
 * which is no error to speak of. */
enum { RV_OUTPUT_CLOSED = 141 };
int rv_output_check(struct rv_output *output, struct rv_err *err) RV_CHECK;

#endif
