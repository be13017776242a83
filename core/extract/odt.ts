import type { Extractor } from '../ingest/extractor.ts';
import { odfBody, odfTrees, openOdf } from './odf-file.ts';
import { odfStyles, odfText } from './odf-text.ts';
import { findAll, type XmlNode } from './xml.ts';

/** OpenDocument texts as one page: page headers first (they hold the sender's address), then the text, then page footers. */
export const odt: Extractor = {
  kind: 'odt',
  extract(bytes, sink) {
    const { content, styles } = odfTrees(openOdf(bytes));
    const known = odfStyles(styles ? [styles, content] : [content]);
    const margin = (name: string) => [...new Set(marginsOf(styles, name).map((node) => odfText(node, known)))];
    const text = odfText(odfBody(content, 'text'), known);
    sink.page(null, [...margin('header'), text, ...margin('footer')].filter((part) => part !== '').join('\n\n'));
  },
};

function marginsOf(styles: XmlNode | undefined, name: string): XmlNode[] {
  return styles ? findAll(styles, 'master-page').flatMap((page) => findAll(page, name)) : [];
}
