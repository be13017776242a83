/** The part of html-to-text 10 that is used here; the package ships no types. */
declare module 'html-to-text' {
  export interface DomElement {
    readonly type: string;
    readonly name?: string;
    readonly attribs?: Readonly<Record<string, string>>;
    readonly children?: readonly DomElement[];
  }
  export interface TableCell {
    readonly text: string;
    readonly colspan: number;
    readonly rowspan: number;
  }
  export interface BlockTextBuilder {
    addInline(text: string): void;
    openBlock(options?: { leadingLineBreaks?: number }): void;
    closeBlock(options?: { trailingLineBreaks?: number }): void;
    openTable(): void;
    openTableRow(): void;
    openTableCell(options?: { maxColumnWidth?: number }): void;
    closeTableCell(options?: { colspan?: number; rowspan?: number }): void;
    closeTableRow(): void;
    closeTable(options: {
      tableToString: (rows: readonly (readonly TableCell[])[]) => string;
      leadingLineBreaks?: number;
      trailingLineBreaks?: number;
    }): void;
  }
  export type Walk = (children: readonly DomElement[] | undefined, builder: BlockTextBuilder) => void;
  export type Formatter = (
    element: DomElement,
    walk: Walk,
    builder: BlockTextBuilder,
    options: Record<string, unknown>,
  ) => void;
  export interface Options {
    baseElements?: { selectors?: readonly string[]; returnDomByDefault?: boolean };
    formatters?: Record<string, Formatter>;
    limits?: { maxDepth?: number; maxInputLength?: number; ellipsis?: string };
    selectors?: readonly { selector: string; format?: string; options?: Record<string, unknown> }[];
    wordwrap?: number | false;
  }
  export function convert(html: string, options?: Options): string;
}
