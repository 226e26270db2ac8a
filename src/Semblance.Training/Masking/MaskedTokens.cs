using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents a batch with masked tokens.</summary>
/// <param name="Batch">The tokens after masking, the input of the model.</param>
/// <param name="Positions">The positions of the tokens to predict, in ascending order.</param>
/// <param name="Targets">The original token id at each position.</param>
public sealed record MaskedTokens(PackedBatch Batch, int[] Positions, int[] Targets);
