// SPDX-License-Identifier: GPL-2.0
// The torture test of kunit/torture in user space: on the virtual clock, where a seed is one
// schedule, and on the real one, for ThreadSanitizer.
#include "kunit/torture/world.h"
#include "scheduler.hh"

#include <gtest/gtest.h>

#include <mutex>

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 base = u64{0x7f00} << 32;
constexpr int first_pid = 100;
constexpr int nr_pids = 6;

std::mutex lock;
std::vector<std::string> said;
host::task *tasks[DAMONXX_TORTURE_MAX_THREADS];

// ---- processes that come, go, and change what they have mapped

class processes {
public:
	processes()
	{
		for (int i = 0; i < nr_pids; i++)
			begin(first_pid + i);
		EXPECT_EQ(kapi_thread_start(&thread_, "processes", run, this), 0);
	}
	~processes() { kapi_thread_stop(thread_); }

private:
	static void begin(int pid)
	{
		host::add_process(pid, {{0x400000, 0x500000},
					{base, base + 64 * mib},
					{u64{0x7ffc} << 32, (u64{0x7ffc} << 32) + mib}});
		host::set_hot(pid, {{base, base + 16 * mib}}, 900);
	}

	static void run(kapi_thread *self, void *)
	{
		std::atomic<u64> random{kapi_random_u64()};

		while (!kapi_thread_should_stop()) {
			const u64 chosen = host::next_random(random);
			const int pid = first_pid + static_cast<int>(chosen % nr_pids);
			const u64 at = base + (chosen >> 8) % 512 * mib;

			switch ((chosen >> 32) % 8) {
			case 0:
				host::end_process(pid);
				kapi_thread_sleep_until(self, kapi_now_ns() + 30 * ms);
				begin(pid);
				break;
			case 1:
			case 2:
				host::unmap(pid, {at, at + 8 * mib});
				break;
			default:
				host::map(pid, {at, at + 4 * mib});
			}
			kapi_thread_sleep_until(self, kapi_now_ns() + 20 * ms);
		}
	}

	kapi_thread *thread_ = nullptr;
};

damonxx_torture_settings settings(u64 seed, u32 seconds)
{
	return {seed, seconds, 4, 3, 10};
}

bool begins_with(const std::string &text, const std::string &prefix)
{
	return text.compare(0, prefix.size(), prefix) == 0;
}

// The last line, which is the only verdict.
std::string verdict()
{
	std::lock_guard held(lock);
	int verdicts = 0;

	for (const std::string &line : said)
		verdicts += begins_with(line, "SUCCESS ") || begins_with(line, "FAILURE ");
	EXPECT_EQ(verdicts, 1);
	return said.empty() ? "" : said.back();
}

// How often the whole run had @answer for @request.
u64 count_of(const std::string &request, const std::string &answer)
{
	std::lock_guard held(lock);
	const std::string &counts = said[said.size() - 2];
	const size_t begin = counts.find(request + " ");
	const std::string own = begin == std::string::npos
					? ""
					: counts.substr(begin, counts.find(';', begin) - begin);
	const size_t end = own.find(" " + answer);

	if (end == std::string::npos)
		return 0;
	return std::stoull(own.substr(own.rfind(' ', end - 1) + 1));
}

class torture : public testing::Test {
protected:
	void SetUp() override { said.clear(); }

	void in_virtual_time(u64 seed, u32 seconds)
	{
		host::use_virtual_clock();
		host::seed(seed);
		host::preempt(4);
		const processes there;
		const damonxx_torture_settings wanted = settings(seed, seconds);
		ASSERT_EQ(damonxx_torture_start(&wanted), 0);
		host::run_for((seconds + 1) * 1'000 * ms);
		EXPECT_TRUE(damonxx_torture_stop());
		EXPECT_TRUE(begins_with(said.front(), "seed " + std::to_string(seed) + ", "));
		EXPECT_TRUE(begins_with(verdict(), "SUCCESS ")) << verdict();
	}
};

class torture_seeds : public torture, public testing::WithParamInterface<u64> {};

} // namespace

void damonxx_torture_say(const char *text)
{
	std::lock_guard held(lock);

	said.emplace_back(text);
	if (std::getenv("DAMONXX_LOG") != nullptr)
		std::fprintf(stderr, "damonxx-torture: %s\n", text);
	// Who waits for ever cannot be cleaned up after.
	if (said.back().find("comes in time") != std::string::npos)
		host::die("%s", text);
}

int damonxx_torture_pid(u64 random)
{
	return first_pid + static_cast<int>(random % (nr_pids + 1)); // the last one is nobody
}

void damonxx_torture_fail_allocation(u32 k)
{
	host::fail_nth(k);
}

u64 damonxx_torture_failed_allocations()
{
	return host::counts().failed_allocations;
}

u64 damonxx_torture_references()
{
	return host::held_pids() + host::held_mms();
}

void damonxx_torture_enter(u32 index)
{
	std::lock_guard held(lock);
	tasks[index] = &host::current_task();
}

