// Writes one history in the forms in which every server of the comparison takes it, and questions
// for it, into a directory; the result depends only on the number of names.
//
//     make_history NAMES DIRECTORY
//
// A name has one to five A records and as many MX, so that a question for one type is answered with
// three lines in the mean. The files:
//
//     feed.json            the records, as COF, for dnshist-zonegen
//     zone                 a.history.NAME.pdns.local and mx.history.NAME.pdns.local with the lines
//                          that dnshist answers with, as TXT records, for any server of zones
//     zone.rbldnsd         the same as a `generic` dataset of rbldnsd
//     questions.history    for those names, and each tenth for a name that was never seen; this and
//                          the following as dnsperf takes them: a name and a type on each line
//     questions.all        for a name with records of both types
//     questions.address, .prefix, .names, .at    for the other views, which a zone does not have
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "storage/text/time.hpp"
#include "tests/bench/synthetic.hpp"

using namespace dnshist;
using namespace dnshist::bench;

namespace {

constexpr std::uint64_t most_questions = 1'000'000;
constexpr std::uint64_t types = 2;
constexpr std::uint64_t most_records = 5;  // of one type of a name
constexpr std::string_view zone = "pdns.local";
constexpr std::string_view ttl = " 300";

class File {
  public:
    explicit File(const std::filesystem::path& path)
        : path_(path.string()), file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
        if (!file_) throw std::runtime_error("cannot write " + path_);
    }
    void put(std::string_view text) {
        if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) {
            throw std::runtime_error("cannot write to " + path_);
        }
    }
    void close() {
        if (std::fclose(file_.release()) != 0) throw std::runtime_error("cannot write " + path_);
    }

  private:
    std::string path_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

struct Record {
    std::string_view type;
    std::string rdata;
    Sight sight;
};

std::string_view type_of(std::uint64_t type) {
    return type == 0 ? "A" : "MX";
}

std::string_view filter_of(std::uint64_t type) {
    return type == 0 ? "a" : "mx";
}

std::vector<Record> records(std::uint64_t domain, std::uint64_t type) {
    std::vector<Record> made;
    const std::uint64_t count = 1 + hash(domain, 50 + type) % most_records;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t kind = type * most_records + i;
        const std::uint64_t purpose = 100 + kind;
        made.push_back({type_of(type),
                        type == 0 ? address(domain, purpose)
                                  : std::to_string(10 + 10 * i) + " mx." +
                                        provider_name(provider(domain, purpose)) + '.',
                        sight(domain, kind)});
    }
    return made;
}

Seconds seconds(std::uint64_t value) {
    return Seconds{static_cast<std::uint32_t>(value)};
}

// A TXT record as both forms of zone have it, with a line as responder/QUERIES.md has it.
std::string text_record(const std::string& name, const Record& record) {
    std::string text = " TXT \"" + time_text(seconds(record.sight.first));
    text += ' ';
    text += time_text(seconds(record.sight.last));
    text += ' ';
    text += std::to_string(record.sight.count);
    text += ' ';
    text += name;
    text += ". ";
    text += record.type;
    text += ' ';
    text += record.rdata;
    return text += "\"\n";
}

void write_history(std::uint64_t names, const std::filesystem::path& directory) {
    File feed(directory / "feed.json");
    File master(directory / "zone");
    File dataset(directory / "zone.rbldnsd");
    master.put(
        "$ORIGIN pdns.local.\n$TTL 300\n"
        "@ SOA ns.pdns.local. hostmaster.pdns.local. 1 3600 600 86400 60\n"
        "@ NS ns.pdns.local.\nns A 127.0.0.1\n");
    dataset.put(
        "$SOA 300 ns.pdns.local hostmaster.pdns.local 1 3600 600 86400 60\n"
        "$NS 300 ns.pdns.local\n");
    for (std::uint64_t domain = 0; domain < names; ++domain) {
        const std::string name = domain_name(domain);
        for (std::uint64_t type = 0; type < types; ++type) {
            std::string owner(filter_of(type));
            owner += ".history.";
            owner += name;
            std::string_view indent = owner;
            for (const Record& record : records(domain, type)) {
                feed.put(cof_line(record.sight, name, record.type, record.rdata));
                const std::string text = text_record(name, record);
                for (const std::string_view part : {indent, std::string_view(text)})
                    master.put(part);
                for (const std::string_view part :
                     {std::string_view(owner), ttl, std::string_view(text)})
                    dataset.put(part);
                indent = {};
            }
        }
    }
    for (File* file : {&feed, &master, &dataset})
        file->close();
}

// One of the records of a domain.
Record any_record(std::uint64_t domain, std::uint64_t type, std::uint64_t value) {
    const std::vector<Record> all = records(domain, type);
    return all[value % all.size()];
}

void write_questions(std::uint64_t names, const std::filesystem::path& directory) {
    File history(directory / "questions.history");
    File all(directory / "questions.all");
    File of_address(directory / "questions.address");
    File of_prefix(directory / "questions.prefix");
    File below(directory / "questions.names");
    File at(directory / "questions.at");
    const auto ask = [](File& file, const std::string& name, std::string_view type) {
        file.put(name + '.' + std::string(zone) + ". " + std::string(type) + '\n');
    };
    for (std::uint64_t i = 0; i < std::min(names * types, most_questions); ++i) {
        const std::uint64_t domain = hash(i, 200) % names;
        const std::uint64_t type = hash(i, 201) % types;
        const std::string name = domain_name(domain);
        history.put(history_question(i, names));
        ask(all, "history." + name, "TXT");
        ask(below, "names." + name, "TXT");

        const std::string host = any_record(domain, 0, hash(i, 203)).rdata;
        std::string pivot = "pivot.";
        pivot += host;
        ask(of_address, pivot, "TXT");
        pivot.insert(0, "limit-10.");
        pivot.erase(pivot.rfind('.'));
        pivot += ".0/24";
        ask(of_prefix, pivot, "TXT");

        const Record known = any_record(domain, type, hash(i, 204));
        std::string as_it_was = time_text(seconds(known.sight.last)).substr(0, 10);
        as_it_was += ".at.";
        as_it_was += name;
        ask(at, as_it_was, known.type);
    }
    for (File* file : {&history, &all, &of_address, &of_prefix, &below, &at})
        file->close();
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t names = 0;
    const std::string_view given = argc == 3 ? argv[1] : "";
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), names);
    if (error != std::errc{} || end != given.data() + given.size() || names == 0) {
        std::fputs("usage: make_history NAMES DIRECTORY\n", stderr);
        return 2;
    }
    try {
        write_history(names, argv[2]);
        write_questions(names, argv[2]);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "make_history: %s\n", failure.what());
        return 1;
    }
    return 0;
}
