// SPDX-License-Identifier: GPL-2.0
/* Runs the test cases under KUnit in the kernel. */
#include <linux/export.h>
#include "kunit/suites.h"
#include "damonxx/kapi.h"

/* Cases run one at a time, in all modules.  Threads that a case has started may fail it, too. */
static struct kunit *running;

void kapi_test_failed(const char *file, int line, const char *message)
{
	struct kunit *test = READ_ONCE(running);

	if (WARN(!test, "%s:%d: no case runs: %s\n", file, line, message))
		return;
	KUNIT_FAIL(test, "%s:%d: %s", file, line, message);
}
EXPORT_SYMBOL_GPL(kapi_test_failed);

/* As on the host, a case must free all memory that it allocates. */
void damonxx_kunit_run(struct kunit *test, void (*body)(void))
{
	u64 live = kapi_alloc_live();

	WRITE_ONCE(running, test);
	body();
	WRITE_ONCE(running, NULL);
	KUNIT_EXPECT_EQ_MSG(test, live, kapi_alloc_live(),
			    "the case changes the number of allocations");
}
EXPORT_SYMBOL_GPL(damonxx_kunit_run);
