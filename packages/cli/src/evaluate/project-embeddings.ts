import type { Progress } from '@isometry/core';

/** t-SNE compares every image with every other one a thousand times: beyond this it takes minutes. */
const TSNE_LIMIT = 3000;
/** UMAP's neighbours are found by a search that grows more slowly; a figure with more points is a blot. */
const UMAP_LIMIT = 20_000;

export interface ProjectEmbeddingsOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Maps of the embedding: `[x, y]` of every image, in their order; null where there are too many. */
export interface EmbeddingMaps {
  readonly tsne: number[][] | null;
  readonly umap: number[][] | null;
  readonly warnings: readonly string[];
}

export async function projectEmbeddings(
  data: Float32Array,
  size: number,
  { signal, onProgress }: ProjectEmbeddingsOptions,
): Promise<EmbeddingMaps> {
  const { projectTsne, projectUmap } = await import('@isometry/report');
  const count = data.length / size;
  const set = { data, size, classes: [] };
  const options = { signal, onProgress };
  const tsne = count <= TSNE_LIMIT ? await projectTsne(set, options) : undefined;
  const umap = count <= UMAP_LIMIT ? await projectUmap(set, options) : undefined;
  return {
    tsne: tsne === undefined ? null : toPoints(tsne),
    umap: umap === undefined ? null : toPoints(umap),
    warnings: [
      ...(tsne === undefined
        ? [`No t-SNE: ${count} images are more than the ${TSNE_LIMIT} that it takes.`]
        : []),
      ...(umap === undefined
        ? [`No UMAP: ${count} images are more than the ${UMAP_LIMIT} that it takes.`]
        : []),
    ],
  };
}

/** `x, y, x, y, …` as `[x, y]` an image. */
export function toPoints(flat: Float64Array): number[][] {
  return Array.from({ length: flat.length / 2 }, (_, row) => [
    flat[2 * row] as number,
    flat[2 * row + 1] as number,
  ]);
}
