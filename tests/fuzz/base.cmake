# SPDX-License-Identifier: LGPL-2.1-or-later
# What core/base and core/model read from outside: text, configuration, filter expressions, cache files.
reeve_fuzz(utf8 PkgConfig::JANSSON)
reeve_fuzz(conf)
reeve_fuzz(filter)
reeve_fuzz(snapshot)
