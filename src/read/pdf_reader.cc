#include "read/input.h"
#include "read/pdf_render.h"
#include "read/pdf_structure.h"
#include "read/pdf_text.h"
namespace dragoman::read {
void warm_up_pdf_text() {}
void warm_up_pdf_structure() {}
void warm_up_pdf_render() {}
Result<ItemState> read_pdf(const Input&, ReadSink&) { return ItemState::failed; }
Result<ItemState> read_docx(const Input&, ReadSink&) { return ItemState::failed; }
}
