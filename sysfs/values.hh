// SPDX-License-Identifier: GPL-2.0
// Reads and writes all files, by their rows in the tables.
#pragma once
#include "sysfs/tree.hh"

namespace damon {

// Writes the whole content of the file to @out.  Locks the tree for texts; computed cells lock it
// themselves.  inval for a binary cell; nodev, intr; the errors of the cell's functions.
status show_cell(node &dir, u32 number, text_writer &out);
// Reads the whole content of a binary cell.  inval for other cells; nomem, nodev, intr; the errors
// of the cell's function.
status read_cell(node &dir, u32 number, bytes &out);
// Writes @written to the cell.  inval, range: it is not a valid value; nomem, nodev, intr; the
// errors of the cell's functions.  On failure nothing has changed.  Locks the tree for texts,
// counts, and values whose writes are recorded.
status store_cell(node &dir, u32 number, text_view written);

} // namespace damon
