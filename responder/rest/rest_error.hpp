// Why a REST request is not answered: an HTTP status (RFC 9110, section 15) and one line of text.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace dnshist::responder {

struct RestError {
    unsigned status = 400;
    std::string text;  // without the end of line
};

template <class T>
using RestResult = boost::system::result<T, RestError>;

// Called by RestResult<T>::value() of a failure, which is a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(const RestError& error,
                                                    const boost::source_location&) {
    throw std::logic_error(error.text);
}

}  // namespace dnshist::responder
