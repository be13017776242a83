# SSH: keys only, no root, algorithms of today. A drop-in that is read before all others, as sshd keeps the first value that it finds.
guarded=yes
drop_in=/etc/ssh/sshd_config.d/00-kinkeeper.conf

# What sshd has to say of itself, for everybody.
wanted_of_sshd='permitrootlogin no
passwordauthentication no
kbdinteractiveauthentication no
pubkeyauthentication yes
authenticationmethods publickey
permitemptypasswords no
x11forwarding no
allowagentforwarding no
permituserenvironment no
maxauthtries 4
logingracetime 60
maxstartups 10:30:60
clientaliveinterval 300
clientalivecountmax 3
loglevel VERBOSE'
good_kex='mlkem768x25519-sha256 sntrup761x25519-sha512 sntrup761x25519-sha512@openssh.com curve25519-sha256 curve25519-sha256@libssh.org'
good_ciphers='chacha20-poly1305@openssh.com aes256-gcm@openssh.com aes128-gcm@openssh.com'
good_macs='hmac-sha2-512-etm@openssh.com hmac-sha2-256-etm@openssh.com'

summary() { echo 'SSH lets in keys only, never root, with algorithms of today'; }
needs() {
  printf '%s\n' 'sshd openssh-server' 'ssh openssh-client' 'ssh-keygen openssh-client' 'sudo sudo' 'ps procps' 'ip iproute2'
}

lay() {
  {
    echo '# Written by kinkeeper-harden (measure ssh). Read before all others: sshd keeps the first value that it finds.'
    printf '%s\n' "$wanted_of_sshd"
    echo "kexalgorithms $(known_here kex "$good_kex")"
    echo "ciphers $(known_here cipher "$good_ciphers")"
    echo "macs $(known_here mac "$good_macs")"
  } | lays 600 "$drop_in" || return 1
  # Settings of an old system that were kept by hand may not read drop-ins at all, or read them too late.
  [ "$(first_setting "$root/etc/ssh/sshd_config")" = 'Include /etc/ssh/sshd_config.d/*.conf' ] && return 0
  { echo 'Include /etc/ssh/sshd_config.d/*.conf' && cat "$root/etc/ssh/sshd_config"; } | lays 644 /etc/ssh/sshd_config
}

# known_here KIND NAMES: those that the OpenSSH of this host knows, with commas.
known_here() {
  ssh -Q "$1" 2>/dev/null 9>&- >"$stage/known"
  listed "$2" | grep -Fx -f "$stage/known" | paste -sd, -
}

# The first line of FILE that says something.
first_setting() {
  awk 'NF && $1 !~ /^#/ { $1 = $1; print; exit }' "$1"
}

would() { printf '%s\n' 'sshd reads its settings again; sessions that are open stay' "it comes back by itself after $confirm_minutes minutes, unless it is confirmed from a new session"; }

# Nobody may be locked out: somebody who can become root has to come in by key, tried for real on a second sshd with the new settings.
fits() {
  sshd=$(command -v sshd)
  probe=$(mktemp -d "$root/run/kinkeeper-probe.XXXXXXXX") && chmod 755 "$probe" || { echo 'no folder for the trial can be made' && return 1; }
  try_ssh
  tried=$?
  rm -rf -- "$probe"
  return "$tried"
}

try_ssh() {
  (umask 022 && { cat "$(laid "$drop_in")" && cat "$root/etc/ssh/sshd_config"; } >"$probe/sshd_config")
  said=$("$sshd" -t -f "$probe/sshd_config" 2>&1 9>&-) || { echo "sshd does not take the new settings: $said" && return 1; }
  reasons=''
  for user in $(people_of_sudo); do
    if why_not=$(comes_in "$user"); then return 0; fi
    reasons="$reasons; $user: $why_not"
  done
  echo "nobody but root could come in afterwards. There has to be an account in the group sudo that has an SSH key of yours and can become root (adduser NAME; adduser NAME sudo; ssh-copy-id NAME@...)$reasons"
  return 1
}

people_of_sudo() {
  getent group sudo | cut -d : -f 4 | tr ',' '\n' | sed '/^$/d; /^root$/d'
}

