#include "responder/rest/record_body.hpp"

#include <array>
#include <utility>

#include "storage/base/json.hpp"

namespace dnshist::responder {

namespace {

// TYPE65280.
bool is_unnamed(Rrtype type) {
    std::array<char, 24> room;
    TextWriter text(room);
    write_rrtype(text, type);
    return text.text().starts_with("TYPE");
}

}  // namespace

void append_condition(std::string& text, std::string_view condition, std::string_view message) {
    JsonObject object(text);
    object.string("cond", condition);
    object.string_unless_empty("msg", message);
    object.close();
    text += '\n';
}

bool append_failure(std::string& text, Framing framing, bool begun, std::string_view why) {
    if (framing == Framing::bare) return false;
    if (!begun) append_condition(text, "begin");
    append_condition(text, "failed", why);
    return true;
}

RecordBody::RecordBody(RecordStream stream, Framing framing, ObjectStyle style, RecordLimits limits)
    : stream_(std::move(stream)), framing_(framing), style_(std::move(style)), limits_(limits) {}

bool RecordBody::take(Lookup& store, const Finding& finding, std::string& text,
                      std::size_t enough) {
    if (!limits_.unnamed_types && is_unnamed(finding.record->type)) {
        ++skipped_;
        return true;
    }
    if (passed_ < limits_.offset) {
        ++passed_;
        return true;
    }
    more_ = given_ == limits_.records;
    if (more_ || text.size() >= enough) return false;
    const std::size_t before = text.size();
    const bool fits = append_line(store, finding, text);
    if (!store.snapshot().is_whole()) {
        // One of its sources is still to be read.
        text.resize(before);
        return false;
    }
    ++(fits ? given_ : too_long_);
    return true;
}

// False, and nothing appended, where the line is too long.
bool RecordBody::append_line(Lookup& store, const Finding& finding, std::string& text) {
    const std::size_t before = text.size();
    if (framing_ == Framing::saf) text += R"({"obj":)";
    append_object(text, store, finding, style_);
    text += framing_ == Framing::saf ? "}\n" : "\n";
    if (framing_ == Framing::bare || text.size() - before <= max_saf_line) return true;
    text.resize(before);
    return false;
}

void RecordBody::write(Lookup& store, std::string& text, std::size_t room) {
    if (!begun_ && framing_ == Framing::saf) append_condition(text, "begin");
    stream_.run(store, slice_work,
                [&](const Finding& finding) { return take(store, finding, text, room); });
    begun_ = true;
    if (stream_.ended() || more_) {
        write_end(text);
        end();
    } else if (stream_.spent() > limits_.work) {
        give_up(text, costs_too_much);
    }
}

void RecordBody::write_end(std::string& text) {
    if (framing_ == Framing::bare) return;
    if (more_) {
        append_condition(text, "limited", limit_reached);
    } else if (too_long_ > 0) {
        append_condition(text, "limited",
                         std::to_string(too_long_) + " records longer than 64 KiB are left out");
    } else {
        append_condition(text, "succeeded");
    }
}

bool RecordBody::fail(std::string& text, std::string_view why) {
    return append_failure(text, framing_, std::exchange(begun_, true), why);
}

}  // namespace dnshist::responder
