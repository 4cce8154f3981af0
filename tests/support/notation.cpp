#include "tests/support/notation.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "storage/record/rrtype.hpp"
#include "tests/support/given.hpp"

namespace dnshist::test {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what);
}

// The words of a text, up to a comment; what is quoted is one word, with its quotes.
std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    char quote = 0;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(word);
        word.clear();
    };
    for (const char c : text) {
        if (quote != 0) {
            word += c;
            if (c == quote) quote = 0;
        } else if (c == '#') {
            break;
        } else if (c == ' ') {
            end_word();
        } else {
            if (c == '"' || c == '\'') quote = c;
            word += c;
        }
    }
    if (quote != 0) fail("a quote is not closed: " + std::string(text));
    end_word();
    return words;
}

void put(Parts& out, std::uint64_t number, unsigned octets) {
    for (unsigned i = octets; i-- > 0;)
        out.push_back({Part::Kind::octet, static_cast<std::uint8_t>(number >> 8 * i), {}});
}

void put_text(Parts& out, std::string_view text) {
    for (const char c : text)
        put(out, static_cast<std::uint8_t>(c), 1);
}

void put_counted(Parts& out, std::string_view text) {
    if (text.size() > 255) fail("too long for one octet of length: " + std::string(text));
    put(out, text.size(), 1);
    put_text(out, text);
}

void put_name(Parts& out, std::string_view name) {
    while (name.size() > 1) {
        const std::size_t dot = name.find('.');
        put_counted(out, name.substr(0, dot));
        name.remove_prefix(dot + 1);
    }
    put(out, 0, 1);
}

bool is_hex(std::string_view word) {
    return word.size() % 2 == 0 &&
           word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::uint64_t number_from(std::string_view text, int base) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end != text.data() + text.size()) {
        fail("no number: " + std::string(text));
    }
    return number;
}

bool put_mnemonic(Parts& out, const std::string& word) {
    static const std::map<std::string, unsigned> others{
        {"IN", 1}, {"CH", 3}, {"HS", 4}, {"NONE", 254}, {"ANY", 255}};
    if (std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
        return false;
    }
    if (const auto found = others.find(word); found != others.end()) {
        put(out, found->second, 2);
        return true;
    }
    const auto type = rrtype_from_text(word);
    if (type) put(out, number(*type), 2);
    return type.has_value();
}

void put_word(Parts& out, const std::string& word) {
    const std::string_view text = word;
    const auto quoted = [&] { return text.substr(1, text.size() - 2); };
    if (is_hex(word)) {
        for (std::size_t i = 0; i < text.size(); i += 2)
            put(out, number_from(text.substr(i, 2), 16), 1);
    } else if (word == "??") {
        out.push_back({Part::Kind::any, 0, {}});
    } else if (word == "...") {
        out.push_back({Part::Kind::rest, 0, {}});
    } else if (text.starts_with("u8:")) {
        put(out, number_from(text.substr(3), 10), 1);
    } else if (text.starts_with("u16:")) {
        put(out, number_from(text.substr(4), 10), 2);
    } else if (text.starts_with("u32:")) {
        put(out, number_from(text.substr(4), 10), 4);
    } else if (text.starts_with("label:")) {
        put_counted(out, text.substr(6));
    } else if (text.starts_with('"')) {
        put_counted(out, quoted());
    } else if (text.starts_with('\'')) {
        put_text(out, quoted());
    } else if (text.ends_with('.')) {
        put_name(out, text);
    } else if (!put_mnemonic(out, word)) {
        fail("nothing known of the word '" + word + "'");
    }
}

class Reader {
  public:
    Reader(std::vector<std::string> words, const Definitions& definitions)
        : words_(std::move(words)), definitions_(definitions) {}

