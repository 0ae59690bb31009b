#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Upheaval, with all actions taken on what is in it.
exec sh "$(dirname "$0")/upheaval.sh" --actions
