// SPDX-License-Identifier: GPL-2.0
// A context that threads share, and its expected state.
#pragma once
#include "core/kdamond/context.hh"
#include "damonxx/lib/guard.hh"
#include "kunit/torture/plan.hh"

namespace damon::torture {

enum class phase : u8 { made, started, stopped };

// The expected state of a session, as a thread sees it before a call.
struct sight {
	plan told;
	phase life = phase::made;
	u64 version = 0;		 // odd: a change is in progress
	u64 table_capacity = 0;		 // the maximum capacity of a target's table
	scheme_stats floor[max_schemes]; // later answers are not below
	bool fresh = false;		 // the floor was measured after the last commit

	bool steady() const { return version % 2 == 0; }
};

// A thread that starts, stops, commits or accesses target_refs must hold turn; everything else
// needs only a reference.
class session {
public:
	session(own<context> made, const plan &told, target_refs present);

	// Copies the expected state; thread safe.
	void see(sight &out);
	// Whether the state has not changed since @seen, and no change is in progress.
	bool still(const sight &seen);
	bool can_start();
	// From now on answers must not be below @stats, unless the state has changed since @seen.
	void raise_floor(const sight &seen, const vec<scheme_stats> &stats);

	// Calls @action(), which changes the phase to @next if it succeeds.  Meanwhile the version
	// is odd, so no thread relies on the state.
	template <typename Action> auto enter(phase next, Action action)
	{
		begin_change();
		const status answer = action();
		end_change(answer.is_ok() ? &next : nullptr, nullptr);
		return answer;
	}
	// The same for an @action that commits @asked.
	template <typename Action> auto tell(const plan &asked, Action action)
	{
		begin_change();
		const status answer = action();
		end_change(nullptr, answer.is_ok() ? &asked : nullptr);
		return answer;
	}

	const own<context> core;
	mutex turn{lock_class::registry};
	target_refs present; // the processes of the last plan
	char name[16] = {}; // the kdamond's
	u32 users = 1;
	u32 collectors = 0;  // threads inside collect_tried()
	u32 collections = 0; // calls of collect_tried() so far

private:
	void begin_change();
	// Both null: the change failed, and the state is as before.
	void end_change(const phase *life, const plan *told);

	guarded<sight> known_;
};

// Dropping the last reference destroys the context, which stops its kdamond.
using session_ref = ref<shared_kind<session>>;

// Where threads find sessions.
class slot {
public:
	slot() : here_{lock_class::tree} {}

	// May be empty.
	session_ref get();
	// Returns the previous session.
	session_ref put(session_ref fresh);

private:
	guarded<session_ref> here_;
};

} // namespace damon::torture
