// SPDX-License-Identifier: GPL-2.0
// What must hold of an answer, whatever else went on.
#pragma once
#include "kunit/torture/log.hh"
#include "kunit/torture/session.hh"

namespace damon::torture {

// Notes a condition that does not hold, as what @who was doing; true if it holds.
#define MUST(who, condition) \
	(static_cast<bool>(condition) || (who).broken(#condition, __FILE__, __LINE__))

// The answers to one thread.
class checker {
public:
	checker(log &all, const place &where) : log_{all}, where_{where} {}

	// @seen is what was known before the question.  @exact: it held until the answer came.
	void stats(const vec<scheme_stats> &answer, const sight &seen, bool exact) const;
	// @settled: it also held for at least one round before.
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
