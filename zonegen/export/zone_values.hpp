// The part of an exported zone that is asked by value: for every value in the records of the
// subject's owners pivot, and pivot of each record type; for addresses also summary.
#pragma once

#include "storage/history/cursor.hpp"
#include "storage/history/history.hpp"
#include "zonegen/export/export_subject.hpp"
#include "zonegen/export/zone_answers.hpp"

namespace dnshist::zonegen {

void write_values(Snapshot& snapshot, const Subject& subject, ZoneAnswers& answers);

}  // namespace dnshist::zonegen
