namespace Semblance.Files;

/// <summary>Limits the length of error messages about files, because a file can have names of any length.</summary>
public static class ErrorMessage
{
    /// <summary>The maximum number of characters of a message.</summary>
    public const int Longest = 4000;

    private const int Beginning = 2400;

    /// <summary>Returns a message, without its middle if it is longer than <see cref="Longest"/> characters.</summary>
    /// <param name="message">The message.</param>
    public static string Shorten(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Length <= Longest)
        {
            return message;
        }

        var (end, start) = (Beginning, message.Length - (Longest - Beginning - 3));
        end -= char.IsHighSurrogate(message[end - 1]) ? 1 : 0;
        start += char.IsLowSurrogate(message[start]) ? 1 : 0;
        return $"{message.AsSpan(0, end)} … {message.AsSpan(start)}";
    }
}
