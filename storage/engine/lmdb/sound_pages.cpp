// The layout of LMDB 0.9's data.mdb, in the byte order of the machine:
//
//     page       := number:u64 pad:u16 kind:u16 lower:u16 upper:u16 content
//     meta       := page header, magic:u32 version:u32 address:u64 size:u64 free:tree main:tree
//                   last_page:u64 transaction:u64
//     tree       := pad:u32 flags:u16 depth:u16 pages:u64{3} entries:u64 root:u64
//     branch     := page header, places of nodes:u16*, room, node*
//     node       := size:u32 flags:u16 key_size:u16 key data       in a leaf
//                   child:u48 key_size:u16 key                     in a branch
#include "storage/engine/lmdb/sound_pages.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace dnshist::lmdb {

namespace {

constexpr std::size_t header_octets = 16;
constexpr std::size_t kind_at = 10;
constexpr std::size_t lower_at = 12;
constexpr std::size_t upper_at = 14;
constexpr unsigned kind_mask = 0x6f;  // the others say how LMDB has it in memory
constexpr unsigned branch = 1;
constexpr unsigned leaf = 2;

constexpr std::size_t free_tree_at = header_octets + 24;
constexpr std::size_t main_tree_at = free_tree_at + 48;
constexpr std::size_t last_page_at = main_tree_at + 48;
constexpr std::size_t transaction_at = last_page_at + 8;

constexpr std::size_t tree_octets = 48;
constexpr std::size_t flags_at = 4;
constexpr std::size_t depth_at = 6;
constexpr std::size_t root_at = 40;
constexpr std::uint64_t no_root = ~std::uint64_t{0};

constexpr std::size_t node_octets = 8;
constexpr unsigned long_value =
    1;  // on pages of its own, of which the node has the first one's number
constexpr unsigned tree_value = 2;  // the description of a named database

template <class Number>
Number number_at(Octets octets, std::size_t at) {
    Number number{};
    std::memcpy(&number, octets.data() + at, sizeof number);
    return number;
}

class PageWalk {
  public:
    // Without names, of all trees.
    PageWalk(const Environment& environment, std::span<const char* const> names, std::size_t most)
        : file_name_(environment.file_name()),
          page_(environment.page_size()),
          names_(names),
          left_(most) {
        check("mdb_env_get_fd", mdb_env_get_fd(environment.get(), &file_));
    }

    // False where the state of the transaction is no longer that of a meta page.
    bool run(std::size_t transaction) {
        for (std::uint64_t meta = 0; meta < 2; ++meta) {
            read(meta);
            if (number_at<std::uint64_t>(page_, transaction_at) != transaction) continue;
            last_page_ = number_at<std::uint64_t>(page_, last_page_at);
            add_tree(meta, Octets(page_).subspan(main_tree_at, tree_octets), true);
            if (names_.empty()) {
                add_tree(meta, Octets(page_).subspan(free_tree_at, tree_octets), false);
            }
            for (; !waiting_.empty() && left_ != 0; --left_) {
                const Waiting next = waiting_.front();
                waiting_.pop_front();
                visit(next);
            }
            return true;
        }
        return false;
    }

  private:
    struct Waiting {
        std::uint64_t number;
        unsigned depth;  // levels from it down, with its own; 1: a leaf
        bool of_main;
    };

    [[noreturn]] void fail(std::uint64_t number, const char* what) const {
        throw Error("page " + std::to_string(number) + " of " + file_name_ +
                    " is damaged: " + what);
    }

    void read(std::uint64_t number) {
        const auto size = static_cast<ssize_t>(page_.size());
        if (::pread(file_, page_.data(), page_.size(), static_cast<off_t>(number * page_.size())) !=
            size) {
            fail(number, "it cannot be read");
        }
    }

    void add(std::uint64_t parent, const Waiting& page) {
        if (page.number < 2 || page.number > last_page_) {
            fail(parent, "it refers to a page that there is not");
        }
        if (waiting_.size() < left_) waiting_.push_back(page);
    }

