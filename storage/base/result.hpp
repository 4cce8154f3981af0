// How a function says that it could not do what was asked.
//
// What is expected to happen - a malformed name, a line that is no record, a question outside the
// language - is a value: std::optional where absence says it all, Result<T> where the reason is for
// somebody to read. What should never happen is an exception; storage/engine/lmdb/lmdb.hpp says
// which.
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

// Found by Result<T>::value(): asking for the value of a failure is a mistake of ours.
[[noreturn]] inline void throw_exception_from_error(const Problem& problem,
                                                    const boost::source_location&) {
    throw std::logic_error(problem.text);
}

}  // namespace dnshist
