// SPDX-License-Identifier: AGPL-3.0-or-later
#include "docx.h"

#include <fmt/format.h>

#include "markup.h"
#include "plain_text.h"
#include "zip.h"

namespace dragoman::sample {
namespace {

constexpr std::string_view kContentTypes =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>)";

constexpr std::string_view kRelations =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>)";

constexpr std::string_view kCore =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title><dc:creator>{}</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">{}T08:00:00Z</dcterms:created></cp:coreProperties>)";

constexpr std::string_view kDocumentHead =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>)";

constexpr std::string_view kDocumentTail =
    R"(<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1080" w:right="1240" w:bottom="1080" w:left="1240" w:header="500" w:footer="500" w:gutter="0"/></w:sectPr></w:body></w:document>)";

// ECMA-376 gives complex scripts their own font and size (w:cs, w:szCs); sizes are half-points.
std::string run_properties(Lang lang, const Face* face) {
  std::string out;
  if (face != nullptr) {
    out = fmt::format(R"(<w:rFonts w:ascii="{0}" w:hAnsi="{0}" w:cs="{0}"/><w:sz w:val="{1}"/><w:szCs w:val="{1}"/>)",
                      face->family, static_cast<int>(face->size * 2));
  }
  if (is_rtl(lang)) out += "<w:rtl/>";
  return out.empty() ? out : "<w:rPr>" + out + "</w:rPr>";
}

std::string paragraph(Lang lang, std::string_view run, std::string_view text, bool break_before) {
  const std::string_view para = is_rtl(lang) ? "<w:pPr><w:bidi/></w:pPr>" : "";
  return fmt::format(R"(<w:p>{}{}<w:r>{}<w:t xml:space="preserve">{}</w:t></w:r></w:p>)", para,
                     break_before ? R"(<w:r><w:br w:type="page"/></w:r>)" : "", run, escape_markup(text));
}

}  // namespace

std::string write_docx(const Letter& letter, const Face* face) {
  std::string body(kDocumentHead);
  const std::string run = run_properties(letter.lang, face);
  for (std::size_t page = 1; page <= letter.pages.size(); ++page) {
    bool first = true;
    for (const std::string& line : page_lines(letter, page)) {
      body += paragraph(letter.lang, run, line, first && page > 1);
      first = false;
    }
  }
  body += kDocumentTail;
  const std::string core = fmt::format(fmt::runtime(kCore), escape_markup(letter.subject.value),
                                       escape_markup(letter.from.value), letter.dated.from);
  return write_zip({{"[Content_Types].xml", std::string(kContentTypes)},
                    {"_rels/.rels", std::string(kRelations)},
                    {"docProps/core.xml", core},
                    {"word/document.xml", body}})
      .bytes;
}

}  // namespace dragoman::sample
