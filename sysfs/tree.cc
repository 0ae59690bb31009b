// SPDX-License-Identifier: GPL-2.0
#include "sysfs/tree.hh"

namespace damon {

namespace {

constinit late<cancellable_mutex> tree_mutex;
constinit u32 lock_users = 0;

// The text that the value of a text cell points to.
struct stored_text {
	u32 size;
	char data[];
};

// SAFETY: the value of a text cell is 0 or what set_text() put there.
stored_text *as_text(u64 value)
{
	return reinterpret_cast<stored_text *>(static_cast<unsigned long>(value));
}

u64 as_value(const stored_text *text)
{
	return reinterpret_cast<unsigned long>(text);
}

result<stored_text *> copy_text(text_view text)
{
	auto *copy = static_cast<stored_text *>(kapi_alloc(sizeof(stored_text) + text.size()));

	if (!copy)
		return errc::nomem;
	copy->size = text.size();
	__builtin_memcpy(copy->data, text.data(), text.size());
	return copy;
}

void remove_beyond(vec<own<node>> &nodes, u32 kept)
{
	for (u32 i = kept; i < nodes.size(); i++)
		nodes[i]->close();
	tree_mutex.get().wake_waiters();
	nodes.truncate(kept);
}

} // namespace

result<tree_guard> lock_tree(const u8 *cancelled)
{
	return tree_guard{TRY(tree_mutex.get().lock(cancelled))};
}

void make_tree_lock()
{
	if (lock_users++ == 0)
		tree_mutex.emplace(lock_class::tree);
}

void destroy_tree_lock()
{
	if (--lock_users == 0)
		tree_mutex.destroy();
}

void remove(const tree_guard &, own<node> doomed)
{
	doomed->close();
	tree_mutex.get().wake_waiters();
}

// make() has zeroed the memory behind the object, so there are no children and no texts yet.
node::node(kind &of, node *parent, u32 index) : of_{of}, parent_{parent}, index_{index}
{
	set_defaults();
	if (of_.attached.construct)
		of_.attached.construct(attachment_at());
}

node::~node()
{
	numbered_.clear();
	for (u32 i = of_.children.size(); i > 0; i--)
		children()[i - 1] = {};
	if (dir_)
		kapi_dir_remove(dir_);
	free_texts();
	if (of_.attached.destroy)
		of_.attached.destroy(attachment_at());
}

result<own<node>> node::make(const tree_guard &tree, kind &of, node *parent, const char *name,
			     u32 index)
{
	const u64 behind = sizeof(u64) * of.cells.size() + sizeof(own<node>) * of.children.size() +
			   of.attached.bytes;
	void *memory = kapi_alloc(sizeof(node) + behind);
	if (!memory)
		return errc::nomem;
	auto made = own<node>::adopt(new (memory) node(of, parent, index));
	TRY(status::from_errno(kapi_dir_add(&made->dir_, parent ? parent->dir_ : nullptr, name,
					    of.files, made.get())));
	const status complete = made->add_children(tree);
	if (!complete.is_ok()) {
		remove(tree, move(made));
		return complete;
	}
	return made;
}

status node::add_children(const tree_guard &tree)
{
	for (u32 i = 0; i < of_.children.size(); i++)
		if (!of_.children[i].on_demand)
			TRY(add_child(tree, i));
	return ok;
}

node *node::above(const kind &wanted) const
{
	for (node *at = parent_; at; at = at->parent_)
		if (&at->of_ == &wanted)
			return at;
	return nullptr;
}

status node::add_child(const tree_guard &tree, u32 index)
{
	const fixed_child &row = of_.children[index];

	if (!has_child(index))
		children()[index] = TRY(make(tree, *row.of, this, row.name));
	return ok;
}

void node::remove_child(const tree_guard &tree, u32 index)
{
	if (has_child(index))
		remove(tree, move(children()[index]));
}

bool node::has_child(u32 index) const
{
	return static_cast<bool>(children()[checked_index(index, of_.children.size())]);
}

u64 node::value(u32 cell) const
{
	return __atomic_load_n(&values()[checked_index(cell, of_.cells.size())], __ATOMIC_RELAXED);
}

void node::set(u32 cell, u64 value)
{
	__atomic_store_n(&values()[checked_index(cell, of_.cells.size())], value, __ATOMIC_RELAXED);
}

text_view node::text(const tree_guard &, u32 cell) const
{
	const stored_text *text = as_text(value(cell));

	return text ? text_view{text->data, text->size} : text_view{};
}

status node::set_text(const tree_guard &, u32 cell, text_view text)
{
	stored_text *fresh = TRY(copy_text(text));

	kapi_free(as_text(value(cell)));
	set(cell, as_value(fresh));
	return ok;
}

node &node::child(u32 index) const
{
	return *children()[checked_index(index, of_.children.size())];
}

status node::set_count(const tree_guard &tree, u32 wanted)
{
	const u32 kept = wanted < count() ? wanted : count();

	if (of_.numbered.may_change)
		TRY(of_.numbered.may_change(tree, *this));
	TRY(resize(tree, wanted));
	for (u32 i = 0; i < kept; i++)
		numbered_[i]->reset(tree);
	return ok;
}

status node::resize(const tree_guard &tree, u32 wanted)
{
	if (wanted > count())
		TRY(grow(tree, wanted));
	else
		shrink(tree, wanted);
	update_count_cells();
	return ok;
}

// Builds a longer list beside the current one, so that a failure changes nothing.
status node::grow(const tree_guard &tree, u32 wanted)
{
	const u32 before = count();
	vec<own<node>> longer;

	TRY(longer.reserve(wanted));
	for (u32 i = 0; i < before; i++)
		longer.push({});
	for (u32 i = before; i < wanted; i++) {
		char name[12];
		text_writer{name, sizeof(name)} << i;
		auto added = make(tree, *of_.numbered.of, this, name, i);
		if (!added.is_ok()) {
			remove_beyond(longer, before);
			return added.error();
		}
		longer.push(move(added).take());
	}
	for (u32 i = 0; i < before; i++)
		longer[i] = move(numbered_[i]);
	numbered_.swap(longer);
	return ok;
}

void node::shrink(const tree_guard &, u32 wanted)
{
	remove_beyond(numbered_, wanted);
	if (wanted == 0)
		numbered_ = {};
}

void node::update_count_cells()
{
	for (u32 i = 0; i < of_.cells.size(); i++)
		if (of_.cells[i].type == cell_type::count)
			set(i, count());
}

void node::reset(const tree_guard &tree)
{
	if (count() > 0)
		shrink(tree, 0);
	for (u32 i = 0; i < of_.children.size(); i++)
		if (of_.children[i].on_demand)
			remove_child(tree, i);
		else
			children()[i]->reset(tree);
	free_texts();
	set_defaults();
	if (of_.attached.destroy) {
		of_.attached.destroy(attachment_at());
		of_.attached.construct(attachment_at());
	}
}

void node::close()
{
	__atomic_store_n(&closed_, u8{1}, __ATOMIC_RELEASE);
	for (own<node> &numbered : numbered_)
		numbered->close();
	for (u32 i = 0; i < of_.children.size(); i++)
		if (children()[i])
			children()[i]->close();
}

void node::set_defaults()
{
	for (u32 i = 0; i < of_.cells.size(); i++)
		set(i, of_.cells[i].initial);
}

void node::free_texts()
{
	for (u32 i = 0; i < of_.cells.size(); i++)
		if (of_.cells[i].type == cell_type::text) {
			kapi_free(as_text(value(i)));
			set(i, 0);
		}
}

// SAFETY, for the three casts below: make() allocated room for all of this behind the
// object, in this order, and everything in it is aligned like a u64.
u64 *node::values() const
{
	return reinterpret_cast<u64 *>(const_cast<node *>(this) + 1);
}

own<node> *node::children() const
{
	return reinterpret_cast<own<node> *>(values() + of_.cells.size());
}

void *node::attachment_at() const
{
	return children() + of_.children.size();
}

} // namespace damon
