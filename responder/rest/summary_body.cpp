#include "responder/rest/summary_body.hpp"

#include <algorithm>

#include "responder/rest/record_object.hpp"
#include "storage/base/json.hpp"
#include "storage/record/visibility.hpp"

namespace dnshist::responder {

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
    if (framing_ == Framing::bare) return false;
    if (!begun_) append_condition(text, "begin");
    begun_ = true;
    append_condition(text, "failed", why);
    return true;
}

}  // namespace dnshist::responder
