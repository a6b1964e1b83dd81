// SPDX-License-Identifier: AGPL-3.0-or-later
#include "evidence/schema.h"

namespace dragoman::evidence {
namespace {

constexpr store::Migration kMigrations[] = {
    {"evidence", 1, R"sql(
CREATE TABLE sources(
  id INTEGER PRIMARY KEY,
  root BLOB NOT NULL UNIQUE,          -- absolute path as bytes: to recognise the same folder, never shown in exports
  label TEXT NOT NULL UNIQUE);        -- first part of its items' paths

CREATE TABLE contents(
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  mime TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '',
  state INTEGER NOT NULL DEFAULT 0,   -- ItemState; pending until the last page is recognised
  read_state INTEGER NOT NULL DEFAULT 0, -- what the reader said of its own bytes
  primary_item INTEGER NOT NULL DEFAULT 0,
  reader INTEGER NOT NULL DEFAULT 0); -- version of the read stage that finished, 0 = not read yet

CREATE TABLE items(
  id INTEGER PRIMARY KEY,
  source INTEGER REFERENCES sources(id),          -- of a path received
  parent_content INTEGER REFERENCES contents(id), -- of a member
  ordinal INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  path TEXT NOT NULL,                 -- label/relative/path or path of the container!/name
  depth INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  content INTEGER REFERENCES contents(id),
  state INTEGER,                      -- only when content is null
  device INTEGER, inode INTEGER, size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER,
  UNIQUE(parent_content, ordinal));
CREATE INDEX items_by_name ON items(source, name) WHERE source IS NOT NULL;
CREATE INDEX items_by_content ON items(content);
CREATE INDEX items_by_path ON items(path);

CREATE TABLE documents(
  content INTEGER NOT NULL REFERENCES contents(id),
  ordinal INTEGER NOT NULL,
  kind TEXT NOT NULL,
  lang TEXT NOT NULL,
  title TEXT NOT NULL,
  first_page INTEGER NOT NULL,
  last_page INTEGER NOT NULL,
  fields TEXT NOT NULL,               -- JSON array of [key, value]
  PRIMARY KEY(content, ordinal)) WITHOUT ROWID;

CREATE TABLE pages(
  id INTEGER PRIMARY KEY,
  content INTEGER NOT NULL REFERENCES contents(id),
  number INTEGER NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  newest INTEGER,                     -- versions.id; null while nothing was read
  ocr INTEGER NOT NULL DEFAULT 0,     -- OcrState: 0 not asked for, 1 waiting, 2 done, 3 failed
  choice INTEGER NOT NULL DEFAULT 0,  -- how text layer and OCR are brought together (ingest/text_or_ocr.h)
  UNIQUE(content, number));
CREATE INDEX pages_waiting ON pages(content, number) WHERE ocr = 1;

CREATE TABLE versions(
  id INTEGER PRIMARY KEY,
  page INTEGER NOT NULL REFERENCES pages(id),
  hash BLOB NOT NULL,                 -- SHA-256 of the words joined by LF
  source INTEGER NOT NULL,            -- TextSource
  engine TEXT NOT NULL,
  lang TEXT NOT NULL,
  quality REAL NOT NULL,
  word_count INTEGER NOT NULL,
  words BLOB NOT NULL,                -- encode_words, zstd
  UNIQUE(page, hash));

CREATE TABLE gaps(
  id INTEGER PRIMARY KEY,
  content INTEGER REFERENCES contents(id),
  item INTEGER REFERENCES items(id),  -- when there is no content
  path TEXT,                          -- when there is no item either (links, folders that cannot be opened)
  stage TEXT NOT NULL,
  page INTEGER NOT NULL DEFAULT 0,
  kind INTEGER NOT NULL,
  place TEXT NOT NULL,
  detail TEXT NOT NULL);
CREATE INDEX gaps_by_content ON gaps(content);
CREATE INDEX gaps_by_path ON gaps(path) WHERE path IS NOT NULL;

CREATE TABLE progress(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID; -- epoch, index generation
INSERT INTO progress VALUES('epoch', 1), ('generation', 0);
)sql"},
    {"evidence", 2, R"sql(
ALTER TABLE pages ADD COLUMN label TEXT NOT NULL DEFAULT '';

CREATE TABLE member_counts(           -- what a container says it holds, and what was got out of it
  content INTEGER NOT NULL REFERENCES contents(id),
  what TEXT NOT NULL,
  expected INTEGER NOT NULL,
  read INTEGER NOT NULL,
  unreadable INTEGER NOT NULL,
  PRIMARY KEY(content, what)) WITHOUT ROWID;

CREATE TABLE fields(                  -- the documents' fields that were understood, to be searched by
  name TEXT NOT NULL,
  normal TEXT NOT NULL,
  content INTEGER NOT NULL REFERENCES contents(id),
  ordinal INTEGER NOT NULL,           -- of the document
  PRIMARY KEY(name, normal, content, ordinal)) WITHOUT ROWID;
CREATE INDEX fields_by_content ON fields(content);
)sql"},
    {"evidence", 3, R"sql(
-- contents.reader: version of that reader; 0 to be read (again), -1 withdrawn (no path has it any more), -2 removed
ALTER TABLE contents ADD COLUMN read_by TEXT NOT NULL DEFAULT '';
CREATE INDEX contents_unread ON contents(id) WHERE reader = 0;
UPDATE contents SET reader = 0, state = 0; -- by no reader that is known: once more
-- Standing (evidence/rereading.h): 0 live, 1 awaited, 2 withdrawn, 3 removed. Of a withdrawn member the ordinal is -id.
ALTER TABLE pages ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;

CREATE TABLE removals(                -- what a person took out of the case; paths and text are gone
  sha256 BLOB PRIMARY KEY,
  size INTEGER NOT NULL,
  day TEXT NOT NULL,                  -- UTC
  who TEXT NOT NULL,
  reason TEXT NOT NULL) WITHOUT ROWID;
)sql"},
    {"evidence", 4, R"sql(
CREATE INDEX gaps_by_item ON gaps(item) WHERE item IS NOT NULL;
CREATE INDEX pages_labelled ON pages(label, newest) WHERE label != '' AND newest IS NOT NULL;
)sql"},
    {"evidence", 5, R"sql(
ALTER TABLE removals ADD COLUMN done INTEGER NOT NULL DEFAULT 0; -- bytes and traces are gone too (evidence/removal.h)
)sql"},
};

}  // namespace

std::span<const store::Migration> migrations() {
  return kMigrations;
}

}  // namespace dragoman::evidence
