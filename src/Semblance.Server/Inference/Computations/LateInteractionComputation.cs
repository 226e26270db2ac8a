using Semblance.Modules;
using Semblance.Server.Batching;
using Semblance.Tensors;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the vectors of a query or of documents for late interaction.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">The options; their route distinguishes queries from documents.</param>
internal sealed record LateInteractionComputation(MultiVectorEncoder Model, MultiVectorEncodeOptions Options) : BatchComputation<Tensor>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Encode(texts, Options with { MaxThreads = maxThreads }, CancellationToken.None).Vectors;
}
