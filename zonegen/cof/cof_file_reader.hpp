// A feed of COF objects, with or without DNSDB's framing (SAF).
#pragma once

#include <string>

#include "zonegen/cof/cof_parser.hpp"
#include "zonegen/cof/saf_parser.hpp"
#include "zonegen/feed/text_file_reader.hpp"

namespace dnshist::zonegen {

class CofFeed final : public ElementFeed {
  public:
    // `must_be_saf`: a feed without the framing is not all there. See ElementFeed for the others;
    // `sensor` is the sensor_id of what names none.
    CofFeed(Feed& feed, const Sink& sink, const ReadingStart& start, bool must_be_saf,
            const std::string& sensor);

    std::vector<FeedRemark> remarks() const override;

  private:
    void read(std::string_view element) override;

    CofReader reader_;
    SafStream saf_;
    bool must_be_saf_;
};

}  // namespace dnshist::zonegen
