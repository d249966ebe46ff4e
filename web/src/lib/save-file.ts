/** Hands a text to the browser's downloads. */
export function saveFile({ content, fileName }: { content: string; fileName: string }): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
