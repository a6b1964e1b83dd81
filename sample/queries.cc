#include "queries.h"

#include "gold.h"

namespace dragoman::sample {
std::vector<std::string> folded_tokens(std::string_view) { return {}; }
std::vector<Query> make_queries(const std::vector<PlacedItem>&, std::uint64_t) { return {}; }
}  // namespace dragoman::sample
