/**
 * The link that opens Element on a phone with the family's homeserver filled in, or the page that installs it
 * (https://ems-docs.element.io/books/element-server-suite-pro/page/mobile-client-provisioning; the slash before the query matters on Android). The
 * page is somebody else's: it is told the homeserver's address, which any client has to be, and neither name nor password.
 */
export function setUpLink(address: string): string {
  const provider = address.replace(/^https:\/\//, '');
  return `https://mobile.element.io/element/?account_provider=${encodeURIComponent(provider)}`;
}
