// SPDX-License-Identifier: GPL-2.0
// The directories that are there now: each a node, an instance of a kind.
#pragma once
#include "damonxx/lib/vec.hh"
#include "sysfs/gate.hh"
#include "sysfs/kind.hh"

namespace damon {

// Whoever changes which directories there are, reads them to act on them, or touches a text
// cell or an attached object is inside.  File handlers enter with node::closed(): while
// they wait, who is inside may remove their directory.  Plain values need no gate.
gate &tree_gate();
// Before the first and after the last node; pairs may nest, one caller at a time.
void make_tree_gate();
void destroy_tree_gate();

// Holds the staged values of its files.  All but value() and set() need the gate.
class node {
public:
	// Adds the directory @name with all below it; @parent is null for the topmost.
	// Its values are the defaults.  nomem, and what kapi_dir_add() says.
	static result<own<node>> make(kind &of, node *parent, const char *name, u32 index = 0);
	// Whoever ends a node has close()d it: see remove().
	~node();
	node(const node &) = delete;
	node &operator=(const node &) = delete;

	// Also calls the topmost directory @name, if that name is free.
	status link(const char *name) { return status::from_errno(kapi_dir_link(dir_, name)); }

	const kind &of() const { return of_; }
	// The nearest directory above that is of @wanted, or null.  No gate needed: they stay
	// as long as this one.
	node *above(const kind &wanted) const;
	// Its number among its siblings, if it has one.
	u32 index() const { return index_; }
	// What its file handlers enter the gate with.
	const u8 *closed() const { return &closed_; }

	// The value of a cell that is neither text nor computed.  No lock needed.
	u64 value(u32 cell) const;
	void set(u32 cell, u64 value);
	// Of a text cell.
	text_view text(u32 cell) const;
	status set_text(u32 cell, text_view text); // nomem

	node &child(u32 index) const;
	// Children on demand come and go; the others are always there.
	bool has_child(u32 index) const;
	status add_child(u32 index);	// nomem, or what kapi_dir_add() says
	void remove_child(u32 index);
	u32 count() const { return numbered_.size(); }
	node &numbered(u32 index) const { return *numbered_[index]; }
	// The object of a kind with an attachment of this type.
	template <typename T> T &attached()
	{
		DAMON_ASSERT(of_.attached.destroy == damon::attached<T>::destroy);
		return *static_cast<T *>(attachment_at());
	}

	// What writing the count file does: @wanted numbered children, all with default
	// values.  nomem, or what the kind's may_change() says; then nothing has changed.
	status set_count(u32 wanted);
	// The same without touching the children that stay.
	status resize(u32 wanted);
	// No numbered child, default values; the same all the way down.
	void reset();

	// Sends the waiting handlers of this directory and all below it away; a kick of the
	// gate is owed.
	void close();

private:
	node(kind &of, node *parent, u32 index);

	status add_children();
	status grow(u32 wanted);
	void shrink(u32 wanted);
	void tell_count();
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

// Takes the directory and all below it away and waits for the handlers inside.  Gate held.
void remove(own<node> doomed);

} // namespace damon
