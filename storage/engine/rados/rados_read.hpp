// One read of an object that is under way.
#pragma once

#include <rados/librados.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "storage/object/object_store.hpp"

namespace dnshist {

inline constexpr const char* head_attribute = "h";

struct RadosCompletion {
    std::unique_ptr<librados::AioCompletion, void (*)(librados::AioCompletion*)> handle{
        librados::Rados::aio_create_completion(),
        [](librados::AioCompletion* each) { each->release(); }};

    int wait() const {
        handle->wait_for_complete();
        return handle->get_return_value();
    }
};

// Ceph limits how many entries an answer has: the rest is read in
// further operations, and all of it again if the object was changed in between.
struct RadosRead {
    ObjectRead& wanted;
    std::size_t range = 0;   // that is read next
    std::string after{};     // where it goes on
    std::uint32_t left = 0;  // entries wanted of it
    bool is_begun = false;

    struct Answer {
        std::map<std::string, librados::bufferlist> entries;
        bool more = false;
        int code = 0;
    };
    std::unique_ptr<RadosCompletion> completion{};
    librados::bufferlist head{};
    int head_code = 0;
    librados::bufferlist data{};
    int data_code = 0;
    std::deque<Answer> answers{};
    librados::bufferlist rest{};

    void begin() {
        wanted.entries.clear();
        wanted.head.clear();
        wanted.data.clear();
        wanted.exists = false;
        range = 0;
        is_begun = false;
    }
    bool ends() const { return is_begun && range == wanted.ranges.size(); }

    // The first operation has all ranges; a further one what is left of one of them.
    void send(librados::IoCtx& pool) {
        librados::ObjectReadOperation operation;
        head = {};
        operation.getxattr(head_attribute, &head, &head_code);
        operation.set_op_flags2(librados::OP_FAILOK);  // the directory's objects have none
        answers.clear();
        const auto add = [&](const std::string& from, std::uint32_t most) {
            Answer& answer = answers.emplace_back();
            operation.omap_get_vals2(from, most, &answer.entries, &answer.more, &answer.code);
        };
        if (is_begun) {
            add(after, left);
        } else {
            for (const ObjectRead::Range& each : wanted.ranges)
                add(each.after, each.most);
            if (wanted.wants_data) {
                data = {};
                operation.read(0, 0, &data, &data_code);
            }
        }
        completion = std::make_unique<RadosCompletion>();
        pool.aio_operate(wanted.object, completion->handle.get(), &operation, &rest);
    }

    // The code of the operation.
    int receive() {
        const int code = completion->wait();
        if (code == -ENOENT) {
            begin();
            is_begun = true;
            range = wanted.ranges.size();
            return 0;
        }
        if (code < 0) return code;
        const std::string now = head.to_str();
        if (is_begun && now != wanted.head) {
            begin();
            return 0;
        }
        if (!is_begun) {
            wanted.exists = true;
            wanted.head = now;
            if (wanted.wants_data) wanted.data = data.to_str();
        }
        take();
        return 0;
    }

    void take() {
        const std::size_t first = is_begun ? range : 0;
        bool stopped = false;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            Answer& answer = answers[i];
            for (auto& [key, value] : answer.entries)
                wanted.entries.push_back({key, value.to_str()});
            if (stopped) continue;
            const std::uint32_t most = is_begun ? left : wanted.ranges[i].most;
            const auto got = static_cast<std::uint32_t>(answer.entries.size());
            range = first + i + 1;
            if (!answer.more || got == 0 || got >= most) continue;
            // Only a single range is ever so long.
            stopped = true;
            after = answer.entries.rbegin()->first;
            left = most - got;
            range = first + i;
        }
        if (answers.empty()) range = wanted.ranges.size();
        is_begun = true;
    }

    void finish() {
        if (wanted.ranges.size() < 2) return;
        std::ranges::sort(wanted.entries, {}, &ObjectEntry::key);
        const auto same =
            std::unique(wanted.entries.begin(), wanted.entries.end(),
                        [](const ObjectEntry& a, const ObjectEntry& b) { return a.key == b.key; });
        wanted.entries.erase(same, wanted.entries.end());
    }
};

}  // namespace dnshist
