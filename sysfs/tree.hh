// SPDX-License-Identifier: GPL-2.0
// The tree of directories: each is a node, an instance of a kind.
#pragma once
#include "damonxx/lib/vec.hh"
#include "sysfs/cancellable_mutex.hh"
#include "sysfs/kind.hh"

namespace damon {

// Proof that the caller holds the lock of the tree, which protects: which directories there are,
// texts, and attached objects.  Values need no lock.
class [[nodiscard]] tree_guard {
private:
	friend result<tree_guard> lock_tree(const u8 *cancelled);
	explicit tree_guard(cancellable_mutex::guard held) : held_{move(held)} {}

	cancellable_mutex::guard held_;
};
// Locks the tree.  File handlers pass node::closed(), as the holder of the lock may remove their
// directory while they wait.  nodev: the directory was removed; intr: a signal came.
result<tree_guard> lock_tree(const u8 *cancelled = nullptr);
// Called before the first node is made and after the last one is removed.  Pairs may nest; calls
// must not run concurrently.
void make_tree_lock();
void destroy_tree_lock();

// A directory with the staged values of its files.  Functions need the lock of the tree unless they
// say otherwise; those that change the tree take the guard as proof.
class node {
public:
	// Adds the directory @name with everything below it and default values; @parent is null for
	// the topmost directory.  nomem, and the errors of kapi_dir_add().
	static result<own<node>> make(const tree_guard &tree, kind &of, node *parent,
				      const char *name, u32 index = 0);
	// The caller must have called close(), see remove().
	~node();
	node(const node &) = delete;
	node &operator=(const node &) = delete;

	// For the topmost directory: adds a symbolic link @name to it, if that name is free.
	status link(const char *name) { return status::from_errno(kapi_dir_link(dir_, name)); }

	const kind &of() const { return of_; }
	// The nearest ancestor of kind @wanted, or null.  Needs no lock: ancestors exist as long as
	// this node.
	node *above(const kind &wanted) const;
	// The number of a numbered child among its siblings, else 0.
	u32 index() const { return index_; }
	// The argument of lock_tree() for file handlers of this directory.
	const u8 *closed() const { return &closed_; }

	// The value of a cell that is neither text, computed nor binary.  Needs no lock.
	u64 value(u32 cell) const;
	void set(u32 cell, u64 value);
	// The text of a text cell, valid while the tree is locked.
	text_view text(const tree_guard &, u32 cell) const;
	status set_text(const tree_guard &, u32 cell, text_view text); // nomem

	node &child(u32 index) const;
	// For children on demand; other fixed children always exist.
	bool has_child(u32 index) const;
	status add_child(const tree_guard &tree, u32 index); // nomem, and errors of kapi_dir_add()
	void remove_child(const tree_guard &tree, u32 index);
	u32 count() const { return numbered_.size(); }
	node &numbered(u32 index) const { return *numbered_[index]; }
	// The object of a kind with an attachment of this type.
	template <typename T> T &attached(const tree_guard &)
	{
		DAMON_ASSERT(of_.attached.destroy == damon::attached<T>::destroy);
		return *static_cast<T *>(attachment_at());
	}

	// A write to the count file: makes @wanted numbered children, all with default values.
	// nomem, and the errors of kapi_dir_add() and of may_change(); then nothing has changed.
	status set_count(const tree_guard &tree, u32 wanted);
	// The same without resetting the children that stay, and without may_change().
	status resize(const tree_guard &tree, u32 wanted);
	// Recursively removes numbered children and children on demand, and sets default values.
	void reset(const tree_guard &tree);

	// Cancels the waiting handlers of this directory and of all below it; the caller must then
	// call wake_waiters().
	void close();

private:
	node(kind &of, node *parent, u32 index);

	status add_children(const tree_guard &tree);
	status grow(const tree_guard &tree, u32 wanted);
	void shrink(const tree_guard &, u32 wanted);
	void update_count_cells();
	void set_defaults();
	void free_texts();

	// Behind the object: a value for every cell, the fixed children, the attachment.
	u64 *values() const;
	own<node> *children() const;
	void *attachment_at() const;

	kind &of_;
	node *parent_;
	kapi_dir *dir_ = nullptr;
	vec<own<node>> numbered_;
	u32 index_;
	u8 closed_ = 0;
};

// Removes the directory and all below it, and waits for the handlers inside.
void remove(const tree_guard &, own<node> doomed);

} // namespace damon
