#include "zonegen/masterfile/zone_file_reader.hpp"

#include <algorithm>
#include <array>

#include "storage/record/personal_type.hpp"
#include "storage/text/quote.hpp"
#include "zonegen/feed/reject_file.hpp"
#include "zonegen/response/bailiwick.hpp"

namespace dnshist::zonegen {

namespace {

// Says in a reject file which zone the entries after it are from, and when.
constexpr std::string_view context_directive = "$DNSHIST";

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    std::ranges::transform(capitals, capitals.begin(), [](char c) {
        return static_cast<char>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
    });
    return capitals;
}

// 3600, or 1h30m, which most servers accept too.
bool is_ttl(std::string_view text) noexcept {
    constexpr std::string_view digits = "0123456789";
    return !text.empty() && digits.find(text.front()) != std::string_view::npos &&
           text.find_first_not_of("0123456789smhdwSMHDW") == std::string_view::npos;
}

// [AGE:3631234]
bool is_age(std::string_view text) noexcept {
    return text.starts_with("[AGE:") && text.ends_with(']');
}

bool is_class(std::string_view text) {
    constexpr std::array<std::string_view, 6> classes = {"IN", "CH", "HS", "CS", "ANY", "NONE"};
    const std::string capitals = in_capitals(text);
    return std::ranges::find(classes, capitals) != classes.end() ||
           (capitals.starts_with("CLASS") && is_ttl(std::string_view(capitals).substr(5)));
}

bool is_class_in(std::string_view text) {
    const std::string capitals = in_capitals(text);
    return capitals == "IN" || capitals == "CLASS1";
}

// Limits of $INCLUDE.
constexpr std::size_t max_include_depth = 8;
constexpr std::uint64_t max_includes = 10'000;

std::string_view problem_of(ZoneEntry::Kind kind) noexcept {
    switch (kind) {
        case ZoneEntry::Kind::open_quote:
            return "a quoted string is not closed on its line";
        case ZoneEntry::Kind::open_parenthesis:
            return "a parenthesis is not closed";
        case ZoneEntry::Kind::no_parenthesis:
            return "a parenthesis is closed that was not opened";
        default:
            return {};
    }
}

}  // namespace

ZoneFileReader::ZoneFileReader(Feed& feed, const Sink& sink, std::optional<Seconds> when,
                               const std::optional<Name>& origin, const std::string& sensor,
                               bool includes)
    : sink_(sink),
      entries_(feed),
      includes_(includes),
      files_{feed.path()},
      of_rejects_(!reject_file_format_name(feed.head()).empty()),
      given_when_(when),
      when_(when),
      limit_(origin),
      origin_(origin) {
    source_.sensor_id = sensor;
    enter_zone(limit_);
}

const Name* ZoneFileReader::origin() const noexcept {
    if (origin_) return &*origin_;
    return soa_owner_ && !origin_lost_ ? &*soa_owner_ : nullptr;
}

bool ZoneFileReader::next() {
    if (!entries_.next(entry_)) return false;
    line_ = entry_.line;
    read_entry();
    entries_.take();
    return true;
}

void ZoneFileReader::read_entry() {
    switch (entry_.kind) {
        case ZoneEntry::Kind::whole:
            read(entry_.joined);
            break;
        case ZoneEntry::Kind::too_long:
            owner_.reset();
            refuse(Reason::too_long);
            break;
        default:
            // The lines after it may be the rest of it. They must not be taken for records of the
            // last owner.
            owner_.reset();
            refuse(Reason::bad_line, std::string(problem_of(entry_.kind)));
    }
}

void ZoneFileReader::refuse(Reason reason, std::string detail) {
    if (reason == Reason::no_origin) lacks_origin_ = true;
    if (reason == Reason::no_apex) lacks_apex_ = true;
    if (files_.size() > 1) {
        if (!detail.empty()) detail += ", ";
        detail += "at ";
        detail += quote(files_.back().string());
        detail += ':';
        detail += std::to_string(entry_.line);
    }
    const std::string text = item();
    Reject reject = refusal(reason, std::move(detail));
    reject.context = context();
    // In a reject file the directive is ours.
    reject.partial = in_capitals(text.substr(0, context_directive.size())) == context_directive;
    sink_.refuse(line_, text, reject);
}

