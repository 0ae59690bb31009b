// SPDX-License-Identifier: GPL-2.0
#include "sysfs/root.hh"
#include "damonxx/abi.h"
#include "sysfs/kdamonds.hh"

namespace damon {

namespace {

constexpr fixed_child admin_children[] = {
	{"kdamonds", &kdamonds_kind},
};
constinit kind admin_kind{
	.about = "Control of damonxx.  All files are for root only.",
	.children = admin_children,
};
constexpr fixed_child root_children[] = {
	{"admin", &admin_kind},
};

// A plain pointer, as a static own<node> would need a destructor at exit.
constinit node *root = nullptr;

status add_tree()
{
	const auto tree = TRY(lock_tree());

	TRY(make_kinds(root_kind));
	auto made = TRY(node::make(tree, root_kind, nullptr, "damonxx"));
	// If the kernel has no DAMON, clients of DAMON find damonxx by this link.
	const status linked = made->link("damon");
	if (!linked.is_ok()) {
		remove(tree, move(made));
		return linked;
	}
	root = made.release();
	return ok;
}

void free_kinds()
{
	kapi_dir_kinds_free();
	forget_kinds(root_kind);
}

void remove_tree()
{
	// A signal ends the wait for the lock, but the tree must be removed: try again.
	for (;;) {
		auto locked = lock_tree();
		if (locked.is_ok()) {
			remove(move(locked).take(), own<node>::adopt(std::exchange(root, nullptr)));
			return;
		}
		kapi_cond_resched();
	}
}

} // namespace

constinit kind root_kind{
	.about =
		"Interface of damonxx.  Where the kernel has no DAMON, ``/sys/kernel/mm/damon`` "
		"is a link to it.",
	.children = root_children,
};

status tree_init()
{
	if (!kapi_has_feature(KAPI_FEATURE_SYSFS)) {
		kapi_log(KAPI_LOG_WARN, "no sysfs tree: the kernel's mm directory was not found");
		return ok;
	}
	make_tree_lock();
	const status added = add_tree();
	if (!added.is_ok()) {
		free_kinds();
		destroy_tree_lock();
	}
	return added;
}

bool tree_is_there()
{
	return root != nullptr;
}

void tree_exit()
{
	if (!tree_is_there())
		return;
	remove_tree();
	free_kinds();
	destroy_tree_lock();
}

} // namespace damon

int damonxx_init(void)
{
	return damon::tree_init().to_errno();
}

void damonxx_exit(void)
{
	damon::tree_exit();
}
