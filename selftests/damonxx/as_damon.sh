#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2016
# scripts/as-damon: a client of DAMON meets damonxx, and nobody else notices.
. "$(dirname "$0")/lib.sh"

as_damon=$here/as-damon
[ -f "$as_damon" ] || as_damon=$here/../../scripts/as-damon
damon=/sys/kernel/mm/damon
events=/sys/kernel/tracing/events

# inside COMMAND: what a client sees, by sh
inside() { sh "$as_damon" sh -c "$1"; }
# ends_with STATUS COMMAND...
ends_with() {
	want=$1
	shift
	status=0
	"$@" >"$work/out" 2>&1 || status=$?
	is "$status" "$want" || { cat "$work/out"; return 1; }
}

statuses() {
	ends_with 0 sh "$as_damon" true && ends_with 7 sh "$as_damon" sh -c 'exit 7' &&
		ends_with 127 sh "$as_damon" no_such_command && ends_with 143 sh "$as_damon" sh -c 'kill $$' &&
		is "$(sh "$as_damon" printf '%s,' 'a  b' '' '*')" 'a  b,,*,'
}
says() { # WORDS COMMAND...
	words=$1
	shift
	ends_with 125 "$@" && grep -q "$words" "$work/out" || { cat "$work/out"; return 1; }
}
mistakes() {
	says '^Usage' sh "$as_damon" && says '^Usage' sh "$as_damon" --no-such-option || return
	rmmod damonxx && says 'load the module' sh "$as_damon" true
	insmod "$module"
}
not_root() {
	printf 'id() { echo 1000; }\n. %s\n' "$as_damon" >"$work/as_user"
	says 'only root' sh "$work/as_user" true
}

tree() {
	need_idle
	inside "echo 2 >$damon/admin/kdamonds/nr_kdamonds" && is "$(cat $kdamonds/nr_kdamonds)" 2 || return
	[ -L $damon ] || is "$(cat $damon/admin/kdamonds/nr_kdamonds)" 0 || return
	! grep "$damon" /proc/mounts
}
a_client() {
	start_workload idle 8
	need_idle
	inside "cd $damon/admin/kdamonds && echo 1 >nr_kdamonds && echo 1 >0/contexts/nr_contexts &&
		echo 1 >0/contexts/0/targets/nr_targets && echo $workload >0/contexts/0/targets/0/pid_target &&
		echo on >0/state" && state_is on && at_least "$(cat $kdamond/pid)" 1 && turn off
}
theirs() {
	[ -d $events/damonxx ] || { echo "there is no group of our own"; return 1; }
	for each in damon_aggregated damos_before_apply; do
		is "$(inside "cat $events/damon/$each/id")" "$(cat $events/damonxx/$each/id)" || return
		not is "$(cat $events/damon/$each/id)" "$(cat $events/damonxx/$each/id)" >/dev/null || return
	done
	inside "echo 1 >$events/damon/damon_aggregated/enable" &&
		is "$(cat $events/damonxx/damon_aggregated/enable $events/damon/damon_aggregated/enable)" "1
0" && echo 0 >$events/damonxx/damon_aggregated/enable
}
# A client that finds the parameters of the kernel's own modules would change the wrong thing.
modules() {
	for each in reclaim lru_sort; do
		[ -d /sys/module/damon_$each/parameters ] || continue
		ours=$(ls /sys/module/damonxx_$each 2>/dev/null)
		is "$(inside "ls /sys/module/damon_$each")" "$ours" || return
	done
}
# Where the kernel has no tree of its own, ours is in its place, as long as the module is loaded.
link() {
	need_idle
	is "$(readlink -f $damon)" /sys/kernel/mm/damonxx && put $kdamonds/nr_kdamonds 2 &&
		is "$(cat $damon/admin/kdamonds/nr_kdamonds)" 2 && put $damon/admin/kdamonds/nr_kdamonds 0 || return
	rmmod damonxx && not test -L $damon && not test -e $damon && insmod "$module" && test -L $damon
}
# Where it has one, that stays.
their_tree() {
	need_idle
	not test -L $damon && put $kdamonds/nr_kdamonds 2 && is "$(cat $damon/admin/kdamonds/nr_kdamonds)" 0 || return
	rmmod damonxx && test -d $damon/admin && insmod "$module" && test -d $damon/admin && not test -L $damon
}
remembered() {
	echo theirs >"$work/.damo.sysinfo"
	HOME=$work inside 'cat ~/.damo.sysinfo; echo ours >~/.damo.sysinfo; cat ~/.damo.sysinfo' >"$work/out" &&
		is "$(cat "$work/out")" ours && is "$(cat "$work/.damo.sysinfo")" theirs
}
# The module can go: what is mounted there is empty then, and a link is gone.
unloading() {
	empty=''
	[ ! -L $damon ] || empty="ls: $damon: No such file or directory"
	inside "touch $work/begun; while [ -e $work/begun ]; do sleep 0.1; done; ls $damon" >"$work/out" 2>&1 &
	client=$!
	children="$children $client"
	wait_until 20 test -e "$work/begun" && rmmod damonxx || return
	rm "$work/begun"
	wait $client
	is "$(cat "$work/out")" "$empty" && insmod "$module"
}

[ -f "$as_damon" ] || bail_out "there is no as-damon"
need_module
loaded || skip_all "what is built in cannot be unloaded"
check "the command's status and arguments" statuses
check "mistakes are told" mistakes
check "so is not to be root" not_root
check "the tree, for the command only" tree
check "a client starts a kdamond" a_client
if [ -L $damon ]; then
	check "where the kernel has no tree, mm/damon is a link to ours" link
else
	check "the kernel's own tree stays" their_tree
fi
if [ -d $events/damonxx ]; then
	check "events of the kernel's DAMON become ours" theirs
else
	skip "events of the kernel's DAMON" "this kernel has none"
fi
check "modules of the kernel's DAMON are ours, or gone" modules
check "what damo remembers of the kernel's DAMON stays apart" remembered
check "the module can be unloaded meanwhile" unloading
finish
