/** The pixel contract's parameters: everything between image bytes and `pixel_values`. See docs/pixels.md. */
export interface PixelSpec {
  readonly version: 'pixels/1';
  /** Model input width in pixels, 1 to 4096. */
  readonly width: number;
  readonly height: number;
  /** `stretch` ignores the aspect ratio, `cover` crops the centre, `contain` pads with `background`. */
  readonly fit: 'stretch' | 'cover' | 'contain';
  readonly filter: 'bilinear' | 'bicubic';
  /** RGB, 0 to 255, under transparent pixels and around a `contain`ed image. */
  readonly background: readonly [number, number, number];
  /** Per RGB channel on the 0 to 1 scale: `pixel_values = (v / 255 - mean) / std`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** A JPEG is decoded at 1/8, 1/4 or 1/2 while that leaves this many times the target; 1 or more. */
  readonly jpegOversampling: number;
}

/** A value with its confidence interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Confidence level, e.g. 0.95. */
  readonly level: number;
  /** E.g. `wilson`. */
  readonly method: string;
}

/** The metric loss that trained the embedding, spelled out. */
export interface LossRecord {
  /** E.g. `lifted-structured`. */
  readonly name: string;
  /** The named set of choices that it came from, e.g. `paper`. */
  readonly preset: string;
  readonly normalise: boolean;
  readonly distance: string;
  readonly squared: boolean;
  readonly margin: number;
  readonly reduction: string;
}

/** How the model was trained: enough to train it again. */
export interface TrainingRecord {
  /** E.g. `mobilenet`. */
  readonly backbone: string;
  readonly widthMultiplier: number;
  readonly loss: LossRecord;
  readonly hyperparameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly seed: number;
  /** SHA-256 over the sorted `label TAB sha256-of-file LF` lines of the images that were read. */
  readonly dataDigest: string;
  /** SHA-256 of the run's split.csv. */
  readonly splitDigest: string;
  /** Library versions by package name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** How far an output of the exported file was from its reference, over all inputs of the proof. */
export interface OutputDifference {
  /** Largest absolute difference. */
  readonly maxAbs: number;
  /** Mean absolute difference. */
  readonly meanAbs: number;
  /** What `maxAbs` must not exceed: a ten-thousandth of the reference's largest absolute value. */
  readonly bound: number;
}

/** The arithmetic of a model file. */
export type Precision = 'fp32' | 'fp16' | 'int8';

/** What became of the float32 file when it was made smaller. */
export interface VariantRecord {
  /** Bytes of this file over bytes of the float32 file. */
  readonly sizeRatio: number;
  /** How the ranges of activations were found; null for fp16, which needs none. */
  readonly calibration: {
    /** E.g. `percentile 99.99`. */
    readonly method: string;
    /** How many images. */
    readonly images: number;
    /** SHA-256 over their SHA-256s in order. */
    readonly digest: string;
  } | null;
  /** The nodes that stayed in float32 because they lost too much, by name. */
  readonly keptFloat: readonly string[];
  /** On how many images this file and the float32 file put the same label first; null when no images were given. */
  readonly agreement: { readonly agreed: number; readonly total: number } | null;
  /** What it cost on labelled images that neither calibration nor the search for nodes had seen; null without such. */
  readonly drop: {
    readonly split: string;
    readonly count: number;
    /** Accuracy of the float32 file minus that of this one, paired: below 0 when this one is better. */
    readonly accuracy: Interval;
  } | null;
}

/** How the file was made from the trained model, and proven. */
export interface ExportRecord {
  readonly converter: {
    readonly name: 'native' | 'tf2onnx';
    /** Of Isometry, or of tf2onnx. */
    readonly version: string;
  };
  readonly precision: Precision;
  /** The float32 graph in ONNX Runtime against the trained model in TensorFlow.js. */
  readonly proof: {
    /** What computed the reference, e.g. `tfjs 4.22.0 (tensorflow)`. */
    readonly reference: string;
    /** How many inputs came from images, and how many were random. */
    readonly inputs: { readonly images: number; readonly random: number };
    /** By output. */
    readonly outputs: Readonly<Record<string, OutputDifference>>;
    /** For how many inputs both put the same label first. */
    readonly argmaxAgreement: { readonly agreed: number; readonly total: number };
  };
  /** Null for fp32. */
  readonly variant: VariantRecord | null;
}

/** Version 1 of what a model file says of itself, in `metadata_props["isometry.manifest"]`. */
export interface Manifest {
  readonly version: 1;
  readonly name: string;
  /** Class names; a label's position is its logit's. Two or more, unique. */
  readonly labels: readonly string[];
  readonly pixels: PixelSpec;
  readonly embedding: {
    readonly size: number;
    /** Whether the graph divides the embedding by its L2 norm. */
    readonly normalised: boolean;
    /** The distance that training used. */
    readonly distance: 'euclidean' | 'cosine';
  };
  readonly calibration: {
    /** What the graph already divides the logits by. Provenance only: do not divide again. */
    readonly temperature: number;
    /** How the temperature was chosen. */
    readonly method: string;
  } | null;
  /** Null when the model was not trained by Isometry. */
  readonly training: TrainingRecord | null;
  readonly metrics: {
    /** Which split, e.g. `test`. */
    readonly split: string;
    /** How many images it has. */
    readonly count: number;
    readonly accuracy: Interval;
    /** Mean recall of the classes. Absent in files of early releases, as is `macroF1`. */
    readonly balancedAccuracy?: Interval | undefined;
    readonly macroF1?: Interval | undefined;
  } | null;
  /** An SPDX expression, or a sentence. Empty when unknown. */
  readonly license: string;
  readonly intendedUse: string;
  /** How the file was exported and proven. Absent in files of early releases. */
  readonly export?: ExportRecord | undefined;
  /** A tiny image with its expected embedding, run by `classifier.health()`. */
  readonly canary: {
    /** A PNG, base64. */
    readonly image: string;
    /** SHA-256 of its PixelImage by `pixels`. */
    readonly pixelsSha256: string;
    /** What ONNX Runtime's CPU provider computed at export. */
    readonly embedding: readonly number[];
  } | null;
}

/** A manifest before export: what a training run knows of its model. */
export type ManifestDraft = Omit<Manifest, 'canary' | 'export'>;
