#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2046
# Monitoring does not mislead reclaim.  Two processes in one memory cgroup map a file of the same size each;
# one is monitored; then some memory is reclaimed.  It must come from both alike, although the accessed bits
# of the one are cleared all the time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=24
group=/sys/fs/cgroup/damonxx-test
a='' b=''

make_files() {
	make_disk 256 || return
	for name in a b; do
		dd if=/dev/zero of="$work/disk/$name" bs=1M count=$size 2>/dev/null || return
	done
	sync
}

rss() { sed -n 's/^RssFile:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }

# start_pair: a and b, with nothing of the files in memory before, and all of them mapped in the end.  Both
# read at the same time, so that neither one's pages are the older ones.
start_pair() {
	echo 3 >/proc/sys/vm/drop_caches
	for name in a b; do
		(read -r _ <"$work/go.$name"; exec workload file "$work/disk/$name" >"$work/$name") &
		eval "$name=\$!"
		children="$children $!"
		echo $! >$group/cgroup.procs || return
	done
	for name in a b; do
		echo >"$work/go.$name"
	done
	for name in a b; do
		wait_until 30 grep -q -s '^ready' "$work/$name" || return
	done
	at_least "$(rss "$a")" $((size << 10)) && at_least "$(rss "$b")" $((size << 10))
}

end_pair() {
	kill -9 "$a" "$b"
	wait "$a" "$b" 2>/dev/null
	rm -f "$work/a" "$work/b"
}

# Sets lost_a and lost_b, in KiB.
reclaim() {
	before_a=$(rss "$a") before_b=$(rss "$b")
	for _ in 1 2 3; do
		echo 4M >$group/memory.reclaim || echo "memory.reclaim gave less"
	done
	lost_a=$((before_a - $(rss "$a"))) lost_b=$((before_b - $(rss "$b")))
	diag "$1: a loses $lost_a KiB, b loses $lost_b KiB of $before_b" >&3
	at_least $((lost_a + lost_b)) $((8 << 10))
}

# Both read in turns, so what they lose differs by the kernel's batches only: 5 % of all that goes is more than those.
not_more() { at_most "$1" $(($2 + ($1 + $2) / 20)); }
alike() { not_more "$lost_a" "$lost_b" && not_more "$lost_b" "$lost_a"; }

unmonitored() {
	start_pair && reclaim "not monitored" && alike
}

# The control: bits that are cleared behind reclaim's back do mislead it, and this test would tell.
misled() {
	start_pair || return
	for _ in 1 2 3 4 5; do
		echo 1 >"/proc/$a/clear_refs"
		sleep 0.2
	done
	reclaim "accessed bits of a cleared" && not alike >/dev/null
}

# The kernel's flags say which pages of a a monitor has looked at.
looked_at() { [ "$(pages "$a" $(sed -n 's/^file //p' "$work/a") idle)" -ge $((size * mib / 100 * 99)) ]; }
monitored() {
	start_pair || return
	monitor "$a" $sample_us=5000 $aggr_us=100000 $min_regions=500 $max_regions=1000 || return
	wait_until 60 looked_at && reclaim "a monitored" && turn off
}

# While the bits are looked at, and with two monitors at once.
monitored_twice() {
	start_pair || return
	need_idle
	put $kdamonds/nr_kdamonds 2 || return
	for i in 0 1; do
		c=$kdamonds/$i/contexts/0
		put $kdamonds/$i/contexts/nr_contexts 1 && put $c/targets/nr_targets 1 &&
			put $c/targets/0/pid_target "$a" && put $c/$min_regions 500 && put $c/$max_regions 1000 &&
			put $c/$sample_us $((3000 + 1000 * i)) && put $kdamonds/$i/state on || return
	done
	wait_until 60 looked_at && sleep 2 && reclaim "a monitored twice"
}

need_module
[ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "there is no cgroup2 at /sys/fs/cgroup"
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir -p $group
[ -e $group/memory.reclaim ] || skip_all "cgroups have no memory.reclaim"
make_files || { remove_disks; skip_all "no file system for files that can be reclaimed"; }
mkfifo "$work/go.a" "$work/go.b"
exec 3>&1

# A process that is monitored must not lose more than the other one.
no_worse() { not_more "$lost_a" "$lost_b"; }

# expect WHAT: nor less; but with multi-generational LRU lists it keeps what was accessed before monitoring began
# once longer, with the kernel's own DAMON too: the young flag holds a page back where an accessed bit would not.
expect() {
	check "$1: it does not lose more than the other one" no_worse
	case $1 in
	multi*) check_todo "$1: both lose alike" "the young flag favours it, as with the kernel's own DAMON" alike ;;
	*) check "$1: both lose alike" alike ;;
	esac
}

# all_of LRU: each kind of LRU lists decides in its own way.
all_of() {
	check "$1: not monitored, both lose alike" unmonitored
	end_pair
	[ "$1" != classic ] || check "$1: this test tells when reclaim is misled" misled
	[ "$1" != classic ] || end_pair
	check "$1: one is monitored" monitored
	expect "$1: one is monitored"
	end_pair
	need_idle
	check "$1: one is monitored twice" monitored_twice
	expect "$1: one is monitored twice"
	need_idle
	end_pair
}
if [ -w $lru_gen ]; then
	classic_lists
	all_of classic
	lists_as_before
	case $old_lru in
	0x0000) ;;
	*)
		if [ "$slow" = 1 ]; then
			all_of multi-generational
		else
			skip "multi-generational" "everything is slow here, and for the module it is the same"
		fi ;;
	esac
else
	all_of classic
fi
clean_up
rmdir $group
check "the disk is given up" remove_disks
finish
