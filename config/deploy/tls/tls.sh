#!/bin/sh
# Certificates of the door. Run by root on the host:
#
#   tls.sh own-ca FOLDER NAME [ADDRESS...]   makes an authority of the household's own, once, and a certificate of it for NAME and the addresses;
#                                            phones have to take FOLDER/ca.pem, once. Again: a fresh certificate of the same authority
#   tls.sh take FOLDER CHAIN KEY             takes a certificate from elsewhere, if the key fits and it has not ended
#   tls.sh hook FOLDER                       certbot's deploy hook: takes what it renewed ($RENEWED_LINEAGE), and has nginx read it
#
# FOLDER is KINKEEPER_DATA/tls, which the door sees; the key of the authority lies beside it, in FOLDER-authority, for root alone. Certificate and
# key are a pair in a folder of their own, and `current` leads to it: they change together, by one rename. Exit code 0 done, 2 usage, 1 anything else.
set -eu
umask 022

fail() {
  echo "tls.sh: $1" >&2
  exit "${2:-1}"
}

# place CHAIN KEY: looks at both, and puts them where nginx reads them.
place() {
  openssl x509 -in "$1" -noout -checkend 0 >/dev/null 2>&1 || fail "$1 is no certificate, or has ended"
  [ "$(openssl x509 -in "$1" -noout -pubkey)" = "$(openssl pkey -in "$2" -pubout 2>/dev/null)" ] || fail "$2 is not the key of $1"
  # A pair of before lies there as two files; the certificate is the last of them to become a link.
  if [ -f "$folder/fullchain.pem" ] && [ ! -L "$folder/fullchain.pem" ] && [ -f "$folder/privkey.pem" ]; then
    [ -e "$folder/current" ] || lay_pair "$folder/fullchain.pem" "$folder/privkey.pem"
    name_pair
  fi
  lay_pair "$1" "$2"
  name_pair
  for old in "$folder"/pair.*; do [ "$old" = "$pair" ] || rm -rf -- "$old"; done
}

lay_pair() {
  pair=$(mktemp -d "$folder/pair.XXXXXX")
  chmod 755 "$pair"
  (umask 077 && cat -- "$2" >"$pair/privkey.pem")
  # With rootless Podman the folder has the group that root of the door's container is in; root itself is nobody there.
  [ "$(stat -c %g -- "$folder")" = 0 ] || { chgrp --reference="$folder" -- "$pair/privkey.pem" && chmod 640 "$pair/privkey.pem"; }
  cat -- "$1" >"$pair/fullchain.pem"
  sync "$pair/privkey.pem" "$pair/fullchain.pem" "$pair"
  ln -sfn -- "${pair##*/}" "$folder/.current.new"
  mv -fT -- "$folder/.current.new" "$folder/current"
  sync "$folder"
}

name_pair() {
  for name in privkey.pem fullchain.pem; do
    [ ! -L "$folder/$name" ] || continue
    ln -sfn -- "current/$name" "$folder/.$name.new"
    mv -fT -- "$folder/.$name.new" "$folder/$name"
  done
}

own_ca() {
  [ $# -ge 1 ] || fail 'own-ca wants a name' 2
  printf '%s\n' "$@" | grep -Eqvx '[A-Za-z0-9.:-]{1,253}' && fail 'a name or an address has letters, digits, dots, colons and hyphens only' 2
  mkdir -p -m 700 -- "$authority"
  # An authority of before has its key where the door sees it.
  [ ! -s "$folder/ca.key" ] || mv -f -- "$folder/ca.key" "$authority/ca.key"
  if [ ! -s "$authority/ca.key" ]; then
    (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$authority/.ca.key.new")
    openssl req -x509 -new -key "$authority/.ca.key.new" -sha256 -days 3650 -subj "/CN=Kinkeeper of $1" -out "$folder/.ca.new" \
      -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign'
    mv -f -- "$folder/.ca.new" "$folder/ca.pem"
    mv -f -- "$authority/.ca.key.new" "$authority/ca.key"
  fi
  names=DNS:$1
  name=$1
  shift
  for address in "$@"; do names=$names,IP:$address; done
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$work/key")
  openssl req -new -key "$work/key" -subj "/CN=$name" -out "$work/request"
  printf 'subjectAltName=%s\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n' "$names" >"$work/more"
  # 397 days: what phones still take.
  openssl x509 -req -in "$work/request" -CA "$folder/ca.pem" -CAkey "$authority/ca.key" -set_serial "0x$(openssl rand -hex 16)" -sha256 -days 397 \
    -extfile "$work/more" -out "$work/certificate" 2>/dev/null
  cat -- "$work/certificate" "$folder/ca.pem" >"$work/chain"
  place "$work/chain" "$work/key"
}

hook() {
  [ -n "${RENEWED_LINEAGE:-}" ] || fail 'certbot calls this, with RENEWED_LINEAGE' 2
  place "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem"
  # With Podman of an account the door is not where root's would look.
  . "$(dirname -- "$0")/../engine.sh"
  docker exec kinkeeper-nginx-1 nginx -s reload
}

[ $# -ge 2 ] || fail 'usage: tls.sh own-ca FOLDER NAME [ADDRESS...] | take FOLDER CHAIN KEY | hook FOLDER' 2
act=$1
folder=$2
shift 2
[ -d "$folder" ] || fail "there is no folder $folder" 2
folder=$(cd -- "$folder" && pwd)
authority=$folder-authority
case $act in
  own-ca) own_ca "$@" ;;
  take) [ $# -eq 2 ] || fail 'take wants CHAIN and KEY' 2; place "$1" "$2" ;;
  hook) hook ;;
  *) fail "there is no $act" 2 ;;
esac
