/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The back end "solv": libsolv. It turns a repository's metadata into what the solver and the lists need.
 * Ownership: descriptors are the caller's. */
#ifndef REEVE_DISTRO_SOLV_SOLV_H
#define REEVE_DISTRO_SOLV_SOLV_H

#include <stdint.h>

#include "core/distro/open.h"
#include "core/distro/rpmmd/rpmmd.h"

#define RV_SOLV_ABI 1
#define RV_SOLV_WANTED ((struct rv_backend){ RV_SOLV_ABI, sizeof(struct rv_solv) })

struct rv_solv_ingest {
        const char *name;    /* of the repository, for errors */
        const char *primary; /* file name of the primary metadata: its ending says how it is packed (.gz, .xz, .zst) */
        int primary_fd;
        uint64_t open_limit;      /* bytes that it may unpack to */
        int solver_fd, browse_fd; /* where the solver's cache and the browse file go, from offset 0 */
};

/* Metadata that is read as a stream and written to one file. */
struct rv_solv_stream {
        const char *name;   /* of the repository, for errors */
        const char *packed; /* file name of the metadata: its ending says how it is packed */
        int packed_fd;
        uint64_t open_limit; /* bytes that it may unpack to */
        int out_fd;          /* where the file goes, from offset 0 */
};

struct rv_solv {
        struct rv_backend head;
        int (*repomd)(const char *text, size_t size, const char *name, struct rv_repomd *ret, struct rv_err *err);
        /* Parses the primary metadata once and writes both files. RV_DAMAGED: it is no such metadata, larger than it
         * may be, or leads to places outside the repository. *ret_packages is how many there are. */
        int (*ingest)(const struct rv_solv_ingest *ask, uint64_t *ret_packages, struct rv_err *err);
        /* Reads filelists as a stream and writes the path index; as ingest otherwise. */
        int (*filelists)(const struct rv_solv_stream *ask, uint64_t *ret_packages, struct rv_err *err);
        /* Reads updateinfo and writes the advisories file. */
        int (*updateinfo)(const struct rv_solv_stream *ask, uint64_t *ret_advisories, struct rv_err *err);
};

int rv_solv_ingest(const struct rv_solv_ingest *ask, uint64_t *ret_packages, struct rv_err *err) RV_CHECK;
int rv_solv_filelists(const struct rv_solv_stream *ask, uint64_t *ret_packages, struct rv_err *err) RV_CHECK;
int rv_solv_updateinfo(const struct rv_solv_stream *ask, uint64_t *ret_n, struct rv_err *err) RV_CHECK;

struct rv_xml_visitor;
/* Unpacks and parses the whole of it. */
int rv_solv_read_xml(const struct rv_solv_stream *ask, const struct rv_xml_visitor *visitor, void *user,
                     struct rv_err *err) RV_CHECK;

#endif
