// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU that counts the kernel's instructions by thread, call path and place.
 *
 * A call writes to its stack: the address tells the thread, and what was called from further below in the same
 * stack is over.  A return is matched by the address that it goes to.  Nothing runs in the guest for it.
 * Counting goes on between two marker instructions that a program in the guest executes (see marker.h).  One
 * virtual CPU only.
 *
 * Option: out=FILE.  The file has one fact a line, numbers in hexadecimal:
 *
 *	node ID PARENT STACK FUNCTION		a call path; FUNCTION is where its last call went, 0 for a thread
 *	count NODE ADDRESS INSTRUCTIONS TIMES	a block of code that ran on that path
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../vm/qemu_plugin.h"
#include "marker.h"

#define STACK_BYTES 0x4000ull

EXPORT int qemu_plugin_version = 1;

struct block {
	uint64_t address;
	uint32_t id, instructions;
};

struct node {
	struct node *parent, *first_child, *next;
	uint64_t function;
	uint32_t id;
};

struct frame {
	uint64_t at;		/* the stack address of the return address */
	uint64_t returns_to;
	struct node *node;
};

#define MAX_DEPTH 512
struct thread {
	struct thread *next;
	uint64_t stack;
	struct node root;
	unsigned int depth;
	struct frame frames[MAX_DEPTH];
};

struct counter {
	uint64_t times;
	uint32_t node;	/* 0: free */
	uint32_t block;
};

#define MAX_BLOCKS (1u << 22)
#define COUNTERS (1u << 22)
static struct block *blocks[MAX_BLOCKS];
static struct counter counters[COUNTERS];
static uint32_t nr_blocks, nr_nodes, nr_counters;
static struct thread *threads, *running;
static struct node **nodes;
static uint64_t *stacks;
static struct frame call;	/* a call is under way if call.at is not 0 */
static bool returning;
static bool recording;
static const char *out = "profile.out";

static void *must_alloc(size_t bytes)
{
	void *p = calloc(1, bytes);

	if (!p) {
		fprintf(stderr, "profile_plugin: out of memory\n");
		exit(1);
	}
	return p;
}

static void add_node(struct node *n, struct node *parent, uint64_t function, uint64_t stack)
{
	n->id = ++nr_nodes;
	n->parent = parent;
	n->function = function;
	if (!(n->id & (n->id - 1))) {
		nodes = realloc(nodes, 2 * n->id * sizeof(*nodes));
		stacks = realloc(stacks, 2 * n->id * sizeof(*stacks));
		if (!nodes || !stacks)
			exit(1);
	}
	nodes[n->id] = n;
	stacks[n->id] = stack;
}

static void choose_thread(uint64_t address)
{
	uint64_t stack = address & ~(STACK_BYTES - 1);

	if (running && running->stack == stack)
		return;
	for (running = threads; running; running = running->next)
		if (running->stack == stack)
			return;
	running = must_alloc(sizeof(*running));
	running->stack = stack;
	running->next = threads;
	threads = running;
	add_node(&running->root, NULL, 0, stack);
}

static struct node *top(struct thread *t)
{
	return t->depth ? t->frames[t->depth - 1].node : &t->root;
}

static struct node *child_of(struct node *parent, uint64_t function)
{
	struct node *n;

	for (n = parent->first_child; n; n = n->next)
		if (n->function == function)
			return n;
	n = must_alloc(sizeof(*n));
	add_node(n, parent, function, running->stack);
	n->next = parent->first_child;
	parent->first_child = n;
	return n;
}

/* The stack is now above @address: what was called from further below is over. */
static void unwind(uint64_t address)
{
	while (running->depth && running->frames[running->depth - 1].at <= address)
		running->depth--;
}

static void count(struct node *n, struct block *b)
{
	uint32_t i = (n->id * 0x9e3779b1u ^ b->id * 0x85ebca6bu) % COUNTERS;

	while (counters[i].node && (counters[i].node != n->id || counters[i].block != b->id))
		i = (i + 1) % COUNTERS;
	if (!counters[i].node) {
		if (++nr_counters > COUNTERS / 4 * 3) {
			fprintf(stderr, "profile_plugin: too many places\n");
			exit(1);
		}
		counters[i].node = n->id;
		counters[i].block = b->id;
	}
	counters[i].times++;
}

