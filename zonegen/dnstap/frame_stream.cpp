#include "zonegen/dnstap/frame_stream.hpp"

#include <fstrm.h>

#include <cstring>
#include <new>
#include <utility>

namespace dnshist::zonegen {

namespace {

constexpr std::string_view content_type = "protobuf:dnstap.Dnstap";
constexpr std::size_t length_octets = 4;

}  // namespace

Frame next_frame(Octets ahead) noexcept {
    OctetReader in(ahead);
    const auto length = in.u32();
    if (!length) return {};
    if (*length != 0) {
        if (*length > max_frame_octets) return {.kind = Frame::Kind::malformed, .payload = {}};
        const auto payload = in.octets(*length);
        if (!payload) return {};
        return {Frame::Kind::data, *payload, length_octets + payload->size()};
    }
    const auto control = in.u32();
    if (!control) return {};
    if (*control > FSTRM_CONTROL_FRAME_LENGTH_MAX) {
        return {.kind = Frame::Kind::malformed, .payload = {}};
    }
    const auto payload = in.octets(*control);
    if (!payload) return {};
    return {Frame::Kind::control, *payload, 2 * length_octets + payload->size()};
}

std::span<std::uint8_t> FrameBuffer::space() {
    std::memmove(octets_.data(), octets_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    if (end_ > octets_.size() / 2 && octets_.size() < max_octets)
        octets_.resize(2 * octets_.size());
    return std::span(octets_).subspan(end_);
}

ControlFrames::ControlFrames() : control_(fstrm_control_init()) {
    if (!control_) throw std::bad_alloc();
}

void ControlFrames::Free::operator()(fstrm_control* control) const noexcept {
    fstrm_control_destroy(&control);
}

std::optional<ControlFrame> ControlFrames::read(Octets payload) {
    fstrm_control* const control = control_.get();
    fstrm_control_type type{};
    fstrm_control_reset(control);
    if (fstrm_control_decode(control, payload.data(), payload.size(), 0) != fstrm_res_success ||
        fstrm_control_get_type(control, &type) != fstrm_res_success) {
        return std::nullopt;
    }
    const fstrm_res match = fstrm_control_match_field_content_type(
        control, as_octets(content_type).data(), content_type.size());
    return ControlFrame{static_cast<ControlFrame::Type>(type), match == fstrm_res_success};
}

std::vector<std::uint8_t> ControlFrames::write(ControlFrame::Type type) {
    fstrm_control* const control = control_.get();
    std::vector<std::uint8_t> frame(2 * length_octets + FSTRM_CONTROL_FRAME_LENGTH_MAX);
    std::size_t size = frame.size();
    fstrm_control_reset(control);
    bool made =
        fstrm_control_set_type(control, static_cast<fstrm_control_type>(type)) == fstrm_res_success;
    if (type == ControlFrame::Type::accept) {
        made =
            made && fstrm_control_add_field_content_type(control, as_octets(content_type).data(),
                                                         content_type.size()) == fstrm_res_success;
    }
    made = made && fstrm_control_encode(control, frame.data(), &size,
                                        FSTRM_CONTROL_FLAG_WITH_HEADER) == fstrm_res_success;
    if (!made) throw std::bad_alloc();
    frame.resize(size);
    return frame;
}

}  // namespace dnshist::zonegen
