/**
 * Numbers the groups of images, for the `clusters` of a bootstrap. An image without a group stands for itself, by its file: what is
 * listed twice is drawn together.
 *
 * @returns a number from 0 for every image, in the order in which its group first occurs
 */
export function numberClusters(
  images: readonly { readonly file: string; readonly group: string | null }[],
): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(images, ({ file, group }) => {
    const key = group === null ? `file ${file}` : `group ${group}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
}
