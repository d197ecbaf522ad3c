// Draws a small picture set with three classes named after the paper's: wart, corn, normal skin. Cartoons,
// clearly not photographs, and of no medical meaning: they give quickstart, tests and benches something
// to train on that can be published and made again to the byte (with the same version of sharp).
//
//   node scripts/synthetic-images.mjs OUT [--seed N] [--count N] [--size PX]
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

/** The paper's training images: 350 corns, 808 of normal skin, 855 warts. */
const RATIO = { corn: 350, 'normal skin': 808, wart: 855 };

const DEFAULT_COUNT = 360;
const DEFAULT_SIZE = 128;
const DEFAULT_SEED = 1;

/** Lesions that are hardly there, so that no classifier is right every time. */
const HARD_SHARE = 0.1;

const DRAW = { corn: drawCorn, 'normal skin': drawNothing, wart: drawWart };

/** `count` images in the paper's proportions, at least one each. */
export function syntheticCounts(count = DEFAULT_COUNT) {
  const total = Object.values(RATIO).reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(
    Object.entries(RATIO).map(([label, value]) => [
      label,
      Math.max(1, Math.round((count * value) / total)),
    ]),
  );
}

/**
 * Writes `OUT/<label>/*.jpg` and `OUT/metadata.csv` (file_name, patient). A patient has one to three
 * pictures of one skin tone, not always of one class.
 */
