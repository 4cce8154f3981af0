// The time machine: T.at.NAME, and NAME.T.asof for the resolvers of whole machines, answer with the
// records that NAME had at T, in their own types, for any client that can resolve a name.
//
// But for NS: a resolver that iterates takes them for a delegation (RFC 1034, section 5.3.3), and
// would ask the name servers in them for all other types of the name. (The stub-zone of unbound,
// the static-stub of BIND and the forward-zones of PowerDNS do.) They are in `history`.
//
// If NAME was an alias at T, its target is moved into the same time (T.at.TARGET), and the
// answer goes on from there, so that a client that follows CNAMEs stays in the past. All other
// names inside RDATA are data and stay as they were.
#include <algorithm>
#include <array>
#include <optional>

#include "responder/answer/answer.hpp"
#include "responder/answer/builtin_names.hpp"
#include "storage/query/subject.hpp"
#include "storage/record/labels.hpp"
#include "storage/record/rdata.hpp"

namespace dnshist::responder {

namespace {

constexpr unsigned max_steps = 8;

// "on-T.ns.history.SUBJECT.ZONE"; nothing where that is longer than a name can be.
std::optional<Name> history_of_ns(const Exchange& exchange, const Name& subject) {
    NameBuilder name;
    name.add_label("on-", *Labels(exchange.qname.wire()).next());
    name.add_label("ns");
    name.add_label("history");
    if (needs_exact_mark(subject.labels())) name.add_label(exact_mark);
    name.add_labels(subject.labels());
    name.add_labels(exchange.zone.labels());
    return name.name();
}

// The last two labels before the zone: T.asof.
Octets suffix_of(const Exchange& exchange) noexcept {
    std::size_t before = 0;
    std::size_t last = 0;
    for (std::size_t at = 0; at < exchange.labels.size(); at += 1U + exchange.labels[at]) {
        before = last;
        last = at;
    }
    return exchange.labels.subspan(before);
}

// T.at.TARGET.ZONE or TARGET.T.asof.ZONE, with T as the question has it; nothing where that is
// longer than a name can be.
std::optional<Name> moved(const Exchange& exchange, const Query& query, const Name& target) {
    NameBuilder name;
    if (query.is_suffix) {
        name.add_labels(target.labels());
        name.add_labels(suffix_of(exchange));
        name.add_labels(exchange.zone.labels());
        return name.name();
    }
    const std::string_view time = *Labels(exchange.qname.wire()).next();
    name.add_label(time);
    name.add_label("at");
    if (needs_exact_mark(target.labels())) name.add_label(exact_mark);
    name.add_labels(target.labels());
    name.add_labels(exchange.zone.labels());
    return name.name();
}

// Types by which a resolver takes a name for a zone: BIND minimises its questions with NS, and
// looks for SOA, DS and DNSKEY where it finds one. As every name below T.asof may be asked for by a
// resolver that lives in the past, it must see one zone.
bool makes_a_zone(Rrtype type) noexcept {
    return type == Rrtype::NS || type == Rrtype::SOA || type == Rrtype::DS ||
           type == Rrtype::DNSKEY;
}

// One answer on its way from alias to alias.
class Journey {
  public:
    Journey(Exchange& exchange, const Query& query) noexcept
        : exchange_(exchange),
          query_(query),
          budget_(exchange.work),
          owner_(exchange.qname),
          subject_(query.subject) {}

    Verdict answer() {
        const Rrtype wanted = exchange_.question.type;
        for (unsigned step = 0;; ++step) {
            passed_[step] = subject_;
            if (query_.is_suffix && makes_a_zone(wanted)) return answer_end();
            if (wanted == Rrtype::ANY ? add_all() : add_type(wanted)) return send();
            const auto target = alias();
            if (!target) return answer_end();
            if (step == max_steps || !add_alias(*target)) return send();
            const auto passed = std::span(passed_).first(step + 1);
            if (std::ranges::find(passed, *target) != passed.end()) return send();
            subject_ = *target;
        }
    }

  private:
    Verdict send() {
        if (!in_budget_ && exchange_.can_wait) return Verdict::defer;
        set_ede();
        return finish(exchange_.response, Rcode::noerror);
    }

    // Nothing of the type at the end of the way: RFC 2308, and RFC 6604 for the way.
    Verdict answer_end() {
        if (!in_budget_ && exchange_.can_wait) return Verdict::defer;
        const bool known = exchange_.store.knows(subject_, exchange_.sees_personal());
        if (!known && subject_ == passed_.front() && !query_.is_suffix) {
            if (const auto verdict = answer_suggestion(exchange_, known)) return *verdict;
        }
        set_ede();
        Remark hint;
        const bool is_first = subject_ == passed_.front();
        if (query_.of_address && is_first && !ns_left_out_ && in_budget_) {
            hint_at_pivot(exchange_, hint);
        }
        add_negative_soa(exchange_);
        return finish(exchange_.response, known ? Rcode::noerror : Rcode::nxdomain);
    }

