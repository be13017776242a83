# Where the data lie, and what of that is sealed.

# Where everything with data really lies, links followed: the folder of all data, what lies directly in it, and the state.
said_places() {
  place=$(data_place)
  [ -d "$place" ] || return 1
  { printf '%s\n' "$place" "$state_dir" && find "$place/" -mindepth 1 -maxdepth 1 \( -type d -o -type l \); } | while read -r path; do
    [ -z "$path" ] || [ ! -e "$path" ] || readlink -f -- "$path"
  done | sort -u
}

said_crypts() {
  has cryptsetup || return 127
  for name in $(lsblk -n -l -o NAME,TYPE | awk '$2 == "crypt" { print $1 }' | sort -u); do
    printf 'name %s\n' "$name"
    cryptsetup status "$name" || return 1
  done
}

# The sealed volume that the data were moved into, whether it is open or locked; nothing where there is none.
said_sealed_data() {
  if data_in_volume; then echo "device=/dev/mapper/$mapped"; else echo device=; fi
}
