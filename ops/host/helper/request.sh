# The spool: settings, requests, answers.

# Reads key=value lines; unknown keys and loose rights end the helper. Lines are never run.
read_config() {
  [ -f "$1" ] && [ ! -L "$1" ] || die "no settings file $1"
  [ "$(stat -c %u -- "$1")" = "$(id -u)" ] || die "$1 belongs to somebody else"
  case $(stat -c %A -- "$1") in ?????w* | ????????w*) die "$1 can be written by others" ;; esac
  ours "$(readlink -m -- "$1")" || die "$1 lies below a folder that others than root can change"
  while read -r line || [ -n "$line" ]; do
    case $line in '' | '#'*) continue ;; esac
    key=${line%%=*}
    value=${line#*=}
    is "$value" "[]A-Za-z0-9 _./:@%+,=[-]*" || die "$1: $key holds a character that is not taken"
    case $key in
      spool | spool_user | spool_group | var | path | root | deployment | state_dir | releases_dir | compose_file | compose_env | container_host | \
        keyring | unit_bot | unit_ops | unit_homeserver | certificate | ssh_port | vpn_ports | vpn_interfaces | gate_seconds | \
        poll_seconds | retry_seconds | evidence_days | confirm_minutes | web_ports | web_from | reboot_time | data_dir | install_dir | \
        vpn_address | vpn_endpoint | vpn_peers | luks_device | luks_bytes | luks_key_server | luks_key_server_print)
        # The key is one of the list above, the value stays a value.
        eval "$key=\$value"
        ;;
      *) die "$1: unknown setting $key" ;;
    esac
  done <"$1"
  is "$spool" '/[^ ]+' || die 'spool must be an absolute path'
  is "$spool_user" '[0-9]+' || die 'spool_user must be the number of the account of ops'
  [ -n "$spool_group" ] || spool_group=$spool_user
  is "$gate_seconds" '[0-9]+' || die 'gate_seconds must be a number'
  # Podman, where it answers as `docker`: by its socket somebody else does the work, in no sandbox of ours.
  if [ -n "$container_host" ]; then
    is "$container_host" 'unix:///[^ ]+' || die 'container_host must be unix:// and the path of a socket'
    # Compose goes by the second.
    CONTAINER_HOST=$container_host DOCKER_HOST=$container_host
    export CONTAINER_HOST DOCKER_HOST
  fi
}

# Only the account of ops may leave requests, and only we may answer.
check_spool() {
  own=$(id -u)
  folder_is "$spool" "$own" || die "the spool $spool must belong to user $own, and nobody else may write to it"
  folder_is "$spool/requests" "$spool_user" || die "$spool/requests must belong to user $spool_user alone"
  for part in answers taken evidence; do
    [ -e "$spool/$part" ] || { mkdir -m 0750 -- "$spool/$part" && chgrp -- "$spool_group" "$spool/$part"; }
    folder_is "$spool/$part" "$own" || die "$spool/$part must belong to user $own alone"
  done
  chmod 0700 "$spool/taken"
}

# folder_is FOLDER USER: a folder (no link) of that user that neither group nor others can write to.
folder_is() {
  [ -d "$1" ] && [ ! -L "$1" ] && [ "$(stat -c %u -- "$1")" = "$2" ] || return 1
  case $(stat -c %A -- "$1") in ?????w* | ????????w*) return 1 ;; esac
}

# Moves the next request to where nobody else reaches it, as whatever it is; sets id. Fails when none waits, and when the time is over: files
# that are no requests have no end where somebody makes them.
take_request() {
  set +f
  for file in "$spool/requests"/*; do
    set -f
    ! is_late || return 1
    [ -e "$file" ] || [ -L "$file" ] || continue
    name=${file##*/}
    clear_taken || return 1
    printf '%s\n' "${name%.request}" >"$spool/taken/id"
    mv -f -T -- "$file" "$spool/taken/now" 2>/dev/null || continue
    id=${name%.request}
    if [ "$name" = "$id" ] || ! is "$id" '[A-Za-z0-9]{1,64}'; then
      note "refused a file that is no request"
      clear_taken || return 1
      continue
    fi
    return 0
  done
  set -f
  return 1
}

# Whether what goes on beside the requests waits for no more of them; deadline is empty where nothing does.
is_late() {
  [ -n "$deadline" ] && [ "$(date +%s)" -ge "$deadline" ]
}

# Reads what was taken, once, and performs it.
answer_request() {
  if [ -e "$spool/answers/$id.answer" ]; then
    note "$id refused: this id was answered before"
  elif why=$(refusal); then
    verb=unread
    answer refused "reason=$why"
  elif read_request; then
    note "$id $verb $values"
    perform
  fi
  clear_taken
}

