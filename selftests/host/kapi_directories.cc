// SPDX-License-Identifier: GPL-2.0
// The directory tree, as sysfs does it: a removed directory takes no new handlers and waits
// for those inside.
#include "scheduler.hh"

#include "damonxx/abi.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

struct kapi_dir_kind {
	std::vector<kapi_file> files;
	int lock_class;
};

struct kapi_dir {
	std::string name;
	kapi_dir *parent = nullptr;
	const kapi_dir_kind *kind = nullptr;
	void *owner = nullptr;
	std::map<std::string, kapi_dir *> children;
	u64 handlers_inside = 0;
};

// Where the core has no files yet, or a test has its own.
[[gnu::weak]] long damonxx_file_show(void *, u32, char *, unsigned long)
{
	return -EIO;
}

[[gnu::weak]] long damonxx_file_read(void *, u32, void **, unsigned long *)
{
	return -EIO;
}

[[gnu::weak]] long damonxx_file_store(void *, u32, const char *, unsigned long)
{
	return -EIO;
}

namespace host {
namespace {

constexpr unsigned long page_bytes = 4096;

std::mutex tree_lock;
std::condition_variable tree_changed;
kapi_dir mm_directory;
std::map<std::string, kapi_dir *> links; // second names of directories in mm_directory
std::vector<kapi_dir_kind *> kinds;
u64 directories = 0;
std::string base;
file_handlers handlers;
thread_local std::vector<kapi_dir *> inside; // directories whose handlers this thread runs

struct place {
	kapi_dir *dir = nullptr;
	std::string file; // "" when the path names @dir itself
};

place look_up(const std::string &path)
{
	const std::string full = path.starts_with('/') ? path : base + "/" + path;
	place found{&mm_directory, ""};
	size_t at = 0;

	while (at < full.size()) {
		const size_t end = std::min(full.find('/', at), full.size());
		const std::string part = full.substr(at, end - at);

		at = end + 1;
		if (part.empty())
			continue;
		if (!found.file.empty())
			return {};
		const auto child = found.dir->children.find(part);
		if (child != found.dir->children.end())
			found.dir = child->second;
		else if (found.dir == &mm_directory && links.contains(part))
			found.dir = links[part];
		else
			found.file = part;
	}
	return found;
}

bool is_there(const kapi_file &file)
{
	return !file.binary || kapi_has_feature(KAPI_FEATURE_BINARY);
}

// The number of @name among the files of @dir, or -1.
int file_number(const kapi_dir &dir, const std::string &name)
{
	if (dir.kind != nullptr)
		for (size_t i = 0; i < dir.kind->files.size(); i++)
			if (name == dir.kind->files[i].name && is_there(dir.kind->files[i]))
				return static_cast<int>(i);
	return -1;
}

// Runs @handler as an open file of the directory would.
long with_file(const std::string &path, u16 needed_mode,
	       const std::function<long(void *owner, u32 file, bool binary)> &handler)
{
	std::unique_lock lock(tree_lock);
	const place found = look_up(path);
	if (found.dir == nullptr)
		return -ENOENT;
	if (found.file.empty())
		return -EISDIR;
	kapi_dir &dir = *found.dir;
	const int number = file_number(dir, found.file);
	if (number < 0)
		return -ENOENT;
	const u32 file = static_cast<u32>(number);
	if ((dir.kind->files[file].mode & needed_mode) == 0)
		return -EACCES;
	dir.handlers_inside++;
	lock.unlock();

	inside.push_back(&dir);
	lock_order_acquire(dir.kind->lock_class, false);
	const long rc = handler(dir.owner, file, dir.kind->files[file].binary);
	lock_order_release(dir.kind->lock_class);
	inside.pop_back();

	lock.lock();
	dir.handlers_inside--;
	tree_changed.notify_all();
	return rc;
}

// In a buffer that is too small, as that of an open file is at first.
long read_binary(void *owner, u32 file, std::string *content)
{
	unsigned long room = 64;
	void *all = kapi_alloc(room);

	if (all == nullptr)
		return -ENOMEM;
	const long rc = damonxx_file_read(owner, file, &all, &room);
	if (rc == 0 || rc >= static_cast<long>(room) || all == nullptr)
		die("reading binary file %u gave %ld bytes in %lu at %p", file, rc, room, all);
	if (rc > 0)
		content->assign(static_cast<const char *>(all), static_cast<size_t>(rc));
	kapi_free(all);
	return rc;
}

// The buffer is exactly as long as promised, so that sanitizers see what goes beyond.
long show(const std::string &path, std::string *text)
{
	return with_file(path, 0400, [&](void *owner, u32 file, bool binary) {
		if (binary)
			return read_binary(owner, file, text);
		const std::unique_ptr<char[]> buf(new char[page_bytes]());
		const long rc = handlers.show ? handlers.show(owner, file, buf.get(), page_bytes)
					      : damonxx_file_show(owner, file, buf.get(), page_bytes);

		if (rc >= static_cast<long>(page_bytes))
			die("reading %s gave %ld bytes", path.c_str(), rc);
		if (rc > 0)
			text->assign(buf.get(), static_cast<size_t>(rc));
		return rc;
	});
}

} // namespace

void set_base(const std::string &path)
{
	base = path;
}

void set_file_handlers(file_handlers replaced)
{
	handlers = std::move(replaced);
}

long read_errno(const std::string &path)
{
	std::string text;
	return show(path, &text);
}

std::string read(const std::string &path)
{
	std::string text;
	const long rc = show(path, &text);

	return rc < 0 ? "error " + std::to_string(-rc) : text;
}

long write(const std::string &path, const std::string &text)
{
	return with_file(path, 0200, [&](void *owner, u32 file, bool) -> long {
		const size_t size = std::min<size_t>(text.size(), page_bytes);

		if (size == 0)
			return 0;
		const std::unique_ptr<char[]> buf(new char[size + 1]);
		std::memcpy(buf.get(), text.data(), size);
		buf[size] = '\0';
		const long rc = handlers.store ? handlers.store(owner, file, buf.get(), size)
					       : damonxx_file_store(owner, file, buf.get(), size);
		if (rc == 0 || rc > static_cast<long>(size))
			die("writing %zu bytes to %s gave %ld", size, path.c_str(), rc);
		return rc;
	});
}

std::vector<std::string> list(const std::string &path)
{
	std::lock_guard lock(tree_lock);
	const place found = look_up(path);
	std::map<std::string, bool> names;
	std::vector<std::string> sorted;

	if (found.dir == nullptr || !found.file.empty())
		return {"error " + std::to_string(ENOENT)};
	for (const auto &child : found.dir->children)
		names[child.first + "/"] = true;
	if (found.dir->kind != nullptr)
		for (const kapi_file &file : found.dir->kind->files)
			if (is_there(file))
				names[file.name] = true;
	if (found.dir == &mm_directory)
		for (const auto &link : links)
			names[link.first + "@"] = true;
	for (const auto &name : names)
		sorted.push_back(name.first);
	return sorted;
}

bool exists(const std::string &path)
{
	std::lock_guard lock(tree_lock);
	const place found = look_up(path);

	return found.dir != nullptr &&
	       (found.file.empty() || file_number(*found.dir, found.file) >= 0);
}

open_file::~open_file()
{
	kapi_free(buffer_);
}

// Makes the content once, in a buffer that is large enough in the end.
long open_file::show()
{
	long rc;

	do {
		if (buffer_ == nullptr) {
			room_ = room_ ? room_ : first_room_;
			buffer_ = kapi_alloc(room_);
		}
		if (buffer_ == nullptr)
			return -ENOMEM;
		rc = with_file(path_, 0400, [&](void *owner, u32 file, bool) {
			return damonxx_file_read(owner, file, &buffer_, &room_);
		});
		// A full buffer is taken for one that was too small.
		if (rc >= 0 && static_cast<unsigned long>(rc) == room_) {
			kapi_free(std::exchange(buffer_, nullptr));
			room_ *= 2;
		}
	} while (buffer_ == nullptr);
	shown_ = rc >= 0;
	count_ = rc > 0 ? static_cast<u64>(rc) : 0;
	from_ = 0;
	return rc;
}

// The content from @offset on is what is left.
long open_file::fill(u64 offset)
{
	const long rc = offset ? show() : 0;

	if (offset == 0)
		shown_ = false;
	if (rc < 0)
		return rc;
	from_ = std::min(offset, count_);
	count_ -= from_;
	return 0;
}

long open_file::read(u64 offset, u64 size, std::string *content)
{
	u64 copied = 0;
	long rc = 0;
	const auto copy = [&] {
		const u64 part = std::min(size - copied, count_);
		content->append(static_cast<const char *>(buffer_) + from_, part);
		from_ += part;
		count_ -= part;
		copied += part;
	};

	content->clear();
	if (size == 0)
		return 0;
	if (offset == 0) {
		shown_ = false;
		count_ = 0;
	}
	if (offset != read_to_) {
		count_ = 0;
		rc = fill(offset);
		read_to_ = rc < 0 ? 0 : offset;
		if (rc < 0) {
			shown_ = false;
			return rc;
		}
	}
	copy();
	if (count_ == 0 && !shown_) {
		rc = show();
		if (rc >= 0)
			copy();
	}
	read_to_ += copied;
	return copied ? static_cast<long>(copied) : std::min(rc, 0L);
}

bool is_binary(const std::string &path)
{
	std::lock_guard lock(tree_lock);
	const place found = look_up(path);
	const int number = found.dir != nullptr ? file_number(*found.dir, found.file) : -1;

	return number >= 0 && found.dir->kind->files[static_cast<size_t>(number)].binary;
}

int mode_of(const std::string &path)
{
	std::lock_guard lock(tree_lock);
	const place found = look_up(path);

	if (found.dir == nullptr || found.file.empty() || file_number(*found.dir, found.file) < 0)
		return -ENOENT;
	return found.dir->kind->files[static_cast<size_t>(file_number(*found.dir, found.file))]
		.mode;
}

void reset_directories()
{
	std::lock_guard lock(tree_lock);

	mm_directory.children.clear();
	links.clear();
	kinds.clear();
	directories = 0;
	base = "/damonxx/admin";
	handlers = {};
}

void leaked_directories(std::string &text)
{
	if (directories != 0)
		text += std::to_string(directories) + " directories\n";
	if (!links.empty())
		text += std::to_string(links.size()) + " links\n";
	if (!kinds.empty())
		text += std::to_string(kinds.size()) + " directory kinds\n";
}

} // namespace host

