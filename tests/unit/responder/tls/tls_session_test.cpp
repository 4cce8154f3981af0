#include "responder/tls/tls_session.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>

#include "storage/base/file_descriptor.hpp"
#include "tests/support/temporary_directory.hpp"

namespace dnshist::responder {

BOOST_AUTO_TEST_SUITE(tls_session_test)

namespace {

using File = std::unique_ptr<std::FILE, Deleter<std::fclose>>;

// A context with a key and a certificate of its own.
std::shared_ptr<const TlsContext> make_context() {
    const test::TemporaryDirectory directory;
    const auto key_path = directory.path() / "key.pem";
    const auto certificate_path = directory.path() / "certificate.pem";
    const std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Deleter<X509_free>> certificate(X509_new());
    X509* const made = certificate.get();
    X509_gmtime_adj(X509_getm_notBefore(made), 0);
    X509_gmtime_adj(X509_getm_notAfter(made), 86400);
    X509_set_pubkey(made, key.get());
    BOOST_TEST_REQUIRE(X509_sign(made, key.get(), EVP_sha256()) != 0);
    PEM_write_PrivateKey(File(std::fopen(key_path.c_str(), "w")).get(), key.get(), nullptr, nullptr,
                         0, nullptr, nullptr);
    PEM_write_X509(File(std::fopen(certificate_path.c_str(), "w")).get(), made);
    return TlsContext::load(certificate_path, key_path, {}).value();
}

// A client and a session that have shaken hands.
struct Connected {
    Connected() {
        std::array<int, 2> sockets{};
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets.data()) ==
                           0);
        ours = FileDescriptor(sockets[0]);
        theirs = FileDescriptor(sockets[1]);
        session.emplace(make_context(), ours.get());
        client_context.reset(SSL_CTX_new(TLS_client_method()));
        client.reset(SSL_new(client_context.get()));
        SSL_set_fd(client.get(), theirs.get());
        SSL_set_connect_state(client.get());
        for (int turns = 0; turns < 10 && SSL_do_handshake(client.get()) != 1; ++turns)
            BOOST_TEST((read() == IoResult::State::wait_read));
        BOOST_TEST_REQUIRE(SSL_is_init_finished(client.get()) == 1);
        BOOST_TEST((read() == IoResult::State::wait_read));
    }

    IoResult::State read() {
        const IoResult result = session->read(room);
        octets += result.octets;
        return result.state;
    }
    void change_keys(int times) {
        for (int i = 0; i < times; ++i) {
            SSL_key_update(client.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
            BOOST_TEST_REQUIRE(SSL_do_handshake(client.get()) == 1);
        }
    }
    void say(int times = 1) {
        for (int i = 0; i < times; ++i)
            BOOST_TEST_REQUIRE(SSL_write(client.get(), "x", 1) == 1);
    }

    FileDescriptor ours{-1};
    FileDescriptor theirs{-1};
    std::optional<TlsSession> session;
    std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> client_context;
    std::unique_ptr<SSL, Deleter<SSL_free>> client;
    std::array<std::uint8_t, 16384> room{};
    std::size_t octets = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_client_may_change_its_keys) {
    Connected connected;
    for (int i = 0; i < 20; ++i) {
        connected.change_keys(3);
        connected.say();
        BOOST_TEST((connected.read() == IoResult::State::done));
    }
    BOOST_TEST(connected.octets == 20U);
    connected.change_keys(1);
    BOOST_TEST((connected.read() == IoResult::State::wait_read));
    connected.say();
    BOOST_TEST((connected.read() == IoResult::State::done));
}

BOOST_AUTO_TEST_CASE(a_client_that_changes_its_keys_for_ever_is_closed) {
    for (const int times : {1, 100}) {
        Connected connected;
        auto state = IoResult::State::wait_read;
        for (int i = 0; i < 100 && state == IoResult::State::wait_read; ++i) {
            connected.change_keys(times);
            state = connected.read();
        }
        BOOST_TEST((state == IoResult::State::closed));
        BOOST_TEST((connected.read() == IoResult::State::closed));
    }
}

BOOST_AUTO_TEST_CASE(one_read_takes_so_many_records) {
    Connected connected;
    connected.say(200);
    BOOST_TEST((connected.read() == IoResult::State::done));
    BOOST_TEST(connected.octets < 200U);
    for (int i = 0; i < 200 && connected.session->pending(); ++i)
        BOOST_TEST((connected.read() == IoResult::State::done));
    BOOST_TEST(connected.octets == 200U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dnshist::responder
