// SPDX-License-Identifier: AGPL-3.0-or-later
#include "prng.h"

namespace dragoman::sample {

std::uint64_t Prng::next() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::size_t Prng::below(std::size_t bound) {
  return static_cast<std::size_t>(((next() >> 32) * bound) >> 32);
}

int Prng::between(int low, int high) {
  return low + static_cast<int>(below(static_cast<std::size_t>(high - low + 1)));
}

double Prng::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::string Prng::bytes(std::size_t count) {
  std::string out;
  out.reserve(count);
  while (out.size() < count) {
    out.push_back(static_cast<char>(next() & 0xFF));
  }
  return out;
}

Prng Prng::fork(std::string_view label) const {
  std::uint64_t hash = 0xCBF29CE484222325u ^ state_;  // FNV-1a over the label
  for (const char c : label) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  return Prng(hash);
}

}  // namespace dragoman::sample
