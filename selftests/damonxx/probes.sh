#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Probes of data attributes: hits tell what memory is, of processes whose memory is known.
. "$(dirname "$0")/lib.sh"

group=/sys/fs/cgroup/damonxx-test
probes=$attrs/probes
in_probes=contexts/0/monitoring_attrs/probes
settings="$sample_us=5000 $aggr_us=100000 $min_regions=3 $max_regions=100"

# The workload, in a memory cgroup of its own if there are such.  The file's pages are not its own.
start_in_group() { # KIND ARGUMENT
	rm -f "$work/workload"
	# shellcheck disable=SC2320
	([ ! -d $group ] || echo 0 >$group/cgroup.procs; exec workload "$@") >"$work/workload" 2>&1 &
	workload=$!
	children="$children $workload"
	wait_until 60 grep -q -s '^ready 0' "$work/workload"
}

# add_probe NUMBER [FILE=VALUE...]: files of its only filter, which allows what matches
add_probe() {
	add_to=$probes/$1
	shift
	put "$add_to"/filters/nr_filters 1 && put "$add_to"/filters/0/allow Y &&
		put "$add_to"/filters/0/matching Y || return
	[ $# = 0 ] || tryio -p "$add_to"/filters/0 "$@"
}

# only RANGES-FILE [CONTEXT-FILE=VALUE...]: just these ranges, a region each
only() {
	only_file=$1
	shift
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings "$@" && put $context/targets/0/regions/nr_regions "$(wc -l <"$only_file")" ||
		return
	i=0
	sort -n "$only_file" >"$work/sorted"
	while read -r start end; do
		put $context/targets/0/regions/$i/start "$start" &&
			put $context/targets/0/regions/$i/end "$end" || return
		i=$((i + 1))
	done <"$work/sorted"
}

# hits NUMBER START END: the mean over these bytes in permil of all samples
hits() {
	awk -v column=$(($1 + 5)) -v from="$2" -v to="$3" -v most=20 '
	{
		start = $1 > from ? $1 : from; end = $2 < to ? $2 : to
		if (start < end) { bytes += end - start; sum += (end - start) * $column }
	}
	END { print bytes ? int(1000 * sum / bytes / most) : -1 }' "$work/tried"
}
regions() {
	wait_from=$(snapshots)
	wait_until 20 snapshots_reach $((wait_from + 3)) && turn update_schemes_tried_regions &&
		tried $tried >"$work/tried"
}
# all NUMBER AREA, none NUMBER AREA: what the workload called so
# shellcheck disable=SC2046
all() { at_least "$(hits "$1" $(said "$2"))" 950; }
# shellcheck disable=SC2046
none() { at_most "$(hits "$1" $(said "$2"))" 50 && at_least "$(hits "$1" $(said "$2"))" 0; }

areas() { for area in hot cold file; do said $area; done; }

kinds() {
	start_in_group mixed "$work/file" && areas >"$work/areas" && is "$(wc -l <"$work/areas")" 3 || return
	only "$work/areas" operations=fvaddr && put $probes/nr_probes 4 &&
		add_probe 0 type=anon && add_probe 1 type=anon matching=N &&
		add_probe 2 type=hugepage_size min=4096 max=4096 && put $probes/3/filters/nr_filters 0 || return
	turn on && regions && all 0 hot && all 0 cold && none 0 file && none 1 hot && none 1 cold && all 1 file &&
		all 2 hot && all 2 cold && all 3 file
}

# The same process, looked at in another way.  Where all is slow, it misses its pace at times.
recommits() {
	add_probe 0 type=pgidle_unset && add_probe 1 type=pgidle_set && turn commit || return
	wait_until 10 recommitted || recommitted
}
# shellcheck disable=SC2046
recommitted() {
	regions && at_least "$(hits 0 $(said hot))" 800 && at_most "$(hits 0 $(said cold))" 150 && none 0 file &&
		at_least "$(hits 1 $(said cold))" 800 && all 1 file
}

directories() {
	is "$(ls $tried/0/probes | tr '\n' ' ')" "0 1 2 3 " && is "$(stat -c %a $tried/0/probes/3/hits)" 400 || return
	put $probes/nr_probes 0 && turn commit && turn update_schemes_tried_regions &&
		[ ! -e $tried/0/probes ]
}

# Accesses found by a probe alone, and regions that follow it: where it is hot is not told beforehand.
weighted() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings operations=fvaddr targets/0/regions/nr_regions=1 || return
	# shellcheck disable=SC2046
	set -- $(said hot) $(said cold)
	put $context/targets/0/regions/0/start "$1" && put $context/targets/0/regions/0/end "$4" &&
		put $probes/nr_probes 1 && put $probes/0/weight 1 && put $probes/0/preps/nr_preps 1 &&
		add_probe 0 type=pgidle_unset && turn on || return
	wait_until 30 weighted_hot "$@" || { cat "$work/tried"; return 1; }
	! awk '$3 != 0' "$work/tried" | grep .
}
weighted_hot() {
	regions && [ "$(hits 0 "$1" "$2")" -ge 850 ] && [ "$(hits 0 "$3" "$4")" -le 100 ] &&
		[ "$(wc -l <"$work/tried")" -ge 2 ]
}

