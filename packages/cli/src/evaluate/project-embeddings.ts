import type { Manifest, Progress } from '@isometry/core';

/** t-SNE compares every image with every other one a thousand times: 25 s of CPU for so many (docs/figures.md). */
const TSNE_LIMIT = 3000;
/** UMAP looks for exact neighbours: 75 s of CPU for so many (docs/figures.md). */
const UMAP_LIMIT = 10_000;

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

/** @param data `[N, D]`, row-major */
export async function projectEmbeddings(
  data: Float32Array,
  embedding: Manifest['embedding'],
  { signal, onProgress }: ProjectEmbeddingsOptions,
): Promise<EmbeddingMaps> {
  const { projectTsne, projectUmap } = await import('@isometry/report');
  const set = projectionInput(data, embedding);
  const count = data.length / embedding.size;
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

/**
 * Embeddings as projections take them, by Euclidean distance: those of a model with cosine distance on the unit sphere, where
 * the squared Euclidean distance is twice the cosine's. A vector without length stays at its centre.
 */
export function projectionInput(
  data: Float32Array,
  { size, distance }: Manifest['embedding'],
): { readonly data: Float32Array; readonly size: number } {
  if (distance === 'euclidean') return { data, size };
  const scaled = Float32Array.from(data);
  for (let from = 0; from < scaled.length; from += size) {
    const row = scaled.subarray(from, from + size);
    const length = Math.hypot(...row);
    if (length > 0) row.forEach((value, at) => (row[at] = value / length));
  }
  return { data: scaled, size };
}
