#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# guest.sh ROOT SEED: the guest's half of the demo.  Watches one process and records what is found.
# ROOT is a DAMON sysfs root; the programs hotspot and recorder are in PATH; results go to /out.
root=$1
seed=$2
phase_s=10

say() { echo "demo: $*"; }
fail() { say "$*" >&2; exit 1; }

[ -d "$root" ] || fail "there is no $root in this kernel."

hotspot --mib 256 --hot 24,16 --phase $phase_s --phases 2 --seed "$seed" --out /out/truth &
workload=$!
until grep -q ^phase /out/truth 2>/dev/null; do
	kill -0 $workload 2>/dev/null || fail "the workload did not start."
	sleep 0.1
done
say "process $workload has 256 MiB and keeps 40 MiB of it hot, in two places."

set -e
trap 'fail "the monitoring could not be set up."' EXIT
cd "$root/kdamonds"
echo 1 >nr_kdamonds
echo 1 >0/contexts/nr_contexts
cd 0/contexts/0
echo vaddr >operations
echo 5000 >monitoring_attrs/intervals/sample_us
echo 100000 >monitoring_attrs/intervals/aggr_us
echo 1000000 >monitoring_attrs/intervals/update_us
echo 10 >monitoring_attrs/nr_regions/min
echo 1000 >monitoring_attrs/nr_regions/max
echo 1 >targets/nr_targets
echo $workload >targets/0/pid_target
echo 1 >schemes/nr_schemes
echo stat >schemes/0/action
for property in sz nr_accesses age; do
	echo 0 >schemes/0/access_pattern/$property/min
	echo 4294967295 >schemes/0/access_pattern/$property/max
done
cd "$root/kdamonds"
echo on >0/state
trap - EXIT
set +e

say "monitoring it: a sample each 5 ms, 10 to 1000 regions, for 20 s; after 10 s the hot places move."
recorder "$root" 0 $((2 * phase_s)) /out/record || fail "the recording failed."
echo off >0/state || fail "the monitoring could not be stopped."
echo 0 >nr_kdamonds
cd /
kill $workload
wait $workload

if grep -q '^damonxx ' /proc/modules; then
	rmmod damonxx || fail "the module could not be unloaded."
	say "monitoring stopped, module unloaded."
fi
