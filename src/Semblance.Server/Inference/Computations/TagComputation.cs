using Semblance.Modules;
using Semblance.Server.Batching;
using Semblance.Transformers.Adapters;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the probabilities of the labels of each token.</summary>
/// <param name="Model">The model.</param>
/// <param name="Adapter">The adapter, or <see langword="null"/>.</param>
/// <param name="BatchTokens">The number of tokens of a batch.</param>
internal sealed record TagComputation(TokenClassifier Model, Adapter? Adapter, int BatchTokens) : BatchComputation<float[]>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<float[]> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Score(texts, new TagOptions { Adapter = Adapter, BatchTokens = BatchTokens, MaxThreads = maxThreads });
}
