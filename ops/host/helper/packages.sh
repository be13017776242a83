# Packages of the host. Looking needs no network: the lists are those that the host itself keeps fresh.

# Names of the packages that wait, one a line: all, or with `security` those of a security archive.
waiting_packages() {
  has apt-get || return 1
  plan=$(apt-get -s -o Debug::NoLocking=true upgrade 2>/dev/null 9>&-) || return 1
  printf '%s\n' "$plan" | awk -v only="${1:-}" '$1 == "Inst" && (only == "" || $0 ~ /\([^)]*[Ss]ecurity/) { print $2 }'
}

count_lines() {
  awk 'NF { n++ } END { print n + 0 }'
}

# true, false, or null where nothing on this host would say so.
reboot_required() {
  if [ -e "$root/run/reboot-required" ]; then
    echo true
  elif [ -e "$root/etc/kernel/postinst.d/unattended-upgrades" ] ||
    [ -e "$root/usr/share/update-notifier/notify-reboot-required" ]; then
    echo false
  else
    echo null
  fi
}

check_updates() {
  all=$(waiting_packages) || { answer failed reason=no-apt && return; }
  security=$(waiting_packages security) || { answer failed reason=no-apt && return; }
  answer ok "security=$(printf '%s\n' "$security" | count_lines)" "all=$(printf '%s\n' "$all" | count_lines)" \
    "reboot=$(reboot_required)"
}

# In a unit of its own, because only that one may use the network.
apply_host_updates() {
  [ -n "$kind" ] || kind=security
  case $kind in security | all) ;; *) answer refused reason=bad-value && return ;; esac
  has systemctl || { answer failed reason=no-systemd && return; }
  has apt-get || { answer failed reason=no-apt && return; }
  before=$(waiting_packages "$(only "$kind")" | count_lines)
  progress "installing=$before"
  if systemctl start "kinkeeper-host-upgrade@$kind.service" 9>&-; then
    after=$(waiting_packages "$(only "$kind")" | count_lines)
    answer ok "installed=$((before - after))" "waiting=$after" "reboot=$(reboot_required)"
  else
    answer failed reason=apt-failed
  fi
}

only() {
  [ "$1" = all ] || echo security
}

# The body of that unit. Settings files that somebody changed stay as they are.
upgrade_packages() {
  case $1 in security | all) ;; *) die "unknown kind: $1" ;; esac
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  apt-get -q update || die 'the package lists could not be read'
  names=$(waiting_packages "$(only "$1")") || die 'this host has no apt'
  [ -n "$names" ] || exit 0
  # Names of packages, one a word: IFS is the line break.
  # shellcheck disable=SC2086
  apt-get -q -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install --only-upgrade -- $names ||
    die 'apt-get failed'
  note "upgraded $1: $(printf '%s\n' "$names" | count_lines) packages"
}
