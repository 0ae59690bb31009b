#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Every file of the tree: is it there, its mode, its default, what it takes and what it refuses.  The tables
# below were typed from the description of DAMON's interface, not from the module.
. "$(dirname "$0")/lib.sh"

# PATH MODE TYPE DEFAULT, below kdamonds/, for one kdamond with one context, target, region and scheme.
# Types: ulong, uint, int and count as the kernel parses them; pid: an int whose every error is EINVAL;
# word: a keyword; text: any line.
files='
nr_kdamonds 600 count 1
0/state 600 word off
0/pid 400 - -1
0/refresh_ms 600 uint 0
0/last_error 400 - -
0/contexts/nr_contexts 600 one 1
0/contexts/0/avail_operations 400 - vaddr,fvaddr,paddr
0/contexts/0/operations 600 word vaddr
C/addr_unit 600 nonzero 1
C/pause 600 bool N
C/snapshot 400 - EINVAL
C/stats 400 - samples 0,samples_missed 0,samples_skipped 0,probes_checked 0,probes_accessed 0,probes_idle 0,probes_absent 0,probes_busy 0,probes_skipped 0,cpu_ns 0,cpu_permil 0,nr_regions 0,windows 0,sample_us 0,aggr_us 0,checks_per_sample 0
C/monitoring_attrs/cpu_permil 600 ulong 0
C/monitoring_attrs/intervals/sample_us 600 ulong 5000
C/monitoring_attrs/intervals/aggr_us 600 ulong 100000
C/monitoring_attrs/intervals/update_us 600 ulong 60000000
C/monitoring_attrs/intervals/intervals_goal/access_bp 600 ulong 0
C/monitoring_attrs/intervals/intervals_goal/aggrs 600 ulong 0
C/monitoring_attrs/intervals/intervals_goal/min_sample_us 600 ulong 0
C/monitoring_attrs/intervals/intervals_goal/max_sample_us 600 ulong 0
C/monitoring_attrs/nr_regions/min 600 ulong 10
C/monitoring_attrs/nr_regions/max 600 ulong 1000
C/monitoring_attrs/probes/nr_probes 600 four 1
P/weight 600 uint 0
P/preps/nr_preps 600 count 1
P/preps/0/prep_action 600 word set_pgidle
P/filters/nr_filters 600 count 1
P/filters/0/type 600 word anon
P/filters/0/matching 600 bool N
P/filters/0/allow 600 bool N
P/filters/0/path 600 text -
P/filters/0/min 600 ulong 0
P/filters/0/max 600 ulong 0
C/targets/nr_targets 600 count 1
C/targets/0/pid_target 600 pid 0
C/targets/0/obsolete_target 600 bool N
C/targets/0/regions/nr_regions 600 count 1
C/targets/0/regions/0/start 600 ulong 0
C/targets/0/regions/0/end 600 ulong 0
C/schemes/nr_schemes 600 count 1
S/action 600 word stat
S/apply_interval_us 600 ulong 0
S/access_pattern/sz/min 600 ulong 0
S/access_pattern/sz/max 600 ulong 0
S/access_pattern/nr_accesses/min 600 ulong 0
S/access_pattern/nr_accesses/max 600 ulong 0
S/access_pattern/age/min 600 ulong 0
S/access_pattern/age/max 600 ulong 0
S/target_nid 600 int -1
S/dests/nr_dests 600 count 1
S/dests/0/id 600 uint 0
S/dests/0/weight 600 uint 0
S/quotas/ms 600 ulong-inval 0
S/quotas/bytes 600 ulong-inval 0
S/quotas/reset_interval_ms 600 ulong-inval 0
S/quotas/effective_bytes 400 - 0
S/quotas/goal_tuner 600 word consist
S/quotas/fail_charge_num 600 uint-inval 0
S/quotas/fail_charge_denom 600 uint-inval 0
S/quotas/weights/sz_permil 600 uint 0
S/quotas/weights/nr_accesses_permil 600 uint 0
S/quotas/weights/age_permil 600 uint 0
S/quotas/goals/nr_goals 600 count 1
S/quotas/goals/0/target_metric 600 word user_input
S/quotas/goals/0/target_value 600 ulong 0
S/quotas/goals/0/current_value 600 ulong 0
S/quotas/goals/0/nid 600 int 0
S/quotas/goals/0/path 600 text -
S/quotas/goals/0/direction 600 word raise
S/watermarks/metric 600 word none
S/watermarks/interval_us 600 ulong 0
S/watermarks/high 600 ulong 0
S/watermarks/mid 600 ulong 0
S/watermarks/low 600 ulong 0
S/watermarks/nid 600 int 0
S/core_filters/nr_filters 600 count 1
S/core_filters/0/type 600 layer anon
S/core_filters/0/matching 600 bool N
S/core_filters/0/allow 600 bool N
S/core_filters/0/memcg_path 600 text -
S/core_filters/0/addr_start 600 ulong 0
S/core_filters/0/addr_end 600 ulong 0
S/core_filters/0/min 600 ulong 0
S/core_filters/0/max 600 ulong 0
S/core_filters/0/damon_target_idx 600 int 0
S/ops_filters/nr_filters 600 count 1
S/ops_filters/0/type 600 word anon
S/ops_filters/0/matching 600 bool N
S/ops_filters/0/allow 600 bool N
S/ops_filters/0/memcg_path 600 text -
S/ops_filters/0/addr_start 600 ulong 0
S/ops_filters/0/addr_end 600 ulong 0
S/ops_filters/0/min 600 ulong 0
S/ops_filters/0/max 600 ulong 0
S/ops_filters/0/damon_target_idx 600 int 0
S/filters/nr_filters 600 count 1
S/filters/0/type 600 word anon
S/filters/0/matching 600 bool N
S/filters/0/allow 600 bool N
S/filters/0/memcg_path 600 text -
S/filters/0/addr_start 600 ulong 0
S/filters/0/addr_end 600 ulong 0
S/filters/0/min 600 ulong 0
S/filters/0/max 600 ulong 0
S/filters/0/damon_target_idx 600 int 0
S/stats/nr_tried 400 - 0
S/stats/sz_tried 400 - 0
S/stats/nr_applied 400 - 0
S/stats/sz_applied 400 - 0
S/stats/sz_ops_filter_passed 400 - 0
S/stats/qt_exceeds 400 - 0
S/stats/nr_snapshots 400 - 0
S/stats/max_nr_snapshots 600 ulong 0
S/tried_regions/total_bytes 400 - 0
'
words='
0/state off
C/operations vaddr fvaddr paddr
S/action stat willneed cold pageout hugepage nohugepage collapse lru_prio lru_deprio migrate_hot migrate_cold
P/preps/0/prep_action set_pgidle
P/filters/0/type anon memcg pgidle_unset pgidle_set hugepage_size
S/quotas/goal_tuner consist temporal proportional
S/quotas/goals/0/target_metric user_input some_mem_psi_us node_mem_used_bp node_mem_free_bp node_memcg_used_bp node_memcg_free_bp active_mem_bp inactive_mem_bp node_eligible_mem_bp hugepage_mem_bp node_sys_bp
S/quotas/goals/0/direction raise lower
S/watermarks/metric none free_mem_rate node_free_mem_rate
S/core_filters/0/type addr target probe_hits_wsum
S/ops_filters/0/type anon memcg young hugepage_size unmapped active node
S/filters/0/type anon memcg young hugepage_size unmapped active node addr target probe_hits_wsum
'
# Of the regions that a scheme tried; the values depend.
region_files='start end nr_accesses age sz_filter_passed'

