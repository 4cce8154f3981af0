// A response with the expected verdict on each record.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/dns_message.hpp"
#include "zonegen/response/bailiwick.hpp"

namespace dnshist::test {

using zonegen::Bailiwick;
using zonegen::QueryContext;
using zonegen::RecordVerdict;
using zonegen::ResponseReader;

constexpr RecordVerdict accepted = RecordVerdict::accepted;
constexpr RecordVerdict unasked = RecordVerdict::unasked;
constexpr RecordVerdict outside = RecordVerdict::out_of_bailiwick;

inline std::string_view text(RecordVerdict verdict) {
    switch (verdict) {
        case RecordVerdict::accepted:
            return "accepted";
        case RecordVerdict::unasked:
            return "unasked";
        case RecordVerdict::out_of_bailiwick:
            return "out of bailiwick";
    }
    return "";
}

class JudgedResponse {
  public:
    JudgedResponse(std::string_view name, std::string_view type) { message_.question(name, type); }
    JudgedResponse() = default;

    // The server of that zone was asked.
    JudgedResponse& by_servers_of(std::string_view zone) {
        exchange_.zone = Name::from_text(zone).value();
        return *this;
    }
    JudgedResponse& by_resolver() {
        exchange_.recursive = true;
        return *this;
    }
    // Only the response itself says what was asked.
    JudgedResponse& unasked_for() {
        exchange_.asked = false;
        return *this;
    }
    JudgedResponse& by_multicast() {
        exchange_.multicast = true;
        return *this;
    }
    JudgedResponse& to_query_for(std::string_view name) {
        exchange_.name = Name::from_text(name).value();
        return *this;
    }

    JudgedResponse& answer(std::string_view record, RecordVerdict verdict) {
        return add(DnsMessage::answer, record, verdict);
    }
    JudgedResponse& authority(std::string_view record, RecordVerdict verdict) {
        return add(DnsMessage::authority, record, verdict);
    }
    JudgedResponse& additional(std::string_view record, RecordVerdict verdict) {
        return add(DnsMessage::additional, record, verdict);
    }

    void check() const {
        ResponseReader reader;
        Bailiwick bailiwick;
        const auto response = reader.read(message_.octets()).value();
        const auto verdicts = bailiwick.judge(response, exchange_);
        BOOST_REQUIRE(verdicts.size() == expected_.size());
        for (std::size_t i = 0; i < verdicts.size(); ++i)
            BOOST_TEST(text(verdicts[i]) == text(expected_[i]), records_[i]);
    }

  private:
    JudgedResponse& add(DnsMessage::Section section, std::string_view record,
                        RecordVerdict verdict) {
        message_.record(section, record);
        records_.emplace_back(record);
        expected_.push_back(verdict);
        return *this;
    }

    DnsMessage message_;
    QueryContext exchange_;
    std::vector<std::string> records_;
    std::vector<RecordVerdict> expected_;
};

}  // namespace dnshist::test
