namespace Semblance.Tokenizers;

/// <summary>A tokenizer's files are missing, damaged, or need something that is not supported; the message names file and field.</summary>
public sealed class TokenizerFormatException : FormatException
{
    // A name from a damaged file can be as long as the file.
    private const int LongestMessage = 1000;

    /// <summary>An exception without a message of its own.</summary>
    public TokenizerFormatException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public TokenizerFormatException(string message)
        : base(Shorten(message))
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public TokenizerFormatException(string message, Exception? innerException)
        : base(Shorten(message), innerException)
    {
    }

    private static string Shorten(string message) => message.Length <= LongestMessage
        ? message
        : $"{message.AsSpan(0, LongestMessage * 3 / 5)} … {message.AsSpan(message.Length - (LongestMessage * 2 / 5))}";
}