    void add_tree(std::uint64_t parent, Octets tree, bool is_main) {
        const auto root = number_at<std::uint64_t>(tree, root_at);
        const bool has_duplicates = (number_at<std::uint16_t>(tree, flags_at) & MDB_DUPSORT) != 0;
        if (root == no_root || has_duplicates) return;
        const unsigned depth = number_at<std::uint16_t>(tree, depth_at);
        constexpr unsigned most_levels = 32;  // that LMDB's cursors have
        if (depth == 0 || depth > most_levels) fail(parent, "a tree in it has no depth");
        add(parent, {root, depth, is_main});
    }

    void visit(const Waiting& at) {
        read(at.number);
        if (number_at<std::uint64_t>(page_, 0) != at.number) fail(at.number, "it is another page");
        const unsigned kind = number_at<std::uint16_t>(page_, kind_at) & kind_mask;
        if (kind != (at.depth == 1 ? leaf : branch)) fail(at.number, "it is of another kind");
        const std::size_t lower = number_at<std::uint16_t>(page_, lower_at);
        const std::size_t upper = number_at<std::uint16_t>(page_, upper_at);
        if (lower < header_octets || lower % 2 != 0 || lower > upper || upper > page_.size()) {
            fail(at.number, "its bounds cannot be");
        }
        if (kind == branch && lower == header_octets) fail(at.number, "it leads nowhere");
        for (std::size_t place = header_octets; place < lower; place += 2) {
            const std::size_t node = number_at<std::uint16_t>(page_, place);
            if (node < upper || node + node_octets > page_.size()) {
                fail(at.number, "an entry is not within it");
            }
            visit_node(at, Octets(page_).subspan(node));
        }
    }

    void visit_node(const Waiting& at, Octets node) {
        const std::size_t low = std::endian::native == std::endian::little ? 0 : 2;
        const std::uint64_t size = number_at<std::uint16_t>(node, low) |
                                   std::uint64_t{number_at<std::uint16_t>(node, 2 - low)} << 16U;
        const unsigned flags = number_at<std::uint16_t>(node, 4);
        const std::size_t data_at = node_octets + number_at<std::uint16_t>(node, 6);
        if (data_at > node.size()) fail(at.number, "a key is not within it");
        if (at.depth > 1) {
            return add(at.number, {size | std::uint64_t{flags} << 32U, at.depth - 1, at.of_main});
        }
        if ((flags & ~(long_value | tree_value)) != 0) fail(at.number, "an entry has no such kind");
        const bool is_long = (flags & long_value) != 0;
        if (data_at + (is_long ? sizeof(std::uint64_t) : size) > node.size()) {
            fail(at.number, "a value is not within it");
        }
        if (is_long) {
            const auto first = number_at<std::uint64_t>(node, data_at);
            const std::uint64_t pages = (size + header_octets + page_.size() - 1) / page_.size();
            if (first < 2 || first > last_page_ || pages > last_page_ + 1 - first) {
                fail(at.number, "a value is on pages that there are not");
            }
        }
        if ((flags & tree_value) != 0) {
            if (!at.of_main || is_long || size != tree_octets) {
                fail(at.number, "an entry has no such kind");
            }
            if (is_wanted(as_text(node.subspan(node_octets, data_at - node_octets)))) {
                add_tree(at.number, node.subspan(data_at, tree_octets), false);
            }
        }
    }

    bool is_wanted(std::string_view name) const {
        return names_.empty() || std::ranges::find(names_, name) != names_.end();
    }

    std::string file_name_;
    std::vector<std::uint8_t> page_;
    std::span<const char* const> names_;
    std::size_t left_;
    mdb_filehandle_t file_ = -1;
    std::uint64_t last_page_ = 0;
    std::deque<Waiting> waiting_;
};

}  // namespace

void expect_sound_pages(const Environment& environment) {
    expect_sound_pages(environment, {}, std::numeric_limits<std::size_t>::max());
}

void expect_sound_pages(const Environment& environment, std::span<const char* const> names,
                        std::size_t most) {
    // The pages of a state stay as they are as long as a transaction reads it; its meta page is
    // written again with the second commit after it.
    constexpr int max_attempts = 20;
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        const Transaction transaction(environment, MDB_RDONLY);
        if (PageWalk(environment, names, most).run(mdb_txn_id(transaction.get()))) return;
    }
}

}  // namespace dnshist::lmdb