// The entry as a reject file has it: on one line, and with its owner.
std::string ZoneFileReader::item() const {
    if (entry_.kind != ZoneEntry::Kind::whole) return std::string(entry_.text);
    const bool lacks_owner = !entry_.joined.empty() && is_blank(entry_.joined.front());
    return (lacks_owner && owner_ ? owner_->text() : "") + std::string(entry_.joined);
}

std::string ZoneFileReader::context() const {
    std::string lines(context_directive);
    if (apex_) lines += " zone " + apex_->text();
    if (when_) lines += " at " + time_text(*when_);
    lines += '\n';
    if (origin() != nullptr) lines += "$ORIGIN " + origin()->text() + '\n';
    return lines;
}

void ZoneFileReader::read(std::string_view entry) {
    Tokens words(entry);
    if (words.at_end()) return;
    if (!is_blank(entry.front())) {
        Tokens ahead = words;
        const auto first = ahead.next();
        const std::string_view text = first->text;
        if (!first->quoted && text.starts_with('$') &&
            std::ranges::all_of(text.substr(1), is_letter)) {
            return read_directive(text, ahead);
        }
    }
    if (!read_owner(entry, words)) return;
    if (const auto type = read_type(words)) read_record(*type, words.rest());
}

void ZoneFileReader::read_directive(std::string_view directive, Tokens& words) {
    const std::string name = in_capitals(directive);
    if (name == "$TTL") return;
    if (name == "$ORIGIN") return read_origin(words);
    if (name == "$INCLUDE" && includes_) return read_include(words);
    if (name == context_directive && of_rejects_) return read_context(words);
    refuse(Reason::bad_directive, name);
}

void ZoneFileReader::read_context(Tokens& words) {
    enter_zone(limit_);
    apex_soa_.clear();
    soa_owner_.reset();
    owner_.reset();
    when_ = given_when_;
    origin_ = limit_;
    origin_lost_ = false;
    while (const auto word = words.next()) {
        const auto value = words.next();
        if (value && word->text == "zone") {
            if (const auto apex = Name::from_master_file(value->text, nullptr)) {
                enter_zone(*apex);
                continue;
            }
        }
        if (value && word->text == "at") {
            const auto when = timestamp_from_text(value->text);
            if (when && !(sink_.check_time && sink_.check_time({*when, *when}))) {
                if (!given_when_) when_ = *when;
                continue;
            }
        }
        return refuse(Reason::bad_directive,
                      std::string(context_directive) + ": " + quote(word->text));
    }
}

void ZoneFileReader::read_origin(Tokens& words) {
    const auto word = words.next();
    const auto read = Name::from_master_file(word ? word->text : "", origin());
    origin_lost_ = !read;
    if (read) {
        origin_ = *read;
    } else {
        origin_.reset();
        refuse(Reason::bad_directive, "$ORIGIN: " + read.error().text);
    }
}

// $INCLUDE FILE [ORIGIN]. The origin and the owner of the including file stay as they are.
void ZoneFileReader::read_include(Tokens& words) {
    const auto file = words.next();
    if (!file) return refuse(Reason::bad_directive, "$INCLUDE without a file");
    const std::filesystem::path path = files_.back().parent_path() / file->text;
    if (files_.size() > max_include_depth || ++included_ > max_includes ||
        std::ranges::find(files_, path) != files_.end()) {
        return refuse(Reason::bad_directive, "$INCLUDE: too many, or one within itself");
    }
    const ZoneEntry outer = entry_;
    const auto outer_origin = origin_;
    const auto outer_owner = owner_;
    const bool outer_origin_lost = origin_lost_;
    if (!words.at_end()) read_origin(words);
    try {
        Feed feed(path.string());
        if (feed.rereadable()) {
            files_.push_back(path);
            read_included(feed);
            files_.pop_back();
        } else {
            refuse(Reason::bad_directive, "$INCLUDE: " + quote(path.string()) + " is no file");
        }
    } catch (const FeedError& error) {
        refuse(Reason::bad_directive, std::string("$INCLUDE: ") + error.what());
    }
    entry_ = outer;
    origin_ = outer_origin;
    owner_ = outer_owner;
    origin_lost_ = outer_origin_lost;
}

void ZoneFileReader::read_included(Feed& feed) {
    ZoneEntries entries(feed);
    while (entries.next(entry_)) {
        read_entry();
        entries.take();
    }
    if (feed.state() == Feed::State::damaged) refuse(Reason::bad_directive, feed.problem());
}

