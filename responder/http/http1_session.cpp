// HTTP/1.1 (RFC 9112). Requests that come before an answer wait as octets, and are read once it is
// written. Boost.Beast parses; what could be read in two ways is refused, and ends the connection.
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <deque>
#include <string>
#include <utility>

#include "responder/http/http_session.hpp"
#include "storage/text/lower_case.hpp"

namespace dnshist::responder {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr HttpSession::StreamId only_stream = 1;
constexpr std::size_t chunk_head = 6;  // "3fff\r\n"
constexpr std::size_t chunk_tail = 2;  // "\r\n"
constexpr std::string_view last_chunk = "0\r\n\r\n";
constexpr std::size_t longest_chunk = 16384 - 1;

// Beast's views are Boost's own.
template <class Text>
std::string_view view(const Text& text) noexcept {
    return {text.data(), text.size()};
}

HttpResponse refusal_of(const error_code& error) {
    if (error == http::error::header_limit) {
        return plain_response(431, "the request line or the fields are too long");
    }
    if (error == http::error::body_limit) return plain_response(413, "the content is too long");
    if (error == http::error::bad_version) {
        return plain_response(505, "HTTP/1.1 and HTTP/2 are spoken here");
    }
    return plain_response(400, "this is no request of HTTP/1.1: " + error.message());
}

class Http1Session : public HttpSession {
  public:
    Http1Session(const Client& client, const HttpLimits& limits) : limits_(limits) {
        request_.client = client;
    }

    bool wants_octets() const override { return state_ == State::reading && !last_; }
    void receive(Octets octets) override {
        const std::string_view text = as_text(octets);
        received_.append(text);
        if (state_ == State::reading) parse();
    }

    std::optional<StreamId> next_request() override {
        if (state_ != State::whole) return std::nullopt;
        state_ = State::taken;
        return only_stream;
    }
    bool has_request() const override { return state_ == State::whole; }
    const HttpRequest* request(StreamId) override {
        return state_ == State::taken ? &request_ : nullptr;
    }
    void respond(StreamId, HttpResponse response) override;

    std::size_t write(std::span<std::uint8_t> room, Lookup* store, Seconds now) override;
    bool wants_write() const override { return !head_.empty() || state_ == State::writing; }
    HttpBody::Rest rest() const override {
        return head_.empty() && body_ != nullptr ? rest_ : HttpBody::Rest::none;
    }
    bool has_bodies() const override { return body_ != nullptr; }
    std::uint64_t answered() const override { return answered_; }
    std::size_t held() const override { return head_.size() + content_.size() - sent_; }

    bool has_begun() const override {
        return state_ == State::reading && (parser_.has_value() || !received_.empty());
    }
    bool idle() const override { return state_ == State::reading && head_.empty(); }
    void shut_down() override { last_ = true; }
    void time_out() override {
        if (has_begun()) refuse(plain_response(408, "the request did not come in time"));
    }
    bool finished() const override { return last_ && idle(); }
    bool broken() const override { return broken_; }
    bool unframed() const override { return unframed_; }

  private:
    enum class State : std::uint8_t {
        reading,  // a request
        whole,    // to be taken
        taken,    // to be answered
        writing,  // the answer
    };

    void parse();
    void begin_request();
    void read_fields();
    std::optional<HttpResponse> judge_head();
    std::optional<HttpResponse> read_target(std::string_view target);
    void refuse(HttpResponse response);
    std::size_t write_octets(std::span<std::uint8_t> room, Lookup* store, Seconds now);
    std::size_t write_body(std::span<std::uint8_t> room, Lookup* store, Seconds now);
    void end_response();

    HttpLimits limits_;
    State state_ = State::reading;
    std::string received_;  // and not parsed
    std::optional<Parser> parser_;
    std::size_t head_octets_ = 0;  // of the request, while its head is not whole
    bool judged_ = false;          // the head of the request
    HttpRequest request_;
    std::deque<std::string> names_;  // of fields, in lower case
    std::vector<HttpField> fields_;
    // The response to write: the head, then the content or the body.
    std::string head_;
    std::string content_;
    std::size_t sent_ = 0;  // of the content
    std::unique_ptr<HttpBody> body_;
    bool chunked_ = false;
    HttpBody::Rest rest_ = HttpBody::Rest::none;
    std::uint64_t answered_ = 0;
    bool last_ = false;      // the connection ends after this response
    bool unframed_ = false;  // the end of this response is that of the connection
    bool broken_ = false;    // this response has no end
};

void Http1Session::begin_request() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.head));
    parser_->body_limit(limits_.body);
    parser_->eager(true);
    head_octets_ = 0;
    judged_ = false;
}

