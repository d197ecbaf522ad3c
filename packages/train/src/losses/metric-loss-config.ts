/** Where a formula comes from; `custom` is any of them with something changed. */
export type LossPreset = 'paper' | 'hadsell2006' | 'facenet2015' | 'song2016' | 'pml';

/** The choices that papers and libraries make differently, spelled out for every loss. */
export interface LossChoices {
  readonly preset: LossPreset | 'custom';
  /** Whether the network divides embeddings by their L2 norm. The loss itself takes them as they come. */
  readonly normalise: boolean;
  /** `cosine` is 1 - cos. */
  readonly distance: 'euclidean' | 'cosine';
}

/**
 * `factor * reduce( positive: t(D), negative: t([margin - D]+) )` over the unordered pairs of a batch;
 * t squares its argument if `squared`, else leaves it.
 */
export interface ContrastiveConfig extends LossChoices {
  readonly name: 'contrastive';
  /** Whether the terms are squared (Hadsell et al. 2006) or linear (pytorch-metric-learning). */
  readonly squared: boolean;
  /** In units of the distance, above 0. */
  readonly margin: number;
  /**
   * `sum-pairs`, `mean-pairs`: over all pairs. `mean-active-pairs`: the mean of the positive terms that are
   * not 0, plus that of the negative ones.
   */
  readonly reduction: 'sum-pairs' | 'mean-pairs' | 'mean-active-pairs';
  readonly factor: number;
}

/**
 * Which triplets of anchor, positive and negative count. `all`: every one. `hard`: for each anchor its
 * farthest positive and nearest negative (Hermans et al. 2017). `semi-hard`: for each anchor and positive
 * the nearest of the negatives that are farther than the positive, or the farthest negative where none
 * is (FaceNet as TensorFlow reads it). `semi-hard-all`: every negative that is farther than the positive
 * by less than the margin (FaceNet as pytorch-metric-learning reads it).
 */
export type TripletMining = 'all' | 'hard' | 'semi-hard' | 'semi-hard-all';

/** `factor * reduce( [D_ap - D_an + margin]+ )` over the mined triplets, with D squared if `squared`. */
export interface TripletConfig extends LossChoices {
  readonly name: 'triplet';
  readonly squared: boolean;
  /** In units of the distance, squared if that is; above 0. */
  readonly margin: number;
  /** Over the mined triplets, or over those of them that are not 0. */
  readonly reduction: 'sum-triplets' | 'mean-triplets' | 'mean-active-triplets';
  readonly factor: number;
  readonly mining: TripletMining;
}

/**
 * `1/(2|P|) * sum over positive pairs (i,j) of relu(J_ij)^2`. `smooth` (eq. 4 of Song et al. 2016): `J_ij =
 * log(sum over negatives k of i of e^(margin - D_ik) + the same of j) + D_ij`. `hard-max` (their eq. 3):
 * the largest exponent in place of the log of the sum.
 */
export interface LiftedStructuredConfig extends LossChoices {
  readonly name: 'lifted-structured';
  readonly squared: false;
  /** In units of the distance, above 0. */
  readonly margin: number;
  readonly reduction: 'mean-positive-pairs';
  readonly form: 'smooth' | 'hard-max';
}

/**
 * `mean over anchors of [ log(sum over positives of e^D_ap) + log(sum over negatives of e^(margin - D_an))
 * ]+` (Hermans et al. 2017); a log of an empty sum counts as 0.
 */
export interface GeneralizedLiftedConfig extends LossChoices {
  readonly name: 'generalized-lifted';
  readonly squared: false;
  /** In units of the distance, above 0. */
  readonly margin: number;
  readonly reduction: 'mean-anchors';
}

/**
 * `mean over anchors of 1/alpha log(1 + sum over positives of e^(-alpha (S_ap - base))) + 1/beta log(1 +
 * sum over negatives of e^(beta (S_an - base)))` with S the cosine (Wang et al. 2019, eq. 15).
 */
export interface MultiSimilarityConfig extends LossChoices {
  readonly name: 'multi-similarity';
  readonly distance: 'cosine';
  readonly squared: false;
  /**
   * Of the mining, their epsilon; above 0: a negative counts if its cosine is above that of the anchor's
   * least similar positive less the margin, a positive if its cosine is below that of the most similar
   * negative plus the margin (eqs. 11 and 12).
   */
  readonly margin: number;
  readonly reduction: 'mean-anchors';
  /** `all` counts every pair and leaves the margin without a meaning. */
  readonly mining: 'multi-similarity' | 'all';
  readonly alpha: number;
  readonly beta: number;
  readonly base: number;
}

/**
 * `mean over anchors of -1/|P(a)| * sum over positives p of log( e^(S_ap/T) / sum over k != a of e^(S_ak/T) )`
 * with S the cosine (Khosla et al. 2020, L_out, eq. 2), over the anchors whose term is not 0.
 */
export interface SupervisedContrastiveConfig extends LossChoices {
  readonly name: 'supervised-contrastive';
  readonly distance: 'cosine';
  readonly squared: false;
  readonly reduction: 'mean-active-anchors';
  /** T, above 0. */
  readonly temperature: number;
}

export type MetricLossConfig =
  | ContrastiveConfig
  | TripletConfig
  | LiftedStructuredConfig
  | GeneralizedLiftedConfig
  | MultiSimilarityConfig
  | SupervisedContrastiveConfig;

export type MetricLossName = MetricLossConfig['name'];