    // Says what the answer lacks.
    void set_ede() {
        if (ns_left_out_ && !query_.is_suffix) {
            TextWriter out(text_);
            out.put("no NS here, as a resolver would follow them; ask for TXT");
            if (const auto question = history_of_ns(exchange_, subject_)) {
                out.put(" of ");
                write_name(out, question->wire());
            }
            exchange_.response.set_ede({Ede::Code::other, out.text()});
        }
        if (left_out_) exchange_.response.set_ede(too_many);
        if (!in_budget_) exchange_.response.set_ede(work_limit);
    }

    bool add(Rrtype type, Octets rdata) {
        return exchange_.response.add_record(owner_.wire(), type, exchange_.service.ttl, rdata);
    }

    // One of an RRset. Over UDP an answer that is too long is truncated; over TCP, as of an RRset
    // of more records than resolvers take, what fits is all there is.
    void add_one_of(unsigned number, const StoredRecord& record) {
        ResponseWriter& response = exchange_.response;
        const bool fits = exchange_.client.transport == Transport::udp ||
                          response.record_octets(owner_.wire(), record.rdata) + ede_reserve <=
                              response.remaining();
        if (number > max_rrset || !fits) {
            left_out_ = true;
        } else {
            add(record.type, record.rdata);
        }
    }

    // The records of one type. False where there are none, and for CNAME, which alias() is for.
    bool add_type(Rrtype type) {
        if (type == Rrtype::CNAME) {
            const auto target = alias();
            if (target) add_alias(*target);
            return target.has_value();
        }
        unsigned added = 0;
        visit(type, [&](const StoredRecord& record) {
            if (type == Rrtype::NS) {
                ns_left_out_ = true;
            } else {
                add_one_of(++added, record);
            }
        });
        return added > 0;
    }

    bool add_all() {
        unsigned added = 0;
        Rrtype last{};
        bool any = false;
        visit(std::nullopt, [&](const StoredRecord& record) {
            if (record.type == Rrtype::NS) ns_left_out_ = true;
            if (record.type == Rrtype::NS || (query_.is_suffix && makes_a_zone(record.type)))
                return;
            added = record.type == last ? added + 1 : 1;
            last = record.type;
            any = true;
            if (record.type != Rrtype::CNAME) add_one_of(added, record);
        });
        const auto target = any ? alias() : std::nullopt;
        if (target) add_alias(*target);
        return any;
    }

    // The target of the subject, where it was an alias; of several in the period, the one seen
    // last.
    std::optional<Name> alias() {
        std::optional<Name> target;
        Seconds last_seen{};
        visit(Rrtype::CNAME, [&](const StoredRecord& record) {
            if (target && record.seen.end < last_seen) return;
            const auto name = Name::from_wire(record.rdata);
            if (!name) return;
            target = name;
            last_seen = record.seen.end;
        });
        return target;
    }

    // Adds the CNAME, and goes on to its target's name in the same time. False where that is too
    // long to be a name: the target stays as it was, and the way ends.
    bool add_alias(const Name& target) {
        const auto next = moved(exchange_, query_, target);
        if (!add(Rrtype::CNAME, next ? next->wire() : target.wire()) || !next) return false;
        owner_ = *next;
        return true;
    }

    template <class Visit>
    void visit(std::optional<Rrtype> type, Visit&& visit_record) {
        in_budget_ &= exchange_.store.visible(subject_, type, query_, budget_, visit_record);
    }

    static constexpr Ede work_limit{Ede::Code::other, "stopped at the work limit"};
    static constexpr Ede too_many{Ede::Code::other,
                                  "there are more records than an answer has room for"};
    static constexpr std::size_t ede_reserve = 64;

    Exchange& exchange_;
    const Query& query_;
    std::uint64_t budget_;
    Name owner_;
    Name subject_;
    std::array<Name, max_steps + 1> passed_;
    bool in_budget_ = true;
    bool left_out_ = false;     // records for which there is no room
    bool ns_left_out_ = false;  // records of which a resolver would make a delegation
    std::array<char, 64 + 3 + max_name_text> text_;  // of an EDE
};

}  // namespace

Verdict answer_at(Exchange& exchange, const Query& query) {
    return Journey(exchange, query).answer();
}

}  // namespace dnshist::responder
