// ObjectStore on Ceph RADOS: the head is the extended attribute "h", entries are the omap.
#include <fcntl.h>
#include <rados/librados.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <set>

#include "storage/engine/rados/rados_read.hpp"
#include "storage/object/open_objects.hpp"

namespace dnshist {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_in_flight = 128;

librados::bufferlist list_of(const std::string& octets) {
    librados::bufferlist list;
    list.append(octets.data(), static_cast<unsigned>(octets.size()));
    return list;
}

// Ceph makes standard error non-blocking, and by that standard output where both are one pipe. As
// they were before, at its end.
class StandardStreams {
  public:
    StandardStreams() {
        for (int stream = 0; stream < 3; ++stream)
            flags_[static_cast<std::size_t>(stream)] = ::fcntl(stream, F_GETFL);
    }
    ~StandardStreams() {
        for (int stream = 0; stream < 3; ++stream) {
            const int flags = flags_[static_cast<std::size_t>(stream)];
            if (flags >= 0) ::fcntl(stream, F_SETFL, flags);
        }
    }
    StandardStreams(const StandardStreams&) = delete;
    StandardStreams& operator=(const StandardStreams&) = delete;

  private:
    std::array<int, 3> flags_{};
};

class RadosObjects final : public ObjectStore {
  public:
    RadosObjects(const ObjectLocation& location, const CephAccess& access, Patience patience)
        : rest_(patience == Patience::reader ? 1s : 0s),
          pool_(location.container),
          access_(access) {
        const StandardStreams streams;
        check(cluster_.init(access.user.c_str()), "set up Ceph");
        if (const int code = cluster_.conf_read_file(access.conf.c_str()); code < 0) {
            throw ObjectError(ObjectError::Kind::other,
                              "cannot read Ceph's configuration file " + access.conf + ": " +
                                  std::strerror(-code) + "; store.ceph_conf names another");
        }
        const bool answers = patience == Patience::reader;
        set("client_mount_timeout", answers ? "5" : "30");
        set("rados_mon_op_timeout", answers ? "2" : "30");
        set("rados_osd_op_timeout", answers ? "2" : "30");
        // Else it writes to the log file of the client that the configuration names, or to stderr.
        set("log_to_stderr", "false");
        set("err_to_stderr", "false");
        set("log_file", "");
        connect();
        open_pool(location);
        judge_pool();
    }

    void read(std::span<ObjectRead> reads) override;
    void write(std::span<ObjectWrite> writes) override;
    void remove(std::span<const std::string> objects) override;
    std::vector<std::string> list() override;
    bool try_lock(const std::string& object, const std::string& holder,
                  std::uint32_t seconds) override;
    void unlock(const std::string& object, const std::string& holder) override;
    void break_lock(const std::string& object) override;

  private:
    void set(const char* key, const char* value) { cluster_.conf_set(key, value); }
    void connect();
    void open_pool(const ObjectLocation& location);
    void judge_pool();
    [[noreturn]] void fail_erasure_coded() const;
    // Throws while the cluster is believed to be away: not every question of a batch is to wait.
    void expect_answers();
    [[noreturn]] void fail_away();
    void check(int code, const char* doing) const {
        if (code < 0) fail(code, doing);
    }
    [[noreturn]] void fail(int code, const char* doing) const;

    static std::int64_t now() noexcept {
        return std::chrono::steady_clock::now().time_since_epoch() / 1ms;
    }

