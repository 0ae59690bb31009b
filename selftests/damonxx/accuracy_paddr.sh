#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Hot physical memory is found, among all that the machine has.
exec sh "$(dirname "$0")/accuracy.sh" --physical
