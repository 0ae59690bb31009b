# SPDX-License-Identifier: GPL-2.0
# What run-tests printed, in one line of numbers: programs passed, skipped and tried again; of the checks in them those
# passed, failed, to do and skipped.  Checks of a try that another one follows do not count.
/^ok .* # [0-9]+ s$/ { passed++ }
/^ok .* # SKIP/ { skipped++ }
/^(not )?ok / { for (kind in tried) { sum[kind] += tried[kind]; delete tried[kind] } }
/^# again: / { again++; split("", tried) }
/^# the emulator failed; / { split("", tried) }
/^# (not )?ok .* # SKIP/ { tried["skip"]++; next }
/^# not ok .* # TODO/ { tried["todo"]++; next }
/^# ok / { tried["pass"]++ }
/^# not ok / { tried["fail"]++ }
END {
	for (kind in tried)
		sum[kind] += tried[kind]
	print passed + 0, skipped + 0, again + 0, sum["pass"] + 0, sum["fail"] + 0, sum["todo"] + 0, sum["skip"] + 0
}
