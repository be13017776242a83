# fail2ban: who fails too often at a login is kept out for a while. Logins by SSH are read from the journal, as Debian 12 and later have no auth.log;
# those at the web (Matrix, our API, pages with a password) from the one file that nginx writes for it. A ban comes before Docker puts another address
# in the place of the one that was asked for, so that it holds for published ports as well.
jail_file=/etc/fail2ban/jail.d/kinkeeper.local
refused_log=$data_dir/logs/nginx/refused.log

summary() { echo 'Who fails too often at a login (SSH, the web, Matrix) is kept out for an hour, then longer'; }
needs() { printf '%s\n' 'fail2ban-client fail2ban' 'nft nftables'; }

lay() {
  lays 644 "$jail_file" <<JAILS || return 1
# Written by kinkeeper-harden (measure fail2ban). Jails of others stay as they are.
[sshd]
enabled = true
backend = systemd
filter = sshd[journalmatch="_SYSTEMD_UNIT=ssh.service + _SYSTEMD_UNIT=sshd.service + _COMM=sshd + _COMM=sshd-session"]
port = $(listed "$ssh_port" | paste -sd, -)
maxretry = 5
$(how_to_ban)

# Where nginx has written nothing yet, or the data are locked, these two have nothing to read. fail2ban of Debian 12 would not start then, and SSH be
# without it, too: so there is a second file, in which nothing ever stands.
[kinkeeper-login]
enabled = true
backend = polling
logpath = $refused_log
          /dev/null
filter = kinkeeper-refused[door=login]
port = $(web_ports_or_any)
maxretry = 10
$(how_to_ban)

[kinkeeper-web]
enabled = true
backend = polling
logpath = $refused_log
          /dev/null
filter = kinkeeper-refused[door="(?:api|page)"]
port = $(web_ports_or_any)
maxretry = 10
$(how_to_ban)
JAILS
  lays 644 /etc/fail2ban/filter.d/kinkeeper-refused.local <<'FILTER'
# Written by kinkeeper-harden. A line for each refused way in: time, address, "refused", door, status. Nothing of it is written by who asks.
[Init]
door = login

[Definition]
failregex = ^\s*<HOST> refused <door> (?:401|403|429)$
ignoreregex =
datepattern = {^LN-BEG}
FILTER
}

# The same in each of ours, as what stands for all would change other jails, too.
how_to_ban() {
  cat <<'BAN'
banaction = nftables[type=multiport, table=f2b-kinkeeper, chain_hook=prerouting, chain_priority=-150, blocktype=drop]
banaction_allports = nftables[type=allports, table=f2b-kinkeeper, chain_hook=prerouting, chain_priority=-150, blocktype=drop]
ignoreip = 127.0.0.0/8 ::1
findtime = 10m
bantime = 1h
bantime.increment = true
bantime.maxtime = 1w
BAN
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
  look_at_jail sshd 'Journal matches:'
  look_at_journal
  if [ -f "$root$refused_log" ]; then
    for jail in kinkeeper-login kinkeeper-web; do look_at_jail "$jail" "$refused_log"; done
  else
    fact unknown web "there is no $refused_log (yet): fail2ban-client reload once there is"
  fi
}

# Of what it reads in the journal: any one of several, each of which has to be sshd and nothing more.
look_at_journal() {
  matches=$(fail2ban-client status sshd 2>/dev/null 9>&- | sed -n 's/.*Journal matches:[[:space:]]*//p')
  [ -n "$matches" ] || return 0
  if printf '%s\n' "$matches" | sed 's/ + /\n/g' | grep -Eqx '_COMM=sshd|_SYSTEMD_UNIT=sshd?\.service'; then
    fact pass journal "reads $matches"
  else
    fact fail journal "reads $matches (wanted: that of sshd)"
  fi
}

# wide_networks NAME: those that it never bans, wider than a house or a VPN has.
wide_networks() {
  fail2ban-client get "$1" ignoreip 2>/dev/null 9>&- | sed -n 's/^[|`]- //p' |
    awk -F / 'NF == 2 && ($2 + 0) < (($1 ~ /:/) ? 32 : 8) { print }' | paste -sd ' ' -
}

# look_at_jail NAME SOURCE: what it has to read.
look_at_jail() {
  said=$(fail2ban-client status "$1" 2>/dev/null 9>&-) || { fact fail "$1" 'fail2ban-client: no such jail' && return; }
  case $said in *"$2"*) ;; *) fact fail "$1" "it does not read: $2" && return ;; esac
  tries=$(fail2ban-client get "$1" maxretry 2>/dev/null 9>&-) within=$(fail2ban-client get "$1" findtime 2>/dev/null 9>&-) time=$(fail2ban-client get "$1" bantime 2>/dev/null 9>&-)
  action=$(fail2ban-client get "$1" actions 2>/dev/null 9>&- | tail -n 1 | tr -d ' ')
  hook=$(fail2ban-client get "$1" action "$action" chain_hook 2>/dev/null 9>&-)
  is "$tries" '[0-9]+' && is "$time" '-?[0-9]+' && is "$within" '[0-9]+' || { fact unknown "$1" 'fail2ban-client does not say its limits' && return; }
  if [ "$tries" -gt 10 ] || { [ "$time" -ge 0 ] && [ "$time" -lt 600 ]; }; then
    fact fail "$1" "banned after $tries tries for $time s (wanted: at most 10, at least 600 s)"
  elif [ "$within" -lt 300 ]; then
    fact fail "$1" "tries are forgotten after $within s (wanted: at least 300 s)"
  elif [ -n "$(wide_networks "$1")" ]; then
    fact fail "$1" "never banned: $(wide_networks "$1")"
  elif [ "$hook" != prerouting ]; then
    fact fail "$1" "bans hold for ${hook:-no hook that is known}, not before Docker's rules (wanted: prerouting)"
  else
    fact pass "$1" "reads ${2%:}; banned after $tries tries for $time s, in $hook"
  fi
}
