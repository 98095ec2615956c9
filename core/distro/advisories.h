/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The advisories of one repository as a mapped file: what they say, and which versions of which packages mend what.
 * Ownership: an open file owns what it hands out. */
#ifndef REEVE_DISTRO_ADVISORIES_H
#define REEVE_DISTRO_ADVISORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <reeve/err.h>

/* In the order of the enum columns of the views. */
enum rv_advisory_type { RV_ADVISORY_SECURITY, RV_ADVISORY_BUGFIX, RV_ADVISORY_ENHANCEMENT, RV_ADVISORY_NEWPACKAGE };
enum rv_advisory_severity {
        RV_SEVERITY_CRITICAL,
        RV_SEVERITY_IMPORTANT,
        RV_SEVERITY_MODERATE,
        RV_SEVERITY_LOW,
        RV_SEVERITY_UNKNOWN
};

struct rv_advisory {
        const char *id, *title, *description;
        const char *cves;  /* ids with blanks between them, "" for none */
        int64_t issued_at; /* Unix seconds, -1: not said */
        enum rv_advisory_type type;
        enum rv_advisory_severity severity;
};

/* A package that an advisory brings: the first version in which its faults are mended. */
struct rv_advisory_package {
        const char *name, *evr, *arch;
        size_t advisory;
};

struct rv_advisories_writer; /* opaque */

struct rv_advisories_writer *rv_advisories_writer_new(int fd); /* NULL: no memory */
void rv_advisories_writer_free(struct rv_advisories_writer *writer);
/* Copies. RV_DAMAGED: more than can be. */
int rv_advisories_add(struct rv_advisories_writer *writer, const struct rv_advisory *advisory,
                      struct rv_err *err) RV_CHECK;
/* A package of the advisory added last. */
int rv_advisories_package(struct rv_advisories_writer *writer, const char *name, const char *evr, const char *arch,
                          struct rv_err *err) RV_CHECK;
int rv_advisories_finish(struct rv_advisories_writer *writer, const char *name, struct rv_err *err) RV_CHECK;

struct rv_advisories; /* opaque */

int rv_advisories_open(int fd, const char *name, struct rv_advisories **ret, struct rv_err *err) RV_CHECK;
void rv_advisories_close(struct rv_advisories *advisories);
size_t rv_advisories_count(const struct rv_advisories *advisories);
/* The ith, in the order of the metadata. */
void rv_advisories_get(const struct rv_advisories *advisories, size_t i, struct rv_advisory *ret);
size_t rv_advisories_packages(const struct rv_advisories *advisories);
/* The ith package, sorted by name. */
void rv_advisories_package_at(const struct rv_advisories *advisories, size_t i, struct rv_advisory_package *ret);
/* The first package of a name, rv_advisories_packages() for none; the others of that name follow. */
size_t rv_advisories_find(const struct rv_advisories *advisories, const char *name);

#endif
