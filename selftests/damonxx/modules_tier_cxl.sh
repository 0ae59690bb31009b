#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# damonxx_tier with memory of a CXL device as the slow tier.  Emulated, it is up to 100 times slower: less of it, then.
[ -e /sys/bus/cxl/devices/mem0 ] || { echo "1..0 # SKIP there is no CXL memory; run-in-vm has a machine with it"; exit 4; }
HOT_MIB=4 COLD_MIB=16 exec sh "$(dirname "$0")/modules_tier.sh"
