// The secrets that the responder shares with its clients (TSIG keys, RFC 8945), and the files that
// hold them, as the tools of two other servers write them:
//
//     tsig-keygen -a hmac-sha256 monitor.example        (BIND)
//
//     key "monitor.example" {
//             algorithm hmac-sha256;
//             secret "base64";
//     };
//
//     keymgr -t monitor.example hmac-sha256             (Knot DNS)
//
//     key:
//       - id: monitor.example
//         algorithm: hmac-sha256
//         secret: base64
//
// A file is in one of the forms, and holds any number of keys. The algorithms are hmac-sha256,
// hmac-sha384 and hmac-sha512; as BIND has it, hmac-sha256-128 is a key whose MACs may be cut to
// 128 bits and no further (RFC 8945, section 5.2.2.1), where any other wants them whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "responder/tsig/hmac.hpp"
#include "storage/base/result.hpp"
#include "storage/record/name.hpp"

namespace dnshist::responder {

struct TsigKey {
    Name name;
    HmacAlgorithm algorithm = HmacAlgorithm::sha256;
    std::size_t least_mac_octets = 0;  // that a MAC has, by the policy of this server
    Secret secret;
};

// Keys by name; every name once. Never changed once it is made, so that threads may share it.
class TsigKeys {
  public:
    // False where there is one of this name.
    bool add(TsigKey key);
    const TsigKey* find(const Name& name) const noexcept;
    std::size_t size() const noexcept { return keys_.size(); }
    bool empty() const noexcept { return keys_.empty(); }

  private:
    std::vector<TsigKey> keys_;  // in order
};

// The shortest MAC that a request may have at all (RFC 8945, section 5.2.2.1).
std::size_t least_truncated_octets(HmacAlgorithm algorithm) noexcept;

struct TsigKeyFiles {
    TsigKeys keys;
    std::vector<std::string> warnings;  // a line each, for the operator
};

// Reads all keys of all files. A problem names file and line ("keys.conf:3: ..."), and neither it
// nor a warning ever holds a secret, or what could be one that stands in the wrong place.
Result<TsigKeyFiles> read_tsig_keys(const std::vector<std::filesystem::path>& files);

// The same from text, added to `keys`; `origin` names it in problems. Nothing where all went well.
std::optional<Problem> add_tsig_keys(TsigKeys& keys, std::string_view text,
                                     std::string_view origin);

}  // namespace dnshist::responder
