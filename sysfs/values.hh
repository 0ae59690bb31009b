// SPDX-License-Identifier: GPL-2.0
// The one way every file is read and written, by its row in the table.
#pragma once
#include "sysfs/tree.hh"

namespace damon {

// Writes the file's whole content.  Locks the tree for texts; computed cells as they need.
status show_cell(node &dir, u32 number, text_writer &out);
// The whole content of a binary cell.  nomem; what the cell's function says; nodev, intr.
status read_cell(node &dir, u32 number, bytes &out);
// inval, range: @written is not a value of the cell; nomem; what a hook says; nodev, intr.
// On failure nothing has changed.  Locks the tree for texts, counts, and values whose writes are recorded.
status store_cell(node &dir, u32 number, text_view written);

} // namespace damon
