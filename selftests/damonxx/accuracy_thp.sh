#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The accuracy in transparent huge pages.
# twice: what is sampled varies
exec sh "$(dirname "$0")/accuracy.sh" --huge
