/** A sentence of the documents for who does not read them as Markdown: links are spelled out, nothing is bold. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\[([^\]]+)\]\(#([^)]*)\)/g, '$1 (docs/troubleshooting.md#$2)')
    .replaceAll(/\[([^\]]+)\]\(([^#)][^)]*)\)/g, '$1 (docs/$2)')
    .replaceAll('**', '')
