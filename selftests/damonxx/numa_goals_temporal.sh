#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Goals about nodes, with another tuner.
exec sh "$(dirname "$0")/numa_goals.sh" temporal
