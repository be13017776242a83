# The kernel, the clock and the accounts.

# The one that runs, and those that are installed.
said_kernel() {
  printf 'running=%s\n' "$(uname -r)"
  find "$root/boot" -maxdepth 1 -name 'vmlinuz-*' -printf 'installed=%f\n' | sort
}

# Whether the clock is right, and who keeps it so: the kernel believes in it for hours after nobody does.
said_time() {
  has timedatectl || return 127
  printf 'synchronised=%s\n' "$(timedatectl show -p NTPSynchronized --value)" || return 1
  for unit in systemd-timesyncd chrony chronyd ntpsec ntp openntpd; do
    [ "$(systemctl is-active "$unit.service")" != active ] || printf 'keeper=%s\n' "$unit"
  done
}

said_sysctl() {
  has sysctl || return 127
  for name in kernel.randomize_va_space kernel.kptr_restrict kernel.dmesg_restrict kernel.yama.ptrace_scope fs.protected_symlinks \
    fs.protected_hardlinks fs.suid_dumpable net.ipv4.tcp_syncookies net.ipv4.conf.all.accept_redirects \
    net.ipv4.conf.all.send_redirects net.ipv4.conf.all.accept_source_route net.ipv6.conf.all.accept_redirects \
    net.ipv6.conf.all.accept_source_route; do
    value=$(sysctl -n "$name") || value=
    printf '%s=%s\n' "$name" "$value"
  done
  # What is said for all does not reach down to each interface.
  (set +f && grep -H . "$root"/proc/sys/net/ipv[46]/conf/*/accept_redirects "$root"/proc/sys/net/ipv[46]/conf/*/accept_source_route \
    "$root"/proc/sys/net/ipv4/conf/*/send_redirects) | grep -v '/conf/all/' | sed -E 's|^.*/proc/sys/net/(ipv[46])/conf/([^/]*)/([a-z_]*):(.*)$|\1 \2 \3=\4|'
}

# Accounts that need no password; of the others nothing is said.
said_no_passwords() {
  [ -r "$root/etc/shadow" ] || return 1
  awk -F: '$2 == "" { print $1 } END { print "read " NR }' "$root/etc/shadow"
}
