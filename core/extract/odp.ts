import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { odfBody, odfTrees, openOdf } from './odf-file.ts';
import { type OdfStyles, odfStyles, odfText } from './odf-text.ts';
import { attribute, elementsOf, type XmlNode } from './xml.ts';

/** OpenDocument presentations: a page per slide under its number, its title as a heading, speaker notes at its end. */
export const odp: Extractor = {
  kind: 'odp',
  extract(bytes, sink, { limits }) {
    const { content, styles } = odfTrees(openOdf(bytes));
    const known = odfStyles(styles ? [styles, content] : [content]);
    const slides = elementsOf(odfBody(content, 'presentation'), 'page');
    if (slides.length > limits.pages) throw new Refusal('file-too-many-pages');
    for (const [index, slide] of slides.entries()) {
      sink.page(String(index + 1), slideText(slide, known));
      sink.progress(index + 1, slides.length);
    }
  },
};

function slideText(slide: XmlNode, styles: OdfStyles): string {
  const parts: string[] = [];
  for (const child of elementsOf(slide)) {
    const text = odfText({ name: '', attributes: {}, children: [child] }, styles);
    if (text === '') continue;
    if (child.name === 'notes') parts.push(`Notes: ${text}`);
    else if (attribute(child.attributes, 'class') === 'title') parts.unshift(`# ${text.replace(/\s+/gu, ' ')}`);
    else parts.push(text);
  }
  return parts.join('\n\n');
}
