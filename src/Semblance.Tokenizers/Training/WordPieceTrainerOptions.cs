using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Training;

/// <summary>What vocabulary a <see cref="WordPieceTrainer"/> learns.</summary>
public sealed record WordPieceTrainerOptions
{
    /// <summary>The most tokens, special ones included; 30,000 by default.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>How often two neighbours must be seen to become one token, and a Chinese character to be in; 2 by default.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>Lower-cases texts and strips accents; true by default.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>The most characters to start from, Chinese ones not counted; 1,000 by default.</summary>
    public int AlphabetLimit { get; init; } = 1000;

    /// <summary>The most distinct words to keep in memory; 2,000,000 by default. When there are more, the rarer half is dropped.</summary>
    public int MaxDistinctWords { get; init; } = 2_000_000;

    /// <summary>The tokens that every vocabulary begins with.</summary>
    internal static IReadOnlyList<string> SpecialTokens { get; } = new BertSpecialTokens().All;

    /// <summary>Fails where a number is too small.</summary>
    internal void Validate()
    {
        Check(VocabularySize, SpecialTokens.Count + 1, nameof(VocabularySize));
        Check(MinFrequency, 1, nameof(MinFrequency));
        Check(AlphabetLimit, 1, nameof(AlphabetLimit));
        Check(MaxDistinctWords, 1, nameof(MaxDistinctWords));
    }

    private static void Check(int value, int least, string name)
    {
        if (value < least)
        {
            throw new ArgumentException($"{name} is {value}, expected {least} or more.");
        }
    }
}
