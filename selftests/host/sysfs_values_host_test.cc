// SPDX-License-Identifier: GPL-2.0
// What every writable file of the tree accepts, how it reads back, and what it refuses.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

class sysfs_values : public sysfs_tree {
protected:
	void SetUp() override
	{
		sysfs_tree::SetUp();
		put("kdamonds/nr_kdamonds", "2\n");
		put(kdamond + "contexts/nr_contexts", "1\n");
		put(context + "targets/nr_targets", "2\n");
		put(context + "targets/0/regions/nr_regions", "2\n");
		put(context + "schemes/nr_schemes", "2\n");
	}

	// Fails with @error and changes nothing anywhere.
	void refuse(const std::string &path, const std::string &text, int error)
	{
		const auto before = read_all();

		EXPECT_EQ(write(path, text), -error) << path << ": " << text;
		EXPECT_EQ(read_all(), before) << path << ": " << text;
	}

	void keep(const std::string &path, const std::string &text, const std::string &read_back)
	{
		put(path, text);
		EXPECT_EQ(read(path), read_back) << path;
	}
};

TEST_F(sysfs_values, ulong_file_follows_kstrtoul)
{
	const std::string files[] = {
		context + "monitoring_attrs/intervals/sample_us",
		context + "monitoring_attrs/intervals/aggr_us",
		context + "monitoring_attrs/intervals/update_us",
		context + "monitoring_attrs/nr_regions/min",
		context + "monitoring_attrs/nr_regions/max",
		context + "targets/0/regions/1/start",
		context + "targets/0/regions/1/end",
		scheme + "apply_interval_us",
		scheme + "access_pattern/sz/min",
		scheme + "access_pattern/sz/max",
		scheme + "access_pattern/nr_accesses/min",
		scheme + "access_pattern/nr_accesses/max",
		scheme + "access_pattern/age/min",
		scheme + "access_pattern/age/max",
		scheme + "stats/max_nr_snapshots",
	};

	for (const std::string &file : files) {
		keep(file, "+0x1f\n", "31\n");
		keep(file, "017", "15\n");
		keep(file, "18446744073709551615\n", "18446744073709551615\n");
		refuse(file, "18446744073709551616\n", ERANGE);
		refuse(file, "-1\n", EINVAL);
		refuse(file, "\n", EINVAL);
		refuse(file, "1k\n", EINVAL);
		refuse(file, " 1\n", EINVAL);
		refuse(file, "1\n\n", EINVAL);
	}
}

TEST_F(sysfs_values, pid_target_invalid_fails_einval)
{
	const std::string file = context + "targets/1/pid_target";

	keep(file, "-5\n", "-5\n");
	keep(file, "2147483647\n", "2147483647\n");
	refuse(file, "2147483648\n", EINVAL);
	refuse(file, "x\n", EINVAL);
}

TEST_F(sysfs_values, keyword_file_accepts_whole_words_only)
{
	for (const char *name : {"paddr", "fvaddr", "vaddr"})
		keep(context + "operations", name, std::string{name} + "\n");
	for (const char *name : {"", "Vaddr", "vaddr ", "vad", "vaddrx", "vaddr\n\n"})
		refuse(context + "operations", std::string{name} + "\n", EINVAL);
	keep(scheme + "action", "stat\n", "stat\n");
	refuse(scheme + "action", "stats\n", EINVAL);
}

TEST_F(sysfs_values, read_only_file_fails_eacces)
{
	for (const char *name : {"nr_tried", "sz_tried", "nr_applied", "sz_applied",
				 "sz_ops_filter_passed", "qt_exceeds", "nr_snapshots"})
		refuse(scheme + "stats/" + name, "1\n", EACCES);
	refuse(scheme + "tried_regions/total_bytes", "1\n", EACCES);
	refuse(kdamond + "pid", "1\n", EACCES);
	refuse(kdamond + "last_error", "1\n", EACCES);
	refuse(context + "avail_operations", "1\n", EACCES);
}

TEST_F(sysfs_values, nr_file_out_of_range_is_refused)
{
	const std::string others[] = {
		context + "targets/0/regions/nr_regions",
		context + "targets/nr_targets",
		context + "schemes/nr_schemes",
	};

	for (const std::string &file : others) {
		refuse(file, "-1\n", EINVAL);
		refuse(file, "one\n", EINVAL);
		refuse(file, "2147483648\n", ERANGE);
		refuse(file, "65537\n", EINVAL);
		keep(file, "0x3\n", "3\n");
		keep(file, "0\n", "0\n");
	}
	EXPECT_TRUE(log_contains("nr_targets: 65537 is above 65536"));
	refuse(kdamond + "contexts/nr_contexts", "2\n", EINVAL);
	refuse(kdamond + "contexts/nr_contexts", "-1\n", EINVAL);
	keep(kdamond + "contexts/nr_contexts", "0\n", "0\n");
	refuse("kdamonds/nr_kdamonds", "1025\n", EINVAL);
	keep("kdamonds/nr_kdamonds", "1024\n", "1024\n");
	EXPECT_TRUE(exists("kdamonds/1023/contexts/nr_contexts"));
}

TEST_F(sysfs_values, nr_regions_of_65536_works)
{
	const std::string file = context + "targets/0/regions/nr_regions";

	keep(file, "65536\n", "65536\n");
	EXPECT_EQ(read(context + "targets/0/regions/65535/end"), "0\n");
	keep(file, "1\n", "1\n");
	EXPECT_EQ(list(context + "targets/0/regions"),
		  (std::vector<std::string>{"0/", "nr_regions"}));
}

} // namespace
