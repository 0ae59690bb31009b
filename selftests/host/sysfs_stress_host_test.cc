// SPDX-License-Identifier: GPL-2.0
// Many writers and readers at once.  Under the virtual clock, a deadlock ends the run by
// name; under the real one, ThreadSanitizer looks on.
#include "sysfs_tree.hh"

#include <cerrno>
#include <list>
#include <set>
#include <thread>

namespace {

using namespace host;
using namespace std::chrono_literals;

// What a write may say when others change the tree at the same time.
bool is_expected(long rc)
{
	static const std::set<long> errors = {-ENOENT, -ENODEV,	   -EBUSY, //
					      -EINVAL, -ECANCELED, -EINTR};

	return rc > 0 || errors.contains(rc);
}

class sysfs_stress : public sysfs_tree {
protected:
	using script = std::vector<std::pair<std::string, std::string>>; // path, text

	void write_all(const script &writes)
	{
		for (const auto &w : writes) {
			const long rc = write(w.first, w.second);

			EXPECT_TRUE(is_expected(rc)) << w.first << ": " << w.second << ": " << rc;
		}
	}

	// Each script in a thread of its own, @rounds times.
	void stress(const std::vector<script> &scripts, int rounds, void (*pause)())
	{
		std::list<host::thread> threads;

		for (const script &writes : scripts)
			threads.emplace_back("writer", [&, rounds] {
				for (int i = 0; i < rounds; i++)
					write_all(writes);
			});
		threads.emplace_back("reader", [&, rounds] {
			for (int i = 0; i < rounds; i++)
				read_all();
		});
		// Signals, too, may come at any time.
		for (int i = 0; i < rounds; i++) {
			for (host::thread &one : threads)
				if (i % 4 == 0)
					one.signal();
			pause();
		}
		for (host::thread &one : threads)
			one.join();
	}

	std::vector<script> scripts()
	{
		const std::string state = kdamond + "state";
		const std::string pid_target = context + "targets/0/pid_target";
		script rebuild = {
			{kdamond + "contexts/nr_contexts", "1\n"},
			{context + "targets/nr_targets", "1\n"},
			{pid_target, "123\n"},
			{context + "schemes/nr_schemes", "2\n"},
			{scheme + "access_pattern/sz/max", everything},
			{scheme + "access_pattern/nr_accesses/max", everything},
			{scheme + "access_pattern/age/max", everything},
		};
		script start = rebuild;

		for (const char *keyword : {"on\n", "on\n", "commit\n", "update_schemes_stats\n",
					    "update_schemes_tried_regions\n", "off\n"})
			start.emplace_back(state, keyword);
		return {
			start,
			rebuild,
			{{"kdamonds/nr_kdamonds", "2\n"}, {"kdamonds/nr_kdamonds", "1\n"}},
			{{"kdamonds/nr_kdamonds", "3\n"},
			 {kdamond + "contexts/nr_contexts", "0\n"}},
			{{context + "schemes/nr_schemes", "3\n"},
			 {context + "schemes/nr_schemes", "1\n"}},
			{{state, "commit\n"}, {state, "update_schemes_tried_regions\n"}},
			{{state, "update_schemes_tried_bytes\n"}, {state, "nonsense\n"}},
			{{state, "on\n"}, {state, "clear_schemes_tried_regions\n"}},
			{{state, "off\n"}, {context + "targets/0/regions/nr_regions", "5\n"}},
			{{state, "update_schemes_stats\n"}, {state, "commit\n"}, {state, "off\n"}},
		};
	}

	void check_usable()
	{
		write(kdamond + "state", "off\n");
		EXPECT_EQ(read(kdamond + "state"), "off\n");
		put("kdamonds/nr_kdamonds", "0\n");
		stage();
		run("on");
		run("update_schemes_tried_regions");
		run("off");
	}
};

TEST_F(sysfs_stress, random_operations_under_virtual_clock_end_clean)
{
	use_virtual_clock();
	add_process(pid, {{0x10000, 0x50000}});
	for (u32 round = 0; round < 20; round++) {
		seed(round);
		preempt(1 + round % 5);
		put("kdamonds/nr_kdamonds", "0\n");
		stage();
		stress(scripts(), 15, [] { run_for(20'000'000); });
		preempt(0);
		check_usable();
	}
}

TEST_F(sysfs_stress, random_operations_under_real_clock_end_clean)
{
	add_process(pid, {{0x10000, 0x50000}});
	stage();
	stress(scripts(), 40, [] { std::this_thread::sleep_for(20ms); });
	check_usable();
}

// Whoever takes the module down finds handlers everywhere.
TEST_F(sysfs_stress, unload_during_random_operations_ends_clean)
{
	use_virtual_clock();
	add_process(pid, {{0x10000, 0x50000}});
	for (u32 round = 0; round < 30; round++) {
		std::list<host::thread> threads;

		seed(round);
		preempt(1 + round % 5);
		put("kdamonds/nr_kdamonds", "0\n");
		stage();
		run("on");
		for (const script &writes : scripts())
			threads.emplace_back("writer", [this, writes] { write_all(writes); });
		run_for(u64{round} * 1'000'000);
		damonxx_exit();
		threads.clear();
		preempt(0);
		ASSERT_EQ(damonxx_init(), 0);
	}
}

} // namespace
