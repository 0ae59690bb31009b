// SPDX-License-Identifier: GPL-2.0
// A monitoring context and its kdamond, as its users (sysfs, modules) see it.
#pragma once
#include "core/kdamond/inputs.hh"
#include "core/kdamond/stats.hh"
#include "schemes/tried.hh"
#include "damonxx/lib/bytes.hh"

namespace damon {

class kdamond;

// The caller must serialize start(), stop(), commit() and commit_goals().  Any thread may call the
// other functions at any time between make() and the destructor.  Addresses and sizes in results
// are in units of addr_unit.
class context {
public:
	// Validates @in and allocates all memory that monitoring needs; starts no kdamond.
	// inval or opnotsupp, with the reason in @why; nomem.
	static result<own<context>> make(inputs in, report &why);
	explicit context(own<kdamond> w);
	~context(); // stops the kdamond

	// Starts the kdamond, a thread called @name, and returns once it runs.  Can succeed only
	// once.  nomem, intr, again.
	status start(const char *name);
	// Stops the kdamond and waits until it has exited; results stay readable.  Allowed also
	// after it has ended by itself.
	void stop();

	bool running() const;
	// The thread id of the kdamond; -1: it does not run.
	int pid() const;

	// Replaces all inputs of the running kdamond at once, or changes nothing.
	// inval or opnotsupp, with the reason in @why; nomem; canceled: the kdamond does not run.
	status commit(inputs in, report &why);
	// Replaces the goals of every running scheme, by index.  Schemes beyond @by_scheme have no
	// goals afterwards; surplus entries are ignored.  inval or opnotsupp, with the reason in
	// @why; nomem; canceled.
	status commit_goals(vec<vec<goal>> by_scheme, report &why);
	// Runs @function(@argument) in the kdamond, and waits for it.  canceled: it did not run.
	status call(void (*function)(void *argument), void *argument);
	// The current counters of every scheme.  canceled, nomem.
	result<vec<scheme_stats>> read_stats();

	// Stores all regions at one moment in @out, in the format of include/uapi/damonxx.h, and
	// makes room as needed.  canceled, nomem.
	status take_snapshot(bytes &out);
	// The current attributes, with tuned intervals.  canceled.
	result<monitoring_attrs> read_attrs();

	// The current values, or the last ones of a kdamond that has ended.
	monitoring_stats read_monitoring();

	enum class detail { regions, totals };
	// Waits until every scheme has completed one pass, and returns the regions it tried.
	// busy: another caller waits already; canceled: the kdamond does not run, is paused, or has
	// no active scheme; nomem; intr: a signal came.
	result<tried_regions> collect_tried(detail wanted);

private:
	result<tried_regions> try_to_collect(bool with_regions);

	own<kdamond> kdamond_;
};

} // namespace damon
