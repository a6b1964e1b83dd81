#include "read/input.h"
namespace dragoman::read {
Result<ItemState> read_docx(const Input&, ReadSink&) {
  return ItemState::failed;
}
}  // namespace dragoman::read