# Takes away what was taken, its id last. A folder in which somebody goes on making files cannot be emptied: it is moved aside, so that no request
# waits for it.
clear_taken() {
  rm -f -- "$spool/taken/copy"
  if [ -d "$spool/taken/now" ] && [ ! -L "$spool/taken/now" ]; then
    mv -T -- "$spool/taken/now" "$spool/taken/aside.$(date +%s%N)" || return 1
  fi
  rm -f -- "$spool/taken/now" && rm -f -- "$spool/taken/id"
}

empty_aside() {
  timeout --foreground -k 1 30 find "$spool/taken" -mindepth 1 -maxdepth 1 -name 'aside.*' -exec rm -rf -- {} + 2>/dev/null 9>&- ||
    note 'a folder among the requests could not be emptied'
}

# A request that a killed helper had taken is not done again; who waits for it is told. An update has its own journal. One that was named, and
# not yet taken, waits still.
settle_taken() {
  [ -f "$spool/taken/id" ] || return 0
  if [ ! -e "$spool/taken/now" ] && [ ! -L "$spool/taken/now" ]; then
    rm -f -- "$spool/taken/id"
    return
  fi
  id=$(cat "$spool/taken/id")
  verb=unread
  if is "$id" '[A-Za-z0-9]{1,64}' && [ ! -e "$spool/answers/$id.answer" ] && ! { read_journal && [ "$journal_update" = "$id" ]; }; then
    settle_keys || answer failed reason=interrupted
  fi
  clear_taken
}

# Says why the taken file is not read; fails when it may be.
refusal() {
  taken=$spool/taken/now
  [ ! -L "$taken" ] || { echo link && return; }
  [ -f "$taken" ] || { echo no-file && return; }
  [ "$(stat -c %h -- "$taken")" = 1 ] || { echo link && return; }
  [ "$(stat -c %u -- "$taken")" = "$spool_user" ] || { echo owner && return; }
  age=$(($(date +%s) - $(stat -c %Y -- "$taken")))
  [ "$age" -le 600 ] && [ "$age" -ge -600 ] || { echo too-old && return; }
  # Read once into a file of ours: who still holds the other one open changes nothing any more.
  head -c 4097 <"$taken" >"$spool/taken/copy"
  [ "$(wc -c <"$spool/taken/copy")" -le 4096 ] || { echo too-large && return; }
  return 1
}

# Sets verb and the values (kind, version, update, name); answers `refused` itself where it fails.
read_request() {
  verb='' kind='' version='' update='' name='' values=''
  while read -r line || [ -n "$line" ]; do
    if [ -z "$verb" ]; then
      if ! is "$line" '[a-z-]{1,40}' || ! allowed=$(keys_of "$line"); then
        verb=unknown
        answer refused reason=unknown-verb
        return 1
      fi
      verb=$line
      continue
    fi
    key=${line%%=*}
    value=${line#*=}
    if [ "$key" = "$line" ] || [ -z "$key" ] || [ "$key" != "$allowed" ]; then
      answer refused reason=unknown-key
      return 1
    fi
    if ! is "$value" '[A-Za-z0-9][A-Za-z0-9.-]{0,63}'; then
      answer refused reason=bad-value
      return 1
    fi
    case $key in
      kind) kind=$value ;;
      version) version=$value ;;
      update) update=$value ;;
      name) name=$value ;;
    esac
    values="$values $key=$value"
  done <"$spool/taken/copy"
  [ -n "$verb" ] && return 0
  verb=none
  answer refused reason=empty
  return 1
}

# answer ok|failed|refused LINE...: the last word about request $id.
answer() {
  outcome=$1
  shift
  note "$id $verb: $outcome" "$@"
  { printf '%s\n' "$outcome" "$@"; } | write_whole "$spool/answers/$id.answer"
  rm -f -- "$spool/answers/$id.progress"
}

# progress LINE: one more line about request $id.
progress() {
  printf '%s\n' "$1" >>"$spool/answers/$id.progress"
  chgrp -- "$spool_group" "$spool/answers/$id.progress" 2>/dev/null
  chmod 0640 "$spool/answers/$id.progress"
}

forget_old_answers() {
  find "$spool/answers" -maxdepth 1 -type f -mmin +10080 -exec rm -f -- {} +
  forget_old_evidence
}

# Copied logs lie in plain until ops has sealed them, which takes minutes.
forget_old_evidence() {
  find "$spool/evidence" -mindepth 1 -maxdepth 1 -mmin +180 -exec rm -rf -- {} +
}
