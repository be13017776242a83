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

# Replaces the table in one step. Answers to what the host itself began go on; new connections come by SSH or VPN only.
load_closed_table() {
  names=$(printf '%s' "$vpn_interfaces" | tr -s ' ' '\n' | sed 's/.*/"&"/' | paste -sd, -)
  ports=$(printf '%s' "$vpn_ports" | tr -s ' ' ',')
  nft -f - 9>&- <<RULES
table inet kinkeeper_closed
delete table inet kinkeeper_closed
table inet kinkeeper_closed {
  chain input {
    type filter hook input priority -50; policy drop;
    ct state established,related accept
    iifname { "lo", $names } accept
    meta l4proto { icmp, ipv6-icmp } accept
    udp dport { 68, 546 } accept
    tcp dport $ssh_port accept
    udp dport { $ports } accept
  }
  chain forward {
    type filter hook forward priority -50; policy drop;
    ct state established,related accept
    iifname { $names } accept
    iifname "docker*" accept
    iifname "br-*" accept
  }
}
RULES
}
