/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing primary metadata with libsolv. The solver's cache is written without the texts, which keeps it small and the
 * memory of the parsing process low; the texts go to the browse file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <solv/chksum.h>
#include <solv/knownid.h>
#include <solv/pool.h>
#include <solv/repo.h>
#include <solv/repo_rpmmd.h>
#include <solv/repo_write.h>
#include <solv/solvable.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/distro/browse.h"
#include "core/distro/rpmmd/rpmmd.h"
#include "core/distro/solv/packed.h"
#include "core/distro/solv/solv.h"

/* What the solver never asks for. */
static int keep_slim(Repo *repo, Repokey *key, void *user)
{
        static const Id texts[] = { SOLVABLE_SUMMARY,  SOLVABLE_DESCRIPTION, SOLVABLE_LICENSE,   SOLVABLE_GROUP,
                                    SOLVABLE_URL,      SOLVABLE_PACKAGER,    SOLVABLE_BUILDHOST, SOLVABLE_HEADEREND,
                                    SOLVABLE_KEYWORDS, SOLVABLE_SOURCENAME,  SOLVABLE_SOURCEEVR, SOLVABLE_SOURCEARCH };
        size_t i;

        for (i = 0; i < sizeof texts / sizeof *texts; i++)
                if (key->name == texts[i])
                        return KEY_STORAGE_DROPPED;
        return repo_write_stdkeyfilter(repo, key, user);
}

static int write_solver(Repo *repo, const struct rv_solv_ingest *ask, struct rv_err *err)
{
        Repowriter *writer;
        int fd = dup(ask->solver_fd), r;
        FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

        if (!file) {
                if (fd >= 0)
                        close(fd);
                return rv_fail_errno(err, errno, N_("%1: cannot be written: %2"), ask->name);
        }
        writer = repowriter_create(repo);
        repowriter_set_keyfilter(writer, keep_slim, NULL);
        r = repowriter_write(writer, file);
        repowriter_free(writer);
        if (fflush(file) || ferror(file) || r) {
                r = errno;
                fclose(file);
                return rv_fail_errno(err, r, N_("%1: cannot be written: %2"), ask->name);
        }
        fclose(file);
        return RV_OK;
}

static const char *look(Solvable *solvable, Id key)
{
        const char *text = solvable_lookup_str(solvable, key);

        return text ? text : "";
}

static int64_t number(Solvable *solvable, Id key)
{
        unsigned long long value = solvable_lookup_num(solvable, key, UINT64_MAX);

        return value > INT64_MAX ? -1 : (int64_t)value;
}

/* "name-evr.src.rpm", from the parts that libsolv keeps when they differ from the package's own. */
static void source_of(Solvable *solvable, struct rv_buf *out)
{
        const char *name = solvable_lookup_sourcepkg(solvable);

        rv_buf_clear(out);
        if (name)
                rv_buf_add_str(out, name);
}

static int take(Solvable *solvable, const struct rv_solv_ingest *ask, struct rv_browse_writer *browse,
                struct rv_buf *source, struct rv_err *err)
{
        Pool *pool = solvable->repo->pool;
        RV_BUF_CLEANUP struct rv_buf sum = { 0 }, location = { 0 };
        struct rv_browse_package package = { .name = pool_id2str(pool, solvable->name),
                                             .evr = pool_id2str(pool, solvable->evr),
                                             .arch = pool_id2str(pool, solvable->arch),
                                             .vendor = solvable->vendor ? pool_id2str(pool, solvable->vendor) : "" };
        const char *hex, *where = solvable_get_location(solvable, NULL);
        Id kind;

        rv_buf_add_str(&location, where ? where : "");
        if (solvable_lookup_str(solvable, SOLVABLE_MEDIABASE) || !rv_href_sound(rv_buf_str(&location)))
                return rv_fail(err, RV_DAMAGED, N_("%1: the package %2 does not lie below the repository"), NULL,
                               ask->name, package.name, NULL);
        hex = solvable_lookup_checksum(solvable, SOLVABLE_CHECKSUM, &kind);
        if (hex)
                rv_buf_printf(&sum, "%s:%s", solv_chksum_type2str(kind), hex);
        if (strncmp(package.evr, "0:", 2) == 0)
                package.evr += 2;
        source_of(solvable, source);
        package.source = rv_buf_str(source);
        package.summary = look(solvable, SOLVABLE_SUMMARY);
        package.license = look(solvable, SOLVABLE_LICENSE);
        package.group = look(solvable, SOLVABLE_GROUP);
        package.url = look(solvable, SOLVABLE_URL);
        package.location = rv_buf_str(&location);
        package.checksum = rv_buf_str(&sum);
        package.size = number(solvable, SOLVABLE_INSTALLSIZE);
        package.download = number(solvable, SOLVABLE_DOWNLOADSIZE);
        package.built_at = number(solvable, SOLVABLE_BUILDTIME);
        package.description = look(solvable, SOLVABLE_DESCRIPTION);
        return rv_browse_add(browse, &package, err);
}

static int write_browse(Repo *repo, const struct rv_solv_ingest *ask, struct rv_err *err)
{
        struct rv_browse_writer *browse = rv_browse_writer_new(ask->browse_fd);
        RV_BUF_CLEANUP struct rv_buf source = { 0 };
        Solvable *solvable;
        int r = browse ? RV_OK : rv_fail_memory(err);
        Id id;

        FOR_REPO_SOLVABLES(repo, id, solvable)
        {
                r = r ? r : take(solvable, ask, browse, &source, err);
        }
        if (!r)
                r = rv_browse_finish(browse, ask->name, err);
        rv_browse_writer_free(browse);
        return r;
}

static int read_primary(Repo *repo, const struct rv_solv_ingest *ask, struct rv_err *err)
{
        struct rv_packed packed;
        int r = rv_packed_open(ask->primary, ask->primary_fd, ask->open_limit, &packed, err), bad;

        if (r)
                return r;
        bad = repo_add_rpmmd(repo, packed.file, NULL, 0);
        /* What ended at the limit reads like a file that was cut. */
        r = rv_packed_check(&packed, ask->name, err);
        if (!r && bad)
                r = rv_fail(err, RV_DAMAGED, N_("%1: %2 is damaged: %3"), NULL, ask->name, ask->primary,
                            pool_errstr(repo->pool), NULL);
        rv_packed_close(&packed);
        return r;
}

int rv_solv_ingest(const struct rv_solv_ingest *ask, uint64_t *ret_packages, struct rv_err *err)
{
        Pool *pool = pool_create();
        Repo *repo;
        int r;

        (void)pool_setdisttype(pool, DISTTYPE_RPM);
        repo = repo_create(pool, ask->name);
        r = read_primary(repo, ask, err);
        if (!r)
                r = write_solver(repo, ask, err);
        if (!r)
                r = write_browse(repo, ask, err);
        if (!r)
                *ret_packages = (uint64_t)repo->nsolvables;
        pool_free(pool);
        return r;
}
