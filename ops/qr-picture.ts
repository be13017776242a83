import QRCode from 'qrcode';

/** Whatever the colours of the terminal are: not every camera reads a code that is light on dark. */
const BLACK_ON_WHITE = '\u001b[30;107m';
const PLAIN = '\u001b[0m';

/** A QR code in characters, for a phone's camera; `columns`: how wide the terminal is, undefined: not known, and then without colours. "" where it does not fit. */
export async function qrPicture(text: string, columns: number | undefined): Promise<string> {
  const picture = await QRCode.toString(text, { type: 'utf8', errorCorrectionLevel: 'L', margin: 2 });
  if (columns === undefined) return picture;
  return columns < picture.indexOf('\n')
    ? ''
    : picture.replaceAll(/^.+$/gm, (line) => `${BLACK_ON_WHITE}${line}${PLAIN}`);
}
