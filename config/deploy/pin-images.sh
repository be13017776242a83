#!/bin/sh
# Names by their digest the images that docker-compose.yml names by a version alone, so that what runs tomorrow is what was fetched today.
# Run by root on the host, and again when a release names other versions; then `docker compose up -d`.
#
#   pin-images.sh FOLDER    FOLDER has docker-compose.yml; lines like SYNAPSE_IMAGE=matrixdotorg/synapse:v1@sha256:... go to .env in it
#
# Only what was fetched is pinned: services that are not used are left out, and so is what .env takes from elsewhere.
# Exit code 0 done, 2 usage, 1 where an image has no digest.
set -eu
umask 077
if [ $# != 1 ] || [ ! -f "$1/docker-compose.yml" ]; then
  echo 'pin-images.sh: the folder of docker-compose.yml is needed, as /opt/kinkeeper' >&2
  exit 2
fi
. "$(dirname -- "$0")/engine.sh"
env=$1/.env
failed=''

# of IMAGE: its digest, as the registry has it.
digest_of() {
  docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" 2>/dev/null | grep -F "${1%:*}@sha256:" | head -n 1 | sed 's/.*@//'
}

# pin NAME IMAGE
pin() {
  is=$(sed -n "s/^$1=//p" "$env" 2>/dev/null | tail -n 1)
  case $is in
    '') docker image inspect "$2" >/dev/null 2>&1 || return 0 ;;
    "$2@sha256:"*) return 0 ;;
    # Pinned to the version of an earlier release.
    "${2%:*}:"*) docker pull -q "$2" >/dev/null || { failed="$failed $2" && return 0; } ;;
    *) return 0 ;;
  esac
  digest=$(digest_of "$2")
  [ -n "$digest" ] || { failed="$failed $2" && return 0; }
  { grep -v "^$1=" "$env" 2>/dev/null || :; printf '%s=%s@%s\n' "$1" "$2" "$digest"; } >"$env.new"
  [ ! -f "$env" ] || chown --reference="$env" "$env.new"
  sync "$env.new"
  mv -f -- "$env.new" "$env"
  echo "$1=$2@$digest"
}

# Names of variables, not their values.
# shellcheck disable=SC2016
named=$(grep -o '\${[A-Z]*_IMAGE:-[^}]*}' "$1/docker-compose.yml" | sort -u | sed 's/^..//; s/}$//; s/:-/ /')
while read -r name image; do
  case $image in *@sha256:* | *:local) ;; *) pin "$name" "$image" ;; esac
done <<NAMED
$named
NAMED
if [ -n "$failed" ]; then
  echo "pin-images.sh: no digest of$failed: \`docker pull\` each from its registry, and run this again" >&2
  exit 1
fi
