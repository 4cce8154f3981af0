// Sends mutated questions to a running responder, with good ones between them:
//
//     mutate ADDRESS PORT PID COUNT SEED
//
// COUNT messages in all: over UDP, over TCP in sound frames, and over TCP in frames that are
// mutated as well. It fails where a good question gets another answer than when nothing was wrong,
// where an answer is none to what was asked, or comes twice, and where the process PID holds more
// than a megabyte more at the end than when it had warmed up.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "tests/system/mutations.hpp"

namespace {

using dnshist::test::Message;
using dnshist::test::Mutations;

constexpr std::size_t batch_size = 32;  // messages, of which the last is good
constexpr int patience = 20'000;        // milliseconds for any one thing to happen
constexpr std::size_t udp_octets = 1232;
constexpr long memory_limit = 1024;      // kilobytes
constexpr std::uint8_t good_bit = 0x80;  // of an ID: this one is a good question's

class Socket {
  public:
    Socket(const sockaddr_in& server, int type) : fd_(::socket(AF_INET, type, 0)) {
        if (fd_ < 0 ||
            ::connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
            throw std::system_error(errno, std::generic_category(), "connect");
        }
        const int on = 1;
        if (type == SOCK_STREAM) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Socket() {
        if (fd_ < 0) return;
        // Ended at once, so that no number of connections uses up the ports.
        const linger at_once{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(fd_);
    }
    int get() const { return fd_; }

    // Octets into `room`; 0 where the peer has closed.
    std::size_t receive(std::span<std::uint8_t> room) const {
        pollfd ready{fd_, POLLIN, 0};
        if (::poll(&ready, 1, patience) != 1) throw std::runtime_error("no answer comes");
        const ssize_t size = ::recv(fd_, room.data(), room.size(), 0);
        if (size < 0 && errno == ECONNRESET) return 0;
        if (size < 0) throw std::system_error(errno, std::generic_category(), "recv");
        return static_cast<std::size_t>(size);
    }

    // False where the peer has closed.
    bool send(std::span<const std::uint8_t> octets) const {
        const ssize_t size = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
        return size == static_cast<ssize_t>(octets.size());
    }

  private:
    int fd_;
};

long private_kilobytes(const std::string& pid) {
    std::ifstream in("/proc/" + pid + "/status");
    for (std::string word; in >> word;) {
        long kilobytes = 0;
        if (word == "RssAnon:" && in >> kilobytes) return kilobytes;
    }
    throw std::runtime_error("the responder is gone");
}

void append(Message& to, std::span<const std::uint8_t> octets) {
    to.insert(to.end(), octets.begin(), octets.end());
}

void append_frame(Message& to, std::span<const std::uint8_t> octets) {
    to.push_back(static_cast<std::uint8_t>(octets.size() >> 8));
    to.push_back(static_cast<std::uint8_t>(octets.size()));
    append(to, octets);
}

// The questions of one batch that may still be answered.
class OpenQuestions {
  public:
    // Gives the message a number of its own, where it has room for one.
    void number(Message& message, bool good) {
        const auto low = static_cast<std::uint8_t>(count_++);
        if (message.size() >= 2) {
            message[0] = good ? good_bit : 0;
            message[1] = low;
        }
        if (message.size() >= 12) open_.insert(id_of(message));
    }
    // True where it is the good question's.
    bool answered(std::span<const std::uint8_t> answer) {
        if (answer.size() < 12 || (answer[2] & 0x80) == 0) {
            throw std::runtime_error("an answer is no response");
        }
        if (open_.erase(id_of(answer)) == 0) {
            throw std::runtime_error("an answer comes twice, or to no question");
        }
        return (answer[0] & good_bit) != 0;
    }

  private:
    static unsigned id_of(std::span<const std::uint8_t> message) {
        return unsigned{message[0]} << 8U | message[1];
    }
    std::set<unsigned> open_;
    unsigned count_ = 0;
};

class Attack {
  public:
    Attack(const sockaddr_in& server, std::uint64_t seed)
        : server_(server),
          mutations_(seed),
          good_(dnshist::test::good_questions()[1]),
          datagrams_(server, SOCK_DGRAM),
          stream_(server, SOCK_STREAM) {
        ask_datagrams(true);
        ask_frames(true);
    }

    // One batch.
    void go() {
        const std::size_t way = mutations_.below(10);
        if (way < 6) {
            ask_datagrams(false);
        } else if (way < 9) {
            ask_frames(false);
        } else {
            break_frames();
        }
    }

    void print() const {
        std::printf(
            "%zu datagrams in, %zu out; %zu frames in, %zu out; %zu broken streams; "
            "%zu good questions\n",
            datagrams_in_, datagrams_out_, frames_in_, frames_out_, streams_broken_, good_asked_);
    }

  private:
    Message next(OpenQuestions& asked, bool good) {
        Message message = good ? good_ : mutations_.next();
        asked.number(message, good);
        good_asked_ += good ? 1 : 0;
        return message;
    }

    // The same as the first, but for its number.
    void check_good(std::span<const std::uint8_t> answer) {
        const Message rest(answer.begin() + 2, answer.end());
        if (expected_.empty()) expected_ = rest;
        if (rest != expected_) throw std::runtime_error("a good question gets another answer");
    }

    void ask_datagrams(bool only_good) {
        OpenQuestions asked;
        std::array<Message, batch_size> messages;
        std::array<iovec, batch_size> data{};
        std::array<mmsghdr, batch_size> headers{};
        for (std::size_t i = 0; i < batch_size; ++i) {
            messages[i] = next(asked, only_good || i + 1 == batch_size);
            data[i] = {messages[i].data(), messages[i].size()};
            headers[i].msg_hdr.msg_iov = &data[i];
            headers[i].msg_hdr.msg_iovlen = 1;
        }
        for (unsigned sent = 0; sent < batch_size;) {
            const int taken = ::sendmmsg(datagrams_.get(), &headers[sent], batch_size - sent, 0);
            if (taken < 0) throw std::system_error(errno, std::generic_category(), "sendmmsg");
            sent += static_cast<unsigned>(taken);
        }
        datagrams_in_ += batch_size;
        for (std::size_t wanted = only_good ? batch_size : 1; wanted > 0;) {
            const auto answer = std::span(room_).first(datagrams_.receive(room_));
            if (answer.size() > udp_octets) throw std::runtime_error("a datagram is too long");
            ++datagrams_out_;
            if (!asked.answered(answer)) continue;
            check_good(answer);
            --wanted;
        }
        // The order is kept but for what waits for its turn, which nothing here does.
    }

    void ask_frames(bool only_good) {
        OpenQuestions asked;
        Message frames;
        for (std::size_t i = 0; i < batch_size; ++i)
            append_frame(frames, next(asked, only_good || i + 1 == batch_size));
        if (!stream_.send(frames)) throw std::runtime_error("a sound stream is closed");
        frames_in_ += batch_size;
        for (std::size_t wanted = only_good ? batch_size : 1; wanted > 0;) {
            const std::size_t size = receive_frame();
            const auto answer = std::span(room_).first(size);
            ++frames_out_;
            if (!asked.answered(answer)) continue;
            check_good(answer);
            --wanted;
        }
    }

    std::size_t receive_frame() {
        receive_whole(std::span(room_).first(2));
        const std::size_t size = std::size_t{room_[0]} << 8 | room_[1];
        receive_whole(std::span(room_).first(size));
        return size;
    }

    void receive_whole(std::span<std::uint8_t> room) {
        while (!room.empty()) {
            const std::size_t size = stream_.receive(room);
            if (size == 0) throw std::runtime_error("a sound stream is closed");
            room = room.subspan(size);
        }
    }

    // Lengths that are not, in a connection of its own that is left at once or when half is read.
    void break_frames() {
        Message frames;
        OpenQuestions none;
        for (std::size_t i = 0; i < batch_size; ++i) {
            const std::size_t begin = frames.size();
            append_frame(frames, next(none, false));
            if (mutations_.below(4) == 0) frames[begin + mutations_.below(2)] = mutations_.octet();
        }
        frames.resize(frames.size() - mutations_.below(frames.size()));
        const Socket stream(server_, SOCK_STREAM);
        static_cast<void>(stream.send(frames));
        if (mutations_.below(2) == 0) {
            ::shutdown(stream.get(), SHUT_WR);
            while (stream.receive(room_) > 0) {
            }
        }
        ++streams_broken_;
    }

    sockaddr_in server_;
    Mutations mutations_;
    Message good_;
    Message expected_;
    Socket datagrams_;
    Socket stream_;
    std::array<std::uint8_t, 65536> room_;
    std::size_t datagrams_in_ = 0;
    std::size_t datagrams_out_ = 0;
    std::size_t frames_in_ = 0;
    std::size_t frames_out_ = 0;
    std::size_t streams_broken_ = 0;
    std::size_t good_asked_ = 0;
};

void run(char** arguments) {
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<std::uint16_t>(std::stoul(arguments[2])));
    if (::inet_pton(AF_INET, arguments[1], &server.sin_addr) != 1) {
        throw std::runtime_error("no address");
    }
    const std::string pid = arguments[3];
    const std::size_t batches = std::stoull(arguments[4]) / batch_size + 1;
    const auto began = std::chrono::steady_clock::now();

    Attack attack(server, std::stoull(arguments[5]));
    const std::size_t warm_up = std::min<std::size_t>(batches / 5, 1000);
    for (std::size_t i = 0; i < warm_up; ++i)
        attack.go();
    const long before = private_kilobytes(pid);
    for (std::size_t i = warm_up; i < batches; ++i)
        attack.go();
    const long after = private_kilobytes(pid);

    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    attack.print();
    std::printf("RssAnon %ld kB, then %ld kB; %.1f s\n", before, after, took.count());
    if (after - before >= memory_limit) throw std::runtime_error("memory grows");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: mutate ADDRESS PORT PID COUNT SEED\n", stderr);
        return 2;
    }
    try {
        run(argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "seed %s: %s\n", argv[5], error.what());
        return 1;
    }
    return 0;
}
