using Semblance.Modules;
using Semblance.Server.Batching;
using Semblance.Tensors;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the vectors of all tokens of each text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">The options.</param>
internal sealed record TokenComputation(SentenceTransformer Model, EncodeOptions Options) : BatchComputation<Tensor>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.EncodeTokens(texts, Options with { MaxThreads = maxThreads }, CancellationToken.None);
}
