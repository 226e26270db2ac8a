using Semblance.Modules;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents what a trainable model computed from an input.</summary>
/// <param name="Value">
/// The output of the kind <see cref="ITrainableModel.OutputKind"/>: sentence vectors <c>[texts × dimension]</c>, token vectors <c>[tokens ×
/// dimension]</c> of all texts one after another, or logits <c>[pairs × labels]</c>, of tokens <c>[tokens × labels]</c>.
/// </param>
/// <param name="Offsets">
/// For token vectors and logits of tokens, the first row of each text, followed by the number of rows; otherwise null, and each text or
/// pair has one row.
/// </param>
public sealed record ModelOutput(Tensor Value, IReadOnlyList<int>? Offsets = null)
{
    /// <summary>
    /// Gets what a sparse auto-encoder reconstructs of the dense vectors, in a computation that records; null for other models.
    /// </summary>
    public SparseReconstruction? Reconstruction { get; init; }

    /// <summary>Gets the number of texts or pairs.</summary>
    public int Count => Offsets is null ? Value.Rows : Offsets.Count - 1;
}
