// SPDX-License-Identifier: AGPL-3.0-or-later
#include "vault/originals.h"

#include "vault/whereabouts.h"

namespace dragoman::vault {

Result<UniqueFd> Originals::open(const Sha256& blob) {
  auto fd = blobs_.open(blob);
  if (fd || fd.error().kind != ErrorKind::not_found) return fd;
  if (!db_) db_.emplace(TRY(folder_.open_database(store::Mode::read_only)));
  return open_bytes(*db_, blobs_, blob);
}

}  // namespace dragoman::vault
