# The right time: certificates, one-time codes, backups and logs need it.

summary() { echo 'The clock is set by the network, by systemd-timesyncd or chrony'; }
needs() { echo 'timedatectl systemd'; }

# Whoever keeps the time here already goes on with it.
keeper_of_time() {
  for unit in chrony.service chronyd.service ntpsec.service ntp.service; do
    [ "$(systemctl is-active "$unit" 2>/dev/null 9>&-)" = active ] && echo "$unit" && return
  done
  echo systemd-timesyncd.service
}

fits() {
  [ "$(keeper_of_time)" != systemd-timesyncd.service ] || systemctl cat systemd-timesyncd.service >/dev/null 2>&1 9>&- ||
    { echo 'nothing here can set the clock: apt-get install systemd-timesyncd' && return 1; }
}
would() { echo "$(keeper_of_time) is enabled and started"; }
before() { echo "keeper=$(keeper_of_time)" && unit_before "$(keeper_of_time)"; }
enact() { systemctl -q unmask "$(keeper_of_time)" 9>&- && systemctl -q enable --now "$(keeper_of_time)" 9>&-; }
retract() { unit_back "$(was keeper)"; }

look() {
  fact_unit "$(keeper_of_time)"
  case $(timedatectl show -p NTPSynchronized --value 2>/dev/null 9>&-) in
    yes) fact pass synchronised 'timedatectl: NTPSynchronized=yes' ;;
    # That takes some seconds to minutes after a start.
    no) fact unknown synchronised 'timedatectl: NTPSynchronized=no (not yet, or no server answers)' ;;
    *) fact unknown synchronised 'timedatectl does not say' ;;
  esac
}
