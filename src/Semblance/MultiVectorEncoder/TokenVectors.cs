using Semblance.Tensors;

namespace Semblance;

/// <summary>The token vectors of several texts inside a computation, laid end to end.</summary>
/// <param name="Vectors">The vectors of the tokens that count, <c>[tokens × dimension]</c>.</param>
/// <param name="Offsets">For each text the row of its first vector, and behind the last the number of rows.</param>
public sealed record TokenVectors(Tensor Vectors, IReadOnlyList<int> Offsets);
