#include "tests/support/given.hpp"

#include <charconv>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/engine/lmdb/lmdb.hpp"
#include "storage/format/store_meta.hpp"
#include "storage/history/history_writer.hpp"
#include "storage/record/rdata.hpp"

namespace dnshist::test {

namespace {

[[noreturn]] void fail(const std::string& what, std::string_view line) {
    throw std::runtime_error(what + ": " + std::string(line));
}

template <class T>
T value_of(Result<T> result, std::string_view line) {
    if (!result) fail(result.error().text, line);
    return *result;
}

unsigned long number_of(std::string_view text, std::string_view line) {
    unsigned long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) fail("no number", line);
    return number;
}

Seconds time_of(std::string_view text, Seconds now, std::string_view line) {
    const auto period = period_from_text(text, now);
    if (!period) fail("no time '" + std::string(text) + "'", line);
    return period->begin;
}

// Takes the next word off the front, or the last one off the back.
std::string_view take_front(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

std::string_view take_back(std::string_view& text) {
    text.remove_suffix(text.size() - std::min(text.find_last_not_of(' ') + 1, text.size()));
    const std::string_view word = text.substr(text.rfind(' ') + 1);
    text.remove_suffix(word.size());
    return word;
}

// A short form in a line: what is before it, its two parts, and what is behind.
struct ShortForm {
    std::string head;
    std::string left;
    std::string right;
    std::string tail;
};

// The first {LEFT between RIGHT}, where RIGHT is a number.
std::optional<ShortForm> find_short_form(const std::string& line, const std::string& between) {
    for (std::size_t open = line.find('{'); open != std::string::npos;
         open = line.find('{', open + 1)) {
        const std::size_t close = line.find('}', open);
        if (close == std::string::npos) break;
        const std::string inside = line.substr(open + 1, close - open - 1);
        const std::size_t middle = inside.rfind(between);
        if (middle == std::string::npos) continue;
        const std::string right = inside.substr(middle + between.size());
        if (right.empty() || right.find_first_not_of("0123456789") != std::string::npos) continue;
        return ShortForm{line.substr(0, open), inside.substr(0, middle), right,
                         line.substr(close + 1)};
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> expand(std::string_view line) {
    std::string whole(line);
    while (const auto form = find_short_form(whole, "*")) {
        whole = form->head;
        for (auto i = number_of(form->right, line); i > 0; --i)
            whole += form->left;
        whole += form->tail;
    }
    const auto form = find_short_form(whole, "..");
    if (!form) return {whole};
    const auto last = number_of(form->right, line);
    std::vector<std::string> lines;
    for (auto i = number_of(form->left, line);; i < last ? ++i : --i) {
        lines.push_back(form->head + std::to_string(i) + form->tail);
        if (i == last) return lines;
    }
}

void Given::add(std::string_view line, Seconds now) {
    std::string_view rest = line;
    Observation observation;
    std::string_view word = take_back(rest);
    if (word == "zone") {
        observation.witness = Witness::zone;
        word = take_back(rest);
    }
    if (word.starts_with('x')) {
        observation.count = number_of(word.substr(1), line);
        word = take_back(rest);
    }
    observation.seen.end = time_of(word, now, line);
    if (take_back(rest) != "..") fail("no '..' between two times", line);
    observation.seen.begin = time_of(take_back(rest), now, line);
    if (observation.seen.end < observation.seen.begin) fail("it ends before it begins", line);

    const Name owner = value_of(Name::from_text(take_front(rest)), line);
    const auto type = rrtype_from_text(take_front(rest));
    if (!type) fail("no record type", line);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    rest.remove_suffix(rest.size() - std::min(rest.find_last_not_of(' ') + 1, rest.size()));
    const auto rdata = std::make_unique<Rdata>();
    if (const auto read = rdata_from_text(*type, rest, *rdata); !read) {
        fail(read.error().text, line);
    }
    observation.owner = owner.wire();
    observation.type = *type;
    observation.rdata = rdata->octets();
    batch_.add(observation);
}

void Given::write(const std::filesystem::path& directory, Seconds written) {
    constexpr std::size_t reserve = std::size_t{1} << 24;
    HistoryWriter writer(directory, {.gap = default_gap, .reserve = reserve});
    writer.apply(batch_, std::nullopt, {}, written);
}

void break_store(const std::filesystem::path& directory) {
    lmdb::Environment environment(directory, 0, std::size_t{1} << 24, store_meta::databases,
                                  store_meta::max_readers);
    lmdb::Transaction transaction(environment, 0);
    const auto database = transaction.open_database(store_meta::meta_database, false);
    if (!database) throw std::runtime_error("the store has nothing to break");
    transaction.put(*database, as_octets(store_meta::statistics_key), as_octets("?"));
    transaction.commit();
}

}  // namespace dnshist::test
