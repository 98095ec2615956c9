/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One buffered way to standard output: a full disk is an error (15), a reader that left is not worth a word (141). */
#include "tui/batch/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "tui/present/say.h"

enum { PIECE = 64 * 1024 };

/* NO_COLOR counts when it is not empty, as its convention says. */
static bool wants_color(void)
{
        const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

        return !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

void rv_output_init(struct rv_output *output, int fd)
{
        *output = (struct rv_output){ .fd = fd, .terminal = isatty(fd) == 1 };
        if (!output->terminal)
                return;
        output->width = rv_terminal_width(fd);
        output->color = wants_color();
}

void rv_output_free(struct rv_output *output)
{
        rv_buf_free(&output->buf);
}

/* The buffer is emptied either way: what cannot be written must not pile up. */
bool rv_output_flush(struct rv_output *output)
{
        int r;

        if (output->buf.failed && !output->failed)
                output->failed = ENOMEM;
        if (!output->failed && output->buf.size) {
                r = rv_write_all(output->fd, output->buf.data, output->buf.size);
                if (r < 0)
                        output->failed = -r;
        }
        rv_buf_clear(&output->buf);
        return !output->failed;
}

bool rv_output_pump(struct rv_output *output)
{
        return output->buf.size < PIECE && !output->buf.failed ? !output->failed : rv_output_flush(output);
}

/* Told once: a script of twenty lines says once that the disk is full. */
int rv_output_check(struct rv_output *output, struct rv_err *err)
{
        char text[128];

        if (rv_output_flush(output))
                return RV_OK;
        if (output->failed == EPIPE)
                return RV_OUTPUT_CLOSED;
        if (output->told)
                return RV_OUTPUT;
        output->told = true;
        return rv_fail(err, RV_OUTPUT, N_("standard output: cannot be written: %1"),
                       N_("what was written before is not complete"), strerror_r(output->failed, text, sizeof text),
                       NULL);
}
