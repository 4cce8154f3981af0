// Random stores: few names and few values, so that questions meet several records, records
// tie in every order, aliases make chains and circles, and times fall just below, at and above the
// gap.
#pragma once

#include "tests/oracle/random.hpp"
#include "tests/oracle/store.hpp"

namespace dnshist::oracle {

Store random_store(Random& random);

// Names that occur in stores, as owners or inside of records, and some that do not.
Labels random_name(Random& random);

}  // namespace dnshist::oracle
