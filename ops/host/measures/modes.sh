# Modes of our files: what is root's can be changed by root alone, what is secret is read by its owner alone. Only what lies where nobody but root
# can put a link is touched; below a folder of another account that account sees to it itself.

summary() { echo 'Settings can be changed by root alone; secrets and data are read by nobody else'; }

# wanted_modes: "PATH MOST OWNER" a line. MOST: no more rights than these; OWNER: a number, or `any`. The group of ops may read the media of Synapse,
# for backups.
wanted_modes() {
  printf '%s\n' "$install_dir 755 0" "$install_dir/.env 600 0" "$install_dir/docker-compose.yml 644 0" "$data_dir 755 0" "$data_dir/config 755 0" \
    "$data_dir/secrets 711 0" "$data_dir/state 700 any" "$data_dir/backups 700 any" "$data_dir/models 755 any" "$data_dir/synapse 2750 any" \
    "$data_dir/postgres 700 any" "$data_dir/ollama 755 any" "$data_dir/qdrant 700 any" "$data_dir/tls 755 0" "$data_dir/tls-authority 700 0" "$data_dir/setup.json 600 0" '/etc/kinkeeper 755 0' \
    '/etc/wireguard 700 0' '/var/lib/tailscale 700 0' \
    '/var/lib/tailscale/tailscaled.state 600 0' "$var 700 0" "$spool 755 0" '/usr/lib/kinkeeper-host 755 0'
  files_below "$data_dir/config" 644 0
  files_below "$data_dir/secrets" 600 any
  files_below "$data_dir/tls" 600 0
  files_below "$data_dir/tls-authority" 600 0
  files_below /etc/kinkeeper 644 0
  files_below /etc/wireguard 600 0
}

# files_below FOLDER MOST OWNER: where the folder is root's. Keys by their name get no more than their owner needs.
files_below() {
  [ -d "$root$1" ] && ours "$root$1" || return 0
  find "$root$1" -mindepth 1 -type f 2>/dev/null | while read -r file; do
    most=$2
    case $file in *key* | *.nft) most=600 ;; esac
    case ${file#"$root$data_dir/tls/"} in
      "$file") ;;
      # What everybody may see of the certificate at the door.
      ca.pem | */ca.pem | fullchain*.pem | */fullchain*.pem | chain*.pem | */chain*.pem | cert*.pem | */cert*.pem | *.crt | *.cer) most=644 ;;
      # With Podman of an account the door reads its key by the group of the folder (tls.sh).
      privkey.pem | */privkey.pem) [ "$(stat -c %g -- "$root$data_dir/tls")" = 0 ] || most=640 ;;
    esac
    printf '%s %s %s\n' "${file#"$root"}" "$most" "$3"
  done
}

# loose_modes: "PATH MODE OWNER WANTED-MODE WANTED-OWNER" of what is looser than it may be; nothing that is not there, and no links.
loose_modes() {
  for line in $(wanted_modes); do
    file=${line%% *} rest=${line#* }
    [ -e "$root$file" ] && [ ! -L "$root$file" ] && ours "$(dirname -- "$root$file")" || continue
    found=$(stat -c '%a %u' -- "$root$file")
    mode=${found% *} owner=${found#* } most=${rest% *} owned=${rest#* }
    fewer=$(printf '%o' $((0$mode & 0$most)))
    [ "$owned" = any ] && owned=$owner
    [ "$fewer" = "$(printf '%o' "0$mode")" ] && [ "$owned" = "$owner" ] || printf '%s %s %s %s %s\n' "$file" "$mode" "$owner" "$fewer" "$owned"
  done
}

would() { loose_modes | awk '{ print $1 ": mode " $2 " -> " $4 (($3 == $5) ? "" : ", owner " $3 " -> " $5) }'; }
before() { loose_modes | awk '{ print $1 "=" $2 " " $3 }'; }

# What becomes loose later was tight before: an undo leaves it tight.
enact() {
  for line in $(loose_modes); do
    file=${line%% *}
    set_mode "$root$file" "$(printf '%s' "$line" | cut -d ' ' -f 4)" "$(printf '%s' "$line" | cut -d ' ' -f 5)" || return 1
  done
}

# set_mode FILE MODE OWNER: the owner first, as a change of it takes rights away. Noughts before: else a folder keeps its set-gid bit.
set_mode() {
  chown -h -- "$3" "$1" && chmod -- "00$2" "$1"
}

retract() {
  done_all=0
  for line in $(cat "$kept/before"); do
    file=${line%%=*} rest=${line#*=}
    [ -e "$root$file" ] && [ ! -L "$root$file" ] && ours "$(dirname -- "$root$file")" || continue
    set_mode "$root$file" "${rest% *}" "${rest#* }" || done_all=1
  done
  return "$done_all"
}

look() {
  loose=$(would | paste -sd '|' - | sed 's/|/; /g')
  if [ -z "$loose" ]; then fact pass modes "stat: $(wanted_modes | wc -l) paths"; else fact fail modes "stat: $loose"; fi
}
