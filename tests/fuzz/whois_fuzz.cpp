// Any octets as items of a feed of registrations.
#include "tests/fuzz/observed.hpp"
#include "zonegen/registration/whois_text_parser.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text({data, size});
    fuzz::read_lines<WhoisTextParser>(text, std::optional(Seconds{1'600'000'000}));
    fuzz::read_whole<WhoisTextParser>(text);
    return 0;
}
