#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# A process whose memory has a second set of page tables, as a virtual machine's has: a module with MMU notifiers stands
# for KVM.  What only that one accesses is accessed.  It may come and go, and the process with it, at any time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

size=8
mmu=/sys/module/secondary_mmu/parameters

# The first half of the cold part has the second tables; nobody touches the other half by his own.
first_half() { set -- $(bounds a cold) && echo $1 $((($1 + $2) / 2)); }
second_half() { set -- $(bounds a cold) && echo $((($1 + $2) / 2)) $2; }
load_mmu() {
	set -- $(first_half) && load secondary_mmu pid=$a start=$1 end=$2
}
begin() {
	unload secondary_mmu
	[ -z "${a-}" ] || end_content_checker a
	start_content_checker a --blocks 0 $size
	load_mmu
}
accessing() { echo "$1" >$mmu/accessing; }

# The module marks all as accessed in each jiffy or two, so samples are longer than that.
watch() { act stat "$1" ../../$sample_us=$((20000 * slow)) ../../$aggr_us=$((200000 * slow)); } # PID
found() { turn update_schemes_tried_regions && found_in "$@"; }
hot() { [ "$(found "$@")" -ge 800 ]; }
cold() { [ "$(found "$@")" -le 100 ]; }
both() { # HOW START END START END
	wait_until 20 $1 $2 $3 || { echo "first half: $(found $2 $3) permil"; return 1; }
	wait_until 20 cold $4 $5 || { echo "second half: $(found $4 $5) permil"; return 1; }
}
seen() { # SPACE
	accessing N
	if [ $1 = process ]; then
		watch $a || return
		halves="$(first_half) $(second_half)"
	else
		# The largest run of each half.
		halves="$(half_run first_half) $(half_run second_half)"
		set -- $halves
		watch 0 && turn off && watch_ranges "$(printf '%s %s\n%s %s\n' $halves | sort -n)" && turn on || return
	fi
	both cold $halves && accessing Y && both hot $halves && accessing N && both cold $halves &&
		at_least "$(cat $mmu/nr_cleared)" 100 && at_least "$(cat $mmu/nr_tested)" 20
}
half_run() { pages $a $($1) runs | awk '$2 - $1 > most { most = $2 - $1; run = $0 } END { print run }'; }

# The other tables' owner is told before a page goes.
pages_out() {
	invalidated=$(cat $mmu/invalidated_bytes)
	accessing N
	act pageout $a && wait_until 60 amount_at_most a cold present $((size * mib / 10)) || return
	at_least $(($(cat $mmu/invalidated_bytes) - invalidated)) $((size / 2 * mib / 10 * 8)) && turn off && intact a
}
half_present() { pages $a $($1) present; }
second_is_out() { [ "$(half_present second_half)" -le $((mib / 4)) ]; }
# By physical addresses, pages that are young stay, whoever has accessed them.
accessed_stays() {
	accessing Y
	act_on_frames pageout "$(runs a cold)" && wait_until 60 second_is_out && rounds 5 || return
	at_least "$(half_present first_half)" $((size / 2 * mib / 10 * 9)) && turn off && intact a
}
comes_and_goes() {
	watch $a || return
	for _ in $(seq $((10 / slow + 1))); do
		unload secondary_mmu && load_mmu && accessing Y || return
	done
	goes_on && wait_until 20 hot $(first_half) && unload secondary_mmu && wait_until 20 cold $(first_half) && goes_on
}
process_ends() {
	load_mmu && accessing Y && watch $a && goes_on || return
	end_content_checker a
	a=
	wait_until 10 state_is off && is "$(cat $mmu/released)" Y && unload secondary_mmu
}

need_module
[ -e "$(dirname "$module")/secondary_mmu.ko" ] || bail_out "secondary_mmu.ko is not built"
check "there is swap, in compressed memory" swap_on 64
check "a process's memory gets a second set of page tables" begin
check "process: what is accessed by those only is accessed, else not" seen process
check "physical: what is accessed by those only is accessed, else not" seen physical
check "process, pageout: the notifiers are told of all that goes, and it comes back as it was" pages_out
check "another process gets them" begin
check "physical, pageout: what is accessed by those only stays" accessed_stays
check "the second tables come and go while the process is monitored" comes_and_goes
check "the process ends while it is monitored and has second tables" process_ends
clean_up
check "swap is given up" remove_disks
finish
