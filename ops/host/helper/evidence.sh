# What was going on, for who looks into an incident: copies of logs in a folder that ops can read. No words of the household
# are in any of them.

collect_evidence() {
  folder=$spool/evidence/$id
  missing_evidence=0
  mkdir -m 0750 -- "$folder" || { answer failed reason=folder && return; }
  since="$evidence_days days ago"
  kept sshd.log journalctl -q --no-pager -o short-iso-precise --since "$since" -t sshd -t sshd-session
  # What bot and ops say goes to the journal, or to Docker; it holds no words of the household.
  filled bot.log journalctl -q --no-pager -o short-iso-precise --since "$since" -u "$unit_bot"
  filled ops.log journalctl -q --no-pager -o short-iso-precise --since "$since" -u "$unit_ops"
  kept sudo.log journalctl -q --no-pager -o short-iso-precise --since "$since" -t sudo -t su
  copied auth.log "$root/var/log/auth.log"
  copied fail2ban.log "$root/var/log/fail2ban.log"
  kept fail2ban.txt fail2ban-client status
  kept docker-events.log docker events --since "$((evidence_days * 24))h" --until 0s
  kept docker-ps.txt docker ps -a --no-trunc
  kept logins.txt last -F -w
  kept failed-logins.txt lastb -F -w
  kept nftables.txt nft list ruleset
  kept sockets.txt ss -H -tulpn
  kept processes.txt ps -eo user,pid,ppid,lstart,comm
  copied helper.log "$var/acts.log"
  set +f
  (cd "$folder" && sha256sum -- *) >"$spool/taken/sums" && mv -- "$spool/taken/sums" "$folder/SHA256SUMS"
  chmod 0640 "$folder"/*
  chgrp -R -- "$spool_group" "$folder" 2>/dev/null
  files=$(find "$folder" -type f | wc -l)
  set -f
  answer ok "folder=$id" "files=$files" "missing=$missing_evidence"
}

# kept FILE PROGRAM...: what a program says, at most 16 MiB; one that is not there, or fails without a word, is counted.
kept() {
  target=$folder/$1
  shift
  rm -f -- "$spool/taken/failed"
  if has "$1"; then
    { timeout 60 "$@" 2>/dev/null 9>&- || : >"$spool/taken/failed"; } | head -c 16777216 >"$target"
    if [ -s "$target" ] || [ ! -e "$spool/taken/failed" ]; then return; fi
  fi
  rm -f -- "$target"
  missing_evidence=$((missing_evidence + 1))
}

# filled FILE PROGRAM...: as kept; of a service that ran, no word at all means that its words are elsewhere (Docker).
filled() {
  kept "$@"
  if [ -f "$folder/$1" ] && [ ! -s "$folder/$1" ]; then
    rm -f -- "$folder/$1"
    missing_evidence=$((missing_evidence + 1))
  fi
}

# copied FILE SOURCE: the last 16 MiB of a log.
copied() {
  if [ -f "$2" ] && tail -c 16777216 -- "$2" >"$folder/$1" 2>/dev/null; then return; fi
  rm -f -- "$folder/$1"
  missing_evidence=$((missing_evidence + 1))
}
