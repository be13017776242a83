# fail2ban: who fails too often at a login is kept out for a while. It reads the journal, as Debian 12 and later have no auth.log; and it bans
# before Docker puts another address in the place of the one that was asked for, so that a ban holds for published ports as well.
jail_file=/etc/fail2ban/jail.d/kinkeeper.local
jails='sshd kinkeeper-nginx kinkeeper-synapse'

summary() { echo 'Who fails too often at a login (SSH, the web, Matrix) is kept out for an hour, then longer'; }
needs() { printf '%s\n' 'fail2ban-client fail2ban' 'nft nftables'; }

lay() {
  lays 644 "$jail_file" <<JAILS || return 1
# Written by kinkeeper-harden (measure fail2ban).
[DEFAULT]
backend = systemd
banaction = nftables[type=multiport, table=f2b-kinkeeper, chain_hook=prerouting, chain_priority=-150, blocktype=drop]
banaction_allports = nftables[type=allports, table=f2b-kinkeeper, chain_hook=prerouting, chain_priority=-150, blocktype=drop]
ignoreip = 127.0.0.0/8 ::1
findtime = 10m
maxretry = 5
bantime = 1h
bantime.increment = true
bantime.maxtime = 1w

[sshd]
enabled = true
backend = systemd
filter = sshd[journalmatch="_SYSTEMD_UNIT=ssh.service + _SYSTEMD_UNIT=sshd.service + _COMM=sshd + _COMM=sshd-session"]
port = $(listed "$ssh_port" | paste -sd, -)

# Containers whose words go to the journal under these names (logging driver journald, with the tag kinkeeper-NAME).
[kinkeeper-nginx]
enabled = true
backend = systemd
port = $(web_ports_or_any)
maxretry = 10

[kinkeeper-synapse]
enabled = true
backend = systemd
port = $(web_ports_or_any)
maxretry = 10
JAILS
  # The address stands first, where nobody who asks can write it. Tokens that have ended are no attempts: 401 below /_matrix counts for nothing.
  lays 644 /etc/fail2ban/filter.d/kinkeeper-nginx.local <<'FILTER' || return 1
# Written by kinkeeper-harden. Access log of nginx in its usual form (combined).
[Definition]
failregex = ^(?:\S+ \S+: )?<HOST> - .*? \[[^\]]*\] "\S+ (?!/_matrix/)\S*[^"]*" 401 \d+ 
            ^(?:\S+ \S+: )?<HOST> - .*? \[[^\]]*\] "POST /_matrix/client/\S+/login[^"]*" (?:403|429) \d+ 
ignoreregex =
journalmatch = SYSLOG_IDENTIFIER=kinkeeper-nginx
FILTER
  lays 644 /etc/fail2ban/filter.d/kinkeeper-synapse.local <<'FILTER'
# Written by kinkeeper-harden. Log of Synapse, which learns the address from nginx (x_forwarded).
[Definition]
failregex = ^.{0,80}?synapse\.access\.\S+ - \d+ - INFO - POST-\d+ ?- <HOST> - \d+ - \{[^}]*\} Processed request: [^"]* 403 "POST /_matrix/client/\S+/login
ignoreregex =
journalmatch = SYSLOG_IDENTIFIER=kinkeeper-synapse
FILTER
}

web_ports_or_any() {
  listed "${web_ports:-0:65535}" | paste -sd, -
}

would() { echo 'fail2ban is enabled and started anew'; }
before() { unit_before fail2ban.service; }
fits() {
  # Tried with the files in a copy of the settings.
  trial=$stage/trial
  cp -a -T -- "$root/etc/fail2ban" "$trial" && cp -a -- "$stage/files/etc/fail2ban/." "$trial" || { echo 'the settings of fail2ban cannot be read' && return 1; }
  said=$(fail2ban-client -c "$trial" -t 2>&1 9>&-) || { echo "fail2ban does not take the settings: $(printf '%s' "$said" | tail -n 3 | paste -sd ' ' -)" && return 1; }
}

enact() { systemctl -q enable fail2ban.service 9>&- && systemctl restart fail2ban.service 9>&- && answers; }
retract() { unit_back fail2ban.service; }

# It takes some seconds from its start until it answers.
answers() {
  tries=0
  until fail2ban-client status sshd >/dev/null 2>&1 9>&-; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || return 1
    sleep 1 9>&-
  done
}

look() {
  fact_unit fail2ban.service
  for jail in $(listed "$jails"); do look_at_jail "$jail"; done
}

look_at_jail() {
  said=$(fail2ban-client status "$1" 2>/dev/null 9>&-) || { fact fail "$1" 'fail2ban-client: no such jail' && return; }
  case $said in *'Journal matches:'*) ;; *) fact fail "$1" 'it reads files, not the journal' && return ;; esac
  tries=$(fail2ban-client get "$1" maxretry 2>/dev/null 9>&-) time=$(fail2ban-client get "$1" bantime 2>/dev/null 9>&-)
  action=$(fail2ban-client get "$1" actions 2>/dev/null 9>&- | tail -n 1 | tr -d ' ')
  hook=$(fail2ban-client get "$1" action "$action" chain_hook 2>/dev/null 9>&-)
  is "$tries" '[0-9]+' && is "$time" '-?[0-9]+' || { fact unknown "$1" 'fail2ban-client does not say its limits' && return; }
  if [ "$tries" -gt 10 ] || { [ "$time" -ge 0 ] && [ "$time" -lt 600 ]; }; then
    fact fail "$1" "banned after $tries tries for $time s (wanted: at most 10, at least 600 s)"
  elif [ "$hook" != prerouting ]; then
    fact fail "$1" "bans hold for ${hook:-no hook that is known}, not before Docker's rules (wanted: prerouting)"
  else
    fact pass "$1" "reads the journal; banned after $tries tries for $time s, in $hook"
  fi
}
