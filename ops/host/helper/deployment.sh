# How this host runs the product: folders of releases with systemd services, or a compose file with an image by its digest.

current_release() {
  case $deployment in
    releases) basename -- "$(readlink -- "$releases_dir/current" || echo none)" ;;
    compose) sed -n 's/^KINKEEPER_VERSION=//p' "$compose_env" | tail -n 1 ;;
    *) echo none ;;
  esac
}

# Names what root would run, or trust, though somebody else can put another thing there; fails when there is none.
foreign_path() {
  case $deployment in
    releases) trusted=$releases_dir ;;
    compose) trusted=$(compose_files)$IFS$compose_env ;;
    *) trusted='' ;;
  esac
  for trusted_path in $trusted $keyring; do
    ours "$trusted_path" || { echo "$trusted_path" && return; }
  done
  return 1
}

# The compose file and all that it includes, one a line. What is no plain name, or goes too deep, is given as no path: it is nobody's.
compose_files() {
  found=$compose_file
  for depth in 1 2 3 4 end; do
    more=$(for one in $found; do [ ! -f "$one" ] || included_by "$one"; done)
    all=$(printf '%s\n' "$found" "$more" | awk 'NF && !seen[$0]++')
    [ "$all" != "$found" ] || break
    [ "$depth" != end ] || all=include
    found=$all
  done
  printf '%s\n' "$found"
}

# included_by FILE: names start at its folder.
included_by() {
  awk -v folder="$(dirname -- "$1")" '
    /^[^[:space:]#-]/ { inside = sub(/^["\047]?include["\047]?[[:space:]]*:/, "") }
    !inside { next }
    { sub(/(^|[[:space:]])#.*/, "") }
    /["\047][^"\047,]*[[:space:]][^"\047,]*["\047]/ { print "include"; next }
    {
      gsub(/[][,{}"\047]/, " ")
      for (n = 1; n <= NF; n++)
        if ($n == "-" || $n ~ /^[a-z_]+:$/) continue
        else if ($n !~ /^[A-Za-z0-9_.\/@+-]+$/) print "include " $n
        else print ($n ~ /^\//) ? $n : folder "/" $n
    }' "$1"
}

# ready_release VERSION: makes sure that it can be switched to; says why not, and fails.
ready_release() {
  case $deployment in
    releases) [ -d "$releases_dir/$1" ] || { take_list && unpack_release "$1"; } ;;
    compose) take_list && { image=$(image_of "$1") && docker_quiet pull -q "$image" || { echo no-image && return 1; }; } ;;
    *) echo no-deployment && return 1 ;;
  esac
}

# incoming NAME BYTES SECONDS: what ops laid ready, read by the account: at that name may lie anything by now, also what never ends.
incoming() {
  [ -f "$spool/incoming/$1" ] && [ ! -L "$spool/incoming/$1" ] &&
    said_by_account "$3" "$2" head -c "$2" -- "$spool/incoming/$1"
}

# Takes the list of releases to where only we write, once its signature was found right; says why not, and fails.
take_list() {
  has gpgv && [ -n "$keyring" ] || { echo not-signed && return 1; }
  for part in releases.txt releases.txt.asc; do
    incoming "$part" 1048576 60 >"$var/new-$part" || { echo not-signed && return 1; }
  done
  gpgv -q --keyring "$keyring" "$var/new-releases.txt.asc" "$var/new-releases.txt" 2>/dev/null 9>&- || { echo not-signed && return 1; }
  heed_number || { echo list-older && return 1; }
  mv -f -- "$var/new-releases.txt" "$var/releases.txt"
}

# A list says `# number N`, which grows with each. One of before, signed as well, would hide what was released or withdrawn since. A list without
# a number is older than all that have one.
heed_number() {
  number=$(sed -n 's/^# number \([0-9]\{1,15\}\)$/\1/p' "$var/new-releases.txt" | head -n 1)
  newest=$(cat "$var/list-number" 2>/dev/null)
  is "$newest" '[0-9]{1,15}' || newest=0
  [ "${number:-0}" -ge "$newest" ] || return 1
  [ "${number:-0}" -gt "$newest" ] || return 0
  echo "$number" >"$var/list-number.new" && sync "$var/list-number.new" && mv -f -- "$var/list-number.new" "$var/list-number" && sync "$var"
}

# The line of a version in the list that was taken.
index_line() {
  grep -Ex -- "kinkeeper $(printf '%s' "$1" | sed 's/[.]/[.]/g') [0-9a-f]{64} [0-9]+ [A-Za-z0-9._-]+ [A-Za-z0-9./:_@-]+" "$var/releases.txt" | tail -n 1
}

field() {
  printf '%s\n' "$1" | cut -d ' ' -f "$2"
}

unpack_release() {
  line=$(index_line "$1") && [ -n "$line" ] || { echo not-signed && return 1; }
  part=$releases_dir/.$1.part
  rm -rf -- "$part" "$var/archive"
  # Never more than was signed.
  incoming "$(field "$line" 5)" "$(field "$line" 4)" 900 >"$var/archive" || { echo no-archive && return 1; }
  if [ "$(sha256sum <"$var/archive" | cut -d ' ' -f 1)" != "$(field "$line" 3)" ]; then
    rm -f -- "$var/archive"
    echo wrong-archive
    return 1
  fi
  mkdir -p -- "$part" && tar -xzf "$var/archive" -C "$part" --no-same-owner 9>&- && chmod -R go+rX,go-w "$part" &&
    sync -f "$part" && mv -T -- "$part" "$releases_dir/$1" && sync "$releases_dir" || { echo disk && return 1; }
  rm -f -- "$var/archive"
}

# Once an update is confirmed: of the folders of releases, the one that runs and the one before it stay, and what is newer. Links are
# followed for what must stay, never for what goes.
prune_releases() {
  [ "$deployment" = releases ] && [ -d "$releases_dir" ] || return 0
  running=$(current_release)
  is "$running" "$version_pattern" && [ -d "$releases_dir/$running" ] || return 0
  linked=$(readlink -f -- "$releases_dir/current" "$releases_dir/previous")
  for name in $(find "$releases_dir/" -mindepth 1 -maxdepth 1 -type d -printf '%f\n'); do
    is "$name" "$version_pattern" && is_newer "$running" "$name" && [ "$name" != "$journal_from" ] || continue
    if printf '%s\n' "$linked" | grep -Fqx -- "$(readlink -f -- "$releases_dir/$name")"; then continue; fi
    if rm -rf --one-file-system -- "${releases_dir:?}/$name"; then
      note "release $name removed"
    else
      note "release $name could not be removed"
    fi
  done
}

# The image of a version, by digest: from the signed list, or the one that was in use before an update.
image_of() {
  if [ "$1" = "${journal_from:-}" ] && [ -f "$var/image-before" ]; then
    cat "$var/image-before"
    return
  fi
  line=$(index_line "$1") || return 1
  image=$(field "$line" 6)
  is "$image" '[a-z0-9./:_-]+@sha256:[0-9a-f]{64}' && printf '%s\n' "$image"
}

# Notes what a way back needs to know, before anything is switched.
note_before() {
  [ "$deployment" = compose ] || return 0
  sed -n 's/^KINKEEPER_IMAGE=//p' "$compose_env" | tail -n 1 >"$var/image-before" && sync "$var/image-before"
}

# switch_to VERSION: in one step; running services do not notice.
switch_to() {
  case $deployment in
    releases)
      ln -sfn -- "$1" "$releases_dir/.current.new" && mv -f -T -- "$releases_dir/.current.new" "$releases_dir/current" &&
        sync "$releases_dir"
      ;;
    compose)
      image=$(image_of "$1") || return 1
      # Before the first update the image is the one that was built here, and has no name.
      { grep -v -e '^KINKEEPER_IMAGE=' -e '^KINKEEPER_VERSION=' "$compose_env"
        [ -z "$image" ] || printf 'KINKEEPER_IMAGE=%s\n' "$image"
        printf 'KINKEEPER_VERSION=%s\n' "$1"; } >"$compose_env.new"
      chmod --reference="$compose_env" "$compose_env.new" && chown --reference="$compose_env" "$compose_env.new" &&
        sync "$compose_env.new" && mv -f -- "$compose_env.new" "$compose_env"
      ;;
  esac
}

start_services() {
  case $deployment in
    # Alone: a homeserver or database that is ill must not keep a way back from bringing these two up.
    compose) compose up -d --no-build --no-deps bot ops ;;
    *) systemctl start "$unit_ops" 9>&- && systemctl start "$unit_bot" 9>&- ;;
  esac
}

