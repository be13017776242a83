/**
 * Beginnings of addresses that phones and clients open by a tap although no "//" follows, parted by strokes: for regular
 * expressions of what breaks them (ask/output-filter.ts, wording/quote.ts). "https:evil.example" opens as well.
 */
export const LINK_SCHEMES =
  'mailto|matrix|element|data|javascript|vbscript|blob|file|about|view-source|tel|sms|mms|sip|sips|xmpp|im|irc|skype|callto|facetime|facetime-audio|whatsapp|viber|signal|tg|magnet|geo|maps|news|intent|market|itms|steam|bitcoin|ethereum|monero|litecoin|lightning|upi|https?|ftp|wss?';
