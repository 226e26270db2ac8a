namespace Semblance.Postgres;

/// <summary>
/// The exception that is thrown when the database cannot be reached or reports an error. The index is unchanged unless the message says
/// otherwise.
/// </summary>
public sealed class PostgresIndexException : IOException
{
    /// <summary>
    /// Initializes a new instance of the <see cref="PostgresIndexException"/> class for the index called <paramref name="index"/>.
    /// </summary>
    /// <param name="index">The name of the index, with which the message starts.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The exception of the driver or the server, if any.</param>
    public PostgresIndexException(string index, string problem, Exception? innerException = null)
        : base($"{index}: {problem}", innerException) => Index = index;

    /// <summary>Gets the name of the index.</summary>
    public string Index { get; }
}
