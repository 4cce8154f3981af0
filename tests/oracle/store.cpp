#include "tests/oracle/store.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "storage/text/time.hpp"
#include "tests/support/given.hpp"

namespace dnshist::oracle {

namespace {

// Values of names are in key form, from the root down.
Labels name_in_value(const std::string& value) {
    Labels labels;
    for (std::size_t at = 1; value[at] != 0; at += 1 + labels.front().size())
        labels.insert(labels.begin(), value.substr(at + 1, static_cast<std::size_t>(value[at])));
    return labels;
}

}  // namespace

Store::Store(std::vector<Record> records) {
    std::map<std::tuple<std::string, unsigned, std::string>, Record> sorted;
    for (Record& record : records) {
        auto& place = sorted[{key_of(record.owner), record.rdata.type, record.rdata.octets}];
        record.sightings.insert(record.sightings.end(), place.sightings.begin(),
                                place.sightings.end());
        place = std::move(record);
    }
    Time latest = 0;
    for (auto& [key, record] : sorted) {
        record.work_out();
        latest = std::max(latest, record.last());
        records_.push_back(std::move(record));
    }
    for (Record& record : records_) {
        record.work_out_events(std::min(latest, now));
        auto& known = record.is_personal() ? known_by_registrations_ : known_;
        add_known(known, record.owner);
        for (const std::string& value : record.rdata.values) {
            if (value[0] == 'n') add_known(known, name_in_value(value));
        }
    }
}

void Store::add_known(std::set<std::string>& known, Labels name) {
    while (known.insert(key_of(name)).second && !name.empty())
        name = parent_of(name);
}

std::vector<std::string> Store::given() const {
    const auto text = [](Time time) {
        return time_text(Seconds{static_cast<std::uint32_t>(time)});
    };
    std::vector<std::string> lines;
    for (const Record& record : records_) {
        for (const Sighting& sighting : record.sightings) {
            lines.push_back(record.resource_record + "  " + text(sighting.seen.begin) + " .. " +
                            text(sighting.seen.end) + "  x" + std::to_string(sighting.count) +
                            (sighting.in_zone_file ? " zone" : ""));
        }
    }
    return lines;
}

void Store::write(const std::filesystem::path& directory) const {
    test::Given given;
    for (const std::string& line : this->given())
        given.add(line, Seconds{static_cast<std::uint32_t>(now)});
    given.write(directory, Seconds{static_cast<std::uint32_t>(written)});
}

}  // namespace dnshist::oracle
