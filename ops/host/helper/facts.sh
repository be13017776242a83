# facts.json: what is true on this host now (HostFacts of ops/host/host-facts.ts). What the host does not tell is null.

write_facts() {
  {
    printf '{"at":%s' "$(now_ms)"
    printf ',"timeSynchronised":%s' "$(time_synchronised)"
    ssh_log=$(read_ssh_log) && read=yes || read=no
    if [ $read = yes ]; then
      printf ',"failedLogins":%s' "$(printf '%s\n' "$ssh_log" | failed_logins)"
      printf ',"sshLogins":[%s]' "$(printf '%s\n' "$ssh_log" | ssh_logins)"
    else
      printf ',"failedLogins":null,"sshLogins":null'
    fi
    printf ',"bans":%s' "$(bans)"
    printf ',"containers":%s' "$(containers)"
    printf ',"certificateEndsAt":%s' "$(certificate_ends)"
    printf ',"securityUpdates":%s' "$(security_updates)"
    printf ',"rebootRequired":%s}\n' "$(reboot_required)"
  } | write_whole "$spool/facts.json"
}

now_ms() {
  echo "$(date +%s)000"
}

# ms_of TIME: milliseconds since 1970; null for what is no time.
ms_of() {
  if seconds=$(date -d "$1" +%s 2>/dev/null); then echo "${seconds}000"; else echo null; fi
}

time_synchronised() {
  has timedatectl || { echo null && return; }
  case $(timedatectl show -p NTPSynchronized --value 2>/dev/null) in
    yes) echo true ;;
    no) echo false ;;
    *) echo null ;;
  esac
}

# A day of sshd: "seconds sshd[pid] message" a line. Fails when there is no journal.
read_ssh_log() {
  has journalctl || return 1
  journalctl -q --no-pager -o short-unix --since '24 hours ago' -t sshd -t sshd-session 2>/dev/null 9>&- |
    awk '{ time = $1; who = $3; $1 = $2 = $3 = ""; sub(/^ +/, ""); sub(/:$/, "", who); print time, who, $0 }'
}

# Connections that tried and were not let in. Only the beginning of a message counts: the rest may be a stranger's words. The look of
# kinkeeper-harden at the sshd of its own host is none of them.
failed_logins() {
  awk '/^[^ ]+ [^ ]+ (Invalid user kinkeeper-look from|Connection (closed|reset) by (authenticating|invalid) user kinkeeper-look) (127\.0\.0\.1|::1) port [0-9]+( \[preauth\])?$/ { seen[$2] = 1; next }
  $3 " " $4 ~ /^(Failed (password|publickey|keyboard)|Invalid user|Connection (closed|reset))/ {
    if ($3 == "Connection" && $0 !~ /^[^ ]+ [^ ]+ Connection (closed|reset) by (authenticating|invalid) user/) next
    if (!($2 in seen)) { seen[$2] = 1; n++ }
  } END { print n + 0 }'
}

# "Accepted METHOD for USER from ADDRESS port ..." as JSON objects; names and addresses keep only plain characters.
ssh_logins() {
  awk '$3 == "Accepted" && $5 == "for" && $7 == "from" {
    user = $6; from = $8
    gsub(/[^A-Za-z0-9._@-]/, "?", user); gsub(/[^0-9A-Fa-f.:%a-z]/, "?", from)
    printf "%s{\"at\":%.0f,\"user\":\"%s\",\"from\":\"%s\"}", (n++ ? "," : ""), int($1) * 1000, user, from
  }'
}

bans() {
  has fail2ban-client || { echo null && return; }
  jails=$(fail2ban-client status 2>/dev/null 9>&-) || { echo null && return; }
  sum=0
  for jail in $(printf '%s\n' "$jails" | sed -n 's/.*Jail list:[[:space:]]*//p' | tr -d ' \t' | tr ',' '\n'); do
    is "$jail" '[A-Za-z0-9_-]+' || continue
    count=$(fail2ban-client status "$jail" 2>/dev/null 9>&- | sed -n 's/.*Currently banned:[[:space:]]*//p')
    is "$count" '[0-9]+' && sum=$((sum + count))
  done
  echo "$sum"
}

containers() {
  has docker || { echo null && return; }
  ids=$(docker ps -aq --no-trunc 2>/dev/null 9>&-) || { echo null && return; }
  list=''
  for container in $ids; do
    is "$container" '[0-9a-f]{12,64}' || continue
    entry=$(container_entry "$container") && list="$list${list:+,}$entry"
  done
  echo "[$list]"
}

container_entry() {
  said=$(docker inspect --format '{{.Name}}|{{.RestartCount}}|{{.State.Running}}|{{.Image}}' "$1" 2>/dev/null 9>&-) || return 1
  # Docker begins names and digests in a way of its own, Podman does not.
  is "$said" '/?[A-Za-z0-9_.-]+\|[0-9]+\|(true|false)\|(sha256:)?[0-9a-f]+' || return 1
  rest=${said#/}
  container_name=${rest%%|*} rest=${rest#*|}
  restarts=${rest%%|*} rest=${rest#*|}
  running=${rest%%|*}
  made=$(docker image inspect --format '{{json .Created}}' "${rest#*|}" 2>/dev/null 9>&-) || made=unknown
  made=${made#\"} made=${made%\"}
  printf '{"name":"%s","restarts":%s,"running":%s,"imageMadeAt":%s}' \
    "$container_name" "$restarts" "$running" "$(ms_of "$made")"
}

certificate_ends() {
  [ -n "$certificate" ] && has openssl || { echo null && return; }
  ends=$(openssl x509 -noout -enddate -in "$certificate" 2>/dev/null) || { echo null && return; }
  ms_of "${ends#notAfter=}"
}

security_updates() {
  if names=$(waiting_packages security); then printf '%s\n' "$names" | count_lines; else echo null; fi
}
