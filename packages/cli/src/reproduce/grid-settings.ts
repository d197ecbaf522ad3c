import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IsometryError } from '@isometry/core';
import type { BackboneName, ImagesOptions, ProtocolName, RecipeOptions } from '@isometry/train';
import { makeFolder } from '../make-folder.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import type { CellStatus } from './cell-folder.ts';

/** What all cells of a grid share, and what a user may set: everything else is the protocol's. */
export interface GridSettings {
  /** What the data set is called: the last part of the folder's path. */
  readonly name: string;
  readonly protocol: ProtocolName;
  /** Where each backbone starts: `random`, or the absolute path of a weights file. */
  readonly weights: Readonly<Record<BackboneName, string>>;
  readonly images: Pick<ImagesOptions, 'group' | 'label' | 'list' | 'maxUnreadableShare'>;
  readonly recipe: Pick<
    RecipeOptions,
    'size' | 'widthMultiplier' | 'embeddingSize' | 'epochs' | 'batchSize'
  >;
}

/** Settings as they were asked for: what is not given is that of the folder, or a default. */
export interface AskedSettings {
  readonly name: string;
  readonly protocol?: ProtocolName | undefined;
  readonly weights: Partial<GridSettings['weights']>;
  readonly images: GridSettings['images'];
  readonly recipe: GridSettings['recipe'];
}

const VERSION = 1;

/** In the folder of a reproduction: what its cells have in common. */
const FILE = 'reproduce.json';

/**
 * The settings of a folder's cells. Once one of them is started they are bound; before that, and for weights of a backbone
 * without a cell, what is asked for counts. Writes nothing.
 * @param started the folder's cells that are started, trained or done
 * @param complete fills in what is not asked for
 * @throws `OPTION_INVALID` when the folder is of something else, or a setting differs
 */
export async function resolveGridSettings(
  out: string,
  asked: AskedSettings,
  started: readonly CellStatus[],
  complete: (asked: AskedSettings) => Promise<GridSettings>,
): Promise<GridSettings> {
  const path = join(resolve(out), FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined || started.length === 0) return complete(asked);
  const found = parse(path, text);
  const used = new Set(started.map(({ cell }) => cell.backbone));
  assertSame(out, asked, found, used);
  const weights = { ...(await complete(asked)).weights };
  for (const backbone of used) weights[backbone] = found.weights[backbone];
  return { ...found, weights };
}

/** Writes the settings down, when the first cell is about to start. @throws `FILE_WRITE_FAILED` */
export async function keepGridSettings(out: string, settings: GridSettings): Promise<void> {
  await makeFolder(resolve(out));
  const content = { version: VERSION, ...settings };
  await writeWholeFile(join(resolve(out), FILE), `${JSON.stringify(content, undefined, 2)}\n`);
}

function parse(path: string, text: string): GridSettings {
  try {
    const { version, ...settings } = JSON.parse(text) as GridSettings & { version: unknown };
    const parts: readonly unknown[] = [settings.recipe, settings.images, settings.weights];
    if (version === VERSION && parts.every((part) => typeof part === 'object' && part !== null)) {
      return settings;
    }
  } catch {
    // Said below.
  }
  throw new IsometryError(
    'OPTION_INVALID',
    `${path} is damaged, or not of a reproduction of this version.`,
    { hint: 'Name another folder with --out.', details: { file: path } },
  );
}

function assertSame(
  out: string,
  asked: AskedSettings,
  found: GridSettings,
  used: ReadonlySet<BackboneName>,
): void {
  const given = [
    { name: 'protocol', before: found.protocol, now: asked.protocol },
    ...[...used].map((backbone) => ({
      name: `weights of ${backbone}`,
      before: found.weights[backbone],
      now: asked.weights[backbone],
    })),
    ...(['images', 'recipe'] as const).flatMap((part) =>
      Object.entries(asked[part]).map(([name, now]) => ({
        name,
        before: (found[part] as Readonly<Record<string, unknown>>)[name],
        now,
      })),
    ),
  ];
  for (const { name, before, now } of given) {
    if (now === undefined || now === before) continue;
    throw new IsometryError(
      'OPTION_INVALID',
      `The cells in ${out} have ${name} ${before === undefined ? 'as the protocol says' : JSON.stringify(before)}, not ${JSON.stringify(now)}: they would not compare.`,
      {
        hint: 'Leave the option away, or name another folder with --out.',
        details: { option: name, before, now },
      },
    );
  }
}