    Parts read(bool within_block) {
        Parts out;
        for (; at_ < words_.size(); ++at_) {
            const std::string& word = words_[at_];
            if (word == "[") {
                ++at_;
                Parts inside = read(true);
                out.push_back({Part::Kind::block, 0, std::move(inside)});
            } else if (word == "]") {
                if (!within_block) fail("a ] without its [");
                return out;
            } else if (word == "*") {
                if (out.empty() || at_ + 1 == words_.size()) fail("a * repeats nothing");
                const Part last = out.back();
                for (auto i = number_from(words_[++at_], 10); i > 1; --i)
                    out.push_back(last);
            } else if (word.starts_with('$')) {
                const auto found = definitions_.find(word.substr(1));
                if (found == definitions_.end()) fail("no line lets " + word + " be anything");
                const Parts meant = parts_from_text(found->second, definitions_);
                out.insert(out.end(), meant.begin(), meant.end());
            } else {
                put_word(out, word);
            }
        }
        if (within_block) fail("a [ is not closed");
        return out;
    }

  private:
    std::vector<std::string> words_;
    const Definitions& definitions_;
    std::size_t at_ = 0;
};

bool may_be_any_length(const Parts& parts) {
    return std::any_of(parts.begin(), parts.end(), [](const Part& part) {
        return part.kind == Part::Kind::rest ||
               (part.kind == Part::Kind::block && may_be_any_length(part.inside));
    });
}

std::size_t size_of(const Parts& parts) {
    std::size_t size = 0;
    for (const Part& part : parts)
        size += part.kind == Part::Kind::block ? 2 + size_of(part.inside) : 1;
    return size;
}

void put_hex(std::string& out, std::uint8_t octet) {
    out += "0123456789abcdef"[octet >> 4];
    out += "0123456789abcdef"[octet & 15];
}

// Two characters an octet.
void draw(const Parts& parts, std::string& out) {
    for (const Part& part : parts) {
        switch (part.kind) {
            case Part::Kind::octet:
                put_hex(out, part.octet);
                break;
            case Part::Kind::any:
                out += "??";
                break;
            case Part::Kind::rest:
                out += "..";
                break;
            case Part::Kind::block:
                if (may_be_any_length(part.inside)) {
                    out += "????";
                } else {
                    const std::size_t size = size_of(part.inside);
                    put_hex(out, static_cast<std::uint8_t>(size >> 8));
                    put_hex(out, static_cast<std::uint8_t>(size));
                }
                draw(part.inside, out);
        }
    }
}

std::string in_lines(std::string_view digits) {
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        text += i % 32 == 0 ? (i == 0 ? "    " : "\n    ") : " ";
        text += digits.substr(i, 2);
    }
    return text.empty() ? "    nothing" : text;
}

}  // namespace

Parts parts_from_text(std::string_view text, const Definitions& definitions) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const auto lines = expand(text.substr(begin, end - begin));
        for (const std::string& line : lines) {
            for (std::string& word : split(line))
                words.push_back(std::move(word));
        }
        begin = end + 1;
    }
    return Reader(std::move(words), definitions).read(false);
}

std::vector<std::uint8_t> octets_of(const Parts& parts) {
    std::vector<std::uint8_t> out;
    for (const Part& part : parts) {
        if (part.kind == Part::Kind::octet) {
            out.push_back(part.octet);
        } else if (part.kind == Part::Kind::block) {
            const auto inside = octets_of(part.inside);
            out.push_back(static_cast<std::uint8_t>(inside.size() >> 8));
            out.push_back(static_cast<std::uint8_t>(inside.size()));
            out.insert(out.end(), inside.begin(), inside.end());
        } else {
            fail("what is asked must be said to the octet");
        }
    }
    return out;
}

bool matches(const Parts& parts, Octets octets) {
    OctetReader in(octets);
    for (const Part& part : parts) {
        switch (part.kind) {
            case Part::Kind::rest:
                return true;
            case Part::Kind::any:
                if (!in.u8()) return false;
                break;
            case Part::Kind::octet:
                if (in.u8() != part.octet) return false;
                break;
            case Part::Kind::block: {
                const auto length = in.u16();
                const auto inside = length ? in.octets(*length) : std::nullopt;
                if (!inside || !matches(part.inside, *inside)) return false;
            }
        }
    }
    return in.at_end();
}

std::string show(const Parts& parts) {
    std::string digits;
    draw(parts, digits);
    return in_lines(digits);
}

std::string show(Octets octets) {
    std::string digits;
    for (const std::uint8_t octet : octets)
        put_hex(digits, octet);
    return in_lines(digits);
}

}  // namespace dnshist::test
