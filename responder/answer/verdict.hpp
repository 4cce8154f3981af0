// How much work a question may cost, and what becomes of it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dnshist::responder {

// A worker has many clients: it answers the cheap questions at once, and defers the others until
// nobody else is waiting.
enum class Budget : std::uint8_t {
    quick,  // little; a question that costs more is deferred
    whole,  // what the configuration allows
    cut,    // little; the answer says that there is more, and how to go on
};
// Units of Work: some hundred records, in a few ten microseconds.
inline constexpr std::uint64_t quick_work = 2000;

enum class Verdict : std::uint8_t {
    drop,   // there is no answer: a runt, a response, or more than the client may have
    fail,   // there is none because of a fault of ours
    wait,   // a part of a cluster is still to be read: to be answered again once it has come
    defer,  // it costs more than Budget::quick: to be answered later, with another budget
    send,   // the response is written
};

struct Response {
    Verdict verdict = Verdict::drop;
    std::size_t size = 0;  // octets to send; 0 unless the verdict is to send
};

}  // namespace dnshist::responder
