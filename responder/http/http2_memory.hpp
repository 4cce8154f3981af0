// The memory of nghttp2's sessions.
//
// A session keeps a buffer for the longest frame, 16 KB. Http2Session writes the frames with
// content itself, and all others are short, so that only the first page of the buffer is used. The
// other pages are given back to the kernel, which has them ready where one is used after all.
#pragma once

#include <nghttp2/nghttp2.h>

namespace dnshist::responder {

// The functions by which a session allocates; nghttp2 copies them, and changes nothing.
nghttp2_mem* http2_memory() noexcept;

}  // namespace dnshist::responder
