# What was before a measure: a folder harden/NAME in $var. Everything in it is on the disk before anything of the host changes, so that a kill
# at any point can be gone on from (`apply`) or gone back from (`undo`).
#
#   before       what the measure has to know to go back, beside files
#   paths        files that it replaces, one a line; old/N is file N as it was (nothing: it was not there), new/N as we put it
#   folders      folders that were made for them
#   confirm-by   seconds since 1970: taken back then, unless confirmed
#   applied      it took hold
#   tried        our files as this time's apply lays them: paths, files
#   held         the same of the last time that took hold, and was confirmed where that is asked for: what a later apply that fails goes back to

# keep_before: nothing where it was kept already; what is there then is what was before the first time.
keep_before() {
  [ ! -d "$kept" ] || return 0
  rm -rf -- "$kept.part"
  mkdir -- "$kept.part" "$kept.part/old" "$kept.part/new" && : >"$kept.part/paths" && : >"$kept.part/folders" &&
    before >"$kept.part/before" && sync -f "$kept.part" && mv -T -- "$kept.part" "$kept" && sync "$var/harden"
}

# keep_file PATH: as it is now, links as links; once.
keep_file() {
  grep -Fqx -- "$1" "$kept/paths" && return 0
  count=$(wc -l <"$kept/paths")
  rm -rf -- "$kept/old/$count"
  if [ -e "$root$1" ] || [ -L "$root$1" ]; then cp -a -T -- "$root$1" "$kept/old/$count" || return 1; fi
  folder=$(dirname -- "$1")
  while [ ! -d "$root$folder" ]; do
    printf '%s\n' "$folder" >>"$kept/folders"
    folder=$(dirname -- "$folder")
  done
  sync -f "$kept" && printf '%s\n' "$1" >>"$kept/paths" && sync "$kept/paths"
}

# put_files: all that was laid, whole, by rename. What an earlier version of the measure put, and this one does not, goes back.
put_files() {
  for path_of_file in $(cat "$stage/paths"); do
    safe_place "$path_of_file" && keep_file "$path_of_file" || return 1
  done
  count=0
  for path_of_file in $(cat "$kept/paths"); do
    if grep -Fqx -- "$path_of_file" "$stage/paths"; then
      cp -T -- "$stage/files$path_of_file" "$kept/new/$count" && chmod --reference="$stage/files$path_of_file" "$kept/new/$count" &&
        put_file "$kept/new/$count" "$path_of_file" || return 1
    else
      put_back "$count" "$path_of_file" || return 1
    fi
    count=$((count + 1))
  done
}

# put_file FROM PATH
put_file() {
  (umask 022 && mkdir -p -- "$(dirname -- "$root$2")") && cp -a -T -- "$1" "$root$2.kinkeeper" && sync "$root$2.kinkeeper" &&
    mv -f -T -- "$root$2.kinkeeper" "$root$2" && sync "$(dirname -- "$root$2")"
}

# safe_place PATH: nobody but root can put another thing there, or a link on the way.
safe_place() {
  ours "$(dirname -- "$root$1")" && return 0
  say "$1: the folder, or one above it, can be changed by others than root"
  return 1
}

# return_files: as they were. May be begun anew at any point.
return_files() {
  count=0
  for path_of_file in $(cat "$kept/paths"); do
    put_back "$count" "$path_of_file" || return 1
    count=$((count + 1))
  done
  # Those that others use by now stay.
  set +f
  for folder in $(cat "$kept/folders"); do rmdir -- "$root$folder" 2>/dev/null; done
  set -f
}

# put_back N PATH. What somebody changed since in a file of ours is kept beside, not lost.
put_back() {
  if [ -f "$kept/new/$1" ] && [ -f "$root$2" ] && ! cmp -s -- "$kept/new/$1" "$root$2" &&
    ! { [ -f "$kept/old/$1" ] && cmp -s -- "$kept/old/$1" "$root$2"; }; then
    aside=$var/harden/changed.$measure.$1.$(date +%s)
    cp -T -- "$root$2" "$aside" && say "$2 was changed by somebody since; as it was then: $aside"
  fi
  if [ -e "$kept/old/$1" ] || [ -L "$kept/old/$1" ]; then
    cp -a -T -- "$kept/old/$1" "$root$2.kinkeeper" && mv -f -T -- "$root$2.kinkeeper" "$root$2"
  else
    rm -f -- "$root$2"
  fi
  # What a kill left in the middle of `put_file`.
  rm -f -- "$root$2.kinkeeper"
}

# forget_kept: in one step, as half of it would say something wrong.
forget_kept() {
  rm -rf -- "$kept.gone" && mv -T -- "$kept" "$kept.gone" && sync "$var/harden" && rm -rf -- "$kept.gone"
}

# keep_state: what is about to be put.
keep_state() {
  rm -rf -- "$kept/tried" && mkdir -- "$kept/tried" && cp -a -- "$stage/paths" "$stage/files" "$kept/tried/" && sync -f "$kept/tried"
}

# hold_state: what was put has taken hold; nothing where it was held already.
hold_state() {
  [ -d "$kept/tried" ] || return 0
  rm -rf -- "$kept/held.gone"
  [ ! -d "$kept/held" ] || mv -T -- "$kept/held" "$kept/held.gone" || return 1
  mv -T -- "$kept/tried" "$kept/held" && sync "$kept" && rm -rf -- "$kept/held.gone"
}

# Whether there is a state that held; one that a kill left between two names is it.
holds_state() {
  [ -d "$kept/held" ] || [ ! -d "$kept/held.gone" ] || mv -T -- "$kept/held.gone" "$kept/held"
  [ -d "$kept/held" ]
}

# go_back_to_held: in a shell of its own, as the folder of this apply goes by itself.
go_back_to_held() {
  (stage=$kept/held && put_files && regain) && : >"$kept/applied" && rm -f -- "$kept/confirm-by" && sync "$kept" &&
    note "harden $measure: as it was applied before"
}
