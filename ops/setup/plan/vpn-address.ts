/** The server's own address in the VPN. */
export const VPN_ADDRESS = '10.77.0.1';
