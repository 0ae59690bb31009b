// SPDX-License-Identifier: GPL-2.0
// Checks of answers that must hold regardless of concurrent operations.
#pragma once
#include "kunit/torture/log.hh"
#include "kunit/torture/session.hh"

namespace damon::torture {

// Logs @condition with the current operation of @who if it does not hold; true if it holds.
#define MUST(who, condition) \
	(static_cast<bool>(condition) || (who).broken(#condition, __FILE__, __LINE__))

// Checks the answers that one thread gets.
class checker {
public:
	checker(log &all, const place &where) : log_{all}, where_{where} {}

	// @seen: the state before the call.  @exact: it did not change until the call returned.
	void stats(const vec<scheme_stats> &answer, const sight &seen, bool exact) const;
	// @settled: it has not changed for at least one apply pass before, either.
	void tried(const tried_regions &answer, bool with_regions, const sight &seen, bool exact,
		   bool settled) const;

	bool broken(const char *condition, const char *file, int line) const
	{
		return log_.broken(condition, file, line, where_);
	}

private:
	void regions(const tried_of_scheme &scheme, u32 nr_targets) const;
	void matches(const vec<tried_region> &regions, const plan &told,
		     const access_pattern &pattern) const;

	log &log_;
	const place &where_;
};

} // namespace damon::torture