void Http1Session::parse() {
    // An empty line before a request is overlooked (RFC 9112, section 2.2).
    if (!parser_ && received_.starts_with("\r\n")) received_.erase(0, 2);
    if (received_.empty() || last_) return;
    if (!parser_) begin_request();
    error_code error;
    const std::size_t used =
        parser_->put(boost::asio::const_buffer(received_.data(), received_.size()), error);
    received_.erase(0, used);
    if (error && error != http::error::need_more) return refuse(refusal_of(error));
    // The parser's own limit is for the octets of one put().
    if (!parser_->is_header_done()) head_octets_ += used;
    if (head_octets_ > limits_.head) return refuse(refusal_of(http::error::header_limit));
    if (parser_->is_header_done() && !std::exchange(judged_, true)) {
        if (auto refused = judge_head()) return refuse(*std::move(refused));
    }
    if (parser_->is_done()) {
        request_.body = as_octets(parser_->get().body());
        state_ = State::whole;
    } else if (received_.size() > limits_.head) {
        refuse(parser_->is_header_done() ? refusal_of(http::error::body_limit)
                                         : refusal_of(http::error::header_limit));
    }
}

void Http1Session::read_fields() {
    names_.clear();
    fields_.clear();
    for (const auto& field : parser_->get()) {
        names_.push_back(in_lower_case(view(field.name_string())));
        fields_.push_back({names_.back(), view(field.value())});
    }
    request_.fields = fields_;
}

// The refusal for which the head is enough; nothing if the request may go on.
std::optional<HttpResponse> Http1Session::judge_head() {
    const auto& message = parser_->get();
    read_fields();
    if (fields_.size() > limits_.fields) return plain_response(431, "there are too many fields");
    request_.method = view(message.method_string());
    request_.authority = view(message[http::field::host]);
    // Two lengths, or an encoding that another server reads differently, hide a second request
    // (RFC 9112, section 11.2).
    const auto lengths = message.count(http::field::content_length);
    if (lengths > 1 || view(message[http::field::content_length]).find(',') != std::string::npos) {
        return plain_response(400, "the request has two lengths");
    }
    if (message.count(http::field::transfer_encoding) != 0) {
        if (message.version() < 11) {
            return plain_response(400, "HTTP/1.0 has no Transfer-Encoding");
        }
        if (!boost::beast::iequals(view(message[http::field::transfer_encoding]), "chunked")) {
            return plain_response(501, "the only Transfer-Encoding spoken here is chunked");
        }
    }
    const auto hosts = message.count(http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() >= 11)) {
        return plain_response(400, "the request must have one Host");
    }
    if (const auto expected = view(message[http::field::expect]); !expected.empty()) {
        if (!boost::beast::iequals(expected, "100-continue")) {
            return plain_response(417, "nothing but 100-continue may be expected");
        }
        if (!parser_->is_done() && message.version() >= 11) head_ = "HTTP/1.1 100 Continue\r\n\r\n";
    }
    return read_target(view(message.target()));
}

// In origin-form or absolute-form (RFC 9112, section 3.2).
std::optional<HttpResponse> Http1Session::read_target(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() < scheme.size() ||
            !boost::beast::iequals(target.substr(0, scheme.size()), scheme)) {
            continue;
        }
        target.remove_prefix(scheme.size());
        const std::size_t end = std::min(target.find_first_of("/?"), target.size());
        request_.authority = target.substr(0, end);
        target.remove_prefix(end);
        if (target.empty()) target = "/";
    }
    if (!target.starts_with('/')) return plain_response(400, "the path must begin with /");
    const std::size_t mark = std::min(target.find('?'), target.size());
    request_.path = target.substr(0, mark);
    request_.query = target.substr(std::min(mark + 1, target.size()));
    return std::nullopt;
}

// Nothing after this can be trusted to be a request.
void Http1Session::refuse(HttpResponse response) {
    last_ = true;
    received_.clear();
    head_.clear();
    state_ = State::taken;
    respond(only_stream, std::move(response));
}

