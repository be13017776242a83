# Firewall: a table of our own in nftables, for IPv4 and IPv6, that drops whatever comes from outside and was not asked for; also what Docker
# publishes, as it stands before Docker's rules. Others' rules (ufw, Docker, fail2ban) stay, and may drop more.
guarded=yes
rules_file=/etc/kinkeeper/firewall.nft
unit_file=/etc/systemd/system/kinkeeper-firewall.service

summary() { echo 'From outside, over IPv4 and IPv6, only SSH, the web ports and the VPN are open; also where Docker publishes more'; }
needs() { printf '%s\n' 'nft nftables' 'ss iproute2' 'unshare util-linux' 'ps procps'; }

lay() {
  firewall_rules | lays 600 "$rules_file" || return 1
  lays 644 "$unit_file" <<UNIT
[Unit]
Description=Firewall of Kinkeeper
Documentation=file:/usr/lib/kinkeeper-host/measures/firewall.sh
DefaultDependencies=no
# Settings of Debian flush all rules when they are loaded: ours come after them, and again whenever they do.
After=local-fs.target nftables.service
PartOf=nftables.service
Before=network-pre.target shutdown.target
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$(command -v nft) -f $rules_file
ExecReload=$(command -v nft) -f $rules_file

[Install]
WantedBy=sysinit.target
UNIT
}

# Set from one step to the next: the table is made, deleted and made anew in one transaction.
firewall_rules() {
  ssh_set=$(listed "$ssh_port" | paste -sd, -)
  web_set=$(listed "$web_ports" | paste -sd, -)
  vpn_set=$(listed "$vpn_ports" | paste -sd, -)
  vpn_names=$(listed "$vpn_interfaces" | sed 's/.*/"&"/' | paste -sd, -)
  outside_web=$web_set
  [ "$web_from" = anywhere ] || outside_web=''
  cat <<RULES
# Written by kinkeeper-harden (measure firewall).
table inet kinkeeper
delete table inet kinkeeper
table inet kinkeeper {
  chain input {
    type filter hook input priority -10; policy drop;
    ct state established,related accept
    ct state invalid drop
    iifname "lo" accept
    icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
    icmp type echo-request limit rate 20/second accept
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query, mld-listener-report, mld2-listener-report } accept
    icmpv6 type echo-request limit rate 20/second accept
    udp sport 67 udp dport 68 accept
    ip6 saddr fe80::/10 udp dport 546 accept
    $(accepted 'tcp dport' "$ssh_set")
    $(accepted 'tcp dport' "$outside_web")
    $(accepted 'udp dport' "$vpn_set")
    $([ -z "$vpn_names" ] || accepted "iifname { $vpn_names } tcp dport" "$web_set")
    iifname "podman*" udp dport 53 accept
  }
  chain forward {
    type filter hook forward priority -10; policy drop;
    ct state established,related accept
    ct state invalid drop
    iifname "docker*" accept
    iifname "br-*" accept
    $(door_stays)
    iifname "podman*" accept
    $(forwarded "ct status dnat meta l4proto tcp ct original proto-dst" "$outside_web")
    $([ -z "$vpn_names" ] || forwarded "iifname { $vpn_names } ct status dnat meta l4proto tcp ct original proto-dst" "$web_set")
  }
}
RULES
}

# Podman gives what stands at the door a way out by it, which Docker does not: docker-compose.yml says so in words that only Docker takes.
door_stays() {
  [ -n "$container_host" ] && [ -z "$(unfit_door)" ] || return 0
  echo "iifname \"podman*\" ip saddr $(door_network KINKEEPER_NET) drop"
  echo "iifname \"podman*\" ip6 saddr $(door_network KINKEEPER_SUBNET6) drop"
}

# door_network NAME: where the door's network lies by that line of .env, or by docker-compose.yml where there is none.
door_network() {
  said=$(sed -n "s/^$1=//p" "$compose_env" 2>/dev/null | tail -n 1)
  case $1 in
    KINKEEPER_NET) echo "${said:-172.31.25}1.0/24" ;;
    *) echo "${said:-fd6b:696e:6b65::/64}" ;;
  esac
}

