#include "zonegen/cof/saf_stream.hpp"

#include "storage/text/quote.hpp"

namespace dnshist::zonegen {

std::optional<SafCondition> saf_condition(std::string_view text) noexcept {
    if (text == "begin") return SafCondition::begin;
    if (text == "ongoing") return SafCondition::ongoing;
    if (text == "succeeded") return SafCondition::succeeded;
    if (text == "limited") return SafCondition::limited;
    if (text == "failed") return SafCondition::failed;
    return std::nullopt;
}

void SafStream::see(SafCondition condition, std::string_view message) {
    seen_ = true;
    open_ = condition == SafCondition::begin || condition == SafCondition::ongoing;
    if (!open_ && condition > worst_) {
        worst_ = condition;
        message_ = message.empty() ? "" : ": " + quote(message);
    }
}

std::optional<FeedRemark> SafStream::remark() const {
    switch (worst_) {
        case SafCondition::limited:
            return FeedRemark{
                .failed = false,
                .text = "the source holds more than it sent (SAF limited" + message_ + ")"};
        case SafCondition::failed:
            return FeedRemark{
                .failed = true,
                .text = "the source failed while it sent this (SAF failed" + message_ + ")"};
        case SafCondition::begin:
        case SafCondition::ongoing:
        case SafCondition::succeeded:
            break;
    }
    return std::nullopt;
}

}  // namespace dnshist::zonegen
