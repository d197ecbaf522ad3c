/** The outputs of every exported model, in this order. */
export const OUTPUT_NAMES = [
  'embedding',
  'logits',
  'probabilities',
  // The names under which transformers.js and optimum look for an embedding.
  'last_hidden_state',
  'pooler_output',
] as const;
