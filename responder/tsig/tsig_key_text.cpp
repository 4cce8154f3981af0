#include "responder/tsig/tsig_key_text.hpp"

#include <algorithm>
#include <utility>

namespace dnshist::responder {

namespace {

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r';
}

// Fields of a key that have been met, for both forms.
class Fields {
  public:
    // Sets a field. The fault, or empty where there is none.
    std::string_view set(std::string_view field, Piece value) noexcept {
        const bool is_algorithm = field == "algorithm";
        if (!is_algorithm && field != "secret") {
            return "a key has an algorithm and a secret, and this is neither";
        }
        Piece& part = is_algorithm ? key.algorithm : key.secret;
        if (part.line != 0) return "the key has this twice";
        if (value.text.empty()) return "the value is missing";
        part = value;
        return {};
    }
    std::string_view missing() const noexcept {
        if (key.algorithm.line == 0) return "the key has no algorithm";
        if (key.secret.line == 0) return "the key has no secret";
        return {};
    }

    KeyText key;
};

// BIND's form (named.conf(5), the statement `key`): words, quoted strings, { } and ;, with comments
// from // or # to the end of the line and from /* to */.
class BindReader {
  public:
    explicit BindReader(std::string_view text) noexcept : rest_(text) { advance(); }

    KeyTexts read() {
        while (!failed() && token_.kind != Kind::end)
            read_key();
        return std::move(read_);
    }

    // The first token.
    Piece first() const noexcept { return token_.piece; }

  private:
    enum class Kind { word, quoted, mark, end };
    struct Token {
        Kind kind = Kind::end;
        Piece piece;
    };

    void read_key() {
        if (!is_word("key")) return fail("expected: key \"NAME\" { ... };");
        advance();
        Fields fields;
        fields.key.name = token_.piece;
        if (!take_value("expected the name of the key")) return;
        if (!take_mark("{", "expected { after the name of the key")) return;
        while (!is_mark("}")) {
            const Token field = token_;
            if (field.kind != Kind::word) return fail("expected algorithm, secret or }");
            advance();
            const Piece value = token_.piece;
            if (field.piece.text != "algorithm" && field.piece.text != "secret") {
                return fail_at(field.piece.line, fields.set(field.piece.text, value));
            }
            if (!take_value("expected a value")) return;
            if (const auto wrong = fields.set(field.piece.text, value); !wrong.empty()) {
                return fail_at(field.piece.line, wrong);
            }
            if (!take_mark(";", "expected ; after the value")) return;
        }
        if (const auto missing = fields.missing(); !missing.empty()) {
            return fail_at(fields.key.name.line, missing);
        }
        advance();
        if (!take_mark(";", "expected ; after }")) return;
        read_.keys.push_back(fields.key);
    }

    bool failed() const noexcept { return read_.problem.has_value(); }
    void fail(std::string_view what) noexcept { fail_at(token_.piece.line, what); }
    void fail_at(std::size_t line, std::string_view what) noexcept {
        if (!failed()) read_.problem = Piece{what, line};
    }

    bool is_word(std::string_view word) const noexcept {
        return token_.kind == Kind::word && token_.piece.text == word;
    }
    bool is_mark(std::string_view mark) const noexcept {
        return token_.kind == Kind::mark && token_.piece.text == mark;
    }
    bool take_mark(std::string_view mark, std::string_view otherwise) {
        if (is_mark(mark)) {
            advance();
        } else {
            fail(otherwise);
        }
        return !failed();
    }
    bool take_value(std::string_view otherwise) {
        if (token_.kind == Kind::word || token_.kind == Kind::quoted) {
            advance();
        } else {
            fail(otherwise);
        }
        return !failed();
    }

    void skip(std::size_t count) noexcept {
        for (const char c : rest_.substr(0, count))
            line_ += c == '\n' ? 1U : 0U;
        rest_.remove_prefix(count);
    }
    // To the next occurrence of `what` and past it, or to the end; whether there is one.
    bool skip_past(std::string_view what) noexcept {
        const std::size_t at = rest_.find(what);
        const bool found = at != std::string_view::npos;
        skip(found ? at + what.size() : rest_.size());
        return found;
    }
    void skip_blanks_and_comments() {
        while (!rest_.empty() && !failed()) {
            if (is_blank(rest_.front()) || rest_.front() == '\n') {
                skip(1);
            } else if (rest_.front() == '#' || rest_.starts_with("//")) {
                skip_past("\n");
            } else if (rest_.starts_with("/*")) {
                const std::size_t begin = line_;
                skip(2);
                if (!skip_past("*/")) fail_at(begin, "the comment has no end");
            } else {
                return;
            }
        }
    }