static void enter(uint64_t function)
{
	choose_thread(call.at);
	unwind(call.at);
	if (running->depth < MAX_DEPTH) {
		call.node = child_of(top(running), function);
		running->frames[running->depth++] = call;
	}
}

/* An indirect call by retpoline calls, calls again, overwrites that return address and returns by it. */
static void enter_by_retpoline(uint64_t function)
{
	struct frame *outer;

	if (running->depth < 2)
		return;
	outer = &running->frames[running->depth - 2];
	if (outer[0].at != outer[1].at + 8)
		return;
	running->depth -= 2;
	outer->node = child_of(top(running), function);
	running->depth++;
}

static void leave(uint64_t to)
{
	for (unsigned int i = running->depth; i-- > 0;)
		if (running->frames[i].returns_to == to) {
			running->depth = i;
			return;
		}
	enter_by_retpoline(to);
}

static void on_block(unsigned int cpu, void *data)
{
	struct block *b = data;

	(void)cpu;
	if (!recording)
		return;
	if (call.at)
		enter(b->address);
	else if (returning && running)
		leave(b->address);
	call.at = 0;
	returning = false;
	if (running)
		count(top(running), b);
}

static void on_call(unsigned int cpu, mem_info info, uint64_t address, void *return_address)
{
	(void)cpu;
	(void)info;
	call.at = address;
	call.returns_to = (uint64_t)return_address;
}

static void on_return(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	returning = true;
}

static void on_marker(unsigned int cpu, void *data)
{
	(void)cpu;
	recording = data;
	running = NULL;
	call.at = 0;
	returning = false;
}

/* A near call or return. */
static void watch_branch(struct qemu_plugin_insn *insn)
{
	const uint8_t *byte = qemu_plugin_insn_data(insn);
	size_t i = 0, size = qemu_plugin_insn_size(insn);

	while (i + 1 < size && (strchr("\x66\xf2\xf3\x2e\x36\x3e\x26", byte[i]) || (byte[i] & 0xf0) == 0x40))
		i++;
	if (byte[i] == 0xe8 || (byte[i] == 0xff && i + 1 < size && (byte[i + 1] >> 3 & 7) == 2))
		qemu_plugin_register_vcpu_mem_cb(insn, on_call, CB_NO_REGS, MEM_W,
						(void *)(qemu_plugin_insn_vaddr(insn) + size));
	else if (byte[i] == 0xc3 || byte[i] == 0xc2)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_return, CB_NO_REGS, NULL);
}

static void watch_markers(struct qemu_plugin_tb *tb)
{
	static const uint8_t start[] = { MARKER_START }, stop[] = { MARKER_STOP };

	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const void *bytes = qemu_plugin_insn_data(insn);

		if (qemu_plugin_insn_size(insn) != sizeof(start))
			continue;
		if (!memcmp(bytes, start, sizeof(start)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker, CB_NO_REGS, (void *)1);
		else if (!memcmp(bytes, stop, sizeof(stop)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_marker, CB_NO_REGS, NULL);
	}
}

static void on_translation(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct block *b;

	(void)id;
	if (!(qemu_plugin_tb_vaddr(tb) >> 63)) {
		watch_markers(tb);
		return;
	}
	if (nr_blocks == MAX_BLOCKS)
		return;
	b = must_alloc(sizeof(*b));
	b->address = qemu_plugin_tb_vaddr(tb);
	b->instructions = n;
	b->id = nr_blocks;
	blocks[nr_blocks++] = b;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, CB_NO_REGS, b);
	for (size_t i = 0; i < n; i++)
		watch_branch(qemu_plugin_tb_get_insn(tb, i));
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
	for (uint32_t i = 1; i <= nr_nodes; i++)
		fprintf(file, "node %x %x %lx %lx\n", i, nodes[i]->parent ? nodes[i]->parent->id : 0, stacks[i],
			nodes[i]->function);
	for (uint32_t i = 0; i < COUNTERS; i++)
		if (counters[i].node)
			fprintf(file, "count %x %lx %x %lx\n", counters[i].node,
				blocks[counters[i].block]->address, blocks[counters[i].block]->instructions,
				counters[i].times);
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
