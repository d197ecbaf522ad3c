import type { Cell, Section } from '../page/page.ts';
import { nameOf } from './names.ts';
import { percent, toBlock } from './number-cells.ts';
import type { Reproduction } from './reproduction.ts';

/** What every training reached and cost. */
export function cellSection({ cells }: Reproduction): Section {
  return {
    id: 'cells',
    title: 'Every training',
    text: 'Scores on the test images in percent. Seconds of reading, training and measuring on this machine, whatever else it did; memory of the process, whose later trainings start with what the earlier left.',
    blocks:
      cells.length === 0
        ? []
        : [
            toBlock({
              id: 'table-cells',
              caption: 'Training by training.',
              columns: [
                { title: 'Backbone' },
                { title: 'Loss' },
                { title: 'Seed', numeric: true },
                { title: 'Accuracy', numeric: true },
                { title: 'Balanced accuracy', numeric: true },
                { title: 'Macro F1', numeric: true },
                { title: 'P@1', numeric: true },
                { title: 'R-precision', numeric: true },
                { title: 'MAP@R', numeric: true },
                { title: 'Nearest prototype', numeric: true },
                { title: 'ECE', numeric: true },
                { title: 'Epochs' },
                { title: 'Seconds', numeric: true },
                { title: 'CPU seconds', numeric: true },
                { title: 'Memory, MB', numeric: true },
              ],
              rows: cells.map((cell) => [
                { text: nameOf(cell.backbone) },
                { text: nameOf(cell.loss) },
                { text: `${cell.seed}`, sort: cell.seed },
                share(cell.accuracy),
                share(cell.balancedAccuracy),
                share(cell.macroF1),
                share(cell.precisionAt1),
                share(cell.rPrecision),
                share(cell.mapAtR),
                share(cell.prototypeAccuracy),
                share(cell.ece),
                { text: Object.values(cell.epochs).join(' + ') },
                { text: cell.seconds.toFixed(0), sort: cell.seconds },
                { text: cell.cpuSeconds.toFixed(0), sort: cell.cpuSeconds },
                cell.peakMemoryBytes === null
                  ? { text: 'not seen', sort: -1 }
                  : { text: (cell.peakMemoryBytes / 1e6).toFixed(0), sort: cell.peakMemoryBytes },
              ]),
            }),
          ],
  };
}

function share(value: number | null): Cell {
  return value === null ? { text: '', sort: -1 } : { text: percent(value), sort: value };
}
