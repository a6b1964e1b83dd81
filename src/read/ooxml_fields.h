// SPDX-License-Identifier: AGPL-3.0-or-later
// The properties of Office Open XML documents as fields (ECMA-376 part 2 section 8, part 1 section 22).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "read/xml_events.h"
#include "record/item.h"

namespace dragoman::read {

/// docProps/core.xml, app.xml, custom.xml. Keys: "dc:creator", "cp:lastModifiedBy", "dcterms:created" …; the names of
/// app.xml ("Company"); "custom:" and the property's name.
class PropertyEvents : public XmlHandler {
 public:
  enum class Kind { core, app, custom };
  /// `out` outlives this.
  PropertyEvents(Kind kind, std::vector<Field>& out) : kind_(kind), out_(out) {}
  void start(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view bytes) override;

 private:
  Kind kind_;
  std::vector<Field>& out_;
  int depth_ = 0;
  std::string key_;
  std::string value_;
};

/// The printer's name from the first 64 bytes of printer settings (DEVMODEW.dmDeviceName); empty when it is no text.
std::string printer_of(std::string_view settings);

}  // namespace dragoman::read
