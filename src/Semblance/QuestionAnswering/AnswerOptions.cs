namespace Semblance;

/// <summary>Provides the options of <see cref="QuestionAnswerer"/>. The defaults are those of the original's pipeline.</summary>
public sealed record AnswerOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static AnswerOptions Default { get; } = new();

    /// <summary>Gets the maximum number of answers, 1 by default.</summary>
    public int TopK { get; init; } = 1;

    /// <summary>Gets the maximum number of tokens of an answer, 15 by default.</summary>
    public int MaxAnswerTokens { get; init; } = 15;

    /// <summary>
    /// Gets the maximum number of tokens of a window, question and special tokens included, 384 by default; at most the maximum sequence
    /// length of the model.
    /// </summary>
    public int MaxWindowTokens { get; init; } = 384;

    /// <summary>
    /// Gets the number of tokens that two windows of a long text share; null, the default, for 128, or half of a window if that is less.
    /// </summary>
    public int? Stride { get; init; }

    /// <summary>
    /// Gets a value that indicates whether an empty answer is returned if the model considers it the most probable;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool AllowNoAnswer { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAnswerTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWindowTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Stride ?? 0, nameof(Stride));
    }
}
