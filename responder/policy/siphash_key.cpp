#include "responder/policy/siphash_key.hpp"

#include <sodium.h>

#include <stdexcept>
#include <tuple>

namespace dnshist::responder {

static_assert(std::tuple_size_v<SipHashKey> == crypto_shorthash_KEYBYTES);

SipHashKey random_siphash_key() {
    if (sodium_init() < 0) throw std::runtime_error("there are no random numbers to be had");
    SipHashKey key;
    crypto_shorthash_keygen(key.data());
    return key;
}

}  // namespace dnshist::responder
