using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>What the attention of all layers has in common in one run.</summary>
/// <param name="Mask">Which keys a query sees.</param>
internal sealed record AttentionContext(AttentionMask Mask);
