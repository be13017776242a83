#!/bin/sh
# start-namespaced.sh TREE NAME: starts the systemd of a tree as the first process of namespaces of its own. Says nothing; ends when it ends. Values of
# the kernel can only be read in there, as they are those of the whole machine.
set -eu
tree=$1 name=$2
exec unshare -m -p -n -u -i --fork --kill-child sh -euc '
tree=$1 name=$2
mount --make-rprivate /
hostname kin-host
mount -t proc proc "$tree/proc"
mount --bind "$tree/proc/sys" "$tree/proc/sys"
mount --bind "$tree/proc/sys/net" "$tree/proc/sys/net"
mount -o remount,ro,bind "$tree/proc/sys"
mount -t sysfs -o ro sysfs "$tree/sys"
# A group of its own, of which it sees nothing above: also where this machine has groups of the older kind, which a newer systemd refuses.
groups=$tree/sys/fs/cgroup
mount -t cgroup2 cgroup2 "$groups"
mkdir -p "$groups/$name"
echo 0 >"$groups/$name/cgroup.procs"
umount "$groups"
for part in run dev; do mount -t tmpfs -o mode=755 tmpfs "$tree/$part"; done
for device in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
  set -- "$tree" $device
  mknod -m 666 "$tree/dev/$2" c "$3" "$4"
done
mkdir "$tree/dev/pts" "$tree/dev/shm" "$tree/dev/net"
[ ! -e /dev/net/tun ] || mknod -m 666 "$tree/dev/net/tun" c 10 200
mount -t devpts -o newinstance,ptmxmode=666,gid=5,mode=620 devpts "$tree/dev/pts"
mount -t tmpfs tmpfs "$tree/dev/shm"
ln -s pts/ptmx "$tree/dev/ptmx"
ln -s /proc/self/fd "$tree/dev/fd"
ip link set lo up
exec unshare -C sh -euc "mount -t cgroup2 cgroup2 \"\$1/sys/fs/cgroup\"
exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot \"\$1\" /lib/systemd/systemd --log-target=console --show-status=yes" sh "$tree"
' sh "$tree" "$name"
