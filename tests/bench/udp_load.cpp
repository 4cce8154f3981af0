// Sends a fixed number of questions to a running responder over UDP, as fast as it answers them,
// and prints the CPU time per answer.
//
//     udp_load --pid $(pidof dnshist-responder) 127.0.0.1@5300 NAMES
//
// NAMES holds one question's name a line, asked for TXT in turn, from many sockets, so that the
// kernel spreads them over the responder's workers. At most a window of questions is outstanding
// per socket. The responder's CPU time comes from /proc. Build both in preset release.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "conf/settings.hpp"
#include "storage/record/name.hpp"

namespace dnshist {

using namespace conf;

namespace {

constexpr std::size_t socket_count = 16;
constexpr std::size_t batch_size = 32;
constexpr std::size_t window = 64;  // outstanding questions per socket
constexpr int loss_milliseconds = 500;

using Message = std::vector<std::uint8_t>;

Message question(const std::string& name) {
    const Name qname = Name::from_text(name).value();
    Message message = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
    message.insert(message.end(), qname.wire().begin(), qname.wire().end());
    for (const int octet : {0, 16, 0, 1, 0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0}) {
        message.push_back(static_cast<std::uint8_t>(octet));
    }
    return message;
}

std::vector<Message> read_questions(const std::string& path) {
    std::ifstream in(path);
    std::vector<Message> questions;
    for (std::string line; std::getline(in, line);)
        questions.push_back(question(line));
    if (questions.empty()) throw std::runtime_error(path + " names no question");
    std::shuffle(questions.begin(), questions.end(), std::mt19937(1));
    return questions;
}

// User and system CPU time of a process so far, in seconds: proc(5), /proc/PID/stat.
struct CpuTime {
    double user = 0;
    double system = 0;
};

CpuTime cpu_time(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field)
        fields >> skipped;
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    if (!(fields >> user >> system)) throw std::runtime_error("there is no such process");
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return {static_cast<double>(user) / ticks, static_cast<double>(system) / ticks};
}

int connect_udp(const Endpoint& endpoint) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    if (::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr) != 1) {
        throw std::runtime_error("an IPv4 address is wanted");
    }
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::system_error(errno, std::generic_category(), "connect");
    }
    return fd;
}

class Load {
  public:
    Load(const Endpoint& endpoint, std::vector<Message> questions)
        : questions_(std::move(questions)) {
        for (pollfd& client : clients_)
            client = {connect_udp(endpoint), POLLIN, 0};
        for (std::size_t i = 0; i < batch_size; ++i) {
            incoming_data_[i] = {incoming_room_[i].data(), incoming_room_[i].size()};
            incoming_[i].msg_hdr.msg_iov = &incoming_data_[i];
            incoming_[i].msg_hdr.msg_iovlen = 1;
            outgoing_[i].msg_hdr.msg_iov = &outgoing_data_[i];
            outgoing_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    ~Load() {
        for (const pollfd& client : clients_)
            ::close(client.fd);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    // Asks `count` questions and waits for their answers.
    void run(std::uint64_t count) {
        answered = octets = lost = 0;
        std::uint64_t asked = 0;
        while (asked < count || answered + lost < asked) {
            for (std::size_t i = 0; i < socket_count && asked < count; ++i) {
                if (under_way_[i] + batch_size <= window) asked += ask(i);
            }
            const int ready = ::poll(clients_.data(), clients_.size(), loss_milliseconds);
            if (ready < 0) throw std::system_error(errno, std::generic_category(), "poll");
            if (ready == 0) {
                lost = asked - answered;
                under_way_.fill(0);
            }
            for (std::size_t i = 0; i < socket_count; ++i) {
                if (clients_[i].revents != 0) take_answers(i);
            }
        }
    }

    std::uint64_t answered = 0;
    std::uint64_t octets = 0;
    std::uint64_t lost = 0;

  private:
    std::uint64_t ask(std::size_t client) {
        for (std::size_t i = 0; i < batch_size; ++i) {
            Message& message = questions_[next_++ % questions_.size()];
            outgoing_data_[i] = {message.data(), message.size()};
        }
        const int sent = ::sendmmsg(clients_[client].fd, outgoing_.data(), batch_size, 0);
        if (sent <= 0) return 0;
        under_way_[client] += static_cast<std::size_t>(sent);
        return static_cast<std::uint64_t>(sent);
    }

    void take_answers(std::size_t client) {
        const int count =
            ::recvmmsg(clients_[client].fd, incoming_.data(), batch_size, MSG_DONTWAIT, nullptr);
        for (int i = 0; i < count; ++i)
            octets += incoming_[static_cast<std::size_t>(i)].msg_len;
        if (count <= 0) return;
        const auto taken = static_cast<std::size_t>(count);
        answered += taken;
        under_way_[client] -= std::min(under_way_[client], taken);
    }

    std::vector<Message> questions_;
    std::uint64_t next_ = 0;
    std::array<pollfd, socket_count> clients_;
    std::array<std::size_t, socket_count> under_way_{};
    std::array<mmsghdr, batch_size> outgoing_{};
    std::array<mmsghdr, batch_size> incoming_{};
    std::array<iovec, batch_size> outgoing_data_{};
    std::array<iovec, batch_size> incoming_data_{};
    std::array<std::array<std::uint8_t, 4096>, batch_size> incoming_room_;
};

int run(int argc, char** argv) {
    CLI::App app("Asks a running responder, and tells what an answer cost it.", "udp_load");
    std::string address;
    std::string names;
    int pid = 0;
    std::uint64_t count = 1'000'000;
    app.add_option("ADDRESS@PORT", address)->required();
    app.add_option("NAMES", names, "A file of names to ask for, one a line")->required();
    app.add_option("--pid", pid, "The responder's process")->required();
    app.add_option("--questions", count, "How many to ask")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    Load load(endpoint_from_text(address).value(), read_questions(names));
    load.run(count / 10);  // warms the page cache and the CPU caches
    const CpuTime before = cpu_time(pid);
    const auto began = std::chrono::steady_clock::now();
    load.run(count);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const CpuTime after = cpu_time(pid);

    const auto answers = static_cast<double>(load.answered);
    std::printf("%.0f answers/s, %.0f octets each, %llu of %llu lost\n", answers / took.count(),
                static_cast<double>(load.octets) / answers,
                static_cast<unsigned long long>(load.lost), static_cast<unsigned long long>(count));
    std::printf("a question: %.2f us user, %.2f us system\n",
                (after.user - before.user) / answers * 1e6,
                (after.system - before.system) / answers * 1e6);
    return 0;
}

}  // namespace

}  // namespace dnshist

int main(int argc, char** argv) {
    try {
        return dnshist::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "udp_load: %s\n", error.what());
        return 1;
    }
}
