// The part of an exported zone that is asked by name: for every owner of the subject history,
// changes, names and summary, and history of each record type; for every name above one, names.
#pragma once

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "zonegen/export/export_subject.hpp"
#include "zonegen/export/zone_answers.hpp"

namespace dnshist::zonegen {

void write_owners(Snapshot& snapshot, const Subject& subject, ZoneAnswers& answers);

}  // namespace dnshist::zonegen
