/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of module parameters: modules/NAME_parameters.h has the rows of damonxx_NAME; this file
 * has the rows that several modules share, whose differing defaults are macro arguments.  A file
 * that includes a table first defines a macro for each type of row: modules/kernel/module_macros.h
 * makes kernel parameters and the texts of modinfo, modules/table.hh names, defaults and limits in
 * C++, scripts/abi.d/tables.cc the tables in Documentation/modules.
 *
 *	PARAMETER_BOOL(name, default, text)			Y or N
 *	PARAMETER_NUMBER(name, default, range, unit, text)	any u64 can be written; @range: what is not refused later
 *	PARAMETER_NUMBER_FROM(name, default, least, unit, text)
 *	PARAMETER_NUMBER_WITHIN(name, default, least, most, unit, text)
 *	PARAMETER_NODE(name, default, text)			a node ID, or -1
 *	PARAMETER_RESULT(name, unit, text)			mode 0400; all others have 0600
 *
 * @text has no full stop at its end, since unit, range and default follow in brackets.
 */
#ifndef DAMONXX_SHARED_PARAMETERS_H
#define DAMONXX_SHARED_PARAMETERS_H

#define ENABLED_PARAMETER \
	PARAMETER_BOOL(enabled, N, "Y starts the kdamond of the module, N stops it; reads tell whether it runs")

#define CONTROL_PARAMETERS \
	ENABLED_PARAMETER \
	PARAMETER_BOOL(commit_inputs, N, \
		"Y applies all other parameters to the running kdamond, all of them or, after an error, none; reads N")

#define PID_PARAMETER \
	PARAMETER_RESULT(kdamond_pid, "thread ID", "Kdamond of the module, -1 while it does not run")

#define SAMPLING_PARAMETERS(sample_us, min_regions) \
	PARAMETER_NUMBER_FROM(sample_interval, sample_us, 1, "microseconds", "Sampling interval") \
	PARAMETER_NUMBER_FROM(aggr_interval, 100000, 1, "microseconds", \
		"Aggregation interval, over which accesses are counted; not less than sample_interval") \
	PARAMETER_NUMBER(min_nr_regions, min_regions, "3 to max_nr_regions", "regions", \
		"Minimum number of monitoring regions") \
	PARAMETER_NUMBER(max_nr_regions, 1000, "min_nr_regions or more", "regions", \
		"Maximum number of monitoring regions, which limits the overhead") \
	PARAMETER_BOOL(autotune_monitoring_intervals, N, \
		"Y tunes both intervals, from 5 and 100 ms on and up to samples every 10 s, so that 0.4 % of all " \
		"possible accesses are seen; sample_interval and aggr_interval are ignored")

#define RANGE_PARAMETERS \
	PARAMETER_NUMBER(monitor_region_start, 0, "0 or more", "units of addr_unit", \
		"Start address of the monitored memory; if it and monitor_region_end are 0: all System RAM, " \
		"also what is plugged in later") \
	PARAMETER_NUMBER(monitor_region_end, 0, "0 or more", "units of addr_unit", \
		"End address of the monitored memory, exclusive") \
	PARAMETER_NUMBER_FROM(addr_unit, 1, 1, "bytes", \
		"Unit of these two addresses; a power of two if it is not more than a page")

/* @memory: whose free share it is; @high_note: more about wmarks_high. */
#define WATERMARK_PARAMETERS(high, mid, low, memory, high_note) \
	PARAMETER_NUMBER(wmarks_interval, 5000000, "0 or more", "microseconds", \
		"Interval between checks of free memory while watermarks deactivate the module") \
	PARAMETER_NUMBER(wmarks_high, high, "wmarks_mid to 1000", "permil", \
		"High watermark: deactivates the module while the free share of " memory " is more" high_note) \
	PARAMETER_NUMBER(wmarks_mid, mid, "wmarks_low to wmarks_high", "permil", \
		"Middle watermark: activates the module again when the free share of " memory " is less") \
	PARAMETER_NUMBER(wmarks_low, low, "0 to wmarks_mid", "permil", \
		"Low watermark: deactivates the module while the free share of " memory " is less, as the " \
		"kernel reclaims by itself then")

#endif
