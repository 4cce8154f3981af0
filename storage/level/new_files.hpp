// The files of levels that one step of a merge writes.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "storage/base/file_descriptor.hpp"
#include "storage/level/key_range.hpp"
#include "storage/level/level_list.hpp"
#include "storage/level/level_writer.hpp"

namespace dnshist {

// Space and level are before it in a key of the list.
inline constexpr std::size_t max_lower_octets = lmdb::max_key_octets - 2;

inline void sync_directory_of_levels(const std::filesystem::path& directory) {
    const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) throw lmdb::Error("fsync", errno);
}

// The new files of a range. Removes them again unless they are listed. Each gets a search index
// where `search_parts` is given (SearchBuilder).
class NewFiles {
  public:
    NewFiles(const std::filesystem::path& directory, std::uint64_t next_number,
             BlockSymbols& symbols, const KeyRange& range, NextBeginning beginnings,
             NextBeginning search_parts, std::uint8_t level, std::uint64_t octets_of_a_file)
        : directory_(directory),
          next_number_(next_number),
          symbols_(symbols),
          range_(range),
          beginnings_(beginnings),
          search_parts_(search_parts),
          level_(level),
          octets_of_a_file_(octets_of_a_file) {}
    ~NewFiles() {
        writer_.reset();
        search_.reset();
        if (listed_) return;
        for (const ListedFile& file : files_) {
            ::unlink(path_of(file.number).c_str());
            ::unlink(search_path_of(file.number).c_str());
        }
    }
    NewFiles(const NewFiles&) = delete;
    NewFiles& operator=(const NewFiles&) = delete;

    void add(Octets key, Octets payload, const PackedKey& packed) {
        begin_entry(key);
        writer_->add(key, payload, packed);
    }
    void add(Octets key, Octets payload) {
        begin_entry(key);
        writer_->add(key, payload);
    }
    // Begins the range behind with a file that has nothing, so that the next step is of that alone.
    void add_empty(Octets lower) {
        finish_file();
        begin(lower);
    }
    void finish() {
        finish_file();
        if (!files_.empty()) sync_directory_of_levels(directory_);
    }

    std::vector<ListedFile>& files() noexcept { return files_; }
    std::uint64_t next_number() const noexcept { return next_number_; }
    void keep() noexcept { listed_ = true; }

  private:
    void begin_entry(Octets key) {
        if (!writer_) {
            begin(range_.lower);
        } else if (writer_->octets() >= octets_of_a_file_) {
            const std::size_t shared = common_prefix(last_, key);
            if (shared < max_lower_octets) {
                finish_file();
                begin(key.first(std::min(key.size(), shared + 1)));
            }
        }
        if (search_) search_->add(key);
        last_.assign(key.begin(), key.end());
    }
    std::filesystem::path path_of(std::uint64_t number) const {
        return directory_ / level_list::file_name(number);
    }
    std::filesystem::path search_path_of(std::uint64_t number) const {
        return directory_ / search_file::file_name(number);
    }
    void begin(Octets lower) {
        files_.push_back(
            {range_.space, level_, {lower.begin(), lower.end()}, next_number_++, 0, 0});
        const auto path = path_of(files_.back().number);
        const auto search_path = search_path_of(files_.back().number);
        ::unlink(path.c_str());  // a step that was broken off may have left one
        ::unlink(search_path.c_str());
        writer_.emplace(path, symbols_, beginnings_, lower);
        if (search_parts_ != nullptr) search_.emplace(search_path, search_parts_, lower);
    }
    void finish_file() {
        if (!writer_) return;
        const std::uint64_t octets = writer_->finish();
        files_.back().octets = writer_->entries() == 0 ? 0 : octets;
        if (search_) search_->finish(writer_->filter_checksum());
        search_.reset();
        writer_.reset();
    }

    const std::filesystem::path& directory_;
    std::uint64_t next_number_;
    BlockSymbols& symbols_;
    const KeyRange& range_;
    NextBeginning beginnings_;
    NextBeginning search_parts_;
    std::uint8_t level_;
    std::uint64_t octets_of_a_file_;
    std::vector<ListedFile> files_;
    std::optional<LevelWriter> writer_;
    std::optional<SearchWriter> search_;
    std::vector<std::uint8_t> last_;
    bool listed_ = false;
};

}  // namespace dnshist
