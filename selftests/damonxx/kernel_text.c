// SPDX-License-Identifier: GPL-2.0
/*
 * kernel_text save|same FILE: writes the machine code of the running kernel, _stext to _etext without modules, into FILE,
 * or tells whether it is still as it was then, and where it is not first.  It is what /proc/kcore shows.
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PART (1 << 16)

static uint64_t address_of(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[512], symbol[256];
	unsigned long at;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %*c %255s", &at, symbol) == 2 && !strcmp(symbol, name)) {
			fclose(file);
			return at;
		}
	errx(1, "no symbol %s", name);
}

/* Where @address is in the file, or 0. */
static uint64_t offset_of(int core, uint64_t address)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (pread(core, &header, sizeof(header), 0) != sizeof(header))
		err(1, "/proc/kcore");
	for (int i = 0; i < header.e_phnum; i++) {
		if (pread(core, &segment, sizeof(segment), header.e_phoff + i * sizeof(segment)) != sizeof(segment))
			err(1, "/proc/kcore");
		if (segment.p_type == PT_LOAD && address - segment.p_vaddr < segment.p_memsz)
			return segment.p_offset + (address - segment.p_vaddr);
	}
	return 0;
}

/* One part of the text at a time; true: it is as in the file. */
static bool compare(FILE *file, uint64_t address, const char *part, size_t size)
{
	static char saved[PART];

	if (fread(saved, 1, size, file) != size)
		errx(1, "the file is too short");
	if (!memcmp(part, saved, size))
		return true;
	for (size_t i = 0; i < size; i++)
		if (part[i] != saved[i]) {
			printf("%lx is %02x instead of %02x\n", address + i, part[i] & 0xff, saved[i] & 0xff);
			return false;
		}
	return true;
}

int main(int argc, char **argv)
{
	static char part[PART];
	bool save = argc == 3 && !strcmp(argv[1], "save"), same = true;
	uint64_t at = address_of("_stext"), end = address_of("_etext"), offset;
	int core = open("/proc/kcore", O_RDONLY);
	FILE *file;

	if (argc != 3)
		errx(2, "usage: kernel_text save|same FILE");
	file = fopen(argv[2], save ? "w" : "r");
	if (core < 0 || !file)
		err(2, "%s", core < 0 ? "/proc/kcore" : argv[2]);
	offset = offset_of(core, at);
	if (!offset)
		errx(2, "/proc/kcore has no kernel text");
	for (ssize_t n; same && at < end; at += n, offset += n) {
		n = pread(core, part, end - at < PART ? end - at : PART, offset);
		if (n <= 0)
			err(2, "/proc/kcore");
		if (!save)
			same = compare(file, at, part, n);
		else if (fwrite(part, 1, n, file) != (size_t)n)
			err(2, "%s", argv[2]);
	}
	return fclose(file) || !same;
}
