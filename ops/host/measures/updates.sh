# Security updates by themselves, once a day, and the restart that some of them need at a quiet hour. Settings of apt are read in the order of
# their names: ours come last.
apt_file=/etc/apt/apt.conf.d/zz-kinkeeper-updates

summary() { echo "Security updates are installed by themselves; restarts that they need come at $(restart_at | sed 's/^$/no time: by hand/')"; }
needs() { printf '%s\n' 'unattended-upgrade unattended-upgrades' 'apt-config apt'; }

# restart_at: the time, or nothing. By night nobody is there to unlock a sealed volume that no key server opens: where the settings do not say otherwise, no restart by itself.
restart_at() {
  case $reboot_time in
    unsaid) if waits_for_human; then echo ''; else echo 04:30; fi ;;
    *) echo "$reboot_time" ;;
  esac
}

lay() {
  reboot_at=$(restart_at)
  lays 644 "$apt_file" <<APT
// Written by kinkeeper-harden (measure updates).
APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
Unattended-Upgrade::Origins-Pattern { "origin=\${distro_id},archive=\${distro_codename}-security"; "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security"; };
Unattended-Upgrade::MinimalSteps "true";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Automatic-Reboot "$([ -n "$reboot_at" ] && echo true || echo false)";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "${reboot_at:-now}";
APT
}

fits() {
  [ -z "$(restart_at)" ] || is "$(restart_at)" '([01][0-9]|2[0-3]):[0-5][0-9]' || { echo "reboot_time has to be a time like 04:30, or nothing, not $reboot_time" && return 1; }
}

would() {
  echo 'the timers of apt (apt-daily, apt-daily-upgrade) are enabled and started'
  ! waits_for_human || [ -z "$(restart_at)" ] || echo "after a restart at $(restart_at) the data are locked, and nobody is answered, until you unlock them"
}
before() { for unit in apt-daily.timer apt-daily-upgrade.timer; do unit_before "$unit"; done; }
enact() { systemctl -q unmask apt-daily.timer apt-daily-upgrade.timer 9>&- && systemctl -q enable --now apt-daily.timer apt-daily-upgrade.timer 9>&-; }
retract() { for unit in apt-daily.timer apt-daily-upgrade.timer; do unit_back "$unit" || return 1; done; }

look() {
  fact_unit apt-daily.timer
  fact_unit apt-daily-upgrade.timer
  dump=$(apt-config dump 2>/dev/null 9>&-)
  [ -n "$dump" ] || { fact unknown settings 'apt-config does not say' && return; }
  # Enabled is what nothing speaks against.
  enabled=$(setting_of_apt APT::Periodic::Enable)
  fact_is enabled "${enabled:-1}" 1 'apt-config: APT::Periodic::Enable'
  at_least_daily lists APT::Periodic::Update-Package-Lists
  at_least_daily upgrade APT::Periodic::Unattended-Upgrade
  if printf '%s\n' "$dump" | grep -Eq '^Unattended-Upgrade::(Origins-Pattern|Allowed-Origins)::? ".*[Ss]ecurity'; then
    fact pass origins 'apt-config: the security archive is among the origins'
  else
    fact fail origins 'apt-config: no security archive among the origins'
  fi
  # A pattern of Python that fits whatever it begins with.
  all=$(printf '%s\n' "$dump" | sed -n 's/^Unattended-Upgrade::Package-Blacklist:: \(".*"\);$/\1/p' | grep -E '^"\^?(\(?\.[*+]?\)?)?\$?"$')
  [ -z "$all" ] || fact fail blacklist "apt-config: all packages are left out: $all"
  reboot_at=$(restart_at)
  if [ -n "$reboot_at" ]; then
    fact_is restart "$(setting_of_apt Unattended-Upgrade::Automatic-Reboot)/$(setting_of_apt Unattended-Upgrade::Automatic-Reboot-Time)" "true/$reboot_at" 'apt-config: Automatic-Reboot'
  else
    case $(setting_of_apt Unattended-Upgrade::Automatic-Reboot) in
      true | 1 | yes | on) fact fail restart 'apt-config: Automatic-Reboot true (wanted: by hand)' ;;
      *) fact pass restart 'apt-config: no restart by itself' ;;
    esac
  fi
}

# The value that holds, of a setting that has one.
setting_of_apt() {
  printf '%s\n' "$dump" | sed -n "s/^$1 \"\\(.*\\)\";\$/\\1/p" | tail -n 1
}

# at_least_daily NAME SETTING: a number of days, or "always".
at_least_daily() {
  case $(setting_of_apt "$2") in
    1 | 1d | always) fact pass "$1" "apt-config: $2 $(setting_of_apt "$2")" ;;
    *) fact fail "$1" "apt-config: $2 $(setting_of_apt "$2") (wanted: 1)" ;;
  esac
}
