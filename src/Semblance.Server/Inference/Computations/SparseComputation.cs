using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of one sparse vector for each text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">The options.</param>
internal sealed record SparseComputation(SparseEncoder Model, SparseEncodeOptions Options) : BatchComputation<SparseVector>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<SparseVector> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Encode(texts, Options with { MaxThreads = maxThreads }, CancellationToken.None).Vectors;
}
