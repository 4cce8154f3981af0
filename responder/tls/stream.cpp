#include "responder/tls/stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace dnshist::responder {

namespace {

bool would_block(int error) noexcept {
    return error == EAGAIN || error == EINTR;
}

}  // namespace

IoResult Stream::receive(std::span<std::uint8_t> room) const noexcept {
    const ssize_t count = ::recv(socket_, room.data(), room.size(), 0);
    if (count > 0) return {IoResult::State::done, static_cast<std::size_t>(count)};
    const bool waits = count < 0 && would_block(errno);
    return {waits ? IoResult::State::wait_read : IoResult::State::closed};
}

IoResult Stream::send(Octets octets) const noexcept {
    const ssize_t count = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count < 0) {
        return {would_block(errno) ? IoResult::State::wait_write : IoResult::State::closed};
    }
    const auto sent = static_cast<std::size_t>(count);
    return {sent == octets.size() ? IoResult::State::done : IoResult::State::wait_write, sent};
}

}  // namespace dnshist::responder
