/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding the rpmdb: sqlite or ndb in one of three directories; BerkeleyDB is recognised, named and refused. */
#include "core/distro/rpm/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/distro/osrelease.h"
#include "core/distro/rpm/db.h"
#include "core/distro/rpm/macros.h"

/* Azure Linux 4.0 and Fedora; 3.0, RHEL and older; ostree. */
static const char *const directories[] = { "/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm" };
enum { N_DIRECTORIES = sizeof directories / sizeof *directories };

static const char MOVE_AWAY[] = N_("move it away, and restore the database from a backup");

/* The first page of an empty sqlite database is the smallest that can be one. */
enum { SMALLEST = 512, PATH = 64 };

static const char SQLITE_FILE[] = "rpmdb.sqlite", NDB_FILE[] = "Packages.db";

/* Named before it is opened, so that a change between the two is seen. A path that is absent counts as well: the
 * day a database appears there, the cached view is stale. */
static int depend(struct rv_sink *sink, int root, const char *path)
{
        return sink ? rv_depends(sink, root, path) : RV_OK;
}

/* Rights are the one failure with a way out that can be named. */
static int read_failed(const char *path, int number, struct rv_err *err)
{
        if (number == EACCES || number == EPERM)
                return rv_fail(err, RV_DENIED, N_("%1: may not be read"), N_("run the command as root"), path, NULL);
        if (number == ENXIO) /* what opening a socket, or a device without a driver, says */
                return rv_fail(err, RV_DAMAGED, N_("%1: is not a file"), MOVE_AWAY, path, NULL);
        return rv_fail_errno(err, number, N_("%1: cannot be opened: %2"), path);
}

/* A log beside the database; -errno when it cannot be opened, -ENOENT when it is empty or not a file. */
static int open_beside(int root, const char *path)
{
        int fd = rv_open_in_root(root, path, O_RDONLY);
        struct stat st;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
                return fd;
        rv_close(&fd);
        return -ENOENT;
}

/* The kernel's clock of file times stands still for up to 10 ms: a second write in that time leaves no trace. A time
 * further ahead than that is of another clock. */
static bool just_written(const struct stat *st)
{
        struct timespec now;
        int64_t ahead;

        if (clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0 || st->st_mtim.tv_sec - now.tv_sec > 1)
                return false;
        ahead = (st->st_mtim.tv_sec - now.tv_sec) * INT64_C(1000000000) + st->st_mtim.tv_nsec - now.tv_nsec;
        return ahead >= 0 && ahead < 20000000;
}

/* The head of a log, with the salts that change when it begins anew (sqlite's "Database File Format", 4.1); zeroes for
 * what is not there. */
static void read_wal_head(int fd, unsigned char ret[32])
{
        memset(ret, 0, 32);
        if (fd >= 0 && pread(fd, ret, 32, 0) < 0)
                memset(ret, 0, 32);
}

/* Looks before a reader does, for messages that say what is wrong: sqlite would take an empty file for a new
 * database. */
static int check_file(struct rv_place *place, const void *magic, size_t n, struct rv_err *err)
{
        char head[16];

        if (fstat(place->fd, &place->stamp) < 0)
                return read_failed(place->path, errno, err);
        place->busy = just_written(&place->stamp);
        if (!S_ISREG(place->stamp.st_mode))
                return rv_fail(err, RV_DAMAGED, N_("%1: is not a file"), MOVE_AWAY, place->path, NULL);
        if (place->stamp.st_size == 0)
                return rv_fail(err, RV_DAMAGED, N_("%1: the package database is empty (0 bytes)"), RV_RPM_RESTORE,
                               place->path, NULL);
        if (place->stamp.st_size < SMALLEST || pread(place->fd, head, n, 0) != (ssize_t)n ||
            memcmp(head, magic, n) != 0)
                return rv_fail(err, RV_DAMAGED, N_("%1: is no package database, or its beginning is destroyed"),
                               RV_RPM_RESTORE, place->path, NULL);
        return RV_OK;
}

