// The records of one response as a log has them. Those are believed that
// zonegen/response/bailiwick.hpp would believe in the response itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/text/address_prefix.hpp"
#include "zonegen/response/bailiwick.hpp"
#include "zonegen/response/response_observer.hpp"
#include "zonegen/sensorlog/sensor_log.hpp"

namespace dnshist::zonegen {

class LogResponse {
  public:
    using Section = Response::Section;

    // The sink must outlive this.
    LogResponse(const LogSink& sink, Trust trust, std::vector<AddressPrefix> resolvers)
        : sink_(sink), trust_(trust), resolvers_(std::move(resolvers)) {}
    LogResponse(const LogResponse&) = delete;
    LogResponse& operator=(const LogResponse&) = delete;

    // Starts a new response, which was seen at `when`.
    void begin(Seconds when);
    // `rdata` is canonical.
    void add(Section section, const Name& owner, Rrtype type, Octets rdata);
    // RDATA that is one name.
    void add(Section section, const Name& owner, Rrtype type, const Name& target) {
        add(section, owner, type, target.wire());
    }
    // RDATA in presentation form. Refuses the record if it is not valid.
    void add_text(Section section, const Name& owner, Rrtype type, std::string_view text);

    struct Query {
        Name name;
        Rrtype type;
        // The address of the server, as the log has it; empty if it has none. The flags of the
        // message are no evidence of what a server is (bailiwick.hpp).
        std::string server;
    };
    // Observes the records that are believed and refuses the others. Without a query, since what
    // the log has of it cannot be read, none is believed unless everything is.
    void give(const std::optional<Query>& query);
    // Observes all records: the log has no queries.
    void give_all();

  private:
    struct Record {
        Section section;
        Name owner;
        Rrtype type;
        std::size_t offset;  // of the RDATA in octets_
        std::size_t length;
    };

    Octets rdata_of(const Record& record) const noexcept {
        return Octets(octets_).subspan(record.offset, record.length);
    }
    std::span<const RecordVerdict> judge(const Query& query);

    const LogSink& sink_;
    Trust trust_;
    std::vector<AddressPrefix> resolvers_;
    Seconds when_{};
    std::vector<Record> records_;
    std::vector<std::uint8_t> octets_;
    std::vector<Response::Record> judged_;
    Bailiwick bailiwick_;
    Rdata data_;
};

}  // namespace dnshist::zonegen
