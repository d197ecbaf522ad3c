import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IsometryError } from '@isometry/core';
import type { BackboneName, ImagesOptions, ProtocolName, RecipeOptions } from '@isometry/train';
import { writeWholeFile } from '../write-whole-file.ts';

/** What all cells of a grid share, and what a user may set: everything else is the protocol's. */
export interface GridSettings {
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
export type AskedSettings = {
  readonly [Part in Exclude<keyof GridSettings, 'protocol'>]: Partial<GridSettings[Part]>;
} & { readonly protocol?: ProtocolName | undefined };

const VERSION = 1;

/** In the folder of a reproduction: what makes it one, and what its cells have in common. */
const FILE = 'reproduce.json';

/**
 * Opens the folder of a reproduction: makes it, or goes on with what is there, if nothing that is asked for differs.
 * @param complete fills in what is not asked for, in a new folder
 * @throws `OPTION_INVALID` when something else is there, or a setting differs; `FILE_WRITE_FAILED`
 */
export async function openGridFolder(
  out: string,
  asked: AskedSettings,
  complete: () => Promise<GridSettings>,
): Promise<GridSettings> {
  const path = join(resolve(out), FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const found = parse(path, text);
    assertSame(out, asked, found);
    return found;
  }
  const settings = await complete();
  await mkdir(resolve(out), { recursive: true }).catch((cause: unknown) => {
    throw new IsometryError('FILE_WRITE_FAILED', `${resolve(out)} could not be made.`, {
      hint: 'Name another folder with --out.',
      cause,
    });
  });
  await writeWholeFile(
    path,
    `${JSON.stringify({ version: VERSION, ...settings }, undefined, 2)}\n`,
  );
  return settings;
}

function parse(path: string, text: string): GridSettings {
  try {
    const { version, ...settings } = JSON.parse(text) as GridSettings & { version: unknown };
    if (version === VERSION && typeof settings.recipe === 'object') return settings;
  } catch {
    // Said below.
  }
  throw new IsometryError(
    'OPTION_INVALID',
    `${path} is not of a reproduction, or of another version.`,
    {
      hint: 'Name another folder with --out.',
      details: { file: path },
    },
  );
}

function assertSame(out: string, asked: AskedSettings, found: GridSettings): void {
  const given = [
    { name: 'protocol', before: found.protocol, now: asked.protocol },
    ...(['weights', 'images', 'recipe'] as const).flatMap((part) =>
      Object.entries(asked[part]).map(([key, now]) => ({
        name: part === 'weights' ? `weights of ${key}` : key,
        before: (found[part] as Readonly<Record<string, unknown>>)[key],
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
