#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Physical memory: which of it is monitored, and whose accesses are seen.
. "$(dirname "$0")/lib.sh"

blocks=/sys/devices/system/memory

# System RAM by the kernel's own list, in whole pages, as START END in decimal; what touches is joined.
system_ram() {
	sed -n 's/^\([0-9a-f]*\)-\([0-9a-f]*\) : System RAM$/\1 \2/p' /proc/iomem | while read -r start end; do
		echo "$(((0x$start + 4095) / 4096 * 4096)) $(((0x$end + 1) / 4096 * 4096))"
	done | joined
}
joined() {
	awk '$1 == end { end = $2; next } NR > 1 { print start, end } { start = $1; end = $2 } END { print start, end }'
}
monitored() { turn update_schemes_tried_regions && tried $tried | joined; }
same_ranges() { # WANTED FILE
	monitored >"$work/monitored" || return
	cmp -s "$1" "$work/monitored" || { echo "wanted:"; cat "$1"; echo "monitored:"; cat "$work/monitored"; return 1; }
}

need_module
system_ram >"$work/ram"
check "the kernel tells its memory" at_least "$(wc -l <"$work/ram")" 1
check "paddr starts without a process and without regions" monitor 0 operations=paddr $sample_us=5000 \
	$aggr_us=100000 $min_regions=10 $max_regions=1000
check "all System RAM is monitored, and no hole" same_ranges "$work/ram"
check "it goes on" goes_on

# One block out and in again; the kernel decides which it can do without, and what is in its way may go.
offline_one() {
	for block in $(ls -d $blocks/memory[0-9]* | sort -t y -k 4 -n -r); do
		[ "$(cat "$block/state")" = online ] || continue
		if echo offline >"$block/state" 2>/dev/null; then
			size=$((0x$(cat $blocks/block_size_bytes)))
			first=$((0x$(cat "$block/phys_index") * size))
			return 0
		fi
	done
	echo 3 >/proc/sys/vm/drop_caches
	return 1
}
without_block() {
	awk -v from=$first -v to=$((first + size)) '
	$1 < to && $2 > from {
		if ($1 < from) print $1, from
		if ($2 > to) print to, $2
		next
	}
	{ print }' "$work/ram" >"$work/less"
	wait_until 10 same_ranges "$work/less"
}
online_again() { echo online >"$block/state"; }
if [ -e $blocks ]; then
	check "the kernel can do without a block of memory" wait_until 1 offline_one
	log_mark=$(dmesg | wc -l) # the kernel describes pages that keep a block on line
	diag "$(basename "$block"), $((size >> 20)) MiB, is off line"
	check "memory that goes off line is not monitored any more" without_block
	check "it comes back" online_again
	check "and is monitored again" wait_until 10 same_ranges "$work/ram"
else
	skip "memory that goes off line is not monitored any more" "this kernel cannot take memory off line"
fi
check "off" turn off

# Accesses without a mapping, by system calls; and by another process than the one that brought the page in.
seen_in() { # FILE-OF-FRAMES: most permil of hits in regions that hold these frames
	found_most=$(($(cat $attrs/intervals/aggr_us) / $(cat $attrs/intervals/sample_us)))
	turn update_schemes_tried_regions && tried $tried >"$work/regions" &&
		awk -v most="$found_most" '
		NR == FNR { frame[$1]; n++; next }
		{ for (f in frame) if (f + 0 >= $1 && f + 0 < $2) sum += $3 }
		END { print n ? int(1000 * sum / n / most) : 0 }' "$1" "$work/regions"
}
only_these() { # FILE-OF-FRAMES: monitors just these pages
	need_idle
	new_kdamond 0 operations=paddr $sample_us=5000 $aggr_us=100000 $min_regions=3 $max_regions=1000 || return
	put $context/targets/0/regions/nr_regions "$(wc -l <"$1")" || return
	i=0
	sort -n "$1" >"$work/sorted"
	while read -r frame; do
		put $context/targets/0/regions/$i/start "$frame" &&
			put $context/targets/0/regions/$i/end $((frame + 4096)) || return
		i=$((i + 1))
	done <"$work/sorted"
	turn on
}
hot_within() { [ "$(seen_in "$1")" -ge 900 ]; }
cold_within() { [ "$(seen_in "$1")" -le 50 ]; }

# With its multi-generational LRU lists, the kernel clears no idle flag upon a system call.
classic_lists
make_reader() {
	dd if=/dev/zero of="$work/file" bs=4096 count=8 2>/dev/null
	frames file "$work/file" 8 >"$work/file-frames" && only_these "$work/file-frames"
}
read_file() {
	frames read "$work/file" 8 &
	reader=$!
	children="$children $reader"
	wait_until 20 hot_within "$work/file-frames"
}
stop_reading() { kill $reader && wait_until 20 cold_within "$work/file-frames"; }
check "pages of a file are looked at" make_reader
if marks_idle; then
	check "reading by system calls is seen" read_file
else
	check_todo "reading by system calls is seen" "a kernel without CONFIG_PAGE_IDLE_FLAG keeps no trace of it" read_file
fi
check "and that it has ended" stop_reading

lists_as_before

share() {
	need_idle
	frames share 8 >"$work/shared" &
	sharer=$!
	children="$children $sharer"
	wait_until 10 grep -q -s '^ready' "$work/shared"
	grep -v ready "$work/shared" >"$work/shared-frames"
	only_these "$work/shared-frames"
}
check "memory that two processes share is looked at" share
check "what only the second one does is seen" wait_until 20 hot_within "$work/shared-frames"
finish
