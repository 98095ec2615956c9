# SPDX-License-Identifier: LGPL-2.1-or-later
# The parts of the sample system, one idea a file; ../build puts them together.
