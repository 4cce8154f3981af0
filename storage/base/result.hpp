// How a function says that it could not do what was asked.
//
// An expected failure - a malformed name, a line that is no record, a question outside the
// language - is a value: std::optional where absence says enough, Result<T> where a person reads
// the reason. A failure that should never happen is an exception; storage/engine/lmdb/lmdb.hpp
// says which.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace dnshist {

// Why something could not be done: one line for a person, without a final full stop.
struct Problem {
    std::string text;
};

template <class T>
using Result = boost::system::result<T, Problem>;

// Called by Result<T>::value() of a failure, which is a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(const Problem& problem,
                                                    const boost::source_location&) {
    throw std::logic_error(problem.text);
}

}  // namespace dnshist
