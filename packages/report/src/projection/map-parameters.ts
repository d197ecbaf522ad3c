import { tsnePerplexity } from './project-tsne.ts';
import { umapNeighbours } from './project-umap.ts';

/** How `projectTsne` and `projectUmap` make a map of so many images unless told otherwise, for its caption. */
export function mapParameters(method: 't-SNE' | 'UMAP', count: number): string {
  return method === 't-SNE'
    ? `perplexity ${Math.round(tsnePerplexity(count) * 10) / 10}, seed 0`
    : `${umapNeighbours(count)} neighbours, minimum distance 0.1, seed 0`;
}
