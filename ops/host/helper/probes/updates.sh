# What updates itself, and what ran of it.

# What upgrades, from which archives, on which days, and what it leaves out.
said_apt_upgrade() {
  has apt-config || return 127
  has unattended-upgrade && echo program
  settings=$(apt-config dump) || return 1
  printf '%s\n' "$settings" | grep -E '^Unattended-Upgrade::(Origins-Pattern|Allowed-Origins|Package-Blacklist|Package-Whitelist|Update-Days)(::[^ ]*)? '
  held=$(apt-mark showhold) || return 1
  printf '%s\n' "$held" | sed -n 's/^./held &/p'
  echo end
}

said_apt_timers() {
  has systemctl || return 127
  for unit in apt-daily.service apt-daily-upgrade.service; do
    printf '%s enabled=%s\n' "$unit" "$(systemctl is-enabled "$unit")"
  done
  for unit in apt-daily.timer apt-daily-upgrade.timer; do
    printf '%s enabled=%s active=%s\n' "$unit" "$(systemctl is-enabled "$unit")" "$(systemctl is-active "$unit")"
  done
}

# When lists were last fetched and upgrades last tried: what really ran.
said_apt_stamps() {
  find "$root/var/lib/apt/periodic" -maxdepth 1 -name '*-stamp' -printf '%f %T@\n'
}

said_reboot() {
  state=$(reboot_required)
  [ "$state" != null ] || return 1
  printf '%s\n' "$state"
}
