// SPDX-License-Identifier: AGPL-3.0-or-later
// Parts of the kernel that have been ways out before, and calls that are meant to slip past a filter.
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fcntl.h>

#include "sandbox/channel.h"
#include "sandbox/probes.h"

namespace dragoman::sandbox {
namespace {

/// getpid by the gate of 32-bit programs: another table of calls, another set of numbers.
long call_by_interrupt(JobContext&) {
  long result = 20;
  asm volatile("int $0x80" : "+a"(result) : : "memory");
  return result;
}

long bit_32_of(unsigned long request, char byte) {
  return ::syscall(SYS_ioctl, 0, 0x100000000UL | request, &byte);
}

long push_into_terminal(JobContext&) {
  char c = 'x';
  return ::ioctl(0, TIOCSTI, &c);
}

long paste_into_console(JobContext&) {
  char c = 3;
  return ::ioctl(0, TIOCLINUX, &c);
}

template <long Number>
long bare(JobContext&) {
  return ::syscall(Number, 0L, 0L, 0L, 0L, 0L, 0L);
}

const Probe kProbes[] = {
    {"TIOCSTI", Barrier::lock, push_into_terminal},
    {"TIOCSTI with high bits", Barrier::lock, [](JobContext&) { return bit_32_of(TIOCSTI, 'x'); }},
    {"TIOCLINUX", Barrier::lock, paste_into_console},
    {"TIOCLINUX with high bits", Barrier::lock, [](JobContext&) { return bit_32_of(TIOCLINUX, 3); }},
    {"TCGETS with high bits", Barrier::lock, [](JobContext&) { return bit_32_of(TCGETS, 0); }},
    {"ask to be told by signal", Barrier::lock,
     [](JobContext&) { return long{::fcntl(kControlFd, F_SETOWN, ::getppid())}; }},
    {"an x32 call", Barrier::lock, [](JobContext&) { return ::syscall(0x40000000 | SYS_getpid); }},
    {"a call by int 0x80", Barrier::death, call_by_interrupt},
    {"a call that does not exist", Barrier::lock, [](JobContext&) { return ::syscall(9999); }},
    {"io_uring_setup", Barrier::lock, bare<SYS_io_uring_setup>},
    {"io_uring_register", Barrier::lock, bare<SYS_io_uring_register>},
    {"userfaultfd", Barrier::lock, bare<SYS_userfaultfd>},
    {"bpf", Barrier::lock, bare<SYS_bpf>},
    {"perf_event_open", Barrier::lock, bare<SYS_perf_event_open>},
    {"keyctl", Barrier::lock, bare<SYS_keyctl>},
    {"add_key", Barrier::lock, bare<SYS_add_key>},
    {"request_key", Barrier::lock, bare<SYS_request_key>},
    {"unshare the user namespace", Barrier::lock, [](JobContext&) { return long{::unshare(CLONE_NEWUSER)}; }},
    {"unshare the mount namespace", Barrier::lock, [](JobContext&) { return long{::unshare(CLONE_NEWNS)}; }},
    {"setns", Barrier::lock, [](JobContext&) { return long{::setns(kControlFd, 0)}; }},
    {"mount", Barrier::lock, [](JobContext&) { return long{::mount("none", "/", "tmpfs", 0, nullptr)}; }},
    {"umount", Barrier::lock, [](JobContext&) { return long{::umount2("/", MNT_DETACH)}; }},
    {"make the root writable", Barrier::lock,
     [](JobContext&) { return long{::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND, nullptr)}; }},
    {"open_tree", Barrier::lock, bare<SYS_open_tree>},
    {"move_mount", Barrier::lock, bare<SYS_move_mount>},
    {"fsopen", Barrier::lock, bare<SYS_fsopen>},
    {"mount_setattr", Barrier::lock, bare<SYS_mount_setattr>},
    {"landlock_restrict_self", Barrier::lock, bare<SYS_landlock_restrict_self>},
    {"fanotify_init", Barrier::lock, bare<SYS_fanotify_init>},
    {"inotify_init", Barrier::lock, bare<SYS_inotify_init1>},
    {"quotactl", Barrier::lock, bare<SYS_quotactl>},
    {"kexec_load", Barrier::lock, bare<SYS_kexec_load>},
    {"kexec_file_load", Barrier::lock, bare<SYS_kexec_file_load>},
    {"init_module", Barrier::lock, bare<SYS_init_module>},
    {"finit_module", Barrier::lock, bare<SYS_finit_module>},
    {"delete_module", Barrier::lock, bare<SYS_delete_module>},
    {"clock_settime", Barrier::lock, bare<SYS_clock_settime>},
    {"settimeofday", Barrier::lock, bare<SYS_settimeofday>},
    {"adjtimex", Barrier::lock, bare<SYS_adjtimex>},
    {"swapon", Barrier::lock, bare<SYS_swapon>},
    {"swapoff", Barrier::lock, bare<SYS_swapoff>},
    {"acct", Barrier::lock, bare<SYS_acct>},
    {"reboot", Barrier::lock, bare<SYS_reboot>},
    {"syslog", Barrier::lock, bare<SYS_syslog>},
    {"sethostname", Barrier::lock, bare<SYS_sethostname>},
    {"iopl", Barrier::lock, bare<SYS_iopl>},
    {"ioperm", Barrier::lock, bare<SYS_ioperm>},
    {"modify_ldt", Barrier::lock, bare<SYS_modify_ldt>},
    {"vhangup", Barrier::lock, bare<SYS_vhangup>},
    {"move_pages", Barrier::lock, bare<SYS_move_pages>},
    {"mbind", Barrier::lock, bare<SYS_mbind>},
    {"shmget", Barrier::lock, bare<SYS_shmget>},
    {"semget", Barrier::lock, bare<SYS_semget>},
    {"msgget", Barrier::lock, bare<SYS_msgget>},
    {"mq_open", Barrier::lock, bare<SYS_mq_open>},
    {"timer_create", Barrier::lock, bare<SYS_timer_create>},
    {"eventfd", Barrier::lock, bare<SYS_eventfd2>},
    {"epoll", Barrier::lock, bare<SYS_epoll_create1>},
    {"vmsplice", Barrier::lock, bare<SYS_vmsplice>},
};

}  // namespace

std::span<const Probe> kernel_probes() {
  return kProbes;
}

}  // namespace dragoman::sandbox
