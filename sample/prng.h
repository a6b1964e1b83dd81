// SPDX-License-Identifier: AGPL-3.0-or-later
// The sample's only source of chance. The standard distributions may differ between libraries,
// so the arithmetic is spelled out here: the same seed gives the same leak everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dragoman::sample {

class Prng {
 public:
  explicit Prng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();                  // SplitMix64
  std::size_t below(std::size_t bound);  // 0 … bound-1; bound must be in 1 … 2^32
  int between(int low, int high);        // both ends included
  double unit();                         // 0 ≤ x < 1
  double symmetric(double limit) { return (2 * unit() - 1) * limit; }
  bool chance(double probability) { return unit() < probability; }
  std::string bytes(std::size_t count);

  // An independent stream: drawing from it leaves this one alone, so that a change in one file
  // of the leak does not change all files after it.
  Prng fork(std::string_view label) const;

  template <typename T>
  const T& pick(std::span<const T> choices) {
    return choices[below(choices.size())];
  }
  template <typename Container>
  const auto& pick_from(const Container& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace dragoman::sample
