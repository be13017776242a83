import type { PodmanAccount } from '../podman-facts.ts';
import type { Owner, Plan } from './plan.ts';

/** An account of a rootless container, by its number as the host has it: Podman gives them those below its own account, from 1 on. */
export function ownerOnHost({ uid, gid }: Owner, { below, ...account }: PodmanAccount): Owner {
  const first = below ?? { uid: 0, gid: 0 };
  return {
    uid: uid === 0 ? account.uid : first.uid + uid - 1,
    gid: gid === 0 ? account.gid : first.gid + gid - 1,
  };
}

/**
 * The plan with the owners that rootless Podman needs: folders and files of a container's account belong to its number on the host. Root's
 * stay root's, so that no container can change them, but for what the door has to write or read as root of its container.
 */
export function withOwnersOnHost(plan: Plan, socket: string, account: PodmanAccount): Plan {
  const { data } = plan.answers;
  const ofDoor = (path: string) => path === `${data}/logs/nginx`;
  const moved = <One extends { readonly path: string; readonly owner: Owner }>(one: One): One => {
    // Who is in the group reads the key of the certificate (config/deploy/tls/tls.sh).
    if (one.path === `${data}/tls`) return { ...one, owner: { uid: 0, gid: account.gid } };
    return one.owner.uid === 0 && !ofDoor(one.path) ? one : { ...one, owner: ownerOnHost(one.owner, account) };
  };
  const { adminToken } = plan;
  return {
    ...plan,
    folders: plan.folders.map(moved),
    files: plan.files.map(moved),
    secrets: plan.secrets.map(moved),
    account: ownerOnHost(plan.account, account),
    containerHost: `unix://${socket}`,
    adminToken: adminToken && { ...adminToken, file: moved(adminToken.file) },
  };
}
