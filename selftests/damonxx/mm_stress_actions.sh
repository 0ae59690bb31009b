#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The same, with all actions taken on what is in it.
exec sh "$(dirname "$0")/mm_stress.sh" --actions
