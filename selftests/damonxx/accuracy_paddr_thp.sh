#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The same in transparent huge pages.
exec sh "$(dirname "$0")/accuracy.sh" --physical --huge
