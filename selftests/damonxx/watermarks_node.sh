#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Watermarks of one node, where there are two.
exec sh "$(dirname "$0")/watermarks.sh" 1
