# New keys in the place of old ones: all of them or none. A change is a folder in $var: paths (a line each), old/N and new/N.
#
#   keys.part     being made: nothing was touched yet
#   keys          the files are being replaced: whatever ends it here, the old ones are put back
#   keys-KIND     the last change that counts, with the old keys for a way back; root alone can read it

# begin_keys KIND
begin_keys() {
  rm -rf -- "$var/keys.part"
  mkdir -- "$var/keys.part" "$var/keys.part/old" "$var/keys.part/new" && : >"$var/keys.part/paths" &&
    printf '%s\n' "$1" >"$var/keys.part/kind" && printf '%s\n' "$id" >"$var/keys.part/id"
}

# add_key PATH NEW: this file is to be replaced by that one, with owner and mode as they are.
add_key() {
  count=$(wc -l <"$var/keys.part/paths")
  cp -p -- "$1" "$var/keys.part/old/$count" && cp -- "$2" "$var/keys.part/new/$count" &&
    chown --reference="$1" "$var/keys.part/new/$count" && chmod --reference="$1" "$var/keys.part/new/$count" &&
    printf '%s\n' "$1" >>"$var/keys.part/paths"
}

# Replaces all files. From the first line on, a helper that is killed puts the old ones back.
put_new_keys() {
  sync -f "$var/keys.part" && rm -rf -- "$var/keys" && mv -T -- "$var/keys.part" "$var/keys" && sync "$var" && put_keys new
}

# put_keys old|new
put_keys() {
  count=0
  for path_of_key in $(cat "$var/keys/paths"); do
    cp -p -- "$var/keys/$1/$count" "$path_of_key.kinkeeper" && sync "$path_of_key.kinkeeper" &&
      mv -f -T -- "$path_of_key.kinkeeper" "$path_of_key" && sync "$(dirname -- "$path_of_key")" || return 1
    count=$((count + 1))
  done
}

# keep_new_keys LINE...: they count, in one step; the lines are the answer. Only the old ones of the last change are kept.
keep_new_keys() {
  kind_of_keys=$(cat "$var/keys/kind")
  printf '%s\n' "$@" >"$var/keys/told" && rm -rf -- "$var/keys/new" "$var/keys-$kind_of_keys" && sync -f "$var/keys" &&
    mv -T -- "$var/keys" "$var/keys-$kind_of_keys" && sync "$var"
}

# Puts the old files back, where a change is under way, and has them read. May be begun anew at any point.
return_keys() {
  rm -rf -- "$var/keys.part" "$var/keys-work" "$var/keys-read"
  [ -d "$var/keys" ] || return 0
  put_keys old || return 1
  case $(cat "$var/keys/kind") in
    ssh) reload_ssh ;;
    wireguard) reload_wireguard ;;
  esac || note 'what runs did not read the old keys again'
  rm -rf -- "$var/keys"
  note 'the old keys are in their place'
}

# After a kill, before anything else: a full disk is waited out, as half of a change must not stay.
resume_keys() {
  until return_keys; do
    note 'the old keys cannot be put back: tried again'
    sleep "$retry_seconds" 9>&-
  done
}

# A request that was cut off behind its last step: says how it ended. Fails for any other.
settle_keys() {
  for kind_of_keys in ssh wireguard; do
    done_keys=$var/keys-$kind_of_keys
    [ -f "$done_keys/told" ] && [ "$(cat "$done_keys/id")" = "$id" ] || continue
    # Lines of ours, one a fact: IFS is the line break.
    # shellcheck disable=SC2046
    answer ok $(cat "$done_keys/told")
    return
  done
  return 1
}

# fail_keys REASON: the old ones stay.
fail_keys() {
  if return_keys; then answer failed "reason=$1"; else answer failed "reason=$1" returned=no; fi
  rm -rf -- "$var/keys.part" "$var/keys-work"
}
