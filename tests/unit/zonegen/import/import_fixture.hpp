// Imports into a store of their own, and what it has counted afterwards.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "storage/history/history_writer.hpp"
#include "tests/support/temporary_directory.hpp"
#include "zonegen/import/load.hpp"

namespace dnshist::zonegen {

// A record that was seen `count` times.
inline std::string record(const std::string& owner, int count = 1) {
    return R"({"rrname":")" + owner +
           R"(","rrtype":"A","rdata":"192.0.2.1","time_first":1,"count":)" + std::to_string(count) +
           "}";
}

struct Fixture {
    test::TemporaryDirectory directory;
    LoadOptions options;
    Summary summary;
    std::uint64_t rejected = 0;

    std::string path(const std::string& name) const { return (directory.path() / name).string(); }
    std::string file(const std::string& name, std::string_view content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }

    bool import(const std::string& feed) {
        Terminal terminal;
        RejectReport rejects(terminal, std::nullopt);
        HistoryWriter writer(path("store"), {});
        Load load(writer, options, rejects, terminal, -1);
        const bool complete = load.import(feed);
        summary = load.summary();
        rejected = rejects.total();
        return complete;
    }

    // The counts in the store, by owner.
    std::map<std::string, std::uint64_t> counts() const {
        History history(path("store"));
        Snapshot snapshot(history);
        snapshot.renew();
        RecordCursor cursor(snapshot);
        cursor.seek_all();
        std::map<std::string, std::uint64_t> result;
        while (cursor.next()) {
            const auto owner = Name::from_key(cursor.record().owner);
            result[owner.value().text()] += cursor.record().count;
        }
        return result;
    }
};

using ByOwner = std::map<std::string, std::uint64_t>;

inline const std::string zeek_header =
    "#separator \\x09\n#fields\tts\tquery\tqclass\tqtype\tanswers\n";

inline std::string zeek_row(const std::string& query) {
    return "1\t" + query + "\t1\t1\t192.0.2.1\n";
}

}  // namespace dnshist::zonegen