/* Whether a process holds sqlite's RESERVED lock, as the writer of a rollback journal does (sqlite's os.h: the byte
 * after PENDING_BYTE). Asking takes no lock. */
static bool is_reserved(int fd)
{
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000001, .l_len = 1 };

        return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* sqlite undoes nothing with a journal that begins with a zero: so it leaves those of changes that ended well, where it
 * is told to keep them (PRAGMA journal_mode=PERSIST). */
static void take_journal(int root, const char *path, struct rv_place *place)
{
        char first = 1; /* one that may not be read may be of a change that was cut off */
        int fd = open_beside(root, path);

        if (fd >= 0 && (pread(fd, &first, 1, 0) != 1 || first == 0)) {
                rv_close(&fd);
                return;
        }
        place->journal = true;
        place->journal_fd = fd < 0 ? -1 : fd;
}

static int open_sqlite(int root, struct rv_sink *sink, struct rv_place *place, struct rv_err *err)
{
        char journal[PATH];
        struct stat st;
        int fd = rv_open_in_root(root, place->path + place->prefix, O_RDONLY), r;

        if (fd < 0)
                return read_failed(place->path, -fd, err);
        place->fd = fd;
        r = check_file(place, "SQLite format 3", 16, err); /* the stamp before the log: a checkpoint between shows */
        if (r)
                return r;
        fd = open_beside(root, place->wal + place->prefix);
        place->wal_denied = fd < 0 && fd != -ENOENT;
        place->wal_fd = fd < 0 ? -1 : fd;
        read_wal_head(place->wal_fd, place->wal_head);
        (void)snprintf(journal, sizeof journal, "%s/%s-journal", place->directory, SQLITE_FILE);
        /* Looked at first: one that may not be read is there all the same. */
        if (rv_stat_in_root(root, journal, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
                if (depend(sink, root, journal))
                        return rv_fail_memory(err);
                if (is_reserved(place->fd))
                        place->busy = true;
                else
                        take_journal(root, journal, place);
        }
        return RV_OK;
}

/* BerkeleyDB keeps its magic at byte 12 in the order of the machine that wrote it. */
static bool is_berkeley(const unsigned char *head)
{
        static const unsigned char kinds[][4] = {
                { 0x61, 0x15, 0x06, 0 }, { 0, 0x06, 0x15, 0x61 }, { 0x62, 0x31, 0x05, 0 }, { 0, 0x05, 0x31, 0x62 }
        };
        size_t i;

        for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (memcmp(head + 12, kinds[i], sizeof kinds[i]) == 0)
                        return true;
        return false;
}

/* What is no database that can be read is an error that says what it is. */
static int refuse(int fd, const char *path, struct rv_err *err)
{
        unsigned char head[16] = { 0 };

        if (pread(fd, head, sizeof head, 0) < 0)
                return read_failed(path, errno, err);
        if (is_berkeley(head))
                return rv_fail(
                        err, RV_UNSUPPORTED, N_("%1: is a BerkeleyDB package database, which is not read"),
                        N_("convert it with rpm 4.16 or newer on a system whose rpm reads BerkeleyDB: rpmdb --define "
                           "'_db_backend sqlite' --rebuilddb"),
                        path, NULL);
        return rv_fail(err, RV_DAMAGED, N_("%1: is no package database, or its beginning is destroyed"), MOVE_AWAY,
                       path, NULL);
}

static int open_ndb(int root, struct rv_place *place, struct rv_err *err)
{
        char magic[4];
        int fd = rv_open_in_root(root, place->path + place->prefix, O_RDONLY);

        if (fd < 0)
                return read_failed(place->path, -fd, err);
        place->fd = fd;
        if (pread(fd, magic, sizeof magic, 0) == sizeof magic && memcmp(magic, "RpmP", sizeof magic) != 0)
                return refuse(fd, place->path, err);
        return check_file(place, "RpmP", sizeof magic, err);
}

static int refuse_old(int root, const char *name, const char *directory, struct rv_sink *sink, struct rv_err *err)
{
        char path[RV_PLACE_PATH];
        const size_t prefix = strlen(name);
        RV_FD_CLEANUP int fd = -1;

        (void)snprintf(path, sizeof path, "%s%s/Packages", name, directory);
        if (depend(sink, root, path + prefix))
                return rv_fail_memory(err);
        fd = rv_open_in_root(root, path + prefix, O_RDONLY);
        if (fd == -ENOENT || fd == -ENOTDIR)
                return RV_OK;
        return fd < 0 ? read_failed(path, -fd, err) : refuse(fd, path, err);
}

/* What cannot be looked at is there: opening it says why. */
static bool is_there(int root, const char *path)
{
        struct stat st;
        int r = rv_stat_in_root(root, path, &st);

        return r != -ENOENT && r != -ENOTDIR;
}

/* rpm takes the kind that it is set to, and only without a file of that kind what else there is; what was left beside
 * it, by a conversion that went half way, is told of. */
static int choose(int root, struct rv_sink *sink, bool *ret_ndb, const char *sqlite, const char *ndb,
                  struct rv_err *err)
{
        struct rv_rpm_set set;

        if (rv_rpm_set_to(root, sink, &set))
                return rv_fail_memory(err);
        *ret_ndb = set.ndb;
        if (sink)
                rv_warn(sink, RV_PARTIAL,
                        N_("%1: is not read, since %2 lies beside it, which is the one that rpm is set to use here"),
                        *ret_ndb ? sqlite : ndb, *ret_ndb ? ndb : sqlite, NULL);
        return RV_OK;
}

/* Says what lies in a directory, without opening it. RV_NOTFOUND without an error set: nothing does. */
static int look_in(int root, const char *name, const char *directory, struct rv_sink *sink, struct rv_place *place,
                   struct rv_err *err)
{
        char sqlite[RV_PLACE_PATH], ndb[RV_PLACE_PATH];
        const size_t prefix = strlen(name);
        int r = RV_OK;

        *place =
                (struct rv_place){ .directory = directory, .prefix = prefix, .fd = -1, .wal_fd = -1, .journal_fd = -1 };
        (void)snprintf(sqlite, sizeof sqlite, "%s%s/%s", name, directory, SQLITE_FILE);
        (void)snprintf(ndb, sizeof ndb, "%s%s/%s", name, directory, NDB_FILE);
        (void)snprintf(place->wal, sizeof place->wal, "%s%s/%s-wal", name, directory, SQLITE_FILE);
        if (depend(sink, root, sqlite + prefix) || depend(sink, root, place->wal + prefix) ||
            depend(sink, root, ndb + prefix))
                return rv_fail_memory(err);
        place->ndb = is_there(root, ndb + prefix);
        if (!place->ndb && !is_there(root, sqlite + prefix))
                return RV_NOTFOUND;
        if (place->ndb && is_there(root, sqlite + prefix))
                r = choose(root, sink, &place->ndb, sqlite, ndb, err);
        (void)snprintf(place->path, sizeof place->path, "%s", place->ndb ? ndb : sqlite);
        return r;
}

/* What messages put before a path below the root: nothing for the running system, nor for what is too long to show. */
static void name_root(const char *name, char out[PATH_MAX])
{
        size_t n = strlen(name);

        while (n > 0 && name[n - 1] == '/')
                n--;
        (void)snprintf(out, PATH_MAX, "%.*s", n < PATH_MAX ? (int)n : 0, name);
}

/* Whether one of the words of an os-release value names a family of distributions that are made of RPM packages. */
static bool names_rpm_family(const char *words)
{
        static const char *const families[] = {
                "azurelinux", "mariner", "fedora", "rhel", "centos", "suse", "opensuse"
        };
        size_t n, i;

        for (; *words; words += n + (words[n] != '\0')) {
                n = strcspn(words, " ");
                for (i = 0; i < sizeof families / sizeof *families; i++)
                        if (strlen(families[i]) == n && strncmp(families[i], words, n) == 0)
                                return true;
        }
        return false;
}

/* An RPM distribution that has rpm itself has lost its database, or it lies on a file system that is not mounted. One
 * without rpm is an image or a container, made elsewhere; one of another kind may have rpm as a tool. */
static bool should_have_one(int root)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 }, family = { 0 };

        if (!is_there(root, "/usr/bin/rpm") || rv_osrelease_read(root, &text, NULL))
                return false;
        (void)rv_osrelease_get(rv_buf_str(&text), text.size, "ID", &family);
        rv_buf_add_char(&family, ' ');
        (void)rv_osrelease_get(rv_buf_str(&text), text.size, "ID_LIKE", &family);
        return names_rpm_family(rv_buf_str(&family));
}

