using Semblance.Tensors;
using Semblance.Transformers.Deberta;

namespace Semblance.Transformers.Bert;

/// <summary>What the attention of all layers has in common in one run.</summary>
/// <param name="Mask">Which keys a query sees.</param>
/// <param name="Bias">What is added to the scores, in MPNet.</param>
/// <param name="Relative">The vectors of distances, in DeBERTa.</param>
internal sealed record AttentionContext(AttentionMask Mask, AttentionBias? Bias = null, RelativeRows? Relative = null);
