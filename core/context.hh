// SPDX-License-Identifier: GPL-2.0
// A monitoring context and its kdamond, as its users (sysfs, modules) see it.
#pragma once
#include "core/inputs.hh"
#include "core/stats.hh"
#include "core/tried.hh"
#include "damonxx/bytes.hh"

namespace damon {

class kdamond;

// Who calls start, stop, commit and commit_goals takes care that they do not overlap; the other
// functions may run at any time between make() and the destructor, from any thread.  Results
// come in the address unit of the inputs.
class context {
public:
	// Validates @in and allocates all that monitoring needs; starts nothing.
	// inval with the reason in @why, nomem.
	static result<own<context>> make(inputs in, report &why);
	explicit context(own<kdamond> w);
	~context(); // stops the kdamond

	// Returns when the kdamond has begun; @name is the thread's.  Once only.
	status start(const char *name);
	// Returns when it is gone; results stay readable.  Also fine after it ended by itself.
	void stop();

	bool running() const;
	// The kdamond's thread id, -1 when it does not run.
	int pid() const;

	// Replaces all inputs of the running kdamond at once, or changes nothing.
	// inval, nomem, canceled: the kdamond is gone, intr.
	status commit(inputs in, report &why);
	// Replaces the goals of every running scheme, by index: those beyond @by_scheme have none
	// afterwards, and what is left over in it is ignored.  inval, nomem, canceled.
	status commit_goals(vec<vec<goal>> by_scheme, report &why);
	// Runs @function(@argument) in the kdamond, and waits for it.  canceled.
	status call(void (*function)(void *argument), void *argument);
	// The counters of every scheme, as of now.  canceled, nomem, intr.
	result<vec<scheme_stats>> read_stats();

	// All regions as of now, in the form of include/uapi/damonxx.h; @out gets the room that it
	// takes.  canceled, nomem.
	status take_snapshot(bytes &out);
	// As they are now, with tuned intervals.  canceled, intr.
	result<monitoring_attrs> read_attrs();

	// As of now, or the last ones.
	monitoring_stats read_monitoring();

	enum class detail { regions, totals };
	// Waits until every scheme has had one pass, and tells the regions it tried.
	// busy: somebody else waits already; canceled: the kdamond is gone or has no scheme;
	// nomem; intr.
	result<tried_regions> collect_tried(detail wanted);

private:
	result<tried_regions> try_to_collect(bool with_regions);

	own<kdamond> kdamond_;
};

} // namespace damon
