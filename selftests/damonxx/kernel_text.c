// SPDX-License-Identifier: GPL-2.0
/*
 * kernel_text FILE: writes the machine code of the running kernel, _stext to _etext without modules, into FILE, as
 * /proc/kcore shows it.
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int main(int argc, char **argv)
{
	static char part[1 << 16];
	uint64_t from = address_of("_stext"), left = address_of("_etext") - from, offset;
	int core = open("/proc/kcore", O_RDONLY);
	FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;

	if (core < 0 || !out)
		err(2, "usage: kernel_text FILE; it reads /proc/kcore");
	offset = offset_of(core, from);
	if (!offset)
		errx(1, "/proc/kcore has no kernel text");
	while (left) {
		ssize_t n = pread(core, part, left < sizeof(part) ? left : sizeof(part), offset);

		if (n <= 0 || fwrite(part, 1, n, out) != (size_t)n)
			err(1, "reading or writing");
		offset += n;
		left -= n;
	}
	return fclose(out) != 0;
}
