#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# mm_stress.sh with all actions, where there is another node to move memory to.
exec sh "$(dirname "$0")/mm_stress.sh" --actions
