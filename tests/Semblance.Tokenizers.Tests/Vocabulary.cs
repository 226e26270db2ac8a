namespace Semblance.Tokenizers.Tests;

/// <summary>Provides a small vocabulary.</summary>
internal static class Vocabulary
{
    public static readonly string[] Small =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "run", "runs", "##n", "##ning", "##er", "dog", ".", "a", "b", "e", "i",
        "世", "##s", "[", "ασ",
    ];
}
