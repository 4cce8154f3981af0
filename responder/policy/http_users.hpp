// The users of the services behind HTTP, and the keys by which they are known.
//
// A key is 128 random bits as text; the configuration has its SHA-256 alone. That needs no slow
// password hash: nobody can guess such a key, whatever the hash. Each key that comes is compared
// with that of every user, in a time that does not depend on which it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "responder/policy/access.hpp"
#include "storage/base/key_hash.hpp"

namespace dnshist::responder {

struct HttpUser {
    std::string name;
    KeyHash key{};
    Rights rights;
};

class HttpUsers {
  public:
    HttpUsers() = default;
    explicit HttpUsers(std::vector<HttpUser> users) : users_(std::move(users)) {}

    bool empty() const noexcept { return users_.empty(); }
    // The user whose key it is; null for nobody's. With a name, only the user of that name.
    const HttpUser* find(std::string_view key, std::optional<std::string_view> name) const;
    // The user of a request, by its fields Authorization (Basic with NAME:key, Bearer, or the key
    // alone) and X-API-Key; either may be empty.
    const HttpUser* of_request(std::string_view authorization, std::string_view api_key) const;

  private:
    std::vector<HttpUser> users_;
};

KeyHash hash_of_key(std::string_view key) noexcept;
// "sha256:" and 64 hexadecimal digits, as the configuration has it.
std::string key_hash_text(const KeyHash& hash);
// A new key: 32 hexadecimal digits.
std::string make_http_key();

}  // namespace dnshist::responder
