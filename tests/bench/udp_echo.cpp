// The lower bound: the cost of receiving and sending a datagram on this machine, and nothing else.
//
//     udp_echo PORT
//
// Waits for datagrams on 127.0.0.1 with Asio, receives them with recvmmsg, sets the QR bit and
// sends them back with sendmmsg: responder/transport/udp_server.cpp without DNS and without access
// control.
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>

namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr std::size_t batch_size = 32;
constexpr unsigned rounds = 8;
constexpr std::size_t message_header_octets = 12;  // RFC 1035, section 4.1.1

class Echo {
  public:
    Echo(asio::io_context& io, std::uint16_t port)
        : socket_(io, udp::endpoint(asio::ip::address_v4::loopback(), port)) {
        wait();
    }

  private:
    struct Slot {
        sockaddr_in client;
        iovec data;
        std::array<std::uint8_t, 4096> octets;
    };

    void wait() {
        socket_.async_wait(udp::socket::wait_read, [this](const boost::system::error_code& error) {
            if (error) return;
            serve();
            wait();
        });
    }

    void serve() noexcept {
        const int fd = socket_.native_handle();
        for (unsigned round = 0; round < rounds; ++round) {
            for (std::size_t i = 0; i < batch_size; ++i)
                prepare(i);
            const int received = ::recvmmsg(fd, headers_.data(), batch_size, MSG_DONTWAIT, nullptr);
            if (received <= 0) return;
            const auto count = static_cast<std::size_t>(received);
            for (std::size_t i = 0; i < count; ++i) {
                slots_[i].data.iov_len = headers_[i].msg_len;
                if (headers_[i].msg_len >= message_header_octets) slots_[i].octets[2] |= 0x80;
            }
            ::sendmmsg(fd, headers_.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
            if (count < batch_size) return;
        }
    }

    void prepare(std::size_t index) noexcept {
        Slot& slot = slots_[index];
        slot.data = {slot.octets.data(), slot.octets.size()};
        headers_[index] = {};
        msghdr& header = headers_[index].msg_hdr;
        header.msg_name = &slot.client;
        header.msg_namelen = sizeof slot.client;
        header.msg_iov = &slot.data;
        header.msg_iovlen = 1;
    }

    udp::socket socket_;
    std::array<mmsghdr, batch_size> headers_;
    std::array<Slot, batch_size> slots_;
};

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    const std::string_view given = argc == 2 ? argv[1] : "";
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), port);
    if (error != std::errc{} || end != given.data() + given.size()) {
        std::fputs("usage: udp_echo PORT\n", stderr);
        return 2;
    }
    try {
        asio::io_context io{1};
        Echo echo(io, port);
        io.run();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "udp_echo: %s\n", failure.what());
        return 1;
    }
    return 0;
}
