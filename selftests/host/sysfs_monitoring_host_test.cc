// SPDX-License-Identifier: GPL-2.0
// What is monitored, and how, by the files of a context: from sysfs to the worker and back.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;

class sysfs_monitoring : public sysfs_tree {
protected:
	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
	}

	u64 number(const std::string &path) { return std::stoull(read(path)); }
	u64 monitored_bytes()
	{
		run("update_schemes_tried_bytes");
		return number(scheme + "tried_regions/total_bytes");
	}
};

TEST_F(sysfs_monitoring, physical_memory_in_units_of_the_user)
{
	add_process(ram, {{mib, 64 * mib}});
	stage();
	put(context + "operations", "paddr\n");
	EXPECT_EQ(write(context + "addr_unit", "0\n"), -EINVAL);
	put(context + "addr_unit", "3\n");
	refuse_command("on", EINVAL,
		       "contexts/0/addr_unit: 3 does not make a power of two of a page");
	put(context + "addr_unit", "16\n");
	put(context + "targets/0/regions/nr_regions", "1\n");
	put(context + "targets/0/regions/0/start", "131072\n"); // 2 MiB
	put(context + "targets/0/regions/0/end", "262144\n");	// 4 MiB
	run("on");
	EXPECT_EQ(monitored_bytes(), 2 * mib / 16);
	run("update_schemes_tried_regions");
	EXPECT_EQ(read(scheme + "tried_regions/0/start"), "131072\n");
	run("update_schemes_stats");
	EXPECT_EQ(number(scheme + "stats/sz_tried") % (2 * mib / 16), 0u);

	put(context + "targets/0/regions/0/end", "18446744073709551615\n");
	refuse_command("commit", EINVAL,
		       "contexts/0/targets/0/regions/0/end: 18446744073709551615 units are "
		       "beyond all addresses");
	// Sizes in a pattern are in units, too: no region is as large.
	put(context + "targets/0/regions/0/end", "262144\n");
	put(scheme + "access_pattern/sz/min", "131073\n");
	run("commit");
	EXPECT_EQ(monitored_bytes(), 0u);
	run("off");
}

TEST_F(sysfs_monitoring, a_unit_means_nothing_for_processes)
{
	stage_process();
	put(context + "addr_unit", "3\n");
	run("on");
	EXPECT_EQ(monitored_bytes(), u64{0x40000});
	run("off");
}

} // namespace