expand() { sed -e 's|^C/|0/contexts/0/|' -e 's|^S/|0/contexts/0/schemes/0/|' \
	-e 's|^P/|0/contexts/0/monitoring_attrs/probes/0/|' -e '/^$/d'; }

# What every number takes and refuses, whatever its size.
number_cases() {
	cat <<-'END'
	7 -> 7
	0 -> 0
	007 -> 7
	017 -> 15
	0x1f -> 31
	0X1F -> 31
	0xAbC -> 2748
	+5 -> 5
	+0x10 -> 16
	+017\n -> 15
	9\n -> 9
	0x1f\n -> 31
	2147483647 -> 2147483647
	 -> =
	\n -> EINVAL
	\s -> EINVAL
	+ -> EINVAL
	\s5 -> EINVAL
	5\s -> EINVAL
	\t5 -> EINVAL
	5\n\n -> EINVAL
	\n5 -> EINVAL
	5\n6 -> EINVAL
	5,6 -> EINVAL
	5k -> EINVAL
	1.5 -> EINVAL
	1e3 -> EINVAL
	0x -> EINVAL
	0xg -> EINVAL
	08 -> EINVAL
	0b1 -> EINVAL
	1f -> EINVAL
	x5 -> EINVAL
	++5 -> EINVAL
	--5 -> EINVAL
	+-5 -> EINVAL
	-+5 -> EINVAL
	- -> EINVAL
	-5x -> EINVAL
	five -> EINVAL
	Y -> EINVAL
	END
}
too_much() { sed 's/$/ -> ERANGE/'; }

