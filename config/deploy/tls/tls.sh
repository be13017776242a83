#!/bin/sh
# Certificates of the door. Run by root on the host:
#
#   tls.sh own-ca FOLDER NAME [ADDRESS...]   makes an authority of the household's own, once, and a certificate of it for NAME and the addresses;
#                                            phones have to take FOLDER/ca.pem, once. Again: a fresh certificate of the same authority
#   tls.sh take FOLDER CHAIN KEY             takes a certificate from elsewhere, if the key fits and it has not ended
#   tls.sh hook FOLDER                       certbot's deploy hook: takes what it renewed ($RENEWED_LINEAGE), and has nginx read it
#
# FOLDER is KINKEEPER_DATA/tls. What is there stays until the new pair is complete. Exit code 0 done, 2 usage, 1 anything else.
set -eu
umask 022

fail() {
  echo "tls.sh: $1" >&2
  exit "${2:-1}"
}

# place CHAIN KEY: looks at both, and puts them where nginx reads them, the key first: nginx reads neither before it is told to.
place() {
  openssl x509 -in "$1" -noout -checkend 0 >/dev/null 2>&1 || fail "$1 is no certificate, or has ended"
  [ "$(openssl x509 -in "$1" -noout -pubkey)" = "$(openssl pkey -in "$2" -pubout 2>/dev/null)" ] || fail "$2 is not the key of $1"
  (umask 077 && cat -- "$2" >"$folder/.privkey.new")
  cat -- "$1" >"$folder/.fullchain.new"
  sync "$folder/.privkey.new" "$folder/.fullchain.new"
  mv -f -- "$folder/.privkey.new" "$folder/privkey.pem"
  mv -f -- "$folder/.fullchain.new" "$folder/fullchain.pem"
}

own_ca() {
  [ $# -ge 1 ] || fail 'own-ca wants a name' 2
  printf '%s\n' "$@" | grep -Eqvx '[A-Za-z0-9.:-]{1,253}' && fail 'a name or an address has letters, digits, dots, colons and hyphens only' 2
  if [ ! -s "$folder/ca.key" ]; then
    (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$folder/.ca.key.new")
    openssl req -x509 -new -key "$folder/.ca.key.new" -sha256 -days 3650 -subj "/CN=Kinkeeper of $1" -out "$folder/.ca.new" \
      -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign'
    mv -f -- "$folder/.ca.new" "$folder/ca.pem"
    mv -f -- "$folder/.ca.key.new" "$folder/ca.key"
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
  openssl x509 -req -in "$work/request" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -set_serial "0x$(openssl rand -hex 16)" -sha256 -days 397 \
    -extfile "$work/more" -out "$work/certificate" 2>/dev/null
  cat -- "$work/certificate" "$folder/ca.pem" >"$work/chain"
  place "$work/chain" "$work/key"
}

hook() {
  [ -n "${RENEWED_LINEAGE:-}" ] || fail 'certbot calls this, with RENEWED_LINEAGE' 2
  place "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem"
  docker exec kinkeeper-nginx-1 nginx -s reload
}

[ $# -ge 2 ] || fail 'usage: tls.sh own-ca FOLDER NAME [ADDRESS...] | take FOLDER CHAIN KEY | hook FOLDER' 2
act=$1
folder=$2
shift 2
[ -d "$folder" ] || fail "there is no folder $folder" 2
case $act in
  own-ca) own_ca "$@" ;;
  take) [ $# -eq 2 ] || fail 'take wants CHAIN and KEY' 2; place "$1" "$2" ;;
  hook) hook ;;
  *) fail "there is no $act" 2 ;;
esac
