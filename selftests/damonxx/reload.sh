#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Loads and unloads the module 1,000 times (fewer where everything is slow), every tenth time with a worker turned
# on and off.
. "$(dirname "$0")/lib.sh"

cycles=${RELOADS:-$((1000 / slow / slow))}

field() { sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo; }

settle() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
}

# remember NAME: what the kernel has in use.
remember() {
	settle
	for each in SUnreclaim SReclaimable VmallocUsed Percpu KernelStack; do
		echo "$each $(field $each)"
	done >"$work/$1"
	# Free pages that a CPU keeps for itself are free, too.
	echo "MemFree $(($(field MemFree) + $(awk '/^ *count:/ { sum += $2 } END { print 4 * sum }' /proc/zoneinfo)))" \
		>>"$work/$1"
}
grown() { echo $(($(sed -n "s/^$1 //p" "$work/after") - $(sed -n "s/^$1 //p" "$work/before"))); }

need_module
[ -f "$module" ] || skip_all "$module is not there, so it could not be loaded again"
rmmod damonxx || bail_out "the module cannot be unloaded"
start_victim idle 8
# What is only ever made once is made now.
cycle load 20 "$module" "$victim" >/dev/null
remember before
check "$cycles times loaded and unloaded" cycle load "$cycles" "$module" "$victim"
sed 's/^/# /' "$work/said"
remember after
for each in MemFree SUnreclaim SReclaimable VmallocUsed Percpu KernelStack; do
	diag "$each: $(sed -n "s/^$each //p" "$work/before") kB before, $(sed -n "s/^$each //p" "$work/after") kB after"
done
# Less than 256 bytes for each cycle.
if grep -q kasan_ /proc/kallsyms; then
	skip "slab does not grow" "KASAN keeps what was freed for a while; leaks.sh looks for leaks here"
else
	check "slab does not grow" at_most "$(grown SUnreclaim)" $((128 + cycles / 4))
fi
check "vmalloc does not grow" at_most "$(grown VmallocUsed)" 256
check "per-CPU memory does not grow" at_most "$(grown Percpu)" 128
check "free memory does not shrink" at_most $((-$(grown MemFree))) 3072
check "the module is gone" not loaded
insmod "$module"
check "and can be loaded once more" loaded
finish
