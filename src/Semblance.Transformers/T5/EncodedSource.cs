using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>
/// What the decoder's layers look at: the encoder's states, of which each makes its keys and values, or these themselves, made once for all steps
/// of a generation.
/// </summary>
/// <param name="Batch">Where the states of each sequence lie.</param>
/// <param name="States"><c>[encoder tokens × hidden]</c>; null where <paramref name="Projected"/> is given.</param>
/// <param name="Projected">The keys and values of each layer, each <c>[encoder tokens × heads · head size]</c>.</param>
internal sealed record EncodedSource(PackedBatch Batch, Tensor? States, IReadOnlyList<(Tensor Key, Tensor Value)>? Projected = null);
