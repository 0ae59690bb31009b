#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The snapshot file: all regions in one read, what tried_regions says, and nobody hurt when things go away.
. "$(dirname "$0")/lib.sh"

regions=$((10000 / slow))
file=$context/snapshot

fails_with() { is "$(snapshot show $file 2>&1)" "snapshot: $1"; }

# all COMMAND...: in one read, and sorted (the program checks that); as many bytes as there are to monitor.
all() {
	snapshot "$1" $file >"$work/all" || return
	at_least "$(sed -n '1s/^[0-9]* [0-9]* \([0-9]*\) .*/\1/p' "$work/all")" "$regions" &&
		is "$(sed 1d "$work/all" | awk '{ sum += $2 - $1 } END { printf "%.0f", sum }')" "$(bytes_of "$workload")"
}

# The ranges that a list of regions covers.
covered() { awk '$1 != end { if (NR > 1) print start, end; start = $1 } { end = $2 } END { print start, end }'; }
as_tried() {
	turn update_schemes_tried_regions && tried $tried | covered >"$work/tried" || return
	snapshot show $file >"$work/all" || return
	sed 1d "$work/all" | covered >"$work/covered"
	cmp "$work/tried" "$work/covered"
}

header() { snapshot show $file | sed -n 1p | cut -d ' ' -f "$1"; }

paused() {
	put $context/pause Y && turn commit && is "$(header 5)" 1 && as_before=$(header 3) || return
	is "$(header 3)" "$as_before" && all show && put $context/pause N && turn commit && is "$(header 5)" 0
}

# Readers all the time, while a kdamond is turned off and on and given other settings, and the context goes.
stress() {
	for each in 1 2 3; do
		snapshot errors $file 8 >"$work/reader.$each" 2>&1 &
		children="$children $!"
		readers="$readers $!"
	done
	put $attrs/nr_regions/min 10 || return
	stress_end=$(($(date +%s) + 7))
	while [ "$(date +%s)" -lt $stress_end ]; do
		put $attrs/nr_regions/max 30 && turn commit && turn off && turn on || return
		put $attrs/nr_regions/max 5000 && turn commit || return
		put $kdamond/contexts/nr_contexts 1 && new_context || return
	done
	for each in $readers; do
		wait "$each" || { cat "$work"/reader.*; return 1; }
	done
	cat "$work"/reader.* | sed 's/^/# /' >&3
	# None but these errors, and many whole ones.
	awk -v least=$((100 / slow)) '$1 < least { print "few: " $0; exit 1 }
	{ for (i = 2; i <= NF; i++) if ($i !~ /^(ECANCELED|ENOENT|ENODEV|EINVAL)$/) { print; exit 1 } }' "$work"/reader.*
}
new_context() {
	tryio -p $context targets/nr_targets=1 targets/0/pid_target="$workload" $sample_us=5000
}

held_open() {
	rm -f "$work/held" # what the one before said
	snapshot hold $file $((30 * slow)) >"$work/held" 2>&1 &
	holder=$!
	children="$children $holder"
	wait_until 20 grep -q -s open "$work/held" || { cat "$work/held"; return 1; }
	"$@" || return
	wait $holder || { cat "$work/held"; return 1; }
	is "$(tail -n 1 "$work/held")" ENODEV
}
unload() { turn off && within 30 rmmod damonxx; }

need_module
exec 3>&1
readers=
start_workload idle 64
put $kdamonds/nr_kdamonds 1 && put $kdamond/contexts/nr_contexts 1 || bail_out "the tree cannot be filled"
if [ ! -e $file ]; then
	dmesg | grep -q 'the snapshot file is off' && skip_all "this kernel lacks what the snapshot file takes"
	bail_out "there is no snapshot file, and the log does not say why"
fi
check "mode 400, of root" is "$(stat -c %a:%u:%g $file)" 400:0:0
check "before the first on: EINVAL" fails_with EINVAL
check "10,000 regions, a sample each 10 ms: monitoring starts" monitor "$workload" $sample_us=10000 $aggr_us=100000 \
	$min_regions=$regions $max_regions=$((regions * 6 / 5))
check "one read gives all of them" all show
check "as do smaller ones, one after the other" all pieces
check "the ranges are those of tried_regions" as_tried
check "the same file again and again: new ones" snapshot again $file 100
diag "one read: $(cat "$work/said") ms (median, longest)"
check "paused" paused
check "the kdamond goes on" goes_on
turn off >/dev/null
check "after off: ECANCELED" fails_with ECANCELED

check "a context without a scheme" put $context/schemes/nr_schemes 0
check "it starts" turn on
check "its regions are told, too" all show
check "readers, while it is changed, turned off and on, and removed" stress

check "the directory goes while the file is open" held_open put $kdamond/contexts/nr_contexts 0
put $kdamond/state off >/dev/null
if [ -f "$module" ]; then
	check "monitoring starts once more" monitor "$workload"
	check "the module is unloaded while the file is open" held_open unload
	insmod "$module"
	check "and can be loaded again" loaded
fi
finish
