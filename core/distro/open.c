/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a back end: the place that belongs to this program, the owner rules, dlopen, and a look at its numbers. */
#include "core/distro/open.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/library.h"
#include "core/base/log.h"
#include "core/base/paths.h"

static int load(const char *path, const char *name, struct rv_backend wanted, const void **ret, struct rv_err *err)
{
        const struct rv_backend *object;
        void *library;

        if (access(path, F_OK) < 0)
                return rv_fail(err, RV_UNSUPPORTED, N_("the part of reeve for this, %1, is not installed"),
                               N_("install it: it belongs at %2"), name, path, NULL);
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library)
                return rv_fail(err, RV_UNSUPPORTED, N_("the part of reeve for this, %1, cannot be loaded: %2"),
                               N_("install the library that it names"), name, dlerror(), NULL);
        object = dlsym(library, "rv_backend");
        if (!object || object->abi != wanted.abi || object->size != wanted.size) {
                (void)dlclose(library);
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: is of another build of reeve"),
                               N_("finish or repeat the installation of reeve"), path, NULL);
        }
        rv_log("back end", "%s: opened", path);
        *ret = object; /* the library stays: code of it may be running in another lane */
        return RV_OK;
}

int rv_backend_open(const char *name, struct rv_backend wanted, const void **ret, struct rv_err *err)
{
        const struct rv_paths *paths = rv_paths_find();
        char path[PATH_MAX + 64];
        int r;

        if (snprintf(path, sizeof path, "%s/%s.so", paths->backends, name) >= (int)sizeof path)
                return rv_fail(err, RV_UNSUPPORTED, N_("the part of reeve for this, %1, is not installed"), NULL, name,
                               NULL);
        if (access(path, F_OK) == 0) {
                r = rv_paths_trusted(paths, path, err);
                if (!r)
                        r = rv_library_check(path, err);
                if (r)
                        return r;
        }
        return load(path, name, wanted, ret, err);
}
