// SPDX-License-Identifier: GPL-2.0
// A context that threads share, and what is known of it at every moment.
#pragma once
#include "core/kdamond/context.hh"
#include "damonxx/lib/guard.hh"
#include "kunit/torture/plan.hh"

namespace damon::torture {

enum class phase : u8 { made, started, stopped };

// What a thread knows of a session before it asks.
struct sight {
	plan told;
	phase life = phase::made;
	u64 version = 0;		 // odd: somebody is changing it
	u64 table_capacity = 0;		 // the largest that a target's table may have
	scheme_stats floor[max_schemes]; // no later answer is below
	bool fresh = false;		 // the floor was measured after the last commit

	bool steady() const { return version % 2 == 0; }
};

// Who starts, stops, commits or looks at the target_refs holds turn; all else is for anybody
// with a reference.
class session {
public:
	session(own<context> made, const plan &told, target_refs present);

	// Thread safe: the phase and what it was told.
	void see(sight &out);
	// Nothing was changed since, nor tried and taken.
	bool still(const sight &seen);
	bool can_start();
	// Later answers are not below @stats, if nothing changed since @seen.
	void raise_floor(const sight &seen, const vec<scheme_stats> &stats);

	// Calls @action() as a change to the started or stopped phase: nobody relies on what
	// was known, until it is known again.
	template <typename Action> auto enter(phase next, Action action)
	{
		begin_change();
		const status answer = action();
		end_change(answer.is_ok() ? &next : nullptr, nullptr);
		return answer;
	}
	// The same for a commit of @asked.
	template <typename Action> auto tell(const plan &asked, Action action)
	{
		begin_change();
		const status answer = action();
		end_change(nullptr, answer.is_ok() ? &asked : nullptr);
		return answer;
	}

	const own<context> core;
	mutex turn{lock_class::registry};
	target_refs present; // of what it was told last
	char name[16] = {}; // the kdamond's
	u32 users = 1;
	u32 collectors = 0;  // inside collect_tried() now
	u32 collections = 0; // ever begun

private:
	void begin_change();
	// Without a phase or plan, all is as before the change.
	void end_change(const phase *life, const plan *told);

	guarded<sight> known_;
};

// The last one out ends the context, which stops its kdamond.
using session_ref = ref<shared_kind<session>>;

// Where threads find sessions.
class slot {
public:
	slot() : here_{lock_class::tree} {}

	// Empty: there is none.
	session_ref get();
	// What was there before comes back.
	session_ref put(session_ref fresh);

private:
	guarded<session_ref> here_;
};

} // namespace damon::torture
