# Closing the host towards the outside, at an incident: only SSH and the VPN stay. A table of our own in nftables, in front of
# all others (ufw, Docker), so that opening again leaves nothing behind.

close_outside() {
  has nft || { answer failed reason=no-nftables && return; }
  # First noted, then done: a restart in between closes.
  : >"$var/closed" && sync "$var/closed"
  if load_closed_table; then answer ok closed=yes; else answer failed reason=nft-failed; fi
}

open_outside() {
  has nft || { answer failed reason=no-nftables && return; }
  # Making it first makes deleting it right where there was none.
  if printf 'table inet kinkeeper_closed\ndelete table inet kinkeeper_closed\n' | nft -f - 9>&-; then
    rm -f -- "$var/closed"
    answer ok closed=no
  else
    answer failed reason=nft-failed
  fi
}

# Rules of nftables do not outlast a restart of the machine; what was closed stays closed.
close_again() {
  [ -e "$var/closed" ] && has nft || return 0
  id=none verb=close-outside
  if load_closed_table; then note 'closed the outside again'; else note 'could not close the outside again'; fi
}

# Whether closing would go, with the settings as they are: nothing is closed.
check_outside() {
  has nft || { answer failed reason=no-nftables && return; }
  if closed_rules | nft -c -f - 9>&-; then answer ok; else answer failed reason=nft-failed; fi
}

load_closed_table() {
  closed_rules | nft -f - 9>&-
}

# The table, replaced in one step. Answers to what the host and its containers began go on; what comes from outside, also in a session that is
# open already, comes by SSH or VPN only. 1 and 58 are ICMP of IPv4 and IPv6: a small system does not know their names.
closed_rules() {
  interfaces=$(listed "$vpn_interfaces" | sed 's/.*/"&"/' | paste -sd, -)
  cat <<RULES
table inet kinkeeper_closed
delete table inet kinkeeper_closed
table inet kinkeeper_closed {
  chain input {
    type filter hook input priority -50; policy drop;
    ct state established,related ct direction reply accept
    iifname "lo" accept
    $(accepted iifname "$interfaces")
    meta l4proto { 1, 58 } accept
    udp dport { 68, 546 } accept
    $(accepted 'tcp dport' "$(listed "$ssh_port" | paste -sd, -)")
    $(accepted 'udp dport' "$(listed "$vpn_ports" | paste -sd, -)")
  }
  chain forward {
    type filter hook forward priority -50; policy drop;
    ct state established,related ct direction reply accept
    $(accepted iifname "$interfaces")
    iifname "docker*" accept
    iifname "br-*" accept
  }
}
RULES
}

# accepted WHAT SET: nftables takes no empty set.
accepted() {
  [ -z "$2" ] || echo "$1 { $2 } accept"
}

# listed VALUES: one a line; blanks and commas are between them.
listed() {
  printf '%s\n' "$1" | tr -s ', ' '\n' | sed '/^$/d'
}
