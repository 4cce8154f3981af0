#include "zonegen/sensorlog/zeek_answers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "storage/text/address.hpp"
#include "storage/text/quote.hpp"

namespace dnshist::zonegen {

namespace {

constexpr auto section = LogResponse::Section::answer;

enum class Kind : std::uint8_t { name, ipv4, ipv6, strings, partial };

// How Zeek begins the texts that are neither a name nor an address.
constexpr std::array<std::string_view, 12> partial_texts = {
    "RRSIG ", "DNSKEY ", "NSEC ",  "NSEC3", "NSEC3PARAM",           "DS ",
    "SSHFP:", "LOC:",    "NAPTR ", "CAA ",  "BIND9 signing signal", "<unknown type=",
};

Kind kind_of(std::string_view text) noexcept {
    if (ipv4_from_text(text)) return Kind::ipv4;
    if (ipv6_from_text(text)) return Kind::ipv6;
    if (text.starts_with("TXT ") || text.starts_with("SPF ")) return Kind::strings;
    const bool partial = std::ranges::any_of(
        partial_texts, [&](std::string_view begin) { return text.starts_with(begin); });
    // A name may have a space, but a text with one is more likely Zeek's description of a record.
    if (partial || text.find(' ') != std::string_view::npos) return Kind::partial;
    return Kind::name;
}

// The RDATA of "TXT 5 hello TXT 3 you", of either type, in presentation form.
std::optional<std::string> strings_of(std::string_view text) {
    const std::string_view mark = text.substr(0, 4);
    std::string strings;
    for (;;) {
        if (!text.starts_with(mark)) return std::nullopt;
        text.remove_prefix(mark.size());
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.starts_with(' ') || text.size() - 1 < length || length > 255) {
            return std::nullopt;
        }
        append_quoted(strings, text.substr(1, length));
        text.remove_prefix(1 + length);
        if (text.empty()) return strings;
        if (!text.starts_with(' ')) return std::nullopt;
        text.remove_prefix(1);
        strings += ' ';
    }
}

// Whether a record of that type is logged as a name, as a CNAME is.
bool is_logged_as_name(Rrtype type) noexcept {
    switch (type) {
        case Rrtype::NS:
        case Rrtype::CNAME:
        case Rrtype::SOA:
        case Rrtype::PTR:
        case Rrtype::MX:
        case Rrtype::SRV:
            return true;
        default:
            return is_meta_type(type);
    }
}

bool is_in_arpa(const Name& name) {
    const std::string text = name.text();
    return text.ends_with(".arpa.");
}

class Answers {
  public:
    Answers(const ZeekQuery& query, std::span<const ZeekText> texts, const LogSink& sink,
            LogResponse& response)
        : query_(query), texts_(texts), sink_(sink), response_(response), owner_(query.name) {
        kinds_.reserve(texts.size());
        for (const ZeekText& text : texts)
            kinds_.push_back(kind_of(text.octets));
    }

    void read() {
        if (is_logged_as_name(query_.type)) return read_named();
        if (!is_in_order()) return refuse_all(Reason::uncertain);
        for (std::size_t i = 0; i < texts_.size(); ++i)
            read_answer(i);
    }

  private:
    // Whether all names come before the addresses and strings.
    bool is_in_order() const noexcept {
        const auto is_end = [](Kind kind) { return kind != Kind::name && kind != Kind::partial; };
        const auto end = std::ranges::find_if(kinds_, is_end);
        return std::find(end, kinds_.end(), Kind::name) == kinds_.end();
    }

    // Reads the answers to a query for a type whose records are logged as a name, like aliases.
    void read_named() {
        const auto names = std::ranges::count(kinds_, Kind::name);
        const bool one = names == 1 && query_.exists &&
                         (query_.type == Rrtype::PTR || query_.type == Rrtype::CNAME);
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            if (kinds_[i] == Kind::name && one) {
                read_only_name(i);
            } else {
                refuse(i, reason_for(i));
            }
        }
    }

    Reason reason_for(std::size_t i) const noexcept {
        const bool part_of_rdata =
            query_.type == Rrtype::MX || query_.type == Rrtype::SOA || query_.type == Rrtype::SRV;
        return kinds_[i] == Kind::partial || part_of_rdata ? Reason::incomplete_rdata
                                                           : Reason::uncertain;
    }

    void read_only_name(std::size_t i) {
        const auto target = name_of(i);
        if (!target) return;
        if (query_.type == Rrtype::PTR && is_in_arpa(*target)) return refuse(i, Reason::uncertain);
        response_.add(section, query_.name, query_.type, *target);
    }

    void read_answer(std::size_t i) {
        switch (kinds_[i]) {
            case Kind::partial:
                return refuse(i, Reason::incomplete_rdata);
            case Kind::name:
                return read_alias(i);
            case Kind::ipv4:
            case Kind::ipv6:
                return read_address(i);
            case Kind::strings:
                return read_strings(i);
        }
    }

    void read_alias(std::size_t i) {
        if (broken_) return refuse(i, Reason::uncertain);
        const auto target = name_of(i);
        broken_ = !target;
        if (broken_) return;
        response_.add(section, owner_, Rrtype::CNAME, *target);
        owner_ = *target;
    }

    void read_address(std::size_t i) {
        const Rrtype type = kinds_[i] == Kind::ipv4 ? Rrtype::A : Rrtype::AAAA;
        if (broken_ || query_.type != type) return refuse(i, Reason::uncertain);
        response_.add_text(section, owner_, type, texts_[i].octets);
    }

    void read_strings(std::size_t i) {
        const Rrtype type = texts_[i].octets.starts_with("TXT ") ? Rrtype::TXT : Rrtype::SPF;
        if (broken_ || query_.type != type) return refuse(i, Reason::uncertain);
        auto strings = strings_of(texts_[i].octets);
        if (const auto& other = texts_[i].other) {
            const auto others = strings_of(*other);
            if (strings && others) return refuse(i, Reason::uncertain);
            if (others) strings = others;
        }
        if (!strings) return refuse(i, Reason::incomplete_rdata);
        response_.add_text(section, owner_, type, *strings);
    }

    std::optional<Name> name_of(std::size_t i) const {
        const auto name = name_from_labels(texts_[i].octets);
        if (name) return *name;
        sink_.refuse_record(Reason::bad_rdata, name.error().text);
        return std::nullopt;
    }

    void refuse(std::size_t i, Reason reason) const {
        sink_.refuse_record(reason, quote(texts_[i].octets));
    }

    void refuse_all(Reason reason) const {
        for (std::size_t i = 0; i < texts_.size(); ++i)
            refuse(i, kinds_[i] == Kind::partial ? Reason::incomplete_rdata : reason);
    }

    const ZeekQuery& query_;
    std::span<const ZeekText> texts_;
    const LogSink& sink_;
    LogResponse& response_;
    std::vector<Kind> kinds_;
    Name owner_;           // of the next answer
    bool broken_ = false;  // the chain has a target that is no name
};

}  // namespace

void read_zeek_answers(const ZeekQuery& query, std::span<const ZeekText> answers,
                       const LogSink& sink, LogResponse& response) {
    Answers(query, answers, sink, response).read();
}

}  // namespace dnshist::zonegen