// Reads the owner of the entry, or keeps the last one if the entry omits it.
bool ZoneFileReader::read_owner(std::string_view entry, Tokens& words) {
    if (is_blank(entry.front())) {
        // The entry before it in a reject file need not be the one before it in the zone.
        if (of_rejects_) owner_.reset();
        if (!owner_) refuse(Reason::no_name, of_rejects_ ? "" : "nor one before it");
        return owner_.has_value();
    }
    owner_.reset();
    const auto word = words.next();
    const auto name = Name::from_master_file(word->text, origin());
    if (name) {
        owner_ = *name;
        return true;
    }
    // If the name would be valid with an origin, the fault is that there is none.
    const Name root;
    const auto below_root = Name::from_master_file(word->text, &root);
    if (origin() == nullptr && below_root) {
        refuse(Reason::no_origin);
    } else {
        refuse(Reason::bad_name, (below_root ? name : below_root).error().text);
    }
    return false;
}

// The type is behind a TTL and a class, which may be missing and come in either order. Windows
// writes the age of a dynamic record, in hours since 1601, in front of them.
std::optional<Rrtype> ZoneFileReader::read_type(Tokens& words) {
    bool has_ttl = false;
    bool has_class = false;
    for (;;) {
        const auto word = words.next();
        if (!word) {
            refuse(Reason::no_type);
            return std::nullopt;
        }
        if (!has_ttl && !has_class && is_age(word->text)) continue;
        if (!has_ttl && is_ttl(word->text)) {
            has_ttl = true;
            continue;
        }
        if (!has_class && is_class(word->text)) {
            has_class = true;
            if (is_class_in(word->text)) continue;
            refuse(Reason::other_class, quote(word->text));
            return std::nullopt;
        }
        const auto type = rrtype_from_text(word->text);
        if (!type || number(*type) == 0 || is_meta_type(*type) || is_personal(*type)) {
            refuse(Reason::bad_type, quote(word->text));
            return std::nullopt;
        }
        return type;
    }
}

void ZoneFileReader::read_record(Rrtype type, std::string_view text) {
    // Without an $ORIGIN, names are relative to the zone's.
    if (type == Rrtype::SOA) soa_owner_ = owner_;
    const bool read = read_rdata(type, text);
    if (type == Rrtype::SOA) {
        const std::string soa(read ? as_text(data_.octets()) : std::string_view());
        const bool same_zone = apex_ && *owner_ == *apex_;
        if (read && same_zone && soa == apex_soa_) return;  // it ends a zone transfer
        if (!read || !same_zone) enter_zone(read ? owner_ : limit_);
        apex_soa_ = soa;
    }
    if (!read || !is_of_the_zone()) return;
    if (!when_) return refuse(Reason::no_time, "nor --at");

    Observation observation;
    observation.owner = owner_->wire();
    observation.type = type;
    observation.rdata = data_.octets();
    observation.witness = Witness::zone;
    observation.seen = {*when_, *when_};
    observation.source = source_.empty() ? nullptr : &source_;
    sink_.observe(observation);
}

bool ZoneFileReader::read_rdata(Rrtype type, std::string_view text) {
    const auto done = rdata_from_master_file(type, text, origin(), data_);
    if (done) return true;
    const Name root;
    if (origin() == nullptr && rdata_from_master_file(type, text, &root, data_)) {
        refuse(Reason::no_origin);
    } else {
        refuse(Reason::bad_rdata, done.error().text);
    }
    return false;
}

// Without an apex: what follows is of no zone that is known.
void ZoneFileReader::enter_zone(const std::optional<Name>& apex) {
    apex_ = apex;
    source_.bailiwick = apex ? apex->text() : std::string();
}

bool ZoneFileReader::is_of_the_zone() {
    if (!apex_) {
        refuse(Reason::no_apex);
        return false;
    }
    const bool in_zone = is_at_or_below(owner_->wire(), apex_->wire());
    const bool in_limit = !limit_ || is_at_or_below(owner_->wire(), limit_->wire());
    if (!in_zone || !in_limit) refuse(Reason::out_of_zone, in_limit ? "" : "not below --origin");
    return in_zone && in_limit;
}

std::vector<FeedRemark> ZoneFileReader::remarks() const {
    std::vector<FeedRemark> all;
    if (lacks_origin_) {
        all.push_back(
            {true, "has relative names and does not say what they are relative to; --origin does"});
    }
    if (lacks_apex_) {
        all.push_back({true,
                       "has records of a zone that it does not name, without an SOA that can be "
                       "read before them; --origin names it"});
    }
    return all;
}

}  // namespace dnshist::zonegen
