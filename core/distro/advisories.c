/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The advisories file: one table of advisories, one of the packages that they bring, sorted by name so that those of a
 * package are found by halving. */
#include "core/distro/advisories.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/distro/mapped.h"

enum { ROWS_MAX = 4000000 };
enum { ADVISORIES, PACKAGES };

struct row {
        int64_t issued_at;
        uint32_t id, title, description, cves; /* offsets in the heap */
        uint32_t type, severity;
};

struct package {
        uint32_t name, evr, arch; /* offsets in the heap */
        uint32_t advisory;
};

static const struct rv_mapped_form form = { .magic = "RVADVIS",
                                            .version = 1,
                                            .n = 2,
                                            .stride = { sizeof(struct row), sizeof(struct package) },
                                            .what = N_("%1: is no list of advisories") };

struct rv_advisories_writer {
        struct rv_mapped_writer file;
        struct rv_buf rows, packages; /* the names of packages in `names`, by their number */
        struct rv_buf names, at;      /* texts, and where each begins */
};

struct rv_advisories {
        struct rv_mapped file;
};

struct rv_advisories_writer *rv_advisories_writer_new(int fd)
{
        struct rv_advisories_writer *writer = calloc(1, sizeof *writer);

        if (writer)
                rv_mapped_begin(&writer->file, fd);
        return writer;
}

void rv_advisories_writer_free(struct rv_advisories_writer *writer)
{
        if (!writer)
                return;
        rv_mapped_writer_free(&writer->file);
        rv_buf_free(&writer->rows);
        rv_buf_free(&writer->packages);
        rv_buf_free(&writer->names);
        rv_buf_free(&writer->at);
        free(writer);
}

static bool put(struct rv_advisories_writer *writer, const char *text, uint32_t *ret)
{
        size_t n = strlen(text);

        if (n >= RV_MAPPED_HEAP_MAX - writer->file.heap)
                return false;
        *ret = n ? rv_mapped_put(&writer->file, text, n) : 0;
        return true;
}

static int too_many(struct rv_err *err)
{
        return rv_fail(err, RV_DAMAGED, N_("the repository has more advisories than can be"), NULL, NULL);
}

int rv_advisories_add(struct rv_advisories_writer *writer, const struct rv_advisory *advisory, struct rv_err *err)
{
        struct row row = { .issued_at = advisory->issued_at,
                           .type = (uint32_t)advisory->type,
                           .severity = (uint32_t)advisory->severity };

        if (writer->rows.size / sizeof row >= ROWS_MAX || !put(writer, advisory->id, &row.id) ||
            !put(writer, advisory->title, &row.title) || !put(writer, advisory->description, &row.description) ||
            !put(writer, advisory->cves, &row.cves))
                return too_many(err);
        rv_buf_add(&writer->rows, &row, sizeof row);
        return writer->rows.failed ? rv_fail_memory(err) : RV_OK;
}

int rv_advisories_package(struct rv_advisories_writer *writer, const char *name, const char *evr, const char *arch,
                          struct rv_err *err)
{
        struct package package = { .advisory = (uint32_t)(writer->rows.size / sizeof(struct row)) };
        uint32_t at = (uint32_t)writer->names.size;

        if (!package.advisory-- || writer->packages.size / sizeof package >= ROWS_MAX ||
            !put(writer, name, &package.name) || !put(writer, evr, &package.evr) || !put(writer, arch, &package.arch))
                return too_many(err);
        rv_buf_add(&writer->packages, &package, sizeof package);
        rv_buf_add(&writer->at, &at, sizeof at);
        rv_buf_add(&writer->names, name, strlen(name) + 1);
        return writer->packages.failed || writer->at.failed || writer->names.failed ? rv_fail_memory(err) : RV_OK;
}

static int by_name(const void *a, const void *b, void *user)
{
        const struct rv_advisories_writer *writer = user;
        const uint32_t *at = (const uint32_t *)(const void *)writer->at.data;
        uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
        int r = strcmp(writer->names.data + at[one], writer->names.data + at[two]);

        return r ? r : (one > two) - (one < two);
}

