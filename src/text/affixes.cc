#include "text/affixes.h"

#include <algorithm>

namespace dragoman::text {
namespace {

constexpr std::size_t longest(auto& affixes) {
  std::size_t most = 0;
  for (std::string_view affix : affixes) most = std::max(most, affix.size());
  return most;
}

bool holds(const auto& affixes, std::string_view folded) {
  return std::find(std::begin(affixes), std::end(affixes), folded) != std::end(affixes);
}

}  // namespace

bool is_prefix(std::string_view folded) {
  return folded.size() <= longest(kPrefixes) && holds(kPrefixes, folded);
}
bool is_suffix(std::string_view folded) {
  return folded.size() <= longest(kSuffixes) && holds(kSuffixes, folded);
}

}  // namespace dragoman::text
