// SPDX-License-Identifier: GPL-2.0
// A test's own directory, beside the sysfs tree or without it.
#pragma once
#include "sysfs/root.hh"
#include "sysfs/tree.hh"

namespace damon::test_tree {

class sandbox {
public:
	// On failure top() is null.
	explicit sandbox(kind &of) : of_{of}
	{
		make_tree_lock();
		forget_kinds(of_);
		if (!make_kinds(of_).is_ok())
			return;
		auto made = node::make(locked(), of_, nullptr, "damonxx_test");
		if (made.is_ok())
			top_ = move(made).take();
	}
	~sandbox()
	{
		if (top_)
			remove(locked(), move(top_));
		forget_kinds(of_);
		// A tree still needs its kinds; ours are then freed together with them.
		if (!tree_is_there())
			kapi_dir_kinds_free();
		destroy_tree_lock();
	}
	sandbox(const sandbox &) = delete;
	sandbox &operator=(const sandbox &) = delete;

	node *top() const { return top_.get(); }
	// For use as a temporary: unlocks at the end of the full expression.
	static tree_guard locked() { return lock_tree().take(); }

private:
	kind &of_;
	own<node> top_;
};

} // namespace damon::test_tree