    std::chrono::milliseconds rest_;            // for how long nothing is asked after a time-out
    std::atomic<std::int64_t> away_until_ = 0;  // milliseconds of the steady clock
    std::atomic<bool> was_away_ = false;        // since the map of the cluster was read
    librados::Rados cluster_;
    librados::IoCtx pool_context_;
    std::string pool_;
    CephAccess access_;
};

void RadosObjects::fail(int code, const char* doing) const {
    switch (-code) {
        case ETIMEDOUT:
            throw ObjectError(ObjectError::Kind::unreachable,
                              "the Ceph cluster does not answer; see 'ceph -s', and whether " +
                                  access_.conf + " has the right monitors (mon_host)");
        case EACCES:
        case EPERM:
            throw ObjectError(ObjectError::Kind::other,
                              "Ceph does not permit it to client." + access_.user +
                                  "; 'ceph auth caps client." + access_.user +
                                  " mon \"allow r\" osd \"allow rwx pool=" + pool_ +
                                  "\"' does (readers: \"allow r pool=" + pool_ + "\")");
        case ENOSPC:
        case EDQUOT:
            throw ObjectError(
                ObjectError::Kind::other,
                "the pool " + pool_ + " is full; give it room and run the same command again");
        case EOPNOTSUPP:
            fail_erasure_coded();
        default:
            throw ObjectError(ObjectError::Kind::other,
                              std::string("cannot ") + doing + ": " + std::strerror(-code));
    }
}

void RadosObjects::fail_erasure_coded() const {
    throw ObjectError(ObjectError::Kind::other,
                      "the pool " + pool_ +
                          " is erasure-coded, which cannot hold sorted keys; make a "
                          "replicated one: 'ceph osd pool create NAME 32 replicated'");
}

void RadosObjects::connect() {
    const int code = cluster_.connect();
    // There is no keyring, or no key for the user in it.
    if (code == -ENOENT || code == -EINVAL) {
        throw ObjectError(ObjectError::Kind::other,
                          "there is no key for client." + access_.user +
                              " on this machine, or no monitor in " + access_.conf +
                              " (mon_host); 'ceph auth get-or-create client." + access_.user +
                              " mon \"allow r\" osd \"allow r pool=" + pool_ +
                              "\"' makes one (writers: osd \"allow rwx\"), which belongs into "
                              "/etc/ceph/ceph.client." +
                              access_.user + ".keyring; store.ceph_user names another user");
    }
    check(code, "reach the cluster");
}

void RadosObjects::open_pool(const ObjectLocation& location) {
    const int code = cluster_.ioctx_create(pool_.c_str(), pool_context_);
    if (code == -ENOENT) {
        throw ObjectError(ObjectError::Kind::other, "there is no pool " + pool_ +
                                                        " in the Ceph cluster; make it with 'ceph "
                                                        "osd pool create " +
                                                        pool_ +
                                                        " 32 replicated', or name another one");
    }
    check(code, "open the pool");
    pool_context_.set_namespace(location.space);
    // A write into a full pool fails at once, where it would else wait for room.
    pool_context_.set_pool_full_try();
}

// The properties of the pool are lines "size: 3". Where the monitors do not tell them, nothing is
// said about them.
void RadosObjects::judge_pool() {
    librados::bufferlist answer;
    const std::string command = R"({"prefix": "osd pool get", "var": "all", "pool": ")" + pool_ +
                                R"(", "format": "plain"})";
    if (cluster_.mon_command(command, {}, &answer, nullptr) < 0) return;
    const std::string properties = "\n" + answer.to_str();
    const auto number_of = [&](const std::string& name) {
        const std::size_t at = properties.find("\n" + name + ": ");
        if (at == std::string::npos) return std::numeric_limits<int>::max();
        return std::atoi(properties.c_str() + at + name.size() + 3);
    };
    if (properties.find("\nerasure_code_profile: ") != std::string::npos) fail_erasure_coded();
    if (!access_.warn) return;
    const auto expect = [&](const std::string& name, int least, const char* danger) {
        const int number = number_of(name);
        if (number >= least) return;
        access_.warn("the pool " + pool_ + " has " + name + " " + std::to_string(number) + ": " +
                     danger + "; 'ceph osd pool set " + pool_ + " " + name + " " +
                     std::to_string(least) + "' changes that");
    };
    expect("size", 3, "while one machine is away, the loss of another loses data");
    expect("min_size", 2, "what is written while one copy is left may be lost with it");
}

void RadosObjects::fail_away() {
    away_until_ = now() + rest_.count();
    was_away_ = true;
    fail(-ETIMEDOUT, "read an object");
}

void RadosObjects::expect_answers() {
    if (now() < away_until_) fail(-ETIMEDOUT, "read an object");
    // Where all OSDs were away, nobody told librados that they are at other addresses now.
    if (!was_away_.exchange(false)) return;
    if (cluster_.wait_for_latest_osdmap() == -ETIMEDOUT) fail_away();
}

void RadosObjects::read(std::span<ObjectRead> reads) {
    expect_answers();
    for (std::size_t begin = 0; begin < reads.size(); begin += most_in_flight) {
        std::deque<RadosRead> group;
        for (ObjectRead& each :
             reads.subspan(begin, std::min(most_in_flight, reads.size() - begin))) {
            group.push_back({each});
            group.back().begin();
        }
        int failed = 0;
        for (bool open = true; open && failed == 0;) {
            open = false;
            for (RadosRead& each : group) {
                if (!each.ends()) each.send(pool_context_);
            }
            // Each is waited for, also if one fails: the answers are written into it.
            for (RadosRead& each : group) {
                if (each.completion == nullptr) continue;
                const int code = each.receive();
                each.completion.reset();
                if (code < 0) failed = code;
                open = open || !each.ends();
            }
        }
        if (failed == -ETIMEDOUT) fail_away();
        check(failed, "read an object");
        for (RadosRead& each : group)
            each.finish();
    }
}

