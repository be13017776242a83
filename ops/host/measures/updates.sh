# Security updates by themselves, once a day, and the restart that some of them need at a quiet hour. Settings of apt are read in the order of
# their names: ours come last.
apt_file=/etc/apt/apt.conf.d/zz-kinkeeper-updates

summary() { echo "Security updates are installed by themselves; restarts that they need come at ${reboot_time:-no time: by hand}"; }
needs() { printf '%s\n' 'unattended-upgrade unattended-upgrades' 'apt-config apt'; }

lay() {
  lays 644 "$apt_file" <<APT
// Written by kinkeeper-harden (measure updates).
APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
Unattended-Upgrade::Origins-Pattern { "origin=\${distro_id},archive=\${distro_codename}-security"; "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security"; };
Unattended-Upgrade::MinimalSteps "true";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Automatic-Reboot "$([ -n "$reboot_time" ] && echo true || echo false)";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "${reboot_time:-now}";
APT
}

fits() {
  [ -z "$reboot_time" ] || is "$reboot_time" '([01][0-9]|2[0-3]):[0-5][0-9]' || { echo "reboot_time has to be a time like 04:30, or nothing, not $reboot_time" && return 1; }
}

would() { echo 'the timers of apt (apt-daily, apt-daily-upgrade) are enabled and started'; }
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
  printf '%s\n' "$dump" | grep -Eq '^Unattended-Upgrade::Package-Blacklist:: "(\.\*|\^?\.\*\$?|)"' && fact fail blacklist 'apt-config: all packages are left out'
  [ -z "$reboot_time" ] || fact_is restart "$(setting_of_apt Unattended-Upgrade::Automatic-Reboot)/$(setting_of_apt Unattended-Upgrade::Automatic-Reboot-Time)" "true/$reboot_time" 'apt-config: Automatic-Reboot'
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
