# SPDX-License-Identifier: LGPL-2.1-or-later
# What lies in an environment, where whoever may write there can have put anything.
reeve_fuzz(environment sandboxes-parsers reeve-distro)
