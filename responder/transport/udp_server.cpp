#include "responder/transport/udp_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <deque>
#include <exception>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace dnshist::responder {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t batch_size = 32;         // datagrams in one call
constexpr unsigned rounds = 8;                 // batches before the worker turns to its other work
constexpr std::size_t datagram_octets = 4096;  // a longer one is no question
constexpr std::size_t control_size = CMSG_SPACE(sizeof(in6_pktinfo));

// A datagram's place in a batch.
struct Slot {
    sockaddr_storage client;
    iovec data;
    alignas(cmsghdr) std::array<std::uint8_t, control_size> control;
    std::array<std::uint8_t, datagram_octets> octets;
};

struct Datagrams {
    std::array<mmsghdr, batch_size> headers;
    std::array<Slot, batch_size> slots;

    void prepare(std::size_t index) noexcept {
        Slot& slot = slots[index];
        slot.data = {slot.octets.data(), slot.octets.size()};
        headers[index] = {};
        msghdr& header = headers[index].msg_hdr;
        header.msg_name = &slot.client;
        header.msg_namelen = sizeof slot.client;
        header.msg_iov = &slot.data;
        header.msg_iovlen = 1;
        header.msg_control = slot.control.data();
        header.msg_controllen = slot.control.size();
    }
};

// Puts the address that a datagram came to into `header`'s control data, as the one to answer from
// (RFC 1035, section 7.4; a client takes no answer from another address).
template <class PacketInfo>
void answer_from(msghdr& header, int level, int type, PacketInfo info) {
    header.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = level;
    control->cmsg_type = type;
    control->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(control), &info, sizeof info);
}

void copy_local_address(msghdr& request, msghdr& answer) {
    for (cmsghdr* control = CMSG_FIRSTHDR(&request); control != nullptr;
         control = CMSG_NXTHDR(&request, control)) {
        // The interface is left to the routing table.
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            in_pktinfo info;
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            return answer_from(answer, IPPROTO_IP, IP_PKTINFO,
                               in_pktinfo{0, info.ipi_spec_dst, {}});
        }
        if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info;
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            info.ipi6_ifindex = 0;
            return answer_from(answer, IPPROTO_IPV6, IPV6_PKTINFO, info);
        }
    }
    answer.msg_controllen = 0;
}

std::size_t receive(int fd, Datagrams& batch) noexcept {
    for (std::size_t i = 0; i < batch_size; ++i)
        batch.prepare(i);
    const int count = ::recvmmsg(fd, batch.headers.data(), batch_size, MSG_DONTWAIT, nullptr);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void send(int fd, Datagrams& batch, std::size_t count, Counters& counters) noexcept {
    for (std::size_t sent = 0; sent < count;) {
        const int taken =
            ::sendmmsg(fd, &batch.headers[sent], static_cast<unsigned>(count - sent), MSG_DONTWAIT);
        // The first of those left could not be sent: it is unreachable, or the buffer is full.
        if (taken <= 0) counters.drop(Drop::unsent);
        sent += taken > 0 ? static_cast<std::size_t>(taken) : 1;
    }
}

}  // namespace

struct UdpServer::State {
    State(asio::io_context& io, BatchResponder& responder_, DeferredQueue& deferred_,
          StoreWait& store_wait_, std::vector<FileDescriptor> sockets_)
        : loop(io), responder(responder_), deferred(deferred_), store_wait(store_wait_) {
        for (FileDescriptor& socket : sockets_)
            sockets.emplace_back(io, socket.release());
        for (auto& socket : sockets)
            wait(socket);
    }

    void wait(asio::posix::stream_descriptor& socket) {
        socket.async_wait(asio::posix::descriptor_base::wait_read,
                          [this, &socket](const error_code& error) {
                              if (error == asio::error::operation_aborted || !socket.is_open()) {
                                  return;
                              }
                              serve(socket.native_handle());
                              wait(socket);
                          });
    }

