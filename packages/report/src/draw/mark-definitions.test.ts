import { describe, expect, it } from 'vitest';
import { defineMarks } from './mark-definitions.ts';

const circle = ' d="M1,0A1,1,0,1,1,-1,0" fill="#000"';
const square = ' d="M0,0h1v1Z" fill="#fff"';

function marks(count: number, look: string): string {
  return Array.from(
    { length: count },
    (_, at) => `<path transform="translate(${at},2)"${look}/>`,
  ).join('');
}

describe(defineMarks, () => {
  it('draws each mark where it was, from one definition a look', () => {
    const svg = defineMarks(`<g>${marks(30, circle)}${marks(20, square)}</g>`, 'map');
    expect(svg).toContain(`<defs><path id="map-m0"${circle}/><path id="map-m1"${square}/></defs>`);
    const drawn = [...svg.matchAll(/<use xlink:href="#(map-m\d)" transform="([^"]*)"\/>/gu)];
    expect(drawn.map(([, name, place]) => [name, place])).toStrictEqual([
      ...Array.from({ length: 30 }, (_, at) => ['map-m0', `translate(${at},2)`]),
      ...Array.from({ length: 20 }, (_, at) => ['map-m1', `translate(${at},2)`]),
    ]);
  });

  it('leaves a few marks, and marks without a place, as they are', () => {
    for (const svg of [marks(3, circle), `<path${circle}/>`.repeat(40)]) {
      expect(defineMarks(svg, 'map')).toBe(svg);
    }
  });
});
