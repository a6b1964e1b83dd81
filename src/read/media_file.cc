// SPDX-License-Identifier: AGPL-3.0-or-later
#include "read/media_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>

#include "base/utf8.h"
#include "read/encoding.h"
#include "read/media_library.h"
#include "record/page.h"

namespace dragoman::read {
namespace {

// The demuxers a file may choose: none that opens further files or addresses.
constexpr char kFormats[] =
    "mov,mp3,aac,ogg,flac,wav,w64,amr,aiff,au,matroska,avi,mpeg,mpegvideo,mpegts,asf,flv,caf,ac3,eac3,dts,ape,wv,tta,"
    "h264,hevc,m4v";
constexpr int kBufferBytes = 64 * 1024;
constexpr std::int64_t kProbeBytes = 8 << 20;
constexpr std::int64_t kProbeMicroseconds = 5'000'000;
constexpr unsigned kMostStreams = 100;
constexpr unsigned kMostChapters = 2'000;
constexpr std::size_t kMostFields = 400;
constexpr std::size_t kMostAttachment = std::size_t{64} << 20;
// Bytes that may be gone through for subtitles that lie scattered in a film, and lines of them.
constexpr std::uint64_t kMostRead = std::uint64_t{4} << 30;
constexpr std::size_t kMostLines = 500'000;

/// The file as libavformat reads it.
struct Source {
  int fd = -1;
  std::int64_t size = 0;
  std::int64_t at = 0;
  std::uint64_t read = 0;
};

int read_source(void* opaque, std::uint8_t* buffer, int count) {
  auto* source = static_cast<Source*>(opaque);
  if (source->read > kMostRead) return AVERROR_EOF;
  ssize_t got = 0;
  do {
    got = ::pread(source->fd, buffer, static_cast<std::size_t>(count), source->at);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return AVERROR(EIO);
  if (got == 0) return AVERROR_EOF;
  source->at += got;
  source->read += static_cast<std::uint64_t>(got);
  return static_cast<int>(got);
}

std::int64_t seek_source(void* opaque, std::int64_t offset, int whence) {
  auto* source = static_cast<Source*>(opaque);
  if ((whence & AVSEEK_SIZE) != 0) return source->size;
  const int from = whence & ~AVSEEK_FORCE;
  const std::int64_t base = from == SEEK_SET ? 0 : from == SEEK_CUR ? source->at : source->size;
  if (from != SEEK_SET && from != SEEK_CUR && from != SEEK_END) return AVERROR(EINVAL);
  if (offset < -base || offset > INT64_MAX - base) return AVERROR(EINVAL);
  source->at = base + offset;
  return source->at;
}

std::string utf8(std::string_view text) {
  return is_valid_utf8(text) ? std::string(text) : decode_text(text).utf8;
}

std::string clock(std::int64_t milliseconds, bool fraction) {
  milliseconds = std::max<std::int64_t>(0, milliseconds);
  char out[64];
  const auto seconds = static_cast<long long>(milliseconds / 1000);
  std::snprintf(out, sizeof out, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (!fraction) return out;
  char rest[16];
  std::snprintf(rest, sizeof rest, ".%03d", static_cast<int>(milliseconds % 1000));
  return std::string(out) + rest;
}

std::int64_t in_milliseconds(std::int64_t time, AVRational base) {
  if (base.den == 0) return 0;
  const double value = static_cast<double>(time) * base.num * 1000.0 / base.den;
  return value > 0 && value < 1e15 ? static_cast<std::int64_t>(value) : 0;
}

// Keys under which programs write about themselves.
bool is_technical(std::string_view key) {
  static constexpr std::string_view kKeys[] = {"major_brand",
                                               "minor_version",
                                               "compatible_brands",
                                               "encoder",
                                               "vendor_id",
                                               "handler_name",
                                               "language",
                                               "compilation",
                                               "gapless_playback",
                                               "TLEN",
                                               "TSSE",
                                               "track",
                                               "disc",
                                               "duration",
                                               "creation_time",
                                               "title_sort",
                                               "media_type",
                                               "filename",
                                               "mimetype",
                                               "variant_bitrate",
                                               "is_vbr",
                                               "isvbr",
                                               "encoder_options"};
  static constexpr std::string_view kStarts[] = {"iTun",          "id3v2_priv", "BPS",        "DURATION",
                                                 "NUMBER_OF",     "_STATI",     "replaygain", "REPLAYGAIN",
                                                 "DeviceConform", "WM/Wave",    "WMFSDK",     "SourceID"};
  const auto begins = [key](std::string_view with) { return key.starts_with(with); };
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys) ||
         std::any_of(std::begin(kStarts), std::end(kStarts), begins);
}

/// An open file with all that must be given back.
class Reading {
 public:
  Reading(const MediaLibrary& api, int fd, std::uint64_t size) : api_(api) {
    source_.fd = fd;
    source_.size = static_cast<std::int64_t>(size);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    if (format_ != nullptr) api_.avformat_close_input(&format_);
    if (io_ != nullptr) {
      api_.av_freep(&io_->buffer);
      api_.avio_context_free(&io_);
    }
  }
  Result<MediaFile> run();

 private:
  bool open();
  void head();
  void tags(const AVDictionary* dictionary, const std::string& prefix);
  void stream(const AVStream& stream, unsigned number);
  void attachment(const AVStream& stream);
  void chapters();
  void subtitles();
  void line(const AVPacket& packet);
  void add(std::string key, std::string value);
  void say(const std::string& key, const std::string& value);
  std::string tag(const AVDictionary* dictionary, const char* key) const;

  const MediaLibrary& api_;
  Source source_;
  AVIOContext* io_ = nullptr;
  AVFormatContext* format_ = nullptr;
  std::map<int, std::size_t> tracks_;  // number of a stream of subtitles → its part
  std::size_t lines_ = 0;
  MediaFile out_;
};

bool Reading::open() {
  auto* buffer = static_cast<unsigned char*>(api_.av_malloc(kBufferBytes));
  if (buffer == nullptr) return false;
  io_ = api_.avio_alloc_context(buffer, kBufferBytes, 0, &source_, read_source, nullptr, seek_source);
  if (io_ == nullptr) {
    api_.av_freep(&buffer);
    return false;
  }
  format_ = api_.avformat_alloc_context();
  if (format_ == nullptr) return false;
  format_->pb = io_;
  format_->flags |= AVFMT_FLAG_CUSTOM_IO;
  format_->format_whitelist = api_.av_strdup(kFormats);
  // No codec has this name, no protocol either: nothing is decoded, nothing else is opened.
  format_->codec_whitelist = api_.av_strdup("none");
  format_->protocol_whitelist = api_.av_strdup("none");
  format_->probesize = kProbeBytes;
  format_->max_analyze_duration = kProbeMicroseconds;
  format_->max_streams = static_cast<int>(kMostStreams);
  // On failure it frees the context itself.
  if (api_.avformat_open_input(&format_, nullptr, nullptr, nullptr) < 0) return false;
  api_.avformat_find_stream_info(format_, nullptr);
  return true;
}

void Reading::add(std::string key, std::string value) {
  if (!value.empty() && out_.fields.size() < kMostFields) out_.fields.push_back({std::move(key), std::move(value)});
}

void Reading::say(const std::string& key, const std::string& value) {
  if (!words_of(value).empty()) out_.written += key + ": " + value + "\n";
}

std::string Reading::tag(const AVDictionary* dictionary, const char* key) const {
  const AVDictionaryEntry* entry = api_.av_dict_get(dictionary, key, nullptr, 0);
  return entry == nullptr ? std::string() : utf8(entry->value);
}

void Reading::tags(const AVDictionary* dictionary, const std::string& prefix) {
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = api_.av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    const std::string key = utf8(entry->key);
    const std::string value = utf8(entry->value);
    add(prefix + key, value);
    if (is_technical(key)) continue;
    say(key, value);
    const std::string place = place_of_iso6709(value);
    if (!place.empty() && out_.written.find(place) == std::string::npos) say("Position", place);
  }
}

void Reading::head() {
  add("format", format_->iformat->name);
  std::int64_t length = 0;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    const AVStream& stream = *format_->streams[i];
    if (stream.duration != AV_NOPTS_VALUE)
      length = std::max(length, in_milliseconds(stream.duration, stream.time_base));
  }
  if (length == 0 && format_->duration > 0) length = format_->duration / 1000;
  if (length > 0) add("duration", clock(length, true));
  if (format_->bit_rate > 0) add("bit_rate", std::to_string(format_->bit_rate));
  tags(format_->metadata, "");
}

const char* kind_of(AVMediaType type) {
  switch (type) {
    case AVMEDIA_TYPE_VIDEO: return "video";
    case AVMEDIA_TYPE_AUDIO: return "audio";
    case AVMEDIA_TYPE_SUBTITLE: return "subtitles";
    case AVMEDIA_TYPE_ATTACHMENT: return "attachment";
    default: return "data";
  }
}

bool is_text(AVCodecID codec) {
  switch (codec) {
    case AV_CODEC_ID_TEXT:
    case AV_CODEC_ID_SSA:
    case AV_CODEC_ID_ASS:
    case AV_CODEC_ID_MOV_TEXT:
    case AV_CODEC_ID_SUBRIP:
    case AV_CODEC_ID_WEBVTT:
    case AV_CODEC_ID_SAMI:
    case AV_CODEC_ID_REALTEXT:
    case AV_CODEC_ID_MICRODVD:
    case AV_CODEC_ID_TTML: return true;
    default: return false;
  }
}

void Reading::stream(const AVStream& stream, unsigned number) {
  const AVCodecParameters& codec = *stream.codecpar;
  std::string said = std::string(kind_of(codec.codec_type)) + " " + api_.avcodec_get_name(codec.codec_id);
  if (codec.width > 0 && codec.height > 0)
    said += " " + std::to_string(codec.width) + "x" + std::to_string(codec.height);
  if (codec.sample_rate > 0) said += " " + std::to_string(codec.sample_rate) + " Hz";
  const std::string language = tag(stream.metadata, "language");
  if (!language.empty()) said += " " + language;
  add("stream " + std::to_string(number + 1), said);
  tags(stream.metadata, "stream " + std::to_string(number + 1) + " ");
  if (codec.codec_type != AVMEDIA_TYPE_SUBTITLE) return attachment(stream);
  if (!is_text(codec.codec_id)) {
    out_.picture_subtitles = true;
    return;
  }
  tracks_.emplace(stream.index, out_.subtitles.size());
  const std::string label = language.empty() || language == "und" ? "" : " " + language;
  out_.subtitles.push_back({"subtitles" + label, ""});
}

void Reading::attachment(const AVStream& stream) {
  const AVCodecParameters& codec = *stream.codecpar;
  const bool cover = (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
  const std::uint8_t* data = cover ? stream.attached_pic.data : codec.extradata;
  const int size = cover ? stream.attached_pic.size : codec.extradata_size;
  if (!cover && codec.codec_type != AVMEDIA_TYPE_ATTACHMENT) return;
  if (data == nullptr || size <= 0 || static_cast<std::size_t>(size) > kMostAttachment) return;
  std::string name = tag(stream.metadata, "filename");
  if (name.empty()) {
    name = cover ? "cover-" : "attachment-";
    name += std::to_string(out_.attachments.size() + 1);
    if (codec.codec_id == AV_CODEC_ID_MJPEG) name += ".jpg";
    if (codec.codec_id == AV_CODEC_ID_PNG) name += ".png";
  }
  out_.attachments.push_back({std::move(name), {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)}});
}

void Reading::chapters() {
  for (unsigned i = 0; i < std::min(format_->nb_chapters, kMostChapters); ++i) {
    const AVChapter& chapter = *format_->chapters[i];
    const std::string title = tag(chapter.metadata, "title");
    const std::string from = clock(in_milliseconds(chapter.start, chapter.time_base), false);
    add("chapter " + std::to_string(i + 1), from + (title.empty() ? "" : " ") + title);
    if (!words_of(title).empty()) out_.written += "[" + from + "] " + title + "\n";
  }
}

void Reading::line(const AVPacket& packet) {
  const auto found = tracks_.find(packet.stream_index);
  if (found == tracks_.end() || packet.data == nullptr || packet.size <= 0) return;
  const AVStream& stream = *format_->streams[packet.stream_index];
  const std::string_view bytes(reinterpret_cast<const char*>(packet.data), static_cast<std::size_t>(packet.size));
  const std::string text = subtitle_text(bytes, api_.avcodec_get_name(stream.codecpar->codec_id));
  if (words_of(text).empty()) return;
  std::string& to = out_.subtitles[found->second].text;
  if (packet.pts != AV_NOPTS_VALUE) to += "[" + clock(in_milliseconds(packet.pts, stream.time_base), false) + "] ";
  to += text + "\n";
  ++lines_;
}

void Reading::subtitles() {
  if (tracks_.empty()) return;
  for (unsigned i = 0; i < format_->nb_streams; ++i) {
    const bool wanted = tracks_.contains(static_cast<int>(i));
    format_->streams[i]->discard = wanted ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  const auto drop = [this](AVPacket* packet) { api_.av_packet_free(&packet); };
  const std::unique_ptr<AVPacket, decltype(drop)> packet(api_.av_packet_alloc(), drop);
  if (!packet) return;
  while (lines_ < kMostLines && api_.av_read_frame(format_, packet.get()) >= 0) {
    line(*packet);
    api_.av_packet_unref(packet.get());
  }
  out_.cut = lines_ >= kMostLines || source_.read > kMostRead;
  std::erase_if(out_.subtitles, [](const BodyPart& part) { return part.text.empty(); });
}

Result<MediaFile> Reading::run() {
  if (!open()) return fail(ErrorKind::malformed, "the recording cannot be opened: it is damaged or cut");
  head();
  for (unsigned i = 0; i < std::min(format_->nb_streams, kMostStreams); ++i) stream(*format_->streams[i], i);
  chapters();
  subtitles();
  return std::move(out_);
}

}  // namespace

std::string media_engine() {
  return "libavformat " + std::to_string(LIBAVFORMAT_VERSION_MAJOR);
}

Result<MediaFile> media_file(int fd, std::uint64_t size) {
  const MediaLibrary* api = media_library();
  if (api == nullptr) return fail(ErrorKind::unsupported, "libavformat is not there to read the recording");
  return Reading(*api, fd, size).run();
}

}  // namespace dragoman::read