# comes_in USER: by a key of his own, on a sshd with the new settings; and he can become root. Says why not.
comes_in() {
  "$sshd" -T -f "$probe/sshd_config" -C "user=$1,host=localhost,addr=127.0.0.1" >"$probe/seen" 2>/dev/null 9>&- || { echo 'sshd does not say what holds for this account' && return 1; }
  has_own_key "$1" || { echo 'no SSH key of this account that sshd would take (authorized_keys)' && return 1; }
  can_become_root "$1" || { echo 'has no password for sudo, and sudo asks for one (passwd NAME)' && return 1; }
  logs_in "$1" || { echo 'was not let in by a second sshd with the new settings' && return 1; }
}

has_own_key() {
  home=$(getent passwd "$1" | cut -d : -f 6)
  for file in $(sed -n 's/^authorizedkeysfile //p' "$probe/seen" | tr ' ' '\n' | sed "s|%h|$home|g; s|%u|$1|g; s|%%|%|g"); do
    case $file in /*) ;; *) file=$home/$file ;; esac
    [ -f "$root$file" ] || continue
    # As the account, as sshd reads it; and nobody else may write to it, or sshd would not read it.
    case $(stat -L -c '%A' -- "$root$file") in ?????w* | ????????w*) continue ;; esac
    ssh-keygen -l -f "$root$file" 2>/dev/null 9>&- | grep -Eqv '\(DSA\)$' && return 0
  done
  return 1
}

can_become_root() {
  [ "$(passwd -S "$1" 2>/dev/null | cut -d ' ' -f 2)" = P ] || sudo -n -l -U "$1" 2>/dev/null | grep -q 'NOPASSWD:.*ALL'
}

# logs_in USER: with a key that lives as long as the trial. sshd speaks through a pipe, so that no port is opened.
logs_in() {
  rm -f -- "$probe/key" "$probe/key.pub"
  ssh-keygen -q -t ed25519 -N '' -f "$probe/key" 9>&- && cp "$probe/key.pub" "$probe/authorized" && chmod 644 "$probe/authorized" || return 1
  proxy="$sshd -i -f $probe/sshd_config -o AuthorizedKeysFile=$probe/authorized -o AuthorizedKeysCommand=none"
  timeout --foreground -k 5 60 ssh -F none -i "$probe/key" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o "ProxyCommand=$proxy" "$1@kinkeeper-probe" true </dev/null >/dev/null 2>&1 9>&-
}

enact() {
  sshd=$(command -v sshd)
  "$sshd" -t -f "$root/etc/ssh/sshd_config" >/dev/null 2>&1 9>&- && reload_ssh && heard_again
}
retract() { reload_ssh && heard_again; }

# Reading anew takes sshd a moment, in which nobody answers.
heard_again() {
  tries=0
  while [ "$tries" -lt 20 ]; do
    case $(offered) in *'Permission denied'*) return 0 ;; esac
    tries=$((tries + 1))
    sleep 0.5 9>&-
  done
  # One that listens on other addresses only is judged by `look`.
  return 0
}

look() {
  sshd=$(command -v sshd)
  for user in root kinkeeper-look $(people_of_sudo); do look_at_user "$user"; done
  look_at_matches
  look_at_running
}

# look_at_user USER: what holds for this account from an address outside.
look_at_user() {
  seen=$("$sshd" -T -f "$root/etc/ssh/sshd_config" -C "user=$1,host=outside.invalid,addr=203.0.113.9" 2>/dev/null 9>&-) || { fact unknown "settings-$1" 'sshd -T does not say' && return; }
  # Names are said in small letters; levels are not.
  wrong=$({ printf '%s\n' "$seen" && echo wanted: && printf '%s\n' "$wanted_of_sshd"; } | awk '
    $0 == "wanted:" { wanted = 1; next }
    !wanted { said[tolower($1)] = tolower($0); next }
    { found = ($1 in said) ? said[$1] : "no " $1 }
    found != tolower($0) { printf ", %s", found }')
  wrong="$wrong$(weak kexalgorithms "$good_kex")$(weak ciphers "$good_ciphers")$(weak macs "$good_macs")"
  if [ -z "$wrong" ]; then fact pass "settings-$1" 'sshd -T: passwordauthentication no, permitrootlogin no'; else fact fail "settings-$1" "sshd -T: ${wrong#, }"; fi
}

# weak NAME GOOD: those that sshd would take and that are not among the good ones.
weak() {
  bad=''
  for algorithm in $(printf '%s\n' "$seen" | sed -n "s/^$1 //p" | tr ',' '\n'); do
    case " $2 " in *" $algorithm "*) ;; *) bad="$bad $algorithm" ;; esac
  done
  [ -z "$bad" ] || printf ', %s takes%s' "$1" "$bad"
}

# A Match block stands above all that is said for everybody; for which addresses it holds cannot be tried out.
look_at_matches() {
  loose=$(in_match_blocks "$root/etc/ssh/sshd_config" no 0 | awk '
    $2 ~ /^(passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication|permitrootlogin|permitemptypasswords)$/ && tolower($3) != "no" { print }
    $2 == "authenticationmethods" { for (i = 3; i <= NF; i++) if ($i !~ /publickey/) { print; break } }')
  if [ -z "$loose" ]; then fact pass exceptions 'no Match block lets in more'; else fact fail exceptions "in a Match block: $(printf '%s' "$loose" | paste -sd ' ' -)"; fi
}

# in_match_blocks FILE INSIDE DEPTH: "FILE: keyword values" of what stands in a Match block, keywords in small letters; also by Include, in which
# the block goes on, and one that begins there ends. As sshd reads them: blanks or = behind the keyword, quotes, comments.
in_match_blocks() {
  [ "$3" -lt 16 ] && [ -r "$1" ] || return 0
  awk '{ sub(/^[ \t]+/, ""); sub(/[ \t]#.*/, ""); gsub(/["\r]/, ""); if (!match($0, /^[A-Za-z0-9]+/)) next
    key = tolower(substr($0, 1, RLENGTH)); rest = substr($0, RLENGTH + 1); sub(/^[ \t]*=?[ \t]*/, "", rest); gsub(/[ \t]+/, " ", rest); print key " " rest }' "$1" | {
    inside=$2
    while IFS=' ' read -r key values; do
      case $key in
        match) inside=yes ;;
        include) for file in $(files_of_include "$values"); do (in_match_blocks "$file" "$inside" $(($3 + 1))); done ;;
        *) [ "$inside" = no ] || printf '%s: %s %s\n' "${1#"$root"}" "$key" "$values" ;;
      esac
    done
  }
}

