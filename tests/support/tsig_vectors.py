"""Writes tsig_vectors.hpp, and with a directory named the corpus of the fuzz target tsig:

    python3 tests/support/tsig_vectors.py > tests/support/tsig_vectors.hpp
    python3 tests/support/tsig_vectors.py tests/fuzz/corpus/tsig
"""

import base64
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tsig  # noqa: E402

NOW = 1767225600  # 2026-01-01T00:00:00Z
KEYS = {size: tsig.Key("Key.Example", f"hmac-sha{size}",
                       base64.b64encode(bytes(range(size // 8))).decode())
        for size in (256, 384, 512)}
KEY = KEYS[256]
QUESTION = b"\4help\4pdns\5local\0" + struct.pack("!HH", 16, 1)
OPT = struct.pack("!BHHIH", 0, 41, 1232, 0, 0)
REQUEST = struct.pack("!6H", 0xbeef, 0x0100, 1, 0, 0, 1) + QUESTION + OPT
RESPONSE = (struct.pack("!6H", 0xbeef, 0x8500, 1, 1, 0, 1) + QUESTION
            + b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 300, 6) + b"\5hello" + OPT)
# The key's name ends like the question's: its owner can be a pointer.
SHARED = tsig.Key("pdns.local", "hmac-sha256", KEY.secret)
POINTER = b"\xc0\x11"


def vectors():
    """Names and messages."""
    signed = {size: tsig.sign(REQUEST, key, NOW) for size, key in KEYS.items()}
    yield "plain_response", RESPONSE
    for size, key in KEYS.items():
        mac = tsig.split(signed[size])[1].mac
        yield f"request_sha{size}", signed[size]
        yield f"response_sha{size}", tsig.sign(RESPONSE, key, NOW + 1, request_mac=mac)
    yield "request_forwarded", struct.pack("!H", 0x1234) + signed[256][2:]
    for octets in 33, 32, 31, 16, 15, 0:
        request = tsig.sign(REQUEST, KEY, NOW, mac_octets=octets)
        if octets == 33:
            request = longer_by_one(request)
        yield f"request_mac_{octets}", request
    cut = tsig.split(tsig.sign(REQUEST, KEY, NOW, mac_octets=16))[1].mac
    yield "response_to_mac_16", tsig.sign(RESPONSE, KEY, NOW, request_mac=cut)
    yield "response_badtrunc", tsig.sign(RESPONSE, KEY, NOW, request_mac=cut,
                                         error=tsig.BADTRUNC)
    mac = tsig.split(signed[256])[1].mac
    late = NOW + 301
    yield "response_badtime", tsig.sign(RESPONSE, KEY, NOW, request_mac=mac, error=tsig.BADTIME,
                                        other=struct.pack("!HI", 0, late))
    yield "response_badkey", tsig.sign(RESPONSE, KEY, NOW, error=tsig.BADKEY, unsigned=True)
    yield "response_badsig", tsig.sign(RESPONSE, KEY, NOW, error=tsig.BADSIG, unsigned=True)
    yield "request_with_other_data", tsig.sign(REQUEST, KEY, NOW, error=7, other=b"other")
    yield "request_far_future", tsig.sign(REQUEST, KEY, (1 << 48) - 1, fudge=65535)
    yield "request_pointer", tsig.sign(REQUEST, SHARED, NOW, owner=POINTER)
    # Records against section 4.2, though rightly signed.
    yield "request_class_in", tsig.sign(REQUEST, KEY, NOW, rrclass=1)
    yield "request_ttl_1", tsig.sign(REQUEST, KEY, NOW, ttl=1)
    yield "request_sha1", tsig.sign(REQUEST, KEY, NOW, algorithm="hmac-sha1")
    yield "request_md5", tsig.sign(REQUEST, KEY, NOW,
                                   algorithm="hmac-md5.sig-alg.reg.int")
    yield "request_two_tsigs", tsig.sign(signed[256], KEY, NOW)
    yield "request_pointer_forward", tsig.sign(REQUEST, SHARED, NOW, owner=b"\xc0\xff")
    yield "request_pointer_to_itself", tsig.sign(
        REQUEST, SHARED, NOW, owner=b"\xc0" + bytes([len(REQUEST)]))
    yield "request_pointer_into_header", tsig.sign(REQUEST, SHARED, NOW, owner=b"\xc0\x02")


def longer_by_one(request):
    """The MAC of 32 octets made one of 33, and RDLENGTH with it."""
    without, record = tsig.split(request)
    size = len(request) - len(without) - len(record.key) - 10
    head = len(without) + len(record.key) + 8
    mac = request.index(record.mac)
    return (request[:head] + struct.pack("!H", size + 1) + request[head + 2:mac - 2]
            + struct.pack("!H", 33) + record.mac + b"\0" + request[mac + 32:])


def main():
    if len(sys.argv) > 1:
        corpus = pathlib.Path(sys.argv[1])
        corpus.mkdir(exist_ok=True)
        for name, message in vectors():
            if name.startswith("request_"):
                (corpus / name.removeprefix("request_")).write_bytes(message)
        return
    print("// Made by tsig_vectors.py, which says what they are; not to be edited.")
    print("#pragma once\n\n#include <string_view>\n\n// clang-format off")
    print("namespace dnshist::vectors {\n")
    for name, message in vectors():
        print(f"inline constexpr std::string_view {name} =")
        text = message.hex()
        lines = [f"    \"{text[at:at + 80]}\"" for at in range(0, len(text), 80)]
        print("\n".join(lines) + ";")
    print("\n}  // namespace dnshist::vectors")


main()
