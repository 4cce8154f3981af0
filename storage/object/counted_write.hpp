// Writes of an object that several writers change, and whose head counts its writes: one is done
// only if nobody has written the object since it was read.
#pragma once

#include <string>
#include <utility>

#include "storage/base/text_codec.hpp"
#include "storage/object/object_store.hpp"

namespace dnshist {

// `head` as it was read. What is to be set is added by the caller.
inline ObjectWrite counted_write(std::string object, const std::string& head) {
    OctetReader in(as_octets(head));
    ObjectWrite write;
    write.object = std::move(object);
    write.condition = ObjectWrite::Condition::head_is_expected;
    write.expected = head;
    append_varint(write.head, in.varint().value_or(0) + 1);
    return write;
}

// An object that is not there yet; such a head counts from 0.
inline ObjectWrite new_object(std::string object, std::string head = std::string(1, '\0')) {
    ObjectWrite write;
    write.object = std::move(object);
    write.condition = ObjectWrite::Condition::object_is_absent;
    write.head = std::move(head);
    return write;
}

}  // namespace dnshist