void damonxx_torture_leave(u32 index)
{
	std::lock_guard held(lock);
	tasks[index] = nullptr;
}

void damonxx_torture_interrupt(u32 index)
{
	std::lock_guard held(lock);

	if (tasks[index] != nullptr)
		tasks[index]->signal = true;
}

void damonxx_torture_forget_interrupts()
{
	host::set_signal_pending(false);
}

// A thread that is left over is found when the world ends.
bool damonxx_torture_has_thread(int, const char *)
{
	return false;
}

TEST_P(torture_seeds, random_requests_find_nothing)
{
	in_virtual_time(GetParam(), 15);
}

INSTANTIATE_TEST_SUITE_P(virtual_time, torture_seeds, testing::Values(1, 2, 3));

// A torture that is refused everything proves nothing.
TEST_F(torture, requests_get_all_kinds_of_answers)
{
	in_virtual_time(11, 40);
	for (const char *request :
	     {"make", "start", "commit", "read_stats", "collect", "look", "audit", "wait_exit",
	      "stop", "drop", "fail_allocation", "disturb"})
		EXPECT_GE(count_of(request, "ok"), 5u) << request;
	for (const char *request : {"make", "start", "commit", "collect"})
		EXPECT_GE(count_of(request, "ENOMEM"), 1u) << request;
	for (const char *request : {"make", "commit"})
		EXPECT_GE(count_of(request, "EINVAL"), 20u) << request;
	for (const char *request : {"commit", "read_stats", "collect"})
		EXPECT_GE(count_of(request, "ECANCELED"), 5u) << request;
	for (const char *answer : {"EBUSY", "EINTR"})
		EXPECT_GE(count_of("collect", answer), 1u) << answer;
}

TEST_F(torture, same_seed_gives_same_schedule)
{
	in_virtual_time(21, 5);
	const std::vector<std::string> first = std::move(said);
	said.clear();
	host::reset();
	in_virtual_time(21, 5);
	EXPECT_EQ(said, first);
}

TEST_F(torture, threads_run_in_parallel)
{
	const processes there;
	const damonxx_torture_settings wanted = settings(kapi_random_u64(), 2);

	ASSERT_EQ(damonxx_torture_start(&wanted), 0);
	std::this_thread::sleep_for(std::chrono::milliseconds(2'200));
	EXPECT_TRUE(damonxx_torture_stop());
	EXPECT_TRUE(begins_with(verdict(), "SUCCESS ")) << verdict();
}

TEST_F(torture, stop_at_any_moment_ends_it)
{
	const processes there;

	for (int i = 0; i < 20; i++) {
		const damonxx_torture_settings wanted = settings(static_cast<u64>(i), 0);

		said.clear();
		ASSERT_EQ(damonxx_torture_start(&wanted), 0);
		std::this_thread::sleep_for(std::chrono::milliseconds(7 * i));
		EXPECT_TRUE(damonxx_torture_stop());
		EXPECT_TRUE(begins_with(verdict(), "SUCCESS ")) << verdict();
	}
}

TEST_F(torture, leftover_objects_are_reported)
{
	host::use_virtual_clock();
	host::add_process(first_pid);
	const damonxx_torture_settings wanted = settings(1, 3);

	ASSERT_EQ(damonxx_torture_start(&wanted), 0);
	host::run_for(1'000 * ms);
	void *memory = kapi_alloc(1);
	kapi_pid *pid = kapi_pid_get(first_pid);
	host::run_for(4'000 * ms);
	EXPECT_FALSE(damonxx_torture_stop());
	EXPECT_TRUE(begins_with(verdict(), "FAILURE seed 1, 3 s, ")) << verdict();
	EXPECT_NE(verdict().find("2 failures, the first one: allocations were not freed"),
		  std::string::npos)
		<< verdict();
	kapi_pid_put(pid);
	kapi_free(memory);
}

TEST_F(torture, invalid_parameters_are_refused)
{
	for (const damonxx_torture_settings &wanted :
	     {damonxx_torture_settings{1, 1, 0, 1, 1}, damonxx_torture_settings{1, 1, 1, 0, 1},
	      damonxx_torture_settings{1, 1, DAMONXX_TORTURE_MAX_THREADS + 1, 1, 1},
	      damonxx_torture_settings{1, 1, 1, DAMONXX_TORTURE_MAX_CONTEXTS + 1, 1}})
		EXPECT_EQ(damonxx_torture_start(&wanted), -KAPI_EINVAL);
	const damonxx_torture_settings good = settings(1, 1);
	host::set_feature(KAPI_FEATURE_VADDR, false);
	EXPECT_EQ(damonxx_torture_start(&good), -KAPI_EOPNOTSUPP);
	host::set_feature(KAPI_FEATURE_VADDR, true);
	// With the first allocations, or the first thread, missing.
	host::use_virtual_clock();
	EXPECT_GE(host::for_each_failing_allocation([&] {
			  if (damonxx_torture_start(&good) == 0)
				  static_cast<void>(damonxx_torture_stop());
		  }),
		  5u);
}
