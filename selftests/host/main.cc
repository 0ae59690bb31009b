// SPDX-License-Identifier: GPL-2.0
// Runs GoogleTest's own tests and the cases of kunit/, each in a fresh world that must be
// empty again at its end.
#include "host.hh"
#include "tap.hh"

#include "kunit/test.hh"

#include <gtest/gtest.h>

extern "C" {
// The linker's names for the ends of the section that CASE fills.
[[gnu::weak]] extern const kapi_test_case *const __start_damonxx_tests[];
[[gnu::weak]] extern const kapi_test_case *const __stop_damonxx_tests[];
}

void kapi_test_failed(const char *file, int line, const char *message)
{
	ADD_FAILURE_AT(file, line) << message;
}

namespace {

class portable_case : public testing::Test {
public:
	explicit portable_case(void (*run)()) : run_(run) {}
	void TestBody() override { run_(); }

private:
	void (*run_)();
};

class fresh_world : public testing::EmptyTestEventListener {
	void OnTestStart(const testing::TestInfo &) override { host::reset(); }

	void OnTestEnd(const testing::TestInfo &) override
	{
		const std::string left = host::leaks();

		if (!left.empty())
			ADD_FAILURE() << "the test leaves behind:\n" << left;
	}
};

void register_portable_cases()
{
	for (auto entry = __start_damonxx_tests; entry != __stop_damonxx_tests; entry++) {
		void (*const run)() = (*entry)->run;

		testing::RegisterTest((*entry)->suite, (*entry)->name, nullptr, nullptr, __FILE__,
				      __LINE__,
				      [run]() -> testing::Test * { return new portable_case(run); });
	}
}

} // namespace

int main(int argc, char **argv)
{
	testing::InitGoogleTest(&argc, argv);
	testing::FLAGS_gtest_death_test_style = "threadsafe";
	register_portable_cases();
	// Tests end in the order of the last listener to the first, so that a result includes what a test leaves behind.
	print_tap();
	testing::UnitTest::GetInstance()->listeners().Append(new fresh_world);
	return RUN_ALL_TESTS();
}