ulong_cases() {
	number_cases
	printf '%s\n' '18446744073709551615 -> 18446744073709551615' \
		'0xffffffffffffffff -> 18446744073709551615' '01777777777777777777777 -> 18446744073709551615' \
		'4294967296 -> 4294967296' '-1 -> EINVAL' '-0 -> EINVAL'
	printf '%s\n' 18446744073709551616 0x10000000000000000 02000000000000000000000 \
		99999999999999999999999999 +18446744073709551616 '18446744073709551616\n' | too_much
}

uint_cases() {
	number_cases
	printf '%s\n' '4294967295 -> 4294967295' '0xffffffff -> 4294967295' '-1 -> EINVAL'
	printf '%s\n' 4294967296 0x100000000 18446744073709551615 18446744073709551616 | too_much
}

int_cases() {
	number_cases
	printf '%s\n' '-1 -> -1' '-2147483648 -> -2147483648' '-0x10 -> -16' '-017\n -> -15' '-0 -> 0'
	printf '%s\n' 2147483648 -2147483649 4294967295 18446744073709551616 -18446744073709551616 | too_much
}

bool_cases() {
	cat <<-'END'
	Y -> Y
	n -> N
	1 -> Y
	0 -> N
	t -> Y
	F -> N
	y\n -> Y
	N\n -> N
	on -> Y
	off -> N
	On\n -> Y
	OF -> N
	true -> Y
	false -> N
	 -> =
	\n -> EINVAL
	2 -> EINVAL
	x -> EINVAL
	o -> EINVAL
	ok -> EINVAL
	\s1 -> EINVAL
	-1 -> EINVAL
	END
}

# A count makes directories, so what it takes is small.  The last value that is taken is 1.
count_cases() {
	number_cases | grep -v -e '^2147483647 ' -e '-> 2748'
	printf '%s\n' '0xC -> 12' '-1 -> EINVAL' '-2147483648 -> EINVAL'
	printf '%s\n' 2147483648 -2147483649 4294967296 18446744073709551616 | too_much
	echo '1 -> 1'
}

one_cases() {
	number_cases | grep -- '-> E'
	printf '%s\n' '0 -> 0' '1\n -> 1' '2 -> EINVAL' '-1 -> EINVAL' '2147483647 -> EINVAL' '2147483648 -> ERANGE' \
		'0x1 -> 1'
}

four_cases() { printf '%s\n' '4 -> 4' '5 -> EINVAL' '-1 -> EINVAL' 'x -> EINVAL' '0 -> 0'; }
text_cases() { printf '%s\n' '/a -> /a' '/work loads/b -> /work loads/b' ' -> =' '/ -> /'; }
nonzero_cases() { ulong_cases | grep -v -e '-> 0$'; echo '0 -> EINVAL'; }