/* A link in the place of a database that leads nowhere: somebody moved it, or what holds it is not mounted. */
static int refuse_link(int root, const char *name, const char *directory, struct rv_err *err)
{
        static const char *const files[] = { SQLITE_FILE, NDB_FILE };
        char path[RV_PLACE_PATH], to[PATH_MAX];
        size_t i;
        ssize_t n;

        for (i = 0; i < 2; i++) {
                RV_FD_CLEANUP int fd = -1;

                (void)snprintf(path, sizeof path, "%s%s/%s", name, directory, files[i]);
                fd = rv_open_in_root(root, path + strlen(name), O_PATH | O_NOFOLLOW);
                n = fd < 0 ? -1 : readlinkat(fd, "", to, sizeof to - 1);
                if (n < 0)
                        continue;
                to[n] = '\0';
                return rv_fail(err, RV_DAMAGED, N_("%1: is a link to %2, where there is nothing"),
                               N_("mount what it leads to, or restore the database from a backup; a link is followed "
                                  "inside of the root"),
                               path, to, NULL);
        }
        return RV_OK;
}

struct candidate {
        struct rv_place place;
        struct rv_err why; /* what is wrong with it */
        int r;
};

/* A directory, or a database, may be a link to another. */
static bool is_same_file(int root, const struct rv_place *one, const struct rv_place *other)
{
        struct stat a, b;

        return rv_stat_in_root(root, one->path + one->prefix, &a) == 0 &&
               rv_stat_in_root(root, other->path + other->prefix, &b) == 0 && a.st_dev == b.st_dev &&
               a.st_ino == b.st_ino;
}

