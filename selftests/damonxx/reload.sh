#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Loads and unloads the module 1,000 times (fewer where everything is slow), every tenth time with a kdamond turned
# on and off.
. "$(dirname "$0")/lib.sh"

cycles=${RELOADS:-$((1000 / slow / slow))}

need_module
[ -f "$module" ] || skip_all "$module is not there, so it could not be loaded again"
rmmod damonxx || bail_out "the module cannot be unloaded"
start_workload idle 8
# What is only ever made once is made now.
cycle load 20 "$module" "$workload" >/dev/null

# What the kernel keeps after each of five rounds.  A leak of an object or of a page in each cycle would make it more
# each time by as many as a round has cycles; chance does not, four times in a row.
round=$((cycles / 5))
rounds() {
	for each in 1 2 3 4 5; do
		cycle load $round "$module" "$workload" || return
		kernel_memory >"$work/kept.$each"
	done
	at_least "$(grep -c '^objects:' "$work/kept.1")" 20
}
check "$((5 * round)) times loaded and unloaded" rounds
sed 's/^/# /' "$work/said"
for each in used: VmallocUsed: Percpu: KernelStack: objects:kernfs_node_cache; do
	diag "$each $(sed -n "s/^$each \(.*\)/\1/p" "$work"/kept.? | tr '\n' ' ')"
done
if grep -q kasan_ /proc/kallsyms; then
	skip "no kind of memory grows with each cycle" "KASAN keeps what was freed for a while; leaks.sh looks for leaks here"
else
	check "no kind of memory grows with each cycle" not grows_each_time $((round / 2)) "$work"/kept.?
fi
check "the module is gone" not loaded
insmod "$module"
check "and can be loaded once more" loaded
finish
