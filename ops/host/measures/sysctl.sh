# Settings of the kernel. Forwarding stays as it is: Docker and a VPN need it.
sysctl_file=/etc/sysctl.d/zz-kinkeeper.conf

# Of each interface by itself: what is said for "all" does not reach down to each of them, and "default" holds for new ones only.
wanted_values='kernel.kptr_restrict 1
kernel.dmesg_restrict 1
kernel.randomize_va_space 2
kernel.yama.ptrace_scope 1
kernel.unprivileged_bpf_disabled 2
net.core.bpf_jit_harden 2
fs.protected_symlinks 1
fs.protected_hardlinks 1
fs.protected_fifos 2
fs.protected_regular 2
fs.suid_dumpable 0
net.ipv4.tcp_syncookies 1
net.ipv4.icmp_echo_ignore_broadcasts 1
net.ipv4.conf.*.accept_redirects 0
net.ipv4.conf.*.secure_redirects 0
net.ipv4.conf.*.send_redirects 0
net.ipv4.conf.*.accept_source_route 0
net.ipv4.conf.*.rp_filter 2
net.ipv6.conf.*.accept_redirects 0
net.ipv6.conf.*.accept_source_route 0'

# Where more is stricter, more is as good; 1 of rp_filter is strict, 2 loose.
stricter_values='kernel/kptr_restrict kernel/yama/ptrace_scope fs/protected_fifos fs/protected_regular'

summary() { echo 'The kernel hides its addresses, takes no redirects, and guards links and traced processes'; }
needs() { echo 'sysctl procps'; }

lay() { sysctl_lines | lays 644 "$sysctl_file"; }

sysctl_lines() {
  echo '# Written by kinkeeper-harden (measure sysctl). A minus: a kernel that has it not is no mistake.'
  printf '%s\n' "$wanted_values" | sed 's/^\([^ ]*\) \(.*\)$/-\1 = \2/'
}

# values_here: "key found wanted" a line for each that this kernel has, with the interfaces by name.
values_here() {
  set +f
  for line in $(printf '%s\n' "$wanted_values" | tr . /); do
    # The pattern stands for files of the kernel; names of interfaces may hold dots.
    # shellcheck disable=SC2086
    for file in $root/proc/sys/${line%% *}; do
      [ -r "$file" ] || continue
      # By a program, in one piece: a shell reads byte by byte, and the kernel gives the first one only.
      printf '%s %s %s\n' "${file#"$root/proc/sys/"}" "$(cat "$file")" "${line##* }"
    done
  done
  set -f
}

is_strict() {
  [ "$2" = "$3" ] && return 0
  case $1 in net/ipv4/conf/*/rp_filter) [ "$2" = 1 ] && return 0 ;; kernel/unprivileged_bpf_disabled) [ "$2" = 1 ] && return 0 ;; esac
  case " $stricter_values " in *" $1 "*) [ "$2" -gt "$3" ] ;; *) return 1 ;; esac
}

would() {
  for line in $(values_here); do
    key=${line%% *} rest=${line#* }
    is_strict "$key" "${rest% *}" "${rest#* }" || echo "$key: ${rest% *} -> ${rest#* }"
  done
}

before() { values_here | sed 's/^\([^ ]*\) \([^ ]*\) .*$/\1=\2/'; }

enact() {
  for line in $(values_here); do
    key=${line%% *} rest=${line#* }
    is_strict "$key" "${rest% *}" "${rest#* }" || sysctl -q -w "$key=${rest#* }" 9>&- || return 1
  done
}

# Interfaces that are gone by now need nothing.
retract() {
  done_all=0
  for line in $(cat "$kept/before"); do
    [ -e "$root/proc/sys/${line%%=*}" ] && [ "$(cat "$root/proc/sys/${line%%=*}")" != "${line#*=}" ] || continue
    sysctl -q -w "$line" 9>&- || done_all=1
  done
  return "$done_all"
}

look() {
  values=$(values_here)
  [ -n "$values" ] || { fact unknown values 'the kernel does not say' && return; }
  loose=''
  for line in $values; do
    key=${line%% *} rest=${line#* }
    is_strict "$key" "${rest% *}" "${rest#* }" || loose="$loose, $key ${rest% *} (wanted: ${rest#* })"
  done
  if [ -z "$loose" ]; then fact pass values "sysctl: $(printf '%s\n' "$values" | wc -l) values"; else fact fail values "sysctl: ${loose#, }"; fi
  if [ "$(sysctl_lines)" = "$(cat -- "$root$sysctl_file" 2>/dev/null)" ]; then
    fact pass boot "$sysctl_file"
  else
    fact fail boot "$sysctl_file does not hold them: they are gone after a restart"
  fi
}
