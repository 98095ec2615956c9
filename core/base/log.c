/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line a call, in one write, sanitised: what is logged may come from a package, and logs are read on terminals. */
#include "core/base/log.h"

#include <errno.h>
#include <stdatomic.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/base/utf8.h"

static atomic_int log_fd = -1;

int rv_log_to(int fd)
{
        return atomic_exchange(&log_fd, fd);
}

bool rv_log_is_on(void)
{
        return atomic_load(&log_fd) >= 0;
}

/* Keeps errno, so that a line of log may stand between a call and the look at its error. */
void rv_log(const char *area, const char *format, ...)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, line = { 0 };
        int fd = atomic_load(&log_fd), kept = errno;
        va_list ap;

        if (fd < 0)
                return;
        va_start(ap, format);
        rv_buf_vprintf(&text, format, ap);
        va_end(ap);
        (void)rv_time_rfc3339(rv_now(), &line);
        rv_buf_printf(&line, " %s: ", area);
        (void)rv_sanitize(rv_buf_str(&text), text.size, &line);
        rv_buf_add_char(&line, '\n');
        if (!line.failed)
                (void)rv_write_all(fd, line.data, line.size);
        errno = kept;
}
