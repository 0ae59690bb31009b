// SPDX-License-Identifier: GPL-2.0
// The host's directory tree keeps sysfs' rules.
#include "host.hh"

#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>

namespace {

// A directory "top" with a file to write, one to read only, and one to write only.
class host_directories : public testing::Test {
protected:
	void SetUp() override
	{
		static const kapi_file files[] = {
			{"both", 0600, false}, {"state", 0400, false}, {"poke", 0200, false}};

		host::set_base("/");
		kind_ = kapi_dir_kind_make(files, 3);
		ASSERT_EQ(kapi_dir_add(&top_, nullptr, "top", kind_, &value_), 0);
		host::set_file_handlers({show, store});
	}

	void TearDown() override
	{
		if (top_ != nullptr)
			kapi_dir_remove(top_);
		kapi_dir_kinds_free();
	}

	static long show(void *owner, u32 file, char *buf, unsigned long size)
	{
		return std::snprintf(buf, size, "%u %s\n", file,
				     static_cast<std::string *>(owner)->c_str());
	}

	static long store(void *owner, u32, const char *buf, unsigned long size)
	{
		EXPECT_EQ(std::strlen(buf), size);
		*static_cast<std::string *>(owner) = buf;
		return static_cast<long>(size);
	}

	std::string value_ = "initial";
	kapi_dir_kind *kind_ = nullptr;
	kapi_dir *top_ = nullptr;
};

TEST_F(host_directories, file_is_read_and_written)
{
	EXPECT_EQ(host::read("top/both"), "0 initial\n");
	EXPECT_EQ(host::write("top/both", "other"), 5);
	EXPECT_EQ(host::read("top/state"), "1 other\n");
	EXPECT_EQ(host::write("top/both", ""), 0);
	EXPECT_EQ(value_, "other");
}

TEST_F(host_directories, file_mode_is_enforced)
{
	EXPECT_EQ(host::write("top/state", "x"), -EACCES);
	EXPECT_EQ(host::read_errno("top/poke"), -EACCES);
	EXPECT_EQ(host::read("top/poke"), "error 13");
	EXPECT_EQ(host::mode_of("top/state"), 0400);
}

TEST_F(host_directories, missing_path_fails_enoent)
{
	EXPECT_EQ(host::write("top/none", "x"), -ENOENT);
	EXPECT_EQ(host::write("none/both", "x"), -ENOENT);
	EXPECT_EQ(host::write("top/both/below", "x"), -ENOENT);
	EXPECT_EQ(host::read_errno("top"), -EISDIR);
	EXPECT_FALSE(host::exists("top/none"));
	EXPECT_FALSE(host::exists("top/none/both"));
	EXPECT_TRUE(host::exists("top"));
	EXPECT_TRUE(host::exists("top/both"));
}

TEST_F(host_directories, children_are_listed_until_removed)
{
	kapi_dir *child = nullptr;

	ASSERT_EQ(kapi_dir_add(&child, top_, "0", kind_, &value_), 0);
	EXPECT_EQ(kapi_dir_add(&child, top_, "0", kind_, &value_), -EEXIST);
	EXPECT_EQ(host::list("top"), (std::vector<std::string>{"0/", "both", "poke", "state"}));
	EXPECT_TRUE(host::exists("top/0/both"));
	kapi_dir_remove(child);
	EXPECT_FALSE(host::exists("top/0"));
}

TEST_F(host_directories, add_with_failing_allocation_adds_nothing)
{
	kapi_dir *child = nullptr;

	host::fail_nth(1);
	EXPECT_EQ(kapi_dir_add(&child, top_, "0", kind_, &value_), -ENOMEM);
	host::fail_nth(1);
	EXPECT_EQ(kapi_dir_kind_make(nullptr, 0), nullptr);
	EXPECT_FALSE(host::exists("top/0"));
}

TEST_F(host_directories, remove_waits_for_running_handlers)
{
	bool left = false;

	host::use_virtual_clock();
	host::set_file_handlers({[&](void *, u32, char *, unsigned long) -> long {
					 host::run_for(10);
					 left = true;
					 return 0;
				 },
				 nullptr});
	host::thread remover("remover", [&] {
		kapi_dir_remove(top_);
		EXPECT_TRUE(left);
		top_ = nullptr;
	});
	EXPECT_EQ(host::read("top/both"), "");
	remover.join();
	EXPECT_EQ(host::read_errno("top/both"), -ENOENT);
}

TEST_F(host_directories, remove_from_own_handler_aborts)
{
	host::set_file_handlers({[&](void *, u32, char *, unsigned long) -> long {
					 kapi_dir_remove(top_);
					 return 0;
				 },
				 nullptr});
	EXPECT_DEATH(host::read("top/both"), "removed by one of its own handlers");
}

// Who holds a lock while it removes a directory must not wait for handlers that want it.
TEST_F(host_directories, remove_holding_lock_of_handlers_aborts)
{
	kapi_mutex mutex;

	kapi_mutex_init(&mutex, 24);
	host::set_file_handlers({[&](void *, u32, char *, unsigned long) -> long {
					 kapi_mutex_lock(&mutex);
					 kapi_mutex_unlock(&mutex);
					 return 0;
				 },
				 nullptr});
	auto remove = [&] {
		EXPECT_EQ(host::read("top/both"), "");
		kapi_mutex_lock(&mutex);
		kapi_dir_remove(top_);
	};
	EXPECT_DEATH(remove(), "lock order");
}

TEST_F(host_directories, remove_holding_lock_cancels_handlers)
{
	kapi_cancellable_mutex mutex;
	u8 closed = 0;
	bool waits = false;

	kapi_cancellable_mutex_init(&mutex, 25);
	host::use_virtual_clock();
	host::set_file_handlers({[&](void *, u32, char *, unsigned long) -> long {
					 waits = true;
					 const int rc =
						 kapi_cancellable_mutex_lock(&mutex, &closed);
					 if (rc == 0)
						 kapi_cancellable_mutex_unlock(&mutex);
					 return rc;
				 },
				 nullptr});
	ASSERT_EQ(kapi_cancellable_mutex_lock(&mutex, nullptr), 0);
	host::thread reader("reader",
			    [] { EXPECT_EQ(host::read_errno("top/both"), -ENODEV); });
	host::run_for(1);
	EXPECT_TRUE(waits);
	closed = 1;
	kapi_cancellable_mutex_wake_waiters(&mutex);
	kapi_dir_remove(top_);
	top_ = nullptr;
	kapi_cancellable_mutex_unlock(&mutex);
}

} // namespace
