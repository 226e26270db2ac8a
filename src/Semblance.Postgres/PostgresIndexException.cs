namespace Semblance.Postgres;

/// <summary>The database cannot be reached, or refused what an index asked of it. The index is as it was, where the message does not say otherwise.</summary>
public sealed class PostgresIndexException : IOException
{
    /// <summary>A fault of the index called <paramref name="index"/>.</summary>
    /// <param name="index">The index; the message starts with it.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What the driver or the server reported.</param>
    public PostgresIndexException(string index, string problem, Exception? innerException = null)
        : base($"{index}: {problem}", innerException) => Index = index;

    /// <summary>The index.</summary>
    public string Index { get; }
}