/* Opens what there is, in the order of the directories, each database once. */
static int open_all(int root, const char *name, struct rv_sink *sink, struct candidate found[N_DIRECTORIES], size_t *n,
                    struct rv_err *err)
{
        struct candidate *next;
        size_t i, k;
        int r;

        for (i = 0; i < N_DIRECTORIES; i++) {
                next = &found[*n];
                r = look_in(root, name, directories[i], sink, &next->place, err);
                if (r == RV_NOTFOUND)
                        continue;
                if (r)
                        return r;
                for (k = 0; k < *n && !is_same_file(root, &found[k].place, &next->place); k++)
                        ;
                if (k < *n)
                        continue;
                next->r = next->place.ndb ? open_ndb(root, &next->place, &next->why)
                                          : open_sqlite(root, sink, &next->place, &next->why);
                ++*n;
        }
        return RV_OK;
}

/* Of several, the one in the directory that rpm is set to use; where it is set to none of them the first that holds
 * packages, since an empty one is easily made by mistake (rpmdb --initdb), else the first that can be read. */
static int choose_place(int root, struct rv_sink *sink, const struct candidate *found, size_t n, size_t *ret,
                        struct rv_err *err)
{
        struct rv_rpm_set set;
        size_t i, filled = n, sound = n, wanted = n;

