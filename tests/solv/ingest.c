/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* solv-ingest PRIMARY LIMIT SOLVER BROWSE: makes both files and prints what is in them: a line for each package of the
 * browse file, then how many packages, requires and texts the solver's has.
 * solv-ingest --files FILELISTS LIMIT INDEX [PATH]...: makes the path index, prints how many packages and files it has,
 * and for each path who has it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <solv/pool.h>
#include <solv/repo.h>
#include <solv/repo_solv.h>
#include <solv/solvable.h>

#include "core/base/err.h"
#include "core/distro/advisories.h"
#include "core/distro/browse.h"
#include "core/distro/pathindex.h"
#include "core/distro/solv/solv.h"

static void print_browse(int fd)
{
        struct rv_browse *browse;
        struct rv_browse_package p;
        size_t i;

        if (rv_browse_open(fd, "browse", &browse, NULL))
                exit(1);
        for (i = 0; i < rv_browse_count(browse); i++) {
                rv_browse_get(browse, i, &p);
                printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%lld\t%lld\t%lld\t%zu\n", p.name, p.evr, p.arch,
                       p.summary, p.source, p.vendor, p.license, p.url, p.location, p.checksum, (long long)p.size,
                       (long long)p.download, (long long)p.built_at, strlen(p.description));
        }
        rv_browse_close(browse);
}

static void print_solver(const char *path)
{
        Pool *pool = pool_create();
        Repo *repo = repo_create(pool, "repo");
        FILE *file = fopen(path, "r");
        size_t packages = 0, requires = 0, texts = 0;
        Solvable *s;
        Queue found;
        Id id;

        queue_init(&found);
        if (!file || repo_add_solv(repo, file, 0))
                exit(1);
        fclose(file);
        FOR_REPO_SOLVABLES(repo, id, s)
        {
                packages++;
                queue_empty(&found);
                solvable_lookup_deparray(s, SOLVABLE_REQUIRES, &found, 0);
                requires += (size_t)found.count;
                texts += solvable_lookup_str(s, SOLVABLE_SUMMARY) || solvable_lookup_str(s, SOLVABLE_DESCRIPTION);
                if (!solvable_get_location(s, NULL))
                        exit(1);
        }
        printf("= %zu %zu %zu\n", packages, requires, texts);
        queue_free(&found);
        pool_free(pool);
}

static int complain(const struct rv_err *err, int r)
{
        size_t i;

        for (i = 0; i < err->message.size; i++)
                putchar(err->message.data[i] ? err->message.data[i] : '|');
        putchar('\n');
        return r;
}

static int print_file(void *user, const char *directory, const char *name, const char *nevra)
{
        (void)user;
        printf("%s%s\t%s\n", directory, name, nevra);
        return 0;
}

static int advisories(char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_solv_stream ask = { .name = "repo", .packed = argv[2] };
        struct rv_advisory_package package;
        struct rv_advisories *advisories;
        struct rv_advisory one;
        uint64_t n = 0;
        size_t i;
        int r;

        ask.open_limit = strtoull(argv[3], NULL, 10);
        ask.packed_fd = open(argv[2], O_RDONLY | O_CLOEXEC);
        ask.out_fd = open(argv[4], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        r = rv_solv_updateinfo(&ask, &n, &err);
        if (!r)
                r = rv_advisories_open(ask.out_fd, "advisories", &advisories, &err);
        if (r)
                return complain(&err, r);
        printf("= %llu\n", (unsigned long long)n);
        for (i = 0; i < rv_advisories_count(advisories); i++) {
                rv_advisories_get(advisories, i, &one);
                printf("%s\t%d\t%d\t%lld\t%s\t%s\n", one.id, (int)one.type, (int)one.severity, (long long)one.issued_at,
                       one.cves, one.title);
        }
        for (i = 0; i < rv_advisories_packages(advisories); i++) {
                rv_advisories_package_at(advisories, i, &package);
                rv_advisories_get(advisories, package.advisory, &one);
                printf("-\t%s\t%s\t%s\t%s\n", package.name, package.evr, package.arch, one.id);
                if (rv_advisories_find(advisories, package.name) > i)
                        return 1;
        }
        rv_advisories_close(advisories);
        return 0;
}

static int files(int argc, char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_solv_stream ask = { .name = "repo", .packed = argv[2] };
        struct rv_pathindex *index;
        uint64_t packages = 0;
        int r, i;

        ask.open_limit = strtoull(argv[3], NULL, 10);
        ask.packed_fd = open(argv[2], O_RDONLY | O_CLOEXEC);
        ask.out_fd = open(argv[4], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        r = rv_solv_filelists(&ask, &packages, &err);
        if (!r)
                r = rv_pathindex_open(ask.out_fd, "index", &index, &err);
        if (r)
                return complain(&err, r);
        printf("= %llu %zu\n", (unsigned long long)packages, rv_pathindex_files(index));
        for (i = 5; i < argc; i++)
                (void)rv_pathindex_find(index, argv[i], print_file, NULL);
        rv_pathindex_close(index);
        return 0;
}

int main(int argc, char **argv)
{
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        struct rv_solv_ingest ask = { .name = "repo" };
        uint64_t packages = 0;
        int r;

        if (argc >= 5 && strcmp(argv[1], "--files") == 0)
                return files(argc, argv);
        if (argc == 5 && strcmp(argv[1], "--advisories") == 0)
                return advisories(argv);
        if (argc != 5)
                return 2;
        ask.primary = argv[1];
        ask.open_limit = strtoull(argv[2], NULL, 10);
        ask.primary_fd = open(argv[1], O_RDONLY | O_CLOEXEC);
        ask.solver_fd = open(argv[3], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        ask.browse_fd = open(argv[4], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        r = rv_solv_ingest(&ask, &packages, &err);
        if (r)
                return complain(&err, r);
        print_browse(ask.browse_fd);
        print_solver(argv[3]);
        return (size_t)packages == 0;
}
