import type { Tensor } from '@tensorflow/tfjs';
import { tf } from './tfjs.ts';

type Layer = InstanceType<typeof tf.layers.Layer>;
type Shape = (number | null)[];
/** With as many inputs and weights as the layer says it has. */
type Call = (
  inputs: readonly [Tensor, ...Tensor[]],
  weights: readonly [Tensor, Tensor, Tensor, Tensor],
) => Tensor;

export interface KerasLayerOptions {
  readonly className: string;
  /** As tfjs names them, in camel case. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Names and shapes. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** The shape of the output with the batch. @defaultValue that of the first input */
  readonly shape?: Shape;
  /** What Keras computes. */
  readonly call: Call;
}

/** A layer of Keras that tfjs does not have, or has otherwise, in plain arithmetic: it is saved under Keras' name. */
export function kerasLayer(options: KerasLayerOptions): Layer {
  class KerasLayer extends tf.layers.Layer {
    static readonly className = options.className;

    override build(): void {
      for (const [name, shape] of Object.entries(options.weights ?? {})) {
        this.addWeight(name, [...shape], 'float32', tf.initializers.zeros());
      }
      this.built = true;
    }

    override computeOutputShape(inputShape: Shape | Shape[]): Shape {
      const first = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
      return options.shape ?? first;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() =>
        options.call(
          [inputs].flat() as [Tensor],
          this.weights.map((weight) => weight.read()) as [Tensor, Tensor, Tensor, Tensor],
        ),
      );
    }

    override getConfig(): ReturnType<Layer['getConfig']> {
      return { ...super.getConfig(), ...(options.config as Record<string, never>) };
    }
  }
  return new KerasLayer({});
}
