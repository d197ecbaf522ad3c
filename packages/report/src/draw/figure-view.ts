import { IsometryError } from '@isometry/core';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { fillColours, type ColourName } from './colours.ts';
import { figureConfig } from './figure-config.ts';
import { textWidth } from './font.ts';

/** A text mark's item, as far as its width depends on it. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** Missing in Vega's types, and meant to be replaced: without a browser Vega guesses 0.8 em a letter. */
const { textMetrics } = vega as unknown as {
  readonly textMetrics: { width: (item: TextItem, text: string | number | null) => number };
};

function measureText(item: TextItem, text: string | number | null): number {
  const isBold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
  const line = String(text ?? '').trim();
  return line === '' ? 0 : textWidth(line, item.fontSize ?? 11, isBold ? 'bold' : 'normal');
}

/** How one drawing differs from another of the same spec. */
export interface FigureViewOptions {
  readonly fill: (name: ColourName) => string;
  readonly font: string;
}

/** Lays a spec out. Text is measured in the bundled font, the same on every machine. */
export async function openFigureView(
  spec: object,
  { fill, font }: FigureViewOptions,
): Promise<vega.View> {
  textMetrics.width = measureText;
  const config = fillColours(figureConfig(font), fill);
  const compiled = compile(fillColours(spec, fill) as TopLevelSpec, { config, logger: SILENT });
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: 'none',
    logger: SILENT,
    loader: OFFLINE,
  });
  return view.runAsync();
}

/** Figures hold their data: nothing that a spec names is fetched. */
const OFFLINE: vega.Loader = {
  ...vega.loader(),
  load: (uri) => refuse(uri),
  sanitize: (uri) => refuse(uri),
  http: (uri) => refuse(uri),
  file: (name) => refuse(name),
};

function refuse(uri: string): Promise<never> {
  return Promise.reject(
    new IsometryError(
      'OPTION_INVALID',
      `The figure's spec asks for ${uri}; a figure holds its data.`,
    ),
  );
}

/** Libraries never log.  */
const SILENT: vega.LoggerInterface = {
  level: () => SILENT,
  error: () => SILENT,
  warn: () => SILENT,
  info: () => SILENT,
  debug: () => SILENT,
};
