using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>A batch in which some tokens are hidden.</summary>
/// <param name="Batch">The tokens as the model sees them.</param>
/// <param name="Positions">The places of the tokens that are to be predicted, rising.</param>
/// <param name="Targets">What stood there: a token id for each position.</param>
public sealed record MaskedTokens(PackedBatch Batch, int[] Positions, int[] Targets);
