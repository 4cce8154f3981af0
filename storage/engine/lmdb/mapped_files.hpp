// The two files of an environment as this process has them mapped, and what may become of them
// meanwhile.
//
// LMDB reads data.mdb and lock.mdb through memory maps. Where such a file is cut short, or the disk
// cannot read a page, the kernel sends SIGBUS to the thread that reads, which would end the
// process. So that signal is caught: a page of zeros is mapped there and page_lost() is true from
// then on. The reader goes on with zeros, and must ask page_lost() before it believes what it has
// read.
#pragma once

#include <sys/stat.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

namespace dnshist::lmdb {

class MappedFiles {
  public:
    // `data` is open and mapped, `lock` is mapped where there is one (not with MDB_NOLOCK).
    MappedFiles(int data_descriptor, std::filesystem::path data, std::filesystem::path lock);
    ~MappedFiles();
    MappedFiles(const MappedFiles&) = delete;
    MappedFiles& operator=(const MappedFiles&) = delete;

    // After the files were mapped anew.
    void find_maps();

    // For any thread.
    bool page_lost() const noexcept { return page_lost_.load(std::memory_order_relaxed); }
    // Whether a page of any file that this process ever had mapped is lost.
    static bool any_page_lost() noexcept;
    // "data.mdb"
    std::string data_name() const { return files_[0].path.filename().string(); }
    // "data.mdb was removed", where a path leads to another file now or to none. System calls; for
    // any thread.
    std::optional<std::string> change_of_paths() const;
    // The file's size now; 0 where that cannot be told.
    std::size_t data_octets() const noexcept;

  private:
    struct File {
        std::filesystem::path path;
        dev_t device = 0;
        ino_t number = 0;
        bool known = false;

        void identify(const struct stat& status) noexcept;
        bool is(const struct stat& status) const noexcept;
    };

    int data_descriptor_;
    std::array<File, 2> files_;  // data.mdb and lock.mdb
    std::atomic<bool> page_lost_ = false;
};

}  // namespace dnshist::lmdb
