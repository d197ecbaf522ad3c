import { nameOf } from './names.ts';
import type { Reproduction } from './reproduction.ts';

/** What is not finished: a line for the seeds of a backbone and a loss together, unless they ended for different reasons. */
export function listMissing(missing: Reproduction['missing']): readonly string[] {
  const groups: { readonly first: Reproduction['missing'][number]; readonly seeds: number[] }[] =
    [];
  for (const cell of missing) {
    const group = groups.find(
      ({ first }) =>
        first.backbone === cell.backbone &&
        first.loss === cell.loss &&
        first.reason === cell.reason,
    );
    if (group === undefined) groups.push({ first: cell, seeds: [cell.seed] });
    else group.seeds.push(cell.seed);
  }
  return groups.map(({ first: { backbone, loss, reason }, seeds }) => {
    const cells = `${nameOf(backbone)}, ${nameOf(loss).toLowerCase()}, seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`;
    return reason === null ? cells : `${cells}: ${reason}`;
  });
}
