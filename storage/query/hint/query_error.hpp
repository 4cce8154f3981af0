// An error in a question, as a text for the person who asked: what is wrong, where, and if possible
// what would be right.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

#include "storage/base/text_writer.hpp"

namespace dnshist {

class QueryError {
  public:
    // Calls write(TextWriter&), which writes the text: one line of at most 512 characters.
    template <std::invocable<TextWriter&> Write>
    explicit QueryError(const Write& write) {
        TextWriter out(octets_);
        write(out);
        size_ = out.size();
    }
    std::string_view text() const noexcept { return {octets_.data(), size_}; }

    // The topic of help that says more (help.TOPIC); empty for help itself.
    std::string_view topic() const noexcept { return topic_; }
    QueryError about(std::string_view topic) const noexcept {
        QueryError error = *this;
        error.topic_ = topic;
        return error;
    }
    // Whether it says what would be right: it ends in write_suggestion().
    bool suggests() const noexcept { return text().ends_with("'?"); }

  private:
    std::array<char, 512> octets_;
    std::size_t size_;
    std::string_view topic_;
};

// Writes a word of the question, in quotes and escaped.
void write_quoted(TextWriter& out, std::string_view word) noexcept;

// "; did you mean 'BEFORESUGGESTION'?"; nothing where `suggestion` is empty.
void write_suggestion(TextWriter& out, std::string_view before,
                      std::string_view suggestion) noexcept;

}  // namespace dnshist