# word_cases FIRST...: words that are near one that is known are refused.
word_cases() {
	for word; do
		printf '%s\n' "$word -> $word" "$word\\n -> $word" "\\s$word -> EINVAL" "$word\\s -> EINVAL" \
			"${word}x -> EINVAL" "$word\\n\\n -> EINVAL" "${word%?} -> EINVAL"
		echo "$(echo "$word" | tr '[:lower:]' '[:upper:]') -> EINVAL"
	done
	printf '%s\n' ' -> =' '\n -> EINVAL' '0 -> EINVAL' 'nonsense -> EINVAL' "$1,$1 -> EINVAL"
	echo "$1 -> $1"
}

# shellcheck disable=SC2046 # One word each.
cases_of() { # TYPE PATH
	case $1 in
	pid) int_cases | sed 's/ERANGE/EINVAL/' ;;
	*-inval) "${1%-inval}_cases" | sed 's/ERANGE/EINVAL/' ;;
	# What it reads at first is what it does not take.
	layer) word_cases $(echo "$words" | expand | sed -n "s|^$2 ||p"); echo 'anon -> EINVAL' ;;
	word) word_cases $(echo "$words" | expand | sed -n "s|^$2 ||p") ;;
	*) "${1}_cases" ;;
	esac
}

# A refused state has its reason in last_error, and "off" is refused here, too.
state_cases() { word_cases off | sed -e 's/-> off$/-> EINVAL/'; }

look() { # PATH MODE DEFAULT
	is "$(stat -c %a:%u "$kdamonds/$1")" "$2:0" || return
	case $3 in
	E*) is "$(snapshot show "$kdamonds/$1" 2>&1)" "snapshot: $3" ;;
	-) is "$(od -An -c "$kdamonds/$1" | tr -d ' ')" '\n' ;;
	*) printf '%s\n' "$3" | tr , '\n' >"$work/wanted"; cmp "$kdamonds/$1" "$work/wanted" ;;
	esac
}

takes() { # PATH TYPE: and the tree is as before, in the end
	case $1 in
	0/state) state_cases | tryio -e $slow -x last_error -c $admin $kdamonds/"$1" ;;
	*/nr_* | nr_*)
		cases_of "$2" "$1" | tryio -a -c $admin $kdamonds/"$1" || return
		fill ;;
	*) before=$(head -n 1 "$kdamonds/$1")
		cases_of "$2" "$1" | tryio -e $slow -c $admin $kdamonds/"$1" || return
		[ "$2" = layer ] || put "$kdamonds/$1" "$before" ;;
	esac
}

fill() {
	put $kdamonds/nr_kdamonds 1 && put $kdamond/contexts/nr_contexts 1 &&
		put $attrs/probes/nr_probes 1 && put $attrs/probes/0/preps/nr_preps 1 &&
		put $attrs/probes/0/filters/nr_filters 1 &&
		put $context/targets/nr_targets 1 && put $context/targets/0/regions/nr_regions 1 &&
		put $context/schemes/nr_schemes 1 || return
	for count in dests/nr_dests quotas/goals/nr_goals core_filters/nr_filters ops_filters/nr_filters \
		filters/nr_filters; do
		put $scheme/$count 1 || return
	done
}

in_tables() { echo "$files" | expand | cut -d ' ' -f 1 | sort; }

# Nothing is there that the tables do not know.
described() {
	(cd $kdamonds && find . -type f | sed 's|^\./||' | sort) >"$work/there"
	in_tables >"$work/known"
	! grep -v -x -F -f "$work/known" "$work/there"
}

directories() {
	find $admin -type d | while read -r dir; do
		is "$(stat -c %a:%u "$dir")" 755:0 || { echo "$dir"; return 1; }
	done
}