        if (rv_rpm_set_to(root, sink, &set))
                return rv_fail_memory(err);
        for (i = n; i-- > 0;) {
                if (set.directory && strcmp(found[i].place.directory, set.directory) == 0)
                        wanted = i;
                if (!found[i].r)
                        sound = i;
                if (!found[i].r && rv_rpmdb_is_filled(root, &found[i].place))
                        filled = i;
        }
        *ret = wanted < n ? wanted : filled < n ? filled : sound < n ? sound : 0;
        for (i = 0; sink && i < n; i++)
                if (i != *ret)
                        rv_warn(sink, RV_PARTIAL,
                                wanted < n
                                        ? N_("%1: is not read, since rpm is set to use %2 here")
                                        : N_("%1: is not read, since there is also %2; rpm's configuration here does "
                                             "not say which of them it uses"),
                                found[i].place.path, found[*ret].place.path, NULL);
        return RV_OK;
}

/* RV_NOTFOUND without an error set: there is none. */
static int find_one(int root, const char *name, struct rv_sink *sink, struct rv_place *ret, struct rv_err *err)
{
        struct candidate found[N_DIRECTORIES] = { 0 };
        size_t n = 0, i, chosen = 0;
        int r = open_all(root, name, sink, found, &n, err);

        if (!r && n > 1)
                r = choose_place(root, sink, found, n, &chosen, err);
        if (!r && n == 0)
                r = RV_NOTFOUND;
        if (!r && found[chosen].r) {
                r = found[chosen].r;
                rv_err_move(err, &found[chosen].why);
        } else if (!r) {
                *ret = found[chosen].place;
        }
        for (i = 0; i < n; i++) {
                if (r || i != chosen)
                        rv_place_close(&found[i].place);
                rv_err_clear(&found[i].why);
        }
        return r;
}

/* What can be read in any directory is preferred over what cannot in all: a converted system may keep its old files. */
int rv_place_find(int root, const char *name, struct rv_sink *sink, struct rv_place *ret, struct rv_err *err)
{
        char prefix[PATH_MAX];
        size_t i;
        int r;

        name_root(name, prefix);
        r = find_one(root, prefix, sink, ret, err);
        if (r != RV_NOTFOUND)
                return r;
        for (i = 0; i < N_DIRECTORIES; i++) {
                r = refuse_link(root, prefix, directories[i], err);
                if (r)
                        return r;
        }
        for (i = 0; i < N_DIRECTORIES; i++) {
                r = refuse_old(root, prefix, directories[i], sink, err);
                if (r)
                        return r;
        }
        if (should_have_one(root))
                return rv_fail(err, RV_DAMAGED, N_("the package database of this system is gone, though it has rpm"),
                               N_("it is looked for in /usr/lib/sysimage/rpm, /var/lib/rpm and /usr/share/rpm: mount "
                                  "what is kept apart, such as /var, or restore it from a backup"),
                               NULL);
        return rv_fail(
                err, RV_NOTFOUND, N_("there is no package database in this system"),
                N_("it is looked for in /usr/lib/sysimage/rpm, /var/lib/rpm and /usr/share/rpm; is --root right?"),
                NULL);
}

void rv_place_close(struct rv_place *place)
{
        rv_close(&place->fd);
        rv_close(&place->wal_fd);
        rv_close(&place->journal_fd);
}

/* Size and time are enough, unless they say too little: no writer writes without touching them. The database itself
 * changes only when the log is written back; the log, when it begins anew after that. */
bool rv_place_unchanged(const struct rv_place *place)
{
        unsigned char head[32];
        struct stat now;

        read_wal_head(place->wal_fd, head);
        return !place->busy && fstat(place->fd, &now) == 0 && now.st_size == place->stamp.st_size &&
               now.st_mtim.tv_sec == place->stamp.st_mtim.tv_sec &&
               now.st_mtim.tv_nsec == place->stamp.st_mtim.tv_nsec && memcmp(head, place->wal_head, sizeof head) == 0;
}
