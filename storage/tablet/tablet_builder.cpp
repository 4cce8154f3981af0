#include "storage/tablet/tablet_builder.hpp"

#include <utility>

#include "storage/base/blocked_signals.hpp"

namespace dnshist {

namespace {

void expect_done(const std::vector<ObjectWrite>& writes) {
    for (const ObjectWrite& write : writes) {
        if (write.outcome == ObjectWrite::Outcome::done) continue;
        throw ObjectError(ObjectError::Kind::unreachable,
                          "the cluster did not answer in time; run the same command again");
    }
}

}  // namespace

void TabletBuilder::add(Octets key, Octets block) {
    if (!open_block_.empty()) close_block(std::string(as_text(key)));
    open_block_ = as_text(block);
}

void TabletBuilder::close_block(std::string upper) {
    size_ += upper.size() + open_block_.size();
    blocks_.push_back({std::move(upper), std::move(open_block_)});
    open_block_.clear();
    if (size_ < limits_.octets * 3 / 4) return;
    const std::uint64_t right = new_tablet_id();
    close_tablet(right);
    id_ = right;
}

void TabletBuilder::close_tablet(std::uint64_t right) {
    TabletHead head;
    head.space = space_;
    head.lower = lower_;
    head.upper = right == 0 ? std::string(upper_of_all) : blocks_.back().key;
    head.right = right;
    head.octets = size_;
    ObjectWrite write;
    write.object = tablet_object(id_);
    write.condition = ObjectWrite::Condition::object_is_absent;
    write.head = encode_head(head);
    write.set = std::move(blocks_);
    blocks_.clear();
    octets_ += size_;
    size_ = 0;
    entries_.push_back(TabletMap::entry(space_, lower_, id_));
    lower_ = head.upper;
    waiting_.push_back(std::move(write));
    if (waiting_.size() >= limits_.in_flight / 2) write_waiting();
}

// While these are written, the next ones are made.
void TabletBuilder::write_waiting() {
    expect_written();
    const BlockedSignals blocked;  // in the new thread
    under_way_ = std::async(std::launch::async,
                            [&objects = objects_, writes = std::exchange(waiting_, {})]() mutable {
                                objects.write(writes);
                                expect_done(writes);
                            });
}

void TabletBuilder::expect_written() {
    if (under_way_.valid()) under_way_.get();
}

void TabletBuilder::finish() {
    if (!open_block_.empty()) {
        size_ += upper_of_all.size() + open_block_.size();
        blocks_.push_back({std::string(upper_of_all), std::move(open_block_)});
    }
    close_tablet(0);
    write_waiting();
    expect_written();
    objects_.write(entries_);
    expect_done(entries_);
}

}  // namespace dnshist
