import { describe, expect, it } from 'vitest';
import { syntheticEvaluation } from './evaluation.case.ts';
import type { EvaluatedImage, Evaluation } from './evaluation.ts';
import { worstMistakes } from './worst-mistakes.ts';

function withImages(images: readonly EvaluatedImage[]): Evaluation {
  return { ...syntheticEvaluation(), images };
}

function image(file: string, predicted: string, probabilities: readonly number[]): EvaluatedImage {
  return { file, label: 'mel', predicted, probabilities, group: null };
}

describe(worstMistakes, () => {
  it('has the most confident first, ties by file, and no image that is right', () => {
    const found = worstMistakes(
      withImages([
        image('b.jpg', 'bkl', [0.1, 0.8, 0.1]),
        image('right.jpg', 'mel', [0, 0.01, 0.99]),
        image('a.jpg', 'bkl', [0.1, 0.8, 0.1]),
        image('B.jpg', 'akiec', [0.8, 0.1, 0.1]),
        image('sure.jpg', 'akiec', [0.95, 0, 0.05]),
      ]),
    );
    expect(found.map(({ file }) => file)).toEqual(['sure.jpg', 'B.jpg', 'a.jpg', 'b.jpg']);
    expect(found[0]).toMatchObject({
      probability: 0.95,
      truthProbability: 0.05,
      caption: 'mel\n→ akiec 95.0%\nsure.jpg',
      alt: 'sure.jpg: mel, taken for akiec with 95.0%',
    });
  });

  it('takes as many as asked for', () => {
    const evaluation = syntheticEvaluation({ images: 200 });
    const wrong = evaluation.images.filter(({ label, predicted }) => label !== predicted).length;
    expect(worstMistakes(evaluation)).toHaveLength(24);
    expect(worstMistakes(evaluation, 1000)).toHaveLength(wrong);
    expect(worstMistakes(evaluation, 0)).toEqual([]);
  });

  it('keeps a caption of three lines, whatever the names', () => {
    const [mistake] = worstMistakes(withImages([image('folder/with\nline.jpg', 'bkl', [0, 1, 0])]));
    expect(mistake?.caption.split('\n')).toEqual(['mel', '→ bkl 100.0%', 'with line.jpg']);
  });
});
