// SPDX-License-Identifier: AGPL-3.0-or-later
#include "search/row_table.h"

#include "base/bytes.h"

namespace dragoman::search {

Result<void> RowTable::create(store::Database& db) {
  return db.exec("CREATE TABLE row_blocks(id INTEGER PRIMARY KEY, change INTEGER NOT NULL, rows BLOB NOT NULL)");
}

RowTable::Block& RowTable::block_of(std::size_t index) {
  if (index >= blocks_.size()) blocks_.resize(index + 1);
  if (!blocks_[index]) blocks_[index] = std::make_unique<Block>();
  return *blocks_[index];
}

void RowTable::set(std::int64_t version, IndexedRow row) {
  CHECK(version > 0 && version <= kMaxVersion);
  Block& block = block_of(static_cast<std::size_t>(version >> kBlockBits));
  block.rows[static_cast<std::size_t>(version) & (kBlockRows - 1)] = row;
  block.dirty = true;
}

Result<void> RowTable::load(store::Database& db, std::int64_t since) {
  if (since < 0) clear();
  auto select = TRY(db.statement("SELECT id, rows FROM row_blocks WHERE change > ?"));
  select->bind_all(since);
  for (;;) {
    const bool row = TRY(select->step());
    if (!row) return {};
    const std::int64_t id = select->int64(0);
    const std::string_view bytes = select->blob(1);
    if (id < 0 || id > kMaxVersion >> kBlockBits || bytes.size() != kBlockRows * 12) {
      return fail(ErrorKind::malformed, "the index is damaged: delete it, it will be made again", db.path().string());
    }
    Block& block = block_of(static_cast<std::size_t>(id));
    ByteReader reader(bytes);
    for (IndexedRow& indexed : block.rows) {
      indexed.tokens_and_one = TRY(reader.u32());
      indexed.page_class = TRY(reader.u32());
      indexed.content = TRY(reader.u32());
    }
    block.dirty = false;
  }
}

Result<void> RowTable::save(store::Database& db, std::int64_t change) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (!blocks_[i] || !blocks_[i]->dirty) continue;
    ByteWriter writer;
    for (const IndexedRow& row : blocks_[i]->rows) {
      writer.u32(row.tokens_and_one);
      writer.u32(row.page_class);
      writer.u32(row.content);
    }
    auto write = TRY(db.statement("INSERT OR REPLACE INTO row_blocks(id, change, rows) VALUES (?, ?, ?)"));
    const std::string bytes = writer.take();
    TRY_VOID(write->bind(1, i).bind(2, change).bind_blob(3, bytes).run());
    blocks_[i]->dirty = false;
  }
  return {};
}

}  // namespace dragoman::search
