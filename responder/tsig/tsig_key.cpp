#include "responder/tsig/tsig_key.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "responder/tsig/tsig_key_text.hpp"
#include "storage/base/file_descriptor.hpp"
#include "storage/text/number.hpp"

namespace dnshist::responder {

namespace {

constexpr std::size_t max_file_octets = 1U << 20;

bool before(const TsigKey& key, const Name& name) noexcept {
    return compare(key.name.wire(), name.wire()) < 0;
}

struct Algorithm {
    HmacAlgorithm algorithm;
    std::size_t least_mac_octets;
};

// "hmac-sha256", or "hmac-sha256-128" with how many bits of a MAC there must be.
std::optional<Algorithm> read_algorithm(std::string_view text) noexcept {
    if (const auto whole = algorithm_from_text(text)) return Algorithm{*whole, mac_octets(*whole)};
    const std::size_t dash = text.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto algorithm = algorithm_from_text(text.substr(0, dash));
    const auto bits = number_from_text<std::size_t>(text.substr(dash + 1));
    if (!algorithm || !bits || *bits % 8 != 0 || *bits / 8 < least_truncated_octets(*algorithm) ||
        *bits / 8 > mac_octets(*algorithm)) {
        return std::nullopt;
    }
    return Algorithm{*algorithm, *bits / 8};
}

// Base64 (RFC 4648, section 4), whole and padded, of one octet at least.
std::optional<Secret> read_secret(std::string_view text) {
    if (text.empty()) return std::nullopt;
    // Room for an octet at least: the library takes no null pointer.
    std::vector<std::uint8_t> octets(text.size() / 4 * 3 + 1);
    std::size_t size = 0;
    const bool valid =
        ::sodium_base642bin(octets.data(), octets.size(), text.data(), text.size(), nullptr, &size,
                            nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
    if (!valid || size == 0) {
        const Secret wiped(std::move(octets));
        return std::nullopt;
    }
    octets.resize(size);
    return Secret(std::move(octets));
}

// The text of a file, wiped when it is let go of.
struct FileText {
    FileText() = default;
    FileText(const FileText&) = delete;
    FileText& operator=(const FileText&) = delete;
    ~FileText() { ::OPENSSL_cleanse(text.data(), text.size()); }

    std::string text;
};

// Nothing where all went well. Read by hand: a stream would leave a copy in its buffer.
std::optional<Problem> read_file(const std::filesystem::path& path, FileText& into,
                                 std::vector<std::string>& warnings) {
    const auto cannot = [&path](int error) {
        return Problem{path.string() +
                       ": cannot be read: " + std::generic_category().message(error)};
    };
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return cannot(errno);
    struct stat status {};
    int error = ::fstat(file.get(), &status) != 0 ? errno : 0;
    if (error == 0 && status.st_size > static_cast<off_t>(max_file_octets)) error = EFBIG;
    if (error == 0) {
        // One octet more, so that a file that grows meanwhile is seen to.
        into.text.resize(static_cast<std::size_t>(status.st_size) + 1);
        std::size_t size = 0;
        ssize_t count = 0;
        while (size < into.text.size() &&
               (count = ::read(file.get(), into.text.data() + size, into.text.size() - size)) > 0) {
            size += static_cast<std::size_t>(count);
        }
        if (count < 0) error = errno;
        if (size == into.text.size()) error = EAGAIN;
        into.text.resize(size);
    }
    if (error != 0) return cannot(error);
    if ((status.st_mode & S_IROTH) != 0) {
        warnings.push_back(path.string() +
                           " holds secrets and can be read by every user of this machine "
                           "(chmod o-r would end that)");
    }
    return std::nullopt;
}

}  // namespace

bool TsigKeys::add(TsigKey key) {
    const auto at = std::lower_bound(keys_.begin(), keys_.end(), key.name, before);
    if (at != keys_.end() && at->name == key.name) return false;
    keys_.insert(at, std::move(key));
    return true;
}

const TsigKey* TsigKeys::find(const Name& name) const noexcept {
    const auto at = std::lower_bound(keys_.begin(), keys_.end(), name, before);
    return at != keys_.end() && at->name == name ? &*at : nullptr;
}

std::size_t least_truncated_octets(HmacAlgorithm algorithm) noexcept {
    return std::max<std::size_t>(10, mac_octets(algorithm) / 2);
}

std::optional<Problem> add_tsig_keys(TsigKeys& keys, std::string_view text,
                                     std::string_view origin) {
    const auto problem = [origin](std::size_t line, const std::string& what) {
        return Problem{std::string(origin) + ":" + std::to_string(line) + ": " + what};
    };
    const KeyTexts read = read_key_texts(text);
    for (const KeyText& key : read.keys) {
        const auto name = Name::from_text(key.name.text);
        if (!name) return problem(key.name.line, "the name of the key is no domain name");
        const auto algorithm = read_algorithm(key.algorithm.text);
        if (!algorithm) {
            return problem(key.algorithm.line,
                           "the algorithm of the key " + name->text() +
                               " is none of hmac-sha256, hmac-sha384 and hmac-sha512, nor one of "
                               "them with a length such as hmac-sha256-128");
        }
        auto secret = read_secret(key.secret.text);
        if (!secret) {
            return problem(key.secret.line,
                           "the secret of the key " + name->text() + " is not base64");
        }
        if (!keys.add(
                {*name, algorithm->algorithm, algorithm->least_mac_octets, *std::move(secret)})) {
            return problem(key.name.line, "there is a key " + name->text() + " already");
        }
    }
    if (read.problem) return problem(read.problem->line, std::string(read.problem->text));
    if (read.keys.empty()) return Problem{std::string(origin) + ": there is no key in it"};
    return std::nullopt;
}

Result<TsigKeyFiles> read_tsig_keys(const std::vector<std::filesystem::path>& files) {
    TsigKeyFiles read;
    for (const std::filesystem::path& path : files) {
        FileText file;
        if (auto problem = read_file(path, file, read.warnings)) return *std::move(problem);
        if (auto problem = add_tsig_keys(read.keys, file.text, path.string())) {
            return *std::move(problem);
        }
    }
    return read;
}

}  // namespace dnshist::responder
