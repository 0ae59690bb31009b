// SPDX-License-Identifier: GPL-2.0
#include "kunit/sandbox.hh"
#include "kunit/test.hh"
#include "sysfs/tree.hh"
#include "sysfs/values.hh"

using namespace damon;
using damon::test_tree::sandbox;

namespace {

// A count file and two layers of numbered children, with a counted object in each leaf.

int live_objects;
bool refusing;

struct counted {
	counted() { live_objects++; }
	~counted() { live_objects--; }
	u32 touched = 0;
};

status refuse(const tree_guard &, node &)
{
	return refusing ? status{errc::busy} : ok;
}

constexpr cell leaf_cells[] = {
	ulong_cell("value", "A number.", 3),
	text_cell("text", "A text."),
};
constinit kind leaf_kind{
	.about = "A leaf.",
	.cells = leaf_cells,
	.attached = attached<counted>::as_data,
};

constexpr cell leaves_cells[] = {
	count_cell("nr_leaves", "Number of leaves."),
};
constinit kind leaves_kind{
	.about = "Leaves.",
	.cells = leaves_cells,
	.numbered = {.of = &leaf_kind, .most = 5},
};

constexpr cell branch_cells[] = {
	int_cell("value", "A number.", -1),
};
constexpr fixed_child branch_children[] = {
	{"leaves", &leaves_kind},
	{"more", &leaves_kind, true},
};
constinit kind branch_kind{
	.about = "A branch.",
	.cells = branch_cells,
	.children = branch_children,
};

constexpr cell top_cells[] = {
	bool_cell("flag", "A flag."),
	count_cell("nr_branches", "Number of branches."),
};
constinit kind top_kind{
	.about = "The tree.",
	.cells = top_cells,
	.numbered = {.of = &branch_kind, .may_change = refuse},
};

constexpr u32 nr_branches = cell_of(top_cells, "nr_branches");
constexpr u32 leaf_value = cell_of(leaf_cells, "value");
constexpr u32 leaf_text = cell_of(leaf_cells, "text");

node &leaves_of(node &top, u32 branch)
{
	return top.numbered(branch).child(child_of(branch_children, "leaves"));
}

} // namespace

CASE(tree, store_count_creates_and_removes_children)
{
	sandbox box{top_kind};
	ASSERT(box.top());
	node &top = *box.top();

	EXPECT_EQUAL(top.count(), 0u);
	EXPECT_OK(store_cell(top, nr_branches, "2\n"));
	ASSERT_EQUAL(top.count(), 2u);
	EXPECT_EQUAL(top.value(nr_branches), 2u);
	EXPECT_EQUAL(top.numbered(1).index(), 1u);
	EXPECT_OK(store_cell(leaves_of(top, 1), 0, "3"));
	EXPECT_EQUAL(leaves_of(top, 0).count(), 0u);
	EXPECT_EQUAL(leaves_of(top, 1).count(), 3u);
	EXPECT_EQUAL(live_objects, 3);
	EXPECT_OK(store_cell(top, nr_branches, "0"));
	EXPECT_EQUAL(live_objects, 0);
}

CASE(tree, store_bad_count_changes_nothing)
{
	sandbox box{top_kind};
	ASSERT(box.top());
	node &top = *box.top();

	ASSERT_OK(store_cell(top, nr_branches, "1"));
	node &leaves = leaves_of(top, 0);
	ASSERT_OK(store_cell(leaves, 0, "2"));
	leaves.numbered(1).set(leaf_value, 4);
	EXPECT_ERROR(store_cell(leaves, 0, "6"), errc::inval);
	EXPECT_ERROR(store_cell(leaves, 0, "-1"), errc::inval);
	EXPECT_ERROR(store_cell(leaves, 0, "x"), errc::inval);
	EXPECT_ERROR(store_cell(leaves, 0, "2147483648"), errc::range);
	refusing = true;
	EXPECT_ERROR(store_cell(top, nr_branches, "1"), errc::busy);
	refusing = false;
	EXPECT_EQUAL(leaves.value(0), 2u);
	EXPECT_EQUAL(leaves.numbered(1).value(leaf_value), 4u);
}

