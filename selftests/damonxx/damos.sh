# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154,SC2086,SC2231
# What tests of actions share: content_checkers (see content_checker.c) and what became of their memory, schemes in one line, swap.
# Sourced after lib.sh.  The last tests are then also that the kernel counts no page as isolated.
#
# DAMOS_ACTION=stat gives every scheme that action instead of its own: a test of an effect must fail then.

mib=1048576
all=18446744073709551615
old_swap='' disk='' swap_disk=''

# As in lib.sh, but looking only now and then: looks at pages cost more than what is waited for.
wait_until() { # SECONDS COMMAND...
	wait_left=$(($1 * slow * 4))
	shift
	until "$@"; do
		[ $wait_left -gt 0 ] || { echo "waited too long for: $*"; return 1; }
		wait_left=$((wait_left - 1))
		sleep 0.25
	done
}

# start_content_checker NAME OPTION...: its pid is $NAME afterwards, and what it says is in $work/NAME.
start_content_checker() {
	content_checker_name=$1
	shift
	rm -f "$work/$content_checker_name"
	content_checker "$@" >"$work/$content_checker_name" 2>&1 &
	eval "$content_checker_name=$!"
	children="$children $!"
	wait_until 60 grep -q -s '^ready 0' "$work/$content_checker_name" || bail_out "the content_checker: $(cat "$work/$content_checker_name")"
}
end_content_checker() { # NAME
	eval "kill -9 \$$1; wait \$$1" 2>/dev/null
	rm -f "$work/$1"
}
# bounds NAME AREA: START END
bounds() { sed -n "s/^$2 //p" "$work/$1"; }
# amount NAME AREA KEY: as pages has it.
amount() {
	# shellcheck disable=SC2046
	eval "pages \$$1 $(bounds "$1" "$2") $3"
}
amount_at_least() { [ "$(amount "$1" "$2" "$3")" -ge "$4" ]; }
amount_at_most() { [ "$(amount "$1" "$2" "$3")" -le "$4" ]; }
# The content_checker reads all that it wrote.
intact() { # NAME
	intact_step=$(($(grep -c '^ready' "$work/$1")))
	eval "kill -USR1 \$$1"
	wait_until 60 grep -q -s "^ready $intact_step" "$work/$1" || return
	! grep '^changed' "$work/$1" && grep -q '^intact' "$work/$1"
}

# act ACTION PID [FILE=VALUE...]: a scheme for all memory, or for what the values say.  PID 0: physical memory, all of
# it unless a value says something else.  FILE is in the scheme's directory, or, with ../../ before it, in the context's.
act() { stage "$@" && turn on; }
# The same, without starting it.
stage() {
	act_action=${DAMOS_ACTION:-$1} act_pid=$2
	shift 2
	need_idle
	new_kdamond "$act_pid" $sample_us=$((5000 * slow)) $aggr_us=$((100000 * slow)) $update_us=$((1000000 * slow)) \
		$min_regions=10 $max_regions=1000 || return
	if [ "$act_pid" = 0 ]; then
		put $context/operations paddr || return
		[ "$admin" = /sys/kernel/mm/damonxx/admin ] || watch_ranges "$(system_ram)" || return
	fi
	put $scheme/action "$act_action" && tryio -p $scheme "$@"
}
system_ram() { awk -F '[- ]' '/^[^ ].*System RAM/ { printf "%.0f %.0f\n", ("0x" $1) + 4095, ("0x" $2) + 1 }' /proc/iomem; }
# watch_ranges LIST: the lines "START END" are the target's regions; if it is not running, from its start.
watch_ranges() {
	ranges_i=0
	put $context/targets/0/regions/nr_regions "$(echo "$1" | wc -l)" || return
	echo "$1" >"$work/ranges"
	while read -r ranges_start ranges_end; do
		echo "$ranges_start" >$context/targets/0/regions/$ranges_i/start &&
			echo "$ranges_end" >$context/targets/0/regions/$ranges_i/end || return
		ranges_i=$((ranges_i + 1))
	done <"$work/ranges"
}
# runs NAME AREA: where the area is in physical memory.
runs() { amount "$1" "$2" runs; }
# act_on_frames ACTION "RUNS" [FILE=VALUE...]: by physical addresses, only there.  There may be thousands of runs, so
# they are not sampled often.
act_on_frames() {
	frames_action=$1 frames_ranges=$2
	shift 2
	stage "$frames_action" 0 ../../$aggr_us=$((1000000 * slow)) ../../$sample_us=$((100000 * slow)) \
		apply_interval_us=$((100000 * slow)) "$@" || return
	watch_ranges "$frames_ranges" &&
		put $context/$max_regions $(($(echo "$frames_ranges" | wc -l) + 1000)) && turn on
}

# No action leaves a page off its list.
last_checks() { check "no page counts as isolated any more" none_isolated; }

# Patterns, to follow ACTION PID.
cold_ones="access_pattern/nr_accesses/max=0 access_pattern/age/min=5"
hot_ones="access_pattern/nr_accesses/min=5"

stat_of() { cat $scheme/stats/"$1"; }
stats() { turn update_schemes_stats && stat_of "$1"; }
stat_reaches() { [ "$(stats "$1")" -ge "$2" ]; }
rounds() { # COUNT more rounds of the scheme
	[ -e $scheme/stats/nr_snapshots ] || { sleep $(($1 * slow)); return; }
	rounds_from=$(stats nr_snapshots) || return
	wait_until 60 stat_reaches nr_snapshots $((rounds_from + $1))
}
vmstat() { awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat; }

# Of a node's meminfo, in KiB.
nodes=/sys/devices/system/node
of_node() { awk -v key="$2:" '$3 == key { print $4 }' $nodes/node"$1"/meminfo; } # NODE KEY
# The kernel itself leaves memory where it is.
no_numa_balancing() {
	[ "$(cat /proc/sys/kernel/numa_balancing 2>/dev/null)" = 0 ] || echo 0 >/proc/sys/kernel/numa_balancing
	[ ! -e /proc/sys/vm/compaction_proactiveness ] || echo 0 >/proc/sys/vm/compaction_proactiveness
}

# Compressed memory, as a place to swap to, or for files; sets made_disk.
make_zram() { # MIB
	[ -e /sys/class/zram-control ] || modprobe zram num_devices=0 2>/dev/null
	[ -e /sys/class/zram-control/hot_add ] || return
	made_disk=$(cat /sys/class/zram-control/hot_add)
	echo "$1M" >/sys/block/zram"$made_disk"/disksize
}
swap_on() { # MIB
	make_zram "$1" || return
	swap_disk=$made_disk
	mkswap /dev/zram"$swap_disk" >/dev/null && swapon /dev/zram"$swap_disk"
}
# Files there, in $work/disk, are on a file system that can give their pages up.
make_disk() { # MIB
	make_zram "$1" && mkdir -p "$work/disk" || return
	disk=$made_disk
	mke2fs -b 4096 /dev/zram"$disk" >/dev/null 2>&1 || return
	mount -t ext4 /dev/zram"$disk" "$work/disk" || mount -t ext2 /dev/zram"$disk" "$work/disk"
}
remove_disks() {
	[ -z "$disk" ] || umount "$work/disk"
	[ -z "$swap_disk" ] || swapoff /dev/zram"$swap_disk"
	for each in $disk $swap_disk; do
		echo "$each" >/sys/class/zram-control/hot_remove
	done
	disk='' swap_disk=''
}
