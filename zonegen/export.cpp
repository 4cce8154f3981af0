#include "zonegen/export.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <vector>

#include "storage/cof.hpp"
#include "storage/quote.hpp"

namespace dnshist {

namespace {

// Gathers lines until they are worth a call to the system.
class LineOutput {
  public:
    explicit LineOutput(std::FILE* file) : file_(file) { text_.reserve(2 * enough); }

    std::string& text() noexcept { return text_; }

    // False where nobody reads.
    bool end_line() {
        text_ += '\n';
        return text_.size() < enough || flush();
    }
    bool flush() {
        const bool written = std::fwrite(text_.data(), 1, text_.size(), file_) == text_.size() &&
                             std::fflush(file_) == 0;
        text_.clear();
        if (!written && errno != EPIPE) {
            throw std::system_error(errno, std::generic_category(), "cannot write the export");
        }
        return written;
    }

  private:
    static constexpr std::size_t enough = std::size_t{256} << 10;
    std::FILE* file_;
    std::string text_;
};

// In an order of their own, since the numbers of sources differ between stores that are equal.
std::vector<Source> sources_of(Snapshot& snapshot, const StoredRecord& record) {
    std::vector<Source> sources;
    for (const std::uint32_t number : record.sources()) {
        if (auto source = snapshot.source(number, record.owner)) {
            sources.push_back(std::move(*source));
        }
    }
    std::ranges::sort(sources);
    return sources;
}

// The newest state, also where the store has outgrown what this process reserved.
void renew(History& history, Snapshot& snapshot) {
    try {
        snapshot.renew();
    } catch (const MapResized&) {
        history.resize();
        snapshot.renew();
    }
}

}  // namespace

Result<Subject> subject_from_text(std::string_view text) {
    Subject subject;
    subject.scope = Subject::Scope::owner;
    if (text == "*") text = "*.";
    if (text.starts_with("*.")) {
        subject.scope = Subject::Scope::below;
        text.remove_prefix(2);
        if (text.empty()) return subject;
    }
    auto name = Name::from_text(text);
    if (!name) return Problem{name.error().text};
    subject.name = *name;
    return subject;
}

ExportResult export_cof(History& history, const Subject& subject, std::FILE* out) {
    Snapshot snapshot(history);
    renew(history, snapshot);
    RecordCursor cursor(snapshot);
    const NameKey key = subject.name.key();
    switch (subject.scope) {
        case Subject::Scope::all:
            cursor.seek_all();
            break;
        case Subject::Scope::owner:
            cursor.seek_owner(key.octets());
            break;
        case Subject::Scope::below:
            cursor.seek_subtree(key);
            break;
    }
    LineOutput output(out);
    ExportResult result{.written = Written::no_reader};
    while (cursor.next()) {
        const StoredRecord& record = cursor.record();
        if (subject.scope == Subject::Scope::below && equal(record.owner, key.octets())) continue;
        append_cof(output.text(), record.owner, record.type, record.rdata, record.sightings(),
                   sources_of(snapshot, record));
        ++result.records;
        if (!output.end_line()) return result;
    }
    if (output.flush()) result.written = Written::all;
    return result;
}

}  // namespace dnshist
