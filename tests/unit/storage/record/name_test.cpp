#include "storage/record/name.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "tests/support/random_seed.hpp"

BOOST_AUTO_TEST_SUITE(name_test)

using namespace dnshist;

namespace {

std::string wire_of(std::string_view text) {
    return std::string(as_text(Name::from_text(text).value().wire()));
}

std::string round_trip(std::string_view text) {
    return Name::from_text(text).value().text();
}

std::string problem_of(std::string_view text) {
    const Result<Name> name = Name::from_text(text);
    BOOST_REQUIRE_MESSAGE(name.has_error(), text << " was taken for a name");
    return name.error().text;
}

std::string key_text(const Name& name) {
    std::array<char, 4 * max_name_octets> room;
    TextWriter out(room);
    write_key_name(out, name.key().octets());
    return std::string(out.text());
}

std::string labels(std::size_t count, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += std::string(size, 'a') + ".";
    return text;
}

using namespace std::string_literals;

}  // namespace

BOOST_AUTO_TEST_CASE(letters_alone_change_in_lower_case) {
    // Every octet, at every place of names of every length that is copied in pieces.
    for (std::size_t size = 1; size <= 20; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (unsigned octet = 0; octet < 256; ++octet) {
                std::string label(size, 'Q');
                label[place] = static_cast<char>(octet);
                std::string expected(size, 'q');
                const bool letter = octet >= 'A' && octet <= 'Z';
                expected[place] = static_cast<char>(letter ? octet + 32 : octet);
                const std::string length(1, static_cast<char>(size));
                const auto name = Name::from_wire(as_octets(length + label + '\0'));
                BOOST_REQUIRE(name.has_value());
                BOOST_REQUIRE(as_text(name->wire()) == length + expected + '\0');
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(text_becomes_wire_form_in_lower_case) {
    BOOST_TEST(wire_of("www.Example.COM.") == "\3www\7example\3com\0"s);
    BOOST_TEST(wire_of("www.example.com") == "\3www\7example\3com\0"s);
    BOOST_TEST(wire_of(".") == "\0"s);
    BOOST_TEST((Name().wire().size() == 1 && Name().text() == "."));
}

BOOST_AUTO_TEST_CASE(escapes_are_those_of_rfc_1035) {
    BOOST_TEST(wire_of("a\\.b.c") == "\3a.b\1c\0"s);
    BOOST_TEST(wire_of("a\\\\b") == "\3a\\b\0"s);
    BOOST_TEST(wire_of("\\000\\255\\065") == "\3\0\xff"s + "a\0"s);
    BOOST_TEST(wire_of("a\\046b") == "\3a.b\0"s);
    BOOST_TEST(wire_of("\\X\\@") == "\2x@\0"s);
}

BOOST_AUTO_TEST_CASE(printing_escapes_what_means_something_in_a_master_file) {
    BOOST_TEST(round_trip("a\\.b\\\\c\\\"d\\;e\\(f\\)g\\@h\\$i") ==
               "a\\.b\\\\c\\\"d\\;e\\(f\\)g\\@h\\$i.");
    BOOST_TEST(round_trip("a\\032b\\000\\127\\200") == "a\\032b\\000\\127\\200.");
    BOOST_TEST(round_trip("_sip._tcp.*.a-b/c:d") == "_sip._tcp.*.a-b/c:d.");
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_refused_with_the_reason) {
    BOOST_TEST(problem_of("") == "an empty text is no name");
    BOOST_TEST(problem_of("..") == "an empty label in the name '..'");
    BOOST_TEST(problem_of(".com") == "an empty label in the name '.com'");
    BOOST_TEST(problem_of("a..com") == "an empty label in the name 'a..com'");
    BOOST_TEST(problem_of("com..") == "an empty label in the name 'com..'");
    BOOST_TEST(problem_of("a\\") == "a broken escape in the name 'a\\'");
    BOOST_TEST(problem_of("a\\2") == "a broken escape in the name 'a\\2'");
    BOOST_TEST(problem_of("a\\25") == "a broken escape in the name 'a\\25'");
    BOOST_TEST(problem_of("a\\256b") == "a broken escape in the name 'a\\256b'");
    BOOST_TEST(problem_of("a\\1x3") == "a broken escape in the name 'a\\1x3'");
    BOOST_TEST(problem_of("\n\x80..") == "an empty label in the name '\\010\\128..'");
}

BOOST_AUTO_TEST_CASE(a_master_file_has_relative_names) {
    const Name origin = Name::from_text("Example.COM").value();
    const auto text = [&](std::string_view relative) {
        return Name::from_master_file(relative, &origin)->text();
    };
    BOOST_TEST(text("www") == "www.example.com.");
    BOOST_TEST(text("WWW.a") == "www.a.example.com.");
    BOOST_TEST(text("www.") == "www.");
    BOOST_TEST(text("@") == "example.com.");
    BOOST_TEST(text(".") == ".");
    BOOST_TEST(text("\\@") == "\\@.example.com.");
    BOOST_TEST(text("a\\.") == "a\\..example.com.");
    BOOST_TEST(text("a\\\\.") == "a\\\\.");
    const Name root;
    BOOST_TEST(Name::from_master_file("www", &root)->text() == "www.");

    const auto problem = [](std::string_view relative, const Name* below) {
        return Name::from_master_file(relative, below).error().text;
    };
    BOOST_TEST(problem("www", nullptr) == "relative, and no origin is known: 'www'");
    BOOST_TEST(problem("@", nullptr) == "relative, and no origin is known: '@'");
    BOOST_TEST(Name::from_master_file("www.", nullptr)->text() == "www.");
    BOOST_TEST(problem("", &origin) == "an empty text is no name");
    BOOST_TEST(problem("a..b", &origin) == "an empty label in the name 'a..b'");
    // 3 * 64 + 49 octets and the 13 of the origin are 254; one more is as long as a name can be.
    const std::string label(63, 'x');
    const std::string labels = label + '.' + label + '.' + label + '.';
    BOOST_TEST(Name::from_master_file(labels + std::string(49, 'y'), &origin)->wire().size() ==
               255U);
    BOOST_TEST(problem(labels + std::string(50, 'y'), &origin).starts_with("a name longer than"));
}

BOOST_AUTO_TEST_CASE(a_label_has_at_most_63_octets) {
    BOOST_TEST(wire_of(std::string(63, 'a') + ".b").size() == 1 + 63 + 1 + 1 + 1);
    BOOST_TEST(problem_of(std::string(64, 'a')).starts_with("a label longer than 63 octets"));
    BOOST_TEST(problem_of("b." + std::string(64, 'a') + ".").starts_with("a label longer"));
    // An escape of four characters is one octet.
    std::string escaped;
    for (int i = 0; i < 63; ++i)
        escaped += "\\255";
    BOOST_TEST(wire_of(escaped).size() == 65);
}

BOOST_AUTO_TEST_CASE(a_name_has_at_most_255_octets) {
    const std::string text = labels(3, 63) + std::string(61, 'a');
    BOOST_TEST(wire_of(text).size() == 255);
    BOOST_TEST(wire_of(text + ".").size() == 255);
    BOOST_TEST(problem_of(text + "a").starts_with("a name longer than 255 octets: '"));
    BOOST_TEST(problem_of(text + "a.").starts_with("a name longer than 255 octets: '"));
    BOOST_TEST(wire_of(labels(127, 1)).size() == 255);
    BOOST_TEST(problem_of(labels(127, 1) + "a").starts_with("a name longer than 255 octets: '"));
    BOOST_TEST(problem_of(labels(128, 1)).starts_with("a name longer than 255 octets: '"));
    BOOST_TEST(round_trip(labels(127, 1)) == labels(127, 1));
    BOOST_TEST(key_text(Name::from_text(labels(127, 1)).value()) == labels(127, 1));
}

BOOST_AUTO_TEST_CASE(a_key_has_the_labels_from_the_root_down) {
    const Name name = Name::from_text("www.Example.com").value();
    BOOST_TEST(as_text(name.key().octets()) == "\3com\7example\3www\0"s);
    BOOST_TEST(as_text(name.key().subtree()) == "\3com\7example\3www"s);
    BOOST_TEST(as_text(Name().key().octets()) == "\0"s);
    BOOST_TEST(as_text(Name().key().subtree()) == ""s);
    BOOST_TEST((Name::from_key(name.key().octets()) == name));
    BOOST_TEST(key_text(name) == "www.example.com.");
    BOOST_TEST(key_text(Name()) == ".");
}

BOOST_AUTO_TEST_CASE(parents_and_labels_are_counted_from_the_left) {
    const Name name = Name::from_text("a.b.c").value();
    BOOST_TEST(name.label_count() == 3U);
    BOOST_TEST(Name().label_count() == 0U);
    BOOST_TEST(name.parent().text() == "b.c.");
    BOOST_TEST(name.parent(0).text() == "a.b.c.");
    BOOST_TEST(name.parent(3).text() == ".");
    BOOST_TEST(name.parent(9).text() == ".");
}

BOOST_AUTO_TEST_CASE(wire_and_key_forms_are_taken_only_whole) {
    const auto from = [](const std::string& octets) { return Name::from_wire(as_octets(octets)); };
    BOOST_TEST(from("\1A\0"s)->text() == "a.");
    BOOST_TEST(!from(""s));
    BOOST_TEST(!from("\1"s));
    BOOST_TEST(!from("\1a"s));
    BOOST_TEST(!from("\1a\0x"s));
    BOOST_TEST(!from("\0\0"s));
    BOOST_TEST(!from("\xc0\0"s));
    BOOST_TEST(!from("\100"s + std::string(64, 'a') + "\0"s));
    std::string longest;
    for (int i = 0; i < 127; ++i)
        longest += "\1a";
    BOOST_TEST(from(longest + "\0"s).has_value());
    BOOST_TEST(!from("\1a" + longest + "\0"s));
    BOOST_TEST(!Name::from_key(as_octets("\1a\0x"s)));
    BOOST_TEST(*name_length(as_octets("\1a\0x"s)) == 3U);
    BOOST_TEST(!name_length(as_octets("\1a" + longest + "\0"s)));
}

BOOST_AUTO_TEST_CASE(random_names_survive_every_form) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_CONTEXT("seed " << seed) {
        std::mt19937 random(seed);
        for (int round = 0; round < 2000; ++round) {
            std::string wire;
            for (;;) {
                const std::size_t size = random() % 20 == 0 ? 1 + random() % 63 : 1 + random() % 8;
                if (wire.size() + size + 2 > max_name_octets || random() % 6 == 0) break;
                wire += static_cast<char>(size);
                for (std::size_t i = 0; i < size; ++i)
                    wire += static_cast<char>(random());
            }
            wire += '\0';
            const std::optional<Name> name = Name::from_wire(as_octets(wire));
            BOOST_REQUIRE(name.has_value());
            const Result<Name> from_text = Name::from_text(name->text());
            BOOST_REQUIRE_MESSAGE(from_text.has_value(), from_text.error().text);
            BOOST_REQUIRE((from_text.value() == *name));
            BOOST_REQUIRE((Name::from_key(name->key().octets()) == *name));
            BOOST_REQUIRE(key_text(*name) == name->text());
        }
    }
}

// An escape takes a name out of the hands of what reads most of them.
BOOST_AUTO_TEST_CASE(a_name_is_the_same_with_an_escape_and_without) {
    const std::uint64_t seed = test::random_seed();
    std::mt19937_64 random(seed);
    constexpr std::string_view octets("aZ-_*@[`\x80\xae\xdc\xff\0", 13);
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        const auto size = random() % 2 == 0 ? random() % 30 : 230 + random() % 30;
        const auto label = 1 + random() % 70;
        for (std::size_t i = 0; i < size; ++i)
            text += random() % label == 0 ? '.' : octets[random() % octets.size()];
        text += 'x';
        std::string escaped = text;
        escaped.insert(escaped.size() - 1, "\\");
        for (const char* end : {"", "."}) {
            const auto name = Name::from_text(text + end);
            const auto same = Name::from_text(escaped + end);
            BOOST_TEST_REQUIRE((name.has_value() == same.has_value() && (!name || *name == *same)),
                               "seed " << seed << ": " << escaped);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_without_room_is_left_out_from_where_it_does_not_fit) {
    std::array<char, 8> room;
    TextWriter out(room);
    write_name(out, Name::from_text("www.example.com").value().wire());
    BOOST_TEST(out.overflowed());
    BOOST_TEST(out.text() == "www.");
}

BOOST_AUTO_TEST_SUITE_END()