int rv_advisories_finish(struct rv_advisories_writer *writer, const char *name, struct rv_err *err)
{
        const struct package *packages = (const struct package *)(const void *)writer->packages.data;
        uint32_t n = (uint32_t)(writer->packages.size / sizeof *packages), i;
        uint32_t *order = calloc(n ? n : 1, sizeof *order);
        int r;

        if (!order)
                return rv_fail_memory(err);
        for (i = 0; i < n; i++)
                order[i] = i;
        qsort_r(order, n, sizeof *order, by_name, writer);
        if (writer->rows.size)
                rv_mapped_rows(&writer->file, &form, ADVISORIES, writer->rows.data,
                               writer->rows.size / sizeof(struct row));
        for (i = 0; i < n; i++)
                rv_mapped_rows(&writer->file, &form, PACKAGES, &packages[order[i]], 1);
        r = rv_mapped_finish(&writer->file, &form, name, err);
        free(order);
        return r;
}

int rv_advisories_open(int fd, const char *name, struct rv_advisories **ret, struct rv_err *err)
{
        struct rv_advisories *advisories = calloc(1, sizeof *advisories);
        int r = advisories ? rv_mapped_open(fd, name, &form, &advisories->file, err) : rv_fail_memory(err);

        if (r)
                free(advisories);
        else
                *ret = advisories;
        return r;
}

void rv_advisories_close(struct rv_advisories *advisories)
{
        if (!advisories)
                return;
        rv_mapped_close(&advisories->file);
        free(advisories);
}

size_t rv_advisories_count(const struct rv_advisories *advisories)
{
        return advisories->file.rows[ADVISORIES];
}

size_t rv_advisories_packages(const struct rv_advisories *advisories)
{
        return advisories->file.rows[PACKAGES];
}

void rv_advisories_get(const struct rv_advisories *advisories, size_t i, struct rv_advisory *ret)
{
        const struct row *row = (const struct row *)advisories->file.table[ADVISORIES] + i;

        *ret = (struct rv_advisory){
                .id = rv_mapped_text(&advisories->file, row->id),
                .title = rv_mapped_text(&advisories->file, row->title),
                .description = rv_mapped_text(&advisories->file, row->description),
                .cves = rv_mapped_text(&advisories->file, row->cves),
                .issued_at = row->issued_at,
                .type = row->type <= RV_ADVISORY_NEWPACKAGE ? (enum rv_advisory_type)row->type : RV_ADVISORY_BUGFIX,
                .severity = row->severity <= RV_SEVERITY_UNKNOWN ? (enum rv_advisory_severity)row->severity
                                                                 : RV_SEVERITY_UNKNOWN,
        };
}

void rv_advisories_package_at(const struct rv_advisories *advisories, size_t i, struct rv_advisory_package *ret)
{
        const struct package *package = (const struct package *)advisories->file.table[PACKAGES] + i;
        size_t n = rv_advisories_count(advisories);

        *ret = (struct rv_advisory_package){ .name = rv_mapped_text(&advisories->file, package->name),
                                             .evr = rv_mapped_text(&advisories->file, package->evr),
                                             .arch = rv_mapped_text(&advisories->file, package->arch),
                                             /* Whatever the file says there is one, or there would be no package. */
                                             .advisory = package->advisory < n ? package->advisory : n - 1 };
}

size_t rv_advisories_find(const struct rv_advisories *advisories, const char *name)
{
        size_t low = 0, n = rv_advisories_packages(advisories), high = n, middle;
        struct rv_advisory_package package;

        while (low < high) {
                middle = low + (high - low) / 2;
                rv_advisories_package_at(advisories, middle, &package);
                if (strcmp(package.name, name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low < n)
                rv_advisories_package_at(advisories, low, &package);
        return low < n && strcmp(package.name, name) == 0 ? low : n;
}
