using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Training;

/// <summary>Represents the options of a <see cref="WordPieceTrainer"/>.</summary>
public sealed record WordPieceTrainerOptions
{
    /// <summary>Gets the maximum vocabulary size, including special tokens; 30,000 by default.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>Gets the minimum count of a pair that becomes a token, and of a Chinese character; 2 by default.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>
    /// Gets a value that indicates whether texts are converted to lower case and accents stripped; <see langword="true"/> by default.
    /// </summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Gets the maximum number of initial characters, not counting Chinese ones; 1,000 by default.</summary>
    public int AlphabetLimit { get; init; } = 1000;

    /// <summary>
    /// Gets the maximum number of distinct words in memory; 2,000,000 by default. When there are more, the rarer half is dropped.
    /// </summary>
    public int MaxDistinctWords { get; init; } = 2_000_000;

    /// <summary>Gets the special tokens, with which every vocabulary begins.</summary>
    internal static IReadOnlyList<string> SpecialTokens { get; } = new BertSpecialTokens().All;

    /// <summary>Checks the numbers.</summary>
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
