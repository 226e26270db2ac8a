namespace Semblance.Tokenizers;

/// <summary>A tokenizer's files are missing, damaged, or need something that is not supported; the message names file and field.</summary>
public sealed class TokenizerFormatException : FormatException
{
    /// <summary>An exception without a message of its own.</summary>
    public TokenizerFormatException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public TokenizerFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public TokenizerFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