    void advance() {
        skip_blanks_and_comments();
        token_ = {Kind::end, {{}, line_}};
        if (rest_.empty() || failed()) return;
        if (rest_.front() == '"') return read_quoted();
        const bool mark = std::string_view("{};").find(rest_.front()) != std::string_view::npos;
        const std::size_t size =
            mark ? 1 : std::min(rest_.find_first_of(" \t\r\n{};\"#"), rest_.size());
        token_ = {mark ? Kind::mark : Kind::word, {rest_.substr(0, size), line_}};
        rest_.remove_prefix(size);
    }
    void read_quoted() {
        const std::size_t end = rest_.find_first_of("\"\n", 1);
        if (end == std::string_view::npos || rest_[end] == '\n') {
            return fail("the closing quotation mark is missing");
        }
        token_ = {Kind::quoted, {rest_.substr(1, end - 1), line_}};
        rest_.remove_prefix(end + 1);
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    Token token_;
    KeyTexts read_;
};

// Knot's form (knot.conf(5), the section `key`), as far as keymgr writes it: of YAML a list of
// items with a field a line, and comments.
class KnotReader {
  public:
    explicit KnotReader(std::string_view text) noexcept : rest_(text) {}

    KeyTexts read() {
        while (!rest_.empty() && !read_.problem) {
            const std::size_t end = std::min(rest_.find('\n'), rest_.size());
            read_line(rest_.substr(0, end));
            rest_.remove_prefix(std::min(end + 1, rest_.size()));
            ++line_;
        }
        finish_item();
        return std::move(read_);
    }

  private:
    void read_line(std::string_view line) {
        const bool indented = !line.empty() && is_blank(line.front());
        line = trim(without_comment(line));
        if (line.empty()) return;
        if (!indented && line == "key:") {
            finish_item();
            in_section_ = true;
            return;
        }
        if (!in_section_) return fail("expected the section key:");
        const bool begins = line.starts_with("- ");
        if (begins) {
            finish_item();
            if (read_.problem) return;
            line = trim(line.substr(2));
        } else if (!indented) {
            return fail("only the section key: can stand in a file of keys");
        }
        read_field(line, begins);
    }

    void read_field(std::string_view line, bool begins) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return fail("expected a field, such as id: NAME");
        const std::string_view field = trim(line.substr(0, colon));
        const Piece value{unquoted(trim(line.substr(colon + 1))), line_};
        if (begins) {
            if (field != "id") return fail("a key begins with: - id: NAME");
            if (value.text.empty()) return fail("the value is missing");
            item_.emplace();
            item_->key.name = value;
            return;
        }
        if (!item_) return fail("a key begins with: - id: NAME");
        if (const auto wrong = item_->set(field, value); !wrong.empty()) fail(wrong);
    }

    void finish_item() {
        if (!item_ || read_.problem) return;
        if (const auto missing = item_->missing(); !missing.empty()) {
            read_.problem = Piece{missing, item_->key.name.line};
            return;
        }
        read_.keys.push_back(item_->key);
        item_.reset();
    }

    void fail(std::string_view what) noexcept { read_.problem = Piece{what, line_}; }

    // A comment begins with the line or behind a blank.
    static std::string_view without_comment(std::string_view line) noexcept {
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '#' && (i == 0 || is_blank(line[i - 1]))) return line.substr(0, i);
        }
        return line;
    }
    static std::string_view trim(std::string_view text) noexcept {
        while (!text.empty() && is_blank(text.front()))
            text.remove_prefix(1);
        while (!text.empty() && is_blank(text.back()))
            text.remove_suffix(1);
        return text;
    }
    static std::string_view unquoted(std::string_view text) noexcept {
        const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                            (text.front() == '"' || text.front() == '\'');
        return quoted ? text.substr(1, text.size() - 2) : text;
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    bool in_section_ = false;
    std::optional<Fields> item_;
    KeyTexts read_;
};

}  // namespace

KeyTexts read_key_texts(std::string_view text) {
    BindReader bind(text);
    if (bind.first().text.starts_with("key:")) return KnotReader(text).read();
    return bind.read();
}

}  // namespace dnshist::responder
