#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# pageout and migrate leave alone what somebody needs where it is: memory that is locked, pinned, poisoned, of several
# processes, or whose faults somebody handles.  Plain memory beside it goes, so the scheme did work.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=4

# Where each page of the area is.
frames_of() { amount "$1" cold frames; }
went() { # KIND-OF-ACTION
	case $1 in
	pageout) [ "$(amount control cold present)" -le $((mib / 4)) ] ;;
	*) [ "$(amount control cold node1)" -ge $((size * mib / 10 * 9)) ] ;;
	esac
}
# take_on NAME SPACE ACTION: its memory and that of a plain process, until the latter's has gone.
take_on() {
	start_content_checker control --blocks --node 0 0 $size
	target=
	[ "$3" = pageout ] || target=target_nid=1
	eval "pid=\$$1"
	if [ "$2" = process ]; then
		act "$3" $pid $target ../../targets/nr_targets=2 ../../targets/0/pid_target=$pid \
			../../targets/1/pid_target=$control
	else
		act_on_frames "$3" "$( (runs "$1" cold; runs control cold) | sort -n)" $target
	fi || return
	wait_until 60 went "$3" || { echo "plain memory did not go"; return 1; }
	rounds 5 && turn off && intact control && end_content_checker control
}
stays_in_place() { # NAME SPACE ACTION
	frames_of "$1" >"$work/before"
	at_least "$(grep -c -v '^0$' "$work/before")" $((size * 256 / 10 * 9)) && take_on "$@" || return
	frames_of "$1" | cmp "$work/before" - || { echo "present: $(amount "$1" cold present)"; return 1; }
	intact "$1"
}
held() { start_content_checker a --blocks --node 0 --hold "$1" 0 $size; } # HOW
# stays HOW SPACE ACTION
stays() { held "$1" && stays_in_place a "$2" "$3" && end_content_checker a; }
# What is in a pipe is nothing that its owner could not do without, but it must not change.
unchanged() { held "$1" && take_on a "$2" "$3" && intact a && end_content_checker a; } # HOW SPACE ACTION

# Each of the frames is still known to be broken: bit 19 of its flags.
still_poisoned() {
	sed -n 's/^frame //p' "$work/a" >"$work/poisoned"
	at_least "$(wc -l <"$work/poisoned")" $((size * 4)) || return
	while read -r frame; do
		flags=$(dd if=/proc/kpageflags bs=8 skip="$frame" count=1 2>/dev/null | od -A n -t d8)
		[ $((flags >> 19 & 1)) = 1 ] || { echo "frame $frame has flags $flags"; return 1; }
	done <"$work/poisoned"
}
poisoned_stays() { held poisoned && take_on a "$@" && still_poisoned && intact a && end_content_checker a; } # SPACE ACTION
# The kernel does not keep such pages out of use when they are free, so this one's owner stays until the machine ends.
hold_broken() {
	start_content_checker broken --huge --node 0 --hold poisoned-huge 0 $size
	children=${children% "$broken"}
	at_least "$(amount broken cold huge)" $((size * mib))
}

need_module
[ -d $nodes/node1 ] || skip_all "there is only one node; run-in-vm has a machine with two"
no_numa_balancing
check "there is swap, in compressed memory" swap_on 128
check "there are huge pages with broken pages in them" hold_broken
for action in pageout migrate_cold; do
	for space in process physical; do
		for how in locked pinned; do
			check "$space, $action: $how memory stays where it is" stays $how $space $action
		done
		check "$space, $action: the content of a pipe stays as it is" unchanged piped $space $action
		check "$space, $action: broken pages stay out of use, and their neighbours as they are" \
			poisoned_stays $space $action
		check "$space, $action: huge pages with broken ones in them stay where they are" \
			stays_in_place broken $space $action
	done
	for how in shared handled; do
		check "process, $action: $how memory stays where it is" stays $how process $action
	done
done
# By physical addresses there is no process whose memory it would not be.
check "physical, pageout: shared memory stays as it is" unchanged shared physical pageout
check "physical, migrate_cold: shared memory stays as it is" unchanged shared physical migrate_cold
clean_up
check "swap is given up" remove_disks
finish
