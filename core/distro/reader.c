/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The three kinds of reader, and the one place where their bounds are checked. */
#include "core/distro/reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"

static int read_fd(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        for (size_t done = 0; done < n;) {
                ssize_t got = pread(reader->fd, (char *)buf + done, n - done, (off_t)(reader->base + offset + done));
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), reader->name);
                /* Somebody cut the file since its size was taken. */
                if (got == 0)
                        return rv_fail(err, RV_DAMAGED, N_("%1: ends early"), NULL, reader->name, NULL);
                done += (size_t)got;
        }
        return 0;
}

static int read_memory(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        (void)err;
        memcpy(buf, (const char *)reader->of + offset, n);
        return 0;
}

static int read_part(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        return rv_read(reader->of, reader->base + offset, buf, n, err);
}

struct rv_reader rv_reader_fd(int fd, uint64_t size, const char *name)
{
        /* off_t is signed: what lies beyond it can't be read anyway. */
        return (struct rv_reader){
                .read = read_fd, .fd = fd, .size = size > INT64_MAX ? INT64_MAX : size, .name = name
        };
}

struct rv_reader rv_reader_memory(const void *bytes, size_t size, const char *name)
{
        return (struct rv_reader){ .read = read_memory, .of = bytes, .fd = -1, .size = size, .name = name };
}

struct rv_reader rv_reader_part(const struct rv_reader *whole, uint64_t base, uint64_t size, const char *name)
{
        if (base > whole->size)
                base = whole->size;
        if (size > whole->size - base)
                size = whole->size - base;
        return (struct rv_reader){ .read = read_part, .of = whole, .fd = -1, .base = base, .size = size, .name = name };
}

int rv_read(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        if (offset > reader->size || n > reader->size - offset)
                return rv_fail(err, RV_DAMAGED, N_("%1: ends early"), NULL, reader->name, NULL);
        return n ? reader->read(reader, offset, buf, n, err) : 0;
}
