// A body that is written in slices of work: each time it is read, the store is walked for a short
// turn, and what does not fit into the reader's room waits for the next time.
#pragma once

#include <cstdint>
#include <string>

#include "responder/http/http_message.hpp"

namespace dnshist::responder {

class SlicedBody : public HttpBody {
  public:
    // Units of WorkBudget in one turn: about a millisecond.
    static constexpr std::uint64_t slice_work = 2000;

    Piece read(std::span<std::uint8_t> room, Lookup* store, Seconds now) final;

    // Works for one turn, and leaves what is written for read() or take_text(). `room` is how much
    // text is enough.
    void work(Lookup* store, std::size_t room);
    // Whether the last turn ended where a part of a cluster is still to be read.
    bool waits() const noexcept { return waits_; }
    // Nothing more will be written.
    bool ended() const noexcept { return ended_; }
    bool failed() const noexcept { return failed_; }
    std::size_t text_octets() const noexcept { return text_.size() - read_; }
    std::string take_text() noexcept;

  protected:
    // Appends to `text`, about `room` octets at most, and calls end() after the last of it. May
    // throw: what this turn has appended is dropped then, and fail() is called. Nothing that lies
    // behind a missing part of a cluster may be appended.
    virtual void write(Lookup& store, std::string& text, std::size_t room) = 0;
    // The store cannot be read, or the body costs too much: appends what says so, and returns
    // whether that is possible.
    virtual bool fail(std::string& text, std::string_view why) = 0;

    void end() noexcept { ended_ = true; }
    void give_up(std::string& text, std::string_view why);

  private:
    std::size_t take_octets(std::span<std::uint8_t> room) noexcept;

    std::string text_;
    std::size_t read_ = 0;  // octets of it
    bool waits_ = false;
    bool ended_ = false;
    bool failed_ = false;
};

}  // namespace dnshist::responder
