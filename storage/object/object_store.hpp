// ObjectStore: objects with a head and sorted entries, and one atomic operation on one object.
//
// That is what distributed object stores have in common (Ceph RADOS: an extended attribute and an
// omap; a transactional key-value store can do the same). No operation spans two objects: who needs
// that orders his operations so that each may be the last one (storage/tablet).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace dnshist {

// Octets of any value; ordered as Octets are.
struct ObjectEntry {
    std::string key;  // not empty
    std::string value;
};

struct ObjectRead {
    // The first `most` entries whose keys are after `after`; of an empty one, from the first.
    struct Range {
        std::string after;
        std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    };
    std::string object;
    std::vector<Range> ranges{};
    bool wants_data = false;

    // The result; all of it is from one moment.
    bool exists = false;
    std::string head{};
    std::vector<ObjectEntry> entries{};  // of all ranges: in order, each once
    std::string data{};
};

struct ObjectWrite {
    enum class Condition : std::uint8_t {
        head_is_expected,
        object_is_absent,
        none,  // the head is not written either
    };
    std::string object;
    Condition condition = Condition::none;
    std::string expected;
    std::string head;
    std::vector<ObjectEntry> set;
    std::vector<std::string> remove;
    std::string data;  // replaces the object's where it is not empty

    enum class Outcome : std::uint8_t {
        done,
        conflict,  // the condition did not hold; nothing was written
        unknown,   // no reply came in time: it was written, or was not, or will be
    };
    Outcome outcome = Outcome::unknown;
};

// The store cannot be used. what() is a part of a sentence for the operator: the cause and the way
// out.
class ObjectError : public std::runtime_error {
  public:
    enum class Kind : std::uint8_t { unreachable, other };
    ObjectError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
    Kind kind() const noexcept { return kind_; }

  private:
    Kind kind_;
};

// For any thread. Every function throws ObjectError. The operations of one call travel together, in
// no order.
class ObjectStore {
  public:
    ObjectStore() = default;
    virtual ~ObjectStore() = default;
    ObjectStore(const ObjectStore&) = delete;
    ObjectStore& operator=(const ObjectStore&) = delete;

    virtual void read(std::span<ObjectRead> reads) = 0;
    virtual void write(std::span<ObjectWrite> writes) = 0;
    virtual void remove(std::span<const std::string> objects) = 0;
    // The names of all objects, in no order.
    virtual std::vector<std::string> list() = 0;
    // Takes or renews a lock for some seconds. False where another holder has it. Only a hint for
    // those who look for an object that nobody is busy with: a holder may be late.
    virtual bool try_lock(const std::string& object, const std::string& holder,
                          std::uint32_t seconds) = 0;
    virtual void unlock(const std::string& object, const std::string& holder) = 0;
    // Ends the lock of a holder that is known to have ended.
    virtual void break_lock(const std::string& object) = 0;
};

inline ObjectRead read_object(ObjectStore& store, ObjectRead read) {
    store.read({&read, 1});
    return read;
}
inline ObjectWrite::Outcome write_object(ObjectStore& store, ObjectWrite write) {
    store.write({&write, 1});
    return write.outcome;
}

}  // namespace dnshist
