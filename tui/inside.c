/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin slots says where a slot lies; its package database, keys and names are copied out of its file system into
 * a directory of our own, which is the root of the views that were asked for. The directory is removed at the end, also
 * when a signal is the end; what a kill -9 left is known by its lock, which nobody holds any more, and goes with the
 * next reeve that enters a slot. */
#include "tui/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/fs.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/distro/fsread/fsread.h"
#include "core/distro/open.h"
#include "core/distro/reader.h"
#include "core/model/load.h"

#define PREFIX "reeve-inside-"
enum {
        SETTLED = 60, /* seconds: a younger directory may not have its lock yet */
        TOGETHER = 2  /* seconds */
};

/* What views that say RV_READS_SLOT read. */
static const char *const copied[] = { "etc/os-release",       "usr/lib/os-release",
                                      "usr/lib/sysimage/rpm", "var/lib/rpm",
                                      "usr/share/rpm",        "etc/pki/rpm-gpg",
                                      "etc/passwd",           "etc/group",
                                      "etc/hostname",         NULL };

/* A slot that was entered. */
struct place {
        struct place *next;
        char *slot, *image;  /* image "": the disk of the root */
        char *name;          /* what messages call it */
        char directory[24];  /* in the one that is kept; empty: none */
        char path[PATH_MAX]; /* of the image or device */
        struct stat stamp;   /* of that, before it was read */
        int64_t at;          /* when; Unix seconds */
        struct rv_root root;
};

struct inside {
        pthread_mutex_t mutex; /* lanes ask side by side */
        struct place *places;
        unsigned long entered; /* how often: names the next place */
        int lock;              /* the kept directory itself, flocked; -1: there is none yet */
};

/* The directory with the copies of all places: what the handler needs to know. */
static struct {
        char path[64];
        pid_t owner; /* a child that has not become another program yet removes nothing */
} kept;

/* Interrupts and broken memory alike; the screen puts its own handler before this one. */
static const int ends[] = { SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGSEGV, SIGABRT, SIGBUS,    SIGFPE,  SIGILL,
                            SIGSYS, SIGALRM, SIGXCPU, SIGXFSZ, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO };

/* Only what signal-safety(7) lists. */
static void abandon(void)
{
        if (*kept.path && kept.owner == getpid())
                rv_remove_tree(AT_FDCWD, kept.path);
}

static void remove_and_die(int number)
{
        sigset_t set;

        abandon();
        signal(number, SIG_DFL);
        sigemptyset(&set);
        sigaddset(&set, number);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
        raise(number);
}

/* A signal that reeve was started to ignore (nohup) does not end it. */
static void catch_ends(void)
{
        struct sigaction action = { .sa_handler = remove_and_die }, before;
        size_t i;

        sigfillset(&action.sa_mask);
        for (i = 0; i < sizeof ends / sizeof *ends; i++)
                if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
                        (void)sigaction(ends[i], &action, NULL);
}

static void release_ends(void)
{
        struct sigaction before;
        size_t i;

        for (i = 0; i < sizeof ends / sizeof *ends; i++)
                if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == remove_and_die)
                        (void)signal(ends[i], SIG_DFL);
}

static void place_free(struct inside *inside, struct place *place)
{
        if (!place)
                return;
        if (*place->directory)
                rv_remove_tree(inside->lock, place->directory);
        rv_root_close(&place->root);
        free(place->slot);
        free(place->image);
        free(place->name);
        free(place);
}

/* Directories of ours that nobody holds. Others cannot make one that is ours, nor change what lies in it. */
static void sweep(const char *base)
{
        DIR *directory = opendir(base);
        const struct dirent *entry;
        char path[PATH_MAX];
        struct stat st;

        while (directory && (entry = readdir(directory))) {
                int RV_FD_CLEANUP fd = -1;

                if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 ||
                    snprintf(path, sizeof path, "%s/%s", base, entry->d_name) >= (int)sizeof path)
                        continue;
                fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() && st.st_mtime < time(NULL) - SETTLED &&
                    flock(fd, LOCK_EX | LOCK_NB) == 0)
                        rv_remove_tree(AT_FDCWD, path);
        }
        if (directory)
                (void)closedir(directory);
}

/* Where there is most room that lasts; a recovery system may have only the second. The path is in place before the
 * directory is made, which a signal may come right after. */
static int keep_directory(struct inside *inside, struct rv_err *err)
{
        static const char *const bases[] = { "/var/tmp", "/tmp" };
        size_t i;
        int number = ENOENT;

        if (inside->lock >= 0)
                return RV_OK;
        kept.owner = getpid();
        for (i = 0; i < sizeof bases / sizeof *bases; i++) {
                sweep(bases[i]);
                (void)snprintf(kept.path, sizeof kept.path, "%s/" PREFIX "XXXXXX", bases[i]);
                if (mkdtemp(kept.path))
                        break;
                number = errno;
                *kept.path = '\0';
        }
        if (!*kept.path)
                return rv_fail_errno(err, number, N_("%1: no directory can be made in it for what is in the slot: %2"),
                                     bases[1]);
        inside->lock = open(kept.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inside->lock < 0 || flock(inside->lock, LOCK_EX | LOCK_NB)) {
                number = errno;
                rv_close(&inside->lock);
                rv_remove_tree(AT_FDCWD, kept.path);
                return rv_fail_errno(err, number, N_("%1: cannot be opened: %2"), kept.path);
        }
        return RV_OK;
}

