// SPDX-License-Identifier: GPL-2.0
// The results of the test so far: counts of answers, and the first failure.
#pragma once
#include "damonxx/lib/guard.hh"
#include "damonxx/lib/result.hh"
#include "damonxx/lib/text.hh"

namespace damon::torture {

enum class operation : u8 {
	make,
	start,
	commit,
	read_stats,
	collect,
	look,
	audit,
	wait_exit,
	stop,
	drop,
	fail_allocation,
	disturb,
};
inline constexpr u32 nr_operations = 12;
inline constexpr const char *operation_names[nr_operations] = {
	"make",	 "start",     "commit", "read_stats", "collect",	 "look",
	"audit", "wait_exit", "stop",	"drop",	      "fail_allocation", "disturb",
};

// What a thread is doing, for messages.
struct place {
	u32 thread = 0;
	u32 slot = 0;
	operation doing = operation::look;
};

// Any thread may call any function at any time.
class log {
public:
	log() : first_{lock_class::requests} {}

	void count(operation done, status answer);
	u64 total() const;

	// Records that @condition, which must hold, does not.  Always false.
	bool broken(const char *condition, const char *file, int line, const place &where);
	// Records a failure that belongs to no thread.
	void broken(const char *what);
	bool failed() const { return __atomic_load_n(&failures_, __ATOMIC_ACQUIRE) != 0; }

	// "make 10 ok, 3 EINVAL; start 7 ok"
	void report_counts(text_writer &out) const;
	// "3 failures, the first one: ..."
	void report_failures(text_writer &out);

private:
	static constexpr int errnos[] = {0,	     KAPI_EINTR,  KAPI_ENOMEM,
					 KAPI_EBUSY, KAPI_EINVAL, KAPI_ECANCELED};
	static constexpr u32 nr_answers = 7; // the last one: any other errno

	struct first_failure {
		char text[200] = {};
	};

	void record(const char *text);

	guarded<first_failure> first_;
	u64 counts_[nr_operations][nr_answers] = {};
	u32 failures_ = 0;
};

} // namespace damon::torture
