// SQLite as a store of the comparison: one table with an index in each direction.
#include <sqlite3.h>

#include <memory>

#include "tests/bench/keep.hpp"

using namespace dnshist;

namespace {

constexpr std::uint64_t rows_in_transaction = 100'000;

class Sqlite : public bench::Keeper {
  public:
    Sqlite(const std::string& path, bool import) {
        check(sqlite3_open(path.c_str(), &database_));
        if (import) {
            run("PRAGMA journal_mode = WAL");
            run("PRAGMA synchronous = NORMAL");
            run("CREATE TABLE IF NOT EXISTS record (owner BLOB, type INT, rdata BLOB, first INT, "
                "last INT, count INT)");
            run("CREATE UNIQUE INDEX IF NOT EXISTS by_owner ON record (owner, type, rdata)");
            run("CREATE INDEX IF NOT EXISTS by_rdata ON record (rdata, type)");
            run("BEGIN");
            add_ = prepare(
                "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET "
                "first = min(first, excluded.first), last = max(last, excluded.last), "
                "count = count + excluded.count");
        } else {
            forward_ = prepare(
                "SELECT rdata, first, last, count FROM record WHERE owner = ?1 AND type = ?2 "
                "LIMIT ?3");
            backward_ = prepare(
                "SELECT owner, first, last, count FROM record WHERE rdata = ?1 AND type = ?2 "
                "LIMIT ?3");
        }
        run("PRAGMA cache_size = -262144");  // 256 MB
    }
    ~Sqlite() override {
        for (sqlite3_stmt* statement : {add_, forward_, backward_})
            sqlite3_finalize(statement);
        sqlite3_close(database_);
    }

    void add(const Observation& observation) override {
        const Name owner = Name::from_wire(observation.owner).value();
        bind(add_, 1, owner.key().octets());
        bind(add_, 2, number(observation.type));
        bind(add_, 3, observation.rdata);
        bind(add_, 4, observation.seen.begin.since_epoch);
        bind(add_, 5, observation.seen.end.since_epoch);
        bind(add_, 6, static_cast<std::int64_t>(observation.count));
        if (sqlite3_step(add_) != SQLITE_DONE) fail();
        sqlite3_reset(add_);
        if (++rows_ % rows_in_transaction == 0) {
            run("COMMIT");
            run("BEGIN");
        }
    }

    void finish() override {
        run("COMMIT");
        run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    std::size_t forward(const bench::Wanted& wanted) override {
        return find(forward_, wanted.owner.key().octets(), wanted.type);
    }
    std::size_t backward(const bench::Wanted& wanted) override {
        return find(backward_, wanted.rdata, wanted.type);
    }

  private:
    [[noreturn]] void fail() { throw std::runtime_error(sqlite3_errmsg(database_)); }
    void check(int result) {
        if (result != SQLITE_OK) fail();
    }
    void run(const char* statement) {
        check(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr));
    }
    sqlite3_stmt* prepare(const char* text) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v2(database_, text, -1, &statement, nullptr));
        return statement;
    }
    // `octets` stay valid until the next step.
    void bind(sqlite3_stmt* statement, int place, Octets octets) {
        check(sqlite3_bind_blob64(statement, place, octets.data(), octets.size(), nullptr));
    }
    void bind(sqlite3_stmt* statement, int place, std::int64_t value) {
        check(sqlite3_bind_int64(statement, place, value));
    }

    std::size_t find(sqlite3_stmt* statement, Octets value, Rrtype type) {
        bind(statement, 1, value);
        bind(statement, 2, number(type));
        bind(statement, 3, static_cast<std::int64_t>(bench::most_found));
        std::size_t found = 0;
        while (sqlite3_step(statement) == SQLITE_ROW)
            found += sqlite3_column_int64(statement, 3) != 0 ? 1U : 0U;
        sqlite3_reset(statement);
        return found;
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* add_ = nullptr;
    sqlite3_stmt* forward_ = nullptr;
    sqlite3_stmt* backward_ = nullptr;
    std::uint64_t rows_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    return bench::keep(argc, argv, [](const std::string& path, bool import) {
        return std::make_unique<Sqlite>(path, import);
    });
}
