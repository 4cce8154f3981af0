// MTBL as a store of the comparison, with keys and values as dnstable shapes them
// (dnstable-encoding(5)): an RRset's owner first, and its RDATA first. The indices of names that
// dnstable has besides are left out, and the bailiwick is the root: both make the file smaller.
#include <mtbl.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "tests/bench/keep.hpp"

using namespace dnshist;

namespace {

constexpr std::uint8_t by_owner = 0;
constexpr std::uint8_t by_rdata = 2;
constexpr std::size_t block_octets = 8192;  // dnstable's default for all types but DNSSEC
constexpr std::size_t sort_octets = std::size_t{512} << 20;

using Buffer = std::vector<std::uint8_t>;

void put_varint(Buffer& out, std::uint64_t value) {
    std::array<std::uint8_t, 10> octets;
    const std::size_t size = mtbl_varint_encode64(octets.data(), value);
    out.insert(out.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
}

void put(Buffer& out, Octets octets) {
    out.insert(out.end(), octets.begin(), octets.end());
}

struct Seen {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t count = 0;
};

Seen read_seen(const std::uint8_t* at) {
    Seen seen;
    for (std::uint64_t* value : {&seen.first, &seen.last, &seen.count})
        at += mtbl_varint_decode64(at, value);
    return seen;
}

Buffer seen_octets(const Seen& seen) {
    Buffer value;
    for (const std::uint64_t part : {seen.first, seen.last, seen.count})
        put_varint(value, part);
    return value;
}

void merge(void*, const std::uint8_t*, std::size_t, const std::uint8_t* a, std::size_t,
           const std::uint8_t* b, std::size_t, std::uint8_t** merged, std::size_t* size) {
    const Seen one = read_seen(a);
    const Seen other = read_seen(b);
    const Buffer value = seen_octets({std::min(one.first, other.first),
                                      std::max(one.last, other.last), one.count + other.count});
    *size = value.size();
    *merged = static_cast<std::uint8_t*>(std::malloc(value.size()));
    if (*merged == nullptr) std::abort();
    std::memcpy(*merged, value.data(), value.size());
}

Buffer owner_prefix(const Name& owner, Rrtype type) {
    Buffer key{by_owner};
    put(key, owner.key().octets());
    put_varint(key, number(type));
    return key;
}

// The preference of an MX precedes the name in RDATA, and is moved to the end of the key.
std::size_t sliced_octets(Rrtype type) {
    return type == Rrtype::MX ? 2 : 0;
}

Buffer rdata_prefix(Rrtype type, Octets rdata) {
    Buffer key{by_rdata};
    put(key, rdata.subspan(sliced_octets(type)));
    put_varint(key, number(type));
    return key;
}

class Mtbl : public bench::Keeper {
  public:
    Mtbl(const std::string& path, bool import) : path_(path) {
        if (import) {
            mtbl_sorter_options* options = mtbl_sorter_options_init();
            mtbl_sorter_options_set_merge_func(options, merge, nullptr);
            mtbl_sorter_options_set_max_memory(options, sort_octets);
            sorter_ = mtbl_sorter_init(options);
            mtbl_sorter_options_destroy(&options);
        } else {
            reader_ = mtbl_reader_init(path.c_str(), nullptr);
            if (reader_ == nullptr) throw std::runtime_error("cannot read " + path);
            source_ = mtbl_reader_source(reader_);
        }
    }
    ~Mtbl() override {
        mtbl_sorter_destroy(&sorter_);
        mtbl_reader_destroy(&reader_);
    }

    void add(const Observation& observation) override {
        const Buffer value = seen_octets({observation.seen.begin.since_epoch,
                                          observation.seen.end.since_epoch, observation.count});
        const Name owner = Name::from_wire(observation.owner).value();
        Buffer key = owner_prefix(owner, observation.type);
        key.push_back(0);  // the bailiwick
        put_varint(key, observation.rdata.size());
        put(key, observation.rdata);
        add(key, value);

        const std::size_t sliced = sliced_octets(observation.type);
        key = rdata_prefix(observation.type, observation.rdata);
        put(key, owner.key().octets());
        put(key, observation.rdata.first(sliced));
        const std::size_t size = observation.rdata.size() - sliced;
        key.push_back(static_cast<std::uint8_t>(size >> 8));
        key.push_back(static_cast<std::uint8_t>(size));
        add(key, value);
    }

    void finish() override {
        mtbl_writer_options* options = mtbl_writer_options_init();
        mtbl_writer_options_set_compression(options, MTBL_COMPRESSION_ZLIB);
        mtbl_writer_options_set_block_size(options, block_octets);
        mtbl_writer* writer = mtbl_writer_init(path_.c_str(), options);
        mtbl_writer_options_destroy(&options);
        if (writer == nullptr || mtbl_sorter_write(sorter_, writer) != mtbl_res_success) {
            throw std::runtime_error("cannot write " + path_);
        }
        mtbl_writer_destroy(&writer);
    }

    std::size_t forward(const bench::Wanted& wanted) override {
        return find(owner_prefix(wanted.owner, wanted.type));
    }
    std::size_t backward(const bench::Wanted& wanted) override {
        return find(rdata_prefix(wanted.type, wanted.rdata));
    }

  private:
    void add(const Buffer& key, const Buffer& value) {
        if (mtbl_sorter_add(sorter_, key.data(), key.size(), value.data(), value.size()) !=
            mtbl_res_success) {
            throw std::runtime_error("a key was refused");
        }
    }

    std::size_t find(const Buffer& prefix) {
        mtbl_iter* at = mtbl_source_get_prefix(source_, prefix.data(), prefix.size());
        std::size_t found = 0;
        const std::uint8_t* key = nullptr;
        const std::uint8_t* value = nullptr;
        std::size_t key_size = 0;
        std::size_t value_size = 0;
        while (found < bench::most_found &&
               mtbl_iter_next(at, &key, &key_size, &value, &value_size) == mtbl_res_success) {
            found += read_seen(value).count != 0 ? 1U : 0U;
        }
        mtbl_iter_destroy(&at);
        return found;
    }

    std::string path_;
    mtbl_sorter* sorter_ = nullptr;
    mtbl_reader* reader_ = nullptr;
    const mtbl_source* source_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::keep(argc, argv, [](const std::string& path, bool import) {
        return std::make_unique<Mtbl>(path, import);
    });
}
