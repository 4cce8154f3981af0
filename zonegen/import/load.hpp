// Feeds into the store, batch by batch, each batch in one transaction with how far the feed has
// got.
//
// So what the store holds of a feed and what it believes to hold of it are always the same,
// wherever an import is broken off: the next one goes on behind the last element that is in the
// store. Standard input and pipes cannot be opened again, have no position, and are not known
// again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "storage/history/batch.hpp"
#include "storage/history/history_writer.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/import/feed_format.hpp"
#include "zonegen/import/feed_position.hpp"
#include "zonegen/import/record_filter.hpp"
#include "zonegen/import/reject_report.hpp"
#include "zonegen/import/summary.hpp"

namespace dnshist::zonegen {

struct LoadOptions {
    std::optional<Format> format;  // what the first octets show, where it is not given
    ReaderOptions reader;
    RecordFilter selection;
    bool when_modified = false;  // reader.when is when the file was modified last
    Counts counts = Counts::add;
    bool again = false;
    std::uint64_t batch = 1'000'000;  // observations of one transaction
};

class Load {
  public:
    // All must outlive it. `stop_descriptor`: see Feed.
    Load(HistoryWriter& writer, LoadOptions options, Rejects& rejects, Terminal& terminal,
         int stop_descriptor);
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Imports one feed. False where it was not imported as a whole, or nothing in it could be used;
    // the terminal has been told why. Throws StoreError, and std::system_error of Rejects.
    bool import(const std::string& path);

    // A feed was broken off because that was asked for.
    bool stopped() const noexcept { return stopped_; }
    const Summary& summary() const noexcept { return summary_; }

  private:
    // The feed under way.
    struct Current {
        OpenFeed open;
        Format format{};
        ReaderOptions options;
        std::string identity;  // of the feed
        std::unique_ptr<Reader> reader;
        bool resumed = false;            // some of it was in the store before
        std::uint64_t replay_until = 0;  // up to there only the reader's state is wanted
        std::uint64_t observations = 0;
        std::uint64_t left_out = 0;  // by the selection
        std::uint64_t rejects_before = 0;
        bool committed_all = false;  // what was read, and the position
    };

    // Whether there is something to be read; where there is not, import()'s answer.
    std::optional<bool> settled(Current& current);
    void tell_start(const Current& current);
    void begin(Current& current);
    void read(Current& current);
    bool replaying() const noexcept;
    void commit(Current& current, bool whole);
    bool conclude(const Current& current);
    bool conclude_end(const Current& current);

    HistoryWriter& writer_;
    LoadOptions options_;
    Rejects& rejects_;
    Terminal& terminal_;
    int stop_descriptor_;
    bool stopped_ = false;
    Summary summary_;
    Batch batch_;
    Sink sink_;
    Current* current_ = nullptr;  // for the sink
};

}  // namespace dnshist::zonegen
