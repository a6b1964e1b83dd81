// SPDX-License-Identifier: AGPL-3.0-or-later
// What was received as people know it from a file browser: sources, folders, items, members, with the states below
// each. Folders are no items: they follow from the paths. The whole tree lies in memory (about 60 bytes a node and the
// names), made once for each state of the case and shared by all threads that read, so that a listing, the counts
// below a folder, and which contents lie in a folder cost no query.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "record/item.h"
#include "store/database.h"

namespace dragoman::evidence {

/// By ItemState.
using StateCounts = std::array<std::uint32_t, std::size(kItemStates)>;

/// Immutable; every function may be called from any thread. Node 0 is above the sources. Parents have smaller numbers
/// than their children; numbers are those of one tree only, keys are stable.
class Tree {
 public:
  using Node = std::uint32_t;
  static constexpr Node kTop = 0;
  static constexpr Node kNone = UINT32_MAX;

  /// Reads all items in one view of the case.
  static Result<Tree> build(store::Database& db);

  std::size_t size() const { return nodes_.size(); }
  /// kNone above kTop.
  Node parent(Node node) const { return nodes_[node].parent; }
  /// The children are the nodes first…first + count - 1: folders first, then natural order of names.
  Node first_child(Node node) const { return nodes_[node].first_child; }
  std::uint32_t child_count(Node node) const { return nodes_[node].children; }
  /// nullopt: a folder.
  std::optional<ItemId> item(Node node) const;
  std::string_view name(Node node) const;
  /// label/relative/path, container!/member; empty for kTop.
  std::string path(Node node) const;
  /// From the top, kTop and the node itself left out.
  std::vector<Node> ancestors(Node node) const;
  /// Items at the node and below, by their own states.
  const StateCounts& counts(Node node) const { return nodes_[node].counts; }

  /// One word that names the node from now on: "i<item>", or for a folder "f" and 24 hex digits.
  std::string key(Node node) const;
  /// kNone when there is no such node.
  Node node_of_key(std::string_view key) const;
  Node node_of_item(ItemId item) const;
  /// The nodes with children that have this path, ascending. Several where a container came again with other bytes.
  std::vector<Node> folders_at(const std::string& path) const;
  /// The first of folders_at(path(node)): what a folder is counted under. The node itself where it has no children.
  Node first_alike(Node node) const;

  /// Contents have numbers below this.
  std::size_t content_limit() const { return states_.size(); }
  /// The content's own state; nullopt when the tree does not know it.
  std::optional<ItemState> state(ContentId content) const;
  /// The items of a content.
  std::span<const Node> places(ContentId content) const;

 private:
  friend class TreeBuilder;
  struct Entry {
    Node parent = kNone;
    Node first_child = 0;
    std::uint32_t children = 0;
    std::uint32_t name_size = 0;
    std::uint64_t name_at = 0;  // into names_
    std::int64_t item = 0;      // 0: a folder
    std::uint32_t content = 0;
    bool member = false;  // joined to its parent by "!/"
    StateCounts counts{};
  };
  std::string names_;
  std::vector<Entry> nodes_;
  std::vector<std::uint8_t> states_;        // by content; kUnknown
  std::vector<std::uint32_t> place_start_;  // by content, and the end
  std::vector<Node> places_;
  std::unordered_map<std::int64_t, Node> by_item_;
  std::unordered_multimap<std::string, Node> by_path_;  // nodes with children
  std::unordered_map<Node, Node> alike_;                // nodes that are not the first of their path
  std::unordered_map<std::string, Node> by_key_;        // folders
};

/// "a2" before "a10"; letters without regard to ASCII case first, then by bytes. A strict order of different names.
bool natural_less(std::string_view a, std::string_view b);

/// The tree of the newest commit, for all threads of a server. While commits come faster than trees are made, one may
/// be a few builds old.
class TreeCache {
 public:
  /// `db` is the calling thread's own handle, outside of a transaction.
  Result<std::shared_ptr<const Tree>> get(store::Database& db);

 private:
  struct Seen {
    std::string mark;  // what this handle saw when it last asked
    std::shared_ptr<const Tree> tree;
  };
  std::mutex mutex_;
  std::map<const void*, Seen> seen_;
  std::string stamp_;  // of the newest tree
  std::shared_ptr<const Tree> newest_;
  bool building_ = false;  // a thread makes the next one; the others take the newest there is
  std::chrono::steady_clock::time_point built_;
  std::chrono::steady_clock::duration took_{};
};

}  // namespace dragoman::evidence
