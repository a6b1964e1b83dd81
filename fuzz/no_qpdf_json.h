// SPDX-License-Identifier: AGPL-3.0-or-later
// In place of qpdf's JSON.hh, which no clang up to 19 compiles as C++20: a class there holds a vector of itself beside
// a defaulted virtual destructor. qpdf's other headers only name the class, and dragoman never uses it.
#pragma once
#define JSON_HH

#include <qpdf/DLL.h>
#include <qpdf/Types.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

class Pipeline;
class JSON {
 public:
  static constexpr int LATEST = 2;
  class Reactor {};
};