# files_of_include PATTERNS: those that are there; patterns without a folder are below that of sshd.
files_of_include() {
  set +f
  for pattern in $(printf '%s' "$1" | tr ' ' '\n'); do
    case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern ;; esac
    printf '%s\n' $root$pattern
  done
  set -f
}

# The sshd that runs may have read older settings: asked which ways in it offers.
look_at_running() {
  case $(offered) in
    *'Permission denied (publickey).'*) fact pass running 'sshd offers publickey alone' ;;
    *'Permission denied ('*) fact fail running "sshd offers$(offered | sed -n 's/.*Permission denied \(([a-z,-]*)\).*/ \1/p')" ;;
    *) fact unknown running 'sshd does not answer on this host' ;;
  esac
}

# The words of the sshd that runs to one who brings nothing. The name is known to the counting of failed logins.
offered() {
  at=$(ss -H -ltn 2>/dev/null | awk '{ print $4 }' | grep -E ":($(listed "$ssh_port" | paste -sd '|' -))\$" | head -n 1)
  host=${at%:*}
  case $host in '' | 0.0.0.0 | '*') host=127.0.0.1 ;; '[::]') host=::1 ;; '['*) host=${host#?} host=${host%?} ;; esac
  timeout --foreground 20 ssh -F none -o BatchMode=yes -o PreferredAuthentications=none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o LogLevel=ERROR -p "${at##*:}" "kinkeeper-look@$host" true </dev/null 2>&1 9>&-
}
