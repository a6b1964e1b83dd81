// SPDX-License-Identifier: AGPL-3.0-or-later
// The subcommands and what they share: exit codes, how answers and errors are printed. A command is a function
// of its parsed arguments; the table that names them is in command_table.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/result.h"

namespace dragoman::cli {

using Json = nlohmann::ordered_json;

/// The contract (DESIGN.md): scripts depend on these numbers.
enum class Exit : int { done = 0, failed = 1, usage = 2, done_with_gaps = 3 };

/// The help of --allow-weaker-sandbox, wherever hostile bytes are opened.
inline constexpr char kWeakerHelp[] =
    "go on although this machine lacks a required layer of the lock (dragoman doctor); the custody log says so";

/// Adds a subcommand to the parser; when it is chosen, its function runs and sets `exit`.
using Register = void (*)(CLI::App& app, Exit& exit);

void register_new(CLI::App& app, Exit& exit);
void register_add(CLI::App& app, Exit& exit);
void register_status(CLI::App& app, Exit& exit);
void register_retry(CLI::App& app, Exit& exit);
void register_remove(CLI::App& app, Exit& exit);
void register_limits(CLI::App& app, Exit& exit);
void register_report(CLI::App& app, Exit& exit);
void register_search(CLI::App& app, Exit& exit);
void register_show(CLI::App& app, Exit& exit);
void register_get(CLI::App& app, Exit& exit);
void register_verify(CLI::App& app, Exit& exit);
void register_custody(CLI::App& app, Exit& exit);
void register_doctor(CLI::App& app, Exit& exit);
void register_read(CLI::App& app, Exit& exit);
void register_ocr(CLI::App& app, Exit& exit);

/// What `serve` was asked for, and what the server tells once it listens.
struct ServeRequest {
  std::string path;
  std::string listen = "127.0.0.1:8484";
  std::vector<std::string> browse;
  bool allow_weaker_sandbox = false;
};
struct Serving {
  std::string url;
  std::uint16_t port = 0;
  bool loopback = true;
};
/// Runs the server until a signal ends it. Of another room, which this one may not include: main hands it in.
using Serve = std::function<Result<void>(const ServeRequest&, const std::function<void(const Serving&)>& ready)>;
/// `serve` must outlive the parsing.
void register_serve(CLI::App& app, Exit& exit, const Serve& serve);

/// Parses the command line, runs the command, prints its error if any. Returns the process's exit status.
int run(int argc, char** argv, const Serve& serve);

/// One JSON object and a newline to standard output. Text is valid UTF-8 already.
void print_json(const Json& json);
/// To standard output, control and bidi characters escaped except for newlines that we write.
void print_line(std::string_view line);
/// "dragoman: path: message" to standard error, escaped; one line.
void print_error(const Error& error);

/// Prints the error; the status is `failed`.
Exit exit_for(const Error& error);
/// The same for what was typed and cannot be understood (a query, a citation, a language): `usage`.
Exit exit_for_usage(const Error& error);

}  // namespace dragoman::cli
