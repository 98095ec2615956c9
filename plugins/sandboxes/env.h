/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Environments: where they lie, what they are called, and which interpreter and distributions they have.
 * Ownership: everything lies in the scan's arena.
 *
 * An environment is a directory with a pyvenv.cfg. Its id is its path below the directory that was searched, without a
 * last /venv, /.venv or /env ("team/app" for /opt/team/app and for /opt/team/app/venv); one whose id was taken before
 * is called by its whole path ("/srv/team/app"), and so is every one in a home. Bytes that are no UTF-8, control
 * characters and % are written as %XX, so that an id can always be typed.
 */
#ifndef SANDBOXES_ENV_H
#define SANDBOXES_ENV_H

#include "plugins/sandboxes/pyvenv.h"
#include "plugins/sandboxes/scan.h"

enum env_kind { ENV_PYLOCK, ENV_VENV, ENV_MICROVM };

struct env {
        const char *path, *id;
        enum env_kind kind;
        struct pyvenv config;
        int64_t created_at;
        const char *missing;      /* the interpreter that is not there; NULL: it is */
        const char *const *sites; /* "lib/python3.11/site-packages", relative to the environment */
        size_t n_sites;
        bool lib64_is_lib;
};

struct env_list {
        struct env *envs;
        size_t n;
};

/* A distribution: what one .dist-info (or .egg-info) directory describes. */
struct dist {
        const char *site;      /* as in env.sites */
        const char *directory; /* "flask-3.0.0.dist-info" */
        bool egg;              /* of the older kind, which has no RECORD */
        bool is_file;          /* an .egg-info that is a single file */
};
struct dist_list {
        struct dist *dists;
        size_t n;
};

/* All environments below the configured directories, by search directory and path, then on request those in homes. What
 * cannot be searched becomes a warning. */
int env_find(struct scan *scan, struct env_list *ret, struct rv_err *err) RV_CHECK;
/* The one that a user named by id or path; RV_NOTFOUND. */
int env_named(struct scan *scan, const char *name, struct env *ret, struct rv_err *err) RV_CHECK;
/* Fills in all but path and id. */
int env_read(struct scan *scan, struct env *env, struct rv_err *err) RV_CHECK;
/* Its distributions, by site and name. */
int env_dists(struct scan *scan, const struct env *env, struct dist_list *ret, struct rv_err *err) RV_CHECK;
/* The path of a distribution's file below the root; NULL without memory. */
char *dist_file(struct scan *scan, const struct env *env, const struct dist *dist, const char *name);

#endif
