// SPDX-License-Identifier: AGPL-3.0-or-later
// The program says its reasons in English (they also stand in logs and on terminals). Those that are met most are known
// here, so that they can be read in the reader's language; any other is shown as it was given.
import { type Key, term, type Values } from '../../lib/i18n';

const kCauses: readonly [RegExp, Key][] = [
  [/^the file has no bytes$/, 'cause.no_bytes'],
  [/^the text holds no words$/, 'cause.no_words'],
  [/^the PDF is encrypted and no given password opens it$/, 'cause.pdf_encrypted'],
  [/^the member needs a password; give it with --passwords$/, 'cause.member_password'],
  [/^the member is encrypted and no given password opens it$/, 'cause.member_encrypted'],
  [/^every member of the archive is encrypted$/, 'cause.archive_encrypted'],
  [/^the mail is encrypted; its parts are kept as they are$/, 'cause.mail_encrypted'],
  [/^the content is of no type that is known here$/, 'cause.unknown_type'],
  [/^the name says (?<name>.+), the content is (?<content>.+)$/, 'cause.type_mismatch'],
  [/^the PDF ends before its directory of objects; no page could be recovered$/, 'cause.pdf_no_page'],
  [/^the PDF ends early; the pages that could be recovered are here$/, 'cause.pdf_ends'],
  [/^the PDF's directory of objects is damaged and was rebuilt$/, 'cause.pdf_rebuilt'],
  [/^the picture ends early; what there is of it is shown$/, 'cause.picture_ends'],
  [/^the archive's directory at its end is missing$/, 'cause.archive_directory'],
  [/^the archive ends inside a header$/, 'cause.archive_header'],
  [/^the archive ends inside this member$/, 'cause.archive_member'],
  [/^its container ends inside it$/, 'cause.container_ends'],
  [/^the member is damaged$/, 'cause.member_damaged'],
  [/^the mail ends before its last part does$/, 'cause.mail_ends'],
  [/^a row that looks like writing was not read$/, 'cause.lost_row'],
  [/^pictures inside the document that are not read: (?<n>.+)$/, 'cause.pictures_inside'],
  [/^the page cannot be opened$/, 'cause.page_closed'],
  [/^the page cannot be drawn$/, 'cause.page_not_drawn'],
  [/^drawing the page stopped at an error/, 'cause.drawing_stopped'],
  [/^the picture cannot be decoded$/, 'cause.picture_undecoded'],
  [/^later pages were not read$/, 'cause.later_pages'],
  [/^the picture has more pixels than are decoded$/, 'cause.too_many_pixels'],
  [/^the job was stopped after (?<n>.+) s$/, 'cause.stopped_after'],
  [/^the job took more than (?<n>.+) MiB of memory$/, 'cause.memory'],
  [/^reading needed more memory than a reader has$/, 'cause.memory_reader'],
  [/^the worker (?:was|ended|died|exited|stopped)/, 'cause.worker_died'],
  [/^the reader gave up on the content$/, 'cause.gave_up'],
  [/^changed while it was read$/, 'cause.changed'],
  [/^a link: it points elsewhere and holds nothing$/, 'cause.link'],
  [/^some bytes do not fit the encoding (?<name>.+)$/, 'cause.encoding'],
  [/^the (?:rows|text) behind this (?:were|was) not read$/, 'cause.rest_unread'],
  [/^cells that hold bytes of no known kind: (?<n>.+)$/, 'cause.cells_unknown'],
  [/^the database holds more files than its limit$/, 'cause.database_files'],
  [/^rows of the table cannot be read: it is damaged$/, 'cause.table_damaged'],
  [/^the rows of the table come round again$/, 'cause.table_loops'],
  [/^the table's definition is damaged$/, 'cause.table_definition'],
  [/^the head of the table is damaged$/, 'cause.table_head'],
  [/^the table ends before its last row$/, 'cause.table_ends'],
  [/^long texts of the table lie in a memo file beside it: (?<n>.+)$/, 'cause.memo_file'],
  [/^the text of a cell was longer than is read$/, 'cause.cell_long'],
  [/^the database ends before its last page$/, 'cause.database_ends'],
  [/^the (?:database's )?list of tables is damaged$/, 'cause.schema_damaged'],
  [/^the database has more tables than are read$/, 'cause.schema_cut'],
  [/^SQLite cannot open the database$/, 'cause.database_closed'],
  [/^the database cannot be opened: its head is damaged$/, 'cause.database_closed'],
  [/^the page holds more links, fields or files than are listed$/, 'cause.page_cut'],
  [/^the saved page ends before its last part does$/, 'cause.saved_ends'],
  [/^the saved page (?:has no parts|lacks the page itself)$/, 'cause.saved_lacks'],
  [/^the saved page holds more files than its limit$/, 'cause.saved_files'],
  [/^the book lacks its package document$/, 'cause.book_lacks'],
  [/^a chapter that the book lists is not there$/, 'cause.chapter_missing'],
  [/^the chapter is encrypted: the book is protected against copying$/, 'cause.chapter_encrypted'],
  [/^the file is encrypted: the book is protected against copying$/, 'cause.book_file_encrypted'],
  [/^some bytes do not fit the encoding of the chapter$/, 'cause.chapter_encoding'],
  [/^the book holds more files than (?:its limit|are read)$/, 'cause.book_files'],
  [/^the mail holds more parts than its limit$/, 'cause.mail_parts'],
  [/^parts nested deeper than the limit were left out$/, 'cause.mail_deep'],
  [/^some bytes do not fit the character set(?: of the body)?$/, 'cause.mail_charset'],
  [/^the body is longer than is read$/, 'cause.mail_long'],
  [/^a file written into the text of the mail has no end$/, 'cause.mail_coded'],
  [/^the (?:mailbox|data file) holds more messages than its limit$/, 'cause.mailbox_limit'],
  [/^the line with the length of the mail is missing$/, 'cause.emlx_head'],
  [/^the file ends before the mail does$/, 'cause.mail_cut'],
  [/^attachments of this mail lie in files beside it$/, 'cause.emlx_partial'],
  [/^the message cannot be opened$/, 'cause.message_closed'],
  [/^an attachment could not be read whole$/, 'cause.attachment_cut'],
  [/^an attachment is only referred to: its bytes lie elsewhere$/, 'cause.attachment_elsewhere'],
  [/^an attachment (?:cannot be opened|has no content)$/, 'cause.attachment_closed'],
  [/^the formatted body could not be unpacked whole$/, 'cause.rtf_packed'],
  [/^unpacking stopped: the (?:data file|message) holds more than its limit$/, 'cause.unpack_stopped'],
  [/^the folder says that it holds more messages than are found in it$/, 'cause.pst_count'],
  [/^folders nested deeper than the limit were left out$/, 'cause.pst_deep'],
  [/^a folder cannot be opened$/, 'cause.pst_folder'],
  [/^(?:the data file cannot be opened|the folders of the data file cannot be found)$/, 'cause.pst_closed'],
  [/^the data file is damaged: more may have been in it$/, 'cause.pst_damaged'],
  [/^the file is no TNEF$/, 'cause.tnef_none'],
  [/^the file ends inside an attribute$/, 'cause.tnef_cut'],
  [/^some attributes are damaged$/, 'cause.tnef_damaged'],
  [/^the compound file is damaged$/, 'cause.compound_damaged'],
  [/^the file holds no properties of a message$/, 'cause.msg_none'],
  [/^the file ends before its last entry does$/, 'cause.card_cut'],
  [/^the file is longer than is read$/, 'cause.card_long'],
  [/^the message is encrypted for a key that is not here$/, 'cause.signed_encrypted'],
  [/^this kind of PKCS #7 message is not read$/, 'cause.signed_kind'],
  [/^the file ends inside what was signed$/, 'cause.signed_cut'],
  [/^OCR language (?<name>[a-z_]+) is not installed: apt-get install (?<content>[a-z0-9-]+)$/, 'cause.language_missing'],
];

const kLabels: Record<string, string> = {
  'a PDF': 'pdf', 'a JPEG picture': 'jpeg', 'a PNG picture': 'png', 'a GIF picture': 'gif', 'a BMP picture': 'bmp',
  'a WebP picture': 'webp', 'a TIFF picture': 'tiff', 'plain text': 'text', 'a table in text form': 'csv', JSON: 'json',
  XML: 'xml', 'a mail': 'mail', 'a ZIP archive': 'zip', 'a text document (Office Open XML)': 'docx',
  'a spreadsheet (Office Open XML)': 'xlsx', 'a presentation (Office Open XML)': 'pptx',
  'a text document (Word 97–2003)': 'doc', 'a text document (Word …–…)': 'doc', 'a spreadsheet (Excel …–…)': 'xls',
  'a spreadsheet (Excel 97–2003)': 'xls', 'a web page (HTML)': 'html',
  'a RAR archive': 'rar', 'a 7-Zip archive': '7z', 'a program': 'executable', 'an unknown type': 'unknown',
};
const label = (text: string): string => (text in kLabels ? term('label', kLabels[text] ?? '') : text);

/** The key of a reason and what it names; undefined: not a reason that is known here. */
export function causeKey(text: string): { key: Key; values: Values } | undefined {
  for (const [pattern, key] of kCauses) {
    const match = pattern.exec(text);
    if (!match) continue;
    const values: Values = {};
    for (const [name, value] of Object.entries(match.groups ?? {}))
      values[name] = /^\d+$/.test(value) ? Number(value) : label(value);
    return { key, values };
  }
  return undefined;
}