void RadosObjects::write(std::span<ObjectWrite> writes) {
    using Condition = ObjectWrite::Condition;
    for (std::size_t begin = 0; begin < writes.size(); begin += most_in_flight) {
        const auto group = writes.subspan(begin, std::min(most_in_flight, writes.size() - begin));
        std::vector<RadosCompletion> completions(group.size());
        for (std::size_t i = 0; i < group.size(); ++i) {
            ObjectWrite& each = group[i];
            librados::ObjectWriteOperation operation;
            if (each.condition == Condition::object_is_absent) operation.create(true);
            if (each.condition == Condition::head_is_expected) {
                operation.cmpxattr(head_attribute, LIBRADOS_CMPXATTR_OP_EQ, list_of(each.expected));
            }
            if (each.condition != Condition::none) {
                operation.setxattr(head_attribute, list_of(each.head));
            }
            if (!each.data.empty()) operation.write_full(list_of(each.data));
            if (!each.remove.empty()) {
                operation.omap_rm_keys(
                    std::set<std::string>(each.remove.begin(), each.remove.end()));
            }
            if (!each.set.empty()) {
                std::map<std::string, librados::bufferlist> entries;
                for (const ObjectEntry& entry : each.set)
                    entries[entry.key] = list_of(entry.value);
                operation.omap_set(entries);
            }
            pool_context_.aio_operate(each.object, completions[i].handle.get(), &operation);
        }
        int failed = 0;
        for (std::size_t i = 0; i < group.size(); ++i) {
            const int code = completions[i].wait();
            if (code >= 0) {
                group[i].outcome = ObjectWrite::Outcome::done;
            } else if (code == -ECANCELED || code == -EEXIST || code == -ENODATA ||
                       code == -ENOENT) {
                group[i].outcome = ObjectWrite::Outcome::conflict;
            } else {
                group[i].outcome = ObjectWrite::Outcome::unknown;
                if (code != -ETIMEDOUT) failed = code;
            }
        }
        check(failed, "write an object");
    }
}

void RadosObjects::remove(std::span<const std::string> objects) {
    for (std::size_t begin = 0; begin < objects.size(); begin += most_in_flight) {
        const auto group = objects.subspan(begin, std::min(most_in_flight, objects.size() - begin));
        std::vector<RadosCompletion> completions(group.size());
        for (std::size_t i = 0; i < group.size(); ++i)
            pool_context_.aio_remove(group[i], completions[i].handle.get());
        int failed = 0;
        for (const RadosCompletion& each : completions) {
            const int code = each.wait();
            if (code < 0 && code != -ENOENT) failed = code;
        }
        check(failed, "remove an object");
    }
}

std::vector<std::string> RadosObjects::list() {
    std::vector<std::string> names;
    try {
        for (auto each = pool_context_.nobjects_begin(); each != pool_context_.nobjects_end();
             ++each) {
            names.push_back(each->get_oid());
        }
    } catch (const std::exception& error) {
        throw ObjectError(ObjectError::Kind::unreachable,
                          std::string("cannot list its objects: ") + error.what());
    }
    return names;
}

bool RadosObjects::try_lock(const std::string& object, const std::string& holder,
                            std::uint32_t seconds) {
    timeval duration{static_cast<time_t>(seconds), 0};
    const int code = pool_context_.lock_exclusive(object, "lane", holder, holder, &duration,
                                                  LIBRADOS_LOCK_FLAG_RENEW);
    if (code == -EBUSY || code == -EEXIST) return false;
    check(code, "lock an object");
    return true;
}

void RadosObjects::unlock(const std::string& object, const std::string& holder) {
    pool_context_.unlock(object, "lane", holder);
}

void RadosObjects::break_lock(const std::string& object) {
    int is_exclusive = 0;
    std::string tag;
    std::list<librados::locker_t> holders;
    pool_context_.list_lockers(object, "lane", &is_exclusive, &tag, &holders);
    for (const librados::locker_t& each : holders)
        pool_context_.break_lock(object, "lane", each.client, each.cookie);
}

}  // namespace

}  // namespace dnshist

extern "C" [[gnu::visibility("default")]] dnshist::ObjectStore* dnshist_open_objects(
    const dnshist::ObjectLocation& location, const dnshist::CephAccess& access,
    dnshist::Patience patience) {
    return new dnshist::RadosObjects(location, access, patience);
}
