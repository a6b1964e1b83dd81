// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/remedy.h"

namespace dragoman::evidence {

Remedy remedy_of(GapKind kind) {
  switch (kind) {
    case GapKind::empty: return {"There is nothing in it; ask the source whether that is right.", false, false};
    case GapKind::malformed:
      return {
          "What could be read is kept; ask the source for an undamaged copy, or open the original with its own "
          "program.",
          false, false};
    case GapKind::truncated: return {"The file ends too early; ask the source for a whole copy.", false, false};
    case GapKind::encrypted: return {"Put its password into a file and run retry with --passwords.", true, false};
    case GapKind::unsupported:
      return {"Get the original and open it with its own program; a later version may read it.", false, false};
    case GapKind::type_mismatch:
      return {"It was read as what it is; look whether its name was meant to hide it.", false, false};
    case GapKind::limit: return {"Raise the limit with --limit (limits lists them) and run retry.", true, false};
    case GapKind::timeout: return {"Give it more time with --limit and run retry.", true, true};
    case GapKind::crashed:
      return {"Run retry once; what crashes again is a fault of the reader to report.", true, true};
    case GapKind::io:
      return {"See that the disk, the file and its permissions are in order, then add it again or run retry.", true,
              true};
    case GapKind::lost_line: return {"Look at the picture of the page.", false, false};
    case GapKind::not_transcribed: return {"Listen to the recording.", false, false};
    case GapKind::missing_dependency: return {"Install what is named, then run retry.", true, true};
  }
  return {};
}

}  // namespace dragoman::evidence