CASE(tree, store_same_count_resets_children_to_defaults)
{
	sandbox box{top_kind};
	ASSERT(box.top());
	node &top = *box.top();

	ASSERT_OK(store_cell(top, nr_branches, "1"));
	ASSERT_OK(store_cell(leaves_of(top, 0), 0, "2"));
	node &leaf = leaves_of(top, 0).numbered(0);
	leaf.set(leaf_value, 9);
	leaf.attached<counted>(sandbox::locked()).touched = 1;
	ASSERT_OK(leaf.set_text(sandbox::locked(), leaf_text, "words"));
	ASSERT_OK(store_cell(leaves_of(top, 0), 0, "2"));
	EXPECT_EQUAL(leaf.value(leaf_value), 3u);
	EXPECT_EQUAL(leaf.attached<counted>(sandbox::locked()).touched, 0u);
	EXPECT(leaf.text(sandbox::locked(), leaf_text).empty());
	EXPECT_EQUAL(live_objects, 2);

	ASSERT_OK(store_cell(top, nr_branches, "1"));
	EXPECT_EQUAL(leaves_of(top, 0).count(), 0u);
	EXPECT_EQUAL(leaves_of(top, 0).value(0), 0u);
	EXPECT_EQUAL(live_objects, 0);
}

CASE(tree, resize_keeps_remaining_children)
{
	sandbox box{top_kind};
	ASSERT(box.top());
	node &top = *box.top();

	ASSERT_OK(top.resize(sandbox::locked(), 3));
	node &first = top.numbered(0);
	first.set(0, 77);
	ASSERT_OK(top.resize(sandbox::locked(), 100));
	EXPECT_EQUAL(top.numbered(99).index(), 99u);
	ASSERT_OK(top.resize(sandbox::locked(), 1));
	EXPECT_EQUAL(&top.numbered(0), &first);
	EXPECT_EQUAL(first.value(0), 77u);
	EXPECT_EQUAL(top.value(nr_branches), 1u);
}

CASE(tree, store_in_closed_directory_fails_enodev)
{
	sandbox box{top_kind};
	ASSERT(box.top());
	node &top = *box.top();

	ASSERT_OK(top.resize(sandbox::locked(), 1));
	node &leaves = leaves_of(top, 0);
	ASSERT_OK(leaves.resize(sandbox::locked(), 1));
	top.numbered(0).close();
	EXPECT_ERROR(store_cell(leaves, 0, "1"), errc::nodev);
	EXPECT_ERROR(store_cell(leaves.numbered(0), leaf_text, "x"), errc::nodev);
	EXPECT_OK(store_cell(top, nr_branches, "0"));
}

CASE(tree, add_and_remove_child_on_demand_frees_it)
{
	constexpr u32 more = child_of(branch_children, "more");
	sandbox box{top_kind};
	ASSERT(box.top());
	node &top = *box.top();

	ASSERT_OK(store_cell(top, nr_branches, "1"));
	node &branch = top.numbered(0);
	EXPECT(!branch.has_child(more));
	branch.remove_child(sandbox::locked(), more);
	ASSERT_OK(branch.add_child(sandbox::locked(), more));
	ASSERT(branch.has_child(more));
	EXPECT_OK(store_cell(branch.child(more), 0, "2"));
	ASSERT_OK(branch.add_child(sandbox::locked(), more)); // exists already
	EXPECT_EQUAL(branch.child(more).count(), 2u);
	EXPECT_EQUAL(live_objects, 2);
	branch.remove_child(sandbox::locked(), more);
	EXPECT(!branch.has_child(more));
	EXPECT_EQUAL(live_objects, 0);

	ASSERT_OK(branch.add_child(sandbox::locked(), more));
	ASSERT_OK(store_cell(top, nr_branches, "1")); // makes a new branch
	EXPECT(!top.numbered(0).has_child(more));
}
