// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/report.hh"

#include "kunit/test.hh"

using namespace damon;

CASE(report, line_of_new_report_is_empty)
{
	const report why;

	EXPECT_EQUAL(why.line(), "");
}

CASE(report, fail_tells_place_and_reason)
{
	report why;

	EXPECT(why.fail(errc::inval, "sample_us", "must not be ", 0) == errc::inval);
	EXPECT_EQUAL(why.line(), "sample_us: must not be 0");
}

CASE(report, fail_twice_keeps_first_reason)
{
	report why;

	EXPECT(why.fail(errc::inval, "min", "is above max") == errc::inval);
	EXPECT(why.fail(errc::nomem, "max", "is below min") == errc::nomem);
	EXPECT_EQUAL(why.line(), "min: is above max");
}

CASE(report, note_alone_is_no_failure)
{
	report why;
	{
		const report::at here{why, "schemes", 1};

		why.note("action", "does nothing here");
		why.note("dests", "are left out");
	}
	EXPECT(!why.failed());
	EXPECT_EQUAL(why.nr_notes(), 2);
	EXPECT_EQUAL(why.line(), "schemes/1/action: does nothing here");
}

CASE(report, fail_after_note_replaces_it)
{
	report why;

	why.note("action", "does nothing here");
	EXPECT(why.fail(errc::inval, "min", "is above max") == errc::inval);
	why.note("dests", "are left out");
	EXPECT(why.failed());
	EXPECT_EQUAL(why.line(), "min: is above max");
}

CASE(report, fail_in_nested_places_tells_full_path)
{
	report why;
	{
		const report::at schemes{why, "schemes", 3};
		{
			const report::at pattern{why, "access_pattern"};
		}
		{
			const report::at quotas{why, "quotas"};

			EXPECT(why.fail(errc::range, "ms", "is too much") == errc::range);
		}
	}
	EXPECT_EQUAL(why.line(), "schemes/3/quotas/ms: is too much");
}

CASE(report, fail_after_scope_omits_its_place)
{
	report why;
	{
		const report::at targets{why, "targets", 12};
	}
	EXPECT(why.fail(errc::inval, "operations", "is unknown") == errc::inval);
	EXPECT_EQUAL(why.line(), "operations: is unknown");
}

CASE(report, fail_line_too_long_is_truncated)
{
	report why;
	const text_view forty = "0123456789012345678901234567890123456789";
	const report::at a{why, forty};
	const report::at b{why, forty};
	const report::at c{why, forty, 4294967295u};

	EXPECT(why.fail(errc::inval, forty, forty, forty, forty, forty, forty) == errc::inval);
	EXPECT_EQUAL(why.line().size(), 255);
}
