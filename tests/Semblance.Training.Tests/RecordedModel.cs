namespace Semblance.Training.Tests;

/// <summary>The small model that evaluations were recorded with.</summary>
internal static class RecordedModel
{
    public static SentenceTransformer MeanNormalize { get; } = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
}
