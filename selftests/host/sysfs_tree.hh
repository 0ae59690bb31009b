// SPDX-License-Identifier: GPL-2.0
#pragma once

// The module's whole tree in the host's directories, for the tests of sysfs/.

#include "damonxx/abi.h"
#include "host.hh"

#include <gtest/gtest.h>
#include <map>

namespace host {

// The content of every file below @dir, by path; of binary ones only that they are there, since
// what they hold is never twice the same.
inline void read_all(const std::string &dir, std::map<std::string, std::string> &contents)
{
	for (const std::string &name : list(dir.empty() ? "/damonxx/admin" : dir)) {
		const std::string path = dir.empty() ? name : dir + "/" + name;

		if (name.ends_with('/'))
			read_all(path.substr(0, path.size() - 1), contents);
		else
			contents[path] = is_binary(path) ? "binary" : read(path);
	}
}

inline std::map<std::string, std::string> read_all()
{
	std::map<std::string, std::string> contents;

	read_all("", contents);
	return contents;
}

class sysfs_tree : public testing::Test {
protected:
	static constexpr int pid = 123;
	const std::string kdamond = "kdamonds/0/";
	const std::string context = kdamond + "contexts/0/";
	const std::string scheme = context + "schemes/0/";
	const std::string everything = "18446744073709551615\n";

	void SetUp() override { ASSERT_EQ(damonxx_init(), 0); }
	void TearDown() override { damonxx_exit(); }

	// Succeeds, or notes a failure.
	static void put(const std::string &path, const std::string &text)
	{
		EXPECT_EQ(write(path, text), static_cast<long>(text.size()))
			<< path << ": " << text;
	}

	// One context with one target and one scheme that wants every region.
	void stage()
	{
		put("kdamonds/nr_kdamonds", "1\n");
		put(kdamond + "contexts/nr_contexts", "1\n");
		put(context + "targets/nr_targets", "1\n");
		put(context + "targets/0/pid_target", std::to_string(pid) + "\n");
		put(context + "schemes/nr_schemes", "1\n");
		for (const char *what : {"sz", "nr_accesses", "age"})
			put(scheme + "access_pattern/" + what + "/max", everything);
	}

	// The same with a process behind the target.
	void stage_process()
	{
		add_process(pid, {{0x10000, 0x50000}});
		stage();
	}

	long command(const std::string &keyword)
	{
		return write(kdamond + "state", keyword + "\n");
	}
	void run(const std::string &keyword) { put(kdamond + "state", keyword + "\n"); }
	// Fails with @error and says why.
	void refuse_command(const std::string &keyword, int error, const std::string &line)
	{
		EXPECT_EQ(command(keyword), -error) << keyword;
		EXPECT_EQ(last_error(), line + "\n");
	}
	std::string last_error() { return read(kdamond + "last_error"); }
};

} // namespace host
