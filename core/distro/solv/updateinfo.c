/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Updateinfo as a stream into the advisories file. Source: the updateinfo.xml that bodhi and createrepo_c write. */
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/time.h"
#include "core/distro/advisories.h"
#include "core/distro/rpmmd/xml.h"
#include "core/distro/solv/solv.h"

enum { TEXT_LIMIT = 1 << 20, NAME_LIMIT = 512, CVES_LIMIT = 64 << 10 };

struct reading {
        struct rv_advisories_writer *file;
        struct rv_advisory advisory;
        struct rv_buf id, title, description, cves;
        struct rv_buf packages; /* name, evr and arch of each, NUL-ended: they come before the advisory is whole */
        uint64_t n;
        struct rv_err *err;
};

static enum rv_advisory_type type_of(const char *text)
{
        static const char *const types[] = { "security", "bugfix", "enhancement", "newpackage" };
        size_t i;

        for (i = 0; text && i < sizeof types / sizeof *types; i++)
                if (strcmp(text, types[i]) == 0)
                        return (enum rv_advisory_type)i;
        return RV_ADVISORY_BUGFIX;
}

static enum rv_advisory_severity severity_of(const char *text)
{
        static const char *const severities[] = { "critical", "important", "moderate", "low" };
        size_t i;

        for (i = 0; i < sizeof severities / sizeof *severities; i++)
                if (strcasecmp(text, severities[i]) == 0)
                        return (enum rv_advisory_severity)i;
        return RV_SEVERITY_UNKNOWN;
}

static void begin_update(struct reading *reading, struct rv_xml *xml)
{
        reading->advisory = (struct rv_advisory){ .issued_at = -1,
                                                  .severity = RV_SEVERITY_UNKNOWN,
                                                  .type = type_of(rv_xml_attribute(xml, "type")) };
        rv_buf_clear(&reading->id);
        rv_buf_clear(&reading->title);
        rv_buf_clear(&reading->description);
        rv_buf_clear(&reading->cves);
        rv_buf_clear(&reading->packages);
}

static void take_reference(struct reading *reading, struct rv_xml *xml)
{
        const char *type = rv_xml_attribute(xml, "type"), *id = rv_xml_attribute(xml, "id");

        if (!type || strcmp(type, "cve") != 0 || !id || !*id || strlen(id) > 64 || strpbrk(id, " \t\r\n") ||
            reading->cves.size > CVES_LIMIT)
                return;
        if (reading->cves.size)
                rv_buf_add_char(&reading->cves, ' ');
        rv_buf_add_str(&reading->cves, id);
}

static int take_package(struct reading *reading, struct rv_xml *xml)
{
        const char *name = rv_xml_attribute(xml, "name"), *epoch = rv_xml_attribute(xml, "epoch"),
                   *version = rv_xml_attribute(xml, "version"), *release = rv_xml_attribute(xml, "release"),
                   *arch = rv_xml_attribute(xml, "arch");

        if (!name || !*name || !version || !release || !arch || strlen(name) > NAME_LIMIT ||
            strlen(version) > NAME_LIMIT || strlen(release) > NAME_LIMIT || strlen(arch) > 64 ||
            (epoch && strlen(epoch) > 10))
                return rv_xml_refuse(xml, N_("%1, line %2: a package has no name or version"));
        rv_buf_add(&reading->packages, name, strlen(name) + 1);
        if (epoch && *epoch && strcmp(epoch, "0") != 0)
                rv_buf_printf(&reading->packages, "%s:", epoch);
        rv_buf_printf(&reading->packages, "%s-%s", version, release);
        rv_buf_add_char(&reading->packages, '\0');
        rv_buf_add(&reading->packages, arch, strlen(arch) + 1);
        return reading->packages.failed ? rv_xml_starve(xml) : RV_OK;
}

static int begin(void *user, struct rv_xml *xml, const char *path)
{
        struct reading *reading = user;
        const char *date;

        if (!strchr(path, '/') && strcmp(path, "updates") != 0)
                return rv_xml_refuse(xml, N_("%1, line %2: is no list of advisories"));
        if (strcmp(path, "updates/update") == 0)
                begin_update(reading, xml);
        else if (strcmp(path, "updates/update/references/reference") == 0)
                take_reference(reading, xml);
        else if (strcmp(path, "updates/update/pkglist/collection/package") == 0)
                return take_package(reading, xml);
        else if (strcmp(path, "updates/update/issued") == 0) {
                date = rv_xml_attribute(xml, "date");
                if (date)
                        (void)rv_time_parse(date, strlen(date), &reading->advisory.issued_at);
        }
        return RV_OK;
}

static int end_update(struct reading *reading, struct rv_xml *xml)
{
        const char *at = rv_buf_str(&reading->packages), *end = at + reading->packages.size, *evr, *arch;
        int r;

        if (!reading->id.size)
                return rv_xml_refuse(xml, N_("%1, line %2: an advisory has no id"));
        reading->advisory.id = rv_buf_str(&reading->id);
        reading->advisory.title = rv_buf_str(&reading->title);
        reading->advisory.description = rv_buf_str(&reading->description);
        reading->advisory.cves = rv_buf_str(&reading->cves);
        reading->n++;
        r = rv_advisories_add(reading->file, &reading->advisory, reading->err);
        for (; !r && at < end; at = arch + strlen(arch) + 1) {
                evr = at + strlen(at) + 1;
                arch = evr + strlen(evr) + 1;
                r = rv_advisories_package(reading->file, at, evr, arch, reading->err);
        }
        return r;
}

static int end(void *user, struct rv_xml *xml, const char *path, const char *text, size_t n)
{
        struct reading *reading = user;
        const struct {
                const char *path;
                struct rv_buf *to;
        } texts[] = { { "updates/update/id", &reading->id },
                      { "updates/update/title", &reading->title },
                      { "updates/update/description", &reading->description } };
        size_t i;

        for (i = 0; i < sizeof texts / sizeof *texts; i++)
                if (strcmp(path, texts[i].path) == 0) {
                        rv_buf_clear(texts[i].to);
                        rv_buf_add(texts[i].to, text, n);
                        return texts[i].to->failed ? rv_xml_starve(xml) : RV_OK;
                }
        if (strcmp(path, "updates/update/severity") == 0)
                reading->advisory.severity = severity_of(text);
        return strcmp(path, "updates/update") == 0 ? end_update(reading, xml) : RV_OK;
}

int rv_solv_updateinfo(const struct rv_solv_stream *ask, uint64_t *ret_n, struct rv_err *err)
{
        static const struct rv_xml_visitor visitor = { begin, end, TEXT_LIMIT };
        struct reading reading = { .err = err, .file = rv_advisories_writer_new(ask->out_fd) };
        int r = reading.file ? rv_solv_read_xml(ask, &visitor, &reading, err) : rv_fail_memory(err);

        if (!r)
                r = rv_advisories_finish(reading.file, ask->name, err);
        if (!r)
                *ret_n = reading.n;
        rv_advisories_writer_free(reading.file);
        rv_buf_free(&reading.id);
        rv_buf_free(&reading.title);
        rv_buf_free(&reading.description);
        rv_buf_free(&reading.cves);
        rv_buf_free(&reading.packages);
        return r;
}
