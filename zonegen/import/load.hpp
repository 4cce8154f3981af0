// Imports feeds into the store in batches. A batch and the position that the feed has reached are
// written in one transaction, while the next batch is read.
//
// So the store always knows exactly which part of a feed it holds, wherever an import is
// interrupted: the next import resumes behind the last item that is in the store. The position also
// has the options that the feed was read with. An import with other options takes what the earlier
// ones left out, and nothing that they took. A feed of which nothing could be used is not
// remembered. Standard input and pipes cannot be opened again: they have no position and are not
// recognised.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/history/history_writer.hpp"
#include "zonegen/console/terminal.hpp"
#include "zonegen/feed/time_limit.hpp"
#include "zonegen/import/earlier_import.hpp"
#include "zonegen/import/feed_format.hpp"
#include "zonegen/import/feed_position.hpp"
#include "zonegen/import/reading.hpp"
#include "zonegen/import/record_filter.hpp"
#include "zonegen/import/reject_report.hpp"
#include "zonegen/import/summary.hpp"
#include "zonegen/import/write_behind.hpp"

namespace dnshist::zonegen {

struct LoadOptions {
    std::optional<FeedFormat> format;  // detected if it is not given
    ReaderOptions reader;
    RecordFilter filter;
    bool when_modified = false;  // reader.when is the file's time of modification
    Counts counts = Counts::add;
    bool again = false;
    std::uint64_t batch = 1'000'000;  // observations in one transaction
    // The memory that each of two batches may take: one is written early where its RDATA is long.
    std::size_t batch_octets = std::size_t{256} << 20;
    TimeLimit times;
};

class Load {
  public:
    // The references must outlive it. `stop_descriptor`: see Feed.
    Load(HistoryWriter& writer, LoadOptions options, RejectReport& rejects, Terminal& terminal,
         int stop_descriptor);
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Imports one feed. False if it was not imported as a whole or nothing in it could be used,
    // which has been reported on the terminal. Throws StoreError, and RejectReport's
    // std::system_error.
    bool import(const std::string& path);

    // An import was stopped by the stop descriptor.
    bool stopped() const noexcept { return stopped_; }
    // Waits for what is being written where an import ended with an exception.
    Summary summary() const { return {{store_.written()}, left_out_}; }

  private:
    // The feed that is being imported.
    struct Current {
        OpenFeed open;
        Reading reading;
        Digest reading_digest{};
        std::vector<std::unique_ptr<EarlierImport>> earlier;  // with other options
        std::unique_ptr<Reader> reader;
        std::vector<FeedRemark> remarks;  // at the end
        bool resumed = false;             // the store held a part of it
        std::uint64_t replay_until = 0;   // before it, items only restore the reader's state
        TimeLimit times;
        std::uint64_t observations = 0;
        std::uint64_t taken_before = 0;  // observations that an earlier import has taken
        std::uint64_t left_out = 0;      // observations that the filter rejects
        std::uint64_t rejects_before = 0;
        bool committed_all = false;  // what was read so far is written, or being written
    };

    // Decides how the feed is read. False if it cannot be, which has been reported.
    bool choose_reading(Current& current);
    // Finds out what the store holds of it. True if that is all, which has been reported.
    bool is_known(Current& current);
    bool follow_earlier(Current& current);
    void tell_start(const Current& current);
    void begin(Current& current);
    void read(Current& current);
    void observe(const Observation& observation);
    std::optional<Reject> check_time(Period seen);
    bool replaying() const noexcept;
    bool is_whole(const Current& current) const;
    void commit(Current& current, bool at_end);
    FeedPosition position_of(Current& current, bool at_end);
    bool conclude(const Current& current);
    bool conclude_end(const Current& current);
    void complain(const Current& current, const std::string& what);

    HistoryWriter& writer_;
    LoadOptions options_;
    RejectReport& rejects_;
    Terminal& terminal_;
    int stop_descriptor_;
    bool stopped_ = false;
    std::uint64_t left_out_ = 0;  // observations that the filter rejects, of all feeds
    WriteBehind store_;
    Sink sink_;
    Current* current_ = nullptr;  // during import(), for the sink
};

}  // namespace dnshist::zonegen
