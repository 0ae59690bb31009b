#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# Filters: what passes them, in each round, of memory that is known: three processes with as much each, one in a memory
# cgroup, one in huge pages, one with a file.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=$((slow > 1 ? 8 : 16))
group=/sys/fs/cgroup/damonxx-test

# per_round: how many bytes of those tried passed the filters, over some rounds.
both_stats() { turn update_schemes_stats && read -r passed <$scheme/stats/sz_ops_filter_passed && read -r made <$scheme/stats/nr_snapshots; }
per_round() {
	rounds 3 >/dev/null && both_stats || return
	per_passed=$passed per_made=$made
	rounds 5 >/dev/null && both_stats || return
	echo $(((passed - per_passed) / (made - per_made)))
}
filter() { # TYPE MATCHING ALLOW [FILE=VALUE...]: the values that say so
	echo "ops_filters/nr_filters=1 ops_filters/0/type=$1 ops_filters/0/matching=$2 ops_filters/0/allow=$3"
	shift 3
	for each; do
		echo "ops_filters/0/$each"
	done
}
close_to() { # BYTES WANTED: a MiB may be what a content_checker has besides
	at_least "${1:-0}" $(($2 - mib)) && at_most "$1" $(($2 + mib))
}

# by_frames TYPE EXPECTED-MIB [FILE=VALUE...]: of the frames of all three.  Allowing what matches, and rejecting what
# does not match, leave the same; rejecting what matches, and allowing what does not, leave the rest.
by_frames() {
	frames_type=$1 frames_wanted=$(($2 * mib))
	shift 2
	for each_rule in "Y Y" "N N" "Y N" "N Y"; do
		act_on_frames stat "$ranges" $(filter $frames_type $each_rule "$@") || return
		close_to "$(per_round)" "$frames_wanted" || { echo "rule $each_rule"; return 1; }
		[ "$each_rule" != "N N" ] || frames_wanted=$((3 * size * mib - frames_wanted))
	done
}
# by_process NAME TYPE EXPECTED-BYTES [FILE=VALUE...]: of one process, as its page tables have it.
by_process() {
	process_name=$1 process_type=$2 process_wanted=$3
	shift 3
	eval "act stat \$$process_name $(filter $process_type Y Y "$@" | tr '\n' ' ')" || return
	close_to "$(per_round)" "$process_wanted"
}
# The first filter that matches decides: huge pages pass, then no other anonymous memory does, and the rest may.
in_order() {
	act_on_frames stat "$ranges" $(filter hugepage_size Y Y min=2097152 max=2097152) && turn off || return
	tryio -p $scheme ops_filters/nr_filters=2 ops_filters/0/type=hugepage_size ops_filters/0/matching=Y \
		ops_filters/0/allow=Y ops_filters/0/min=2097152 ops_filters/0/max=2097152 \
		ops_filters/1/type=anon ops_filters/1/matching=Y ops_filters/1/allow=N && turn on || return
	close_to "$(per_round)" $((2 * size * mib))
}
# Regions tell what of them passed; the sum is what the scheme counts.
in_regions() {
	act_on_frames stat "$ranges" $(filter anon Y Y) && rounds 3 && turn update_schemes_tried_regions || return
	close_to "$(cat $tried/[0-9]*/sz_filter_passed | awk '{ sum += $1 } END { printf "%.0f", sum }')" \
		$((2 * size * mib))
}
# What is hot is young again by the next round, the rest is not.
young() {
	start_content_checker d 4 12
	by_process d young $((4 * mib)) || return
	act_on_frames stat "$(for area in hot cold; do runs d $area; done | sort -n)" $(filter young Y Y) &&
		close_to "$(per_round)" $((4 * mib)) && end_content_checker d
}
# The file's process has ended, the file is still there.
unmapped() {
	end_content_checker c
	by_frames unmapped $size
}
active() {
	start_content_checker d --active 0 16
	ranges_of_d=$(runs d cold)
	act_on_frames stat "$ranges_of_d" $(filter active Y Y) && close_to "$(per_round)" $((16 * mib)) || return
	by_process d active $((16 * mib)) || return
	act lru_deprio 0 && rounds 10
	by_process d active 0 && end_content_checker d
}

