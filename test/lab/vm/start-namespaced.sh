#!/bin/sh
# start-namespaced.sh TREE NAME: starts the systemd of a tree as the first process of namespaces of its own. Says nothing; ends when it ends. Values of
# the kernel can only be read in there, as they are those of the whole machine.
set -eu
tree=$1 name=$2
[ ! -d /sys/fs/cgroup/systemd ] || { mkdir -p "/sys/fs/cgroup/systemd/$name" && echo $$ >"/sys/fs/cgroup/systemd/$name/cgroup.procs"; }
exec unshare -m -p -n -u -i -C --fork --kill-child sh -euc '
tree=$1
mount --make-rprivate /
hostname kin-host
mount -t proc proc "$tree/proc"
mount --bind "$tree/proc/sys" "$tree/proc/sys"
mount --bind "$tree/proc/sys/net" "$tree/proc/sys/net"
mount -o remount,ro,bind "$tree/proc/sys"
mount -t sysfs -o ro sysfs "$tree/sys"
mount -t tmpfs -o mode=755 tmpfs "$tree/sys/fs/cgroup"
if [ -d /sys/fs/cgroup/systemd ]; then
  mkdir "$tree/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$tree/sys/fs/cgroup/systemd"
else
  mount -t cgroup2 cgroup2 "$tree/sys/fs/cgroup"
fi
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
exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$tree" /lib/systemd/systemd --log-target=console --show-status=yes
' sh "$tree"
