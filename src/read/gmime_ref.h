// SPDX-License-Identifier: AGPL-3.0-or-later
// Owning pointers to GMime's objects, for the adaptors of that library.
#pragma once

#include <gmime/gmime.h>

#include <memory>

namespace dragoman::read {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
/// Gives its reference back.
template <class T>
using Ref = std::unique_ptr<T, Unref>;

}  // namespace dragoman::read
