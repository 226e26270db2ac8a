namespace Semblance;

/// <summary>A text has more tokens than the model takes, and <see cref="Truncation.Error"/> was asked for.</summary>
public sealed class TextTooLongException : ArgumentException
{
    /// <summary>A text that is too long.</summary>
    /// <param name="index">The text's place among those given, from 0.</param>
    /// <param name="limit">How many tokens the model takes.</param>
    public TextTooLongException(int index, int limit)
        : base($"Text {index} has more than {limit} tokens, which is all the model takes; shorten or split it, or choose Truncation.Cut to leave out its end.")
    {
        Index = index;
        Limit = limit;
    }

    /// <summary>The text's place among those given, from 0.</summary>
    public int Index { get; }

    /// <summary>How many tokens the model takes.</summary>
    public int Limit { get; }
}
