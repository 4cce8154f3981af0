// Runs a fuzz target over files and directories of inputs, without a fuzzer: the committed corpus
// is a test of every build, and a crash that the fuzzer found is replayed by naming its file.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::filesystem::filesystem_error("cannot read", file, {});
    const std::vector<char> content{std::istreambuf_iterator<char>(in), {}};
    // Octets of its own on the heap, so that a sanitizer sees a read past the end.
    const std::vector<std::uint8_t> input(content.begin(), content.end());
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t replayed = 0;
    try {
        for (int i = 1; i < argc; ++i) {
            const std::filesystem::path path = argv[i];
            if (!std::filesystem::is_directory(path)) {
                replay(path);
                ++replayed;
                continue;
            }
            for (const auto& entry : std::filesystem::directory_iterator(path)) {
                replay(entry.path());
                ++replayed;
            }
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::printf("%zu inputs replayed\n", replayed);
    return replayed == 0 ? 1 : 0;
}