# Reading in pieces gives the same, and there is nothing behind the end.
in_pieces() {
	for file in state contexts/0/operations contexts/0/avail_operations; do
		dd if=$kdamond/$file of="$work/pieces" bs=1 2>/dev/null
		cmp $kdamond/$file "$work/pieces" || return
		is "$(dd if=$kdamond/$file bs=1 skip=4000 2>/dev/null)" "" || return
	done
}

# The table's read-only files refuse to be opened for writing, whoever does it.
read_only() {
	echo "$files" | expand | while read -r path mode _; do
		[ "$mode" = 400 ] && [ -e "$kdamonds/$path" ] || continue
		is "$(tryio "$kdamonds/$path" 0)" EACCES || { echo "$path"; return 1; }
	done
}

need_module
check "an empty tree has no kdamond" is "$(cd $admin && find . | sort | tr '\n' ' ')" \
	'. ./kdamonds ./kdamonds/nr_kdamonds '
check "a tree with one of everything" fill
check "every file is described" described
check "every directory has mode 755" directories
check "reading byte by byte" in_pieces
check "files of mode 400 cannot be written" read_only

echo "$files" | expand >"$work/files"
while read -r path mode type default; do
	check "$path: mode $mode, default '$default'" look "$path" "$mode" "$default"
done <"$work/files"
# Files of the same name and type are the same; words differ.
taken=''
while read -r path _ type _; do
	kind=${path##*/}:$type
	[ "$type" != word ] || kind=$path
	case " $taken " in *" $kind "*) continue ;; esac
	taken="$taken $kind"
	[ "$type" = - ] || check "$path: what a $type takes and refuses" takes "$path" "$type"
done <"$work/files"

# The same count again resets what it counts; another one keeps nothing either.
resets() { # COUNT
	put $attrs/nr_regions/max 77 && put $scheme/apply_interval_us 5 || return
	put $context/targets/0/regions/0/end 4096 && put $kdamonds/nr_kdamonds "$1" || return
	[ "$1" = 0 ] || is "$(cat $kdamond/contexts/nr_contexts)" 0 || return
	fill && is "$(cat $attrs/nr_regions/max)" 1000 && is "$(cat $scheme/apply_interval_us)" 0 &&
		is "$(cat $context/targets/0/regions/0/end)" 0
}
check "writing the same number of kdamonds resets them" resets 1
check "so does another number" resets 3

# nr_DIRECTORIES PARENT: children 0 to N-1, each complete
children_of() {
	put "$1" 12 || return
	(cd "${1%/*}" && for i in 0 1 2 3 4 5 6 7 8 9 10 11; do find $i | sed 's/^[0-9]*//' | sort | md5sum; done) |
		sort -u >"$work/sums"
	is "$(wc -l <"$work/sums")" 1 || return
	is "$(find "${1%/*}" -mindepth 1 -maxdepth 1 -type d | wc -l)" 12 || return
	put "$1" 1 && is "$(find "${1%/*}" -mindepth 1 -maxdepth 1 -type d)" "${1%/*}/0"
}
for file in $scheme/filters/nr_filters $scheme/quotas/goals/nr_goals $context/targets/0/regions/nr_regions \
	$context/targets/nr_targets $context/schemes/nr_schemes $kdamonds/nr_kdamonds; do
	check "${file##*/} makes and removes complete directories" children_of $file
done

fill >/dev/null
start_workload idle 8
tried_files() {
	new_kdamond "$workload" $sample_us=1000 $aggr_us=10000 || return
	turn on && turn update_schemes_tried_regions && turn off || return
	is "$(cd $tried/0 && stat -c '%a %n' ./* | sort | tr '\n' ' ')" \
		"$(for f in $region_files; do echo "400 ./$f"; done | sort | tr '\n' ' ')" || return
	for file in $region_files; do
		grep -q -x '[0-9][0-9]*' $tried/0/"$file" || { echo "$file: $(cat $tried/0/"$file")"; return 1; }
	done
	is $(($(cat $tried/0/start) % 4096)) 0 && is $(($(cat $tried/0/end) % 4096)) 0
}
check "the files of a tried region" tried_files
finish
