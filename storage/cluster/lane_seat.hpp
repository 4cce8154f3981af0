// LaneSeat: the lane that a writer has taken, and the batches that it begins and ends there.
//
// A lock says which lanes have a writer. It is a hint: one who is late may still write in a lane
// that another has taken since. The epoch in the journal decides whose lane it is, and the marks in
// the tablets make that nothing counts twice whoever writes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "storage/cluster/journal.hpp"
#include "storage/object/object_store.hpp"

namespace dnshist {

// A batch whose octets are in the store.
struct BegunBatch {
    std::uint8_t lane;
    std::uint64_t epoch;  // of the writer that began it
    std::uint64_t seq;
    std::uint64_t parts;  // objects that have its octets
};

// The octets of a batch; nothing where they are not there any more, since it has ended. Throws
// ObjectError.
std::optional<std::string> read_batch(ObjectStore& objects, const BegunBatch& batch);

// Every function throws ObjectError.
class LaneSeat {
  public:
    // A writer that ends without a word blocks its lane for so long.
    static constexpr std::uint32_t lock_seconds = 30;

    // `holder` names the process for others. `objects` outlives this.
    LaneSeat(ObjectStore& objects, std::string holder);
    ~LaneSeat();
    LaneSeat(const LaneSeat&) = delete;
    LaneSeat& operator=(const LaneSeat&) = delete;

    // Has a lane afterwards. If a writer has ended within a batch, that is its lane, and the result
    // is that batch, to be made again and ended; not one that waits for a tablet. Throws where all
    // lanes have writers, and names them.
    std::optional<BegunBatch> take();
    // Batches that waited for a tablet that is missing when take() looked, and one such tablet.
    struct Waiting {
        std::size_t batches = 0;
        std::string object{};
    };
    const Waiting& waiting() const noexcept { return waiting_; }
    // Keeps the lock. To be called now and then while a batch is written; cheap. False where
    // another writer has it.
    bool renew();

    // Writes the octets of the next batch.
    BegunBatch write(std::string_view octets);
    // The sums of all batches.
    std::uint64_t octets_written() const noexcept { return octets_written_; }
    // From here on the batch will be in the store, whoever ends it. `add` may set what is to be
    // written with it, and may throw. May be called again where it threw. False where the lane is
    // lost to another writer, or an earlier batch is to be ended first: then it was not begun, and
    // its octets are gone.
    using Add = std::function<void(const Journal& journal, JournalWrite& write, Lane& lane)>;
    bool begin(const BegunBatch& batch, const Add& add);
    // The batch needs a tablet that is missing: it is left as it is, and the lane with it. take()
    // gives it to a writer once the tablet is there.
    void leave_waiting(const BegunBatch& batch, const std::string& object);
    // The same as begin() without a batch: `add` alone.
    bool note(const Add& add);
    // Whether it was, where begin() threw. If not, its octets are gone.
    bool was_begun(const BegunBatch& batch);
    // Whether the batch is still to be ended by this writer.
    bool is_open(const BegunBatch& batch);
    std::string read(const BegunBatch& batch);
    // The batch is in the store as a whole. `add` is called unless another writer has ended it.
    void end(const BegunBatch& batch, const Add& add);
    // Removes the octets of a batch that was not begun.
    void remove(const BegunBatch& batch);
    // Whether the octets of a batch, which any writer has written, are needed by nobody: it has
    // ended, or is not begun and cannot be any more. Ends the right of a writer to its lane who
    // does not live. For who has no lane.
    bool abandon(const BegunBatch& batch);

  private:
    bool is_mine(const Journal& journal) const;
    enum class Due : std::uint8_t { yes, no, done };
    bool change(const Add& add, const std::function<Due(const Lane&)>& due);
    bool still_waits(const Lane& lane);
    std::optional<std::uint8_t> free_lane(const Journal& journal);
    bool lock(std::uint8_t lane);
    bool lock_unless_alive(std::uint8_t lane, const std::string& holder);
    void raise_epoch(std::uint8_t lane);
    void give_back();
    void remove_ended();

    ObjectStore& objects_;
    std::string holder_;
    std::string lock_name_;  // not that of another writer of the process
    std::optional<std::uint8_t> lane_;
    std::uint64_t epoch_ = 0;
    std::uint64_t last_seq_ = 0;
    std::uint64_t octets_written_ = 0;
    Waiting waiting_;
    std::optional<BegunBatch> ended_;  // whose octets are still to be removed
    std::chrono::steady_clock::time_point locked_at_;
};

// "HOST, process PID".
std::string this_process();
// Whether that was a process of this machine that is no more. If that is wrong, as where machines
// have one name, two make the same batch, which does no harm.
bool has_ended(const std::string& holder);

}  // namespace dnshist
