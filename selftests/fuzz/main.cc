// SPDX-License-Identifier: GPL-2.0
// Runs kept inputs, with any compiler: "corpora TARGET FILE", one input in hexadecimal per
// line of FILE; '#' begins a comment.
#include "fuzz.hh"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace {

const char *file_name = "";
volatile int line_number = 0;

// Whatever aborts the run: the input is named, the run ends as it would have.
extern "C" void name_the_input(int signal)
{
	std::fprintf(stderr, "fuzz: the input is %s:%d\n", file_name, line_number);
	std::signal(signal, SIG_DFL);
	std::raise(signal);
}

bool decode(const std::string &line, std::vector<u8> &bytes)
{
	bytes.clear();
	if (line.size() % 2 != 0 || line.find_first_not_of("0123456789abcdef") != line.npos)
		return false;
	for (size_t i = 0; i < line.size(); i += 2)
		bytes.push_back(static_cast<u8>(std::stoul(line.substr(i, 2), nullptr, 16)));
	return true;
}

} // namespace

int main(int argc, char **argv)
{
	std::vector<u8> bytes;
	std::string line;
	int inputs = 0;

	if (argc != 3) {
		std::fprintf(stderr, "Usage: corpora TARGET FILE\n");
		return 2;
	}
	const fuzz::target *chosen = fuzz::find_target(argv[1]);
	std::ifstream file(file_name = argv[2]);
	if (chosen == nullptr || !file) {
		std::fprintf(stderr, "fuzz: cannot run %s on %s\n", argv[1], file_name);
		return 2;
	}
	std::signal(SIGABRT, name_the_input);
	for (; std::getline(file, line); inputs++) {
		line_number = line_number + 1;
		if (line.starts_with('#') || line.empty()) {
			inputs--;
			continue;
		}
		if (!decode(line, bytes)) {
			std::fprintf(stderr, "fuzz: %s:%d: not hexadecimal\n", file_name,
				     line_number);
			return 2;
		}
		fuzz::run_one(*chosen, bytes.data(), bytes.size());
	}
	std::printf("%d inputs\n", inputs);
	return inputs > 0 ? 0 : 2;
}
