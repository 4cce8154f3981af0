// Any octets as lines of a log.
#include "tests/fuzz/observed.hpp"
#include "zonegen/sensorlog/passivedns_parser.hpp"

using namespace dnshist;
using namespace dnshist::zonegen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::read_lines<PassivednsParser>(as_text({data, size}));
    return 0;
}
