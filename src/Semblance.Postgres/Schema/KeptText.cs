namespace Semblance.Postgres;

/// <summary>What PostgreSQL can keep as text.</summary>
internal static class KeptText
{
    /// <summary>Refuses what cannot be kept: a zero character, or half of a surrogate pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What it is, for the message: called only if it is refused.</param>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="ArgumentException">It cannot be kept.</exception>
    public static int Check(string text, Func<string> name)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name()} holds the character U+0000, which PostgreSQL cannot keep; take it out.", nameof(text));
        }

        return StoredText.Bytes(text, name).Length;
    }
}
