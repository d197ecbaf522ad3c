import type { Cell, Section, Table } from '../page/page.ts';
import { nameOf } from './names.ts';
import { percent, toBlock } from './number-cells.ts';
import type { CellScores, Reproduction } from './reproduction.ts';

const NAME_COLUMNS = [{ title: 'Backbone' }, { title: 'Loss' }, { title: 'Seed', numeric: true }];

/** What every training reached and cost. */
export function cellSection({ cells }: Reproduction): Section {
  return {
    id: 'cells',
    title: 'Every training',
    text: 'Seconds are of reading, training and measuring on this machine, whatever else it did. Memory is that of the process, whose later trainings start with what the earlier left; nobody looked where it is missing.',
    blocks: cells.length === 0 ? [] : [scores(cells), costs(cells)].map(toBlock),
  };
}

function scores(cells: readonly CellScores[]): Table {
  return {
    id: 'table-cells',
    caption: 'On the test images, percent. F1 is the mean over the classes.',
    columns: [
      ...NAME_COLUMNS,
      { title: 'Accuracy', numeric: true },
      { title: 'Balanced', numeric: true, help: 'balanced accuracy' },
      { title: 'F1', numeric: true },
      { title: 'P@1', numeric: true, help: 'the nearest other test image has the same class' },
      { title: 'MAP@R', numeric: true, help: 'mean average precision at R' },
      {
        title: 'Proto',
        numeric: true,
        help: 'prototype: the nearest mean of a training class is right',
      },
      { title: 'ECE', numeric: true, help: 'expected calibration error' },
    ],
    rows: cells.map((cell) => [
      ...names(cell),
      share(cell.accuracy),
      share(cell.balancedAccuracy),
      share(cell.macroF1),
      share(cell.precisionAt1),
      share(cell.mapAtR),
      share(cell.prototypeAccuracy),
      share(cell.ece),
    ]),
  };
}

function costs(cells: readonly CellScores[]): Table {
  return {
    id: 'table-costs',
    caption: 'What it took.',
    columns: [
      ...NAME_COLUMNS,
      { title: 'Epochs', help: 'the last epoch of each stage' },
      { title: 'Seconds', numeric: true },
      { title: 'CPU seconds', numeric: true },
      { title: 'Memory, MB', numeric: true },
      {
        title: 'Sessions',
        numeric: true,
        help: 'in how many processes: 1 when it was never stopped',
      },
    ],
    rows: cells.map((cell) => [
      ...names(cell),
      { text: Object.values(cell.epochs).join(' + ') },
      { text: cell.seconds.toFixed(0), sort: cell.seconds },
      { text: cell.cpuSeconds.toFixed(0), sort: cell.cpuSeconds },
      cell.peakMemoryBytes === null
        ? { text: '', sort: -1 }
        : { text: (cell.peakMemoryBytes / 1e6).toFixed(0), sort: cell.peakMemoryBytes },
      { text: `${cell.sessions}`, sort: cell.sessions },
    ]),
  };
}

function names({ backbone, loss, seed }: CellScores): readonly Cell[] {
  return [{ text: nameOf(backbone) }, { text: nameOf(loss) }, { text: `${seed}`, sort: seed }];
}

function share(value: number | null): Cell {
  return value === null ? { text: '', sort: -1 } : { text: percent(value), sort: value };
}
