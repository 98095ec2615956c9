/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* repomd.xml: which metadata files belong together, where they lie and what they must be. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/distro/rpmmd/rpmmd.h"
#include "core/distro/rpmmd/xml.h"

enum { TEXT_LIMIT = 1024 };

struct reading {
        struct rv_repomd repomd;
        struct rv_repomd_file file; /* that is being read */
        struct rv_checksum *checksum;
        char kind[16]; /* of the checksum whose text comes */
};

static int begin_file(struct reading *reading, struct rv_xml *xml)
{
        const char *type = rv_xml_attribute(xml, "type");

        if (reading->repomd.n == RV_REPOMD_FILES)
                return rv_xml_refuse(xml, N_("%1, line %2: lists too many files"));
        if (!type || !*type || strlen(type) > 64)
                return rv_xml_refuse(xml, N_("%1, line %2: a file has no type"));
        reading->file = (struct rv_repomd_file){ .size = -1, .open_size = -1, .timestamp = -1 };
        reading->file.type = rv_arena_strdup(&reading->repomd.arena, type);
        return reading->file.type ? RV_OK : rv_xml_starve(xml);
}

static int begin_checksum(struct reading *reading, struct rv_xml *xml, struct rv_checksum *checksum)
{
        const char *kind = rv_xml_attribute(xml, "type");
        size_t n = kind ? strlen(kind) : 0;

        if (!n || n >= sizeof reading->kind)
                return rv_xml_refuse(xml, N_("%1, line %2: a checksum is of no known kind"));
        memcpy(reading->kind, kind, n + 1);
        reading->checksum = checksum;
        return RV_OK;
}

static int take_location(struct reading *reading, struct rv_xml *xml)
{
        const char *href = rv_xml_attribute(xml, "href");

        if (!href || !rv_href_sound(href))
                return rv_xml_refuse(xml, N_("%1, line %2: a location does not lie below the repository"));
        reading->file.href = rv_arena_strdup(&reading->repomd.arena, href);
        return reading->file.href ? RV_OK : rv_xml_starve(xml);
}

static int begin(void *user, struct rv_xml *xml, const char *path)
{
        struct reading *reading = user;

        if (strchr(path, '/') == NULL && strcmp(path, "repomd") != 0)
                return rv_xml_refuse(xml, N_("%1, line %2: is no repomd.xml"));
        if (strcmp(path, "repomd/data") == 0)
                return begin_file(reading, xml);
        if (strcmp(path, "repomd/data/location") == 0)
                return take_location(reading, xml);
        if (strcmp(path, "repomd/data/checksum") == 0)
                return begin_checksum(reading, xml, &reading->file.checksum);
        if (strcmp(path, "repomd/data/open-checksum") == 0)
                return begin_checksum(reading, xml, &reading->file.open);
        return RV_OK;
}

/* Seconds may have a fraction, which createrepo wrote once. */
static bool take_number(const char *text, size_t n, bool fraction, int64_t *ret)
{
        char *end;
        long long value;

        if (!n || *text < '0' || *text > '9')
                return false;
        errno = 0;
        value = strtoll(text, &end, 10);
        if (errno || (*end && !(fraction && *end == '.')))
                return false;
        *ret = value;
        return true;
}

static int end_file(struct reading *reading, struct rv_xml *xml)
{
        struct rv_repomd *repomd = &reading->repomd;

        if (!reading->file.href)
                return rv_xml_refuse(xml, N_("%1, line %2: a file has no location"));
        if (reading->file.checksum.kind == RV_CHECKSUM_NONE)
                return rv_xml_refuse(xml, N_("%1, line %2: a file has no checksum"));
        if (reading->file.timestamp > repomd->timestamp)
                repomd->timestamp = reading->file.timestamp;
        repomd->files[repomd->n++] = reading->file;
        return RV_OK;
}

static int end(void *user, struct rv_xml *xml, const char *path, const char *text, size_t n)
{
        struct reading *reading = user;

        if (strcmp(path, "repomd/revision") == 0) {
                reading->repomd.revision = rv_arena_strndup(&reading->repomd.arena, text, n);
                return reading->repomd.revision ? RV_OK : rv_xml_starve(xml);
        }
        if (reading->checksum &&
            (strcmp(path, "repomd/data/checksum") == 0 || strcmp(path, "repomd/data/open-checksum") == 0)) {
                bool taken = rv_checksum_take(reading->kind, text, n, reading->checksum);

                reading->checksum = NULL;
                return taken ? RV_OK : rv_xml_refuse(xml, N_("%1, line %2: a checksum is of no known kind"));
        }
        if (strcmp(path, "repomd/data/size") == 0)
                return take_number(text, n, false, &reading->file.size)
                               ? RV_OK
                               : rv_xml_refuse(xml, N_("%1, line %2: a size is no number"));
        if (strcmp(path, "repomd/data/open-size") == 0)
                return take_number(text, n, false, &reading->file.open_size)
                               ? RV_OK
                               : rv_xml_refuse(xml, N_("%1, line %2: a size is no number"));
        if (strcmp(path, "repomd/data/timestamp") == 0)
                return take_number(text, n, true, &reading->file.timestamp)
                               ? RV_OK
                               : rv_xml_refuse(xml, N_("%1, line %2: a time is no number"));
        return strcmp(path, "repomd/data") == 0 ? end_file(reading, xml) : RV_OK;
}

int rv_repomd_parse(const char *text, size_t size, const char *name, struct rv_repomd *ret, struct rv_err *err)
{
        static const struct rv_xml_visitor visitor = { begin, end, TEXT_LIMIT };
        struct reading reading = { .repomd = { .revision = "", .timestamp = -1 } };
        struct rv_xml *xml;
        int r;

        if (size > RV_REPOMD_LIMIT)
                return rv_fail(err, RV_DAMAGED, N_("%1: is larger than any repomd.xml (4 MiB)"), NULL, name, NULL);
        reading.repomd.files = rv_arena_alloc(&reading.repomd.arena, RV_REPOMD_FILES * sizeof *reading.repomd.files);
        xml = rv_xml_new(&visitor, &reading, name);
        r = xml && reading.repomd.files ? rv_xml_feed(xml, text, size, true, err) : rv_fail_memory(err);
        rv_xml_free(xml);
        if (r == RV_OK)
                *ret = reading.repomd;
        else
                rv_repomd_free(&reading.repomd);
        return r;
}
