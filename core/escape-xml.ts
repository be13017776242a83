/** Text as it stands in XML or HTML, between tags or in a quoted attribute: what would be markup becomes a numbered reference. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
