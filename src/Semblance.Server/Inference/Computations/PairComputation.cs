using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of the scores of each pair, or text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">The options.</param>
internal sealed record PairComputation(CrossEncoder Model, PredictOptions Options) : BatchComputation<float[]>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<float[]> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads)
    {
        var scores = Model.Predict(texts, Options with { MaxThreads = maxThreads }, CancellationToken.None);
        var rows = new float[texts.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = scores[i].ToArray();
        }

        return rows;
    }
}