void Http1Session::respond(StreamId, HttpResponse response) {
    if (state_ != State::taken) return;
    state_ = State::writing;
    const bool known = parser_ && parser_->is_header_done();
    const bool old = known && parser_->get().version() < 11;
    if (!known || !parser_->keep_alive()) last_ = true;
    const bool head_only = known && parser_->get().method() == http::verb::head;
    const bool has_content = response.status != 204 && response.status != 304;
    chunked_ = response.body != nullptr && !old;
    unframed_ = response.body != nullptr && old && !head_only;
    if (response.body != nullptr && old) last_ = true;

    head_ += "HTTP/1.1 ";
    head_ += std::to_string(response.status);
    head_ += ' ';
    head_ += reason_phrase(response.status);
    for (const auto& [name, value] : response.fields) {
        head_ += "\r\n";
        head_ += name;
        head_ += ": ";
        head_ += value;
    }
    if (response.body == nullptr && has_content) {
        head_ += "\r\ncontent-length: ";
        head_ += std::to_string(response.content.size());
    }
    if (chunked_) head_ += "\r\ntransfer-encoding: chunked";
    if (last_) {
        head_ += "\r\nconnection: close";
    } else if (old) {
        head_ += "\r\nconnection: keep-alive";
    }
    head_ += "\r\n\r\n";
    sent_ = 0;
    rest_ = HttpBody::Rest::none;
    if (!head_only && has_content) {
        content_ = std::move(response.content);
        body_ = std::move(response.body);
    }
}

std::size_t Http1Session::write(std::span<std::uint8_t> room, Lookup* store, Seconds now) {
    const std::size_t octets = write_octets(room, store, now);
    answered_ += octets;
    return octets;
}

std::size_t Http1Session::write_octets(std::span<std::uint8_t> room, Lookup* store, Seconds now) {
    std::size_t used = std::min(room.size(), head_.size());
    std::copy_n(head_.begin(), used, room.begin());
    head_.erase(0, used);
    if (!head_.empty() || state_ != State::writing) return used;
    if (body_) return used + write_body(room.subspan(used), store, now);
    const auto content = std::string_view(content_).substr(sent_).substr(0, room.size() - used);
    std::ranges::copy(content, room.begin() + static_cast<std::ptrdiff_t>(used));
    sent_ += content.size();
    if (sent_ == content_.size()) end_response();
    return used + content.size();
}

// In chunks of four digits (RFC 9112, section 7.1), or as it is to a client of HTTP/1.0.
std::size_t Http1Session::write_body(std::span<std::uint8_t> room, Lookup* store, Seconds now) {
    const std::size_t before = chunked_ ? chunk_head : 0;
    const std::size_t after = chunked_ ? chunk_tail + last_chunk.size() : 0;
    std::size_t used = 0;
    for (unsigned reads = 0; reads < body_reads && room.size() - used > before + after; ++reads) {
        const auto rest = room.subspan(used);
        const std::size_t most = std::min(rest.size() - before - after, longest_chunk);
        const HttpBody::Piece piece = body_->read(rest.subspan(before, most), store, now);
        rest_ = piece.rest;
        if (piece.octets != 0) {
            used += before + piece.octets;
            if (chunked_) {
                std::array<char, 4> digits{'0', '0', '0', '0'};
                std::array<char, 4> text;
                const auto end = std::to_chars(text.begin(), text.end(), piece.octets, 16).ptr;
                std::copy_backward(text.begin(), end, digits.end());
                std::ranges::copy(digits, rest.begin());
                rest[4] = '\r';
                rest[5] = '\n';
                room[used++] = '\r';
                room[used++] = '\n';
            }
        }
        if (piece.failed) {  // the client sees that the end is missing
            last_ = true;
            broken_ = true;
            end_response();
            break;
        }
        if (piece.ended) {
            if (chunked_) {
                std::ranges::copy(last_chunk, room.begin() + static_cast<std::ptrdiff_t>(used));
                used += last_chunk.size();
            }
            end_response();
            break;
        }
        if (piece.octets == 0) break;
    }
    return used;
}

void Http1Session::end_response() {
    content_ = {};
    sent_ = 0;
    body_.reset();
    parser_.reset();
    state_ = State::reading;
    parse();
}

}  // namespace

std::unique_ptr<HttpSession> make_http1_session(const Client& client, const HttpLimits& limits) {
    return std::make_unique<Http1Session>(client, limits);
}

}  // namespace dnshist::responder
