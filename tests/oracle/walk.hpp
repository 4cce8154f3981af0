// A client that follows what the server says is next.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracle/labels.hpp"
#include "tests/oracle/server.hpp"

namespace dnshist::oracle {

// Whether a line of show.hpp is a record of the answer, and whether that is a remark and no line.
bool is_line(const std::string& shown_line);
bool is_remark(const std::string& shown_line);

// The lines of all pages, each asked for by the name that the one before gave.
class Walk {
  public:
    Walk(Server& server, std::uint64_t scan_limit, bool sees_personal)
        : server_(server), scan_limit_(scan_limit), sees_personal_(sees_personal) {}

    // Until there is no further page. False where something is wrong with one: see page().
    bool follow(const Labels& question);

    const std::vector<std::string>& lines() const { return lines_; }
    // The last page, and the name by which it was asked for.
    const std::vector<std::string>& page() const { return page_; }
    const Labels& asked() const { return asked_; }
    bool stopped() const { return stopped_; }
    bool torn() const { return torn_; }
    // There was more to say, but no room to say how to ask for it.
    bool cut_short() const { return cut_short_; }

  private:
    void read(const std::string& shown_line);

    Server& server_;
    std::uint64_t scan_limit_;
    bool sees_personal_;
    Labels asked_;
    std::vector<std::string> page_;
    std::vector<std::string> lines_;
    bool goes_on_ = false;
    bool stopped_ = false;
    bool torn_ = false;
    bool cut_short_ = false;
};

}  // namespace dnshist::oracle