using namespace host;

kapi_dir_kind *kapi_dir_kind_make(const kapi_file *files, u32 n)
{
	std::lock_guard lock(tree_lock);

	if (!may_allocate())
		return nullptr;
	const int number = static_cast<int>(kinds.size());
	kinds.push_back(new kapi_dir_kind{{files, files + n}, first_directory_class + number});
	return kinds.back();
}

void kapi_dir_kinds_free()
{
	std::unique_lock lock(tree_lock);

	wait_for(
		lock, tree_changed, "all directories to be gone", [] { return directories == 0; },
		false);
	for (const kapi_dir_kind *kind : kinds)
		delete kind;
	kinds.clear();
}

int kapi_dir_add(kapi_dir **dir, kapi_dir *parent, const char *name, const kapi_dir_kind *kind,
		 void *owner)
{
	std::lock_guard lock(tree_lock);
	kapi_dir *above = parent != nullptr ? parent : &mm_directory;

	if (!may_allocate())
		return -ENOMEM;
	if (above->children.contains(name) || file_number(*above, name) >= 0)
		return -EEXIST;
	*dir = new kapi_dir{name, above, kind, owner, {}, 0};
	above->children[name] = *dir;
	directories++;
	return 0;
}

int kapi_dir_link(kapi_dir *dir, const char *name)
{
	std::lock_guard lock(tree_lock);

	if (dir->parent != &mm_directory || !links.empty())
		die("directory %s gets the name %s", dir->name.c_str(), name);
	if (!may_allocate())
		return -ENOMEM;
	if (!mm_directory.children.contains(name))
		links[name] = dir;
	return 0;
}

void kapi_dir_remove(kapi_dir *dir)
{
	std::unique_lock lock(tree_lock);

	if (!dir->children.empty())
		die("directory %s is removed before its children", dir->name.c_str());
	for (const kapi_dir *mine : inside)
		if (mine == dir)
			die("directory %s is removed by one of its own handlers", dir->name.c_str());
	dir->parent->children.erase(dir->name);
	std::erase_if(links, [=](const auto &link) { return link.second == dir; });
	lock.unlock();
	preemption_point();
	lock_order_acquire(dir->kind->lock_class, false);
	lock.lock();
	wait_for(
		lock, tree_changed, "handlers to leave a directory",
		[=] { return dir->handlers_inside == 0; }, false);
	directories--;
	tree_changed.notify_all();
	lock.unlock();
	lock_order_release(dir->kind->lock_class);
	delete dir;
}
