// SPDX-License-Identifier: AGPL-3.0-or-later
// The closed table of types. Order does not matter; a mime type occurs once.
#include "read/types.h"

namespace dragoman::read {
namespace {

using enum ReaderKind;

constexpr Type kTypes[] = {
    {"application/pdf", "pdf", "a PDF", "pdf", "pdf", pdf},
    {"image/jpeg", "image", "a JPEG picture", "jpg jpeg jpe jfif", "image", image},
    {"image/png", "image", "a PNG picture", "png", "image", image},
    {"image/gif", "image", "a GIF picture", "gif", "image", image},
    {"image/bmp", "image", "a BMP picture", "bmp dib", "image", image},
    {"image/webp", "image", "a WebP picture", "webp", "image", image},
    {"image/tiff", "tiff", "a TIFF picture", "tif tiff", "image", image},
    {"text/plain", "text", "plain text", "txt text md markdown log json xml yaml yml ini conf srt tex", "text", text},
    {"text/csv", "csv", "a table in text form", "csv tsv tab", "text", csv},
    {"application/json", "text", "JSON", "", "text", text},
    {"text/xml", "text", "XML", "", "text", text},
    {"text/vcard", "vcard", "a contact (vCard)", "vcf vcard", "text", vcard},
    {"text/calendar", "calendar", "a calendar (iCalendar)", "ics ifb ical vcs", "text", calendar},
    {"message/rfc822", "mail", "a mail", "eml", "text", mail},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx",
     "a text document (Office Open XML)", "docx docm dotx dotm", "docx", docx},
    {"application/zip", "zip", "a ZIP archive", "zip", "zip", zip},
    {"application/x-7z-compressed", "7z", "a 7-Zip archive", "7z", "7z", archive},
    {"application/x-rar", "rar", "a RAR archive", "rar", "rar", archive},
    {"application/x-tar", "tar", "a tar archive", "tar", "tar", archive},
    {"application/vnd.ms-cab-compressed", "cab", "a Cabinet archive", "cab", "cab", archive},
    {"application/x-iso9660-image", "iso", "a disc image", "iso", "iso", archive},
    {"application/gzip", "gz", "gzip-compressed data", "gz tgz", "gz", compressed},
    {"application/x-bzip2", "bz2", "bzip2-compressed data", "bz2", "bz2 tbz tbz2", compressed},
    {"application/x-xz", "xz", "xz-compressed data", "xz", "xz txz", compressed},
    {"application/zstd", "zst", "zstd-compressed data", "zst", "zst", compressed},
    {"application/x-archive", "ar", "an ar archive", "a ar deb udeb", "ar", archive},
    {"application/x-cpio", "cpio", "a cpio archive", "cpio", "cpio", archive},
    {"application/x-lha", "lha", "an LHA archive", "lzh lha", "lha", archive},
    {"application/x-lzma", "lzma", "lzma-compressed data", "lzma", "lzma", compressed},
    {"application/x-lzip", "lz", "lzip-compressed data", "lz", "lz", compressed},
    {"application/x-lz4", "lz4", "lz4-compressed data", "lz4", "lz4", compressed},
    {"application/x-compress", "z", "compress-compressed data", "z", "z", compressed},

