// SPDX-License-Identifier: AGPL-3.0-or-later
// Reaching anybody: sockets of every family, and the channel's own socket turned into something else.
#include <cstddef>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "sandbox/channel.h"
#include "sandbox/probes.h"

namespace dragoman::sandbox {
namespace {

/// Connects with a new socket; where that is not there, with the channel's.
long connect_to(int family, const void* address, std::size_t size) {
  const int fd = ::socket(family, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  return ::connect(fd, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size));
}

long connect_loopback(JobContext&) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(80);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect_to(AF_INET, &to, sizeof to);
}

sockaddr_un unix_address(std::string_view name) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, name.data(), std::min(name.size(), sizeof to.sun_path));
  return to;
}

long connect_path(JobContext&) {
  const sockaddr_un to = unix_address("/run/dbus/system_bus_socket");
  return connect_to(AF_UNIX, &to, sizeof to);
}

long connect_abstract(JobContext&) {
  const sockaddr_un to = unix_address(std::string_view("\0/tmp/.X11-unix/X0", 18));
  return connect_to(AF_UNIX, &to, offsetof(sockaddr_un, sun_path) + 18);
}

long turn_channel(JobContext&) {
  const sockaddr_un to = unix_address(std::string_view("\0x", 2));
  return ::connect(kControlFd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

long name_channel(JobContext&) {
  const sockaddr_un to = unix_address(std::string_view("\0dragoman-probe", 15));
  return ::bind(kControlFd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

/// A descriptor handed to the parent could be anything: one more thing for it to keep open.
long smuggle_descriptor(JobContext& job) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  char byte = 'R';
  iovec part{&byte, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = job.input_fd();
  std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  return ::sendmsg(kControlFd, &message, 0);
}

long new_socket(int family, int type, int protocol = 0) {
  return ::socket(family, type, protocol);
}

const Probe kProbes[] = {
    {"connect to loopback", Barrier::lock, connect_loopback},
    {"connect to a unix socket", Barrier::lock, connect_path},
    {"connect to an abstract socket", Barrier::lock, connect_abstract},
    {"an IPv6 socket", Barrier::lock, [](JobContext&) { return new_socket(AF_INET6, SOCK_DGRAM); }},
    {"a raw socket", Barrier::lock, [](JobContext&) { return new_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},
    {"a packet socket", Barrier::lock, [](JobContext&) { return new_socket(AF_PACKET, SOCK_RAW); }},
    {"a netlink socket", Barrier::lock, [](JobContext&) { return new_socket(AF_NETLINK, SOCK_RAW); }},
    {"a socket to the host of a virtual machine", Barrier::lock,
     [](JobContext&) { return new_socket(AF_VSOCK, SOCK_STREAM); }},
    {"a socket of the kernel's ciphers", Barrier::lock, [](JobContext&) { return new_socket(AF_ALG, SOCK_SEQPACKET); }},
    {"a pair of sockets", Barrier::lock,
     [](JobContext&) {
       int fds[2];
       return long{::socketpair(AF_UNIX, SOCK_STREAM, 0, fds)};
     }},
    {"turn the channel elsewhere", Barrier::lock, turn_channel},
    {"give the channel a name", Barrier::lock, name_channel},
    {"listen on the channel", Barrier::lock, [](JobContext&) { return long{::listen(kControlFd, 1)}; }},
    {"accept on the channel", Barrier::lock, [](JobContext&) { return long{::accept(kControlFd, nullptr, nullptr)}; }},
    {"ask who the parent is", Barrier::lock,
     [](JobContext&) {
       ucred peer{};
       socklen_t size = sizeof peer;
       return long{::getsockopt(kControlFd, SOL_SOCKET, SO_PEERCRED, &peer, &size)};
     }},
    {"smuggle a descriptor to the parent", Barrier::lock, smuggle_descriptor},
    {"sendto", Barrier::lock, [](JobContext&) { return long{::send(kControlFd, "", 0, 0)}; }},
    {"shut the channel down", Barrier::lock, [](JobContext&) { return long{::shutdown(kControlFd, SHUT_RD)}; }},
};

}  // namespace

std::span<const Probe> network_probes() {
  return kProbes;
}

}  // namespace dragoman::sandbox
