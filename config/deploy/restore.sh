#!/bin/sh
# Brings a household of containers back from a backup, on a server where `kinkeeper setup --prepare` has laid everything out and nothing was
# started yet (ops/RUNBOOK.md, *Restore in containers, on an empty machine*). Run by root on the host; it asks for the passphrase of the key and of the household.
#
#   restore.sh FOLDER ARCHIVE KEY [OPTION...]   FOLDER has docker-compose.yml; ARCHIVE lies in `backups` of the data; KEY is the private half of a
#                                               backup key; more options are those of `kinkeeper restore`
#
# Only the database is started for it. What belongs to Synapse and to root goes to its place when all of it has opened. Cut off, it goes on where
# it was when it is run again. Then: `kinkeeper setup` once more, which starts everything. Exit code 0 done, 2 usage, 1 anything else.
set -eu
umask 077

fail() {
  echo "restore.sh: $1" >&2
  exit "${2:-1}"
}

# owner_of FOLDER: numbers of the account of a container that it was laid for.
owner_of() {
  stat -c %u:%g -- "$data/$1" 2>/dev/null | grep -v '^0:' || fail "$data/$1 is not there, or belongs to root: run \`npm run kinkeeper -- setup --prepare\` first" 2
}

[ $# -ge 3 ] || fail 'wanted: restore.sh FOLDER ARCHIVE KEY, as restore.sh /opt/kinkeeper /srv/kinkeeper/backups/kin-….tar.zst.gpg /dev/shm/backup-key.asc' 2
product=$1 archive=$2 key=$3
shift 3
[ -f "$product/docker-compose.yml" ] && [ -f "$product/.env" ] ||
  fail "$product has no docker-compose.yml with an .env: run \`npm run kinkeeper -- setup --prepare\` there first" 2
data=$(sed -n 's/^KINKEEPER_DATA=//p' "$product/.env" | tail -n 1)
[ -n "$data" ] && [ -d "$data/state" ] || fail "the folder of data that $product/.env names is not laid out: run \`npm run kinkeeper -- setup --prepare\` first" 2
[ -f "$key" ] || fail "there is no key $key" 2
[ "$(dirname -- "$(readlink -f -- "$archive")")" = "$(readlink -f -- "$data/backups")" ] && [ -f "$archive" ] ||
  fail "the backup has to lie in $data/backups, and is looked for there by the restore: not $archive" 2

restored=$data/restore
# What came back, once nobody but root can reach it: that it is there says that the restore itself is done.
taken=$data/restored
# As set-up has laid their folders: with Podman of an account these are the numbers that their containers have on the host.
account=$(owner_of state)
homeserver=$(owner_of synapse)
. "$(dirname -- "$0")/engine.sh"

# What root laid into the folder of backups is read by the account of ops. That folder is the account's: a link in it is somebody else's file.
find -P "$data/backups" -maxdepth 1 -name 'kin-*' -type f -links 1 -exec chown -h "$account" {} +
if [ ! -d "$taken" ]; then
  mkdir -p -m 700 -- "$restored" "$restored/config"
  chown -h "$account" "$restored" "$restored/config"
fi

# In memory, and for that account alone (with Podman of an account: for that one too, whose containers they are).
lent=$(mktemp -d /dev/shm/kinkeeper-key.XXXXXX)
trap 'rm -rf -- "$lent"' EXIT
trap 'exit 1' INT TERM HUP
cat -- "$key" >"$lent/key.asc"
chown -R "$account" "$lent"

[ -t 0 ] && terminal='' || terminal=-T
if [ ! -d "$taken" ]; then
  # shellcheck disable=SC2086
  docker compose --project-directory "$product" --profile restore run --rm $terminal --volume "$lent:/run/key:ro" \
    restore "/data/backups/$(basename -- "$archive")" --key /run/key/key.asc "$@"
  case " $* " in *' --check '*) exit 0 ;; esac
  sync -f "$restored"
  mv -T -- "$restored" "$taken"
fi
chown -h 0:0 "$taken"

# It was filled by an account that is not root's, from an archive of anybody's: only plain files and folders go anywhere.
odd=$(find -P "$taken" ! -type d ! \( -type f -links 1 \) -print -quit)
[ -z "$odd" ] || fail "$odd is no plain file, so nothing was taken from there: look at it, remove it, and run this again"

# take FROM TO OWNER MODE: where it was brought back, and not taken before.
take() {
  [ -e "$taken/$1" ] || return 0
  chown -hR "$3" "$taken/$1"
  chmod -R "$4" "$taken/$1"
  # What Synapse adds later has to be readable for ops, which takes it along in a backup by its group.
  [ ! -d "$taken/$1" ] || find -P "$taken/$1" -type d -exec chmod g+s {} +
  if [ -d "$taken/$1" ] && [ -d "$data/$2" ]; then rmdir "$data/$2" || fail "there is something at $data/$2: move it aside and run this again"; fi
  mv -fT -- "$taken/$1" "$data/$2"
}

take homeserver/media_store synapse/media_store "$homeserver" u=rwX,g=rX,o=
take homeserver/signing.key synapse/signing.key "$homeserver" 640
take config/backup-recipients.asc config/backup-recipients.asc 0:0 644
take config/kinkeeper.yaml config/kinkeeper.yaml 0:0 644
sync "$data"
# The rest is settings of Synapse, which set-up fills from the same answers.
rm -rf -- "$taken"
echo "Restored. Next: the passphrase of the household into $data/secrets/kinkeeper/passphrase, and \`npm run kinkeeper -- setup\`."
