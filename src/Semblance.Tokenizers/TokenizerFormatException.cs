namespace Semblance.Tokenizers;

/// <summary>
/// The exception that is thrown when files of a tokenizer are missing or damaged, or need something that is not supported.
/// </summary>
public sealed class TokenizerFormatException : FormatException
{
    // A damaged file can have a name as long as the file.
    private const int LongestMessage = 1000;

    /// <summary>Initializes a new instance of the <see cref="TokenizerFormatException"/> class.</summary>
    public TokenizerFormatException()
    {
    }

    /// <summary>Initializes a new instance of the <see cref="TokenizerFormatException"/> class with a message.</summary>
    /// <param name="message">The message, which names the file and the field.</param>
    public TokenizerFormatException(string message)
        : base(Shorten(message))
    {
    }

    /// <summary>
    /// Initializes a new instance of the <see cref="TokenizerFormatException"/> class with a message and an inner exception.
    /// </summary>
    /// <param name="message">The message, which names the file and the field.</param>
    /// <param name="innerException">The exception that caused this one, or <see langword="null"/>.</param>
    public TokenizerFormatException(string message, Exception? innerException)
        : base(Shorten(message), innerException)
    {
    }

    private static string Shorten(string message) => message.Length <= LongestMessage
        ? message
        : $"{message.AsSpan(0, LongestMessage * 3 / 5)} … {message.AsSpan(message.Length - (LongestMessage * 2 / 5))}";
}