# The core's filters, which choose among regions.
tried_bytes() { turn update_schemes_tried_bytes && cat $tried/total_bytes; }
addr() { # MATCHING ALLOW BYTES-OF-ALL(0 or 1) SIGN: within the content_checker's part, or all but that
	# shellcheck disable=SC2046
	set -- "$1" "$2" "$3" $(bounds b cold)
	act stat $b core_filters/nr_filters=1 core_filters/0/type=addr core_filters/0/matching="$1" \
		core_filters/0/allow="$2" core_filters/0/addr_start="$4" core_filters/0/addr_end="$5" && rounds 5 || return
	if [ "$3" = inside ]; then
		is "$(tried_bytes)" $(($5 - $4))
	else
		is "$(tried_bytes)" $(($(bytes_of $b) - ($5 - $4)))
	fi
}
target() {
	act stat $a ../../targets/nr_targets=2 ../../targets/0/pid_target=$a ../../targets/1/pid_target=$b \
		core_filters/nr_filters=1 core_filters/0/type=target core_filters/0/matching=Y core_filters/0/allow=Y \
		core_filters/0/damon_target_idx=1 && rounds 5 && monitors_all_of $b || return
	turn off && put $scheme/core_filters/0/allow N && turn on && rounds 5 && monitors_all_of $a
}
# A region that the core's filters allow is not asked by the other layer.
bypass() {
	# shellcheck disable=SC2046
	set -- $(bounds b cold)
	act stat $b core_filters/nr_filters=1 core_filters/0/type=addr core_filters/0/matching=Y core_filters/0/allow=Y \
		core_filters/0/addr_start="$1" core_filters/0/addr_end="$2" $(filter anon Y N) || return
	close_to "$(per_round)" $((size * mib)) || return
	turn off && put $scheme/core_filters/0/allow N && turn on && rounds 3 && close_to "$(per_round)" 0
}
# Filters of the wrong layer, and those that make no sense.
refused() {
	act stat $b ops_filters/nr_filters=1 && turn off && put $scheme/core_filters/nr_filters 1 || return
	refuses $scheme/core_filters/0/type memcg EINVAL && refuses $scheme/ops_filters/0/type addr EINVAL &&
		refuses $kdamond/state on EINVAL || return
	put $scheme/core_filters/nr_filters 0 && tryio -p $scheme ops_filters/0/type=hugepage_size ops_filters/0/min=2 \
		ops_filters/0/max=1 && refuses $kdamond/state on EINVAL || return
	put $scheme/ops_filters/0/type memcg && put $scheme/ops_filters/0/memcg_path /no-such-group || return
	not turn on && last_error | grep ops_filters
}

need_module
[ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "there is no cgroup2 at /sys/fs/cgroup"
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir -p $group
make_disk 64 || skip_all "there is no zram or no ext4"
echo 0 >$group/cgroup.procs
start_content_checker a 0 $size
echo 0 >/sys/fs/cgroup/cgroup.procs
start_content_checker b --huge 0 $size
start_content_checker c --file "$work/disk/file" $size 0
ranges=$({ runs a cold; runs b cold; runs c hot; } | sort -n)

check "physical: anon" by_frames anon $((2 * size))
check "physical: memcg" by_frames memcg $size memcg_path=/damonxx-test
check "physical: hugepage_size" by_frames hugepage_size $size min=2097152 max=2097152
check "physical: hugepage_size, small ones" by_frames hugepage_size $((2 * size)) min=0 max=1048576
check "physical: the first that matches decides" in_order
check "physical: regions tell what passed" in_regions
check "process: anon, of anonymous memory" by_process a anon $((size * mib))
check "process: anon, of a file" by_process c anon 0
check "process: memcg" by_process a memcg $((size * mib)) memcg_path=/damonxx-test
check "process: memcg, of another one" by_process b memcg 0 memcg_path=/damonxx-test
check "process: hugepage_size" by_process b hugepage_size $((size * mib)) min=2097152 max=2097152
check "process: unmapped" by_process a unmapped 0
check "young" young
check "physical: unmapped" unmapped
classic_lists
check "active" active
lists_as_before
check "addr: only inside" addr Y Y inside
check "addr: not inside" addr Y N outside
check "addr: only outside" addr N Y outside
check "addr: not outside" addr N N inside
check "target" target
check "what the core allows is not filtered again" bypass
check "what makes no sense is refused" refused
clean_up
rmdir $group
check "the disk is given up" remove_disks
finish
