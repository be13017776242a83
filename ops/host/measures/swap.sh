# Swap holds what was in memory, keys and words among it: encrypted with a key that nobody knows after a restart, or off.

summary() { echo 'No plain swap: memory, with keys and words in it, never reaches a disk unsealed'; }
needs() { printf '%s\n' 'swapoff util-linux' 'lsblk util-linux'; }

# plain_swaps: what swaps unsealed now, one a line. A device of memory (zram) is no disk.
plain_swaps() {
  awk 'NR > 1 { print $1 }' "$root/proc/swaps" | while read -r device; do
    case $device in /dev/zram*) continue ;; esac
    is_sealed "$device" || printf '%s\n' "$device"
  done
}

# Lines of fstab that would swap in plain after the next start.
swap_lines() {
  [ -f "$root/etc/fstab" ] || return 0
  awk '$1 !~ /^#/ && $3 == "swap"' "$root/etc/fstab" | while read -r line; do
    device=$(printf '%s' "$line" | awk '{ print $1 }')
    case $device in UUID=* | LABEL=* | PARTUUID=* | PARTLABEL=*) device=$(findfs "$device" 2>/dev/null 9>&- || echo "$device") ;; esac
    case $device in /dev/zram*) continue ;; esac
    is_sealed "$device" || printf '%s\n' "$line"
  done
}

# The lines stay in fstab, as comments; everything else that stands there by then stays as it is, also when they come back.
mark='# kinkeeper-harden (measure swap): '

mark_lines() {
  swap_lines >"$kept/lines"
  awk -v file="$kept/lines" -v mark="$mark" 'BEGIN { while ((getline line < file) > 0) plain[line] = 1 } ($0 in plain) { print mark $0; next } { print }' \
    "$root/etc/fstab" | put_fstab
}

unmark_lines() {
  awk -v mark="$mark" 'index($0, mark) == 1 { print substr($0, length(mark) + 1); next } { print }' "$root/etc/fstab" | put_fstab
}

put_fstab() {
  cat >"$kept/fstab" && chmod --reference="$root/etc/fstab" "$kept/fstab" && put_file "$kept/fstab" /etc/fstab
}

fits() {
  used=0
  for device in $(plain_swaps); do used=$((used + $(awk -v name="$device" '$1 == name { print $4 }' "$root/proc/swaps"))); done
  free=$(awk '$1 == "MemAvailable:" { print $2 }' "$root/proc/meminfo")
  [ "$used" -lt "$free" ] || { echo "what is swapped out ($used kB) does not fit into memory ($free kB free): stop something big first" && return 1; }
}

would() {
  for line in $(swap_lines); do echo "fstab: \"$line\" becomes a comment"; done
  for device in $(plain_swaps); do echo "$device is used for swap no more; erase it by hand where it held something: blkdiscard, or dd from /dev/zero"; done
}
before() { plain_swaps | sed 's/^/swap=/'; }
enact() {
  [ ! -f "$root/etc/fstab" ] || mark_lines || return 1
  for device in $(plain_swaps); do swapoff -- "$device" 9>&- || return 1; done
}
retract() {
  [ ! -f "$root/etc/fstab" ] || unmark_lines || return 1
  for line in $(cat "$kept/before"); do
    awk 'NR > 1 { print $1 }' "$root/proc/swaps" | grep -Fqx -- "${line#swap=}" || swapon -- "${line#swap=}" 9>&- || return 1
  done
}

look() {
  [ -r "$root/proc/swaps" ] || { fact unknown now 'there is no /proc/swaps' && return; }
  plain=$(plain_swaps | paste -sd ' ' -)
  if [ -z "$plain" ]; then fact pass now '/proc/swaps: none, or sealed'; else fact fail now "/proc/swaps: not sealed: $plain"; fi
  lines=$(swap_lines | awk '{ print $1 }' | paste -sd ' ' -)
  units=$(systemctl list-units --all --plain --no-legend --type=swap 2>/dev/null 9>&- | awk '$3 == "active" { print $1 }' | paste -sd ' ' -)
  if [ -z "$lines" ]; then fact pass boot "fstab: none, or sealed${units:+ (active: $units)}"; else fact fail boot "fstab: not sealed: $lines"; fi
}
