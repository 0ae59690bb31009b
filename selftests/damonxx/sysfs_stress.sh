#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Everything at once, for a while; then all must come to rest.  With STRESS_ROOT=/sys/kernel/mm/damon/admin it is the
# kernel's own DAMON that is under stress: that one does not survive it, and this test says so.
. "$(dirname "$0")/lib.sh"

seconds=${STRESS_S:-20}
# Drawn, unless a seed is given.
seed=${STRESS_SEED:-0}
[ "$seed" != 0 ] || seed=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
root=${STRESS_ROOT:-$admin}
kdamonds=$root/kdamonds

all_off() {
	record_kdamonds
	for each in $kdamonds/[0-9]*/state; do
		[ -e "$each" ] || continue
		said=$(within 20 tryio "$each" off)
		case $said in
		OK | EINVAL | EPERM) ;;
		*) echo "$each: off: ${said:-hangs}"; return 1 ;;
		esac
	done
	no_kdamond
}
quiet_tree() { within 20 tryio $kdamonds/nr_kdamonds 0 | grep -x OK; }
unload() { within 20 rmmod damonxx && not loaded && not test -e /sys/kernel/mm/damonxx; }
works() {
	need_module
	start_workload idle 8
	monitor "$workload" && goes_on
}

set -- -r "$root" -w "$slow"
if [ -z "${STRESS_ROOT-}" ]; then
	need_module
	[ ! -f "$module" ] || ! loaded || set -- "$@" -m "$module"
fi
diag "seed $seed"
check "$seconds s of stress: each process does something, and comes back" sysfs_stress "$@" "$seconds" "$seed"
sed 's/^/# /' "$work/said"
grep -q '^hangs: ' "$work/said" && bail_out "what hangs would make hang whatever comes next"
check "every kdamond can be turned off, and has no thread" all_off
check "the tree can be emptied" quiet_tree
check "no page counts as isolated any more" none_isolated
if [ -z "${STRESS_ROOT-}" ]; then
	if loaded; then
		check "the module can be unloaded" unload
		check "nothing of it is left" no_complaint
	fi
	check "and it works as before" works
fi
finish
