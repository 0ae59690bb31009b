#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Everything at once, for a while; then all must come to rest.
. "$(dirname "$0")/lib.sh"

seconds=${STORM_S:-20}
seed=${STORM_SEED:-1}

all_off() {
	for each in $kdamonds/[0-9]*/state; do
		[ -e "$each" ] || continue
		said=$(timeout 20 tryio "$each" off)
		case $said in
		OK | EINVAL) ;;
		*) echo "$each: off: ${said:-hangs}"; return 1 ;;
		esac
	done
	no_worker
}
quiet_tree() { timeout 20 tryio $kdamonds/nr_kdamonds 0 | grep -x OK; }
unload() { timeout 20 rmmod damonxx && not loaded && not test -e /sys/kernel/mm/damonxx; }
works() {
	need_module
	start_victim idle 8
	monitor "$victim" && goes_on
}

need_module
diag "seed $seed"
check "a storm of $seconds s: everybody comes back" storm "$seconds" "$seed"
sed 's/^/# /' "$work/said"
did() { grep -q "^$1: [1-9]" "$work/said"; }
for kind in targets counts set-up commands nonsense reading holding; do
	did $kind || not_ok "the storm had no $kind"
done
check "every kdamond can be turned off, and has no thread" all_off
check "the tree can be emptied" quiet_tree
if [ -f "$module" ]; then
	check "the module can be unloaded" unload
	check "nothing of it is left" no_complaint
fi
check "and it works as before" works
finish
