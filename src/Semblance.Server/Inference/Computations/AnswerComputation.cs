using Semblance.Modules;
using Semblance.Server.Batching;
using Semblance.Transformers.Adapters;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the logits of each token to begin and to end an answer.</summary>
/// <param name="Model">The model.</param>
/// <param name="Adapter">The adapter, or <see langword="null"/>.</param>
/// <param name="BatchTokens">The number of tokens of a batch.</param>
internal sealed record AnswerComputation(QuestionAnswerer Model, Adapter? Adapter, int BatchTokens) : BatchComputation<float[]>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<float[]> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Score(texts, new AnswerOptions { Adapter = Adapter, BatchTokens = BatchTokens, MaxThreads = maxThreads });
}
