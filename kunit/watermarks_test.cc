// SPDX-License-Identifier: GPL-2.0
#include "schemes/watermarks.hh"
#include "kunit/test.hh"

using namespace damon;

CASE(watermark, deactivates_at_between_marks_keeps_previous_state)
{
	const watermarks marks{watermark_metric::free_mem_rate, 0, 0, 500, 400, 100};

	EXPECT(deactivates_at(marks, 501, false));
	EXPECT(!deactivates_at(marks, 500, false));
	EXPECT(deactivates_at(marks, 500, true));
	EXPECT(deactivates_at(marks, 400, true));
	EXPECT(!deactivates_at(marks, 399, true));
	EXPECT(!deactivates_at(marks, 100, true));
	EXPECT(deactivates_at(marks, 99, false));
}
