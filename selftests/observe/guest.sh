#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2086,SC2154
# guest.sh: the guest's half of run.  It begins and ends the phases; what the plugin counted in them, run judges.
. /selftests/damonxx/lib.sh
. /selftests/damonxx/damos.sh
PATH=/selftests/damonxx:/selftests/observe:$PATH

# phase NUMBER COMMAND...
phase() {
	phase_number=$1
	shift
	target phase "$phase_number"
	"$@"
	phase_status=$?
	target phase 0
	return $phase_status
}

# What tells a page's owner and size is asked of each sample, too.
ask_attributes() {
	put $attrs/probes/nr_probes 3 || return
	for each in 0:anon 1:hugepage_size 2:pgidle_unset; do
		asked=$attrs/probes/${each%:*}/filters
		put $asked/nr_filters 1 && put $asked/0/type ${each#*:} && put $asked/0/allow Y &&
			put $asked/0/matching Y || return
	done
	put $attrs/probes/1/filters/0/max 18446744073709551615
}
settings="$sample_us=5000 $aggr_us=100000 $update_us=200000 $min_regions=100 $max_regions=1000"
hot_is_found() { # START END
	turn update_schemes_tried_regions && found_permil=$(found_in "$1" "$2") && [ "$found_permil" -ge 900 ]
}
watch_process() {
	need_idle
	new_kdamond $workload $settings && ask_attributes && turn on && sleep 1 &&
		wait_until 10 hot_is_found $(said hot) && turn off
}
# Where the process's memory is, so that most samples are of its pages.
watch_frames() {
	need_idle
	pages $workload $(said hot) runs >"$work/runs"
	new_kdamond 0 operations=paddr $settings $max_regions=$((1000 + $(wc -l <"$work/runs"))) && ask_attributes &&
		watch_ranges "$(cat "$work/runs")" && turn on && sleep 1 && wait_until 10 all_hot && turn off
}
all_hot() {
	turn update_schemes_tried_regions >/dev/null && tried $tried |
		awk '{ all += $2 - $1; if ($3 >= 18) hot += $2 - $1 } END { exit !(all && hot >= all * 0.9) }'
}
# Actions that move nothing.
sort_lists() {
	for each in "$workload cold" "0 lru_prio" "0 lru_deprio"; do
		act ${each#* } ${each% *} && wait_until 10 stat_reaches nr_applied 1 && turn off || return
	done
}
read_all() { is "$(read_memory)" $mib; }
read_memory() {
	dd if=/proc/$workload/mem bs=4096 count=256 skip=$(($(said hot | cut -d ' ' -f 1) / 4096)) 2>/dev/null | wc -c
}
page_out() {
	act pageout $workload && wait_until 10 stat_reaches sz_applied $mib && turn off
}

cp /proc/kallsyms /out
need_module
check "there is something to page out to" swap_on 64
mkdir "$work/files"
mount -t tmpfs files "$work/files"
target memory "$work/files/mapped" >"$work/workload" &
workload=$!
children=$workload
check "the target shows its memory" wait_until 60 grep -q ^ready "$work/workload"
cp "$work/workload" /out/target
check "a process is monitored, and its hot memory found" phase 1 watch_process
check "so is physical memory" phase 2 watch_frames
check "its memory is sorted in the LRU lists" phase 3 sort_lists
check "another process reads its memory" phase 4 read_all
check "its memory is paged out" phase 5 page_out
remove_disks
kill $workload
wait $workload 2>/dev/null
umount "$work/files"
finish
