/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filelists as a stream into the path index. libsolv's own parser of them takes quadratic time in its older versions,
 * and the solver needs none of it. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/distro/pathindex.h"
#include "core/distro/rpmmd/xml.h"
#include "core/distro/solv/solv.h"

enum { TEXT_LIMIT = 8192, NAME_LIMIT = 512 };

struct reading {
        struct rv_pathindex_writer *index;
        struct rv_buf name, arch, nevra;
        uint64_t packages;
        struct rv_err *err;
};

static bool take(struct rv_buf *out, const char *text)
{
        rv_buf_clear(out);
        if (!text || !*text || strlen(text) > NAME_LIMIT)
                return false;
        rv_buf_add_str(out, text);
        return true;
}

static int begin_package(struct reading *reading, struct rv_xml *xml)
{
        if (!take(&reading->name, rv_xml_attribute(xml, "name")) ||
            !take(&reading->arch, rv_xml_attribute(xml, "arch")))
                return rv_xml_refuse(xml, N_("%1, line %2: a package has no name or architecture"));
        reading->packages++;
        return RV_OK;
}

static int begin_version(struct reading *reading, struct rv_xml *xml)
{
        const char *epoch = rv_xml_attribute(xml, "epoch"), *version = rv_xml_attribute(xml, "ver"),
                   *release = rv_xml_attribute(xml, "rel");

        if (!version || !release || strlen(version) > NAME_LIMIT || strlen(release) > NAME_LIMIT ||
            (epoch && strlen(epoch) > 10))
                return rv_xml_refuse(xml, N_("%1, line %2: a package has no version"));
        rv_buf_clear(&reading->nevra);
        rv_buf_printf(&reading->nevra, "%s-", rv_buf_str(&reading->name));
        if (epoch && strcmp(epoch, "0") != 0)
                rv_buf_printf(&reading->nevra, "%s:", epoch);
        rv_buf_printf(&reading->nevra, "%s-%s.%s", version, release, rv_buf_str(&reading->arch));
        if (reading->nevra.failed)
                return rv_xml_starve(xml);
        return rv_pathindex_package(reading->index, rv_buf_str(&reading->nevra), reading->err);
}

static int begin(void *user, struct rv_xml *xml, const char *path)
{
        if (!strchr(path, '/') && strcmp(path, "filelists") != 0)
                return rv_xml_refuse(xml, N_("%1, line %2: is no list of files"));
        if (strcmp(path, "filelists/package") == 0)
                return begin_package(user, xml);
        if (strcmp(path, "filelists/package/version") == 0)
                return begin_version(user, xml);
        return RV_OK;
}

static int end(void *user, struct rv_xml *xml, const char *path, const char *text, size_t n)
{
        struct reading *reading = user;

        (void)xml;
        if (strcmp(path, "filelists/package/file") != 0)
                return RV_OK;
        return rv_pathindex_file(reading->index, text, n, reading->err);
}

int rv_solv_filelists(const struct rv_solv_stream *ask, uint64_t *ret_packages, struct rv_err *err)
{
        static const struct rv_xml_visitor visitor = { begin, end, TEXT_LIMIT };
        struct reading reading = { .err = err, .index = rv_pathindex_writer_new(ask->out_fd) };
        int r = reading.index ? rv_solv_read_xml(ask, &visitor, &reading, err) : rv_fail_memory(err);

        if (!r)
                r = rv_pathindex_finish(reading.index, ask->name, err);
        if (!r)
                *ret_packages = reading.packages;
        rv_pathindex_writer_free(reading.index);
        rv_buf_free(&reading.name);
        rv_buf_free(&reading.arch);
        rv_buf_free(&reading.nevra);
        return r;
}
