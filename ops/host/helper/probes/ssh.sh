# How sshd lets people in: what it says of itself for each of them, what its files say, and when it read them.

# effective_sshd USER ADDRESS: with a Match block of any kind sshd says nothing unless it is told who comes, from where, and to which place.
effective_sshd() {
  timeout 10 sshd -T -C "user=$1,host=outside.example,addr=$2,laddr=$2,lport=$(listed "$ssh_port" | head -n 1),rdomain="
}

# For somebody who is nobody.
said_sshd() {
  has sshd || return 127
  effective_sshd kinkeeper-look 203.0.113.9
}

# What counts for everybody who may log in, coming from outside: a Match block can say other than the rest.
said_sshd_users() {
  has sshd || return 127
  users=$(getent passwd | awk -F: '$7 !~ /(nologin|false|sync|shutdown|halt)$/ { print $1 }') || return 1
  [ -n "$users" ] || return 1
  for user in $users; do
    is "$user" '[A-Za-z0-9_][A-Za-z0-9_.-]*\$?' || { printf 'user ?\n' && return 1; }
    for from in 203.0.113.9 2001:db8::9; do
      effective=$(effective_sshd "$user" "$from") || return 1
      printf 'user %s from %s\n' "$user" "$from"
      printf '%s\n' "$effective" | grep -E '^(passwordauthentication|kbdinteractiveauthentication|permitrootlogin|permitemptypasswords|hostbasedauthentication|gssapiauthentication|authenticationmethods) '
    done
  done
}

# Every file that sshd reads its settings from, one a line: by names and patterns of Include, which start below /etc/ssh.
sshd_files() {
  found=$root/etc/ssh/sshd_config
  for depth in 1 2 3 4; do
    more=$(sshd_settings "$found" | awk '$2 == "include" { for (n = 3; n <= NF; n++) print $n }' | while read -r named; do
      case $named in /*) ;; *) named=/etc/ssh/$named ;; esac
      # A pattern of file names.
      # shellcheck disable=SC2086
      (set +f && printf '%s\n' $root$named)
    done)
    all=$(printf '%s\n' "$found" "$more" | awk 'NF && !seen[$0]++' | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done)
    [ "$all" != "$found" ] || break
    found=$all
  done
  printf '%s\n' "$found"
}

# sshd_settings FILES: "inside|outside name values" of each line that says something, without the ways to write it; inside a Match block or not.
sshd_settings() {
  # One file a word.
  # shellcheck disable=SC2086
  awk 'FNR == 1 { place = "outside" }
    { gsub(/["\047]/, ""); sub(/^[ \t]+/, ""); sub(/[ \t]*=[ \t]*|[ \t]+/, " ") }
    $1 == "" || $1 ~ /^#/ { next }
    { $1 = tolower($1) }
    $1 == "match" { place = "inside" }
    { print place, $0 }' $1
}

# What stands in Match blocks of the ways in, a line `match` before each: for whom or from where it holds is not asked. `outside`: how one logs in
# wherever no block says so. `files`: how many were read.
said_sshd_matches() {
  has sshd || return 127
  files=$(sshd_files)
  ways='passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication|permitrootlogin|permitemptypasswords|hostbasedauthentication'
  ways="$ways|gssapiauthentication|authenticationmethods|x11forwarding|maxauthtries|loglevel|include"
  sshd_settings "$files" | sed -n -E "s/^inside match( .*)?\$/match/p; s/^(outside authenticationmethods .*)\$/\1/p; s/^inside (($ways)( .*)?)\$/\1/p"
  printf 'files %s\n' "$(printf '%s\n' "$files" | wc -l)"
}

# When sshd last read its settings, when they were last changed, and how the one that listens was called.
said_sshd_read() {
  has systemctl || return 127
  for unit in ssh.service sshd.service; do
    systemctl is-active -q "$unit" || continue
    process=$(systemctl show -p MainPID --value "$unit") || return 1
    is "$process" '[1-9][0-9]*' || continue
    # Of the name that it gives itself, what it was called with.
    printf 'runs=%s\n' "$(tr '\000' ' ' <"/proc/$process/cmdline" | sed 's/^sshd: //; s/ *\[listener\].*//')"
  done
  for unit in ssh.service sshd.service; do
    systemctl is-active -q "$unit" || continue
    when=$(systemctl show -p StateChangeTimestamp --value "$unit") || return 1
    printf 'read=%s\n' "$(date -d "$when" +%s)"
  done
  # Where a socket starts it, it reads them then.
  if systemctl is-active -q ssh.socket && ! systemctl is-active -q ssh.service; then
    options=$(sed -n 's/^SSHD_OPTS=//p' "$root/etc/default/ssh" 2>/dev/null | tail -n 1 | tr -d "\"'")
    systemctl show -p ExecStart --value ssh.service | sed -n "s|.*argv\[\]=\([^;]*\) ;.*|runs=\1|p" | sed "s|\\\$SSHD_OPTS|$options|"
    printf 'read=%s\n' "$(date +%s)"
  fi
  # The folder as well: a file that was taken away changed something, too.
  for part in $(sshd_files) "$root/etc/ssh/sshd_config.d"; do
    [ ! -e "$part" ] || find "$part" -maxdepth 0 -printf 'changed=%T@\n' || return 1
  done
}
