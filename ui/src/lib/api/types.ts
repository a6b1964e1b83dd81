// SPDX-License-Identifier: AGPL-3.0-or-later
// What the server says, as docs/openapi.json describes it. Keys are the server's own; a field that may be missing
// says so. Numbers of pages and words count from 1; boxes are [x0, y0, x1, y1] in points, origin top left of the page
// as displayed; offsets into text are UTF-16 code units, half open, so that they slice a JavaScript string.

export type ItemState = 'pending' | 'read' | 'partial' | 'duplicate' | 'encrypted' | 'unsupported' | 'failed';
export const ITEM_STATES: readonly ItemState[] = [
  'read', 'partial', 'duplicate', 'pending', 'encrypted', 'unsupported', 'failed',
];
export type GapKind =
  | 'empty' | 'malformed' | 'truncated' | 'encrypted' | 'unsupported' | 'type_mismatch' | 'limit' | 'timeout'
  | 'crashed' | 'io' | 'lost_line' | 'not_transcribed' | 'missing_dependency';
export type TextSource = 'none' | 'text_layer' | 'ocr' | 'body' | 'human';
export type Direction = 'ltr' | 'rtl';
export type Box = [number, number, number, number];

/** Every error, application/problem+json (RFC 9457). `type` is a path under /problems/ that names the kind. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The part that does not fit: "character 7", "words", a parameter's name. */
  where?: string;
}

// ----- GET /api/case
export interface CaseInfo {
  id: string;
  title: string;
  version: string; // "dragoman 0.1.0"
  started: string; // of this server process; another value means that it was restarted
  generation: number; // of the index; grows with every commit that changed what can be found
  items: number;
  states: Record<ItemState, number>;
  pages: number;
  ocr_pages: number;
  words: number;
  bytes: number;
  gaps: number;
  custody: { head: string; entries: number };
  ocr_langs: string[]; // Tesseract's names that this machine can read: "fas", "ara", "eng"
  writable: boolean; // false: adding is not possible (read-only media)
}

// ----- searching. Filters are repeated parameters, OR inside one, AND between them:
//       lang=fa&lang=ar&type=pdf&state=read&folder=<folder path>
export interface Hit {
  rank: number; // from 0
  item: number;
  blob: string; // 64 hex digits
  title: string;
  path: string;
  page: number;
  label?: string; // what the page is called beside its number: "sheet Budget, rows 1–87"
  pages: number; // of the item
  paged: boolean; // has a picture
  lang: string; // ISO 639-1, may be empty
  dir: Direction;
  type: string; // short name: "pdf", "mail", "docx", "image", "text"
  state: ItemState;
  source: TextSource;
  quality: number; // 0…1
  score: number;
  matches: number; // words of the page that match
  snippet: { text: string; marks: [number, number][] };
  citation: string;
  boxes: Box[];
  width: number; // points; 0 when not paged
  height: number;
}
/** GET /api/search?q=…&from=0&limit=50 or …&cursor=… ; `next` is null at the end. */
export interface SearchAnswer {
  canonical: string;
  total: number;
  took_ms: number;
  generation: number;
  from: number;
  hits: Hit[];
  next: string | null;
}
export interface FacetValue {
  value: string;
  label: string;
  count: number;
  parent?: string; // folders: value of the folder above, "" at the top
}
/** GET /api/facets?q=…&filters. A facet's counts honour the other facets' choices, not its own. Pages are counted;
 *  one that lies in several folders counts in each. */
export interface FacetAnswer {
  total: number;
  generation: number;
  lang: FacetValue[];
  type: FacetValue[];
  state: FacetValue[];
  folder: FacetValue[]; // parents before children, at most 500; `more_folders` when there are more
  more_folders: boolean;
}
/** GET /api/query?q=… : how the query was understood. */
export interface QueryPart {
  kind: 'all_of' | 'any_of' | 'except' | 'word' | 'phrase' | 'prefix' | 'filter';
  text?: string; // word, phrase, prefix: folded, as searched
  field?: 'lang' | 'type' | 'path';
  value?: string;
  parts?: QueryPart[]; // except: the first part, and none of the others
}
export interface QueryAnswer {
  canonical: string;
  part: QueryPart;
}

