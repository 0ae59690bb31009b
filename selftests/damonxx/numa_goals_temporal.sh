#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Goals about nodes, with another tuner.
# twice: what is sampled varies
exec sh "$(dirname "$0")/numa_goals.sh" temporal
