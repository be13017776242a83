import { added, type OddHosts, swapped } from './odd-host.ts';

/** Hosts that are odd about what a stolen disk would tell. */
export const VOLUMES: OddHosts = {
  fails: {
    'volume-encryption': [
      ['a plain disk', swapped('mounts', '/dev/mapper/kinkeeper', '/dev/vda1')],
      ['a link to a plain disk', { places: '/srv/kinkeeper\n/mnt/plain\n' }],
      [
        'a plain disk mounted among it',
        swapped(
          'mounts',
          '{"target":"/srv',
          '{"target":"/srv/kinkeeper/postgres","source":"/dev/vda1[/p]","fstype":"ext4"},{"target":"/srv',
        ),
      ],
      ['not mounted', swapped('mounts', '"/srv/kinkeeper"', '"/mnt"')],
      [
        'the state elsewhere, on a plain disk',
        swapped('settings', 'state_dir=/srv/kinkeeper/state', 'state_dir=/home/kin'),
      ],
      ['one of two disks plain', { blocks: JSON.stringify({ blockdevices: [raid('crypt'), raid('part')] }) }],
    ],
    swap: [
      ['a plain one', added('swaps', '/dev/vda1 partition 1 0 -2')],
      ['a file on a plain disk', added('swaps', '/swapfile file 1 0 -2')],
    ],
  },
  well: [
    [
      'memory mounted among the data',
      'volume-encryption',
      swapped(
        'mounts',
        '{"target":"/srv',
        '{"target":"/srv/kinkeeper/x","source":"tmpfs","fstype":"tmpfs"},{"target":"/srv',
      ),
    ],
    ['no swap', 'swap', { swaps: 'Filename\tType\n' }],
    ['swap in the encrypted volume', 'swap', { swaps: 'Filename\tType\n/srv/kinkeeper/swap file 1 0 -2\n' }],
    ['swap on dm-crypt by number', 'swap', { swaps: 'Filename\tType\n/dev/dm-0 partition 1 0 -2\n' }],
  ],
  unclear: [
    [
      'a volume that cryptsetup does not know',
      'volume-encryption',
      { crypts: 'name other\n/dev/mapper/other is active.\n  type:    LUKS2\n' },
    ],
    ['a volume that is not open', 'volume-encryption', swapped('crypts', 'is active and is in use', 'is inactive')],
    ['a volume of plain dm-crypt', 'volume-encryption', swapped('crypts', 'LUKS2', 'PLAIN')],
    ['a cipher that hides nothing', 'volume-encryption', swapped('crypts', 'aes-xts-plain64', 'cipher_null-ecb')],
    ['places that are none', 'volume-encryption', { places: 'x\n' }],
    ['a device that is no block device', 'volume-encryption', swapped('mounts', '/dev/mapper/kinkeeper', 'tank/data')],
  ],
};

function raid(type: string): object {
  const volume = { name: 'kinkeeper', kname: 'dm-0', type: 'raid1' };
  return {
    name: `vd${type}`,
    kname: `vd${type}`,
    type: 'disk',
    children: [{ name: type, kname: type, type, children: [volume] }],
  };
}