# Says which line of .env is no network, so that nothing would hold back what stands at the door; nothing where both are.
unfit_door() {
  [ -n "$container_host" ] || return 0
  is "$(door_network KINKEEPER_NET)" '[0-9]{1,3}(\.[0-9]{1,3}){3}/24' || echo "KINKEEPER_NET in $compose_env has to be like 172.31.25"
  is "$(door_network KINKEEPER_SUBNET6)" '[0-9a-fA-F:]+/[0-9]{1,3}' || echo "KINKEEPER_SUBNET6 in $compose_env has to be like fd6b:696e:6b65::/64"
}

# forwarded WHAT SET: as `accepted`; the port that was asked for, as Docker has put another one in its place by then.
forwarded() {
  accepted "$1" "$2"
}

would() { printf '%s\n' 'kinkeeper-firewall.service is enabled and started' "it comes back by itself after $confirm_minutes minutes, unless it is confirmed from a new session"; }

before() { unit_before kinkeeper-firewall.service; }

fits() {
  case $web_from in anywhere | vpn) ;; *) echo "web_from has to be anywhere or vpn, not $web_from" && return 1 ;; esac
  unfit=$(unfit_door | head -n 1)
  [ -z "$unfit" ] || { echo "$unfit" && return 1; }
  said=$(unshare -n "$(command -v nft)" -f "$(laid "$rules_file")" 2>&1 9>&-) || { echo "nft does not take the rules: $said" && return 1; }
  listens=$(ss -H -ltnp 2>/dev/null | awk '/"sshd"/ { n = split($4, part, ":"); print part[n] }' | sort -un)
  for port in $listens; do
    listed "$ssh_port" | grep -Fqx -- "$port" || { echo "sshd listens on port $port, which ssh_port of the settings does not name" && return 1; }
  done
}

enact() { systemctl daemon-reload 9>&- && systemctl -q enable kinkeeper-firewall.service 9>&- && systemctl restart kinkeeper-firewall.service 9>&-; }

retract() {
  printf 'table inet kinkeeper\ndelete table inet kinkeeper\n' | nft -f - 9>&- || return 1
  systemctl stop kinkeeper-firewall.service 2>/dev/null 9>&-
  systemctl -q disable kinkeeper-firewall.service 2>/dev/null 9>&-
  # The link of `enable` is what is left of a unit whose file is gone.
  rm -f -- "$root/etc/systemd/system/sysinit.target.wants/kinkeeper-firewall.service"
  systemctl daemon-reload 9>&-
}

look() {
  fact_unit kinkeeper-firewall.service
  now=$(nft -s list table inet kinkeeper 2>/dev/null 9>&-)
  if [ -z "$now" ]; then
    fact fail rules 'nft list ruleset: no table inet kinkeeper'
    return
  fi
  unfit=$(unfit_door | head -n 1)
  if [ -n "$unfit" ]; then
    fact unknown rules "$unfit"
    return
  fi
  # What the kernel says of the wanted rules, in a network of its own, is what it has to say of those that hold.
  wanted=$(firewall_rules | unshare -n sh -c "$(command -v nft) -f - && $(command -v nft) -s list table inet kinkeeper" 2>/dev/null 9>&-)
  if [ -z "$wanted" ]; then
    fact unknown rules 'nft does not say what the wanted rules would be'
  elif [ "$now" = "$wanted" ]; then
    fact pass rules "nft list ruleset: input and forward drop but ssh $(listed "$ssh_port" | paste -sd, -), web $(listed "$web_ports" | paste -sd, -) ($web_from), vpn $(listed "$vpn_ports" | paste -sd, -)"
  else
    fact fail rules 'nft list ruleset: table inet kinkeeper is another than wanted'
  fi
}
