/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unpacking by libsolv's own reader, behind a stream that counts: whoever parses it reads until the limit, and an error
 * ends it there. */
#include "core/distro/solv/packed.h"

#include <errno.h>
#include <unistd.h>

#include <solv/solv_xfopen.h>

#include "core/base/err.h"
#include "core/distro/rpmmd/xml.h"
#include "core/distro/solv/solv.h"

enum { PIECE = 64 << 10 };

static ssize_t read_packed(void *cookie, char *bytes, size_t n)
{
        struct rv_packed *packed = cookie;
        size_t got = fread(bytes, 1, n, packed->from);

        if (got > packed->left) {
                packed->too_large = true;
                errno = EFBIG;
                return -1;
        }
        packed->left -= got;
        if (got == 0 && ferror(packed->from)) {
                errno = EIO;
                return -1;
        }
        return (ssize_t)got;
}

int rv_packed_open(const char *name, int fd, uint64_t limit, struct rv_packed *ret, struct rv_err *err)
{
        const cookie_io_functions_t functions = { .read = read_packed };
        int own = dup(fd);

        *ret = (struct rv_packed){ .name = name, .left = limit };
        if (own < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), name);
        ret->from = solv_xfopen_fd(name, own, "r");
        if (!ret->from) {
                close(own);
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: is packed in a way that libsolv does not know here"), NULL,
                               name, NULL);
        }
        ret->file = fopencookie(ret, "r", functions);
        if (ret->file)
                return RV_OK;
        fclose(ret->from);
        return rv_fail_memory(err);
}

int rv_packed_check(const struct rv_packed *packed, const char *repo, struct rv_err *err)
{
        if (packed->too_large)
                return rv_fail(err, RV_DAMAGED, N_("%1: %2 unpacks to more than it says"), NULL, repo, packed->name,
                               NULL);
        if (ferror(packed->file))
                return rv_fail(err, RV_DAMAGED, N_("%1: %2 cannot be unpacked to its end"), NULL, repo, packed->name,
                               NULL);
        return RV_OK;
}

void rv_packed_close(struct rv_packed *packed)
{
        fclose(packed->file);
        fclose(packed->from);
}

static int feed(struct rv_xml *xml, const struct rv_packed *packed, struct rv_err *err)
{
        char piece[PIECE];
        size_t n;
        int r = RV_OK;

        while (!r && (n = fread(piece, 1, sizeof piece, packed->file)) > 0)
                r = rv_xml_feed(xml, piece, n, false, err);
        return r;
}

int rv_solv_read_xml(const struct rv_solv_stream *ask, const struct rv_xml_visitor *visitor, void *user,
                     struct rv_err *err)
{
        struct rv_packed packed;
        struct rv_xml *xml;
        int r = rv_packed_open(ask->packed, ask->packed_fd, ask->open_limit, &packed, err);

        if (r)
                return r;
        xml = rv_xml_new(visitor, user, ask->packed);
        r = xml ? feed(xml, &packed, err) : rv_fail_memory(err);
        if (!r)
                r = rv_packed_check(&packed, ask->name, err);
        if (!r)
                r = rv_xml_feed(xml, "", 0, true, err);
        rv_xml_free(xml);
        rv_packed_close(&packed);
        return r;
}
