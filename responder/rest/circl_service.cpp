#include "responder/rest/circl_service.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include "responder/http/url.hpp"
#include "responder/rest/record_body.hpp"
#include "storage/base/json.hpp"
#include "storage/text/quote.hpp"

namespace dnshist::responder {

namespace {

constexpr std::uint64_t max_page_records = 1000;
constexpr std::size_t page_octets = std::size_t{256} << 10U;
// Turns of work that a page may cost: what it has by then is the page.
constexpr unsigned page_turns = 10;

std::optional<std::uint64_t> number_from(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || number == 0) return std::nullopt;
    return number;
}

HttpResponse no_number(const std::string& name, std::string_view text) {
    return rest_error({400, name + " takes a number from 1 on, not " + quote(text)});
}

}  // namespace

// What is asked, read.
struct CirclService::Question {
    std::string text;  // by which its pages are known
    Selection selection;
    ObjectStyle style;
    RecordLimits limits;

    std::unique_ptr<RecordBody> body(SelectionPlace place = {}) const {
        return std::make_unique<RecordBody>(RecordStream(selection, place), Framing::bare, style,
                                            limits);
    }
};

namespace {

void add_skipped(HttpResponse& response, std::uint64_t skipped) {
    if (skipped == 0) return;
    response.fields.emplace_back("x-dribble-errors",
                                 "{\"skipped\":" + std::to_string(skipped) + "}");
}

}  // namespace

HttpResponse CirclService::answer(const HttpRequest& request, std::string_view value,
                                  bool rdata_only, Rights rights, Lookup* store) {
    if (value.ends_with('/')) value.remove_suffix(1);
    const auto decoded = percent_decoded(value);
    if (!decoded) return rest_error({400, "a '%' without two digits: " + quote(value)});
    RestResult<Selection> selection =
        rdata_only ? select_by_rdata(*decoded) : select_both_sides(*decoded);
    if (!selection) return rest_error(selection.error());
    const std::string_view type_text = request.field("dribble-filter-rrtype");
    const RestResult<TypeSet> types = types_from_text(type_text);
    if (!types) return rest_error(types.error());
    selection->set_types(*types);
    if (const auto refused = refusal(*selection, rights)) return rest_error(*refused);
    if (store == nullptr) return rest_error(no_store);

    Question question;
    question.text = (rdata_only ? "f/" : "/") + std::string(value) + "\n" + std::string(type_text);
    question.selection = *std::move(selection);
    question.style.record.dots = FinalDots::left_out;
    question.style.zone_times_apart = false;
    question.style.origin =
        config_.origin.empty() ? "https://" + std::string(request.authority) + "/" : config_.origin;
    question.limits.work = config_.max_work;
    question.limits.unnamed_types = !types->every();

    const std::string_view count_text = request.field("dribble-paginate-count");
    const std::string_view cursor = request.field("dribble-paginate-cursor");
    if (count_text.empty() && cursor.empty()) return stream(question, *store);
    const auto count = count_text.empty() ? max_page_records : number_from(count_text);
    if (!count) return no_number("dribble-paginate-count", count_text);
    return page(question, *count, cursor, *store);
}

HttpResponse CirclService::stream(const Question& question, Lookup& store) const {
    std::unique_ptr<RecordBody> body = question.body();
    body->work(&store, first_turn_octets);
    const std::uint64_t skipped = body->skipped();
    HttpResponse response = rest_stream(std::move(body));
    add_skipped(response, skipped);
    return response;
}

HttpResponse CirclService::page(const Question& question, std::uint64_t count,
                                std::string_view cursor, Lookup& store) {
    SelectionPlace place;
    if (!cursor.empty()) {
        const auto number = number_from(cursor);
        if (!number) return no_number("dribble-paginate-cursor", cursor);
        const auto known = config_.cursors->find(*number, question.text);
        if (!known) {
            return rest_error({400, "the cursor " + quote(cursor) +
                                        " is not known, or not any more; ask for the first page"});
        }
        place = *known;
    }
    Question limited = question;
    limited.limits.records = std::min(count, max_page_records);
    std::unique_ptr<RecordBody> body = limited.body(place);
    for (unsigned turn = 0; turn < page_turns && !body->ended() && !body->waits(); ++turn) {
        body->work(&store, page_octets);
        if (body->text_octets() >= page_octets) break;
    }
    if (body->failed()) return rest_error(no_store);
    HttpResponse response = rest_content("application/x-ndjson", body->take_text());
    add_skipped(response, body->skipped());
    if (!body->is_complete() && !body->waits()) {
        response.fields.emplace_back(
            "x-dribble-cursor", std::to_string(config_.cursors->add(question.text, body->place())));
    }
    return response;
}

HttpResponse CirclService::info(Lookup* store) {
    if (store == nullptr) return rest_error(no_store);
    const StoreStatistics& statistics = store->statistics();
    std::string text;
    JsonObject object(text);
    object.string("software", "dnshist");
    object.string("version", DNSHIST_VERSION);
    object.number("stats", statistics.records);
    object.number("names", statistics.names);
    if (statistics.earliest) object.number("time_first", statistics.earliest->since_epoch);
    if (const auto newest = statistics.newest()) {
        object.number("time_last", newest->since_epoch);
    }
    object.close();
    return rest_content("application/json", text + "\n");
}

}  // namespace dnshist::responder
