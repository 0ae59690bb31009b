#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The accuracy in transparent huge pages, as far as it can be told in a quarter of the time.
exec sh "$(dirname "$0")/accuracy.sh" --huge --brief
