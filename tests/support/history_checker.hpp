// Checks what several writers have sent and were told, and what several readers have read, in the
// order in which it happened:
//
//  - a read has all that was acknowledged before it began, and nothing that was never sent;
//  - its counts are exact: each is the sum of whole batches;
//  - what a reader has seen once it sees in every later read;
//  - at the end every batch that was acknowledged is there as a whole, once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dnshist::test {

class HistoryChecker {
  public:
    using Counts = std::map<std::string, std::uint64_t>;  // by key

    // A batch is sent: from now on reads may have it. Its number.
    std::size_t send(Counts batch) {
        batches_.push_back({std::move(batch), false});
        return batches_.size() - 1;
    }
    void acknowledge(std::size_t batch) { batches_[batch].is_acknowledged = true; }

    // The least that a read that begins now must have.
    Counts begin_read() const {
        return sum_of([](const Batch& b) { return b.is_acknowledged; });
    }
    // `least` is as begin_read() has given it.
    void end_read(const std::string& reader, const Counts& least, const Counts& found) {
        for (const auto& [key, count] : found) {
            if (!possible(key).contains(count)) fail(reader, key, count, "was never sent");
        }
        expect_no_less(reader, least, found, "lacks what was acknowledged");
        expect_no_less(reader, last_[reader], found, "lacks what the reader had seen");
        last_[reader] = found;
    }
    // A read once all is over, and every batch was acknowledged that was sent.
    void end(const Counts& found) {
        end_read("the last one", begin_read(), found);
        if (found != begin_read()) fail("the last one", {}, 0, "has more than was acknowledged");
    }

    // The first fault that was found.
    const std::optional<std::string>& fault() const noexcept { return fault_; }

  private:
    struct Batch {
        Counts counts;
        bool is_acknowledged;
    };

    template <class Which>
    Counts sum_of(Which&& which) const {
        Counts sum;
        for (const Batch& batch : batches_) {
            if (!which(batch)) continue;
            for (const auto& [key, count] : batch.counts)
                sum[key] += count;
        }
        return sum;
    }

    // The counts that whole batches make up.
    std::set<std::uint64_t> possible(const std::string& key) const {
        std::set<std::uint64_t> sums{0};
        for (const Batch& batch : batches_) {
            const auto found = batch.counts.find(key);
            if (found == batch.counts.end()) continue;
            std::set<std::uint64_t> more = sums;
            for (const std::uint64_t sum : sums)
                more.insert(sum + found->second);
            sums = std::move(more);
        }
        return sums;
    }

    void expect_no_less(const std::string& reader, const Counts& least, const Counts& found,
                        const char* fault) {
        for (const auto& [key, count] : least) {
            const auto there = found.find(key);
            const std::uint64_t is = there == found.end() ? 0 : there->second;
            if (is < count) fail(reader, key, is, fault);
        }
    }

    void fail(const std::string& reader, const std::string& key, std::uint64_t count,
              const char* what) {
        if (fault_) return;
        fault_ = reader + ": " + std::to_string(count) + " of " + key + ": the read " + what;
    }

    std::vector<Batch> batches_;
    std::map<std::string, Counts> last_;  // by reader
    std::optional<std::string> fault_;
};

}  // namespace dnshist::test
