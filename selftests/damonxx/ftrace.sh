# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# What tests share that see from outside what the module does: the kernel's own trace.  Sourced after lib.sh.

tracing=/sys/kernel/tracing

# Whatever was traced before.
stop_trace() {
	echo 0 >$tracing/tracing_on
	: >$tracing/set_event
	echo nop >$tracing/current_tracer
	: >$tracing/set_ftrace_filter
	: >$tracing/set_ftrace_pid
}

# begin_trace PID 'FUNCTION...' 'EVENT...': of this thread only, and of what it does itself, not of interrupts that it is
# interrupted by.  An empty PID: of all threads.  FUNCTION may have wildcards; each must exist.
begin_trace() {
	stop_trace
	echo 16384 >$tracing/buffer_size_kb
	# shellcheck disable=SC2086 # words
	printf '%s\n' $2 >$tracing/set_ftrace_filter || { echo "one of these functions is not there: $2"; return 1; }
	[ -z "$1" ] || echo "$1" >$tracing/set_ftrace_pid
	for each in $3; do
		echo "common_pid == $1 && !(common_flags & 24)" >$tracing/events/"$each"/filter &&
			echo 1 >$tracing/events/"$each"/enable || { echo "no such event: $each"; return 1; }
	done
	[ -z "$2" ] || echo function >$tracing/current_tracer
	: >$tracing/trace
	echo 1 >$tracing/tracing_on
}

# end_trace: what was traced is in $work/trace then, a line each: "FUNCTION" or "EVENT: FIELDS".
end_trace() {
	echo 0 >$tracing/tracing_on
	# The third of the flags before the time says hard or soft interrupt.
	sed -n 's/^.*\[[0-9]*\] ..\.[^ ]* *[0-9.]*: //p' $tracing/trace >"$work/trace"
	grep -h '^overrun: [1-9]' $tracing/per_cpu/cpu*/stats && { echo "the trace was too long"; return 1; }
	for each in $(cat $tracing/set_event); do
		echo 0 >$tracing/events/"${each%:*}/${each#*:}"/filter
	done
	stop_trace
}

# traced REGEX: how many lines match
traced() { grep -c -E "$1" "$work/trace"; }
# What was traced how often.
traced_kinds() { sed 's/[: ].*//' "$work/trace" | sort | uniq -c | sort -n -r | head -n 8; }
# most_between BEGIN END COUNTED: the most lines that match COUNTED between one that matches BEGIN and the next of END
most_between() {
	# In the program's text, as busybox compiles any other regular expression again for each line.
	awk "
	/$2/ { if (inside && n > most) most = n; inside = 0 }
	/$1/ { inside = 1; n = 0 }
	inside && /$3/ { n++ }
	END { print most + 0 }" "$work/trace"
}