// ----- items
/** A folder (of a source, never an item itself) or an item. `node` is opaque. */
export interface TreeNode {
  node: string;
  kind: 'folder' | 'item';
  name: string;
  path: string;
  item?: number;
  state?: ItemState;
  type?: string;
  size?: number;
  pages?: number;
  gaps?: number; // of this item itself
  children: number; // direct ones
  counts: Partial<Record<ItemState, number>>; // items below, itself included
}
/** GET /api/tree?node=…&state=…&cursor=… ; without node: the sources. `state` keeps nodes that hold such items. */
export interface TreeAnswer {
  node: TreeNode | null;
  ancestors: TreeNode[]; // from the top
  children: TreeNode[];
  next: string | null;
}
export interface GapInfo {
  id: number;
  kind: GapKind;
  path: string;
  item: number | null; // null: a path that is no item (a link, a folder that cannot be opened)
  blob: string; // empty when the bytes could not be had
  page: number; // 0 when it is not about one page
  where: string;
  detail: string; // English, from the program; never text of the document
}
/** GET /api/items/{id} */
export interface ItemInfo {
  id: number;
  parent: number | null;
  path: string;
  name: string;
  title: string;
  sha256: string; // empty when the bytes could not be had
  size: number;
  type: string;
  mime: string;
  state: ItemState;
  primary: number; // the item whose pages these are; itself unless a duplicate
  paths: { item: number; path: string }[]; // all paths of these bytes, at most 100
  ancestors: { node: string; name: string }[];
  documents: {
    ordinal: number;
    kind: string;
    lang: string;
    title: string;
    first_page: number;
    last_page: number;
    fields: [string, string][];
  }[];
  pages: number;
  members: number;
  counts?: { what: string; expected: number; read: number; unreadable: number }[]; // what a container says it holds
  gaps: GapInfo[]; // at most 500
  more_gaps?: boolean; // there are more: GET /api/gaps/list?item=
  removed?: { day: string; who: string; reason: string }; // its bytes were taken out of the case
}
/** GET /api/items/{id}/pages?from=1&limit=1000 */
export interface PageHead {
  page: number;
  label?: string;
  width: number; // points; 0 on reflowable pages
  height: number;
  source: TextSource;
  lang: string;
  quality: number;
  words: number;
  v: string; // version, 12 hex digits; empty when nothing was read
}
export interface PagesAnswer {
  total: number;
  pages: PageHead[];
  next: string | null;
}
/** [text, what stood after it, box or null, confidence 0…1 or null] */
export type WordRow = [string, 'space' | 'line' | 'paragraph' | 'none', Box | null, number | null];
/** GET /api/items/{id}/pages/{page}?v=…&q=… */
export interface PageText extends PageHead {
  item: number;
  blob: string;
  dir: Direction;
  engine: string;
  newest: boolean;
  versions: { v: string; source: TextSource; engine: string; words: number; newest: boolean }[];
  words_list: WordRow[];
  marks: [number, number][]; // matching words of q, first and last included, in reading order
  gaps: GapInfo[];
}
/** GET /api/items/{id}/hits?q=…&cursor=… : pages of the item that match, in order, and how many words on each. */
export interface ItemHits {
  total_pages: number;
  pages: [number, number][];
  next: string | null;
}
/** GET /api/items/{id}/pages/{page}/citation?v=…&words=12-15 */
export interface CitationAnswer {
  citation: string;
  quote: string;
  annotation: Record<string, unknown>; // W3C Web Annotation, JSON-LD
}
/** GET /api/resolve?citation=… */
export interface ResolveAnswer {
  citation: string; // with its version
  item: number;
  path: string;
  blob: string;
  page: number;
  label?: string;
  v: string;
  first: number;
  last: number;
  text: string;
  newest: boolean;
  stated: boolean; // the citation named its version
  boxes: Box[];
  width: number;
  height: number;
}
/** POST /api/items/{id}/original : a link that works once, for a minute. */
export interface OriginalTicket {
  href: string;
  name: string;
  size: number;
  type: string;
}

// ----- gaps
/** GET /api/gaps */
export interface GapGroups {
  total: number;
  groups: { kind: GapKind; count: number; items: number; causes: { cause: string; detail: string; count: number; remedy?: string; retry?: boolean }[] }[];
}
/** GET /api/gaps/list?kind=…&cause=…&cursor=… */
export interface GapList {
  total: number;
  gaps: GapInfo[];
  next: string | null;
}

// ----- custody
export interface CustodyEntry {
  number: number;
  kind: 'case' | 'batch' | 'derive' | 'note' | 'verify' | 'remove';
  hash: string;
  time: string; // as the log has it; may be empty
  tool: string;
  items: number;
  policy: string;
  detail: string;
}
/** GET /api/custody?cursor=… ; newest first */
export interface CustodyAnswer {
  head: string;
  entries: number;
  key: string; // the public key, hex
  list: CustodyEntry[];
  next: string | null;
}
/** GET and POST /api/verify ({head?, record?}) */
export interface VerifyStatus {
  state: 'idle' | 'running' | 'done' | 'failed';
  done_bytes: number;
  all_bytes: number;
  finished?: string; // ISO 8601, UTC
  report?: {
    ok: boolean;
    blobs: number;
    removed: number; // files that decisions took out
    entries: number;
    head: string;
    faults: { what: string; where: string; detail: string; item?: number; path?: string }[];
    notes: string[];
    more: boolean;
    recorded: boolean;
  };
  problem?: Problem;
}

// ----- adding
/** GET /api/places : where to begin; GET /api/places/{handle}. Handles are this server's; paths are never sent back. */
export interface Place {
  handle: string;
  name: string;
  kind: 'folder' | 'file' | 'other';
  size?: number;
}
export interface PlaceList {
  handle: string; // empty at the top
  trail: Place[]; // from the top, this one last
  entries: Place[]; // folders first
  next: string | null;
}
/** POST /api/uploads → {upload}; PUT /api/uploads/{upload}?name=folder/file.pdf with the bytes; DELETE gives it up. */
export interface Upload {
  upload: string;
  files: number;
  bytes: number;
}
/** POST /api/add {places, upload, langs, passwords} → 202; /api/add/pause, /resume, /cancel; GET /api/add */
export interface AddStatus {
  state: 'idle' | 'running' | 'pausing' | 'paused' | 'cancelling' | 'cancelled' | 'done' | 'failed';
  phase: 'receiving' | 'reading' | 'recognising' | 'settling' | '';
  files_done: number;
  files_total: number;
  pages_done: number;
  pages_total: number;
  seconds: number; // worked, pauses left out
  names: string[]; // what is added, names only
  elsewhere: boolean; // another process adds to the case just now
  problem?: Problem;
}

// ----- GET /api/events (server-sent events). "hello" {started}, "case" CaseInfo, "add" AddStatus, "verify" VerifyStatus
export interface Hello {
  started: string;
}