# The bot first: ops has a last word to write.
stop_services() {
  case $deployment in
    compose) compose stop bot ops ;;
    *) systemctl stop "$unit_bot" 9>&- && systemctl stop "$unit_ops" 9>&- ;;
  esac
}

services_run() {
  case $deployment in
    compose) [ "$(docker compose -f "$compose_file" --env-file "$compose_env" ps --status running --services 9>&- | grep -cx -e bot -e ops)" = 2 ] ;;
    *) systemctl is-active -q "$unit_bot" 9>&- && systemctl is-active -q "$unit_ops" 9>&- ;;
  esac
}

compose() {
  docker_quiet compose -f "$compose_file" --env-file "$compose_env" "$@"
}

docker_quiet() {
  docker "$@" >/dev/null 2>&1 9>&-
}

restart_service() {
  case $name in
    bot | ops | homeserver) ;;
    *) answer refused reason=bad-value && return ;;
  esac
  if [ "$deployment" = compose ]; then
    has docker || { answer failed reason=no-docker && return; }
    # In docker-compose.yml the homeserver goes by its own name.
    case $name in
      homeserver) service=synapse ;;
      *) service=$name ;;
    esac
    compose restart "$service" && answer ok "name=$name" || answer failed reason=docker-failed
    return
  fi
  has systemctl || { answer failed reason=no-systemd && return; }
  case $name in
    bot) unit=$unit_bot ;;
    ops) unit=$unit_ops ;;
    homeserver) unit=$unit_homeserver ;;
  esac
  # Not waited for: what asked may be what is restarted.
  systemctl --no-block restart "$unit" 9>&- && answer ok "name=$name" || answer failed reason=systemd-failed
}
