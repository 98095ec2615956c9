/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a known weakness concerns the system: until advisories are read, that nobody knows. */
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "tui/present/command.h"

static size_t digits(const char *text)
{
        return strspn(text, "0123456789");
}

/* CVE-YYYY-N, as MITRE writes them, the letters in either case. */
static bool is_cve(const char *text)
{
        return strncasecmp(text, "CVE-", 4) == 0 && digits(text + 4) == 4 && text[8] == '-' && digits(text + 9) > 0 &&
               text[9 + digits(text + 9)] == '\0';
}

int rv_command_cve(const struct rv_command *command, struct rv_err *err)
{
        if (command->n_words != 1)
                return rv_fail(err, RV_USAGE, N_("cve needs one id"), N_("as in: reeve cve CVE-2026-31337"), NULL);
        if (!is_cve(command->words[0]))
                return rv_fail(err, RV_USAGE, N_("%1: is not the id of a known weakness"),
                               N_("as in: reeve cve CVE-2026-31337"), command->words[0], NULL);
        return rv_fail(err, RV_NODATA, N_("%1: no advisory data has been read, so it is neither affected nor fixed"),
                       NULL, command->words[0], NULL);
}
