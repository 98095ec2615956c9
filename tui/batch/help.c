/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The help command. */
#include "tui/present/help.h"
#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/present/command.h"
#include "tui/present/options.h"

enum { HELP_WIDTH = 79 };

int rv_run_help(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        struct rv_buf *out = &session->output->buf;
        unsigned width = session->output->width ? session->output->width : HELP_WIDTH;

        (void)err;
        rv_session_localize(session);
        if (command->settings.man)
                session->doors->manual(session, out);
        else if (command->action)
                rv_help_action(command->plugin, command->action, width, out);
        else if (command->about && command->about->verb == RV_DO_JOBS)
                rv_help_verb(command->about, rv_own_views[0], width, out);
        else if (command->about && (!command->view || command->about->view))
                rv_help_verb(command->about, command->view, width, out);
        else if (command->view)
                rv_help_view(command->plugin_id, command->plugin, command->view, width, out);
        else if (command->plugin)
                rv_help_plugin(command->plugin, width, out);
        else
                rv_help_overview(session->host->registry, width, out);
        return RV_OK;
}