    // Known by name only.
    {"application/x-empty", "empty", "an empty file", "", "empty", none},
    {"application/x-ooxml-encrypted", "ooxml-encrypted", "an encrypted Office document", "", "ole", none},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "a spreadsheet (Office Open XML)",
     "xlsx xlsm xltx xltm xlam xlsb", "xlsx", xlsx},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx",
     "a presentation (Office Open XML)", "pptx pptm ppsx ppsm potx potm ppam sldx", "pptx", pptx},
    {"application/vnd.oasis.opendocument.text", "odt", "a text document (OpenDocument)", "odt ott fodt odm oth sxw stw",
     "odf", odf},
    {"application/vnd.oasis.opendocument.spreadsheet", "ods", "a spreadsheet (OpenDocument)", "ods ots fods sxc stc",
     "odf", odf},
    {"application/vnd.oasis.opendocument.presentation", "odp", "a presentation (OpenDocument)", "odp otp fodp sxi sti",
     "odf", odf},
    {"application/vnd.oasis.opendocument.graphics", "odg", "a drawing (OpenDocument)", "odg otg fodg sxd std", "odf",
     odf},
    {"application/vnd.oasis.opendocument.formula", "odf", "a formula (OpenDocument)", "odf", "odf", odf},
    {"application/vnd.oasis.opendocument.chart", "odc", "a chart (OpenDocument)", "odc otc", "odf", odf},
    {"application/epub+zip", "epub", "an e-book (EPUB)", "epub", "epub", epub},
    {"application/msword", "doc", "a text document (Word 97–2003)", "doc dot", "doc", doc},
    {"application/vnd.ms-excel", "xls", "a spreadsheet (Excel 97–2003)", "xls xlt xla xlw", "xls", xls},
    {"application/vnd.ms-powerpoint", "ppt", "a presentation (PowerPoint 97–2003)", "ppt pps pot ppa", "ppt", ppt},
    {"application/vnd.ms-outlook", "msg", "an Outlook message", "msg oft", "msg", msg},
    {"application/x-ole-storage", "ole", "an OLE compound file", "", "ole", ole},
    {"application/vnd.ms-outlook-pst", "pst", "an Outlook data file", "pst ost pab", "pst", pst},
    {"application/mbox", "mbox", "a mailbox (mbox)", "mbox mbx", "text", mbox},
    {"message/x-emlx", "emlx", "a mail of Apple Mail", "emlx", "text", emlx},
    {"application/ms-tnef", "tnef", "a TNEF mail body", "", "tnef", tnef},
    {"application/x-mimearchive", "mhtml", "a saved web page (MHTML)", "mhtml mht", "text", mhtml},
    {"text/html", "html", "a web page (HTML)", "html htm xhtml shtml", "html", html},
    {"text/rtf", "rtf", "a text document (RTF)", "rtf", "rtf", rtf},
    {"application/postscript", "ps", "PostScript", "ps eps", "ps", none},
    {"application/vnd.ms-htmlhelp", "chm", "a help file (CHM)", "chm", "chm", none},
    {"image/vnd.djvu", "djvu", "a DjVu document", "djvu djv", "djvu", none},
    {"image/heic", "heic", "a HEIF picture", "heic heif", "heic", none},
    {"image/jp2", "jp2", "a JPEG 2000 picture", "jp2 jpx", "jp2", none},
    {"image/vnd.adobe.photoshop", "psd", "a Photoshop picture", "psd", "psd", none},
    {"image/svg+xml", "svg", "a vector drawing (SVG)", "svg", "text", text},
    {"audio/mpeg", "audio", "an audio recording", "mp3", "media", none},
    {"audio/mp4", "audio", "an audio recording", "m4a", "media", none},
    {"audio/ogg", "audio", "an audio recording", "ogg opus", "media", none},
    {"audio/flac", "audio", "an audio recording", "flac", "media", none},
    {"audio/wav", "audio", "an audio recording", "wav", "media", none},
    {"audio/amr", "audio", "an audio recording", "amr", "media", none},
    {"video/mp4", "video", "a video recording", "mp4 mov m4v 3gp", "media", none},
    {"video/x-matroska", "video", "a video recording", "mkv webm", "media", none},
    {"video/mpeg", "video", "a video recording", "mpg mpeg", "media", none},
    {"video/x-msvideo", "video", "a video recording", "avi", "media", none},
    {"application/x-dbf", "dbf", "a dBase table", "dbf", "dbf", dbf},
    {"application/vnd.sqlite3", "sqlite", "an SQLite database", "sqlite sqlite3 db3 sqlitedb", "sqlite", sqlite},
    {"application/x-msaccess", "mdb", "an Access database", "mdb accdb mde accde", "mdb", access},
    {"application/x-executable", "executable", "a program", "exe dll", "executable", none},
    {"application/pkcs7-mime", "p7m", "a signed or encrypted message (PKCS #7)", "p7m p7s", "p7m", pkcs7},
    {"application/pgp-encrypted", "pgp", "an encrypted message (OpenPGP)", "pgp gpg", "text", none},

    // Of old programs, for a conversion (ingest/office.h).
    {"application/vnd.visio", "vsd", "a drawing (Visio)", "vsd vss vst", "vsd", ole},
    {"application/x-mspublisher", "pub", "a publication (Publisher)", "pub", "pub", ole},
    {"application/vnd.ms-works", "wps", "a text document (Works)", "wps", "wps", ole},
    {"application/vnd.wordperfect", "wpd", "a text document (WordPerfect)", "wpd wp wp5 wp6", "wpd", none},
    {"application/x-mswrite", "wri", "a text document (Write)", "wri", "wri", none},
    {"application/vnd.stardivision.writer", "sdw", "a text document (StarOffice)", "sdw", "sdw", ole},
    {"application/vnd.stardivision.calc", "sdc", "a spreadsheet (StarOffice)", "sdc", "sdc", ole},
    {"application/vnd.stardivision.impress", "sdd", "a presentation (StarOffice)", "sdd sda", "sdd", ole},
    {"application/vnd.lotus-1-2-3", "wk1", "a spreadsheet (Lotus 1-2-3)", "wk1 wks wk3 wk4 123", "wk1", none},
    {"application/x-sylk", "slk", "a spreadsheet (SYLK)", "slk", "text", none},
    {"application/x-dif", "dif", "a spreadsheet (DIF)", "dif", "text", none},
    {"application/vnd.corel-draw", "cdr", "a drawing (CorelDRAW)", "cdr", "cdr", none},

    {"application/octet-stream", "unknown", "an unknown type", "", "unknown", none},
};

}  // namespace

std::span<const Type> types() {
  return kTypes;
}

}  // namespace dragoman::read
