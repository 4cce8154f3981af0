// Reads COF objects, with or without DNSDB's framing (SAF).
#pragma once

#include <string>

#include "zonegen/cof/cof_parser.hpp"
#include "zonegen/cof/saf_stream.hpp"
#include "zonegen/feed/text_file_reader.hpp"

namespace dnshist::zonegen {

class CofFileReader final : public TextFileReader {
  public:
    // `must_be_saf`: a feed without the framing is incomplete. `sensor` is the sensor_id of records
    // that have none. See TextFileReader for the others.
    CofFileReader(Feed& feed, const Sink& sink, const ReadingStart& start, bool must_be_saf,
                  const std::string& sensor);

    std::vector<FeedRemark> remarks() const override;

  private:
    void read(std::string_view item) override;

    CofParser parser_;
    SafStream saf_;
    bool must_be_saf_;
};

}  // namespace dnshist::zonegen
