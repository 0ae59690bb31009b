/* SPDX-License-Identifier: GPL-2.0 */
/* The macros for the list of suites that scripts/kbuild/kunit-suites generates. */
#ifndef DAMONXX_KUNIT_SUITES_H
#define DAMONXX_KUNIT_SUITES_H

#include <kunit/test.h>

/* Runs a C++ test case; all failures until it returns are failures of @test. */
void damonxx_kunit_run(struct kunit *test, void (*body)(void));

/* Declared for C++ in kunit/test.hh. */
void kapi_test_failed(const char *file, int line, const char *message);

#define DAMONXX_CASE(suite, case) \
	extern void damonxx_case_##suite##__##case(void); \
	static void suite##__##case(struct kunit *test) \
	{ \
		damonxx_kunit_run(test, damonxx_case_##suite##__##case); \
	}

#define DAMONXX_ENTRY(suite, case) \
	{ .run_case = suite##__##case, .name = #case, .module_name = KBUILD_MODNAME }

#define DAMONXX_SUITE(suite) \
	static struct kunit_suite suite##_suite = { \
		.name = "damonxx_" #suite, \
		.test_cases = suite##_cases, \
	}

#endif
