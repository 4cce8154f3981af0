// Class CH: which program answers and which server, for its operator (RFC 4892).
#include <algorithm>
#include <array>
#include <string_view>

#include "responder/answer/answer.hpp"

namespace dnshist::responder {

namespace {

struct ChaosName {
    std::string_view wire;
    bool version;  // or the identity
};
constexpr std::array chaos_names{
    ChaosName{std::string_view("\7version\4bind\0", 14), true},
    ChaosName{std::string_view("\7version\6server\0", 16), true},
    ChaosName{std::string_view("\2id\6server\0", 11), false},
    ChaosName{std::string_view("\10hostname\4bind\0", 15), false},
};

}  // namespace

Verdict answer_chaos(const Question& question, const Name& qname, const ServiceConfig& service,
                     ResponseWriter& response) {
    const auto* const name = std::ranges::find_if(chaos_names, [&](const ChaosName& each) {
        return equal(qname.wire(), as_octets(each.wire));
    });
    if (name == chaos_names.end()) {
        return answer_refused(response, {Ede::Code::not_authoritative, "only class IN is served"});
    }
    const std::string_view text = name->version ? std::string_view("dnshist " DNSHIST_VERSION)
                                                : std::string_view(service.identity);
    if (!service.chaos || text.empty()) {
        return answer_refused(response, {Ede::Code::prohibited, "not told"});
    }
    response.set_authoritative();
    if (question.type == Rrtype::TXT || question.type == Rrtype::ANY) response.add_chaos_txt(text);
    return finish(response, Rcode::noerror);
}

}  // namespace dnshist::responder
