using Semblance.Tensors;

namespace Semblance.Conversion;

/// <summary>Represents a bias of attention by distance and the names of its tensors in a graph.</summary>
/// <param name="Bias">The bias.</param>
/// <param name="Distances"><c>[heads × distances]</c>, or <see langword="null"/>.</param>
/// <param name="OfQueries"><c>[batch × heads × queries × entries]</c>, or <see langword="null"/>.</param>
/// <param name="OfKeys"><c>[batch × heads × keys × entries]</c>, or <see langword="null"/>.</param>
internal sealed record OnnxAttentionBias(AttentionBias Bias, string? Distances, string? OfQueries, string? OfKeys);