static int make_directory(struct inside *inside, struct place *place, struct rv_err *err)
{
        int r = keep_directory(inside, err);

        if (r)
                return r;
        (void)snprintf(place->directory, sizeof place->directory, "%lu", inside->entered++);
        if (mkdirat(inside->lock, place->directory, 0700) == 0)
                return RV_OK;
        *place->directory = '\0';
        return rv_fail_errno(err, errno, N_("%1: no directory can be made in it for what is in the slot: %2"),
                             kept.path);
}

/* Where the slot's file system is. */
struct source {
        char path[PATH_MAX];
        uint64_t start, size; /* bytes */
};

static int no_slot(const struct rv_snapshot *slots, const char *slot, unsigned key, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf known = { 0 };
        size_t i, len;

        for (i = 0; i < rv_snapshot_rows(slots); i++) {
                const char *text = rv_cell_text(slots, i, key, &len);

                rv_buf_add_str(&known, i ? ", " : "");
                rv_buf_add(&known, text, len);
        }
        return rv_fail(err, RV_NOTFOUND, N_("there is no slot %1"),
                       known.size ? N_("there are %2") : N_("this system has no slots; --image names another disk"),
                       slot, rv_buf_str(&known), NULL);
}

/* Takes the slot's row apart. An image is read at the slot's start; the root's own disk through the slot's device. */
static int take_source(const struct rv_snapshot *slots, const char *slot, const char *image, struct source *ret,
                       struct rv_err *err)
{
        const int key = rv_snapshot_column(slots, "slot"), device = rv_snapshot_column(slots, "device");
        const int start = rv_snapshot_column(slots, "start"), size = rv_snapshot_column(slots, "size");
        size_t i, len, n = rv_snapshot_rows(slots);

        if (key < 0 || device < 0 || start < 0 || size < 0)
                return rv_fail(err, RV_UNSUPPORTED, N_("the plugin slots does not say where a slot lies"), NULL, NULL);
        for (i = 0; i < n; i++)
                if (strcmp(rv_cell_text(slots, i, (unsigned)key, &len), slot) == 0)
                        break;
        if (i == n)
                return no_slot(slots, slot, (unsigned)key, err);
        ret->start = *image && !rv_cell_null(slots, i, (unsigned)start)
                             ? (uint64_t)rv_cell_int(slots, i, (unsigned)start)
                             : 0;
        ret->size = (uint64_t)rv_cell_int(slots, i, (unsigned)size);
        (void)snprintf(ret->path, sizeof ret->path, "%s",
                       *image ? image : rv_cell_text(slots, i, (unsigned)device, &len));
        return RV_OK;
}

/* Asks the slots as if there were no --slot. */
static int find_source(const struct rv_host *host, const struct rv_ask *asked, const char *slot, const char *image,
                       struct source *ret, struct rv_err *err)
{
        RV_SNAPSHOT_CLEANUP struct rv_snapshot *slots = NULL;
        struct rv_host outside = *host;
        const struct rv_ask ask = {
                .plugin = "slots", .view = "slots", .reload = asked->reload, .cancel = asked->cancel
        };
        size_t from, to = 0;
        int r;

        for (from = 0; host->options[from] && host->options[from + 1]; from += 2)
                if (strcmp(host->options[from], "slot") != 0) {
                        outside.options[to++] = host->options[from];
                        outside.options[to++] = host->options[from + 1];
                }
        outside.options[to] = NULL;
        r = rv_load(&outside, &ask, NULL, &slots, err);
        return r ? r : take_source(slots, slot, image, ret, err);
}