# vaddr follows the mappings, and finds the file and the rest by itself.
follows() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings && put $attrs/nr_regions/min 200 && put $attrs/nr_regions/max 1000 &&
		put $probes/nr_probes 1 && put $probes/0/weight 1 && add_probe 0 type=anon && turn on || return
	wait_until 30 followed || { tail -n 40 "$work/tried"; return 1; }
}
# shellcheck disable=SC2046
followed() {
	regions && [ "$(hits 0 $(said hot))" -ge 900 ] && [ "$(hits 0 $(said file))" -le 100 ]
}

no_such_cgroup() {
	refuses $kdamond/state on EINVAL &&
		is "$(last_error)" "$in_probes/1/filters/0/path: no memory cgroup of the unified hierarchy has this path"
}

cgroups() {
	need_idle
	only "$work/areas" operations=fvaddr && put $probes/nr_probes 2 &&
		add_probe 0 type=memcg path=/damonxx-test && add_probe 1 type=memcg path=/damonxx-test/other || return
	no_such_cgroup || return
	# Without the memory controller, it is none.
	mkdir $group/other && no_such_cgroup || return
	put $probes/1/filters/0/path / && turn on && regions || return
	all 0 hot && all 0 cold && none 0 file && none 1 hot || return
	put $probes/0/filters/0/path /nonsense && refuses $kdamond/state commit EINVAL && state_is on
}

huge() {
	start_workload thp 32 || return
	said hot >"$work/areas" && said cold >>"$work/areas"
	is "$(said huge)" $((32 << 10)) || return
	only "$work/areas" operations=fvaddr && put $probes/nr_probes 3 &&
		add_probe 0 type=hugepage_size min=2097152 max=2097152 &&
		add_probe 1 type=hugepage_size min=4096 max=2097151 && add_probe 2 type=anon && turn on || return
	regions && all 0 hot && all 0 cold && none 1 hot && none 1 cold && all 2 hot && all 2 cold
}

hugetlb() {
	start_workload hugetlb 16 || return
	said hot >"$work/areas" && said cold >>"$work/areas"
	only "$work/areas" operations=fvaddr && put $probes/nr_probes 1 &&
		add_probe 0 type=hugepage_size min=2097152 max=2097152 && turn on && regions && all 0 hot && all 0 cold
}

# Physical memory: pages of a process and of a file, by their frames.
physical() {
	dd if=/dev/zero of="$work/small" bs=4096 count=8 2>/dev/null
	frames file "$work/small" 8 >"$work/file-frames" || return
	frames alone 8 >"$work/alone" &
	children="$children $!"
	wait_until 10 grep -q '^ready' "$work/alone"
	grep -v ready "$work/alone" >"$work/anon-frames"
	workload=0
	awk '{ printf "%.0f %.0f\n", $1, $1 + 4096 }' "$work/file-frames" "$work/anon-frames" >"$work/areas"
	# So many that no two pages are one region, if their frames touch.
	only "$work/areas" operations=paddr $min_regions=16 && put $probes/nr_probes 2 && add_probe 0 type=anon &&
		add_probe 1 type=anon matching=N && turn on || return
	wait_until 20 frames_told || { frames_told; return 1; }
}
# Not at once: a fresh page is on no list of the kernel's yet.
frames_told() {
	regions || return
	while read -r frame; do
		at_least "$(hits 0 "$frame" $((frame + 4096)))" 950 || return
	done <"$work/anon-frames"
	while read -r frame; do
		at_most "$(hits 0 "$frame" $((frame + 4096)))" 50 &&
			at_least "$(hits 1 "$frame" $((frame + 4096)))" 950 || return
	done <"$work/file-frames"
}

refused() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond 1 $settings && refuses $probes/nr_probes 5 EINVAL && put $probes/nr_probes 1 &&
		put $probes/0/weight 4294967295 && refuses $kdamond/state on EINVAL &&
		is "$(last_error)" "$in_probes: sum of weights 4294967295 times 20 samples is above 4294967295"
}

need_module
dd if=/dev/zero of="$work/file" bs=1048576 count=8 2>/dev/null
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir $group 2>/dev/null
[ -e $group/memory.stat ] || rmdir $group 2>/dev/null

check "anonymous memory, a file, and the size of pages" kinds
check "a commit asks for something else: what is accessed, and what not" recommits
check "directories for hits come and go with probes" directories
check "with a weight, hits replace accesses, and regions follow them" weighted
check "vaddr finds what is anonymous" follows
if grep -q -w memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
	check "memory cgroups" cgroups
else
	skip "memory cgroups" "this kernel has none"
fi
end_workload
if [ -e /sys/kernel/mm/transparent_hugepage/enabled ]; then
	check "transparent huge pages" huge
	end_workload
else
	skip "transparent huge pages" "this kernel has none"
fi
pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
if [ -e $pages ]; then
	check "there are hugetlb pages" wait_until 10 get_hugetlb_pages $pages
	check "hugetlb pages" hugetlb
	end_workload
	need_idle
	echo 0 >$pages
else
	skip "hugetlb pages" "this kernel has none"
fi
check "physical memory" physical
check "what cannot be is refused" refused
clean_up
rmdir $group/other $group 2>/dev/null
finish
