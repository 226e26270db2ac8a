using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the labels of each text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">The options.</param>
internal sealed record LabelComputation(TextClassifier Model, ClassifyOptions Options) : BatchComputation<IReadOnlyList<LabelScore>>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<IReadOnlyList<LabelScore>> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Classify(texts, Options with { MaxThreads = maxThreads }, CancellationToken.None);
}