static int copy_slot(const struct source *source, struct place *place, int to, const atomic_bool *cancel,
                     struct rv_err *err)
{
        const struct rv_backend wanted = { RV_FSREAD_ABI, sizeof(struct rv_fsread) };
        int RV_FD_CLEANUP fd = open(source->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        const struct rv_fsread *fsread;
        const void *opened = NULL;
        struct rv_reader whole, part;
        uint64_t size;
        int r;

        if (fd < 0 || fstat(fd, &place->stamp))
                return rv_fail_errno(err, errno, N_("%1: cannot be opened: %2"), source->path);
        (void)snprintf(place->path, sizeof place->path, "%s", source->path);
        place->at = rv_now();
        size = (uint64_t)place->stamp.st_size;
        if (S_ISBLK(place->stamp.st_mode) && ioctl(fd, BLKGETSIZE64, &size))
                return rv_fail_errno(err, errno, N_("%1: its size cannot be read: %2"), source->path);
        r = rv_backend_open("fsread", wanted, &opened, err);
        if (r)
                return r;
        fsread = opened;
        whole = rv_reader_fd(fd, size, source->path);
        part = rv_reader_part(&whole, source->start, source->size, place->name);
        return fsread->copy(&part, copied, to, cancel, err);
}

/* Copies what views read, and opens the copy as a root. */
static int fill_place(struct inside *inside, struct place *place, const struct source *source,
                      const atomic_bool *cancel, struct rv_err *err)
{
        char path[sizeof kept.path + sizeof place->directory + 1];
        int RV_FD_CLEANUP fd = -1;
        int r = make_directory(inside, place, err);

        if (r)
                return r;
        (void)snprintf(path, sizeof path, "%s/%s", kept.path, place->directory);
        fd = openat(inside->lock, place->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return rv_fail_errno(err, errno, N_("%1: cannot be opened: %2"), path);
        r = copy_slot(source, place, fd, cancel, err);
        if (r == RV_NOSPACE)
                return rv_fail(err, r, N_("%1: there is no room for the copy of what the slot holds"),
                               N_("make room there, or mount the slot and name it with --root"), path, NULL);
        return r ? r : rv_root_open(path, &place->root, err);
}

static int new_place(const struct rv_host *host, const struct rv_ask *ask, const char *slot, const char *image,
                     struct place **ret, struct rv_err *err)
{
        struct inside *inside = host->inside;
        struct place *place = calloc(1, sizeof *place);
        RV_BUF_CLEANUP struct rv_buf name = { 0 };
        struct source source;
        int r;

        if (!place)
                return rv_fail_memory(err);
        place->root.fd = -1;
        rv_buf_printf(&name, "%s:%s", *image ? image : host->root.path, slot);
        place->slot = strdup(slot);
        place->image = strdup(image);
        place->name = name.failed ? NULL : strdup(rv_buf_str(&name));
        r = place->slot && place->image && place->name ? find_source(host, ask, slot, image, &source, err)
                                                       : rv_fail_memory(err);
        if (!r)
                r = fill_place(inside, place, &source, ask->cancel, err);
        if (r) {
                place_free(inside, place);
                return r;
        }
        place->root.path = place->name;
        *ret = place;
        return RV_OK;
}

static bool same_moment(const struct timespec *a, const struct timespec *b)
{
        return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* What is written to a device leaves no stamp: there it is the reader who says when to look again. The views of one
 * screen that are loaded again together take one copy. */
static bool still_so(const struct place *place, bool reload)
{
        struct stat st;

        if (stat(place->path, &st))
                return false;
        if (S_ISBLK(st.st_mode))
                return !reload || rv_now() - place->at < TOGETHER;
        return st.st_dev == place->stamp.st_dev && st.st_ino == place->stamp.st_ino &&
               st.st_size == place->stamp.st_size && same_moment(&st.st_mtim, &place->stamp.st_mtim) &&
               same_moment(&st.st_ctim, &place->stamp.st_ctim);
}

/* Another lane may still read the copy before this one, but none reads those before that. */
static void retire(const struct inside *inside, struct place *place)
{
        const struct place *newest = place;
        unsigned older = 0;

        for (place = place->next; place; place = place->next)
                if (strcmp(place->slot, newest->slot) == 0 && strcmp(place->image, newest->image) == 0 && older++ > 0 &&
                    *place->directory) {
                        rv_remove_tree(inside->lock, place->directory);
                        *place->directory = '\0';
                }
}

static int enter(struct rv_host *host, const struct rv_ask *ask, const char *slot, const struct rv_root **ret,
                 struct rv_err *err)
{
        struct inside *inside = host->inside;
        const char *image = rv_host_option(host, "image");
        struct place *place;
        int r = RV_OK;

        image = image ? image : "";
        (void)pthread_mutex_lock(&inside->mutex);
        for (place = inside->places; place; place = place->next)
                if (strcmp(place->slot, slot) == 0 && strcmp(place->image, image) == 0)
                        break; /* the newest: no older one is right again */
        if (!place || !still_so(place, ask->reload)) {
                r = new_place(host, ask, slot, image, &place, err);
                if (!r) {
                        place->next = inside->places;
                        inside->places = place;
                        retire(inside, place);
                }
        }
        if (!r)
                *ret = &place->root;
        (void)pthread_mutex_unlock(&inside->mutex);
        return r;
}

int rv_inside_open(struct rv_host *host, struct rv_err *err)
{
        struct inside *inside = calloc(1, sizeof *inside);

        if (!inside || pthread_mutex_init(&inside->mutex, NULL)) {
                free(inside);
                return rv_fail_memory(err);
        }
        inside->lock = -1;
        catch_ends();
        host->inside = inside;
        host->enter = enter;
        host->abandon = abandon;
        return RV_OK;
}

void rv_inside_close(struct rv_host *host)
{
        struct inside *inside = host->inside;
        struct place *place;

        while (inside && (place = inside->places)) {
                inside->places = place->next;
                place_free(inside, place);
        }
        if (inside) {
                if (inside->lock >= 0)
                        rv_remove_tree(AT_FDCWD, kept.path);
                *kept.path = '\0';
                release_ends();
                rv_close(&inside->lock);
                (void)pthread_mutex_destroy(&inside->mutex);
        }
        free(inside);
        host->inside = NULL;
        host->enter = NULL;
        host->abandon = NULL;
}
