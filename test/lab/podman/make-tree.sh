#!/bin/sh
# make-tree.sh TREE CACHE MIRROR: a Debian 13 with Podman as it packages it, and an account `kin` for containers without rights of root.
set -eu
tree=$1
packages=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,iproute2,procps,ca-certificates,curl,openssl,logrotate,nftables
packages=$packages,podman,podman-docker,docker-compose,netavark,aardvark-dns,passt,uidmap,crun,catatonit
debootstrap --variant=minbase --cache-dir="$2" --include="$packages" trixie "$tree.part" "$3"
in_tree() { chroot "$tree.part" /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
: >"$tree.part/etc/fstab"
# It says with every call what it is, otherwise.
mkdir -p "$tree.part/etc/containers" "$tree.part/var/lib/systemd/linger"
: >"$tree.part/etc/containers/nodocker"
in_tree useradd -m -s /bin/bash kin
: >"$tree.part/var/lib/systemd/linger/kin"
in_tree systemctl -q mask systemd-networkd-wait-online.service dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount \
  sys-kernel-tracing.mount sys-fs-fuse-connections.mount nftables.service
mv "$tree.part" "$tree"
