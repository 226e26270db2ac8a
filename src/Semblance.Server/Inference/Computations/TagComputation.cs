using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the probabilities of the labels of each token.</summary>
/// <param name="Model">The model.</param>
/// <param name="BatchTokens">The number of tokens of a batch.</param>
internal sealed record TagComputation(TokenClassifier Model, int BatchTokens) : BatchComputation<float[]>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<float[]> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Score(texts, new TagOptions { BatchTokens = BatchTokens, MaxThreads = maxThreads });
}
