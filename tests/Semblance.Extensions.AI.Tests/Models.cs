namespace Semblance.Extensions.AI.Tests;

/// <summary>Models that are loaded once for all tests.</summary>
internal static class Models
{
    public static SentenceTransformer Default { get; } = SentenceTransformer.LoadDefault();

    public static SentenceTransformer Prompted { get; } = SentenceTransformer.Load(Fixtures.Own("st/prompts-dot"));

    public static SparseEncoder Splade { get; } = SparseEncoder.Load(Fixtures.Own("st/splade"));

    public static string CrossEncoderFolder => Fixtures.Own("st/cross-encoder");
}
