// SPDX-License-Identifier: GPL-2.0
// The directories that are there now: each a node, an instance of a kind.
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
// File handlers pass node::closed(): while they wait, the holder may remove their directory.
// nodev: it did; intr: a signal came.
result<tree_guard> lock_tree(const u8 *cancelled = nullptr);
// Before the first and after the last node; pairs may nest, one caller at a time.
void make_tree_lock();
void destroy_tree_lock();

// Holds the staged values of its files.  All but value() and set() need the lock of the tree; what
// changes something takes the guard as proof.
class node {
public:
	// Adds the directory @name with all below it; @parent is null for the topmost.
	// Its values are the defaults.  nomem, and what kapi_dir_add() says.
	static result<own<node>> make(const tree_guard &tree, kind &of, node *parent,
				      const char *name, u32 index = 0);
	// Whoever ends a node has close()d it: see remove().
	~node();
	node(const node &) = delete;
	node &operator=(const node &) = delete;

	// Also calls the topmost directory @name, if that name is free.
	status link(const char *name) { return status::from_errno(kapi_dir_link(dir_, name)); }

	const kind &of() const { return of_; }
	// The nearest directory above that is of @wanted, or null.  No lock needed: they stay
	// as long as this one.
	node *above(const kind &wanted) const;
	// Its number among its siblings, if it has one.
	u32 index() const { return index_; }
	// What its file handlers call lock_tree() with.
	const u8 *closed() const { return &closed_; }

	// The value of a cell that is neither text nor computed.  No lock needed.
	u64 value(u32 cell) const;
	void set(u32 cell, u64 value);
	// Of a text cell.
	text_view text(const tree_guard &, u32 cell) const;
	status set_text(const tree_guard &, u32 cell, text_view text); // nomem

	node &child(u32 index) const;
	// Children on demand come and go; the others are always there.
	bool has_child(u32 index) const;
	status add_child(const tree_guard &tree, u32 index); // nomem, or what kapi_dir_add() says
	void remove_child(const tree_guard &tree, u32 index);
	u32 count() const { return numbered_.size(); }
	node &numbered(u32 index) const { return *numbered_[index]; }
	// The object of a kind with an attachment of this type.
	template <typename T> T &attached(const tree_guard &)
	{
		DAMON_ASSERT(of_.attached.destroy == damon::attached<T>::destroy);
		return *static_cast<T *>(attachment_at());
	}

	// What writing the count file does: @wanted numbered children, all with default
	// values.  nomem, or what the kind's may_change() says; then nothing has changed.
	status set_count(const tree_guard &tree, u32 wanted);
	// The same without touching the children that stay.
	status resize(const tree_guard &tree, u32 wanted);
	// No numbered child, default values; the same all the way down.
	void reset(const tree_guard &tree);

	// Cancels the waiting handlers of this directory and all below it; the caller must still
	// wake them.
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

// Takes the directory and all below it away and waits for the handlers inside.
void remove(const tree_guard &, own<node> doomed);

} // namespace damon