    void serve(int fd) noexcept {
        for (unsigned round = 0; round < rounds; ++round) {
            const std::size_t received = receive(fd, requests);
            if (received == 0) return;
            send(fd, answers, answer(fd, received), responder.counters());
            if (received < batch_size) return;
        }
    }

    // Answers the first `count` requests, or puts them off; how many answers there are to send.
    std::size_t answer(int fd, std::size_t count) noexcept {
        if (!responder.begin()) {
            responder.counters().drop(Drop::failed, count);
            return 0;
        }
        for (std::size_t i = 0; i < count; ++i) {
            if ((requests.headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
                responder.counters().drop(Drop::too_long);
                batch[i].reset();
                continue;
            }
            batch[i].emplace(Octets(requests.slots[i].octets).first(requests.headers[i].msg_len));
        }
        if (count > 1) responder.prefetch(std::span(batch).first(count));
        std::size_t made = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!batch[i]) continue;
            msghdr& request = requests.headers[i].msg_hdr;
            const Client client = client_of(requests.slots[i].client, Transport::udp);
            Verdict verdict = respond(*batch[i], client, made, Budget::quick);
            if (verdict == Verdict::defer || verdict == Verdict::wait) {
                if (put_off(fd, request, batch[i]->message, verdict)) continue;
                verdict = respond_at_once(*batch[i], client, made, verdict);
            }
            if (verdict != Verdict::send) continue;
            msghdr& answer = answers.headers[made].msg_hdr;
            answer.msg_name = request.msg_name;
            answer.msg_namelen = request.msg_namelen;
            copy_local_address(request, answer);
            ++made;
        }
        responder.end();
        return made;
    }

    // Into the answer at `index`.
    Verdict respond(ParsedRequest& parsed, const Client& client, std::size_t index,
                    Budget budget) noexcept {
        answers.prepare(index);
        Slot& slot = answers.slots[index];
        const Response response = responder.respond(parsed, client, slot.octets, budget);
        slot.data.iov_len = response.size;
        return response.verdict;
    }

    // A request for which there is nowhere to wait.
    Verdict respond_at_once(ParsedRequest& parsed, const Client& client, std::size_t index,
                            Verdict verdict) noexcept {
        if (verdict == Verdict::wait) responder.do_not_wait();
        return respond(parsed, client, index, Budget::cut);
    }

    // A request that is put off: its octets, and the addresses that the answer goes to and comes
    // from.
    struct PutOff {
        sockaddr_storage client;
        socklen_t client_size;
        msghdr control{};  // for its control data alone
        alignas(cmsghdr) std::array<std::uint8_t, control_size> control_octets;
        std::vector<std::uint8_t> octets;
    };
    using PutOffPointer = std::shared_ptr<PutOff>;

    // False where there is nowhere to wait.
    bool put_off(int fd, msghdr& request, Octets octets, Verdict verdict) noexcept {
        if (verdict == Verdict::wait ? store_wait.full() : deferred.full()) return false;
        try {
            auto waiting = std::make_shared<PutOff>();
            std::memcpy(&waiting->client, request.msg_name, request.msg_namelen);
            waiting->client_size = request.msg_namelen;
            waiting->control.msg_control = waiting->control_octets.data();
            waiting->control.msg_controllen = waiting->control_octets.size();
            copy_local_address(request, waiting->control);
            waiting->octets.assign(octets.begin(), octets.end());
            if (verdict == Verdict::wait) {
                wait_for_store(fd, std::move(waiting), {});
            } else {
                defer(fd, std::move(waiting));
            }
            return true;
        } catch (const std::exception&) {
            return false;  // no memory
        }
    }

    void defer(int fd, PutOffPointer waiting) {
        deferred.join([this, fd, waiting = std::move(waiting)](Budget budget) {
            Due turn{fd, waiting, {.budget = budget}};
            answer_again({&turn, 1});
        });
    }

    // A costly question has its turn among the deferred again.
    void wait_for_store(int fd, PutOffPointer waiting, Waited waited) {
        store_wait.join(responder.awaited(), std::move(waited),
                        [this, fd, waiting = std::move(waiting)](Waited again) {
                            if (again.budget != Budget::whole || deferred.full())
                                return come_again({fd, waiting, std::move(again)});
                            deferred.join([this, fd, waiting, again](Budget budget) {
                                Due turn{fd, waiting, again};
                                turn.waited.budget = budget;
                                answer_again({&turn, 1});
                            });
                        });
    }

    // A request whose time has come.
    struct Due {
        int fd = -1;
        PutOffPointer waiting;
        Waited waited;
    };

    // Those that waited for the same reads are answered in batches, too.
    void come_again(Due request) {
        due.push_back(std::move(request));
        if (due_is_posted) return;
        asio::post(loop, [this] { answer_due(); });
        due_is_posted = true;
    }

    void answer_due() noexcept {
        due_is_posted = false;
        std::array<Due, batch_size> turn;
        while (!due.empty()) {
            std::size_t count = 0;
            for (; count < batch_size && !due.empty(); due.pop_front())
                turn[count++] = std::move(due.front());
            answer_again(std::span(turn).first(count));
        }
    }

    void answer_again(std::span<Due> requests_due) noexcept {
        if (!responder.begin()) {
            return responder.counters().drop(Drop::failed, requests_due.size());
        }
        int fd = -1;
        std::size_t made = 0;
        for (Due& each : requests_due) {
            if (each.fd != fd) {
                send(fd, answers, std::exchange(made, 0), responder.counters());
                fd = each.fd;
            }
            if (answer_again(each, made)) ++made;
        }
        responder.end();
        send(fd, answers, made, responder.counters());
    }

    // Into the answer at `index`; false where there is none to send.
    bool answer_again(Due& request, std::size_t index) noexcept {
        PutOff& waiting = *request.waiting;
        const Client client = client_of(waiting.client, Transport::udp);
        ParsedRequest parsed(waiting.octets);
        parsed.has_waited = true;
        responder.answer_again(request.waited);
        Verdict verdict = respond(parsed, client, index, request.waited.budget);
        try {
            if (verdict == Verdict::wait && !store_wait.full()) {
                wait_for_store(request.fd, request.waiting, std::move(request.waited));
            } else if (verdict == Verdict::defer && !deferred.full()) {
                defer(request.fd, request.waiting);
            } else if (verdict == Verdict::wait || verdict == Verdict::defer) {
                verdict = respond_at_once(parsed, client, index, verdict);
            }
        } catch (const std::exception&) {
            responder.counters().drop(Drop::failed);  // no memory
        }
        if (verdict != Verdict::send) return false;
        msghdr& answer = answers.headers[index].msg_hdr;
        answer.msg_name = &waiting.client;
        answer.msg_namelen = waiting.client_size;
        answer.msg_control = waiting.control.msg_control;
        answer.msg_controllen = waiting.control.msg_controllen;
        return true;
    }

    asio::io_context& loop;
    BatchResponder& responder;
    DeferredQueue& deferred;
    StoreWait& store_wait;
    std::deque<asio::posix::stream_descriptor> sockets;
    std::deque<Due> due;
    bool due_is_posted = false;
    Datagrams requests;
    std::array<std::optional<ParsedRequest>, batch_size> batch;
    Datagrams answers;
};

UdpServer::UdpServer(asio::io_context& io, BatchResponder& responder, DeferredQueue& deferred,
                     StoreWait& store_wait, std::vector<FileDescriptor> sockets)
    : state_(std::make_unique<State>(io, responder, deferred, store_wait, std::move(sockets))) {}

UdpServer::~UdpServer() = default;

void UdpServer::stop() {
    state_->answer_due();
    for (auto& socket : state_->sockets) {
        state_->serve(socket.native_handle());
        error_code ignored;
        socket.close(ignored);
    }
}

}  // namespace dnshist::responder
