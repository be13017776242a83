import dns from 'node:dns';

/**
 * Lets a name lead to an address in this process, for the guest who tries the door of a household out from the server itself: in the DNS the
 * name may lead to the VPN of devices, or nowhere yet. TLS still checks the name. Call once.
 */
export function leadName(name: string, address: string): void {
  const { lookup } = dns;
  const led = (asked: string, ...rest: never[]) =>
    (lookup as (host: string, ...rest: never[]) => void)(asked === name ? address : asked, ...rest);
  // What opens connections takes it from this object each time.
  dns.lookup = led as typeof lookup;
}
