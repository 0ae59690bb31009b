#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# guest.sh MIB WINDOWS WINDOW_MS TREES SPACES COUNTS COMMANDS: the guest's half of ../run.
# TREES, SPACES (vaddr, paddr) and COUNTS (of regions) are lists; COMMANDS is yes or no.  Prints what the programs print, each part after
# a line that says what it is: "cost TREE SPACE COUNT" or "commands TREE COUNT".  The kernel's symbols go to /out.
mib=$1 windows=$2 window_ms=$3 trees=$4 spaces=$5 counts=$6 commands=$7

die() { echo "bench: $*" >&2; exit 1; }

root_of() { echo "/sys/kernel/mm/$1/admin"; }

cost() { # TREE SPACE COUNT
	echo "cost $1 $2 $3"
	target=$workload
	[ "$2" = vaddr ] || target=0
	kdamond_cost "$(root_of "$1")" $target "$3" "$windows" "$window_ms" || die "$1, $2 with $3 regions failed."
}

time_commands() { # TREE COUNT SAMPLE_US AGGR_US TIMES KEYWORD...
	tree=$1
	echo "commands $tree $2"
	shift
	command_time "$(root_of "$tree")" $workload "$@" || die "the commands of $tree failed."
}

cat /proc/kallsyms >/out/kallsyms
for tree in $trees; do
	[ -d "$(root_of "$tree")" ] || die "there is no $tree in this kernel."
done

hotspot --mib "$mib" --hot 24,16 --phases 1 --pause-us 4000 --out /tmp/truth &
workload=$!
until grep -q ^phase /tmp/truth 2>/dev/null; do
	kill -0 $workload 2>/dev/null || die "the workload did not start."
	sleep 0.1
done

for space in $spaces; do
	for count in $counts; do
		for tree in $trees; do
			cost "$tree" "$space" "$count"
		done
	done
done
if [ "$commands" = yes ]; then
	# So many regions are too many for the kernel's DAMON at short intervals: it lists none then.
	for tree in $trees; do
		time_commands "$tree" 10000 100000 200000 6 update_schemes_tried_regions
	done
	for tree in $trees; do
		time_commands "$tree" 100 5000 100000 50 update_schemes_stats commit clear_schemes_tried_regions
	done
fi
kill $workload
wait $workload
