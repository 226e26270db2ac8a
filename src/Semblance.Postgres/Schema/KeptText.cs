namespace Semblance.Postgres;

/// <summary>Checks texts for storage in PostgreSQL.</summary>
internal static class KeptText
{
    /// <summary>Throws if a text cannot be stored because of a null character or a lone surrogate.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The function that returns the name of the text for the message of the exception.</param>
    /// <returns>The length of the text in bytes.</returns>
    /// <exception cref="ArgumentException">The text cannot be stored.</exception>
    public static int Check(string text, Func<string> name)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name()} holds the character U+0000, which PostgreSQL cannot store; remove it.", nameof(text));
        }

        return StoredText.Bytes(text, name).Length;
    }
}
