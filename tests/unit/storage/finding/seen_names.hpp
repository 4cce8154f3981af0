// A store of names, each of which was seen with a record, and the lookalikes that are listed there.
#pragma once

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/finding/lookalike.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::test {

class SeenNames {
  public:
    explicit SeenNames(const std::vector<std::string>& names) {
        HistoryWriter writer(directory_.path(), {.reserve = std::size_t{1} << 26});
        Batch batch;
        const std::string address = "\xc0\x00\x02\x01";
        for (const std::string& text : names) {
            const auto owner = Name::from_text(text);
            BOOST_TEST_REQUIRE(owner.has_value(), text);
            batch.add({owner->wire(), Rrtype::A, as_octets(address), Witness::sensor, {}, 1});
        }
        writer.apply(batch, std::nullopt, {}, Seconds{1'767'225'600});
        history_.emplace(directory_.path());
    }

    // The trick of each lookalike of the name, by the lookalike without its final dot.
    std::unordered_map<std::string, std::string> lookalikes_of(std::string_view text) {
        Snapshot snapshot(*history_);
        NameList names;
        list_lookalikes(snapshot, Name::from_text(text).value(), names);
        names.sort();
        std::unordered_map<std::string, std::string> tricks;
        for (const NameList::Entry& entry : names.entries()) {
            std::string name = Name::from_key(names.key(entry)).value().text();
            name.pop_back();
            tricks.emplace(std::move(name), trick_text(entry.tag));
        }
        return tricks;
    }

  private:
    TemporaryDirectory directory_;
    std::optional<History> history_;
};

}  // namespace dnshist::test
