#!/bin/sh
# make-image.sh FOLDER SYSTEM MIRROR KERNEL CACHE: disk.img, vmlinuz and initrd.img of a system as a rented server comes: SSH with passwords, a
# drop-in of cloud-init that keeps them on, no firewall, fail2ban as it is packaged, ada in the group sudo. FOLDER/key.pub is her key.
set -eu
folder=$1 system=$2 mirror=$3 kernel=$4 cache=$5
tree=$folder/tree
cleanup() { for part in proc sys dev/pts dev; do umount "$tree/$part" 2>/dev/null || :; done; }
trap cleanup EXIT

packages=systemd,systemd-sysv,systemd-timesyncd,udev,dbus,iproute2,iputils-ping,openssh-server,openssh-client,sudo,$kernel,cryptsetup
packages=$packages,nftables,wireguard-tools,wireguard-go,fail2ban,python3-systemd,auditd,unattended-upgrades,procps,kmod,e2fsprogs,util-linux,less
packages=$packages,clevis,clevis-luks,ca-certificates,netcat-openbsd,initramfs-tools,lz4
debootstrap --variant=minbase --cache-dir="$cache" --include="$packages" "$system" "$tree" "$mirror"
cleanup

in_tree() { chroot "$tree" /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
echo kin-host >"$tree/etc/hostname"
printf '127.0.0.1 localhost kin-host\n::1 localhost\n' >"$tree/etc/hosts"
echo '# What lies at / is what the kernel was started with.' >"$tree/etc/fstab"
mkdir -p "$tree/etc/systemd/network" "$tree/etc/ssh/sshd_config.d"
# The first cable is how the test talks to it, the second one is the outside.
printf '[Match]\nMACAddress=52:54:00:00:00:01\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n' >"$tree/etc/systemd/network/10-control.network"
printf '[Match]\nMACAddress=52:54:00:00:00:02\n[Network]\nAddress=10.98.0.1/24\nAddress=fd98::1/64\nIPv6AcceptRA=no\n' >"$tree/etc/systemd/network/20-outside.network"
printf 'PasswordAuthentication yes\n' >"$tree/etc/ssh/sshd_config.d/50-cloud-init.conf"
printf '[Time]\nNTP=10.0.2.2\nFallbackNTP=\n' >"$tree/etc/systemd/timesyncd.conf"
in_tree useradd -m -s /bin/bash -G sudo ada
printf 'ada:correct horse\nroot:battery staple\n' | in_tree chpasswd
printf 'ada ALL=(ALL) NOPASSWD: ALL\n' >"$tree/etc/sudoers.d/ada"
chmod 440 "$tree/etc/sudoers.d/ada"
for home in root home/ada; do
  mkdir -p "$tree/$home/.ssh"
  cp "$folder/key.pub" "$tree/$home/.ssh/authorized_keys"
  chmod 700 "$tree/$home/.ssh"
done
in_tree chown -R ada:ada /home/ada/.ssh
in_tree systemctl enable systemd-networkd.service
in_tree systemctl enable ssh.service || in_tree systemctl enable ssh.socket
# Nothing waits for a cable that the test does not plug in.
in_tree systemctl disable systemd-networkd-wait-online.service || :
# A rented server has no audit yet.
in_tree systemctl -q disable auditd.service
# What only costs time in a machine that lives for minutes; the daily work of apt was just done, as its timers see it.
in_tree systemctl -q mask e2scrub_reap.service e2scrub_all.timer fstrim.timer dpkg-db-backup.timer getty@tty1.service serial-getty@ttyS0.service \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount systemd-binfmt.service systemd-journal-flush.service
mkdir -p "$tree/var/lib/systemd/timers"
touch -d '+300 days' "$tree/var/lib/systemd/timers/stamp-apt-daily.timer" "$tree/var/lib/systemd/timers/stamp-apt-daily-upgrade.timer"
: >"$tree/etc/machine-id"
rm -rf "$tree/var/cache/apt/archives" "$tree/var/lib/apt/lists"
mkdir -p "$tree/var/cache/apt/archives/partial" "$tree/var/lib/apt/lists/partial"

# Only what its disk needs: without hardware that helps, unpacking and trying all that Debian knows takes longer than all else at a start.
printf '%s\n' virtio_pci virtio_blk ext4 crc32c_generic >>"$tree/etc/initramfs-tools/modules"
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=lz4/' "$tree/etc/initramfs-tools/initramfs.conf"
in_tree update-initramfs -u
# So that user-mode Linux, where it is installed, can start it as well.
[ ! -d /usr/lib/uml/modules ] || { cp -a /usr/lib/uml/modules/. "$tree/lib/modules/" && : >"$folder/user-mode"; }

cp "$(ls "$tree"/boot/vmlinuz-* | tail -n 1)" "$folder/vmlinuz"
cp "$(ls "$tree"/boot/initrd.img-* | tail -n 1)" "$folder/initrd.img"
truncate -s 3G "$folder/disk.img.part"
mkfs.ext4 -q -F -d "$tree" "$folder/disk.img.part"
mv "$folder/disk.img.part" "$folder/disk.img"
rm -rf "$tree"
