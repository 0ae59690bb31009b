// SPDX-License-Identifier: GPL-2.0
#include "tap.hh"

#include <csignal>
#include <cstdio>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

// Of the sanitizers, if there is one in the program.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

// Several shards may print into the same pipe: a line is written at once, and none waits in a buffer when the
// program dies.
void put_line(const std::string &line)
{
	const std::string text = line + "\n";

	for (size_t done = 0; done < text.size();) {
		const ssize_t n = write(STDOUT_FILENO, text.data() + done, text.size() - done);

		if (n <= 0)
			return;
		done += static_cast<size_t>(n);
	}
}

void put_reason(const testing::TestPartResult &part)
{
	std::string text = part.message();

	if (part.file_name())
		text = std::string{part.file_name()} + ":" + std::to_string(part.line_number()) + ": " + text;
	for (size_t at = 0; at < text.size();) {
		const size_t end = std::min(text.find('\n', at), text.size());

		put_line("#   " + text.substr(at, end - at));
		at = end + 1;
	}
}

class tap_printer : public testing::EmptyTestEventListener {
public:
	// Of a test that takes the program with it.
	void died()
	{
		if (running_.empty())
			return;
		put_line("not ok " + std::to_string(++number_) + " - " + running_);
		put_line("#   the program died");
		running_.clear();
	}

private:
	void OnTestStart(const testing::TestInfo &test) override
	{
		running_ = std::string{test.test_suite_name()} + "." + test.name();
	}

	void OnTestEnd(const testing::TestInfo &test) override
	{
		const testing::TestResult &result = *test.result();
		std::string line = "ok " + std::to_string(++number_) + " - " + running_;

		running_.clear();
		if (result.Skipped())
			line += " # SKIP";
		for (int i = 0; result.Skipped() && i < result.total_part_count(); i++)
			if (result.GetTestPartResult(i).skipped())
				line += std::string{" "} + result.GetTestPartResult(i).message();
		put_line(result.Failed() ? "not " + line : line);
		for (int i = 0; i < result.total_part_count(); i++)
			if (result.GetTestPartResult(i).failed())
				put_reason(result.GetTestPartResult(i));
	}

	// What fails between tests belongs to none of them.
	void OnTestPartResult(const testing::TestPartResult &part) override
	{
		if (!running_.empty() || !part.failed())
			return;
		put_line("not ok " + std::to_string(++number_) + " - outside of any test");
		put_reason(part);
	}

	void OnTestProgramEnd(const testing::UnitTest &) override { put_line("1.." + std::to_string(number_)); }

	std::string running_;
	int number_ = 0;
};

tap_printer *printer;

void on_death()
{
	printer->died();
}

void on_abort(int)
{
	printer->died();
}

} // namespace

void print_tap()
{
	testing::TestEventListeners &listeners = testing::UnitTest::GetInstance()->listeners();

	printer = new tap_printer;
	delete listeners.Release(listeners.default_result_printer());
	listeners.Append(printer);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(on_death);
	signal(SIGABRT, on_abort);
}
