using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Inference;

/// <summary>Represents the computation of one dense vector for each text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">The options.</param>
internal sealed record DenseComputation(SentenceTransformer Model, EncodeOptions Options) : BatchComputation<float[]>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<float[]> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) =>
        Model.Encode(texts, Options with { MaxThreads = maxThreads }, CancellationToken.None).ToJaggedArray();
}
