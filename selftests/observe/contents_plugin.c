// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU that counts the kernel's accesses to the contents of a process's memory.
 *
 * A program in the guest executes marker instructions (see markers.h).  What the instruction behind MARK_CONTENT accesses
 * joins the target's content, by its physical page.  In each phase, all that the kernel reads or writes in these pages
 * is counted, by whatever virtual address, in whatever thread.
 *
 * Option: out=FILE.  The file has one fact a line, numbers in decimal, addresses in hexadecimal:
 *
 *	pages COUNT			the target's content
 *	phase NUMBER READS WRITES	accesses of the kernel to it
 *	at NUMBER ADDRESS COUNT		the instructions that did them, 64 of them at most
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../vm/qemu_plugin.h"
#include "markers.h"

EXPORT int qemu_plugin_version = 1;

#define MAX_FRAMES	(1ull << 22)	/* of 4 KiB */
#define MAX_PLACES	64
static uint8_t content[MAX_FRAMES];
static uint64_t nr_pages;
static struct phase {
	bool seen;
	uint64_t reads, writes;
	unsigned int nr_places;
	struct place {
		uint64_t address, count;
	} places[MAX_PLACES];
} phases[MARK_CONTENT];
static uint64_t content_access; /* the instruction behind MARK_CONTENT */
static unsigned int now = MARK_NOTHING;
static const char *out = "contents.out";

/* False: not memory. */
static bool find_frame(mem_info info, uint64_t address, uint64_t *frame)
{
	struct qemu_plugin_hwaddr *at = qemu_plugin_get_hwaddr(info, address);

	if (!at || qemu_plugin_hwaddr_is_io(at))
		return false;
	*frame = qemu_plugin_hwaddr_phys_addr(at) >> 12;
	return *frame < MAX_FRAMES;
}

static void on_content_access(unsigned int cpu, mem_info info, uint64_t address, void *data)
{
	uint64_t frame;

	(void)cpu;
	(void)data;
	if (!find_frame(info, address, &frame))
		return;
	nr_pages += !content[frame];
	content[frame] = 1;
}

static void count_place(struct phase *phase, uint64_t instruction)
{
	unsigned int i = 0;

	while (i < phase->nr_places && phase->places[i].address != instruction)
		i++;
	if (i == MAX_PLACES)
		return;
	phase->nr_places += i == phase->nr_places;
	phase->places[i].address = instruction;
	phase->places[i].count++;
}

static void on_kernel_access(unsigned int cpu, mem_info info, uint64_t address, void *instruction)
{
	struct phase *phase = &phases[now];
	uint64_t frame;

	(void)cpu;
	if (now == MARK_NOTHING || !find_frame(info, address, &frame) || !content[frame])
		return;
	if (qemu_plugin_mem_is_store(info))
		phase->writes++;
	else
		phase->reads++;
	count_place(phase, (uint64_t)instruction);
}

static void on_marker(unsigned int cpu, void *number)
{
	(void)cpu;
	now = (uintptr_t)number;
	phases[now].seen = true;
}

static void watch_user(struct qemu_plugin_insn *insn)
{
	static const uint8_t begin[] = { MARKER_BYTES }, access[] = { CONTENT_ACCESS };
	const uint8_t *bytes = qemu_plugin_insn_data(insn);
	size_t size = qemu_plugin_insn_size(insn);
	uintptr_t number;

	if (size == sizeof(begin) + 2 && !memcmp(bytes, begin, sizeof(begin)) && bytes[size - 1] == MARKER_END) {
		number = bytes[sizeof(begin)];
		if (number == MARK_CONTENT)
			content_access = qemu_plugin_insn_vaddr(insn) + size;
		else if (number < MARK_CONTENT)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker, CB_NO_REGS, (void *)number);
	} else if (qemu_plugin_insn_vaddr(insn) == content_access && size == sizeof(access) &&
		   !memcmp(bytes, access, size)) {
		qemu_plugin_register_vcpu_mem_cb(insn, on_content_access, CB_NO_REGS, MEM_RW, NULL);
	}
}

static void on_translation(plugin_id id, struct qemu_plugin_tb *tb)
{
	bool kernel = qemu_plugin_tb_vaddr(tb) >> 63;

	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (kernel)
			qemu_plugin_register_vcpu_mem_cb(insn, on_kernel_access, CB_NO_REGS, MEM_RW,
							 (void *)qemu_plugin_insn_vaddr(insn));
		else
			watch_user(insn);
	}
}

static void at_exit(plugin_id id, void *data)
{
	FILE *file = fopen(out, "w");

	(void)id;
	(void)data;
	if (!file) {
		perror(out);
		return;
	}
	fprintf(file, "pages %lu\n", nr_pages);
	for (unsigned int i = MARK_NOTHING + 1; i < MARK_CONTENT; i++) {
		struct phase *phase = &phases[i];

		if (phase->seen)
			fprintf(file, "phase %u %lu %lu\n", i, phase->reads, phase->writes);
		for (unsigned int j = 0; j < phase->nr_places; j++)
			fprintf(file, "at %u %lx %lu\n", i, phase->places[j].address, phase->places[j].count);
	}
	fclose(file);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
