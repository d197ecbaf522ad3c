import { colour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import type { Figure } from './figure.ts';
import { wrapText } from './label-text.ts';

/** What stands in a figure's place when there is nothing to show: a report goes on without it. */
export function messageFigure(
  about: { readonly id: string; readonly title: string },
  message: string,
): Figure {
  return {
    ...about,
    caption: message,
    description: message,
    spec: {
      data: { values: [{}] },
      width: 480,
      height: 80,
      mark: {
        type: 'text',
        text: wrapText(message, 440, TEXT_SIZE.title),
        fontSize: TEXT_SIZE.title,
        lineHeight: 18,
        color: colour('muted'),
        align: 'center',
        baseline: 'middle',
      },
    },
  };
}
