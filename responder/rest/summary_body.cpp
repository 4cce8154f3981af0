#include "responder/rest/summary_body.hpp"

#include <algorithm>
#include <utility>

#include "responder/rest/record_object.hpp"
#include "storage/base/hex.hpp"
#include "storage/base/json.hpp"
#include "storage/record/rdata.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist::responder {

namespace {

std::string key_of(const StoredRecord& record, bool by_value) {
    const std::uint16_t type = number(record.type);
    std::string key{static_cast<char>(type >> 8U), static_cast<char>(type & 255U)};
    key += as_text(by_value ? record.rdata : record.owner);
    return key;
}

std::string hex_text(Octets octets) {
    std::string text;
    for (const std::uint8_t octet : octets) {
        text += hex_digits[octet >> 4U];
        text += hex_digits[octet & 15U];
    }
    return text;
}

}  // namespace

bool SummaryBody::add(const Finding& finding) {
    more_ = records_ == limits_.records || count_ > limits_.count;
    if (more_) return false;
    ++records_;
    if (finding.part == 0) count_ = saturating_sum(count_, finding.count);
    const Period seen = finding.seen;
    std::optional<Period>& sum =
        is_of_zone_files(*finding.record, seen) ? seen_in_zone_files_ : seen_;
    if (!sum) sum = seen;
    sum = {std::min(sum->begin, seen.begin), std::max(sum->end, seen.end)};
    return true;
}

void SummaryBody::write_object(std::string& text) const {
    JsonObject object(text);
    object.number("count", count_);
    object.number("num_results", records_);
    if (seen_) add_times(object, *seen_, false, human_times_);
    if (seen_in_zone_files_) add_times(object, *seen_in_zone_files_, true, human_times_);
    object.close();
}

void SummaryBody::write(Lookup& store, std::string& text, std::size_t /*room*/) {
    if (!begun_ && framing_ == Framing::saf) append_condition(text, "begin");
    stream_.run(store, slice_work, [this](const Finding& finding) { return add(finding); });
    begun_ = true;
    if (stream_.ended() || more_) {
        write_sum(text);
        end();
    } else if (stream_.spent() > limits_.work) {
        // A part of the sum would be taken for the whole.
        give_up(text, costs_too_much);
    }
}

void SummaryBody::write_sum(std::string& text) const {
    if (framing_ == Framing::saf) text += R"({"obj":)";
    write_object(text);
    text += framing_ == Framing::saf ? "}\n" : "\n";
    if (framing_ == Framing::bare) return;
    if (more_) {
        append_condition(text, "limited", limit_reached);
    } else {
        append_condition(text, "succeeded");
    }
}

bool SummaryBody::fail(std::string& text, std::string_view why) {
    return append_failure(text, framing_, std::exchange(begun_, true), why);
}

// The members of the line, without the braces around them.
void FlexBody::begin_line(const StoredRecord& record) {
    key_ = key_of(record, style_.by_value);
    count_ = 0;
    seen_.reset();
    seen_in_zone_files_.reset();
    members_.clear();
    JsonObject object(members_);
    if (style_.by_value) {
        object.string("rdata", rdata_text(record.type, record.rdata));
        object.string("rrtype", rrtype_text(record.type));
        object.string("raw_rdata", hex_text(record.rdata));
    } else {
        const auto name = Name::from_key(record.owner);
        object.string("rrname", name ? name->text() : std::string());
        object.string("rrtype", rrtype_text(record.type));
    }
    object.close();
    members_ = members_.substr(1, members_.size() - 2);
}

void FlexBody::end_line(std::string& text) {
    if (key_.empty()) return;
    key_.clear();
    if (passed_ < limits_.offset) {
        ++passed_;
        return;
    }
    const std::size_t before = text.size();
    text += R"({"obj":)";
    if (style_.verbose) {
        JsonObject object(text);
        object.number("count", count_);
        if (seen_) add_times(object, *seen_, false, style_.human_times);
        if (seen_in_zone_files_) {
            add_times(object, *seen_in_zone_files_, true, style_.human_times);
        }
        text += ',' + members_ + '}';
    } else {
        text += '{' + members_ + '}';
    }
    text += "}\n";
    if (text.size() - before > max_saf_line) {
        text.resize(before);
        ++too_long_;
    } else {
        ++given_;
    }
}

bool FlexBody::take(const Finding& finding, std::string& text, std::size_t enough) {
    const StoredRecord& record = *finding.record;
    const std::string key = key_of(record, style_.by_value);
    if (key != key_) {
        if (text.size() >= enough) return false;
        end_line(text);
        more_ = given_ == limits_.records;
        if (more_) return false;
        begin_line(record);
    }
    count_ = saturating_sum(count_, finding.count);
    std::optional<Period>& sum =
        is_of_zone_files(record, finding.seen) ? seen_in_zone_files_ : seen_;
    if (!sum) sum = finding.seen;
    sum = {std::min(sum->begin, finding.seen.begin), std::max(sum->end, finding.seen.end)};
    return true;
}

void FlexBody::write(Lookup& store, std::string& text, std::size_t room) {
    if (!begun_) append_condition(text, "begin");
    stream_.run(store, slice_work,
                [&](const Finding& finding) { return take(finding, text, room); });
    begun_ = true;
    if (stream_.ended() || more_) {
        end_line(text);
        if (more_) {
            append_condition(text, "limited", limit_reached);
        } else if (too_long_ > 0) {
            append_condition(text, "limited",
                             std::to_string(too_long_) + " lines longer than 64 KiB are left out");
        } else {
            append_condition(text, "succeeded");
        }
        end();
    } else if (stream_.spent() > limits_.work) {
        give_up(text, costs_too_much);
    }
}

bool FlexBody::fail(std::string& text, std::string_view why) {
    return append_failure(text, Framing::saf, std::exchange(begun_, true), why);
}

}  // namespace dnshist::responder