export async function makeSyntheticImages({
  out,
  seed = DEFAULT_SEED,
  counts = syntheticCounts(),
  size = DEFAULT_SIZE,
}) {
  const random = createRandom(seed);
  const pictures = assignPatients(
    Object.entries(counts).flatMap(([label, count]) =>
      Array.from({ length: count }, (_, index) => ({
        label,
        file: `${label}/${label.replaceAll(' ', '-')}-${String(index + 1).padStart(4, '0')}.jpg`,
      })),
    ),
    random,
  );
  for (const label of Object.keys(counts)) await mkdir(join(out, label), { recursive: true });
  for (const picture of pictures) {
    // Cameras differ: sides from 0.8 to 1.4 of the size, portrait and landscape.
    const width = Math.round(size * between(random, 0.8, 1.4));
    const height = Math.round(size * between(random, 0.8, 1.4));
    const canvas = drawSkin(width, height, picture.tone, random);
    DRAW[picture.label](canvas, random);
    drawDistractors(canvas, random);
    const quality = Math.round(between(random, 70, 95));
    const jpeg = await sharp(toBytes(canvas, random), { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
    await writeFile(join(out, picture.file), jpeg);
  }
  const rows = pictures
    .map(({ file, patient }) => `${file},${patient}\n`)
    .sort()
    .join('');
  await writeFile(join(out, 'metadata.csv'), `file_name,patient\n${rows}`);
  return { count: pictures.length, counts };
}

function assignPatients(pictures, random) {
  const shuffled = shuffle(pictures, random);
  const assigned = [];
  for (let patient = 1; assigned.length < shuffled.length; patient += 1) {
    const tone = skinTone(random);
    const images = 1 + Math.floor(random() * 3);
    for (const picture of shuffled.slice(assigned.length, assigned.length + images)) {
      assigned.push({ ...picture, tone, patient: `p${String(patient).padStart(4, '0')}` });
    }
  }
  return assigned;
}

/** From light to dark, with a little red or yellow. */
function skinTone(random) {
  const light = between(random, 0.6, 1);
  return [225 * light + 15, 180 * light + 8 * random(), 150 * light + 12 * random()];
}

/** Skin: mottled, with parallel ridges as on palms and soles, lit from one side. */
function drawSkin(width, height, tone, random) {
  const canvas = { width, height, data: new Float32Array(width * height * 3), tone };
  const mottle = createNoise(random);
  const angle = random() * Math.PI;
  const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
  const ridge = { period: between(random, 5, 9), depth: between(random, 1, 4) };
  const light = { angle: random() * 2 * Math.PI, depth: between(random, 0, 24) };
  const side = Math.min(width, height);
  paint(canvas, (x, y) => {
    const bend = 6 * mottle(x / 40, y / 40);
    const along = x * ux + y * uy + bend;
    const shade =
      14 * (mottle(x / 22, y / 22) - 0.5) +
      ridge.depth * Math.sin((2 * Math.PI * along) / ridge.period) +
      (light.depth *
        ((x - width / 2) * Math.cos(light.angle) + (y - height / 2) * Math.sin(light.angle))) /
        side;
    return [shade, shade, shade, 1];
  });
  return canvas;
}

function drawNothing() {}

/** A smooth, yellowish, sharply bounded disc with rings and a pale core. */
function drawCorn(canvas, random) {
  const { x0, y0, radius, strength } = placeLesion(canvas, random);
  const rings = between(random, 2, 4);
  const squash = between(random, 0.8, 1.25);
  const wobble = createNoise(random);
  paint(canvas, (x, y) => {
    const [dx, dy] = [(x - x0) * squash, (y - y0) / squash];
    const edge = 1 + 0.16 * (wobble(dx / radius + 9, dy / radius + 9) - 0.5);
    const distance = Math.hypot(dx, dy) / (radius * edge);
    const inside = smoothStep(1.05, 0.9, distance);
    const core = smoothStep(0.35, 0.1, distance);
    const ring = 10 * Math.cos(2 * Math.PI * rings * distance) * inside;
    const rim = 26 * smoothStep(0.2, 0, Math.abs(distance - 1));
    const lift = strength * (18 * inside + 40 * core + ring - rim);
    return [lift, lift * 0.95, lift - strength * 50 * inside, 1];
  });
}

/** A rough, ragged, greyish bump with dark dots. */
function drawWart(canvas, random) {
  const { x0, y0, radius, strength } = placeLesion(canvas, random);
  const ragged = createNoise(random);
  const rough = createNoise(random);
  const grain = between(random, 3, 5.5);
  paint(canvas, (x, y) => {
    const [dx, dy] = [x - x0, y - y0];
    const edge = 1 + 0.7 * (ragged((2.4 * dx) / radius + 7, (2.4 * dy) / radius + 7) - 0.5);
    const distance = Math.hypot(dx, dy) / (radius * edge);
    const inside = smoothStep(1.1, 0.85, distance);
    const bumps = 70 * (rough(x / grain, y / grain) - 0.5) * inside;
    const rim = 18 * smoothStep(0.25, 0, Math.abs(distance - 1));
    const lift = strength * (bumps - 34 * inside - rim);
    return [lift - strength * 12 * inside, lift, lift + strength * 6 * inside, 1];
  });
  const dots = Math.floor(between(random, 2, 12));
  for (let dot = 0; dot < dots; dot += 1) {
    const angle = random() * 2 * Math.PI;
    const reach = radius * 0.75 * Math.sqrt(random());
    drawDot(canvas, {
      x: x0 + reach * Math.cos(angle),
      y: y0 + reach * Math.sin(angle),
      radius: between(random, 1, 2.2),
      depth: strength * between(random, 40, 90),
    });
  }
}

/** Where the lesion is, how large and how plain to see: some are hardly there. */
function placeLesion({ width, height }, random) {
  const side = Math.min(width, height);
  return {
    x0: width * between(random, 0.4, 0.6),
    y0: height * between(random, 0.4, 0.6),
    radius: side * between(random, 0.22, 0.42),
    strength: random() < HARD_SHARE ? between(random, 0.2, 0.55) : between(random, 0.65, 1.2),
  };
}

/** What any skin may have, so that a dark dot or a pale spot alone tells nothing: freckles, a blotch, a crease. */
function drawDistractors(canvas, random) {
  const { width, height } = canvas;
  const freckles = Math.floor(random() * 6);
  for (let freckle = 0; freckle < freckles; freckle += 1) {
    drawDot(canvas, {
      x: width * random(),
      y: height * random(),
      radius: between(random, 1, 3.5),
      depth: between(random, 15, 60),
    });
  }
  if (random() < 0.5) {
    const [x0, y0] = [width * random(), height * random()];
    const radius = Math.min(width, height) * between(random, 0.1, 0.3);
    const [red, pale] = [between(random, 0, 22), between(random, -14, 18)];
    paint(canvas, (x, y) => {
      const inside = smoothStep(1.4, 0.2, Math.hypot(x - x0, y - y0) / radius);
      return [pale * inside + red * inside, pale * inside, pale * inside, 1];
    });
  }
  if (random() < 0.4) {
    const angle = random() * Math.PI;
    const offset = between(random, -0.3, 0.3) * Math.min(width, height);
    const depth = between(random, 8, 26);
    paint(canvas, (x, y) => {
      const across =
        (x - width / 2) * Math.cos(angle) + (y - height / 2) * Math.sin(angle) - offset;
      const line = -depth * smoothStep(2.2, 0, Math.abs(across));
      return [line, line, line, 1];
    });
  }
}

function drawDot(canvas, { x: x0, y: y0, radius, depth }) {
  paint(
    canvas,
    (x, y) => {
      const inside = -depth * smoothStep(radius + 0.8, radius - 0.8, Math.hypot(x - x0, y - y0));
      return [inside, inside, inside * 0.9, 1];
    },
    { x0: x0 - radius - 1, x1: x0 + radius + 2, y0: y0 - radius - 1, y1: y0 + radius + 2 },
  );
}

/** Adds what `at` gives for a pixel to it. */
function paint({ width, height, data }, at, box = { x0: 0, x1: width, y0: 0, y1: height }) {
  for (let y = Math.max(0, Math.floor(box.y0)); y < Math.min(height, box.y1); y += 1) {
    for (let x = Math.max(0, Math.floor(box.x0)); x < Math.min(width, box.x1); x += 1) {
      const [red, green, blue] = at(x, y);
      const pixel = (y * width + x) * 3;
      data[pixel] += red;
      data[pixel + 1] += green;
      data[pixel + 2] += blue;
    }
  }
}

/** Adds the tone and the sensor's noise, and rounds. */
function toBytes({ data, tone }, random) {
  const grain = between(random, 1, 7);
  const exposure = between(random, 0.9, 1.06);
  return Uint8ClampedArray.from(data, (value, index) => {
    const noise = grain * (random() + random() + random() - 1.5);
    return (tone[index % 3] + value) * exposure + noise;
  });
}

/** Value noise in 0 to 1: random values on a 64 x 64 lattice that repeats, smoothly interpolated. */
function createNoise(random) {
  const lattice = Float32Array.from({ length: 64 * 64 }, random);
  const at = (column, row) => lattice[(row & 63) * 64 + (column & 63)];
  return (x, y) => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [smoothStep(0, 1, x - column), smoothStep(0, 1, y - row)];
    const top = at(column, row) * (1 - u) + at(column + 1, row) * u;
    const bottom = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u;
    return top * (1 - v) + bottom * v;
  };
}

function smoothStep(from, to, value) {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

function between(random, low, high) {
  return low + (high - low) * random();
}

function shuffle(items, random) {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

/** mulberry32 (T. Ettinger): seeded, the same everywhere. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string' }, count: { type: 'string' }, size: { type: 'string' } },
  });
  const [out] = positionals;
  if (out === undefined) {
    console.error(
      'Usage: node scripts/synthetic-images.mjs OUT [--seed N] [--count N] [--size PX]',
    );
    process.exit(2);
  }
  const { count } = await makeSyntheticImages({
    out,
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    ...(values.count === undefined ? {} : { counts: syntheticCounts(Number(values.count)) }),
    ...(values.size === undefined ? {} : { size: Number(values.size) }),
  });
  console.log(`${count} pictures in ${out}`);
}
